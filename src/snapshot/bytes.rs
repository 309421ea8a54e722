//! Values as bytes and back, for what lies in memory by the ten thousand. What is written here is
//! only ever read here, in the same order; a byte that is missing reads as nothing.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Writes values one after the other.
#[derive(Debug, Default)]
pub(super) struct Writer(Vec<u8>);

/// Reads them in the same order.
#[derive(Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

/// How a text is written down.
const PLAIN: u64 = 0;
const UUID: u64 = 1;

impl Writer {
    /// Writes behind what another wrote.
    pub(super) fn after(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// How many bytes were written.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// All that was written.
    pub(super) fn finish(self) -> Box<[u8]> {
        self.0.into_boxed_slice()
    }

    /// A small number.
    pub(super) fn byte(&mut self, number: u8) {
        self.0.push(number);
    }

    /// A number; the smaller, the shorter.
    pub(super) fn count(&mut self, number: usize) {
        self.number(number as u64);
    }

    /// A number that may be negative; the nearer to 0, the shorter.
    pub(super) fn int(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)) as u64);
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// A text. One that is a UUID takes 16 bytes.
    pub(super) fn text(&mut self, text: &str) {
        if let Some(uuid) = as_uuid(text) {
            self.number(UUID);
            self.0.extend(uuid.as_bytes());
        } else {
            self.number((text.len() as u64) << 1 | PLAIN);
            self.0.extend(text.as_bytes());
        }
    }

    /// An instant, to the millisecond.
    pub(super) fn instant(&mut self, at: DateTime<Utc>) {
        self.int(at.timestamp_millis());
    }

    /// A value, or that there is none.
    pub(super) fn maybe<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.byte(u8::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    /// One of a list of values.
    pub(super) fn one_of<T: PartialEq>(&mut self, all: &[T], value: &T) {
        self.count(all.iter().position(|other| other == value).unwrap_or(0));
    }
}

/// Bytes that were a text. What was written as one is one, which is quickly seen.
pub(super) fn text_of(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(
        |_| String::from_utf8_lossy(bytes).into_owned(),
        str::to_owned,
    )
}

impl<'a> Reader<'a> {
    /// Reads what a [`Writer`] wrote.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    pub(super) fn count(&mut self) -> usize {
        usize::try_from(self.number()).unwrap_or(usize::MAX)
    }

    pub(super) fn int(&mut self) -> i64 {
        let number = self.number();
        (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
    }

    fn number(&mut self) -> u64 {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte();
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    }

    pub(super) fn text(&mut self) -> String {
        let head = self.number();
        if head & UUID != 0 {
            let bytes = self.take(16).try_into().unwrap_or_default();
            return Uuid::from_bytes(bytes).to_string();
        }
        let bytes = self.take(usize::try_from(head >> 1).unwrap_or(usize::MAX));
        text_of(bytes)
    }

    fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        taken
    }

    pub(super) fn instant(&mut self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.int()).unwrap_or_default()
    }

    pub(super) fn maybe<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.byte() == 1).then(|| read(self))
    }

    pub(super) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.count().min(all.len() - 1)]
    }

    /// As many values as were counted.
    pub(super) fn several<T>(&mut self, mut read: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = self.count().min(self.0.len());
        (0..count).map(|_| read(self)).collect()
    }
}

/// The UUID that a text is, if writing it anew gives the same text.
pub(super) fn as_uuid(text: &str) -> Option<Uuid> {
    if text.len() != 36 {
        return None;
    }
    let uuid = Uuid::try_parse(text).ok()?;
    let mut written = Uuid::encode_buffer();
    (uuid.hyphenated().encode_lower(&mut written) == text).then_some(uuid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_the_same() {
        let texts = [
            "",
            "Selma is down – “again”",
            "0191f1c2-8a3b-7c4d-8e5f-001122334455",
            "0191F1C2-8A3B-7C4D-8E5F-001122334455",
        ];
        let ints = [0, 1, -1, 63, 64, i64::MAX, i64::MIN, 1_361_869_200_000];
        let mut writer = Writer::default();
        for text in texts {
            writer.text(text);
        }
        for int in ints {
            writer.int(int);
        }
        writer.maybe(Some(3), |writer, number| writer.count(number));
        writer.maybe(None::<usize>, |writer, number| writer.count(number));
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes);
        for text in texts {
            assert_eq!(reader.text(), text);
        }
        for int in ints {
            assert_eq!(reader.int(), int);
        }
        assert_eq!(reader.maybe(Reader::count), Some(3));
        assert_eq!(reader.maybe(Reader::count), None);
        assert_eq!((reader.byte(), reader.text()), (0, String::new()));
    }
}
