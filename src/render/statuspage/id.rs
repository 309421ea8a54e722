//! Ids as Statuspage has them: 12 lower-case letters and digits, always the same for the same thing.

use crate::domain::hash::digest_of_parts;

/// What an id is of. Two things of different kinds never share an id.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// The page, by its authority.
    Page,
    /// A component, by its slug.
    Component,
    /// A group of components, by its name.
    Group,
    /// An incident, by our id.
    Incident,
    /// An incident's post, by the incident's id.
    Post,
    /// An update, by our id.
    Update,
}

impl Kind {
    /// The word that goes into the hash. It never changes.
    fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Component => "component",
            Self::Group => "group",
            Self::Incident => "incident",
            Self::Post => "post",
            Self::Update => "update",
        }
    }
}

const DIGITS: [char; 36] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i',
    'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
];

/// How long an id is. That is 62 bits: among a million ids, two are the same with a probability of
/// one in ten million.
const LEN: usize = 12;

/// The id of a thing that we know under the name `ours`.
pub(super) fn id(kind: Kind, ours: &str) -> String {
    let hash = digest_of_parts([kind.word(), ours]);
    let mut number = hash[..16]
        .iter()
        .fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let digits = (0..LEN).map(|_| {
        let digit = usize::try_from(number % 36).unwrap_or_default();
        number /= 36;
        DIGITS[digit]
    });
    digits.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const KINDS: [Kind; 6] = [
        Kind::Page,
        Kind::Component,
        Kind::Group,
        Kind::Incident,
        Kind::Post,
        Kind::Update,
    ];

    #[test]
    fn an_id_stays_what_it_is_for_ever() {
        let uuid = "0191f1c2-8a3b-7c4d-8e5f-001122334455";
        for (kind, ours, expected) in [
            (Kind::Page, "status.example.com", "kyyw8tx3nrwg"),
            (Kind::Component, "selma", "h9qdviwn6a5y"),
            (Kind::Group, "Servers", "gmcxs0bcuorr"),
            (Kind::Incident, uuid, "eaydbytbbco5"),
            (Kind::Post, uuid, "wi40oi1x32ok"),
            (Kind::Update, uuid, "omfd5r7esda1"),
        ] {
            assert_eq!(id(kind, ours), expected, "{kind:?} {ours}");
        }
    }

    #[test]
    fn ids_look_like_those_of_statuspage_and_differ() {
        let mut seen = HashSet::new();
        for number in 0..2_000 {
            for kind in KINDS {
                let made = id(kind, &number.to_string());
                let is_right = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
                assert!(made.len() == 12 && made.chars().all(is_right), "{made}");
                assert!(seen.insert(made), "{kind:?} {number}");
            }
        }
    }
}
