//! The distinct texts of a component's history.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::domain::uuid_text::UuidText;
use crate::snapshot::bytes;

/// Concatenated texts; each has an index, counted from 1.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Texts {
    bytes: Box<[u8]>,
    ends: Box<[u32]>,
}

impl Texts {
    /// How many texts there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text at an index; `None` at 0.
    pub(super) fn get(&self, index: usize) -> Option<String> {
        let index = index.checked_sub(1)?;
        let start = match index {
            0 => 0,
            _ => self.ends[index - 1] as usize,
        };
        let bytes = &self.bytes[start..self.ends[index] as usize];
        Some(bytes::read::<UuidText<'_>>(bytes).into_text())
    }
}

/// Packs texts one by one.
#[derive(Default)]
pub(super) struct TextPacker<'a> {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    known: HashMap<&'a str, usize>,
    /// The number of texts packed before. They aren't in `known`, and are searched one by one.
    earlier: usize,
}

impl<'a> TextPacker<'a> {
    /// Continues after texts that are packed already.
    pub(super) fn after(texts: &Texts) -> Self {
        Self {
            bytes: texts.bytes.to_vec(),
            ends: texts.ends.to_vec(),
            known: HashMap::new(),
            earlier: texts.ends.len(),
        }
    }

    /// The index of a text, which is added if it is new.
    pub(super) fn index_of(&mut self, text: &'a str) -> usize {
        if let Some(index) = self.known.get(text) {
            return *index;
        }
        let start = self.bytes.len();
        bytes::append(&UuidText::of(text), &mut self.bytes);
        let index = match self.index_of_earlier(start) {
            Some(index) => {
                self.bytes.truncate(start);
                index
            }
            None => {
                let end = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
                self.ends.push(end);
                self.ends.len()
            }
        };
        self.known.insert(text, index);
        index
    }

    /// The index of an earlier text with the same bytes as those written from `start` on.
    fn index_of_earlier(&self, start: usize) -> Option<usize> {
        let (before, text) = self.bytes.split_at(start);
        let mut from = 0;
        let mut indexes = self.ends[..self.earlier].iter().map(|end| {
            let piece = from..*end as usize;
            from = piece.end;
            &before[piece]
        });
        indexes
            .position(|piece| piece == text)
            .map(|index| index + 1)
    }

    /// The packed texts.
    pub(super) fn finish(self) -> Texts {
        Texts {
            bytes: self.bytes.as_slice().into(),
            ends: self.ends.as_slice().into(),
        }
    }
}
