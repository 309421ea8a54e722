//! The state history of each component: a table derived from everything said about the component.

use chrono::{DateTime, Utc};
use sqlx::{AnyConnection, AssertSqlSafe};

use super::components::list_component_slugs;
use super::error::StoreError;
use super::involved::list_involved;
use super::row::{instant, int, text};
use super::settings::{find_meta, set_meta};
use super::states::{list_own_states, list_said_after, to_change};
use super::tx::Tx;
use crate::domain::claims::{Base, History, HistoryEntry, Involved, LastClaims, history};
use crate::domain::component::{Standing, StateChange};
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States};

/// Everything from which a component's history follows, after an instant at which nothing was
/// claimed.
#[derive(Debug, Clone)]
pub struct Sources {
    /// That instant; `None` means from the beginning.
    pub after: Option<DateTime<Utc>>,
    /// The component's state at that instant.
    pub base: Base,
    /// What was said about it since, unordered.
    pub said: Vec<StateChange>,
    /// The public incidents that name it and say anything since.
    pub involved: Vec<Involved>,
    /// Its history since, as the table has it.
    pub standing: Vec<HistoryEntry>,
}

impl Sources {
    /// Its history since, as it should be.
    pub fn history(&self, states: &States) -> History {
        history(&self.base, &self.said, &self.involved, states)
    }
}

/// What a component's history from `since` on follows from. Before `since`, the table must be
/// right. The result reaches back to before the incidents that were open at `since`.
pub async fn find_sources(
    tx: &mut Tx,
    component: &Slug,
    since: DateTime<Utc>,
) -> Result<Sources, StoreError> {
    let mut before = since;
    loop {
        let base = find_quiet_before(tx, component, before).await?;
        let after = base.as_ref().map(|change| change.at);
        let involved = list_involved(tx, component, after).await?;
        let earliest = involved.iter().map(Involved::earliest).min();
        if let Some(earliest) = earliest.filter(|earliest| after >= Some(*earliest)) {
            before = earliest;
            continue;
        }
        return read_sources(tx, component, after, base, involved).await;
    }
}

/// The same from after a given instant on. The table says what the component was at that instant.
pub async fn find_sources_after(
    tx: &mut Tx,
    component: &Slug,
    after: Option<DateTime<Utc>>,
) -> Result<Sources, StoreError> {
    let base = match after {
        Some(after) => find_latest(tx, component, after).await?,
        None => None,
    };
    let involved = list_involved(tx, component, after).await?;
    read_sources(tx, component, after, base, involved).await
}

async fn read_sources(
    tx: &mut Tx,
    component: &Slug,
    after: Option<DateTime<Utc>>,
    base: Option<StateChange>,
    involved: Vec<Involved>,
) -> Result<Sources, StoreError> {
    Ok(Sources {
        after,
        said: list_said_after(tx, component, after).await?,
        standing: list_after(tx, component, after).await?,
        involved,
        base: base.map_or_else(Base::default, |change| Base {
            state: change.state,
            note: change.note,
        }),
    })
}

/// The latest change before an instant at which nothing was claimed, so that a history can start
/// there.
async fn find_quiet_before(
    tx: &mut Tx,
    component: &Slug,
    before: DateTime<Utc>,
) -> Result<Option<StateChange>, StoreError> {
    if before == DateTime::<Utc>::MIN_UTC {
        return Ok(None);
    }
    let row = sqlx::query(
        "select * from state_history where component = $1 and at_ms < $2 and quiet = 'yes' \
         order by at_ms desc, seq desc limit 1",
    )
    .bind(component.as_str())
    .bind(before.timestamp_millis())
    .fetch_optional(&mut tx.inner)
    .await?;
    row.as_ref().map(to_change).transpose()
}

/// A component's history after an instant, by time.
async fn list_after(
    tx: &mut Tx,
    component: &Slug,
    after: Option<DateTime<Utc>>,
) -> Result<Vec<HistoryEntry>, StoreError> {
    let rows = sqlx::query(
        "select * from state_history where component = $1 and at_ms > $2 order by at_ms, seq",
    )
    .bind(component.as_str())
    .bind(after.map_or(i64::MIN, |at| at.timestamp_millis()))
    .fetch_all(&mut tx.inner)
    .await?;
    let entries = rows.iter().map(|row| {
        Ok(HistoryEntry {
            change: to_change(row)?,
            quiet: text(row, "quiet")? == "yes",
        })
    });
    entries.collect()
}

/// How many rows one statement writes.
const AT_ONCE: usize = 64;

/// Replaces a component's history from an instant on with `entries`.
pub async fn set_history_since(
    tx: &mut Tx,
    component: &Slug,
    since: DateTime<Utc>,
    entries: &[HistoryEntry],
) -> Result<(), StoreError> {
    sqlx::query("delete from state_history where component = $1 and at_ms >= $2")
        .bind(component.as_str())
        .bind(since.timestamp_millis())
        .execute(&mut tx.inner)
        .await?;
    for part in entries.chunks(AT_ONCE) {
        insert_history(tx, part).await?;
    }
    Ok(())
}

/// What is claimed of a component after everything said about it, if that is known.
pub async fn find_last_claims(
    tx: &mut Tx,
    component: &Slug,
) -> Result<Option<LastClaims>, StoreError> {
    let row = sqlx::query("select until_ms, incident_ids from last_claims where component = $1")
        .bind(component.as_str())
        .fetch_optional(&mut tx.inner)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let incidents = text(&row, "incident_ids")?;
    Ok(Some(LastClaims {
        until: instant(&row, "until_ms")?,
        incidents: incidents.split_whitespace().map(str::to_owned).collect(),
    }))
}

/// Stores what is claimed of a component last; `None` means that it must be worked out.
pub async fn set_last_claims(
    tx: &mut Tx,
    component: &Slug,
    last: Option<&LastClaims>,
) -> Result<(), StoreError> {
    let Some(last) = last else {
        sqlx::query("delete from last_claims where component = $1")
            .bind(component.as_str())
            .execute(&mut tx.inner)
            .await?;
        return Ok(());
    };
    sqlx::query(
        "insert into last_claims (component, until_ms, incident_ids) values ($1, $2, $3) \
         on conflict (component) do update set until_ms = excluded.until_ms, \
         incident_ids = excluded.incident_ids",
    )
    .bind(component.as_str())
    .bind(last.until.timestamp_millis())
    .bind(last.incidents.join(" "))
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Adds changes to a component's history.
pub async fn insert_history(tx: &mut Tx, entries: &[HistoryEntry]) -> Result<(), StoreError> {
    let rows: Vec<String> = (0..entries.len())
        .map(|row| {
            let columns: Vec<_> = (1..=10)
                .map(|column| format!("${}", row * 10 + column))
                .collect();
            format!("({})", columns.join(", "))
        })
        .collect();
    let statement = format!(
        "insert into state_history (component, at_ms, seq, state, note, incident_id, update_id, \
         origin, public_at_ms, quiet) values {}",
        rows.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for entry in entries {
        let change = &entry.change;
        query = query
            .bind(change.component.as_str())
            .bind(change.at.timestamp_millis())
            .bind(change.seq)
            .bind(change.state.as_str())
            .bind(change.note.as_deref())
            .bind(change.incident.as_deref())
            .bind(change.update.as_deref())
            .bind(change.origin.as_str())
            .bind(change.public_at.timestamp_millis())
            .bind(if entry.quiet { "yes" } else { "no" });
    }
    query.execute(&mut tx.inner).await?;
    Ok(())
}

/// The migration after which all the tables it needs exist.
pub(super) const SINCE_MIGRATION: i64 = 9;

/// The key under which the database stores the rule that made its histories.
const RULE: &str = "history_rule";

/// This version's rule.
const CLAIMS: &str = "claims";

/// Whether this version's rule made the histories.
pub(super) async fn is_made(connection: &mut AnyConnection) -> Result<bool, StoreError> {
    let row = sqlx::query("select value from meta where key = $1")
        .bind(RULE)
        .fetch_optional(connection)
        .await?;
    let rule = row.map(|row| text(&row, "value")).transpose()?;
    Ok(rule.as_deref() == Some(CLAIMS))
}

/// Makes all histories anew, because earlier versions made them by another rule. Does nothing if
/// another process has just done it.
pub(super) async fn make_all(tx: &mut Tx) -> Result<(), StoreError> {
    if find_meta(tx, RULE).await?.as_deref() == Some(CLAIMS) {
        return Ok(());
    }
    let states = States::with_own(list_own_states(tx).await?);
    let ever = DateTime::<Utc>::MIN_UTC;
    for component in list_component_slugs(tx).await? {
        let sources = find_sources(tx, &component, ever).await?;
        let made = sources.history(&states);
        set_history_since(tx, &component, ever, &made.entries).await?;
        set_last_claims(tx, &component, made.last.as_ref()).await?;
    }
    set_meta(tx, RULE, CLAIMS).await
}

/// The change of a component's state that is in force at an instant.
pub async fn find_latest(
    tx: &mut Tx,
    component: &Slug,
    at: DateTime<Utc>,
) -> Result<Option<StateChange>, StoreError> {
    let row = sqlx::query(
        "select * from state_history where component = $1 and at_ms <= $2 \
         order by at_ms desc, seq desc limit 1",
    )
    .bind(component.as_str())
    .bind(at.timestamp_millis())
    .fetch_optional(&mut tx.inner)
    .await?;
    row.as_ref().map(to_change).transpose()
}

/// What a component is at an instant. Reads only the changes that matter for that.
pub async fn find_standing(
    tx: &mut Tx,
    component: &Slug,
    at: DateTime<Utc>,
) -> Result<Standing, StoreError> {
    let Some(latest) = find_latest(tx, component, at).await? else {
        return Ok(Standing {
            state: StateKey::operational(),
            note: None,
            since: None,
        });
    };
    let other = sqlx::query(
        "select at_ms, seq from state_history where component = $1 and at_ms <= $2 \
         and state <> $3 order by at_ms desc, seq desc limit 1",
    )
    .bind(component.as_str())
    .bind(at.timestamp_millis())
    .bind(latest.state.as_str())
    .fetch_optional(&mut tx.inner)
    .await?;
    let (other_at, other_seq) = match &other {
        Some(row) => (int(row, "at_ms")?, int(row, "seq")?),
        None => (i64::MIN, i64::MIN),
    };
    let taken = sqlx::query(
        "select at_ms from state_history where component = $1 \
         and (at_ms > $2 or (at_ms = $2 and seq > $3)) order by at_ms, seq limit 1",
    )
    .bind(component.as_str())
    .bind(other_at)
    .bind(other_seq)
    .fetch_one(&mut tx.inner)
    .await?;
    Ok(Standing {
        state: latest.state,
        note: latest.note,
        since: Some(instant(&taken, "at_ms")?),
    })
}

/// A component's history from an instant on, by time.
pub async fn list_history_since(
    tx: &mut Tx,
    component: &Slug,
    since: DateTime<Utc>,
) -> Result<Vec<StateChange>, StoreError> {
    let rows = sqlx::query(
        "select * from state_history where component = $1 and at_ms >= $2 order by at_ms, seq",
    )
    .bind(component.as_str())
    .bind(since.timestamp_millis())
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(to_change).collect()
}
