//! What a subscriber hears of, with names for people; each language puts it into words.

/// What somebody wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hears {
    /// Whether they hear of everything, not only of `names` and `titles`.
    pub everything: bool,
    /// The names of the components and groups that they follow.
    pub names: Vec<String>,
    /// The titles of the incidents that they follow by themselves.
    pub titles: Vec<String>,
    /// Whether they hear of disruptions and notices.
    pub incidents: bool,
    /// Whether they hear of maintenance.
    pub maintenance: bool,
    /// Whether they hear of changes of state without an incident.
    pub changes: bool,
}
