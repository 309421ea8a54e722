//! States: what a component is right now, and how that looks (its tone).

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

/// How a state looks. Tones are code; states are data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Nothing to see: green.
    Ok,
    /// Planned or under way: blue.
    Info,
    /// Works, with trouble: amber.
    Warn,
    /// Partly down: orange.
    Mid,
    /// Down: red.
    Bad,
}

impl Tone {
    /// Every tone, mildest first.
    pub const ALL: [Self; 5] = [Self::Ok, Self::Info, Self::Warn, Self::Mid, Self::Bad];

    /// The word used in files, class names and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Mid => "mid",
            Self::Bad => "bad",
        }
    }

    /// The status of Statuspage that a state of this tone maps to, unless it says otherwise.
    pub fn statuspage(self) -> &'static str {
        match self {
            Self::Ok => "operational",
            Self::Info => "under_maintenance",
            Self::Warn => "degraded_performance",
            Self::Mid => "partial_outage",
            Self::Bad => "major_outage",
        }
    }

    /// The tone that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tone| tone.as_str() == word)
    }
}

/// See [`StateKey::operational`].
static OPERATIONAL: LazyLock<StateKey> = LazyLock::new(|| StateKey::new("operational"));

/// The key of a state, such as `migrating`. [`States`] knows which keys exist. Clones share the
/// text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct StateKey(Arc<str>);

impl StateKey {
    /// Takes the word as it is.
    pub fn new(word: impl Into<Arc<str>>) -> Self {
        Self(word.into())
    }

    /// The state of a component about which nothing was ever said.
    pub fn operational() -> Self {
        Self::operational_ref().clone()
    }

    /// The same, borrowed.
    pub fn operational_ref() -> &'static Self {
        &OPERATIONAL
    }

    /// Whether it is [`StateKey::operational`].
    pub fn is_operational(&self) -> bool {
        *self == *OPERATIONAL
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for StateKey {
    fn from(word: String) -> Self {
        Self::new(word)
    }
}

impl From<StateKey> for String {
    fn from(key: StateKey) -> Self {
        key.0.as_ref().to_owned()
    }
}

impl std::fmt::Display for StateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One state that components can be in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The word that files and the API use.
    pub key: StateKey,
    /// Its name on a badge: "Partial outage".
    pub label: String,
    /// Its wording in a sentence, after the component's name: "is partly down".
    pub reads: String,
    /// How it looks.
    pub tone: Tone,
    /// How much of a minute in this state counts as down, in thousandths (0 to 1000).
    pub down_permille: u16,
    /// The component status of Atlassian Statuspage (API v2) that it maps to.
    pub statuspage: String,
    /// It was one of the site's own states and is no longer defined. It is readable for the past
    /// but can't be set.
    pub dropped: bool,
}

/// The values that Statuspage's `component.status` can take, mildest first.
pub const STATUSPAGE_VALUES: [&str; 5] = [
    "operational",
    "under_maintenance",
    "degraded_performance",
    "partial_outage",
    "major_outage",
];

/// Every state the site knows, mildest first; this is the order of severity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct States {
    list: Vec<State>,
}

impl Default for States {
    fn default() -> Self {
        Self::with_own(Vec::new())
    }
}

impl States {
    /// The built-in states and the site's own. An own state with a built-in key replaces that
    /// state; the others follow the built-in states of their tone.
    pub fn with_own(own: Vec<State>) -> Self {
        let mut list = built_in();
        for state in own {
            match list.iter_mut().find(|known| known.key == state.key) {
                Some(known) => *known = state,
                None => list.push(state),
            }
        }
        list.sort_by_key(|state| state.tone);
        Self { list }
    }

    /// All of them, mildest first.
    pub fn iter(&self) -> impl Iterator<Item = &State> {
        self.list.iter()
    }

    /// The state with this key, even a dropped one.
    pub fn find(&self, key: &StateKey) -> Option<&State> {
        self.list.iter().find(|state| state.key == *key)
    }

    /// The state that a person means: by key or label, in any case, with spaces, hyphens or
    /// underscores. Never a dropped one.
    pub fn find_by_word(&self, word: &str) -> Option<&State> {
        let wanted = fold(word);
        self.list
            .iter()
            .filter(|state| !state.dropped)
            .find(|state| fold(state.key.as_str()) == wanted || fold(&state.label) == wanted)
    }

    /// How severe a state is: its position in the order, 0 being the mildest. An unknown key counts
    /// as the mildest.
    pub fn severity(&self, key: &StateKey) -> usize {
        self.list
            .iter()
            .position(|state| state.key == *key)
            .unwrap_or(0)
    }

    /// The tone of a state. For an unknown key, `Info`: something is said, but not what.
    pub fn tone(&self, key: &StateKey) -> Tone {
        self.find(key).map_or(Tone::Info, |state| state.tone)
    }

    /// The status of Statuspage that a state maps to, one of [`STATUSPAGE_VALUES`].
    pub fn statuspage(&self, key: &StateKey) -> &'static str {
        let word = self.find(key).map(|state| state.statuspage.as_str());
        let known = STATUSPAGE_VALUES.into_iter();
        let mut known = known.filter(|value| Some(*value) == word);
        known.next().unwrap_or_else(|| self.tone(key).statuspage())
    }

    /// The label of a state; an unknown key is its own label.
    pub fn label<'a>(&'a self, key: &'a StateKey) -> &'a str {
        self.find(key).map_or(key.as_str(), |state| &state.label)
    }
}

fn fold(word: &str) -> String {
    word.trim()
        .to_lowercase()
        .replace(['_', '-'], " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// The states that every site has, mildest first.
pub fn built_in() -> Vec<State> {
    let row = |key: &str, label: &str, reads: &str, tone, down_permille, statuspage: &str| State {
        key: StateKey::new(key),
        label: label.to_owned(),
        reads: reads.to_owned(),
        tone,
        down_permille,
        statuspage: statuspage.to_owned(),
        dropped: false,
    };
    vec![
        row(
            "operational",
            "Operational",
            "is working",
            Tone::Ok,
            0,
            "operational",
        ),
        row(
            "maintenance",
            "Maintenance",
            "is under maintenance",
            Tone::Info,
            0,
            "under_maintenance",
        ),
        row(
            "migrating",
            "Migrating",
            "is migrating",
            Tone::Info,
            0,
            "under_maintenance",
        ),
        row(
            "degraded",
            "Degraded",
            "is degraded",
            Tone::Warn,
            0,
            "degraded_performance",
        ),
        row(
            "partial_outage",
            "Partial outage",
            "is partly down",
            Tone::Mid,
            300,
            "partial_outage",
        ),
        row(
            "major_outage",
            "Major outage",
            "is down",
            Tone::Bad,
            1000,
            "major_outage",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_states_stand_with_their_tone_and_labels_can_be_changed() {
        let rescue = State {
            key: StateKey::new("rescue_mode"),
            label: "Rescue mode".into(),
            reads: "is in rescue mode".into(),
            tone: Tone::Warn,
            down_permille: 1000,
            statuspage: "major_outage".into(),
            dropped: false,
        };
        let mut down = built_in().remove(5);
        down.label = "Down".into();
        let states = States::with_own(vec![rescue, down]);
        let keys: Vec<_> = states.iter().map(|s| s.key.as_str()).collect();
        assert_eq!(
            keys,
            [
                "operational",
                "maintenance",
                "migrating",
                "degraded",
                "rescue_mode",
                "partial_outage",
                "major_outage"
            ]
        );
        assert_eq!(states.label(&StateKey::new("major_outage")), "Down");
        assert!(
            states.severity(&StateKey::new("rescue_mode"))
                < states.severity(&StateKey::new("major_outage"))
        );
    }

    #[test]
    fn a_state_is_found_by_key_or_label_in_any_case() {
        let states = States::default();
        for word in [
            "partial_outage",
            "Partial outage",
            "PARTIAL-OUTAGE",
            " partial  outage ",
        ] {
            assert_eq!(
                states.find_by_word(word).map(|s| s.key.as_str()),
                Some("partial_outage"),
                "{word}"
            );
        }
        assert!(states.find_by_word("migratng").is_none());
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        let words = ["ok", "info", "warn", "mid", "bad"];
        for (tone, word) in Tone::ALL.into_iter().zip(words) {
            assert_eq!((tone.as_str(), Tone::parse(word)), (word, Some(tone)));
            assert_eq!(serde_json::json!(tone), word);
        }
        let key = StateKey::new("migrating");
        assert_eq!(key.to_string(), "migrating");
        assert_eq!(serde_json::json!(key), "migrating");
        let read = serde_json::from_value::<StateKey>("migrating".into());
        assert_eq!(read.ok(), Some(key));
    }

    #[test]
    fn a_dropped_state_is_known_and_not_to_be_set() {
        let mut own = built_in().remove(3);
        own.key = StateKey::new("rescue_mode");
        own.label = "On the mend".to_owned();
        let states = States::with_own(vec![own.clone()]);
        for word in ["rescue mode", "on the mend"] {
            assert_eq!(states.find_by_word(word), Some(&own), "{word}");
        }
        own.dropped = true;
        let states = States::with_own(vec![own.clone()]);
        assert_eq!(states.find_by_word("rescue mode"), None);
        assert_eq!(states.find(&own.key), Some(&own));
        assert_eq!(states.tone(&own.key), Tone::Warn);
    }

    #[test]
    fn of_an_unknown_key_only_the_word_is_known() {
        let (states, key) = (States::default(), StateKey::new("rescue_mode"));
        assert_eq!(states.find(&key), None);
        assert_eq!(states.label(&key), "rescue_mode");
        assert_eq!((states.tone(&key), states.severity(&key)), (Tone::Info, 0));
        assert!(StateKey::new("operational").is_operational() && !key.is_operational());
    }

    #[test]
    fn each_built_in_state_is_one_of_statuspage() {
        for state in built_in() {
            assert!(
                STATUSPAGE_VALUES.contains(&state.statuspage.as_str()),
                "{}",
                state.key
            );
        }
    }
}
