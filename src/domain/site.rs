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
    #[serde(with = "seconds_east")]
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

/// Offsets as seconds east of UTC.
mod seconds_east {
    use std::collections::BTreeMap;

    use chrono::FixedOffset;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        offsets: &BTreeMap<String, FixedOffset>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let seconds = offsets
            .iter()
            .map(|(name, it)| (name, it.local_minus_utc()));
        seconds.collect::<BTreeMap<_, _>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<String, FixedOffset>, D::Error> {
        let seconds = BTreeMap::<String, i32>::deserialize(from)?.into_iter();
        let offsets = seconds.filter_map(|(name, it)| Some((name, FixedOffset::east_opt(it)?)));
        Ok(offsets.collect())
    }
}
