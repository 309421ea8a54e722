//! Many rows as one text: a text is its length in bytes, a colon and itself; a number ends with
//! a comma. A row that comes by itself costs more than all that is in it.

use chrono::{DateTime, Utc};

use super::StoreError;
use super::row::unreadable;

/// The SQL that packs a column of texts, as arguments of `concat`: to it, null is nothing.
macro_rules! packed_text {
    ($column:literal) => {
        concat!(
            "coalesce(octet_length(",
            $column,
            ") || ':', '-'), ",
            $column
        )
    };
}

/// The SQL that packs a column of numbers, as arguments of `concat`.
macro_rules! packed_number {
    ($column:literal) => {
        concat!($column, ", ','")
    };
}

pub(super) use {packed_number, packed_text};

/// Reads what was packed, in the same order.
#[derive(Debug)]
pub(super) struct Packed<'a> {
    table: &'static str,
    rest: &'a str,
}

impl<'a> Packed<'a> {
    /// Rows of `table` that were packed.
    pub(super) fn new(table: &'static str, packed: &'a str) -> Self {
        Self {
            table,
            rest: packed,
        }
    }

    /// Not everything is read yet.
    pub(super) fn has_more(&self) -> bool {
        !self.rest.is_empty()
    }

    fn wrong(&self) -> StoreError {
        let start: String = self.rest.chars().take(40).collect();
        unreadable(self.table, &start)
    }

    fn next_text(&mut self) -> Option<Option<&'a str>> {
        if let Some(rest) = self.rest.strip_prefix('-') {
            self.rest = rest;
            return Some(None);
        }
        let (len, rest) = self.rest.split_once(':')?;
        let (text, rest) = rest.split_at_checked(len.parse().ok()?)?;
        self.rest = rest;
        Some(Some(text))
    }

    /// A text or null.
    pub(super) fn text_or_none(&mut self) -> Result<Option<String>, StoreError> {
        let found = self.next_text().ok_or_else(|| self.wrong())?;
        Ok(found.map(str::to_owned))
    }

    /// A text.
    pub(super) fn text(&mut self) -> Result<String, StoreError> {
        self.text_or_none()?.ok_or_else(|| self.wrong())
    }

    /// A word with a meaning of its own, or null.
    pub(super) fn word_or_none<T>(
        &mut self,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        match self.next_text().ok_or_else(|| self.wrong())? {
            None => Ok(None),
            Some(word) => match parse(word) {
                Some(value) => Ok(Some(value)),
                None => Err(unreadable(self.table, word)),
            },
        }
    }

    /// A word with a meaning of its own.
    pub(super) fn word<T>(&mut self, parse: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
        self.word_or_none(parse)?.ok_or_else(|| self.wrong())
    }

    fn number_or_none(&mut self) -> Result<Option<i64>, StoreError> {
        let (number, rest) = self.rest.split_once(',').ok_or_else(|| self.wrong())?;
        let found = match number {
            "" => None,
            some => Some(some.parse().map_err(|_| self.wrong())?),
        };
        self.rest = rest;
        Ok(found)
    }

    /// A whole number.
    pub(super) fn number(&mut self) -> Result<i64, StoreError> {
        self.number_or_none()?.ok_or_else(|| self.wrong())
    }

    /// An instant or null.
    pub(super) fn instant_or_none(&mut self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.number_or_none()?
            .map(|millis| DateTime::from_timestamp_millis(millis).ok_or_else(|| self.wrong()))
            .transpose()
    }

    /// An instant.
    pub(super) fn instant(&mut self) -> Result<DateTime<Utc>, StoreError> {
        self.instant_or_none()?.ok_or_else(|| self.wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_by_their_length_whatever_is_in_them() {
        let mut packed = Packed::new("words", "5:3:-,x-0:,12,10:„äö“3:a\0b");
        assert_eq!(packed.text().ok().as_deref(), Some("3:-,x"));
        assert_eq!(packed.text_or_none().ok(), Some(None));
        assert_eq!(packed.text().ok().as_deref(), Some(""));
        assert_eq!(packed.number_or_none().ok(), Some(None));
        assert_eq!(packed.number().ok(), Some(12));
        assert_eq!(packed.text().ok().as_deref(), Some("„äö“"));
        assert_eq!(packed.text().ok().as_deref(), Some("a\0b"));
        assert!(!packed.has_more());
        let mut short = Packed::new("words", "4:abc");
        assert!(short.text().is_err());
        assert!(packed.text().is_err() && packed.number().is_err());
    }
}
