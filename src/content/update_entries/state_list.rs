//! The list that closes an entry and sets the states of components: `- Selma: migrating – note`.

use super::blocks::{Block, Sort};
use super::context::Context;
use super::entry::StateLine;
use super::flat::{Line, Mark};
use super::report::Report;
use crate::content::component_word::{ComponentMatch, also_group, ambiguous, find_components};
use crate::content::problem::Severity;
use crate::domain::nearest::nearest;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;

/// Longest name or state in an item, in characters.
const LONGEST: usize = 80;

/// An item after splitting.
struct Item {
    name: String,
    state: String,
    note: Option<String>,
    place: std::ops::Range<usize>,
}

/// Reads the list that closes `blocks`, if it is a list of states. Returns the changes and the
/// number of its blocks.
pub(super) fn read(
    blocks: &[Block],
    cx: &Context<'_>,
    source: &str,
    report: &mut Report<'_>,
) -> Option<(Vec<StateLine>, usize)> {
    let Sort::Item(list) = blocks.last()?.sort else {
        return None;
    };
    let count = blocks
        .iter()
        .rev()
        .take_while(|block| block.sort == Sort::Item(list))
        .count();
    let own = &blocks[blocks.len() - count..];
    let items: Option<Vec<Item>> = own.iter().map(|block| split(block, source)).collect();
    let Some(items) = items else {
        dashed(own, cx, source, report);
        return None;
    };
    let known = |item: &Item| {
        let state = cx.states.find_by_word(&item.state)?.key.clone();
        match find_components(cx, &item.name) {
            ComponentMatch::Nothing => None,
            matched => Some((matched, state)),
        }
    };
    if !items.iter().any(|item| known(item).is_some()) {
        near_misses(&items, cx, report);
        return None;
    }
    let mut lines: Vec<StateLine> = Vec::new();
    let mut by_group: Vec<StateLine> = Vec::new();
    for item in &items {
        let line = |component: Slug, key: &StateKey| StateLine {
            component,
            state: Some(key.clone()),
            note: item.note.clone(),
        };
        match known(item) {
            Some((ComponentMatch::One(slug, is_group), key)) => {
                if is_group {
                    let (message, help) = also_group(&item.name, &slug);
                    report.add(Severity::Warning, item.place.clone(), message, Some(help));
                }
                lines.retain(|line| line.component != slug);
                lines.push(line(slug, &key));
            }
            Some((ComponentMatch::Group(slugs), key)) => {
                by_group.retain(|line| !slugs.contains(&line.component));
                by_group.extend(slugs.into_iter().map(|slug| line(slug, &key)));
            }
            Some((ComponentMatch::Ambiguous(slugs), _)) => {
                let (message, help) = ambiguous(&item.name, &slugs);
                report.add(Severity::Error, item.place.clone(), message, Some(help));
            }
            Some((ComponentMatch::Nothing, _)) | None => complain(item, cx, report),
        }
    }
    // What is said about one component takes precedence over what is said about its group.
    by_group.retain(|line| lines.iter().all(|other| other.component != line.component));
    lines.extend(by_group);
    Some((lines, count))
}

/// Whether a word names a component or a group.
fn is_component(cx: &Context<'_>, word: &str) -> bool {
    find_components(cx, word) != ComponentMatch::Nothing
}

fn complain(item: &Item, cx: &Context<'_>, report: &mut Report<'_>) {
    if !is_component(cx, &item.name) {
        let names = cx.components.iter().map(|(_, name)| name.as_str());
        report.add(
            Severity::Warning,
            item.place.clone(),
            format!(
                "there is no component \"{}\"; the line is left out",
                item.name
            ),
            nearest(&item.name, names).map(|near| format!("did you mean \"{near}\"?")),
        );
        return;
    }
    let all: Vec<&str> = cx
        .states
        .iter()
        .filter(|state| !state.dropped)
        .map(|state| state.key.as_str())
        .collect();
    let near = nearest(&item.state, all.iter().copied());
    report.add(
        Severity::Warning,
        item.place.clone(),
        format!("\"{}\" is not a state; the line is left out", item.state),
        Some(match near {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("the states are: {}", all.join(", ")),
        }),
    );
}

/// Reports a list of which no item can be read but that may have been meant as a list of states.
fn near_misses(items: &[Item], cx: &Context<'_>, report: &mut Report<'_>) {
    for item in items {
        let component_known = is_component(cx, &item.name);
        let state_known = cx.states.find_by_word(&item.state).is_some();
        let keys = cx.states.iter().map(|state| state.key.as_str());
        let names = cx
            .components
            .iter()
            .flat_map(|(slug, name)| [slug.as_str(), name.as_str()]);
        let matched = component_known
            && (nearest(&item.state, keys).is_some() || item.state.split_whitespace().count() == 1)
            || state_known && (nearest(&item.name, names).is_some() || items.len() == 1);
        if !matched {
            continue;
        }
        let what = if component_known {
            format!("\"{}\" is not a state", item.state)
        } else {
            format!("there is no component \"{}\"", item.name)
        };
        let states: Vec<_> = cx.states.iter().map(|state| state.key.as_str()).collect();
        report.add(
            Severity::Warning,
            item.place.clone(),
            format!("{what}; the list is shown as text and changes no state"),
            Some(format!(
                "to change a state, write \"- component: state\" with one of: {}",
                states.join(", ")
            )),
        );
    }
}

/// Reports `- Selma - operational`: no colon, but a component and a state.
fn dashed(blocks: &[Block], cx: &Context<'_>, source: &str, report: &mut Report<'_>) {
    for block in blocks {
        let [line] = block.flat.lines.as_slice() else {
            continue;
        };
        let Some(first) = line.glyphs.first() else {
            continue;
        };
        let place = first.start..line.end;
        let text = source.get(place.clone()).unwrap_or_default();
        let parts = [" - ", " – ", " — ", " = ", " -> ", " → "]
            .iter()
            .find_map(|sign| text.split_once(sign));
        let Some((name, state)) = parts else { continue };
        let (name, state) = (name.trim(), state.trim().trim_end_matches('.'));
        if is_component(cx, name) && cx.states.find_by_word(state).is_some() {
            report.add(
                Severity::Hint,
                place,
                "this line is shown as text and changes no state",
                Some(format!("to change the state, write \"- {name}: {state}\"")),
            );
        }
    }
}

/// Splits an item of one line at its first colon; `None` if it has another form.
fn split(block: &Block, source: &str) -> Option<Item> {
    let [line] = block.flat.lines.as_slice() else {
        return None;
    };
    // If there is more in the item than this line, it is something else.
    let whole = source.get(line.end..block.range.end)?;
    if line.cut || !whole.trim().is_empty() {
        return None;
    }
    let colon = line.glyphs.iter().position(|glyph| glyph.ch == ':')?;
    let seen = |from: usize, to: usize| -> String {
        line.glyphs[from..to]
            .iter()
            .map(|glyph| {
                source
                    .get(glyph.start..glyph.end)
                    .filter(|raw| raw.chars().count() == 1)
                    .map_or_else(|| glyph.ch.to_string(), str::to_owned)
            })
            .collect::<String>()
            .trim()
            .to_owned()
    };
    if line.glyphs[..colon].iter().any(|glyph| glyph.opaque) {
        return None;
    }
    let name = seen(0, colon);
    let rest = &line.glyphs[colon + 1..];
    let spaced_dash = rest.windows(3).position(|three| {
        three[0].ch == ' ' && matches!(three[1].ch, '–' | '-') && three[2].ch == ' '
    });
    let end = spaced_dash.map_or(line.glyphs.len(), |at| colon + 1 + at);
    if line.glyphs[colon + 1..end].iter().any(|glyph| glyph.opaque) {
        return None;
    }
    let state = seen(colon + 1, end);
    let note = spaced_dash.and_then(|at| note(block, line, colon + 1 + at + 2, source));
    let long = |text: &str| text.is_empty() || text.chars().count() > LONGEST;
    if long(&name) || long(&state) {
        return None;
    }
    let first = line.glyphs.first()?;
    Some(Item {
        name,
        state: state.trim_end_matches('.').to_owned(),
        note,
        place: first.start..line.end,
    })
}

/// The note after the space `index`, as it was written. Markers that open before it and end in it
/// are opened again.
fn note(block: &Block, line: &Line, index: usize, source: &str) -> Option<String> {
    let from = line.glyphs.get(index)?.end;
    let first = line.glyphs.get(index + 1)?;
    let goes_on = |mark: &&Mark| mark.range.start < from && mark.range.end > first.start;
    let marks = block.flat.marks.iter().filter(goes_on);
    let openers = marks.filter_map(|mark| source.get(mark.opener.clone()));
    let opened: String = openers.collect();
    let text = source.get(from..line.end)?.trim();
    Some(opened + text).filter(|note| !note.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{LONG_AFTER, read_in_denver};
    use super::*;

    /// Checks the changes of an entry that a list closes, and the beginning of each problem.
    #[track_caller]
    fn check(list: &str, wanted: &[&str], told: &[&str]) {
        let body = format!("UPDATE 2013-02-26 02:15 MST\n\nMail is up.\n\n{list}");
        let reading = read_in_denver(&body, LONG_AFTER, &[]);
        let changes = reading.entries[0].changes.iter().map(|line| {
            let state = line.state.as_ref().map_or("", StateKey::as_str);
            let note = line.note.as_deref().unwrap_or_default();
            format!("{} {state} {note}", line.component)
        });
        assert_eq!(changes.collect::<Vec<_>>(), wanted, "{list}");
        assert_eq!(reading.problems.len(), told.len(), "{:?}", reading.problems);
        for (problem, told) in reading.problems.iter().zip(told) {
            assert!(problem.message.starts_with(told), "{}", problem.message);
        }
    }

    #[test]
    fn a_note_follows_a_dash() {
        check("- Selma: operational", &["selma operational "], &[]);
        check("- Selma: operational.", &["selma operational "], &[]);
        check(
            "- Selma: operational – all of it",
            &["selma operational all of it"],
            &[],
        );
        check(
            "- **Selma**: operational - all – really",
            &["selma operational all – really"],
            &[],
        );
        for note in [
            "*all* – really",
            "**all**",
            "all *of it*",
            "\\*all",
            "[all](/x) of it",
        ] {
            let list = format!("- Selma: operational – {note}");
            check(&list, &[&format!("selma operational {note}")], &[]);
        }
        check(
            "- *Selma: operational – all* of it",
            &["selma operational *all* of it"],
            &[],
        );
    }

    #[test]
    fn a_line_that_is_not_known_is_told() {
        let other = "\n- Nelson: operational – up";
        let nelson = &["nelson operational up"];
        check(
            &format!("- Selma: down{other}"),
            nelson,
            &["\"down\" is not a state"],
        );
        check(
            &format!("- Selmma: operational{other}"),
            nelson,
            &["there is no component \"Selmma\""],
        );
        // It is quoted as it was written.
        check(
            &format!("- Mail’s: operational{other}"),
            nelson,
            &["there is no component \"Mail’s\""],
        );
        check(
            &format!("- A&amp;B: operational{other}"),
            nelson,
            &["there is no component \"A&B\""],
        );
    }

    #[test]
    fn a_list_of_which_nothing_is_known_is_told_if_it_may_have_been_meant() {
        check("- Selma: down", &[], &["\"down\" is not a state"]);
        check("- Selma: up and running", &[], &[]);
        check(
            "- SelmaSelma: migrating.",
            &[],
            &["there is no component \"SelmaSelma\""],
        );
        check("- Servers: migrating\n- Disks: as before", &[], &[]);
        check(
            "- Selma - operational",
            &[],
            &["this line is shown as text"],
        );
        check("- Servers - operational", &[], &[]);
    }
}
