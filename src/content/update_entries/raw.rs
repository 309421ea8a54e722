//! An entry before its instant is known: its text, its comment, its changes of state.

use std::ops::Range;

use super::blocks::{Block, Sort};
use super::comment::{self, Comment};
use super::context::Context;
use super::entry::StateLine;
use super::extent::Extent;
use super::label;
use super::report::Report;
use super::scan::Start;
use super::state_list;
use super::text::{self, Cut};
use super::time_text::TimeText;
use crate::content::problem::Severity;

/// An entry before its instant is known.
pub(super) struct Raw {
    pub(super) time: TimeText,
    pub(super) comment: Comment,
    pub(super) changes: Vec<StateLine>,
    pub(super) markdown: String,
}

/// Collects the parts of an entry.
pub(super) fn raw(
    start: &Start,
    extent: &Extent,
    blocks: &[Block],
    source: &str,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) -> Raw {
    let own = &blocks[start.block];
    let mut inside: Vec<&Block> = blocks[extent.blocks.clone()].iter().collect();
    let mut cuts: Vec<Cut> = Vec::new();
    let mut comment = Comment::default();
    let mut found = false;
    let inline = own.flat.comments.iter().cloned();
    let on_their_own = inside
        .iter()
        .filter(|block| block.sort == Sort::Comment)
        .map(|block| block.range.clone());
    let after = following_comment(extent, blocks);
    for range in inline.chain(on_their_own).chain(after) {
        let html = source.get(range.clone()).unwrap_or_default();
        if comment::is_end_of_update(html) {
            cuts.push(Cut::out(range));
        } else if !found
            && range.start >= start.offset
            && let Some((parsed, bad)) = comment::parse(html)
        {
            found = true;
            comment = parsed;
            for field in bad {
                report.add(
                    Severity::Warning,
                    range.clone(),
                    format!("\"{field}\" in this comment can't be understood; it is ignored"),
                    None,
                );
            }
            cuts.push(Cut::out(range));
        }
    }
    inside.retain(|block| block.sort != Sort::Comment);
    let end_of_header = match own.sort {
        Sort::Heading(_) => own.flat.lines.first().map(|line| line.end),
        Sort::Paragraph
        | Sort::Item(_)
        | Sort::Rule
        | Sort::Comment
        | Sort::Literal
        | Sort::Other => None,
    };
    if let (Some(end), Some(from)) = (end_of_header, start.header.text_start) {
        // The rest of a heading: its closing signs, or the line that underlines it.
        cuts.push(Cut::with(end.max(from)..own.range.end.max(end), "\n\n"));
    }
    let attributes = std::iter::once(own).chain(inside.iter().copied());
    let attributes = attributes.flat_map(|block| block.attributes.iter().cloned());
    cuts.extend(attributes.map(Cut::out));
    let in_list = matches!(own.sort, Sort::Item(_));
    let closing: Vec<Block> = if in_list {
        Vec::new()
    } else {
        inside
            .iter()
            .rev()
            .take_while(|block| matches!(block.sort, Sort::Item(_)))
            .map(|block| (*block).clone())
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect()
    };
    let mut changes = Vec::new();
    if let Some((lines, count)) = state_list::read(&closing, cx, source, report) {
        changes = lines;
        if let Some(first) = closing.get(closing.len() - count) {
            cuts.push(Cut::out(first.range.start..extent.text.end));
        }
    }
    let literals = inside
        .iter()
        .filter(|block| block.sort == Sort::Literal)
        .map(|block| Cut::literal(block.range.clone(), source));
    cuts.extend(literals);
    let markdown = text::assemble(source, extent.text.clone(), cuts, own, &start.header);
    for slug in &comment.names {
        if !cx.components.iter().any(|(known, _)| known == slug) {
            report.add(
                Severity::Warning,
                start.header.start..start.header.end,
                format!("the comment of this entry names \"{slug}\", which is not a component"),
                Some("add it to site.toml, under [[components]]".to_owned()),
            );
        } else if !changes.iter().any(|line| line.component == *slug) {
            changes.push(StateLine {
                component: slug.clone(),
                state: None,
                note: None,
            });
        }
    }
    unknown_phase(start, &markdown, own, report);
    let time = match &start.trailing {
        Some(trailing) => trailing.time.clone(),
        None => start.header.time.clone(),
    };
    Raw {
        time,
        comment,
        changes,
        markdown,
    }
}

/// The comment after an entry, if it is a block of its own.
pub(super) fn following_comment(extent: &Extent, blocks: &[Block]) -> Option<Range<usize>> {
    let next = blocks.get(extent.blocks.end)?;
    (next.sort == Sort::Comment && next.range.start == extent.removed.end)
        .then(|| next.range.clone())
}

/// Reports a misspelt phase: `## UPDATE …: monitorng`.
fn unknown_phase(start: &Start, markdown: &str, own: &Block, report: &mut Report<'_>) {
    let heading = matches!(own.sort, Sort::Heading(_));
    let (true, Some(from)) = (
        heading && start.header.phase.is_none(),
        start.header.text_start,
    ) else {
        return;
    };
    let first = markdown.lines().next().unwrap_or_default().trim();
    let one_word = !first.is_empty() && !first.contains(' ') && first.len() < 30;
    if one_word && let Some(near) = label::nearest_phase(first) {
        report.add(
            Severity::Warning,
            from..from + first.len(),
            format!("\"{first}\" is not a phase; it is shown as text"),
            Some(format!("did you mean \"{near}\"?")),
        );
    }
}
