//! The incidents that name a component, reduced to what claims need: their phases and times,
//! without texts, in one query.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::packed::{Packed, packed_number, packed_text};
use super::row::{instant, instant_or_none, int, long_text, text, word, word_or_none};
use super::tx::Tx;
use super::visibility::{is_present, is_public};
use crate::domain::claims::{Involved, Step};
use crate::domain::incident::Kind;
use crate::domain::slug::Slug;
use crate::domain::update::{Phase, Source};
use crate::domain::window::Window;

/// The public incidents that name a component and say or plan anything after an instant.
pub async fn list_involved(
    tx: &mut Tx,
    component: &Slug,
    after: Option<DateTime<Utc>>,
) -> Result<Vec<Involved>, StoreError> {
    let rows = sqlx::query(concat!(
        "select i.id, i.kind, i.published_at_ms, i.seq, i.public_at_ms, i.stated_phase, \
         i.starts_ms, i.ends_ms, (select min(c.at_ms) from state_changes c \
         where c.incident_id = i.id and c.component = $1 and c.withdrawn_at_ms is null) \
         as first_said_ms, (select string_agg(concat(",
        packed_text!("u.id"),
        ", ",
        packed_number!("u.at_ms"),
        ", ",
        packed_number!("u.seq"),
        ", ",
        packed_number!("u.public_at_ms"),
        ", ",
        packed_text!("u.phase"),
        ", ",
        packed_number!("u.starts_ms"),
        ", ",
        packed_number!("u.ends_ms"),
        ", ",
        packed_text!("u.restore"),
        ", ",
        packed_text!("u.source"),
        "), '') from updates u where u.incident_id = i.id and u.withdrawn_at_ms is null) as steps \
         from incidents i where ",
        is_public!("i"),
        " and i.id in \
         (select m.incident_id from mentions m where m.component = $1 \
          union select c.incident_id from state_changes c where c.component = $1 \
          and c.incident_id is not null and c.withdrawn_at_ms is null) \
         and (i.published_at_ms > $2 or i.starts_ms > $2 or i.ends_ms > $2 \
          or exists (select 1 from updates u where u.incident_id = i.id \
           and u.withdrawn_at_ms is null \
           and (u.at_ms > $2 or u.starts_ms > $2 or u.ends_ms > $2)) \
          or exists (select 1 from state_changes c where c.incident_id = i.id \
           and c.component = $1 and c.withdrawn_at_ms is null and c.at_ms > $2)) \
         order by i.seq, i.id"
    ))
    .bind(component.as_str())
    .bind(after.map_or(i64::MIN, |at| at.timestamp_millis()))
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(|row| to_involved(row, component)).collect()
}

/// The components that a post or one of its updates names or sets, or did before.
pub async fn list_named_by_incident(tx: &mut Tx, id: &str) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(
        "select component from state_changes where incident_id = $1 \
         union select component from mentions where incident_id = $1",
    )
    .bind(id)
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(|row| text(row, "component")).collect()
}

/// The components that an update names or sets, or did before.
pub async fn list_named_by_update(tx: &mut Tx, id: &str) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(
        "select component from state_changes where update_id = $1 \
         union select component from mentions where update_id = $1",
    )
    .bind(id)
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(|row| text(row, "component")).collect()
}

fn to_involved(row: &AnyRow, component: &Slug) -> Result<Involved, StoreError> {
    let steps = steps_of(long_text(row, "steps")?)?;
    Ok(Involved {
        id: text(row, "id")?,
        component: component.clone(),
        kind: word(row, "kind", Kind::parse)?,
        published_at: instant(row, "published_at_ms")?,
        first_said: instant_or_none(row, "first_said_ms")?,
        seq: int(row, "seq")?,
        public_at: instant(row, "public_at_ms")?,
        stated_phase: word_or_none(row, "stated_phase", Phase::parse)?,
        window: Window {
            starts: instant_or_none(row, "starts_ms")?,
            ends: instant_or_none(row, "ends_ms")?,
        },
        steps,
    })
}

/// The updates that aren't withdrawn, oldest first.
fn steps_of(packed: &str) -> Result<Vec<Step>, StoreError> {
    let mut packed = Packed::new("updates", packed);
    let mut steps = Vec::new();
    while packed.has_more() {
        steps.push(Step {
            update: packed.text()?,
            at: packed.instant()?,
            seq: packed.number()?,
            public_at: packed.instant()?,
            phase: packed.word_or_none(Phase::parse)?,
            window: Window {
                starts: packed.instant_or_none()?,
                ends: packed.instant_or_none()?,
            },
            restore: packed.text()? != "no",
            is_entry: packed.word(Source::parse)? == Source::File,
        });
    }
    steps.sort_by_key(|step| (step.at, step.seq));
    Ok(steps)
}
