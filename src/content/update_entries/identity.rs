//! Which entry is which after an edit, and the ids of entries that carry none.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Entry;

/// An entry as the last sync knew it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: String,
    /// Its instant.
    pub at: DateTime<Utc>,
    /// Its text.
    pub text: String,
}

/// The id of an entry that carries none: the same slug, instant and text always give the same one.
pub fn derive_id(slug: &str, at: DateTime<Utc>, text: &str) -> String {
    derive("update", &[slug, &at.timestamp_millis().to_string(), text])
}

/// The id of an incident file that carries none.
pub fn derive_incident_id(slug: &str) -> String {
    derive("incident", &[slug])
}

/// A UUID (version 8, RFC 9562) made of a hash. Each part goes in with its length, so that no two
/// lists of parts read the same.
fn derive(label: &str, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in [label].iter().chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Uuid::new_v8(bytes).to_string()
}

/// For each entry the id that it has already: the one in its comment, else that of the known entry
/// with the same instant and text, else of one with the same text, else of one with the same
/// instant. Each known one is taken once; `None` means that the entry is new.
pub fn recognise(known: &[Known], entries: &[Entry]) -> Vec<Option<String>> {
    let mut ids: Vec<Option<String>> = entries.iter().map(|entry| entry.id.clone()).collect();
    let mut free: Vec<&Known> = known
        .iter()
        .filter(|old| !ids.iter().flatten().any(|id| *id == old.id))
        .collect();
    let rules: [fn(&Known, &Entry) -> bool; 3] = [
        |old, entry| old.at == entry.at && old.text == entry.markdown,
        |old, entry| old.text == entry.markdown,
        |old, entry| old.at == entry.at,
    ];
    for same in rules {
        for (id, entry) in ids.iter_mut().zip(entries) {
            if id.is_some() {
                continue;
            }
            if let Some(place) = free.iter().position(|old| same(old, entry)) {
                *id = Some(free.remove(place).id.clone());
            }
        }
    }
    ids
}
