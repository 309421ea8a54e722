//! Every path and absolute URL, as functions of domain values.
//!
//! Paths begin with a slash; [`absolute`] puts the site's base URL before one.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

use crate::domain::slug::Slug;

mod channels;
mod elsewhere;
mod feeds;
mod live;
mod parts;

pub use channels::{
    STAFF_CHANNELS, STAFF_NEW_CHANNEL, staff_channel, staff_channel_step, staff_edit_channel,
};
pub use elsewhere::{
    BADGE, BADGE_JSON, CALENDAR, EMBED, EMBED_STYLESHEET, STATUSPAGE_API, STATUSPAGE_ATOM,
    STATUSPAGE_RSS, badge, badge_json, calendar, statuspage, webcal,
};
pub use feeds::{
    FEED_ATOM, FEED_JSON, FEED_RSS, Feeds, component_feeds, feeds, group_feeds, incident_feeds,
};
pub use live::{LIVE, LIVE_SCRIPT, tone_icon};
pub use parts::{component, component_anchor, incident, incident_anchor};

/// Joins `base_url` (without a slash at its end) and a path to an absolute URL.
pub fn absolute(base_url: &str, path: &str) -> String {
    format!("{base_url}{path}")
}

/// The home page.
pub const HOME: &str = "/";
/// Every incident, by month.
pub const HISTORY: &str = "/history";
/// Every component.
pub const COMPONENTS: &str = "/components";
/// How to follow the page.
pub const SUBSCRIBE: &str = "/subscribe";
/// The sitemap for search engines.
pub const SITEMAP: &str = "/sitemap.xml";
/// The rules for search engines.
pub const ROBOTS: &str = "/robots.txt";
/// The contract of the admin API.
pub const OPENAPI: &str = "/openapi.json";
/// The one stylesheet.
pub const STYLESHEET: &str = "/assets/lightship.css";
/// The stylesheet that staff pages load in addition.
pub const STAFF_STYLESHEET: &str = "/assets/staff.css";
/// The stylesheet of pages with forms.
pub const FORM_STYLESHEET: &str = "/assets/forms.css";
/// The script that makes staff pages more convenient. They work without it.
pub const STAFF_SCRIPT: &str = "/assets/staff.js";
/// The stylesheet of the site's brand; `hash` is the hash of its content.
pub fn brand_stylesheet(hash: &str) -> String {
    format!("/assets/brand-{hash}.css")
}

/// A file of the content folder, such as `media/logo.svg`.
pub fn content_file(name: &str) -> String {
    format!("/{}", utf8_percent_encode(name, PATH))
}

/// The script behind the buttons that copy an address.
pub const COPY_SCRIPT: &str = "/assets/copy.js";
/// The icon of the site.
pub const FAVICON: &str = "/favicon.svg";
/// The folder of the pictures in posts.
pub const MEDIA: &str = "/media/";
/// The root of the admin API.
pub const API: &str = "/api/v1";

/// Whether a path belongs to an API.
pub fn is_of_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Whether a path is for programs rather than people: its answers and its errors are JSON.
pub fn is_for_programs(path: &str) -> bool {
    is_of_api(path) || path.ends_with(".json") || path == LIVE
}

/// An incident as a Markdown file.
pub fn incident_markdown(slug: &Slug) -> String {
    format!("/incidents/{slug}.md")
}

/// An incident as data.
pub fn incident_json(slug: &Slug) -> String {
    format!("/incidents/{slug}.json")
}

/// The permalink of an update: a fragment of its incident's page.
pub fn update(incident_slug: &Slug, update_id: &str) -> String {
    format!("/incidents/{incident_slug}#{}", update_anchor(update_id))
}

/// The id of an update's element on its incident's page.
pub fn update_anchor(update_id: &str) -> String {
    format!("update-{update_id}")
}

/// An incident in the admin API.
pub fn api_incident(slug: &Slug) -> String {
    format!("{API}/incidents/{slug}")
}

/// An update in the admin API.
pub fn api_update(incident_slug: &Slug, update_id: &str) -> String {
    format!("{API}/incidents/{incident_slug}/updates/{update_id}")
}

/// A component's changes in a month; `month` is 1 to 12.
pub fn component_month(slug: &Slug, year: i32, month: u32) -> String {
    format!("/components/{slug}/{year:04}/{month:02}")
}

/// One part of a sitemap that is too long for one file; `part` is 1 or more.
pub fn sitemap_part(part: usize) -> String {
    format!("/sitemap-{part}.xml")
}

/// The page of a month; `month` is 1 to 12.
pub fn month(year: i32, month: u32) -> String {
    format!("/history/{year:04}/{month:02}")
}

/// The staff pages: the dashboard.
pub const STAFF: &str = "/staff";
/// The page where staff sign in.
pub const STAFF_SIGN_IN: &str = "/staff/sign-in";
/// The form's target for signing out.
pub const STAFF_SIGN_OUT: &str = "/staff/sign-out";
/// The form for a new incident.
pub const STAFF_NEW_INCIDENT: &str = "/staff/new-incident";

/// The components, for staff.
pub const STAFF_COMPONENTS: &str = "/staff/components";
/// The form for a new component.
pub const STAFF_NEW_COMPONENT: &str = "/staff/new-component";
/// Maintenance, for staff.
pub const STAFF_MAINTENANCE: &str = "/staff/maintenance";
/// The form that plans a maintenance.
pub const STAFF_NEW_MAINTENANCE: &str = "/staff/new-maintenance";
/// The activity log, for staff.
pub const STAFF_ACTIVITY_LOG: &str = "/staff/record";
/// The activity log as CSV.
pub const STAFF_ACTIVITY_LOG_CSV: &str = "/staff/record.csv";
/// The tokens, for admins.
pub const STAFF_TOKENS: &str = "/staff/tokens";
/// The form for a new token.
pub const STAFF_NEW_TOKEN: &str = "/staff/new-token";
/// The subscribers, for staff.
pub const STAFF_SUBSCRIBERS: &str = "/staff/subscribers";
/// The subscribers as CSV.
pub const STAFF_SUBSCRIBER_TABLE: &str = "/staff/subscribers.csv";
/// The form for a new subscriber.
pub const STAFF_NEW_SUBSCRIBER: &str = "/staff/new-subscriber";
/// The form that imports subscribers.
pub const STAFF_IMPORT_SUBSCRIBERS: &str = "/staff/import-subscribers";
/// The list of sessions: who is signed in, and where.
pub const STAFF_SESSIONS: &str = "/staff/sessions";

/// The target that decides about everything that is held.
pub const STAFF_DELIVERY_HELD: &str = "/staff/delivery/held";
/// The target that tries again what was given up.
pub const STAFF_DELIVERY_RETRY: &str = "/staff/delivery/retry";

/// The target that sends something that waits now, or not at all.
pub fn staff_decide_delivery(seq: i64) -> String {
    format!("/staff/delivery/{seq}/decide")
}

/// The form that describes a component.
pub fn staff_component(slug: &Slug) -> String {
    format!("{STAFF_COMPONENTS}/{slug}")
}

/// The target that retires a component.
pub fn staff_retire_component(slug: &Slug) -> String {
    format!("{STAFF_COMPONENTS}/{slug}/retire")
}

/// The target that brings a component back.
pub fn staff_bring_back_component(slug: &Slug) -> String {
    format!("{STAFF_COMPONENTS}/{slug}/bring-back")
}

/// What staff can do with a maintenance.
pub fn staff_maintenance(slug: &Slug) -> String {
    format!("{}/maintenance", staff_incident(slug))
}

/// The preview of a draft.
pub fn staff_draft_preview(slug: &Slug) -> String {
    format!("{}/preview", staff_incident(slug))
}

/// The target that publishes a draft.
pub fn staff_publish_draft(slug: &Slug) -> String {
    format!("{}/publish", staff_incident(slug))
}

/// The target that discards a draft.
pub fn staff_discard_draft(slug: &Slug) -> String {
    format!("{}/discard", staff_incident(slug))
}

/// The target that revokes a token.
pub fn staff_revoke_token(id: &str) -> String {
    format!("{STAFF_TOKENS}/{id}/revoke")
}

/// The target that ends a session.
pub fn staff_end_session(id: &str) -> String {
    format!("{STAFF_SESSIONS}/{id}/end")
}

/// The target that does something to a subscriber: `remove`, `suppress` or `allow`.
pub fn staff_subscriber(id: &str, what: &str) -> String {
    format!("{STAFF_SUBSCRIBERS}/{}/{what}", encoded(id))
}

/// The sign-in page, which leads on to the path `next`.
pub fn staff_sign_in(next: &str) -> String {
    if next == STAFF {
        return STAFF_SIGN_IN.to_owned();
    }
    let next = utf8_percent_encode(next, PATH);
    format!("{STAFF_SIGN_IN}?next={next}")
}

/// A form for something new, filled from a template, and for a component if one is named.
pub fn staff_template(form: &str, template: &Slug, component: Option<&Slug>) -> String {
    let about = component.map_or_else(String::new, |slug| format!("&component={slug}"));
    format!("{form}?template={template}{about}")
}

/// Where staff withdraw an incident.
pub fn staff_withdraw_incident(slug: &Slug) -> String {
    format!("{}/withdraw", staff_incident(slug))
}

/// The form's target that brings a withdrawn update back.
pub fn staff_bring_back_update(slug: &Slug, update_id: &str) -> String {
    format!("{}/bring-back", staff_update(slug, update_id))
}

/// An incident as staff see it.
pub fn staff_incident(slug: &Slug) -> String {
    format!("{STAFF}/incidents/{slug}")
}

/// The form that corrects an incident's post.
pub fn staff_correct_incident(slug: &Slug) -> String {
    format!("{STAFF}/incidents/{slug}/correct")
}

/// The form that posts an update.
pub fn staff_post_update(slug: &Slug) -> String {
    format!("{STAFF}/incidents/{slug}/update")
}

/// The public side of an update, as staff see it.
pub fn staff_update(slug: &Slug, update_id: &str) -> String {
    format!("{STAFF}/incidents/{slug}/updates/{update_id}")
}

/// The form that corrects an update.
pub fn staff_correct_update(slug: &Slug, update_id: &str) -> String {
    format!("{STAFF}/incidents/{slug}/updates/{update_id}/correct")
}

/// The form that changes a component's state.
pub fn staff_component_state(slug: &Slug) -> String {
    format!("{STAFF}/components/{slug}/state")
}

/// Host and port of an absolute URL.
pub fn authority_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// A query string such as `?actor=on%20call&limit=5`; empty without pairs.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        out.push(if out.is_empty() { '?' } else { '&' });
        out.extend(encoded(name));
        out.push('=');
        out.extend(encoded(value));
    }
    out
}

/// Keeps what RFC 3986 calls unreserved, and encodes everything else.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The same for paths, where slashes stay.
const PATH: &AsciiSet = &UNRESERVED.remove(b'/');

/// A text, encoded so that it may stand anywhere in a URI (RFC 3986).
pub fn encoded(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, UNRESERVED)
}

/// What somebody who has subscribed does next.
pub const SUBSCRIBE_ASKED: &str = "/subscribe/asked";

/// The form to follow one incident by e-mail.
pub fn subscribe_to_incident(slug: &Slug) -> String {
    format!("{SUBSCRIBE}/incident/{slug}")
}

/// The page that confirms a subscription, by the secret in its link.
pub fn confirm_subscription(token: &str) -> String {
    format!("{SUBSCRIBE}/confirm/{token}")
}

/// The page on which a subscriber chooses, pauses and leaves, by the secret in its link.
pub fn manage_subscription(token: &str) -> String {
    format!("{SUBSCRIBE}/manage/{token}")
}

/// Where a mail program ends a subscription with one click (RFC 8058).
pub fn unsubscribe(token: &str) -> String {
    format!("{SUBSCRIBE}/unsubscribe/{token}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_unreserved_stands_in_a_uri_as_it_is() {
        assert_eq!(
            encoded("aZ0-._~/?&=+% é").to_string(),
            "aZ0-._~%2F%3F%26%3D%2B%25%20%C3%A9"
        );
        assert_eq!(
            content_file("media/our logo~1.svg"),
            "/media/our%20logo~1.svg"
        );
        assert_eq!(
            query(&[("actor", "on call"), ("limit", "5")]),
            "?actor=on%20call&limit=5"
        );
    }
}
