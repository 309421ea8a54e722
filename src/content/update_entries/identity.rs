//! Ids of updates and incidents: how they are derived, and how edited entries are recognised.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;

use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use super::entry::Entry;
use crate::domain::hash::digest_of_parts;
use crate::domain::update::Precision;

/// An entry as of the last sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEntry {
    /// Its id.
    pub id: String,
    /// Its instant.
    pub at: DateTime<Utc>,
    /// Its text, in the form of [`Entry::markdown`].
    pub text: String,
    /// It doesn't state its time, so `at` says nothing about it.
    pub undated: bool,
}

/// Derives the id of an update that has none yet: always the same for the same slug, instant and
/// text.
pub fn derive_id(slug: &str, at: DateTime<Utc>, text: &str) -> String {
    let at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
    hashed("lightship update 1", &[slug, &at, text])
}

/// Derives the id of an incident whose file states none.
pub fn derive_incident_id(slug: &str) -> String {
    hashed("lightship incident 1", &[slug])
}

/// A version 8 UUID (RFC 9562, section 5.8) from the SHA-256 of a label and fields. The length of
/// each comes first, so that no two lists of fields look alike.
fn hashed(label: &str, fields: &[&str]) -> String {
    let digest = digest_of_parts(std::iter::once(&label).chain(fields));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::new_v8(bytes).to_string()
}

/// The id of each entry: the one in its comment; else that of the known entry with the same instant
/// and text, or the same text, or the same instant, or, if neither states its time, nearly the same
/// text. Each known entry is used once. `None` for a new entry.
pub fn recognise(known: &[KnownEntry], entries: &[Entry]) -> Vec<Option<String>> {
    let mut ids: Vec<Option<String>> = entries.iter().map(|entry| entry.id.clone()).collect();
    let mut taken: HashSet<&str> = entries
        .iter()
        .filter_map(|entry| entry.id.as_deref())
        .collect();
    take(
        known,
        entries,
        &mut ids,
        &mut taken,
        |k| (k.at, k.text.as_str()),
        |e| (e.at, e.markdown.as_str()),
    );
    take(
        known,
        entries,
        &mut ids,
        &mut taken,
        |k| k.text.as_str(),
        |e| e.markdown.as_str(),
    );
    take(
        known,
        entries,
        &mut ids,
        &mut taken,
        // An undated entry must not match by its instant.
        |k| (k.undated.then_some(k.id.as_str()), k.at),
        |e| (is_undated(e).then_some(""), e.at),
    );
    take_alike(known, entries, &mut ids, &mut taken);
    ids
}

fn is_undated(entry: &Entry) -> bool {
    entry.precision == Precision::None
}

/// The last round: finds entries without a time in which a typo was corrected.
fn take_alike<'a>(
    known: &'a [KnownEntry],
    entries: &[Entry],
    ids: &mut [Option<String>],
    taken: &mut HashSet<&'a str>,
) {
    for (entry, id) in entries.iter().zip(ids) {
        if id.is_some() || !is_undated(entry) {
            continue;
        }
        let alike = known
            .iter()
            .filter(|known| known.undated && !taken.contains(known.id.as_str()))
            .map(|known| (strsim::sorensen_dice(&known.text, &entry.markdown), known))
            .filter(|(likeness, _)| *likeness >= ALIKE)
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        if let Some((_, found)) = alike {
            taken.insert(&found.id);
            *id = Some(found.id.clone());
        }
    }
}

/// From this likeness on (0 to 1), a text without a time is the same one, edited.
const ALIKE: f64 = 0.7;

/// One round: gives ids to the entries that match a known one by `key`.
fn take<'a, K: Eq + Hash>(
    known: &'a [KnownEntry],
    entries: &'a [Entry],
    ids: &mut [Option<String>],
    taken: &mut HashSet<&'a str>,
    key_of_known: impl Fn(&'a KnownEntry) -> K,
    key_of_entry: impl Fn(&'a Entry) -> K,
) {
    let mut free: HashMap<K, VecDeque<&'a str>> = HashMap::new();
    for known in known
        .iter()
        .filter(|known| !taken.contains(known.id.as_str()))
    {
        free.entry(key_of_known(known))
            .or_default()
            .push_back(&known.id);
    }
    for (entry, id) in entries.iter().zip(ids.iter_mut()) {
        if id.is_some() {
            continue;
        }
        if let Some(found) = free
            .get_mut(&key_of_entry(entry))
            .and_then(VecDeque::pop_front)
        {
            taken.insert(found);
            *id = Some(found.to_owned());
        }
    }
}

/// The ids of all entries, recognised or derived. If a derived id belongs to another entry, or
/// `is_used` says that it once did, a number is added to the text until the id is free.
pub fn assign(
    slug: &str,
    known: &[KnownEntry],
    entries: &[Entry],
    is_used: impl Fn(&str) -> bool,
) -> Vec<String> {
    let recognised = recognise(known, entries);
    let mut taken: HashSet<String> = recognised.iter().flatten().cloned().collect();
    recognised
        .into_iter()
        .zip(entries)
        .map(|(id, entry)| {
            if let Some(id) = id {
                return id;
            }
            let mut id = derive_id(slug, entry.at, &entry.markdown);
            let mut number = 1_u32;
            while taken.contains(&id) || is_used(&id) {
                number += 1;
                id = derive_id(slug, entry.at, &format!("{}\n#{number}", entry.markdown));
            }
            taken.insert(id.clone());
            id
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        DateTime::from_timestamp(i64::from(minute) * 60, 0).expect("in range")
    }

    fn entry(id: Option<&str>, minute: u32, text: &str) -> Entry {
        Entry {
            at: at(minute),
            precision: Precision::Minute,
            as_written: None,
            phase: None,
            number: None,
            markdown: text.to_owned(),
            changes: Vec::new(),
            id: id.map(str::to_owned),
            author: None,
            edited_at: None,
            public_at: None,
            restore: true,
            window: crate::domain::window::Window::default(),
            line: 1,
        }
    }

    fn known(id: &str, minute: u32, text: &str) -> KnownEntry {
        KnownEntry {
            id: id.to_owned(),
            at: at(minute),
            text: text.to_owned(),
            undated: false,
        }
    }

    fn check(known: &[KnownEntry], entries: &[Entry], expected: &[Option<&str>]) {
        let found = recognise(known, entries);
        let found: Vec<_> = found.iter().map(Option::as_deref).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn no_edit_changes_an_id() {
        let old = [
            known("a", 1, "one"),
            known("b", 2, "two"),
            known("c", 3, "three"),
        ];
        let e = |minute, text| entry(None, minute, text);
        // Moved, reversed, one added at the beginning.
        check(
            &old,
            &[e(3, "three"), e(2, "two"), e(0, "zero"), e(1, "one")],
            &[Some("c"), Some("b"), None, Some("a")],
        );
        // A typo corrected; a time corrected; both at once make another entry.
        check(
            &old,
            &[e(1, "One"), e(9, "two"), e(8, "3")],
            &[Some("a"), Some("b"), None],
        );
        // The text of one and the time of another: the text wins.
        check(&old, &[e(2, "one")], &[Some("a")]);
        // Twins are told apart by their order, and each known one is used once.
        let twins = [known("a", 1, "x"), known("b", 1, "x")];
        check(
            &twins,
            &[e(1, "x"), e(1, "x"), e(1, "x")],
            &[Some("a"), Some("b"), None],
        );
        // A comment wins, and its id isn't given to another entry.
        check(
            &old,
            &[entry(Some("a"), 7, "new"), e(1, "one")],
            &[Some("a"), None],
        );
    }

    #[test]
    fn an_entry_without_a_time_is_known_by_its_text_alone() {
        let undated = |minute, text: &str| Entry {
            precision: Precision::None,
            ..entry(None, minute, text)
        };
        let old = [
            known("a", 1, "Mail is down."),
            KnownEntry {
                undated: true,
                ..known("b", 5, "We are lookng into it.")
            },
        ];
        check(
            &old,
            &[
                entry(None, 1, "Mail was down."),
                undated(1, "We are looking into it."),
            ],
            &[Some("a"), Some("b")],
        );
        // It has the instant of its neighbour, but doesn't take its id.
        check(
            &old,
            &[undated(1, "All is well."), entry(None, 1, "Mail was down.")],
            &[None, Some("a")],
        );
    }

    #[test]
    fn derived_ids_are_stable_and_never_shared() {
        let id = derive_id("selma", at(1), "one");
        assert_eq!(id, derive_id("selma", at(1), "one"));
        assert_ne!(id, derive_id("selm", at(1), "aone"));
        let uuid: Uuid = id.parse().expect("a UUID");
        assert_eq!(uuid.get_version_num(), 8);
        assert_ne!(derive_incident_id("selma"), derive_incident_id("nelson"));
        let twins = [entry(None, 1, "x"), entry(None, 1, "x")];
        let ids = assign("selma", &[], &twins, |_| false);
        assert_ne!(ids[0], ids[1]);
        assert_ne!(assign("selma", &[], &twins, |id| id == ids[0])[0], ids[0]);
        assert_eq!(ids, assign("selma", &[], &twins, |_| false));
    }
}
