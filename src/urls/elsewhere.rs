//! What is shown elsewhere: in calendars, and on other sites.

use super::parts::{component, group};
use crate::domain::coverage::Coverage;

/// The calendar of planned and past maintenance of the whole site. A group's or a component's is
/// under its own path, and so are badges.
pub const CALENDAR: &str = "/calendar.ics";
/// The badge of the whole site.
pub const BADGE: &str = "/badge.svg";
/// The same as data.
pub const BADGE_JSON: &str = "/badge.json";
/// The strip that other sites may frame.
pub const EMBED: &str = "/embed";
/// The stylesheet that the strip loads in addition.
pub const EMBED_STYLESHEET: &str = "/assets/embed.css";

/// The path of the RSS feed on sites of Statuspage.
pub const STATUSPAGE_RSS: &str = "/history.rss";
/// The path of the Atom feed on sites of Statuspage.
pub const STATUSPAGE_ATOM: &str = "/history.atom";

/// The root of the API of Statuspage (v2).
pub const STATUSPAGE_API: &str = "/api/v2";

/// A document of the API of Statuspage.
pub fn statuspage(name: &str) -> String {
    format!("{STATUSPAGE_API}/{name}.json")
}

/// A calendar.
pub fn calendar(covered: &Coverage) -> String {
    under(covered, CALENDAR)
}

/// A badge.
pub fn badge(covered: &Coverage) -> String {
    under(covered, BADGE)
}

/// A badge as data, as shields.io reads it.
pub fn badge_json(covered: &Coverage) -> String {
    under(covered, BADGE_JSON)
}

fn under(covered: &Coverage, path: &str) -> String {
    match covered {
        Coverage::Site => path.to_owned(),
        Coverage::Group(slug) => group(slug) + path,
        Coverage::Component(slug) => component(slug) + path,
    }
}

/// The address under which calendar programs subscribe to the calendar at an absolute URL.
pub fn webcal(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    format!("webcal://{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slug::Slug;

    #[test]
    fn each_part_of_the_site_has_its_own() {
        let slug = Slug::trusted("mail".to_owned());
        assert_eq!(calendar(&Coverage::Site), "/calendar.ics");
        assert_eq!(
            badge(&Coverage::Group(slug.clone())),
            "/groups/mail/badge.svg"
        );
        assert_eq!(
            badge_json(&Coverage::Component(slug)),
            "/components/mail/badge.json"
        );
        let url = "https://status.example.com/calendar.ics";
        assert_eq!(webcal(url), "webcal://status.example.com/calendar.ics");
    }
}
