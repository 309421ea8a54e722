//! Calendars to subscribe to, and what other sites can show: badges and a strip.

use maud::{Markup, html};

use crate::domain::coverage::Coverage;
use crate::snapshot::Snapshot;
use crate::urls;

/// The section about calendars.
pub(super) fn calendars(snapshot: &Snapshot) -> Markup {
    let parts = parts(snapshot);
    html! {
        section {
            h2 { "In your calendar" }
            p.text {
                "Planned maintenance appears beside your own appointments, and moves or is cancelled \
                 there when we move or cancel it."
            }
            ul.box.earlier { li { (calendar(snapshot, &Coverage::Site, None)) } }
            @if !parts.is_empty() {
                details.earlier {
                    summary { "Calendars of groups and components" }
                    ul.box {
                        @for (covered, name) in &parts {
                            li { (calendar(snapshot, covered, Some(name))) }
                        }
                    }
                }
            }
        }
    }
}

/// The section about badges and the strip.
pub(super) fn own_site(snapshot: &Snapshot) -> Markup {
    let parts = parts(snapshot);
    let url = |path: &str| urls::absolute(&snapshot.site.base_url, path);
    let (strip, data) = (strip_html(snapshot), url(urls::BADGE_JSON));
    html! {
        section {
            h2 { "On your own site" }
            p.text { "Paste a line of HTML, and your page shows how we are now." }
            ul.box.earlier {
                li { (badge(snapshot, &Coverage::Site, None)) }
                li {
                    (titled("Strip", &html! { (copy(&strip, "HTML", "the strip")) }))
                    iframe.strip src=(urls::EMBED) title="Preview of the strip" loading="lazy" {}
                    (code(&strip))
                }
                li {
                    (titled("Data", &html! {
                        a href=(urls::BADGE_JSON) { "JSON" }
                        (copy(&data, "address", "the data"))
                    }))
                    p.note { "What the badge says, in the form that shields.io draws." }
                    (code(&data))
                }
            }
            @if !parts.is_empty() {
                details.earlier {
                    summary { "Badges of groups and components" }
                    ul.box {
                        @for (covered, name) in &parts {
                            li { (badge(snapshot, covered, Some(name))) }
                        }
                    }
                }
            }
        }
    }
}

/// Every group and component, with its name.
fn parts(snapshot: &Snapshot) -> Vec<(Coverage, &str)> {
    let groups = snapshot.groups.iter();
    let groups = groups.map(|it| (Coverage::Group(it.slug.clone()), it.name.as_str()));
    let components = snapshot.active_components().map(|it| {
        let slug = &it.component.slug;
        let name = snapshot.component_name(slug);
        (Coverage::Component(slug.clone()), name)
    });
    groups.chain(components).collect()
}

/// The links to a calendar. For the whole site, also its address.
fn calendar(snapshot: &Snapshot, covered: &Coverage, name: Option<&str>) -> Markup {
    let path = urls::calendar(covered);
    let address = urls::absolute(&snapshot.site.base_url, &path);
    let of = name.unwrap_or(&snapshot.site.name);
    html! {
        (titled(name.unwrap_or("All maintenance"), &html! {
            a href=(urls::webcal(&address)) { "Add to calendar" span.unseen { " for " (of) } } " "
            a href=(path) { "File" span.unseen { " with the calendar of " (of) } }
            (copy(&address, "address", &format!("the calendar of {of}")))
        }))
        @if name.is_none() { (code(&address)) }
    }
}

/// A badge with its preview. For the whole site, also the line of HTML.
fn badge(snapshot: &Snapshot, covered: &Coverage, name: Option<&str>) -> Markup {
    let of = name.unwrap_or(&snapshot.site.name);
    let line = badge_html(snapshot, covered, of);
    html! {
        (titled(name.unwrap_or("Badge"), &copy(&line, "HTML", &format!("the badge of {of}"))))
        p { img src=(urls::badge(covered)) alt=(format!("Preview of the badge of {of}")) height="24" loading="lazy"; }
        @if name.is_none() { (code(&line)) }
    }
}

/// The line of HTML that shows a badge.
fn badge_html(snapshot: &Snapshot, covered: &Coverage, name: &str) -> String {
    let url = |path: &str| urls::absolute(&snapshot.site.base_url, path);
    let page = match covered {
        Coverage::Component(slug) => urls::component(slug),
        Coverage::Site | Coverage::Group(_) => urls::HOME.to_owned(),
    };
    let markup = html! {
        a href=(url(&page)) {
            img src=(url(&urls::badge(covered))) alt=(format!("Current status of {name}")) height="24";
        }
    };
    markup.into_string()
}

/// The line of HTML that frames the strip.
fn strip_html(snapshot: &Snapshot) -> String {
    let url = urls::absolute(&snapshot.site.base_url, urls::EMBED);
    let markup = html! {
        iframe src=(url) title=(snapshot.site.name) width="100%" height="140" frameborder="0" loading="lazy" {}
    };
    markup.into_string()
}

/// A heading with links beside it.
fn titled(title: &str, links: &Markup) -> Markup {
    html! { div.row { h3 dir="auto" { (title) } p.feeds { (links) } } }
}

/// A button that copies a text.
fn copy(text: &str, what: &str, of: &str) -> Markup {
    html! {
        button.copy type="button" hidden data-copy=(text) {
            "Copy " (what) span.unseen { " of " (of) }
        }
    }
}

fn code(text: &str) -> Markup {
    html! { p.line { code { (text) } } }
}
