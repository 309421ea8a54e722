//! How to follow the site: by e-mail, if there is a mail server, by feed reader, in a calendar and on
//! other sites. And the pages behind the links in messages.

use maud::{Markup, html};

use self::form::Form;
use crate::domain::site::Hosting;
use crate::render::html::layout::{self, Nav, Page};
use crate::snapshot::Snapshot;
use crate::urls;

mod choices;
pub mod confirm;
mod elsewhere;
mod feeds;
pub mod form;
pub mod incident;
pub mod manage;
pub mod notice;

/// Renders the page.
pub fn page(snapshot: &Snapshot) -> Markup {
    filled_page(snapshot, &Form::default())
}

/// Renders the page with what was typed.
pub fn filled_page(snapshot: &Snapshot, form: &Form) -> Markup {
    let sends_mail = snapshot.site.sends_mail;
    let page = Page {
        title: Some(&form.titled("Subscribe")),
        description: "Get every update without checking this page.",
        path: Some(urls::SUBSCRIBE),
        nav: Nav::Subscribe,
        feeds: None,
        content: html! {
            h1 { "Get every update" }
            p.lead {
                @match (sends_mail, snapshot.site.hosting) {
                    (true, _) => "Choose how you want to hear from us when something breaks, and when it works again.",
                    (false, Hosting::Server) => "A feed reader brings you every update, once and in order. We don’t send e-mail.",
                    // The live site may send e-mail.
                    (false, Hosting::Files) => "A feed reader brings you every update, once and in order.",
                }
            }
            @if sends_mail { (by_mail(snapshot, form)) }
            (feeds::section(snapshot))
            (elsewhere::calendars(snapshot))
            (elsewhere::own_site(snapshot))
            script src=(urls::COPY_SCRIPT) defer {}
        },
    };
    match sends_mail {
        true => layout::form_page(snapshot, &page),
        false => layout::page(snapshot, &page),
    }
}

fn by_mail(snapshot: &Snapshot, form: &Form) -> Markup {
    html! {
        section {
            h2 { "By e-mail" }
            (form::summary(form, "Not subscribed yet"))
            form.alone method="post" action=(urls::SUBSCRIBE) {
                (form::address(form))
                (choices::choices(snapshot, form))
                (form::trap())
                (form::subscribe_button())
            }
        }
    }
}
