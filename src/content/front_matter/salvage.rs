//! Reads what front matter says besides the lines that aren't YAML, so that one mistake doesn't
//! hide the others.

use crate::content::yaml::{self, Key, Placed, YamlError};

/// If more lines than this aren't YAML, the rest isn't read either.
const MOST_LOST: usize = 4;

/// Front matter longer than this, in bytes, isn't salvaged.
const MAX_BYTES: usize = 8 * 1024;

/// The lines that were left out.
#[derive(Debug, Default)]
pub(super) struct Lost {
    pub(super) is_any: bool,
    lines: Vec<String>,
    /// Nothing could be read.
    is_all: bool,
}

impl Lost {
    /// Whether the lines may contain a key.
    pub(super) fn may_hold(&self, key: &str) -> bool {
        self.is_all || self.lines.iter().any(|line| line.contains(key))
    }
}

/// Reads the rest, and returns what was left out. Lines are blanked, so that all places stay valid.
pub(super) fn salvaged(yaml: &str, error: &YamlError) -> (Vec<(Key, Placed)>, Lost) {
    let mut text = yaml.to_owned();
    let mut lost = Lost {
        is_any: true,
        ..Lost::default()
    };
    let mut at = error.place.start;
    let is_sound = yaml.len() <= MAX_BYTES && !error.is_too_large;
    while is_sound && lost.lines.len() < MOST_LOST {
        let Some((start, end)) = line_to_blame(&text, at) else {
            break;
        };
        lost.lines.push(text[start..end].to_owned());
        text.replace_range(start..end, &" ".repeat(end - start));
        match yaml::parse(&text) {
            Ok(entries) => return (entries, lost),
            Err(next) => at = next.place.start,
        }
    }
    lost.is_all = true;
    (Vec::new(), lost)
}

/// The line at a place. If it is blank, the nearest line above that isn't, else the nearest below:
/// the library may report a mistake only after the line that has it.
fn line_to_blame(text: &str, at: usize) -> Option<(usize, usize)> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        lines.push((start, start + line.len()));
        start += line.len() + 1;
    }
    // YAML allows no tab in the indentation, but the library may report one anywhere near it.
    let has_tab = |place: &&(usize, usize)| {
        let line = &text[place.0..place.1];
        let indent = &line[..line.len() - line.trim_start().len()];
        indent.contains('\t') && indent.len() < line.len()
    };
    // The same goes for a bracket that is never closed.
    let is_open = |place: &&(usize, usize)| {
        let value = text[place.0..place.1].split_once(": ");
        value.is_some_and(|(_, value)| {
            let value = value.trim();
            value.starts_with('[') && !value.contains(']')
                || value.starts_with('{') && !value.contains('}')
        })
    };
    let blamed = lines.iter().find(has_tab);
    if let Some(place) = blamed.or_else(|| lines.iter().find(is_open)) {
        return Some(*place);
    }
    let here = lines.partition_point(|(start, _)| *start <= at).max(1) - 1;
    let is_written = |place: &&(usize, usize)| !text[place.0..place.1].trim().is_empty();
    let above = lines[..=here].iter().rev().find(is_written);
    above
        .or_else(|| lines[here..].iter().find(is_written))
        .copied()
}
