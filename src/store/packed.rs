//! Many rows packed as one text, because each row costs more than what it contains. A text is its
//! length in bytes, a colon and itself; a number ends with a comma.

use chrono::{DateTime, Utc};

use super::error::StoreError;
use super::row::unreadable;

/// The SQL that packs a column of texts, as arguments of `concat`, which ignores nulls.
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
    /// A reader of packed rows of `table`.
    pub(super) fn new(table: &'static str, packed: &'a str) -> Self {
        Self {
            table,
            rest: packed,
        }
    }

    /// Whether anything is left to read.
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
        let end = self.rest.bytes().position(|byte| byte == b':')?;
        let len = self.rest[..end].parse().ok()?;
        let (text, rest) = self.rest[end + 1..].split_at_checked(len)?;
        self.rest = rest;
        Some(Some(text))
    }

    /// A borrowed text, or null.
    pub(super) fn borrowed_text(&mut self) -> Result<Option<&'a str>, StoreError> {
        self.next_text().ok_or_else(|| self.wrong())
    }

    /// A borrowed text that ends with a comma and contains none.
    pub(super) fn short(&mut self) -> Result<&'a str, StoreError> {
        // It is only a few bytes, which are faster to search one by one.
        let end = self.rest.bytes().position(|byte| byte == b',');
        let end = end.ok_or_else(|| self.wrong())?;
        let found = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        Ok(found)
    }

    /// A keyword that ends with a comma.
    pub(super) fn short_word<T>(
        &mut self,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        let word = self.short()?;
        parse(word).ok_or_else(|| unreadable(self.table, word))
    }

    /// A text or null.
    pub(super) fn text_or_none(&mut self) -> Result<Option<String>, StoreError> {
        Ok(self.borrowed_text()?.map(str::to_owned))
    }

    /// A text.
    pub(super) fn text(&mut self) -> Result<String, StoreError> {
        self.text_or_none()?.ok_or_else(|| self.wrong())
    }

    /// A keyword, or null.
    pub(super) fn word_or_none<T>(
        &mut self,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        match self.borrowed_text()? {
            None => Ok(None),
            Some(word) => match parse(word) {
                Some(value) => Ok(Some(value)),
                None => Err(unreadable(self.table, word)),
            },
        }
    }

    /// A keyword.
    pub(super) fn word<T>(&mut self, parse: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
        self.word_or_none(parse)?.ok_or_else(|| self.wrong())
    }

    fn number_or_none(&mut self) -> Result<Option<i64>, StoreError> {
        match self.short()? {
            "" => Ok(None),
            some => Ok(Some(some.parse().map_err(|_| self.wrong())?)),
        }
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
        let mut packed = Packed::new("words", "3:a,b-post,5:3:-,x-0:,12,10:„äö“3:a\0b");
        assert_eq!(packed.borrowed_text().ok(), Some(Some("a,b")));
        assert_eq!(packed.borrowed_text().ok(), Some(None));
        assert_eq!(packed.short().ok(), Some("post"));
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
        assert!(packed.text().is_err() && packed.number().is_err() && packed.short().is_err());
    }
}
