//! Values as bytes and back, for what lies in memory by the ten thousand. What is written here is
//! only ever read here, by the same version.

use serde::{Deserialize, Serialize};

/// A value as bytes. They are copied into a piece of memory of just their length: shortening the
/// one in which they grew would leave a gap behind each.
pub(super) fn of(value: &impl Serialize) -> Box<[u8]> {
    let mut bytes = Vec::with_capacity(4096);
    append(value, &mut bytes);
    bytes.as_slice().into()
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
