//! Finds files of `media/` that a post shows or links to but that don't exist.

use std::ops::Range;
use std::path::Path;

use super::problem::{Problem, Severity};
use super::update_entries::report::Report;

/// A warning for each missing file.
pub(super) fn missing(folder: &Path, file: &str, text: &str) -> Vec<Problem> {
    let mut report = Report::new(file, text, 1);
    for (place, name) in named(text) {
        if !folder.join("media").join(&name).is_file() {
            report.add(
                Severity::Warning,
                place,
                format!("there is no file media/{name}"),
                Some("put it there, or correct its name; upper and lower case matter".to_owned()),
            );
        }
    }
    report.finish()
}

/// The files of `media/` that a text links to, each with its place. Code is skipped.
fn named(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut fence: Option<&str> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let place = start;
        start += line.len();
        let trimmed = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| trimmed.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
            (None, None) => found.extend(
                in_line(line)
                    .map(|(at, name)| (place + at..place + at + name.len(), decoded(name))),
            ),
        }
    }
    found
}

/// Targets in a line: after `(`, a quote, `<` or `]: `.
fn in_line(line: &str) -> impl Iterator<Item = (usize, &str)> {
    const MEDIA: &str = "media/";
    line.match_indices(MEDIA).filter_map(|(at, _)| {
        let before = line[..at]
            .trim_end_matches('/')
            .trim_end_matches(['.', '/']);
        let is_target = before.ends_with(['(', '"', '\'', '<', '=']) || before.ends_with("]: ");
        let is_code = before.matches('`').count() % 2 == 1;
        let name = &line[at + MEDIA.len()..];
        let end = name
            .find(|c: char| c.is_whitespace() || matches!(c, ')' | '"' | '\'' | '>' | '?' | '#'))
            .unwrap_or(name.len());
        let name = &name[..end];
        (is_target && !is_code && !name.is_empty()).then_some((at + MEDIA.len(), name))
    })
}

/// A percent-decoded name: `a%20b.png` is `a b.png`.
fn decoded(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        match (first, code) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn a_file_that_is_not_there_is_told_with_its_place() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("media")).expect("made");
        std::fs::write(folder.path().join("media/a b.png"), "x").expect("written");
        for (text, wanted) in [
            ("![x](media/x.png)", Some("media/x.png")),
            ("![x](../media/x.png \"t\")", Some("media/x.png")),
            ("![x](/media/x.png)", Some("media/x.png")),
            ("<img src=\"media/x.png\">", Some("media/x.png")),
            ("<img src=media/x.png>", Some("media/x.png")),
            ("[x]\n\n[x]: media/x.png\n", Some("media/x.png")),
            ("![x](media/a%20b.png)", None),
            ("![x](https://example.com/media/x.png)", None),
            ("`![x](media/x.png)`", None),
            ("```\n![x](media/x.png)\n```", None),
            ("We told the media/press.", None),
        ] {
            let told = missing(folder.path(), "incidents/a.md", text);
            let told = told.first().map(|problem| problem.message.clone());
            let wanted = wanted.map(|name| format!("there is no file {name}"));
            assert_eq!(told, wanted, "{text}");
        }
    }
}
