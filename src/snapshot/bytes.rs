//! Serialises values that stay in memory by the tens of thousands. Only the same version reads the
//! bytes again.

use serde::{Deserialize, Serialize};

/// Serialises a value. The bytes are copied into an allocation of exactly their length: shrinking
/// the buffer in which they grew would leave a gap behind each.
pub(super) fn of(value: &impl Serialize) -> Box<[u8]> {
    let mut bytes = Vec::with_capacity(4096);
    append(value, &mut bytes);
    bytes.as_slice().into()
}

/// Serialises a value and appends it to `bytes`.
pub(super) fn append(value: &impl Serialize, bytes: &mut Vec<u8>) {
    let all = postcard::to_extend(value, std::mem::take(bytes));
    *bytes = all.expect("a value of known length");
}

/// Reads a value that [`of`] wrote.
pub(super) fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> T {
    postcard::from_bytes(bytes).expect("bytes as they were written")
}

/// Reads the value that [`append`] wrote at the beginning of `bytes`, and advances `bytes` past it.
pub(super) fn take<'a, T: Deserialize<'a>>(bytes: &mut &'a [u8]) -> T {
    try_take(bytes).expect("bytes as they were written")
}

/// The same for bytes that may be others' or of another layout: `None` if they can't be read.
pub(super) fn try_take<'a, T: Deserialize<'a>>(bytes: &mut &'a [u8]) -> Option<T> {
    let (value, rest) = postcard::take_from_bytes(bytes).ok()?;
    *bytes = rest;
    Some(value)
}
