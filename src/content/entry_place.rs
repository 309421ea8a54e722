//! Where in its file an update stands, for whoever is to correct it there.

use crate::domain::update::Update;

/// So much of a text is enough to know it again.
const BEGINNING: usize = 24;

/// An update's text stands at most so many lines below its header.
const BELOW: usize = 4;

/// The line, counted from 1, at which an update begins in the text of its file; `None` if that
/// can't be said for certain.
pub fn line_of(text: &str, update: &Update) -> Option<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let id = format!("id: {}", update.id);
    if let Some(noted) = lines.iter().position(|line| line.contains(&id)) {
        let is_alone = lines[noted].trim_start().starts_with("<!--");
        let above = lines[..noted]
            .iter()
            .rposition(|line| !line.trim().is_empty());
        return Some(above.filter(|_| is_alone).unwrap_or(noted) + 1);
    }
    let beginning: String = update.markdown.chars().take(BEGINNING).collect();
    let beginning = beginning.lines().next().unwrap_or_default();
    let written = update.as_written.as_deref().unwrap_or(beginning);
    if written.is_empty() {
        return None;
    }
    let containing = |words: &str| -> Vec<usize> {
        let says = |place: &usize| lines[*place].contains(words);
        (0..lines.len()).filter(says).collect()
    };
    let headers = containing(written);
    if let [only] = headers[..] {
        return Some(only + 1);
    }
    // Of several, the one above the text.
    let [text] = containing(beginning)[..] else {
        return None;
    };
    let above = headers.iter().rfind(|header| **header <= text)?;
    (text - above < BELOW).then_some(above + 1)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::update::{Precision, Source};
    use crate::domain::window::Window;

    fn update(id: &str, written: Option<&str>, markdown: &str) -> Update {
        Update {
            id: id.to_owned(),
            at: DateTime::UNIX_EPOCH,
            seq: 0,
            precision: Precision::Minute,
            as_written: written.map(str::to_owned),
            phase: None,
            author: None,
            markdown: markdown.to_owned(),
            changes: Vec::new(),
            mentions: Vec::new(),
            restore: true,
            window: Window::default(),
            edited_at: None,
            public_at: DateTime::UNIX_EPOCH,
            source: Source::File,
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
            assert_eq!(line_of(text, &update), line, "{}", update.id);
        }
    }
}
