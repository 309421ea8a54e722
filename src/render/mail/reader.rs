//! Who gets a message.

use crate::domain::subscriber::Following;

/// What differs from reader to reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader<'a> {
    /// What they follow.
    pub following: &'a Following,
    /// The absolute URL at which they can change that, or leave.
    pub manage_url: &'a str,
    /// The absolute URL at which they can leave.
    pub unsubscribe_url: &'a str,
}
