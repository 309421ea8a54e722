//! The site: the company whose status page this is.

use std::collections::BTreeMap;

use chrono::FixedOffset;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::brand::Brand;
use super::date_order::DateOrder;
use super::delivery_settings::DeliverySettings;
use super::time_style::{HourClock, StatedTimes, TimeStyle};

/// Where customers can get help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// The text of the link, such as "our 24/7 support department".
    pub text: String,
    /// Where it leads.
    pub url: String,
}

/// What is behind the pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hosting {
    /// Our server. It takes what forms send, and tells open pages what changes on them.
    #[default]
    Server,
    /// Files only, so pages have nothing that needs a server.
    Files,
}

/// What `site.toml` says about the company.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteSettings {
    /// The page's name, such as "Example Hosting status".
    pub name: String,
    /// Scheme and host of the page, without a slash at the end.
    pub base_url: String,
    /// The name used in feed ids; it stays the same when the domain changes.
    pub authority: String,
    /// The zone in which times are shown and, unless they name another, read.
    pub zone: Tz,
    /// How numeric dates are read; see [`SiteSettings::date_order`].
    pub stated_date_order: Option<DateOrder>,
    /// The clock on which times are written; see [`SiteSettings::time_style`].
    pub stated_clock: Option<HourClock>,
    /// Where customers can get help.
    pub support: Option<Support>,
    /// Logo, icon, colour and links.
    pub brand: Brand,
    /// How subscribers are told.
    pub delivery: DeliverySettings,
    /// Whether subscribers can be told by mail: there is a mail server, and an address it comes from.
    /// Never where there is no server that takes a subscription.
    pub sends_mail: bool,
    /// What is behind the pages.
    pub hosting: Hosting,
    /// Ambiguous zone abbreviations, and what each means here.
    #[serde(with = "zones_text")]
    pub zones: BTreeMap<String, FixedOffset>,
}

#[cfg(test)]
impl SiteSettings {
    /// "Example status", with nothing else said of it.
    pub fn example(zone: Tz) -> Self {
        Self {
            name: "Example status".into(),
            base_url: "https://status.example.com".into(),
            authority: "status.example.com".into(),
            zone,
            stated_date_order: None,
            stated_clock: None,
            support: None,
            brand: Brand::default(),
            delivery: DeliverySettings::default(),
            sends_mail: false,
            hosting: Hosting::Server,
            zones: BTreeMap::new(),
        }
    }
}

impl SiteSettings {
    /// How numeric dates are read; see [`StatedTimes::date_order`].
    pub fn date_order(&self) -> DateOrder {
        self.stated_times().date_order()
    }

    /// How times are written; see [`StatedTimes::style`].
    pub fn time_style(&self) -> TimeStyle {
        self.stated_times().style()
    }

    fn stated_times(&self) -> StatedTimes {
        StatedTimes {
            zone: self.zone,
            date_order: self.stated_date_order,
            clock: self.stated_clock,
        }
    }
}

/// Abbreviations with their offsets in seconds east of UTC, as one text: `IST=19800 CST=-21600`.
pub fn zones_as_text(zones: &BTreeMap<String, FixedOffset>) -> String {
    let pairs: Vec<_> = zones
        .iter()
        .map(|(name, offset)| format!("{name}={}", offset.local_minus_utc()))
        .collect();
    pairs.join(" ")
}

/// The inverse of [`zones_as_text`]. Pairs that can't be read are left out.
pub fn zones_from_text(text: &str) -> BTreeMap<String, FixedOffset> {
    text.split_whitespace()
        .filter_map(|pair| {
            let (name, seconds) = pair.split_once('=')?;
            let offset = FixedOffset::east_opt(seconds.parse().ok()?)?;
            Some((name.to_owned(), offset))
        })
        .collect()
}

/// Abbreviations with their offsets, as one text.
mod zones_text {
    use std::collections::BTreeMap;

    use chrono::FixedOffset;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        zones: &BTreeMap<String, FixedOffset>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::zones_as_text(zones))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<String, FixedOffset>, D::Error> {
        Ok(super::zones_from_text(&String::deserialize(from)?))
    }
}
