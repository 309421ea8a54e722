//! The frame of every staff page: head, navigation, footer.

use maud::{DOCTYPE, Markup, html};

use super::fields::FormState;
use crate::domain::actor::Actor;
use crate::domain::brand::Brand;
use crate::domain::permission::Permission;
use crate::render;
use crate::render::html::layout;
use crate::snapshot::Snapshot;
use crate::urls;

/// The section of the navigation that a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    /// The dashboard, and the forms that it links to.
    Dashboard,
    /// Maintenance, and the forms about it.
    Maintenance,
    /// Components, and the forms about them.
    Components,
    /// Subscribers, and the forms about them.
    Subscribers,
    /// Channels, and the forms about them.
    Channels,
    /// The activity log.
    ActivityLog,
    /// Tokens, and the form for a new one.
    Tokens,
    /// No section.
    Elsewhere,
}

/// The pages in the navigation, each with the permission that it requires.
const ROWS: [(Nav, &str, &str, Option<Permission>); 7] = [
    (Nav::Dashboard, "Dashboard", urls::STAFF, None),
    (
        Nav::Maintenance,
        "Maintenance",
        urls::STAFF_MAINTENANCE,
        Some(Permission::WriteIncidents),
    ),
    (
        Nav::Components,
        "Components",
        urls::STAFF_COMPONENTS,
        Some(Permission::EditComponents),
    ),
    (
        Nav::Subscribers,
        "Subscribers",
        urls::STAFF_SUBSCRIBERS,
        Some(Permission::ManageSubscribers),
    ),
    (
        Nav::Channels,
        "Channels",
        urls::STAFF_CHANNELS,
        Some(Permission::ManageChannels),
    ),
    (
        Nav::ActivityLog,
        "Activity log",
        urls::STAFF_ACTIVITY_LOG,
        Some(Permission::ReadActivity),
    ),
    (
        Nav::Tokens,
        "Tokens",
        urls::STAFF_TOKENS,
        Some(Permission::ManageTokens),
    ),
];

/// The parts of a page that differ from the other pages.
#[derive(Debug)]
pub struct Page<'a> {
    /// The title.
    pub title: &'a str,
    /// The section of the navigation.
    pub nav: Nav,
    /// The main content.
    pub content: Markup,
}

impl<'a> Page<'a> {
    /// The title of a page with a form; it begins with a note if there are errors.
    pub fn title_of(title: &'a str, form_state: &FormState) -> String {
        if form_state.wrong.is_empty() {
            title.to_owned()
        } else {
            format!("Error: {title}")
        }
    }
}

/// Renders the whole document. `viewer` is the actor who is signed in.
pub fn page(snapshot: &Snapshot, viewer: Option<&Actor>, page: &Page<'_>) -> Markup {
    let name = &snapshot.site.name;
    let title = format!("{} · {name} · Staff", page.title);
    let zone = render::frame_of(snapshot).zone_name();
    document(
        &title,
        &snapshot.site.brand,
        &html! {
            a.skip href="#main" { "Skip to content" }
            header.top {
                div.in {
                    a.site href=(urls::STAFF) { bdi { (name) } " · Staff" }
                    @if let Some(viewer) = viewer { (navigation(viewer, page.nav)) }
                }
            }
            main #main { (page.content) }
            footer.end {
                div.in {
                    p { "All times are " (zone) "." }
                    @if let Some(viewer) = viewer {
                        p {
                            "Signed in with the token " bdi { (viewer.name()) } ". "
                            a href=(urls::STAFF_SESSIONS) { "Where you are signed in" }
                        }
                    }
                    p { a href=(urls::HOME) { "The public page" } }
                }
            }
        },
    )
}

/// Renders a document with its head and any body.
pub(super) fn document(title: &str, brand: &Brand, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (layout::unlisted(title))
                link rel="stylesheet" href=(urls::STYLESHEET);
                link rel="stylesheet" href=(urls::FORM_STYLESHEET);
                link rel="stylesheet" href=(urls::STAFF_STYLESHEET);
                (layout::branding(brand))
                script src=(urls::STAFF_SCRIPT) defer {}
                script src=(urls::COPY_SCRIPT) defer {}
            }
            body.staff { (body) }
        }
    }
}

fn navigation(viewer: &Actor, current: Nav) -> Markup {
    html! {
        nav aria-label="Main" {
            @for (nav, name, path, permission) in ROWS {
                @if permission.is_none_or(|it| viewer.may(it)) {
                    a href=(path) aria-current=[(nav == current).then_some("page")] { (name) }
                }
            }
            form method="post" action=(urls::STAFF_SIGN_OUT) {
                button.link type="submit" { "Sign out" }
            }
        }
    }
}
