//! The trial message, which staff send to see whether a chat takes one.

use super::message::{Link, Message};
use crate::domain::site::SiteSettings;
use crate::domain::state::Tone;
use crate::render::mail::subject::{limited, line};
use crate::render::markdown::{Passage, PassageKind, Span};
use crate::render::messages::mail as messages;
use crate::urls;

/// The message.
pub fn trial(site: &SiteSettings) -> Message {
    let name = line(&site.name);
    let subject = limited(&messages::trial_subject(&name));
    let text = messages::trial_in_chat(&name);
    Message {
        summary: subject.clone(),
        title: subject,
        tone: Tone::Info,
        phase: None,
        notes: Vec::new(),
        changes: Vec::new(),
        changes_intro: None,
        text: vec![Passage::new(
            PassageKind::Paragraph,
            vec![Span::plain(text.clone())],
        )],
        beginning: text,
        link: Link {
            text: messages::see_site().to_owned(),
            url: urls::absolute(&site.base_url, urls::HOME),
        },
        footer: name,
    }
}
