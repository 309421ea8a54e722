//! Messages to subscribers: a subject, plain text, and HTML beside it. Pure, as everything here.

use crate::domain::dispatch::News;
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::subscriber::Following;
use crate::snapshot::Snapshot;

/// A message as one reader gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// What it is about, on one line.
    pub subject: String,
    /// All of it as plain text.
    pub text: String,
    /// The same as an HTML document.
    pub html: String,
}

/// A message that many readers get, without what differs from reader to reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broadcast {
    subject: String,
    text: String,
    html: [String; 2],
}

/// What differs from reader to reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader<'a> {
    /// What they follow.
    pub following: &'a Following,
    /// The absolute URL at which they can change that, or leave.
    pub manage_url: &'a str,
}

impl Broadcast {
    /// The message as one reader gets it.
    pub fn to_reader(&self, _snapshot: &Snapshot, reader: &Reader<'_>) -> Mail {
        let [before, after] = &self.html;
        Mail {
            subject: self.subject.clone(),
            text: format!("{}{}\n", self.text, reader.manage_url),
            html: format!("{before}{}{after}", reader.manage_url),
        }
    }
}

/// What there is to say of an incident. `None` if nothing of it is public any more.
pub fn incident(snapshot: &Snapshot, incident: &Incident, news: &[News]) -> Option<Broadcast> {
    let _ = (snapshot, news);
    Some(Broadcast {
        subject: incident.title.clone(),
        text: format!("{}\n\n", incident.markdown),
        html: [String::new(), String::new()],
    })
}

/// What a component is now, after a change without an incident. `None` if it isn't listed any more.
pub fn component(snapshot: &Snapshot, slug: &Slug) -> Option<Broadcast> {
    let record = snapshot.find_component(slug)?;
    Some(Broadcast {
        subject: record.component.name.clone(),
        text: String::new(),
        html: [String::new(), String::new()],
    })
}

/// Asks somebody to confirm that they want to be told.
pub fn confirm(snapshot: &Snapshot, following: &Following, confirm_url: &str) -> Mail {
    let _ = (snapshot, following);
    Mail {
        subject: "Confirm".to_owned(),
        text: format!("{confirm_url}\n"),
        html: String::new(),
    }
}

/// Says to a subscriber who asked once more that they are subscribed already.
pub fn already_subscribed(snapshot: &Snapshot, reader: &Reader<'_>) -> Mail {
    let _ = snapshot;
    Mail {
        subject: "You are subscribed already".to_owned(),
        text: format!("{}\n", reader.manage_url),
        html: String::new(),
    }
}

/// Welcomes a subscriber, and says what is open of what they follow.
pub fn welcome(snapshot: &Snapshot, reader: &Reader<'_>, open: &[Incident]) -> Mail {
    let _ = (snapshot, open);
    Mail {
        subject: "You are subscribed".to_owned(),
        text: format!("{}\n", reader.manage_url),
        html: String::new(),
    }
}
