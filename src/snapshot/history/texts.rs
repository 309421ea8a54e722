//! The texts of a component's history, each once.

use std::collections::HashMap;

use uuid::Uuid;

use crate::snapshot::bytes::{as_uuid, text_of};

/// Texts one after the other; each is found by its place, counted from 1.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    bytes: Box<[u8]>,
    ends: Box<[u32]>,
}

/// How a text begins: as it is, or as the 16 bytes of a UUID.
const PLAIN: u8 = 0;
const UUID: u8 = 1;

impl Texts {
    /// The text at a place; none at 0.
    pub(super) fn get(&self, place: usize) -> Option<String> {
        let place = place.checked_sub(1)?;
        let start = match place {
            0 => 0,
            _ => self.ends[place - 1] as usize,
        };
        let (kind, bytes) = self.bytes[start..self.ends[place] as usize].split_first()?;
        match <[u8; 16]>::try_from(bytes) {
            Ok(bytes) if *kind == UUID => Some(Uuid::from_bytes(bytes).to_string()),
            Ok(_) | Err(_) => Some(text_of(bytes)),
        }
    }
}

/// Packs texts one by one.
#[derive(Default)]
pub(super) struct TextPacker<'a> {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    known: HashMap<&'a str, usize>,
}

impl<'a> TextPacker<'a> {
    /// The place of a text, which is put in if it is new.
    pub(super) fn place_of(&mut self, text: &'a str) -> usize {
        if let Some(place) = self.known.get(text) {
            return *place;
        }
        match as_uuid(text) {
            Some(uuid) => {
                self.bytes.push(UUID);
                self.bytes.extend(uuid.as_bytes());
            }
            None => {
                self.bytes.push(PLAIN);
                self.bytes.extend(text.as_bytes());
            }
        }
        self.ends
            .push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        self.known.insert(text, self.ends.len());
        self.ends.len()
    }

    /// All that were put in.
    pub(super) fn finish(self) -> Texts {
        Texts {
            bytes: self.bytes.into(),
            ends: self.ends.into(),
        }
    }
}
