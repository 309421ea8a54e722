//! The form that adds or changes a channel, and the page that shows its secret once.

use maud::{Markup, html};

use super::fields::FormState;
use super::form::{self, Ask};
use super::frame::{self, Nav, Page};
use super::subscriber_form::following;
use crate::domain::actor::Actor;
use crate::domain::added_channel::AddedChannel;
use crate::domain::chat::{ChatService, Example};
use crate::domain::news_kind::NewsKind;
use crate::domain::subscriber::Channel;
use crate::snapshot::Snapshot;
use crate::urls;

/// The field for the kind.
pub const KIND: &str = "kind";
/// The field for the name.
pub const NAME: &str = "name";
/// The field for the address.
pub const URL: &str = "url";
/// The field for the room.
pub const ROOM: &str = "room";
/// The field for the credential.
pub const TOKEN: &str = "token";
/// The checkbox that removes the stored credential.
pub const NO_TOKEN: &str = "token.none";
/// Prefix of the checkbox for a kind of news.
pub const NEWS: &str = "news.";
/// The checkboxes for the kinds of news as a whole.
pub const ALL_NEWS: &str = "news";

/// Renders the page: of a new channel, or of one that is changed.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    form_state: &FormState,
    known: Option<&AddedChannel>,
) -> Markup {
    let heading = match known {
        Some(channel) => format!("Change {}", channel.name),
        None => "Add a channel".to_owned(),
    };
    let action = known.map_or_else(
        || urls::STAFF_NEW_CHANNEL.to_owned(),
        |channel| urls::staff_edit_channel(&channel.id),
    );
    let parts = PartsAsked::of(known);
    let has_stored = known.is_some_and(|it| it.address.token.is_some());
    let content = html! {
        h1 { bdi { (heading) } }
        (form::summary(form_state, if known.is_some() { "Not changed yet" } else { "Not added yet" }))
        form method="post" action=(action) {
            (form::key(form_state))
            @if known.is_none() { (kinds(form_state)) }
            (form::line(form_state, &NAME_ASK, "text"))
            (form::line(form_state, &url_ask(known), "text"))
            @if parts.has_room { (form::line(form_state, &room_ask(known), "text")) }
            @if parts.has_token { (form::line(form_state, &token_ask(has_stored), "text")) }
            @if has_stored {
                (form::switch(form_state, NO_TOKEN, &html! { "Remove the stored credential" }))
            }
            @if known.is_none() { (examples()) }
            (form::switches(form_state, &NEWS_ASK, &news()))
            (following(snapshot, form_state, "Components"))
            (form::buttons(if known.is_some() { "Save" } else { "Add" }, &[]))
        }
    };
    let title = Page::title_of(&heading, form_state);
    let page = Page {
        title: &title,
        nav: Nav::Channels,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

/// Which parts of an address a form asks for besides the URL.
struct PartsAsked {
    has_room: bool,
    has_token: bool,
}

impl PartsAsked {
    /// Those of a channel's kind. That of a new channel isn't known yet.
    fn of(known: Option<&AddedChannel>) -> Self {
        let (mut has_room, mut has_token) = match known.map(|it| it.kind) {
            None => (true, true),
            Some(Channel::Email | Channel::Webhook) => (false, false),
            Some(Channel::Chat(service)) => {
                let example = service.example();
                (example.room.is_some(), example.token.is_some())
            }
        };
        if let Some(AddedChannel { address, .. }) = known {
            has_room |= address.room.is_some();
            has_token |= address.token.is_some();
        }
        Self {
            has_room,
            has_token,
        }
    }
}

const NAME_ASK: Ask<'_> = Ask {
    name: NAME,
    label: "Name",
    hint: "Such as “Pager” or “#status”. Only staff see it.",
    first: true,
};

const NEWS_ASK: Ask<'_> = Ask {
    name: ALL_NEWS,
    label: "Notify about",
    hint: "",
    first: false,
};

fn room_ask(known: Option<&AddedChannel>) -> Ask<'_> {
    Ask {
        name: ROOM,
        label: "Room",
        hint: match known {
            Some(_) => "The channel, room or chat at the service. If empty, it has none.",
            None => "The channel, room or chat at the service, if it needs one.",
        },
        first: false,
    }
}

fn token_ask(has_stored: bool) -> Ask<'static> {
    Ask {
        name: TOKEN,
        label: "Credential",
        hint: match has_stored {
            true => "One is stored. If empty, it stays as it is.",
            false => "What the service asks for, if it does. It is never shown again.",
        },
        first: false,
    }
}

fn url_ask(known: Option<&AddedChannel>) -> Ask<'_> {
    Ask {
        name: URL,
        label: "Address",
        hint: match known {
            Some(_) => "If empty, it stays as it is.",
            None => "Such as https://hooks.example.com/status. It is never shown again.",
        },
        first: false,
    }
}

fn kinds(form_state: &FormState) -> Markup {
    let options = Channel::ADDED.map(|kind| (kind.as_str().to_owned(), kind.label().to_owned()));
    let ask = Ask {
        name: KIND,
        label: "Kind",
        ..Ask::default()
    };
    match Channel::ADDED.as_slice() {
        [only] => form::hidden(KIND, only.as_str()),
        _ => form::choice(form_state, &ask, &options),
    }
}

/// What the parts of an address look like, for each chat service.
fn examples() -> Markup {
    html! {
        details {
            summary { "What a chat needs" }
            ul {
                @for service in ChatService::ALL {
                    @let Example { url, room, token } = service.example();
                    li {
                        (service.name()) ": the address " bdi { (url) }
                        @if let Some(room) = room { "; the room " bdi { (room) } }
                        @if let Some(token) = token { "; the credential " bdi { (token) } }
                    }
                }
            }
        }
    }
}

fn news() -> [(String, &'static str, &'static str); 3] {
    NewsKind::ALL.map(|kind| {
        let (label, hint) = match kind {
            NewsKind::Incidents => ("Incidents", "disruptions and notices, with their updates"),
            NewsKind::Maintenance => ("Maintenance", "when it is planned, begins and ends"),
            NewsKind::Changes => ("Changes of state", "whenever a component’s state changes"),
        };
        (format!("{NEWS}{}", kind.as_str()), label, hint)
    })
}

/// Renders the page with the secret of a channel that was just made.
pub fn issued(snapshot: &Snapshot, viewer: &Actor, channel: &AddedChannel, secret: &str) -> Markup {
    let content = html! {
        h1 { "The secret of " bdi { (channel.name) } }
        p.lead role="status" { "Copy it now: it can’t be shown again." }
        div.field {
            label for="secret" { "Secret" }
            input #secret.secret type="text" readonly value=(secret) size="52" spellcheck="false"
                autocomplete="off" autofocus aria-describedby="secret-hint";
            (form::copy(secret, "Copy"))
            p.hint #secret-hint {
                "The receiver checks with it that a message comes from here. If it gets lost, make "
                "a new one."
            }
        }
        p.buttons { a.button.main href=(urls::staff_channel(&channel.id)) { "I’ve copied it" } }
    };
    let page = Page {
        title: "The secret",
        nav: Nav::Channels,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}
