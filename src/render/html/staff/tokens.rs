//! The list of tokens: the scopes, expiry and last use of each, with buttons to revoke them.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::fields::Fields;
use super::form;
use super::frame::{self, Nav, Page};
use crate::domain::actor::Actor;
use crate::domain::scope::Scope;
use crate::domain::staff::Token;
use crate::render;
use crate::render::html::parts;
use crate::snapshot::Snapshot;
use crate::urls;

/// What a scope permits, in a few words.
pub fn scope_in_words(scope: Scope) -> &'static str {
    match scope {
        Scope::IncidentsWrite => "post incidents and updates, and read drafts",
        Scope::StatesWrite => "change the states of components",
        Scope::SubscribersWrite => "see, add and remove subscribers",
        Scope::Admin => "all of the above, plus components, channels, tokens and the activity log",
    }
}

/// A scope's name on every page and in every error: “States” (states:write).
pub fn scope_name(scope: Scope) -> String {
    format!("“{}” ({})", scope.label(), scope.as_str())
}

/// Renders the page. `flash` says what was just done; `key` makes each button work only once.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    tokens: &[Token],
    now: DateTime<Utc>,
    key: &str,
    flash: Option<&str>,
) -> Markup {
    let (valid, others): (Vec<_>, Vec<_>) = tokens.iter().partition(|token| token.is_valid(now));
    let content = html! {
        h1 { "Tokens" }
        p.lead { "Staff sign in here with a token, and programs use one for the API." }
        @if let Some(flash) = flash { p.told role="status" { (flash) } }
        p.buttons { a.button.main href=(urls::STAFF_NEW_TOKEN) { "Issue a token" } }
        section {
            h2 { "Valid" }
            ul.box { @for token in &valid { (row(snapshot, viewer, token, now, key)) } }
        }
        @if !others.is_empty() {
            section {
                h2 { "No longer valid" }
                ul.box { @for token in &others { (row(snapshot, viewer, token, now, key)) } }
            }
        }
    };
    let page = Page {
        title: "Tokens",
        nav: Nav::Tokens,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

fn row(
    snapshot: &Snapshot,
    viewer: &Actor,
    token: &Token,
    now: DateTime<Utc>,
    key: &str,
) -> Markup {
    let frame = render::frame_of(snapshot);
    let scopes: Vec<_> = token
        .scopes
        .iter()
        .map(|scope| scope.label().to_lowercase())
        .collect();
    html! {
        li {
            h3 {
                bdi { (token.name) }
                @if viewer.id() == Some(&token.id) { span.meta { " · you are signed in with this one" } }
            }
            p.meta {
                "May change: " (scopes.join(", "))
                @if let Some(name) = &token.display_name { " · signs as " bdi { (name) } }
            }
            p.meta {
                @match token.last_used_at {
                    Some(at) => { "Last used " (parts::instant(frame, at)) }
                    None => "Never used",
                }
                " · issued " (parts::day_with_year(frame, token.created_at))
                @if let Some(at) = token.revoked_at {
                    " · revoked " (parts::instant(frame, at))
                } @else if let Some(at) = token.expires_at {
                    @if at <= now { " · expired " } @else { " · works until " }
                    (parts::instant(frame, at))
                }
            }
            @if token.is_valid(now) { (revoke(viewer, token, key)) }
        }
    }
}

fn revoke(viewer: &Actor, token: &Token, key: &str) -> Markup {
    html! {
        details {
            summary { "Revoke" span.unseen { " the token " (token.name) } }
            form.one method="post" action=(urls::staff_revoke_token(&token.id)) {
                (form::hidden(Fields::KEY, &format!("{key}.{}", token.id)))
                p {
                    "It stops working at once and for good. Everyone signed in with it is signed out"
                    @if viewer.id() == Some(&token.id) { ", including you" }
                    "."
                }
                p.buttons { button.danger type="submit" { span { "Revoke " bdi { (token.name) } } } }
            }
        }
    }
}
