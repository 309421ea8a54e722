//! The channels that staff added.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::newer::leave_alone;
use super::row::{instant, instant_or_none, int, text, text_or_none, word};
use super::tx::Tx;
use crate::domain::added_channel::{AddedChannel, ChannelAddress, Disabled};
use crate::domain::channel_status::ChannelStatus;
use crate::domain::signing::Signing;
use crate::domain::subscriber::Channel;

/// Every channel, in the order in which they were added.
pub async fn list_channels(tx: &mut Tx) -> Result<Vec<AddedChannel>, StoreError> {
    let rows = sqlx::query("select * from channels order by id")
        .fetch_all(&mut tx.inner)
        .await?;
    let read = rows.iter().map(to_channel);
    read.filter_map(Result::transpose).collect()
}

/// Whether there is any channel.
pub async fn has_channels(tx: &mut Tx) -> Result<bool, StoreError> {
    let row = sqlx::query("select id from channels limit 1")
        .fetch_optional(&mut tx.inner)
        .await?;
    Ok(row.is_some())
}

/// How many channels fare in each way.
pub async fn count_channels(tx: &mut Tx) -> Result<Vec<(ChannelStatus, i64)>, StoreError> {
    let rows = sqlx::query(
        "select status, count(*) as many from (select case \
         when disabled_at_ms is not null then 'disabled' when paused_at_ms is not null then 'paused' \
         when failing_since_ms is not null then 'failing' else 'working' end as status \
         from channels) as each group by status",
    )
    .fetch_all(&mut tx.inner)
    .await?;
    let counts = rows.iter().map(|row| {
        let known = |word: &str| {
            ChannelStatus::ALL
                .into_iter()
                .find(|it| it.as_str() == word)
        };
        Ok((word(row, "status", known)?, int(row, "many")?))
    });
    counts.collect()
}

/// A channel by its id.
pub async fn find_channel(tx: &mut Tx, id: &str) -> Result<Option<AddedChannel>, StoreError> {
    let row = sqlx::query("select * from channels where id = $1")
        .bind(id)
        .fetch_optional(&mut tx.inner)
        .await?;
    let read = row.as_ref().map(to_channel).transpose();
    read.map(Option::flatten)
}

/// Adds a channel, or replaces everything about the one with the same id.
pub async fn set_channel(tx: &mut Tx, channel: &AddedChannel) -> Result<(), StoreError> {
    let signing = channel.signing.as_ref();
    let former = signing.map_or(&[][..], |it| &it.former);
    let disabled = channel.disabled.as_ref();
    sqlx::query(
        "insert into channels (id, kind, name, url, room, token, secret, former_secret, \
         former_until_ms, following, created_at_ms, paused_at_ms, disabled_at_ms, disabled_why, \
         failing_since_ms, failure) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
         on conflict (id) do update set name = excluded.name, url = excluded.url, \
         room = excluded.room, token = excluded.token, secret = excluded.secret, \
         former_secret = excluded.former_secret, former_until_ms = excluded.former_until_ms, \
         following = excluded.following, paused_at_ms = excluded.paused_at_ms, \
         disabled_at_ms = excluded.disabled_at_ms, disabled_why = excluded.disabled_why, \
         failing_since_ms = excluded.failing_since_ms, failure = excluded.failure",
    )
    .bind(&channel.id)
    .bind(channel.kind.as_str())
    .bind(&channel.name)
    .bind(&channel.address.url)
    .bind(channel.address.room.as_deref())
    .bind(channel.address.token.as_deref())
    .bind(signing.map(|it| it.secret.as_str()))
    .bind(former_as_text(former))
    .bind(former.first().map(|(_, until)| until.timestamp_millis()))
    .bind(serde_json::to_string(&channel.following).unwrap_or_default())
    .bind(channel.created_at.timestamp_millis())
    .bind(channel.paused_at.map(|at| at.timestamp_millis()))
    .bind(disabled.map(|it| it.at.timestamp_millis()))
    .bind(disabled.map(|it| it.why.as_str()))
    .bind(channel.failing_since.map(|at| at.timestamp_millis()))
    .bind(channel.failure.as_deref())
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Notes that a channel took a message.
pub async fn set_working(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    sqlx::query(
        "update channels set failing_since_ms = null, failure = null \
         where id = $1 and failing_since_ms is not null",
    )
    .bind(id)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// Notes that a channel didn't take a message. Returns since when it hasn't taken any.
pub async fn set_failing(
    tx: &mut Tx,
    id: &str,
    why: &str,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let row = sqlx::query(
        "update channels set failing_since_ms = coalesce(failing_since_ms, $1), failure = $2 \
         where id = $3 returning failing_since_ms",
    )
    .bind(now.timestamp_millis())
    .bind(why)
    .bind(id)
    .fetch_optional(&mut tx.inner)
    .await?;
    let since = row.map(|row| instant_or_none(&row, "failing_since_ms"));
    Ok(since.transpose()?.flatten())
}

/// Disables a channel, unless it is disabled. Returns whether it wasn't.
pub async fn disable_channel(
    tx: &mut Tx,
    id: &str,
    why: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update channels set disabled_at_ms = $1, disabled_why = $2 \
         where id = $3 and disabled_at_ms is null",
    )
    .bind(now.timestamp_millis())
    .bind(why)
    .bind(id)
    .execute(&mut tx.inner)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Deletes a channel, and everything that is known of it.
pub async fn delete_channel(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    sqlx::query("delete from channels where id = $1")
        .bind(id)
        .execute(&mut tx.inner)
        .await?;
    Ok(())
}

/// Former secrets as the database stores them: the first alone, whose end stands beside it, and each
/// other with its own end, as in "whsec_A whsec_B@1700000000000".
fn former_as_text(former: &[(String, DateTime<Utc>)]) -> Option<String> {
    let (first, others) = former.split_first()?;
    let others = others.iter();
    let others = others.map(|(secret, until)| format!(" {secret}@{}", until.timestamp_millis()));
    Some(format!("{}{}", first.0, others.collect::<String>()))
}

/// The inverse of [`former_as_text`]; the first signs until `until`.
fn former_of(text: &str, until: DateTime<Utc>) -> Vec<(String, DateTime<Utc>)> {
    let parts = text.split_whitespace();
    let read = parts.filter_map(|part| match part.split_once('@') {
        None => Some((part.to_owned(), until)),
        Some((secret, until)) => {
            let until = until
                .parse()
                .ok()
                .and_then(DateTime::from_timestamp_millis)?;
            Some((secret.to_owned(), until))
        }
    });
    read.collect()
}

/// A channel; `None` if only a newer version knows its kind.
fn to_channel(row: &AnyRow) -> Result<Option<AddedChannel>, StoreError> {
    let kind = text(row, "kind")?;
    let Some(kind) = Channel::parse(&kind) else {
        leave_alone("channels.kind", &kind);
        return Ok(None);
    };
    let former_until = instant_or_none(row, "former_until_ms")?;
    let former = text_or_none(row, "former_secret")?.zip(former_until);
    let former = former.map(|(text, until)| former_of(&text, until));
    let secret = text_or_none(row, "secret")?;
    let why = text_or_none(row, "disabled_why")?.unwrap_or_default();
    let disabled_at = instant_or_none(row, "disabled_at_ms")?;
    Ok(Some(AddedChannel {
        id: text(row, "id")?,
        kind,
        name: text(row, "name")?,
        address: ChannelAddress {
            url: text(row, "url")?,
            room: text_or_none(row, "room")?,
            token: text_or_none(row, "token")?,
        },
        signing: secret.map(|secret| Signing {
            secret,
            former: former.unwrap_or_default(),
        }),
        following: word(row, "following", |text| serde_json::from_str(text).ok())?,
        created_at: instant(row, "created_at_ms")?,
        paused_at: instant_or_none(row, "paused_at_ms")?,
        disabled: disabled_at.map(|at| Disabled { at, why }),
        failing_since: instant_or_none(row, "failing_since_ms")?,
        failure: text_or_none(row, "failure")?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn former_secrets_come_back_each_with_its_end() {
        let at = |millis| DateTime::from_timestamp_millis(millis).expect("an instant");
        let former = [
            ("whsec_QQ==".to_owned(), at(1_700_000_000_123)),
            ("whsec_Qg==".to_owned(), at(1_700_000_000_000)),
            ("whsec_Qw==".to_owned(), at(1_600_000_000_000)),
        ];
        for many in 1..=former.len() {
            let text = former_as_text(&former[..many]).expect("a text");
            assert_eq!(former_of(&text, former[0].1), former[..many]);
        }
        assert_eq!(former_as_text(&[]), None);
    }
}
