//! Templates for new incidents.

use std::collections::HashMap;

use sqlx::any::AnyRow;

use super::error::StoreError;
use super::row::{text, text_or_none, word, word_or_none};
use super::states::slug;
use super::tx::Tx;
use crate::domain::incident::{Impact, Kind};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::template::Template;
use crate::domain::update::Phase;

/// Every template, by name.
pub async fn list_templates(tx: &mut Tx) -> Result<Vec<Template>, StoreError> {
    let mut components: HashMap<String, Vec<(Slug, Option<StateKey>)>> = HashMap::new();
    let rows = sqlx::query("select * from template_components order by template, position")
        .fetch_all(&mut tx.inner)
        .await?;
    for row in &rows {
        let state = text_or_none(row, "state")?.map(StateKey::new);
        let named = components.entry(text(row, "template")?).or_default();
        named.push((slug(row, "component")?, state));
    }
    let rows = sqlx::query("select * from templates order by name")
        .fetch_all(&mut tx.inner)
        .await?;
    rows.iter()
        .map(|row| to_template(row, &mut components))
        .collect()
}

/// Adds a template, or replaces everything about it.
pub async fn set_template(tx: &mut Tx, template: &Template) -> Result<(), StoreError> {
    sqlx::query(
        "insert into templates (name, title, kind, phase, impact, state, markdown) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (name) do update set \
         title = excluded.title, kind = excluded.kind, phase = excluded.phase, \
         impact = excluded.impact, state = excluded.state, markdown = excluded.markdown",
    )
    .bind(template.name.as_str())
    .bind(&template.title)
    .bind(template.kind.as_str())
    .bind(template.phase.map(Phase::as_str))
    .bind(template.impact.map(Impact::as_str))
    .bind(template.state.as_ref().map(StateKey::as_str))
    .bind(&template.markdown)
    .execute(&mut tx.inner)
    .await?;
    delete_components(tx, &template.name).await?;
    for (position, (component, state)) in (0_i64..).zip(&template.components) {
        sqlx::query(
            "insert into template_components (template, component, state, position) \
             values ($1, $2, $3, $4)",
        )
        .bind(template.name.as_str())
        .bind(component.as_str())
        .bind(state.as_ref().map(StateKey::as_str))
        .bind(position)
        .execute(&mut tx.inner)
        .await?;
    }
    Ok(())
}

/// Deletes a template.
pub async fn delete_template(tx: &mut Tx, name: &Slug) -> Result<(), StoreError> {
    delete_components(tx, name).await?;
    sqlx::query("delete from templates where name = $1")
        .bind(name.as_str())
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

async fn delete_components(tx: &mut Tx, name: &Slug) -> Result<(), StoreError> {
    sqlx::query("delete from template_components where template = $1")
        .bind(name.as_str())
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

fn to_template(
    row: &AnyRow,
    components: &mut HashMap<String, Vec<(Slug, Option<StateKey>)>>,
) -> Result<Template, StoreError> {
    let name = slug(row, "name")?;
    Ok(Template {
        components: components.remove(name.as_str()).unwrap_or_default(),
        name,
        title: text(row, "title")?,
        kind: word(row, "kind", Kind::parse)?,
        phase: word_or_none(row, "phase", Phase::parse)?,
        impact: word_or_none(row, "impact", Impact::parse)?,
        state: text_or_none(row, "state")?.map(StateKey::new),
        markdown: text(row, "markdown")?,
    })
}
