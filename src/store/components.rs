//! Components.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::any::AnyRow;

use super::row::{instant, instant_or_none, int, text, text_or_none, unreadable, word};
use super::states::slug;
use super::{StoreError, Tx};
use crate::domain::component::Component;
use crate::domain::slug::Slug;
use crate::domain::update::Source;

/// Every component, retired ones too, in the order of the page.
pub async fn list_components(tx: &mut Tx) -> Result<Vec<Component>, StoreError> {
    let rows = sqlx::query("select * from components order by position, slug")
        .fetch_all(&mut *tx.inner)
        .await?;
    rows.iter().map(to_component).collect()
}

/// A component, a retired one too.
pub async fn find_component(tx: &mut Tx, slug: &Slug) -> Result<Option<Component>, StoreError> {
    let row = sqlx::query("select * from components where slug = $1")
        .bind(slug.as_str())
        .fetch_optional(&mut *tx.inner)
        .await?;
    row.as_ref().map(to_component).transpose()
}

/// Adds a component or replaces all that is said of it but when it was created.
pub async fn set_component(tx: &mut Tx, component: &Component) -> Result<(), StoreError> {
    let source = if component.from_file {
        Source::File
    } else {
        Source::Api
    };
    sqlx::query(
        "insert into components (slug, name, group_name, description, position, since, \
         created_at_ms, retired_at_ms, source) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         on conflict (slug) do update set name = excluded.name, group_name = excluded.group_name, \
         description = excluded.description, position = excluded.position, since = excluded.since, \
         retired_at_ms = excluded.retired_at_ms, source = excluded.source",
    )
    .bind(component.slug.as_str())
    .bind(&component.name)
    .bind(component.group.as_deref())
    .bind(component.description.as_deref())
    .bind(component.position)
    .bind(component.since.map(|day| day.to_string()))
    .bind(component.created_at.timestamp_millis())
    .bind(
        component
            .retired_at
            .map(|at: DateTime<Utc>| at.timestamp_millis()),
    )
    .bind(source.as_str())
    .execute(&mut *tx.inner)
    .await?;
    Ok(())
}

fn to_component(row: &AnyRow) -> Result<Component, StoreError> {
    let since = text_or_none(row, "since")?
        .map(|text| {
            text.parse::<NaiveDate>()
                .map_err(|_| unreadable("since", &text))
        })
        .transpose()?;
    Ok(Component {
        slug: slug(row, "slug")?,
        name: text(row, "name")?,
        group: text_or_none(row, "group_name")?,
        description: text_or_none(row, "description")?,
        position: int(row, "position")?,
        since,
        created_at: instant(row, "created_at_ms")?,
        retired_at: instant_or_none(row, "retired_at_ms")?,
        from_file: word(row, "source", Source::parse)? == Source::File,
    })
}
