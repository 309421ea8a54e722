//! Who is signed in, and from where.

use maud::{Markup, html};

use super::fields::Fields;
use super::form;
use super::frame::{self, Nav, Page};
use crate::domain::actor::Actor;
use crate::domain::permission::Permission;
use crate::domain::staff::Session;
use crate::render;
use crate::render::html::parts;
use crate::snapshot::Snapshot;
use crate::urls;

/// A session and its token.
#[derive(Debug)]
pub struct Row<'a> {
    /// The session.
    pub session: &'a Session,
    /// The token's name.
    pub token: &'a str,
    /// Whether it is the viewer's own session.
    pub is_this: bool,
}

/// Renders the page; `key` makes each button work only once.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    rows: &[Row<'_>],
    key: &str,
    flash: Option<&str>,
) -> Markup {
    let whose = if viewer.may(Permission::ManageSessions) {
        "Everyone signed in to these pages. A session ends after 12 hours without use, or when its \
         token does."
    } else {
        "Where you are signed in to these pages. A session ends after 12 hours without use, or when \
         its token does."
    };
    let content = html! {
        h1 { "Sessions" }
        p.lead { (whose) }
        @if let Some(flash) = flash { p.told role="status" { (flash) } }
        section aria-label="Sessions" {
            ul.box { @for row in rows { (session(snapshot, row, key)) } }
        }
    };
    let page = Page {
        title: "Sessions",
        nav: Nav::Elsewhere,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

fn session(snapshot: &Snapshot, row: &Row<'_>, key: &str) -> Markup {
    let frame = render::frame_of(snapshot);
    let session = row.session;
    let device = device_in_words(session.device.as_deref().unwrap_or_default());
    html! {
        li.standing {
            div {
                strong { (device) }
                @if row.is_this { span.meta { " · this browser" } }
                p.meta { "With the token " bdi { (row.token) } }
                p.meta {
                    "Last used " (parts::instant(frame, session.seen_at))
                    " · since " (parts::instant(frame, session.created_at))
                }
            }
            form.one method="post" action=(urls::staff_end_session(&session.id)) {
                (form::hidden(Fields::KEY, &format!("{key}.{}", session.id)))
                button type="submit" {
                    "Sign out" span.unseen { " " (device) " of " (row.token) }
                }
            }
        }
    }
}

/// "Firefox on Android", as far as the user agent tells.
fn device_in_words(agent: &str) -> String {
    // The order matters: most browsers also call themselves by the names of others.
    let browsers = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
        ("curl", "curl"),
    ];
    let systems = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let named = |list: &[(&str, &'static str)]| {
        let known = list.iter().find(|(sign, _)| agent.contains(sign));
        known.map(|(_, name)| *name)
    };
    match (named(&browsers), named(&systems)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::device_in_words;

    #[test]
    fn a_browser_is_called_as_people_call_it() {
        let check = |agent: &str, expected: &str| assert_eq!(device_in_words(agent), expected);
        check(
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox on Linux",
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
             like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        );
        check(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
            "Edge on Windows",
        );
        check("", "Unknown browser");
    }
}
