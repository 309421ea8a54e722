//! Footnotes: numbered in order of their first reference, and shown after the text.

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{CowStr, Event};

/// The footnotes of one text.
#[derive(Debug, Default)]
pub(super) struct Notes<'a> {
    /// The notes' labels by number; the first number is 1.
    labels: Vec<CowStr<'a>>,
    numbers: HashMap<CowStr<'a>, usize>,
    texts: HashMap<CowStr<'a>, Vec<Event<'a>>>,
    /// The notes being read, each with the output that was being written when it began.
    reading: Vec<(CowStr<'a>, Vec<Event<'a>>)>,
}

impl<'a> Notes<'a> {
    /// A reference as HTML. The note links back to its first reference.
    pub(super) fn reference(
        &mut self,
        label: &CowStr<'a>,
        prefix: &str,
        ids: &mut HashSet<String>,
    ) -> String {
        let (number, id) = match self.numbers.get(label) {
            Some(number) => (*number, String::new()),
            None => {
                self.labels.push(label.clone());
                let number = self.labels.len();
                self.numbers.insert(label.clone(), number);
                let id = format!("{prefix}ref-{number}");
                let attribute = format!(" id=\"{id}\"");
                ids.insert(id);
                (number, attribute)
            }
        };
        format!(
            "<sup><a href=\"#{prefix}note-{number}\"{id} aria-label=\"Footnote {number}\">{number}</a></sup>"
        )
    }

    /// Begins a note's text; `outer` is the output so far.
    pub(super) fn begin(&mut self, label: CowStr<'a>, outer: Vec<Event<'a>>) {
        self.reading.push((label, outer));
    }

    /// Ends a note's text, and returns the output from before it.
    pub(super) fn end(&mut self, text: Vec<Event<'a>>) -> Vec<Event<'a>> {
        match self.reading.pop() {
            Some((label, outer)) => {
                self.texts.entry(label).or_insert(text);
                outer
            }
            None => text,
        }
    }

    /// Writes all notes. Those without a reference come last, so that no text is lost.
    pub(super) fn write(mut self, prefix: &str, ids: &mut HashSet<String>) -> Vec<Event<'a>> {
        if self.texts.is_empty() {
            return Vec::new();
        }
        let mut loose: Vec<_> = self
            .texts
            .keys()
            .filter(|label| !self.numbers.contains_key(*label))
            .cloned()
            .collect();
        loose.sort_by(|a, b| a.as_ref().cmp(b.as_ref()));
        self.labels.extend(loose);
        let html = |text: String| Event::Html(text.into());
        let mut out = vec![html("<section class=\"footnotes\"><ol>\n".to_owned())];
        for (label, number) in self.labels.iter().zip(1..) {
            let id = format!("{prefix}note-{number}");
            out.push(html(format!("<li id=\"{id}\">")));
            ids.insert(id);
            out.extend(self.texts.remove(label).unwrap_or_default());
            if self.numbers.contains_key(label) {
                out.push(html(format!(
                    "<a href=\"#{prefix}ref-{number}\" aria-label=\"Back to the text\">↩</a>"
                )));
            }
            out.push(html("</li>\n".to_owned()));
        }
        out.push(html("</ol></section>\n".to_owned()));
        out
    }
}
