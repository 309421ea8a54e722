//! Whole incidents: with their updates, changes of state and mentions.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::Row;

use super::error::StoreError;
use super::incident_rows::{FIRST_UPDATE, incident_as_said, incident_rows, to_stored_incident};
use super::packed::{packed_number, packed_text};
use super::row::{int, text};
use super::states::slug;
pub use super::stored_incident::StoredIncident;
use super::tx::Tx;
use super::visibility::{is_present, is_public};
use crate::domain::actor::Actor;
use crate::domain::incident::Impact;
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::update::Phase;

/// Every incident that a file states or stated, even if the file is missing.
pub async fn list_file_incidents(tx: &mut Tx) -> Result<Vec<StoredIncident>, StoreError> {
    let rows = sqlx::query(concat!(
        incident_rows!(),
        "where i.file is not null order by i.file"
    ))
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(to_stored_incident).collect()
}

/// The incident at an address, if `reader` may see it.
pub async fn find_incident_for(
    tx: &mut Tx,
    slug: &Slug,
    reader: &Actor,
) -> Result<Option<StoredIncident>, StoreError> {
    let found = find_incident_by_slug(tx, slug).await?;
    Ok(found.filter(|stored| stored.is_shown_to(reader)))
}

/// The incidents that `reader` may see, newest first by `(published_at, id)`; `before` is the id of
/// the last one already seen.
pub async fn list_incidents(
    tx: &mut Tx,
    limit: i64,
    before: Option<&str>,
    reader: &Actor,
) -> Result<Vec<StoredIncident>, StoreError> {
    let mut cursor = (i64::MAX, String::new());
    if let Some(id) = before {
        let row = sqlx::query("select published_at_ms from incidents where id = $1")
            .bind(id)
            .fetch_optional(&mut tx.inner)
            .await?;
        let Some(row) = row else {
            return Ok(Vec::new());
        };
        cursor = (int(&row, "published_at_ms")?, id.to_owned());
    }
    // First the ids, then the details, so that only incidents on the page are read whole.
    let rows = sqlx::query(concat!(
        incident_rows!(),
        "where i.id in (select p.id from incidents p \
             where ",
        is_present!("p"),
        " and ($1 = 'yes' or p.draft_since_ms is null) \
             and (p.published_at_ms, p.id) < ($2, $3) \
             order by p.published_at_ms desc, p.id desc limit $4) \
         order by i.published_at_ms desc, i.id desc"
    ))
    .bind(if reader.may(Permission::ReadDrafts) {
        "yes"
    } else {
        "no"
    })
    .bind(cursor.0)
    .bind(cursor.1)
    .bind(limit)
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(to_stored_incident).collect()
}

/// The incidents with exactly this title that staff see, dated between two instants, newest first.
pub async fn list_incidents_titled(
    tx: &mut Tx,
    title: &str,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<StoredIncident>, StoreError> {
    let rows = sqlx::query(concat!(
        incident_rows!(),
        "where i.published_at_ms between $1 and $2 and i.title = $3 and ",
        is_present!("i"),
        " order by i.published_at_ms desc, i.id desc"
    ))
    .bind(from.timestamp_millis())
    .bind(to.timestamp_millis())
    .bind(title)
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(to_stored_incident).collect()
}

/// The drafts, newest first: slug and title of each.
pub async fn list_drafts(tx: &mut Tx) -> Result<Vec<(Slug, String)>, StoreError> {
    let rows = sqlx::query(concat!(
        "select i.slug, i.title from incidents i where i.draft_since_ms is not null \
         and i.slug is not null and i.file is null and ",
        is_present!("i"),
        " order by i.draft_since_ms desc, i.id desc",
    ))
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter()
        .map(|row| Ok((slug(row, "slug")?, text(row, "title")?)))
        .collect()
}

/// The ids of the incidents that customers may see and that aren't over, planned maintenance
/// included.
pub async fn list_unfinished_ids(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(concat!(
        "select i.id from incidents i where i.kind <> 'notice' and ",
        is_public!("i"),
        " and coalesce((select u.phase from updates u where u.incident_id = i.id \
              and u.withdrawn_at_ms is null and u.phase is not null \
              order by u.at_ms desc, u.seq desc limit 1), i.stated_phase, 'investigating') \
             not in ('resolved', 'completed', 'cancelled', 'postmortem') order by i.id"
    ))
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(|row| text(row, "id")).collect()
}

/// An incident by its id, even if it is withdrawn or hidden.
pub async fn find_incident(tx: &mut Tx, id: &str) -> Result<Option<StoredIncident>, StoreError> {
    let row = sqlx::query(concat!(incident_rows!(), "where i.id = $1"))
        .bind(id)
        .fetch_optional(&mut tx.inner)
        .await?;
    row.as_ref().map(to_stored_incident).transpose()
}

/// An incident by its present slug, even a draft or a hidden one.
pub async fn find_incident_by_slug(
    tx: &mut Tx,
    slug: &Slug,
) -> Result<Option<StoredIncident>, StoreError> {
    let row = sqlx::query(concat!(incident_rows!(), "where i.slug = $1"))
        .bind(slug.as_str())
        .fetch_optional(&mut tx.inner)
        .await?;
    row.as_ref().map(to_stored_incident).transpose()
}

/// Adds an incident's row, or replaces everything in it except when it was created. Updates,
/// changes of state and mentions have functions of their own.
pub async fn set_incident(
    tx: &mut Tx,
    stored: &StoredIncident,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let incident = &stored.incident;
    let slug = incident.slug.as_str();
    let withdrawn = stored.withdrawn_at.is_some();
    sqlx::query(
        "insert into incidents (id, slug, former_slug, title, kind, stated_phase, stated_impact, \
         author, published_at_ms, published_precision, starts_ms, ends_ms, summary, markdown, \
         edited_at_ms, public_at_ms, seq, source, created_at_ms, draft_since_ms, withdrawn_at_ms, \
         file, fingerprint, stated, hidden_at_ms, item) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
         $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26) \
         on conflict (id) do update set slug = excluded.slug, former_slug = excluded.former_slug, \
         title = excluded.title, kind = excluded.kind, stated_phase = excluded.stated_phase, \
         stated_impact = excluded.stated_impact, author = excluded.author, \
         published_at_ms = excluded.published_at_ms, \
         published_precision = excluded.published_precision, starts_ms = excluded.starts_ms, \
         ends_ms = excluded.ends_ms, summary = excluded.summary, markdown = excluded.markdown, \
         edited_at_ms = excluded.edited_at_ms, public_at_ms = excluded.public_at_ms, \
         source = excluded.source, draft_since_ms = case when excluded.draft_since_ms is null \
         then null else coalesce(incidents.draft_since_ms, excluded.draft_since_ms) end, \
         withdrawn_at_ms = excluded.withdrawn_at_ms, file = excluded.file, \
         fingerprint = excluded.fingerprint, stated = excluded.stated, \
         hidden_at_ms = excluded.hidden_at_ms, item = excluded.item",
    )
    .bind(&incident.id)
    .bind((!withdrawn).then_some(slug))
    .bind(withdrawn.then_some(slug))
    .bind(&incident.title)
    .bind(incident.kind.as_str())
    .bind(incident.stated_phase.map(Phase::as_str))
    .bind(incident.stated_impact.map(Impact::as_str))
    .bind(incident.author.as_deref())
    .bind(incident.published_at.timestamp_millis())
    .bind(incident.precision.as_str())
    .bind(incident.starts.map(|at| at.timestamp_millis()))
    .bind(incident.ends.map(|at| at.timestamp_millis()))
    .bind(incident.summary.as_deref())
    .bind(&incident.markdown)
    .bind(incident.edited_at.map(|at| at.timestamp_millis()))
    .bind(incident.public_at.timestamp_millis())
    .bind(stored.seq)
    .bind(incident.source.as_str())
    .bind(now.timestamp_millis())
    .bind(incident.draft.then(|| now.timestamp_millis()))
    .bind(stored.withdrawn_at.map(|at| at.timestamp_millis()))
    .bind(stored.file.as_deref())
    .bind(stored.fingerprint.as_deref())
    .bind(&stored.stated)
    .bind(stored.hidden_at.map(|at| at.timestamp_millis()))
    .bind((!incident.own_item).then_some(FIRST_UPDATE))
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Makes what was said in a draft public at `at`: its updates and changes of state, except those
/// that are still to come.
pub async fn set_public_since(tx: &mut Tx, id: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    for statement in [
        "update updates set public_at_ms = $1 where incident_id = $2 and public_at_ms < $1",
        "update state_changes set public_at_ms = $1 where incident_id = $2 and public_at_ms < $1",
    ] {
        sqlx::query(statement)
            .bind(at.timestamp_millis())
            .bind(id)
            .execute(&mut tx.inner)
            .await?;
    }
    Ok(())
}

/// Takes the slug from an incident, so that another can have it. It stays known as a former slug.
pub async fn free_slug(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    sqlx::query(
        "update incidents set former_slug = coalesce(slug, former_slug), slug = null where id = $1",
    )
    .bind(id)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// The former slugs of public incidents, each with the present one. A former slug that something
/// else has taken is left out.
pub async fn list_redirects(tx: &mut Tx) -> Result<BTreeMap<Slug, Slug>, StoreError> {
    let rows = sqlx::query(concat!(
        "select r.slug as former, i.slug as present from slug_redirects r \
         join incidents i on i.id = r.incident_id where i.slug is not null and ",
        is_public!("i"),
        " and not exists (select 1 from incidents o where o.slug = r.slug and ",
        is_public!("o"),
        ")",
    ))
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter()
        .map(|row| Ok((slug(row, "former")?, slug(row, "present")?)))
        .collect()
}

/// Makes a former slug redirect to an incident.
pub async fn set_redirect(tx: &mut Tx, former: &Slug, id: &str) -> Result<(), StoreError> {
    sqlx::query(
        "insert into slug_redirects (slug, incident_id) values ($1, $2) \
         on conflict (slug) do update set incident_id = excluded.incident_id",
    )
    .bind(former.as_str())
    .bind(id)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// How many incidents were ever created.
pub async fn find_incident_count(tx: &mut Tx) -> Result<i64, StoreError> {
    let row = sqlx::query("select count(*) from incidents")
        .fetch_one(&mut tx.inner)
        .await?;
    Ok(row.try_get(0)?)
}
