//! Finds where in its file an update stands, for people who want to correct it there.

use std::collections::HashMap;

use crate::domain::update::Update;

/// How many characters of a text are enough to recognise it.
const BEGINNING: usize = 24;

/// How many lines below its header an update's text begins at most.
const BELOW: usize = 4;

/// The line of the file on which each update begins, counted from 1, by the update's id. Updates
/// that can't be located with certainty are left out.
pub fn lines_of(text: &str, updates: &[Update]) -> HashMap<String, usize> {
    let file = Lines::of(text);
    let found = updates
        .iter()
        .filter_map(|update| Some((update.id.clone(), file.line_of(update)?)));
    found.collect()
}

/// A file's lines, with an index of their words, so that finding an update takes no longer in a
/// longer file.
struct Lines<'a> {
    lines: Vec<&'a str>,
    /// The lines that contain a word, in order.
    words: HashMap<&'a str, Vec<usize>>,
    /// The first line that mentions an id.
    ids: HashMap<&'a str, usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let mut words: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut ids = HashMap::new();
        for (index, line) in lines.iter().enumerate() {
            for word in words_of(line) {
                let indexes = words.entry(word).or_default();
                if indexes.last() != Some(&index) {
                    indexes.push(index);
                }
            }
            for id in ids_in(line) {
                ids.entry(id).or_insert(index);
            }
        }
        Self { lines, words, ids }
    }

    fn line_of(&self, update: &Update) -> Option<usize> {
        if let Some(noted) = self.ids.get(update.id.as_str()).copied() {
            let is_alone = self.lines[noted].trim_start().starts_with("<!--");
            let above = self.lines[..noted]
                .iter()
                .rposition(|line| !line.trim().is_empty());
            return Some(above.filter(|_| is_alone).unwrap_or(noted) + 1);
        }
        let beginning = beginning(&update.markdown);
        let written = update.as_written.as_deref().unwrap_or(beginning);
        if written.is_empty() {
            return None;
        }
        let headers = self.holding(written);
        if let [only] = headers[..] {
            return Some(only + 1);
        }
        // If several headers match, the last one above the text counts.
        let [text] = self.holding(beginning)[..] else {
            return None;
        };
        let above = headers.iter().rfind(|header| **header <= text)?;
        (text - above < BELOW).then_some(above + 1)
    }

    /// The lines that contain these words. Only lines with the rarest of the words are checked.
    fn holding(&self, wanted: &str) -> Vec<usize> {
        let indexes = |word| self.words.get(word).map_or(&[][..], Vec::as_slice);
        let says = |index: &usize| holds(self.lines[*index], wanted);
        match words_of(wanted).map(indexes).min_by_key(|it| it.len()) {
            Some(rarest) => rarest.iter().copied().filter(says).collect(),
            None => (0..self.lines.len()).filter(says).collect(),
        }
    }
}

/// The beginning of a text's first line, cut after a whole word if it has several.
fn beginning(markdown: &str) -> &str {
    let line = markdown.lines().next().unwrap_or_default();
    let Some((cut, next)) = line.char_indices().nth(BEGINNING) else {
        return line.trim_end();
    };
    let head = &line[..cut];
    if next.is_whitespace() {
        return head.trim_end();
    }
    match head.rsplit_once(char::is_whitespace) {
        Some((words, _)) if !words.trim().is_empty() => words.trim_end(),
        // It is one long word, or a script without spaces: take all of it.
        _ => line.split(char::is_whitespace).next().unwrap_or_default(),
    }
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty())
}

/// The ids that a line gives in comments for machines.
fn ids_in(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("id: ").filter_map(|(at, key)| {
        let is_key = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let rest = &line[at + key.len()..];
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let id = rest.split(|c| !is_part(c)).next()?.trim_end_matches("--");
        (is_key && !id.is_empty()).then_some(id)
    })
}

/// Whether a line contains these words as a whole: "2:15" is neither in "12:15" nor in "2:15:30".
fn holds(line: &str, wanted: &str) -> bool {
    let is_whole = |(at, found): (usize, &str)| {
        let (before, after) = (&line[..at], &line[at + found.len()..]);
        let goes_on = |inner: Option<char>, outer: [Option<char>; 2]| {
            let Some(inner) = inner.filter(|c| c.is_alphanumeric()) else {
                return false;
            };
            let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            let joins = matches!(outer[0], Some(':' | '/' | '.'));
            if joins && is_digit(Some(inner)) {
                return is_digit(outer[1]);
            }
            outer[0].is_some_and(char::is_alphanumeric)
        };
        let mut left = before.chars().rev();
        let mut right = after.chars();
        !goes_on(found.chars().next(), [left.next(), left.next()])
            && !goes_on(found.chars().next_back(), [right.next(), right.next()])
    };
    line.match_indices(wanted).any(is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::update::Source;

    fn update(id: &str, written: Option<&str>, markdown: &str) -> Update {
        Update {
            as_written: written.map(str::to_owned),
            markdown: markdown.to_owned(),
            source: Source::File,
            ..Update::example(id, 0)
        }
    }

    #[test]
    fn an_update_is_found_by_its_id_its_time_or_its_text() {
        let text = "---\ntitle: Selma\n---\n\n## UPDATE 2:15 MST: monitoring\n\n<!-- id: one -->\n\n\
                    Mail is up.\n\nUPDATE (3:00 MST): Files are copied.\n\nUPDATE (3:00 MST): So is \
                    the rest.\n\nUPDATE: Done.\n";
        for (update, line) in [
            (update("one", Some("2:15 MST"), "Mail is up."), Some(5)),
            (
                update("two", Some("3:00 MST"), "Files are copied."),
                Some(11),
            ),
            (
                update("three", Some("3:00 MST"), "So is the rest."),
                Some(13),
            ),
            (update("four", None, "Done."), Some(15)),
            (
                update("five", Some("4:00 MST"), "It was changed since."),
                None,
            ),
            (update("six", Some("3:00 MST"), "Changed, too."), None),
        ] {
            let lines = lines_of(text, std::slice::from_ref(&update));
            assert_eq!(lines.get(&update.id).copied(), line, "{}", update.id);
        }
    }

    #[test]
    fn neither_a_time_nor_an_id_is_taken_for_a_longer_one() {
        let text = "UPDATE 12:15 MST: We look.\n\nUPDATE 2:15:30 MST: We wait.\n\nUPDATE 2:15 MST: \
                    Mail is up.\n\nUPDATE 5:00 MST: One.\n<!-- id: one-two; author: Tyler \
                    -->\n\nUPDATE 6:00 MST: Two. <!-- author: Selma; id: one -->\n\nUPDATE 7:00 \
                    MST: Three. <!--id: three-->\n\nUPDATE: Müllerstraße is without power.\n\n\
                    UPDATE 8:00 MST: valid: four\n";
        for (update, line) in [
            (update("a", Some("2:15 MST"), "Mail is up."), Some(5)),
            (update("b", Some("2:15:30 MST"), "We wait."), Some(3)),
            (update("c", Some("12:15 MST"), "We look."), Some(1)),
            (update("d", Some("15 MST"), "Nothing like it."), None),
            (update("one", None, "Two."), Some(10)),
            (update("one-two", None, "One."), Some(7)),
            (update("three", None, "Three."), Some(12)),
            (update("four", None, "Gone."), None),
            (
                update("e", None, "Müllerstraße is without power."),
                Some(14),
            ),
            (update("f", None, "straße is without power."), None),
        ] {
            let lines = lines_of(text, std::slice::from_ref(&update));
            assert_eq!(lines.get(&update.id).copied(), line, "{}", update.id);
        }
    }
}
