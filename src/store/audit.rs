//! The activity log: who did what and when, and the texts that edits replaced.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::incident_names::list_incidents_named;
use super::row::{instant, int, text, text_or_none};
use super::tx::Tx;

/// One line of the activity log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id; entries sort by it.
    pub id: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The kind of actor: `token`, `host`, `file`.
    pub actor_kind: String,
    /// The actor's id, if it has one.
    pub actor_id: Option<String>,
    /// The actor's name.
    pub actor_name: String,
    /// What was done: the action's name.
    pub action: String,
    /// The kind of entity it was done to: `component`, `incident`, `update`, `token`, `site`.
    pub kind: String,
    /// The entity's id.
    pub entity_id: String,
    /// The entity's name for people.
    pub label: String,
    /// The state before, as JSON.
    pub before: Option<String>,
    /// The state after, as JSON.
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
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Filters lines; a `None` filters nothing out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only lines of this actor: a name in any case, a token's id, or a kind of actor.
    pub actor: Option<String>,
    /// Only lines about this component, and about incidents and updates that concern it.
    pub component: Option<String>,
    /// Only lines about this incident (a slug, a former slug, an id, or else a part of a title or
    /// slug), its updates, and states that were set in its name.
    pub incident: Option<String>,
    /// Only lines from this instant on.
    pub from: Option<DateTime<Utc>>,
    /// Only lines before this instant.
    pub until: Option<DateTime<Utc>>,
}

/// What a line of the log is about. Lines are found by their subjects, through an index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An incident, by its id.
    Incident(String),
    /// A component, by its slug.
    Component(String),
    /// The actor: a name in lower case, a token's id, or a kind of actor.
    Actor(String),
}

impl Subject {
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Incident(id) => ("incident", id),
            Self::Component(slug) => ("component", slug),
            Self::Actor(actor) => ("actor", actor),
        }
    }
}

/// How many rows one statement inserts.
const ROWS: usize = 100;

/// Stores what lines are about, and who did it.
pub async fn insert_subjects(
    tx: &mut Tx,
    lines: &[(&AuditEntry, Vec<Subject>)],
) -> Result<(), StoreError> {
    let rows: Vec<(&AuditEntry, Subject)> = lines
        .iter()
        .flat_map(|(entry, about)| {
            let actor = [
                Some(entry.actor_name.to_lowercase()),
                entry.actor_id.clone(),
                Some(entry.actor_kind.clone()),
            ];
            let actor = actor.into_iter().flatten().map(Subject::Actor);
            let subjects: BTreeSet<Subject> = about.iter().cloned().chain(actor).collect();
            subjects.into_iter().map(|subject| (*entry, subject))
        })
        .collect();
    for rows in rows.chunks(ROWS) {
        let rows_of_parameters = (0..rows.len()).map(|row| {
            let first = 4 * row + 1;
            format!("(${first}, ${}, ${}, ${})", first + 1, first + 2, first + 3)
        });
        let rows_of_parameters: Vec<String> = rows_of_parameters.collect();
        let statement = format!(
            "insert into audit_subjects (kind, subject, at_ms, audit_id) values {}",
            rows_of_parameters.join(", ")
        );
        // The statement holds only placeholders.
        let mut statement = sqlx::query(AssertSqlSafe(statement));
        for (entry, subject) in rows {
            let (kind, subject) = subject.parts();
            statement = statement
                .bind(kind)
                .bind(subject.to_owned())
                .bind(entry.at.timestamp_millis())
                .bind(entry.id.clone());
        }
        statement.execute(&mut tx.inner).await?;
    }
    Ok(())
}

/// A position in the log: instant and id of the last line already seen.
type Cursor = (i64, String);

/// The lines that match a filter, newest first; `before` is the id of the last one already seen.
/// The cost grows with the number of lines returned, not with the log: each part of the filter has
/// an index in the order of the lines.
pub async fn list_entries(
    tx: &mut Tx,
    filter: &AuditFilter,
    limit: i64,
    before: Option<&str>,
) -> Result<Vec<AuditEntry>, StoreError> {
    let mut before = match before {
        Some(id) => find_cursor(tx, id).await?,
        None => None,
    };
    if let Some(until) = filter.until {
        let until = (until.timestamp_millis(), String::new());
        before = Some(before.map_or(until.clone(), |before| before.min(until)));
    }
    let before = before.unwrap_or((i64::MAX, String::new()));
    let from = filter.from.map_or(i64::MIN, |at| at.timestamp_millis());
    // The migration that added subjects lowercased names in SQL, which may only know ASCII.
    let actor = filter.actor.as_ref().map(|actor| {
        let both = BTreeSet::from([actor.to_lowercase(), actor.to_ascii_lowercase()]);
        both.into_iter().map(Subject::Actor).collect::<Vec<_>>()
    });
    let component = filter.component.clone();
    let component = component.map(|slug| vec![Subject::Component(slug)]);
    let incident = match &filter.incident {
        Some(named) => {
            let ids = list_incidents_named(tx, named).await?;
            Some(ids.into_iter().map(Subject::Incident).collect::<Vec<_>>())
        }
        None => None,
    };
    // The most selective filter leads.
    let mut wanted = [incident, component, actor].into_iter().flatten();
    let Some(leading) = wanted.next() else {
        return list_all_entries(tx, from, &before, limit).await;
    };
    let others: Vec<Vec<Subject>> = wanted.collect();
    let mut found: Vec<AuditEntry> = Vec::new();
    for subject in &leading {
        found.extend(list_entries_about(tx, subject, &others, from, &before, limit).await?);
    }
    if leading.len() > 1 {
        found.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
        found.dedup_by(|a, b| a.id == b.id);
        found.truncate(usize::try_from(limit).unwrap_or_default());
    }
    Ok(found)
}

async fn find_cursor(tx: &mut Tx, id: &str) -> Result<Option<Cursor>, StoreError> {
    let row = sqlx::query("select at_ms from audit where id = $1")
        .bind(id)
        .fetch_optional(&mut tx.inner)
        .await?;
    // No line is older than one that doesn't exist.
    Ok(Some(match row {
        Some(row) => (int(&row, "at_ms")?, id.to_owned()),
        None => (i64::MIN, String::new()),
    }))
}

async fn list_all_entries(
    tx: &mut Tx,
    from: i64,
    (at, id): &Cursor,
    limit: i64,
) -> Result<Vec<AuditEntry>, StoreError> {
    let rows = sqlx::query(
        "select * from audit where at_ms >= $1 and (at_ms, id) < ($2, $3) \
         order by at_ms desc, id desc limit $4",
    )
    .bind(from)
    .bind(at)
    .bind(id)
    .bind(limit)
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(to_entry).collect()
}

/// The lines about `subject` that are also about at least one subject of each list in `others`.
async fn list_entries_about(
    tx: &mut Tx,
    subject: &Subject,
    others: &[Vec<Subject>],
    from: i64,
    (at, id): &Cursor,
    limit: i64,
) -> Result<Vec<AuditEntry>, StoreError> {
    let is_about = |parameter: usize| {
        format!(
            "exists (select 1 from audit_subjects o where o.at_ms = s.at_ms \
             and o.audit_id = s.audit_id and o.kind = ${parameter} and o.subject = ${})",
            parameter + 1
        )
    };
    let mut statement = "select a.* from audit_subjects s join audit a on a.id = s.audit_id \
                         where s.kind = $1 and s.subject = $2 and s.at_ms >= $3 \
                         and (s.at_ms, s.audit_id) < ($4, $5)"
        .to_owned();
    let mut parameter = 7;
    for choice in others {
        let choice: Vec<String> = choice
            .iter()
            .map(|_| {
                parameter += 2;
                is_about(parameter - 2)
            })
            .collect();
        // An empty list matches nothing.
        let any = if choice.is_empty() {
            "1 = 0".to_owned()
        } else {
            choice.join(" or ")
        };
        statement.push_str(&format!(" and ({any})"));
    }
    statement.push_str(" order by s.at_ms desc, s.audit_id desc limit $6");
    let (kind, name) = subject.parts();
    // The statement holds only placeholders.
    let mut statement = sqlx::query(AssertSqlSafe(statement))
        .bind(kind)
        .bind(name.to_owned())
        .bind(from)
        .bind(*at)
        .bind(id.clone())
        .bind(limit);
    for subject in others.iter().flatten() {
        let (kind, name) = subject.parts();
        statement = statement.bind(kind).bind(name.to_owned());
    }
    let rows = statement.fetch_all(&mut tx.inner).await?;
    rows.iter().map(to_entry).collect()
}

/// Whether an actor is known: from the log, or as the holder of a token who hasn't done anything
/// yet. Actors are named as in [`AuditFilter::actor`].
pub async fn find_actor(tx: &mut Tx, actor: &str) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "select 1 as found from audit_subjects where kind = 'actor' \
         and subject in ($1, $2) union all \
         select 1 as found from tokens where lower(name) in ($1, $2) or id = $2 limit 1",
    )
    .bind(actor.to_lowercase())
    .bind(actor.to_ascii_lowercase())
    .fetch_optional(&mut tx.inner)
    .await?;
    Ok(row.is_some())
}

/// The names of people who did something or hold tokens, without files, the host and the clock.
/// Each step of the search jumps to the next name, past all lines of the same name.
pub async fn list_actors(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(
        "with recursive known (name) as (\
             select min(actor_name) from audit where actor_kind <> 'file' \
             and actor_kind not in ('host', 'clock') union all \
             select (select min(a.actor_name) from audit a \
                     where a.actor_kind <> 'file' and a.actor_kind not in ('host', 'clock') \
                     and a.actor_name > known.name) \
             from known where known.name is not null) \
         select name from known where name is not null union select name from tokens order by name",
    )
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(|row| text(row, "name")).collect()
}

/// The lines that replaced something of an entity, newest first; each has the state before it.
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
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(to_entry).collect()
}

/// Stores what an edit replaced; `body` is JSON.
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
    .execute(&mut tx.inner)
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
