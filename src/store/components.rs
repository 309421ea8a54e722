//! Components.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::packed::{Packed, packed_number, packed_text};
use super::row::{instant, instant_or_none, int, long_text, text, text_or_none, unreadable, word};
use super::states::slug;
use super::tx::Tx;
use crate::domain::component::Component;
use crate::domain::slug::Slug;
use crate::domain::update::Source;

/// Every component, retired ones too, in page order.
pub async fn list_components(tx: &mut Tx) -> Result<Vec<Component>, StoreError> {
    // One row, because every change reads them, and the cost is per row.
    let row = sqlx::query(concat!(
        "select string_agg(concat(",
        packed_text!("slug"),
        ", ",
        packed_text!("name"),
        ", ",
        packed_text!("group_name"),
        ", ",
        packed_text!("description"),
        ", ",
        packed_number!("position"),
        ", ",
        packed_text!("since"),
        ", ",
        packed_number!("created_at_ms"),
        ", ",
        packed_number!("retired_at_ms"),
        ", ",
        packed_text!("source"),
        "), '') as packed from components"
    ))
    .fetch_one(&mut tx.inner)
    .await?;
    let mut packed = Packed::new("components", long_text(&row, "packed")?);
    let mut components = Vec::new();
    while packed.has_more() {
        let component = Component {
            slug: packed.word(|text| Slug::parse(text).ok())?,
            name: packed.text()?,
            group: packed.text_or_none()?,
            description: packed.text_or_none()?,
            position: packed.number()?,
            since: packed.word_or_none(|text| text.parse::<NaiveDate>().ok())?,
            created_at: packed.instant()?,
            retired_at: packed.instant_or_none()?,
            from_file: packed.word(Source::parse)? == Source::File,
        };
        components.push(component);
    }
    components.sort_by(|a, b| (a.position, &a.slug).cmp(&(b.position, &b.slug)));
    Ok(components)
}

/// The slugs of all components, in the database's own order.
pub async fn list_component_slugs(tx: &mut Tx) -> Result<Vec<Slug>, StoreError> {
    let rows = sqlx::query("select slug from components order by slug")
        .fetch_all(&mut tx.inner)
        .await?;
    rows.iter().map(|row| slug(row, "slug")).collect()
}

/// A component, even a retired one.
pub async fn find_component(tx: &mut Tx, slug: &Slug) -> Result<Option<Component>, StoreError> {
    let row = sqlx::query("select * from components where slug = $1")
        .bind(slug.as_str())
        .fetch_optional(&mut tx.inner)
        .await?;
    row.as_ref().map(to_component).transpose()
}

/// Adds a component, or replaces everything about it except when it was created.
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
    .execute(&mut tx.inner)
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
