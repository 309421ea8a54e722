//! The texts of a component's history, each once.

use std::collections::HashMap;

use crate::domain::uuid_text::UuidText;
use crate::snapshot::bytes;

/// Texts one after the other; each is found by its place, counted from 1.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    bytes: Box<[u8]>,
    ends: Box<[u32]>,
}

impl Texts {
    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text at a place; none at 0.
    pub(super) fn get(&self, place: usize) -> Option<String> {
        let place = place.checked_sub(1)?;
        let start = match place {
            0 => 0,
            _ => self.ends[place - 1] as usize,
        };
        let bytes = &self.bytes[start..self.ends[place] as usize];
        Some(bytes::read::<UuidText<'_>>(bytes).into_text())
    }
}

/// Packs texts one by one.
#[derive(Default)]
pub(super) struct TextPacker<'a> {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    known: HashMap<&'a str, usize>,
    /// So many were packed before, and are found by looking at each.
    earlier: usize,
}

impl<'a> TextPacker<'a> {
    /// Goes on behind texts that are packed already.
    pub(super) fn after(texts: &Texts) -> Self {
        Self {
            bytes: texts.bytes.to_vec(),
            ends: texts.ends.to_vec(),
            known: HashMap::new(),
            earlier: texts.ends.len(),
        }
    }

    /// The place of a text, which is put in if it is new.
    pub(super) fn place_of(&mut self, text: &'a str) -> usize {
        if let Some(place) = self.known.get(text) {
            return *place;
        }
        let start = self.bytes.len();
        bytes::append(&UuidText::of(text), &mut self.bytes);
        let place = match self.place_of_earlier(start) {
            Some(place) => {
                self.bytes.truncate(start);
                place
            }
            None => {
                let end = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
                self.ends.push(end);
                self.ends.len()
            }
        };
        self.known.insert(text, place);
        place
    }

    /// The place of an earlier text that lies there as what is written from `start` on does.
    fn place_of_earlier(&self, start: usize) -> Option<usize> {
        let (before, text) = self.bytes.split_at(start);
        let mut from = 0;
        let mut places = self.ends[..self.earlier].iter().map(|end| {
            let piece = from..*end as usize;
            from = piece.end;
            &before[piece]
        });
        places
            .position(|piece| piece == text)
            .map(|place| place + 1)
    }

    /// All that were put in.
    pub(super) fn finish(self) -> Texts {
        Texts {
            bytes: self.bytes.as_slice().into(),
            ends: self.ends.as_slice().into(),
        }
    }
}
