//! The staff pages about channels.

/// The channels, for admins.
pub const STAFF_CHANNELS: &str = "/staff/channels";
/// The form for a new channel.
pub const STAFF_NEW_CHANNEL: &str = "/staff/new-channel";

/// The page of a channel.
pub fn staff_channel(id: &str) -> String {
    format!("{STAFF_CHANNELS}/{id}")
}

/// The form that changes a channel.
pub fn staff_edit_channel(id: &str) -> String {
    format!("{STAFF_CHANNELS}/{id}/change")
}

/// The target of a button on the page of a channel.
pub fn staff_channel_step(id: &str, step: &str) -> String {
    format!("{STAFF_CHANNELS}/{id}/{step}")
}
