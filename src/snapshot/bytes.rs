//! Values as bytes and back, for what lies in memory by the ten thousand. What is written here is
//! only ever read here, by the same version.

use serde::{Deserialize, Serialize};

/// A value as bytes.
pub(super) fn of(value: &impl Serialize) -> Box<[u8]> {
    let mut bytes = Vec::new();
    append(value, &mut bytes);
    bytes.into()
}

/// Puts a value as bytes behind others.
pub(super) fn append(value: &impl Serialize, bytes: &mut Vec<u8>) {
    let all = postcard::to_extend(value, std::mem::take(bytes));
    *bytes = all.expect("a value of known length");
}

/// The value that [`of`] wrote.
pub(super) fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> T {
    postcard::from_bytes(bytes).expect("bytes as they were written")
}

/// The value that [`append`] wrote at the beginning of `bytes`, which then begin behind it.
pub(super) fn take<'a, T: Deserialize<'a>>(bytes: &mut &'a [u8]) -> T {
    let (value, rest) = postcard::take_from_bytes(bytes).expect("bytes as they were written");
    *bytes = rest;
    value
}
