//! The outbox: what goes out to subscribers, and how far it has been spread to them.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::newer::leave_alone;
use super::row::{instant, instant_or_none, int, text, text_or_none, unreadable, word};
use super::tx::Tx;
use crate::domain::dispatch::{Dispatch, News, Reach, Status, Thread};
use crate::domain::subscriber::{Following, Target};

/// Puts a dispatch into the outbox. One for the same news stays as it is. A channel that is added
/// later doesn't get it.
pub async fn insert_dispatch(tx: &mut Tx, dispatch: &Dispatch) -> Result<(), StoreError> {
    let (status, for_channels) = match dispatch.news.reach() {
        Reach::Everybody => (dispatch.status, "yes"),
        Reach::People => (dispatch.status, "no"),
        // Nobody's queue has to get it.
        Reach::Channels | Reach::Webhooks => (Status::Spread, "yes"),
    };
    sqlx::query(
        "insert into outbox (seq, thread, kind, subject, created_at_ms, due_at_ms, revision, \
         status, channels) values ($1, $2, $3, $4, $5, $6, $7, $8, \
         case when $9 = 'yes' and exists (select 1 from channels) then 'waiting' else null end) \
         on conflict (thread, kind, subject) do nothing",
    )
    .bind(dispatch.seq)
    .bind(dispatch.thread.to_text())
    .bind(dispatch.news.kind())
    .bind(dispatch.news.subject())
    .bind(dispatch.created_at.timestamp_millis())
    .bind(dispatch.due_at.map(|at| at.timestamp_millis()))
    .bind(dispatch.revision)
    .bind(status.as_str())
    .bind(for_channels)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// The dispatches with this status, in order.
pub async fn list_dispatches(tx: &mut Tx, status: Status) -> Result<Vec<Dispatch>, StoreError> {
    let rows = sqlx::query("select * from outbox where status = $1 order by seq")
        .bind(status.as_str())
        .fetch_all(&mut tx.inner)
        .await?;
    known_dispatches(&rows)
}

/// The dispatches of a thread that come after `after` and go out, up to `until`, in order.
pub async fn list_dispatches_between(
    tx: &mut Tx,
    thread: &Thread,
    after: i64,
    until: i64,
) -> Result<Vec<Dispatch>, StoreError> {
    let rows = sqlx::query(
        "select * from outbox where thread = $1 and seq > $2 and seq <= $3 \
         and status <> 'dropped' order by seq",
    )
    .bind(thread.to_text())
    .bind(after)
    .bind(until)
    .fetch_all(&mut tx.inner)
    .await?;
    known_dispatches(&rows)
}

/// A dispatch by its number.
pub async fn find_dispatch(tx: &mut Tx, seq: i64) -> Result<Option<Dispatch>, StoreError> {
    let row = sqlx::query("select * from outbox where seq = $1")
        .bind(seq)
        .fetch_optional(&mut tx.inner)
        .await?;
    let known = row.as_ref().map(to_dispatch).transpose()?;
    Ok(known.flatten())
}

/// Whether there is a dispatch for this news, whatever became of it.
pub async fn has_dispatch(tx: &mut Tx, thread: &Thread, news: &News) -> Result<bool, StoreError> {
    let row =
        sqlx::query("select seq from outbox where thread = $1 and kind = $2 and subject = $3")
            .bind(thread.to_text())
            .bind(news.kind())
            .bind(news.subject())
            .fetch_optional(&mut tx.inner)
            .await?;
    Ok(row.is_some())
}

/// The number of the last dispatch of a thread, whatever became of it.
pub async fn find_last_seq(tx: &mut Tx, thread: &Thread) -> Result<Option<i64>, StoreError> {
    let row = sqlx::query("select max(seq) as last from outbox where thread = $1")
        .bind(thread.to_text())
        .fetch_one(&mut tx.inner)
        .await?;
    Ok(sqlx::Row::try_get::<Option<i64>, _>(&row, "last")?)
}

/// Changes how far a dispatch has come, and when it is due.
pub async fn set_dispatch(
    tx: &mut Tx,
    seq: i64,
    status: Status,
    due_at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    sqlx::query(
        "update outbox set status = $1, due_at_ms = coalesce($2, due_at_ms) where seq = $3",
    )
    .bind(status.as_str())
    .bind(due_at.map(|at| at.timestamp_millis()))
    .bind(seq)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// How much waits to go out, to people and channels: dispatches that aren't spread yet, messages, and
/// letters.
pub async fn count_waiting(tx: &mut Tx) -> Result<i64, StoreError> {
    let people: i64 = count_each_waiting(tx).await?.iter().sum();
    let channels: i64 = count_each_waiting_for_channels(tx).await?.iter().sum();
    Ok(people + channels)
}

/// How many dispatches and messages wait for channels. A dispatch that waits for people, too, isn't
/// counted.
pub async fn count_each_waiting_for_channels(tx: &mut Tx) -> Result<[i64; 2], StoreError> {
    let row = sqlx::query(
        "select (select count(*) from outbox where channels = 'waiting' and status = 'spread' \
         and exists (select 1 from channels)) as dispatches, \
         (select count(*) from channel_messages m join channels c on c.id = m.channel_id \
         where m.next_at_ms is not null and c.paused_at_ms is null and c.disabled_at_ms is null) \
         as messages",
    )
    .fetch_one(&mut tx.inner)
    .await?;
    Ok([int(&row, "dispatches")?, int(&row, "messages")?])
}

/// How many dispatches, messages and letters wait for subscribers.
pub async fn count_each_waiting(tx: &mut Tx) -> Result<[i64; 3], StoreError> {
    let row = sqlx::query(
        "select (select count(*) from outbox where status = 'waiting') as dispatches, \
         (select count(*) from deliveries where next_at_ms is not null) as deliveries, \
         (select count(*) from letters) as letters",
    )
    .fetch_one(&mut tx.inner)
    .await?;
    Ok([
        int(&row, "dispatches")?,
        int(&row, "deliveries")?,
        int(&row, "letters")?,
    ])
}

/// Drops every dispatch that waits.
pub async fn drop_waiting(tx: &mut Tx) -> Result<u64, StoreError> {
    sqlx::query("update outbox set channels = null where channels = 'waiting'")
        .execute(&mut tx.inner)
        .await?;
    let done = sqlx::query("update outbox set status = 'dropped' where status = 'waiting'")
        .execute(&mut tx.inner)
        .await?;
    Ok(done.rows_affected())
}

/// Makes every dispatch that waits due at `now`, as news of that instant.
pub async fn release_waiting(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "update outbox set due_at_ms = $1 where status = 'waiting' or channels = 'waiting'",
    )
    .bind(now.timestamp_millis())
    .execute(&mut tx.inner)
    .await?;
    Ok(done.rows_affected())
}

/// Deletes dispatches about components that changed to another state before `before`: unlike others,
/// nobody asks later whether they were told.
pub async fn delete_old_shifts(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("delete from outbox where kind = 'shift' and created_at_ms < $1")
        .bind(before.timestamp_millis())
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// Who gets a dispatch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    /// What it is about. Whoever follows any of it gets it, besides those who follow everything.
    pub targets: Vec<Target>,
    /// The kind of news that one must want.
    pub wants: Wanted,
    /// Whether everybody who was told of the thread before gets it, too.
    pub and_whoever_was_told: bool,
}

/// The kinds of news that subscribers choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Disruptions and notices.
    Incidents,
    /// Maintenance.
    Maintenance,
    /// Changes of state without an incident.
    Changes,
}

/// Whether a subscriber `s` is in the audience, with the targets as $1, the kind of news as $2, the
/// thread as $3 and yes or no, whether those who were told get it, as $4. `s` must be active.
macro_rules! in_audience {
    () => {
        "s.confirmed_at_ms is not null and s.paused_at_ms is null and s.suppressed_at_ms is null \
         and ((($2 = 'incidents' and s.incidents = 'yes') \
             or ($2 = 'maintenance' and s.maintenance = 'yes') \
             or ($2 = 'changes' and s.changes = 'yes')) \
            and (s.everything = 'yes' or exists (select 1 from follows f \
                where f.subscriber_id = s.id \
                and replace($1, '\n' || f.kind || ' ' || f.target || '\n', '') <> $1)) \
         or exists (select 1 from follows f where f.subscriber_id = s.id \
            and f.kind = 'incident' and f.target = $3) \
         or ($4 = 'yes' and exists (select 1 from deliveries d \
            where d.subscriber_id = s.id and d.thread = $3)))"
    };
}

impl Audience {
    /// Whether whoever follows this is in it; `was_told` says whether they were told of the thread.
    pub fn includes(&self, following: &Following, thread: &Thread, was_told: bool) -> bool {
        let wants = match self.wants {
            Wanted::Incidents => following.incidents,
            Wanted::Maintenance => following.maintenance,
            Wanted::Changes => following.changes,
        };
        let follows = |target: &Target| following.targets.contains(target);
        let is_this = |target: &Target| match (target, thread) {
            (Target::Incident(id), Thread::Incident(other)) => id == other,
            (_, Thread::Incident(_) | Thread::Component(_)) => false,
        };
        (wants && (following.everything || self.targets.iter().any(follows)))
            || following.targets.iter().any(is_this)
            || (self.and_whoever_was_told && was_told)
    }

    /// The targets as one text: each on a line of its own, with an empty line between.
    fn targets_as_text(&self) -> String {
        let lines = self.targets.iter().map(|target| {
            let key = target.key().replace('\n', " ");
            format!("\n{} {key}\n", target.kind())
        });
        lines.collect()
    }

    fn wanted_word(&self) -> &'static str {
        match self.wants {
            Wanted::Incidents => "incidents",
            Wanted::Maintenance => "maintenance",
            Wanted::Changes => "changes",
        }
    }
}

/// How many subscribers get a dispatch.
pub async fn count_audience(
    tx: &mut Tx,
    thread: &Thread,
    audience: &Audience,
) -> Result<i64, StoreError> {
    let statement = concat!(
        "select count(*) as many from subscribers s where ",
        in_audience!()
    );
    let row = sqlx::query(statement)
        .bind(audience.targets_as_text())
        .bind(audience.wanted_word())
        .bind(thread.to_text())
        .bind(if audience.and_whoever_was_told {
            "yes"
        } else {
            "no"
        })
        .fetch_one(&mut tx.inner)
        .await?;
    int(&row, "many")
}

/// Puts a dispatch into the queues of the next `size` subscribers. Returns whether that were all.
pub async fn spread_dispatch(
    tx: &mut Tx,
    dispatch: &Dispatch,
    audience: &Audience,
    now: DateTime<Utc>,
    size: i64,
) -> Result<bool, StoreError> {
    let row = sqlx::query("select spread_to from outbox where seq = $1")
        .bind(dispatch.seq)
        .fetch_one(&mut tx.inner)
        .await?;
    let first = text_or_none(&row, "spread_to")?.unwrap_or_default();
    let row = sqlx::query(
        "select max(id) as last, count(*) as many from \
         (select id from subscribers where id > $1 order by id limit $2) as next",
    )
    .bind(&first)
    .bind(size)
    .fetch_one(&mut tx.inner)
    .await?;
    let is_all = int(&row, "many")? < size;
    if let Some(last) = text_or_none(&row, "last")? {
        sqlx::query(concat!(
            "insert into deliveries (subscriber_id, thread, told_seq, due_seq, next_at_ms, \
             attempts) select s.id, $3, $5 - 1, $5, $6, 0 from subscribers s \
             where s.id > $7 and s.id <= $8 and ",
            in_audience!(),
            " on conflict (subscriber_id, thread) do update set due_seq = excluded.due_seq, \
             next_at_ms = coalesce(deliveries.next_at_ms, excluded.next_at_ms), \
             gave_up_at_ms = null, failing_since_ms = case when deliveries.gave_up_at_ms is null \
             then deliveries.failing_since_ms else null end \
             where deliveries.due_seq < excluded.due_seq"
        ))
        .bind(audience.targets_as_text())
        .bind(audience.wanted_word())
        .bind(dispatch.thread.to_text())
        .bind(if audience.and_whoever_was_told {
            "yes"
        } else {
            "no"
        })
        .bind(dispatch.seq)
        .bind(now.timestamp_millis())
        .bind(&first)
        .bind(&last)
        .execute(&mut tx.inner)
        .await?;
        sqlx::query("update outbox set spread_to = $1 where seq = $2")
            .bind(&last)
            .bind(dispatch.seq)
            .execute(&mut tx.inner)
            .await?;
    }
    if is_all {
        set_dispatch(tx, dispatch.seq, Status::Spread, None).await?;
    }
    Ok(is_all)
}

/// The dispatches in rows, without those of a kind that only a newer version knows.
pub(super) fn known_dispatches(rows: &[AnyRow]) -> Result<Vec<Dispatch>, StoreError> {
    let read = rows.iter().map(to_dispatch);
    read.filter_map(Result::transpose).collect()
}

/// A dispatch; `None` if only a newer version knows its kind.
fn to_dispatch(row: &AnyRow) -> Result<Option<Dispatch>, StoreError> {
    let (kind, subject) = (text(row, "kind")?, text(row, "subject")?);
    if !News::KINDS.contains(&kind.as_str()) {
        leave_alone("outbox.kind", &kind);
        return Ok(None);
    }
    Ok(Some(Dispatch {
        seq: int(row, "seq")?,
        thread: word(row, "thread", Thread::parse)?,
        news: News::parse(&kind, &subject).ok_or_else(|| unreadable("subject", &subject))?,
        created_at: instant(row, "created_at_ms")?,
        due_at: instant_or_none(row, "due_at_ms")?,
        revision: int(row, "revision")?,
        status: word(row, "status", Status::parse)?,
    }))
}
