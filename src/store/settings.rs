//! The site's settings, and what the database stores about itself.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::error::StoreError;
use super::row::text;
use super::tx::Tx;
use crate::domain::brand::Brand;
use crate::domain::date_order::DateOrder;
use crate::domain::delivery_settings::DeliverySettings;
use crate::domain::time_style::{HourClock, StatedTimes};

/// Everything that `site.toml` said last, by key.
pub async fn list_site_settings(tx: &mut Tx) -> Result<BTreeMap<String, String>, StoreError> {
    let rows = sqlx::query("select key, value from site_settings")
        .fetch_all(&mut tx.inner)
        .await?;
    rows.iter()
        .map(|row| Ok((text(row, "key")?, text(row, "value")?)))
        .collect()
}

/// How the site's settings treat times. Without a known zone, UTC holds.
pub fn stated_times(settings: &BTreeMap<String, String>) -> StatedTimes {
    let word = |key| settings.get(key).map(String::as_str);
    StatedTimes {
        zone: word("time_zone")
            .and_then(|name| name.parse().ok())
            .unwrap_or(Tz::UTC),
        date_order: word("date_order").and_then(DateOrder::parse),
        clock: word("clock").and_then(HourClock::parse),
    }
}

/// Replaces one of the site's settings; `None` removes it.
pub async fn set_site_setting(
    tx: &mut Tx,
    key: &str,
    value: Option<&str>,
) -> Result<(), StoreError> {
    let Some(value) = value else {
        sqlx::query("delete from site_settings where key = $1")
            .bind(key)
            .execute(&mut tx.inner)
            .await?;
        return Ok(());
    };
    sqlx::query(
        "insert into site_settings (key, value) values ($1, $2) \
         on conflict (key) do update set value = excluded.value",
    )
    .bind(key)
    .bind(value)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// The key under which the database stores the base URL that it delivers for.
pub const DELIVERS_FOR: &str = "delivers_for";

/// The value that the database stores about itself under `key`.
pub async fn find_meta(tx: &mut Tx, key: &str) -> Result<Option<String>, StoreError> {
    let row = sqlx::query("select value from meta where key = $1")
        .bind(key)
        .fetch_optional(&mut tx.inner)
        .await?;
    row.map(|row| text(&row, "value")).transpose()
}

/// Stores a value about the database itself.
pub async fn set_meta(tx: &mut Tx, key: &str, value: &str) -> Result<(), StoreError> {
    sqlx::query(
        "insert into meta (key, value) values ($1, $2) \
         on conflict (key) do update set value = excluded.value",
    )
    .bind(key)
    .bind(value)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// A brand as one setting; `None` for an empty brand.
pub fn brand_as_text(brand: &Brand) -> Option<String> {
    (!brand.is_empty())
        .then(|| serde_json::to_string(brand).ok())
        .flatten()
}

/// The inverse of [`brand_as_text`]. Text that can't be read gives an empty brand.
pub fn brand_from_text(text: &str) -> Brand {
    serde_json::from_str(text).unwrap_or_default()
}

/// How subscribers are told, as one setting; `None` if it is as usual.
pub fn delivery_as_text(delivery: &DeliverySettings) -> Option<String> {
    let is_usual = *delivery == DeliverySettings::default();
    (!is_usual)
        .then(|| serde_json::to_string(delivery).ok())
        .flatten()
}

/// The inverse of [`delivery_as_text`]. Text that can't be read means as usual.
pub fn delivery_from_text(text: &str) -> DeliverySettings {
    serde_json::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_stated_and_what_is_no_word_for_them_is_left_out() {
        let check = |zone: &str, order: &str, clock: &str, expected: StatedTimes| {
            let pairs = [("time_zone", zone), ("date_order", order), ("clock", clock)];
            let stated = pairs.into_iter().filter(|(_, word)| !word.is_empty());
            let settings = stated.map(|(key, word)| (key.to_owned(), word.to_owned()));
            assert_eq!(stated_times(&settings.collect()), expected);
        };
        let stated = StatedTimes {
            zone: Tz::America__Denver,
            date_order: Some(DateOrder::Dmy),
            clock: Some(HourClock::TwentyFour),
        };
        check("America/Denver", "dmy", "24h", stated);
        let open = StatedTimes {
            zone: Tz::UTC,
            date_order: None,
            clock: None,
        };
        check("", "", "", open);
        check("Denver", "ymd", "24", open);
    }
}
