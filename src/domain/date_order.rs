//! The order of day and month in numeric dates.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// The order in which a date such as `3/4` is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// Month first, as in the United States.
    Mdy,
    /// Day first.
    Dmy,
}

impl DateOrder {
    /// The word used in `site.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mdy => "mdy",
            Self::Dmy => "dmy",
        }
    }

    /// The order that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Mdy, Self::Dmy]
            .into_iter()
            .find(|order| order.as_str() == word)
    }
}

/// Month first if the zone is in the United States, else day first.
///
/// Source of the list: the `US` rows of the IANA time zone database's `zone.tab`, and the
/// database's own `US/…` links.
pub fn default_date_order(zone: Tz) -> DateOrder {
    const UNITED_STATES: [&str; 22] = [
        "America/New_York",
        "America/Detroit",
        "America/Chicago",
        "America/Menominee",
        "America/Denver",
        "America/Boise",
        "America/Phoenix",
        "America/Los_Angeles",
        "America/Anchorage",
        "America/Juneau",
        "America/Sitka",
        "America/Metlakatla",
        "America/Yakutat",
        "America/Nome",
        "America/Adak",
        "Pacific/Honolulu",
        "America/Shiprock",
        "America/Louisville",
        "America/Indianapolis",
        "America/Fort_Wayne",
        "America/Atka",
        "Navajo",
    ];
    let name = zone.name();
    let in_states = UNITED_STATES.contains(&name)
        || [
            "US/",
            "America/Indiana/",
            "America/Kentucky/",
            "America/North_Dakota/",
        ]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || ["EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT"].contains(&name);
    if in_states {
        DateOrder::Mdy
    } else {
        DateOrder::Dmy
    }
}
