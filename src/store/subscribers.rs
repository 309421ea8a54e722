//! Subscribers, what they follow, and the secrets in the links that were sent to them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::newer::leave_alone;
use super::row::{instant, instant_or_none, int, text, text_or_none, unreadable, word};
use super::settings::find_meta;
use super::tx::Tx;
use crate::domain::email_address::EmailAddress;
use crate::domain::subscriber::{Channel, Consent, Following, Subscriber, Suppression, Target};
use crate::domain::subscriber_status::SubscriberCounts;
use crate::domain::subscription_link::LinkKey;

/// A subscriber by its id.
pub async fn find_subscriber(tx: &mut Tx, id: &str) -> Result<Option<Subscriber>, StoreError> {
    let row = sqlx::query("select * from subscribers where id = $1")
        .bind(id)
        .fetch_optional(&mut tx.inner)
        .await?;
    with_targets(tx, row.as_slice())
        .await
        .map(|mut all| all.pop())
}

/// The subscriber with this address.
pub async fn find_subscriber_by_address(
    tx: &mut Tx,
    channel: Channel,
    address: &EmailAddress,
) -> Result<Option<Subscriber>, StoreError> {
    let row = sqlx::query("select * from subscribers where channel = $1 and address_key = $2")
        .bind(channel.as_str())
        .bind(address.key())
        .fetch_optional(&mut tx.inner)
        .await?;
    with_targets(tx, row.as_slice())
        .await
        .map(|mut all| all.pop())
}

/// Which subscribers to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubscriberFilter {
    /// Only those whose address contains this, in any case.
    pub search: Option<String>,
    /// Only those that come after this id.
    pub after: Option<String>,
    /// The most to list.
    pub limit: i64,
}

/// Subscribers by id, which is the order in which they asked.
pub async fn list_subscribers(
    tx: &mut Tx,
    filter: &SubscriberFilter,
) -> Result<Vec<Subscriber>, StoreError> {
    let search = filter.search.as_deref().unwrap_or_default().to_lowercase();
    let rows = sqlx::query(
        "select * from subscribers where id > $1 \
         and ($2 = '' or replace(address_key, $2, '') <> address_key) order by id limit $3",
    )
    .bind(filter.after.as_deref().unwrap_or_default())
    .bind(search)
    .bind(filter.limit)
    .fetch_all(&mut tx.inner)
    .await?;
    with_targets(tx, &rows).await
}

/// The subscribers with these ids, in any order; at most a few hundred.
pub async fn list_subscribers_by_id(
    tx: &mut Tx,
    ids: &[&str],
) -> Result<Vec<Subscriber>, StoreError> {
    let places = (1..=ids.len()).map(|place| format!("${place}"));
    let places = places.collect::<Vec<_>>().join(", ");
    let mut list = async |what: &str| {
        // The statement holds only placeholders.
        let mut query = sqlx::query(AssertSqlSafe(format!("{what} in ({places})")));
        for id in ids {
            query = query.bind((*id).to_owned());
        }
        query.fetch_all(&mut tx.inner).await
    };
    let rows = list("select * from subscribers where id").await?;
    let found = list("select * from follows where subscriber_id").await?;
    to_subscribers(&rows, &found)
}

/// How many subscribers there are: confirmed ones, and those who haven't confirmed yet.
pub async fn count_subscribers(tx: &mut Tx) -> Result<(i64, i64), StoreError> {
    let row = sqlx::query(
        "select count(confirmed_at_ms) as confirmed, count(*) as everybody from subscribers",
    )
    .fetch_one(&mut tx.inner)
    .await?;
    let confirmed = int(&row, "confirmed")?;
    Ok((confirmed, int(&row, "everybody")? - confirmed))
}

/// How many subscribers there are, by their status.
pub async fn count_by_status(tx: &mut Tx) -> Result<SubscriberCounts, StoreError> {
    let row = sqlx::query(
        "select count(*) as everybody, count(suppressed_at_ms) as suppressed, \
         count(case when suppressed_at_ms is null and confirmed_at_ms is null then 1 end) \
         as waiting, \
         count(case when suppressed_at_ms is null and confirmed_at_ms is not null \
         and paused_at_ms is not null then 1 end) as paused from subscribers",
    )
    .fetch_one(&mut tx.inner)
    .await?;
    let [suppressed, waiting, paused] = [
        int(&row, "suppressed")?,
        int(&row, "waiting")?,
        int(&row, "paused")?,
    ];
    Ok(SubscriberCounts {
        confirmed: int(&row, "everybody")? - suppressed - waiting - paused,
        waiting,
        paused,
        suppressed,
    })
}

/// Adds a subscriber, or replaces everything about the one with the same id.
pub async fn set_subscriber(tx: &mut Tx, subscriber: &Subscriber) -> Result<(), StoreError> {
    let following = &subscriber.following;
    let suppressed = subscriber.suppressed.as_ref();
    sqlx::query(
        "insert into subscribers (id, channel, address, address_key, everything, incidents, \
         maintenance, changes, created_at_ms, confirmed_at_ms, paused_at_ms, suppressed_at_ms, \
         suppressed_why, refusals, consent) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         on conflict (id) do update set address = excluded.address, \
         address_key = excluded.address_key, everything = excluded.everything, \
         incidents = excluded.incidents, maintenance = excluded.maintenance, \
         changes = excluded.changes, confirmed_at_ms = excluded.confirmed_at_ms, \
         paused_at_ms = excluded.paused_at_ms, suppressed_at_ms = excluded.suppressed_at_ms, \
         suppressed_why = excluded.suppressed_why, refusals = excluded.refusals, \
         consent = excluded.consent",
    )
    .bind(&subscriber.id)
    .bind(subscriber.channel.as_str())
    .bind(subscriber.address.as_str())
    .bind(subscriber.address.key())
    .bind(yes_or_no(following.everything))
    .bind(yes_or_no(following.incidents))
    .bind(yes_or_no(following.maintenance))
    .bind(yes_or_no(following.changes))
    .bind(subscriber.created_at.timestamp_millis())
    .bind(subscriber.confirmed_at.map(|at| at.timestamp_millis()))
    .bind(subscriber.paused_at.map(|at| at.timestamp_millis()))
    .bind(suppressed.map(|it| it.at.timestamp_millis()))
    .bind(suppressed.map(|it| it.why.as_str()))
    .bind(subscriber.refusals)
    .bind(subscriber.consent.to_text())
    .execute(&mut tx.inner)
    .await?;
    // What only a newer version knows stays.
    sqlx::query(
        "delete from follows where subscriber_id = $1 \
         and kind in ('component', 'group', 'incident')",
    )
    .bind(&subscriber.id)
    .execute(&mut tx.inner)
    .await?;
    for target in &following.targets {
        sqlx::query("insert into follows (subscriber_id, kind, target) values ($1, $2, $3)")
            .bind(&subscriber.id)
            .bind(target.kind())
            .bind(target.key())
            .execute(&mut tx.inner)
            .await?;
    }
    Ok(())
}

/// Deletes a subscriber, and everything that is known of it.
pub async fn delete_subscriber(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    sqlx::query("delete from subscribers where id = $1")
        .bind(id)
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// Deletes those who asked before `before` and never confirmed. Returns how many.
pub async fn delete_unconfirmed(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "delete from subscribers where confirmed_at_ms is null and created_at_ms < $1 \
         and not exists (select 1 from links l where l.subscriber_id = subscribers.id \
         and l.created_at_ms >= $1)",
    )
    .bind(before.timestamp_millis())
    .execute(&mut tx.inner)
    .await?;
    Ok(done.rows_affected())
}

/// Notes that a link with a secret of this hash (SHA-256, hexadecimal) was made for a subscriber.
pub async fn insert_link(
    tx: &mut Tx,
    hash: &str,
    subscriber_id: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("insert into links (hash, subscriber_id, created_at_ms) values ($1, $2, $3)")
        .bind(hash)
        .bind(subscriber_id)
        .bind(now.timestamp_millis())
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// The id of the subscriber that a link was made for, if that was at `since` or later.
pub async fn find_link(
    tx: &mut Tx,
    hash: &str,
    since: DateTime<Utc>,
) -> Result<Option<String>, StoreError> {
    let row =
        sqlx::query("select subscriber_id from links where hash = $1 and created_at_ms >= $2")
            .bind(hash)
            .bind(since.timestamp_millis())
            .fetch_optional(&mut tx.inner)
            .await?;
    row.map(|row| text(&row, "subscriber_id")).transpose()
}

/// How many links were made for a subscriber at `since` or later.
pub async fn count_links(
    tx: &mut Tx,
    subscriber_id: &str,
    since: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let row = sqlx::query(
        "select count(*) as made from links where subscriber_id = $1 and created_at_ms >= $2",
    )
    .bind(subscriber_id)
    .bind(since.timestamp_millis())
    .fetch_one(&mut tx.inner)
    .await?;
    int(&row, "made")
}

/// Forgets a link that didn't reach anybody.
pub async fn delete_link(tx: &mut Tx, hash: &str) -> Result<(), StoreError> {
    sqlx::query("delete from links where hash = $1")
        .bind(hash)
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// Notes how often an address has refused messages in a row, and whether it is suppressed for it.
pub async fn set_refusals(
    tx: &mut Tx,
    id: &str,
    refusals: i64,
    suppressed: Option<&Suppression>,
) -> Result<(), StoreError> {
    sqlx::query(
        "update subscribers set refusals = $1, suppressed_at_ms = coalesce($2, suppressed_at_ms), \
         suppressed_why = coalesce($3, suppressed_why) where id = $4",
    )
    .bind(refusals)
    .bind(suppressed.map(|it| it.at.timestamp_millis()))
    .bind(suppressed.map(|it| it.why.as_str()))
    .bind(id)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Forgets the links that were made before `before`.
pub async fn delete_links(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("delete from links where created_at_ms < $1")
        .bind(before.timestamp_millis())
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// The key of the database under which the key for links is stored.
const LINK_KEY: &str = "link_key";

/// The site's key for links to subscriptions, if it has been made.
pub async fn find_link_key(tx: &mut Tx) -> Result<Option<LinkKey>, StoreError> {
    Ok(find_meta(tx, LINK_KEY).await?.map(LinkKey::new))
}

/// Stores the site's key for links, unless it has one; returns the one that counts.
pub async fn keep_link_key(tx: &mut Tx, secret: &str) -> Result<LinkKey, StoreError> {
    sqlx::query("insert into meta (key, value) values ($1, $2) on conflict (key) do nothing")
        .bind(LINK_KEY)
        .bind(secret)
        .execute(&mut tx.inner)
        .await?;
    let key = find_link_key(tx).await?;
    Ok(key.unwrap_or_else(|| LinkKey::new(secret)))
}

/// Reads subscribers, and what each follows.
async fn with_targets(tx: &mut Tx, rows: &[AnyRow]) -> Result<Vec<Subscriber>, StoreError> {
    let ids = rows.iter().map(|row| text(row, "id"));
    let ids: Vec<String> = ids.collect::<Result<_, _>>()?;
    let (Some(first), Some(last)) = (ids.iter().min(), ids.iter().max()) else {
        return Ok(Vec::new());
    };
    let found = sqlx::query("select * from follows where subscriber_id between $1 and $2")
        .bind(first)
        .bind(last)
        .fetch_all(&mut tx.inner)
        .await?;
    to_subscribers(rows, &found)
}

/// Subscribers from their rows and the rows of what they follow.
fn to_subscribers(rows: &[AnyRow], found: &[AnyRow]) -> Result<Vec<Subscriber>, StoreError> {
    let mut targets: BTreeMap<String, BTreeSet<Target>> = BTreeMap::new();
    for row in found {
        let (kind, key) = (text(row, "kind")?, text(row, "target")?);
        if !Target::KINDS.contains(&kind.as_str()) {
            leave_alone("follows.kind", &kind);
            continue;
        }
        let target = Target::parse(&kind, &key).ok_or_else(|| unreadable("target", &key))?;
        let of = targets.entry(text(row, "subscriber_id")?).or_default();
        of.insert(target);
    }
    let read = rows.iter().map(|row| {
        let targets = targets.remove(&text(row, "id")?).unwrap_or_default();
        to_subscriber(row, targets)
    });
    read.collect()
}

/// A subscriber from its row.
fn to_subscriber(row: &AnyRow, targets: BTreeSet<Target>) -> Result<Subscriber, StoreError> {
    let suppressed_at = instant_or_none(row, "suppressed_at_ms")?;
    let why = text_or_none(row, "suppressed_why")?.unwrap_or_default();
    Ok(Subscriber {
        id: text(row, "id")?,
        channel: word(row, "channel", Channel::parse)?,
        address: word(row, "address", |text| EmailAddress::parse(text).ok())?,
        following: Following {
            everything: is_yes(row, "everything")?,
            targets,
            incidents: is_yes(row, "incidents")?,
            maintenance: is_yes(row, "maintenance")?,
            changes: is_yes(row, "changes")?,
        },
        created_at: instant(row, "created_at_ms")?,
        confirmed_at: instant_or_none(row, "confirmed_at_ms")?,
        paused_at: instant_or_none(row, "paused_at_ms")?,
        suppressed: suppressed_at.map(|at| Suppression { at, why }),
        refusals: int(row, "refusals")?,
        consent: word(row, "consent", Consent::parse)?,
    })
}

fn yes_or_no(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

fn is_yes(row: &AnyRow, column: &str) -> Result<bool, StoreError> {
    word(row, column, |word| match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    })
}
