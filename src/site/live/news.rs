//! What open pages say and are told.

use bytes::Bytes;

use crate::site::version::Version;

/// Something to tell an open page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// An event in the format of server-sent events.
    Event(Bytes),
    /// The page can't be brought up to date from what it shows. It must be loaded anew.
    Reload,
}

/// What an open page shows, as far as it says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The version of which it was told last.
    pub version: Option<Version>,
    /// What recognises its main element.
    pub hash: Option<String>,
}
