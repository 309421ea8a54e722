//! The record: who did what and when, and the texts that edits replaced.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;

use super::row::{instant, text, text_or_none};
use super::{StoreError, Tx};

/// One line of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its identity; entries sort by it.
    pub id: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The sort of actor: `token`, `host`, `file`.
    pub actor_kind: String,
    /// The actor's id, where it has one.
    pub actor_id: Option<String>,
    /// The actor's name.
    pub actor_name: String,
    /// What was done: the action's name.
    pub action: String,
    /// What it was done to: `component`, `incident`, `update`, `token`, `site`.
    pub kind: String,
    /// The id of that.
    pub entity_id: String,
    /// Its name for people.
    pub label: String,
    /// What it was, as JSON.
    pub before: Option<String>,
    /// What it became, as JSON.
    pub after: Option<String>,
}

/// Adds a line.
pub async fn insert_entry(tx: &mut Tx, entry: &AuditEntry) -> Result<(), StoreError> {
    sqlx::query(
        "insert into audit (id, at_ms, actor_kind, actor_id, actor_name, action, kind, entity_id, \
         label, before_json, after_json) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&entry.id)
    .bind(entry.at.timestamp_millis())
    .bind(&entry.actor_kind)
    .bind(entry.actor_id.as_deref())
    .bind(&entry.actor_name)
    .bind(&entry.action)
    .bind(&entry.kind)
    .bind(&entry.entity_id)
    .bind(&entry.label)
    .bind(entry.before.as_deref())
    .bind(entry.after.as_deref())
    .execute(&mut *tx.inner)
    .await?;
    Ok(())
}

/// Which lines are wanted; what is `None` leaves none out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only those of this actor: a name in any case, the id of a token, or a sort of actor.
    pub actor: Option<String>,
    /// Only those about this component, and about incidents and updates that concern it.
    pub component: Option<String>,
    /// Only those about this incident (a slug, a former one, or an id), its updates, and states
    /// that were set in its name.
    pub incident: Option<String>,
    /// Only those from then on.
    pub from: Option<DateTime<Utc>>,
    /// Only those before then.
    pub until: Option<DateTime<Utc>>,
}

/// The lines that a filter leaves, newest first; `before` is the id of the last one already seen.
pub async fn list_entries(
    tx: &mut Tx,
    filter: &AuditFilter,
    limit: i64,
    before: Option<&str>,
) -> Result<Vec<AuditEntry>, StoreError> {
    let rows = sqlx::query(
        "select a.* from audit a where ($1 = '' or a.id < $1) \
         and a.at_ms >= $2 and a.at_ms < $3 \
         and ($4 = '' or lower(a.actor_name) = lower($4) or a.actor_id = $4 or a.actor_kind = $4) \
         and ($5 = '' or (a.kind = 'component' and a.entity_id = $5) \
              or (a.kind = 'update' and (exists (select 1 from state_changes c \
                      where c.update_id = a.entity_id and c.component = $5) \
                  or exists (select 1 from mentions m \
                      where m.update_id = a.entity_id and m.component = $5))) \
              or (a.kind = 'incident' and (exists (select 1 from state_changes c \
                      where c.incident_id = a.entity_id and c.component = $5) \
                  or exists (select 1 from mentions m \
                      where m.incident_id = a.entity_id and m.component = $5)))) \
         and ($6 = '' or exists (select 1 from incidents i \
              where (i.id = $6 or i.slug = $6 or i.former_slug = $6 \
                     or exists (select 1 from slug_redirects r \
                                where r.slug = $6 and r.incident_id = i.id)) \
              and ((a.kind = 'incident' and a.entity_id = i.id) \
                   or (a.kind = 'update' and exists (select 1 from updates u \
                           where u.id = a.entity_id and u.incident_id = i.id)) \
                   or (a.kind = 'component' and exists (select 1 from state_changes c \
                           where c.incident_id = i.id and c.component = a.entity_id \
                           and c.origin = 'request' and c.created_at_ms = a.at_ms))))) \
         order by a.id desc limit $7",
    )
    .bind(before.unwrap_or(""))
    .bind(filter.from.map_or(i64::MIN, |at| at.timestamp_millis()))
    .bind(filter.until.map_or(i64::MAX, |at| at.timestamp_millis()))
    .bind(filter.actor.as_deref().unwrap_or(""))
    .bind(filter.component.as_deref().unwrap_or(""))
    .bind(filter.incident.as_deref().unwrap_or(""))
    .bind(limit)
    .fetch_all(&mut *tx.inner)
    .await?;
    rows.iter().map(to_entry).collect()
}

/// Whether there is such an actor: one of the record, or the holder of a token who hasn't done
/// anything yet. Named as in [`AuditFilter::actor`].
pub async fn find_actor(tx: &mut Tx, actor: &str) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "select 1 as found from audit where lower(actor_name) = lower($1) or actor_id = $1 \
         or actor_kind = $1 union all \
         select 1 as found from tokens where lower(name) = lower($1) or id = $1 limit 1",
    )
    .bind(actor)
    .fetch_optional(&mut *tx.inner)
    .await?;
    Ok(row.is_some())
}

/// The names of those who did something, files aside, and of those who hold tokens.
pub async fn list_actors(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(
        "select actor_name as name from audit where actor_kind <> 'file' \
         union select name from tokens order by name",
    )
    .fetch_all(&mut *tx.inner)
    .await?;
    rows.iter().map(|row| text(row, "name")).collect()
}

/// Whether there is or was such an incident, named as in [`AuditFilter::incident`].
pub async fn find_incident_named(tx: &mut Tx, incident: &str) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "select 1 as found from incidents where id = $1 or slug = $1 or former_slug = $1 union all \
         select 1 as found from slug_redirects where slug = $1 limit 1",
    )
    .bind(incident)
    .fetch_optional(&mut *tx.inner)
    .await?;
    Ok(row.is_some())
}

/// The lines that replaced something of an entity, newest first; each has what it was before.
pub async fn list_versions(
    tx: &mut Tx,
    kind: &str,
    entity_id: &str,
) -> Result<Vec<AuditEntry>, StoreError> {
    let rows = sqlx::query(
        "select a.* from versions v join audit a on a.id = v.id \
         where v.entity_id = $1 and v.kind = $2 order by a.id desc",
    )
    .bind(entity_id)
    .bind(kind)
    .fetch_all(&mut *tx.inner)
    .await?;
    rows.iter().map(to_entry).collect()
}

/// Keeps what an edit replaced; `body` is JSON.
pub async fn insert_version(tx: &mut Tx, entry: &AuditEntry, body: &str) -> Result<(), StoreError> {
    sqlx::query(
        "insert into versions (id, kind, entity_id, at_ms, actor_kind, actor_name, body) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&entry.id)
    .bind(&entry.kind)
    .bind(&entry.entity_id)
    .bind(entry.at.timestamp_millis())
    .bind(&entry.actor_kind)
    .bind(&entry.actor_name)
    .bind(body)
    .execute(&mut *tx.inner)
    .await?;
    Ok(())
}

fn to_entry(row: &AnyRow) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        id: text(row, "id")?,
        at: instant(row, "at_ms")?,
        actor_kind: text(row, "actor_kind")?,
        actor_id: text_or_none(row, "actor_id")?,
        actor_name: text(row, "actor_name")?,
        action: text(row, "action")?,
        kind: text(row, "kind")?,
        entity_id: text(row, "entity_id")?,
        label: text(row, "label")?,
        before: text_or_none(row, "before_json")?,
        after: text_or_none(row, "after_json")?,
    })
}
