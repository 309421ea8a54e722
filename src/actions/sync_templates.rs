//! The part of the sync that is about templates. Nothing of it is public.

use serde_json::{Value, json};

use super::record::Deed;
use super::{ActionError, Change};
use crate::content::Content;
use crate::domain::slug::Slug;
use crate::domain::staff::Actor;
use crate::domain::template::Template;
use crate::store::templates::{delete_template, list_templates, set_template};

/// Writes the templates that differ from what stands, and takes away those whose file is gone.
/// Returns whether there were any.
pub(super) async fn sync_templates(
    change: &mut Change,
    content: &Content,
) -> Result<bool, ActionError> {
    let Some(wanted) = &content.templates else {
        return Ok(false);
    };
    let known = list_templates(&mut change.tx).await?;
    let mut differs = false;
    for template in wanted {
        let old = known.iter().find(|old| old.name == template.name);
        if old != Some(template) {
            set_template(&mut change.tx, template).await?;
            record(change, "set_template", old, Some(template)).await?;
            differs = true;
        }
    }
    let stays = |name: &Slug| {
        wanted.iter().any(|it| it.name == *name) || content.unreadable_templates.contains(name)
    };
    for old in known.iter().filter(|old| !stays(&old.name)) {
        delete_template(&mut change.tx, &old.name).await?;
        record(change, "remove_template", Some(old), None).await?;
        differs = true;
    }
    Ok(differs)
}

async fn record(
    change: &mut Change,
    action: &'static str,
    old: Option<&Template>,
    new: Option<&Template>,
) -> Result<(), ActionError> {
    let Some(template) = new.or(old) else {
        return Ok(());
    };
    let actor = Actor::File {
        name: format!("templates/{}.md", template.name),
    };
    let deed = Deed {
        action,
        kind: "template",
        id: template.name.as_str(),
        label: &template.title,
        incident: None,
        before: old.map(as_json),
        after: new.map(as_json),
    };
    change.record_as(&actor, deed).await
}

fn as_json(template: &Template) -> Value {
    let components: Vec<_> = template
        .components
        .iter()
        .map(|(slug, state)| json!([slug, state]))
        .collect();
    json!({
        "title": template.title, "kind": template.kind, "phase": template.phase,
        "impact": template.impact, "state": template.state, "components": components,
        "markdown": template.markdown,
    })
}
