//! As much of a message as a service takes.

use crate::render::chat::{Detail, Message};
use crate::render::markdown::Passage;

/// Writes as much of a message as fits.
pub(super) fn fitting<T>(
    message: &Message,
    write: impl Fn(&[Passage]) -> T,
    fits: impl Fn(&T) -> bool,
) -> T {
    for detail in [Detail::Whole, Detail::Beginning, Detail::Brief] {
        let written = message.body(detail).map(|body| write(&body));
        if let Some(written) = written.filter(|it| fits(it)) {
            return written;
        }
    }
    write(&message.body(Detail::Least).unwrap_or_default())
}

/// The length of a text in units of UTF-16, which is at least what any service counts as characters.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
