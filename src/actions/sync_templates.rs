//! The part of the sync that handles templates. Nothing in them is public.

use super::change::Change;
use super::error::ActionError;
use crate::content::Content;
use crate::domain::actor::Actor;
use crate::domain::event::Event;
use crate::domain::slug::Slug;
use crate::domain::template::Template;
use crate::store::templates::{delete_template, list_templates, set_template};

/// Writes the templates that differ from the stored ones, and deletes those whose file is gone.
/// Returns whether anything changed.
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
            let event = Event::TemplateSet {
                before: old.cloned(),
                after: template.clone(),
            };
            change.happened_by(file_of(template), event);
            differs = true;
        }
    }
    let stays = |name: &Slug| {
        wanted.iter().any(|it| it.name == *name) || content.unreadable_templates.contains(name)
    };
    for old in known.iter().filter(|old| !stays(&old.name)) {
        delete_template(&mut change.tx, &old.name).await?;
        let event = Event::TemplateRemoved {
            before: old.clone(),
        };
        change.happened_by(file_of(old), event);
        differs = true;
    }
    Ok(differs)
}

fn file_of(template: &Template) -> Actor {
    Actor::file(format!("templates/{}.md", template.name))
}
