//! Headlines as values; `render/messages` has them in words.

use std::borrow::Cow;

use super::*;

/// A component called `name`, with a state of the severity that `reads` has in [`READS`].
fn part<'a>(slug: &'a Slug, name: &'a str, reads: usize) -> Part<'a> {
    let tones = [Tone::Ok, Tone::Warn, Tone::Mid, Tone::Bad, Tone::Bad];
    Part {
        slug,
        name,
        reads: Cow::Borrowed(READS[reads]),
        tone: tones[reads],
        severity: reads,
    }
}

const READS: [&str; 5] = ["works", "is slow", "is partly down", "is down", "is lost"];

/// The news of components A, B, C… in these states.
fn news(states: &[usize]) -> News {
    let names: Vec<String> = ('A'..).take(states.len()).map(String::from).collect();
    let slug = |name: &String| Slug::from_title(name).expect("a slug");
    let slugs: Vec<Slug> = names.iter().map(slug).collect();
    let parts = states.iter().zip(slugs.iter().zip(&names));
    let parts: Vec<Part<'_>> = parts
        .map(|(state, (slug, name))| part(slug, name, *state))
        .collect();
    headline(&parts, &[]).news
}

fn grouped(reads: Option<usize>, names: &[&str], more: usize) -> Group {
    Group {
        reads: reads.map(|reads| READS[reads].to_owned()),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        more,
    }
}

#[test]
fn components_are_grouped_by_state_worst_first() {
    assert_eq!(news(&[]), News::Nothing);
    assert_eq!(news(&[0, 0]), News::AllWork);
    assert_eq!(
        news(&[1, 3, 0, 1]),
        News::Affected(vec![
            grouped(Some(3), &["B"], 0),
            grouped(Some(1), &["A", "D"], 0)
        ])
    );
}

#[test]
fn beyond_a_few_components_are_counted() {
    let first_alone = [grouped(Some(3), &["A", "B", "C"], 2)];
    assert_eq!(news(&[3, 3, 3, 3, 3]), News::Affected(first_alone.into()));
    let last_alone = [grouped(Some(3), &["A"], 0), grouped(Some(1), &[], 4)];
    assert_eq!(news(&[3, 1, 1, 1, 1]), News::Affected(last_alone.into()));
    // Where a group has no room, none of it is named, and none of what comes after.
    let no_room = [
        grouped(Some(4), &["A"], 0),
        grouped(Some(3), &[], 3),
        grouped(Some(2), &[], 1),
    ];
    assert_eq!(news(&[4, 3, 3, 3, 2]), News::Affected(no_room.into()));
    // A fourth is named: that is shorter than to count it.
    let four = [
        grouped(Some(3), &["A"], 0),
        grouped(Some(1), &["B", "C", "D"], 0),
    ];
    assert_eq!(news(&[3, 1, 1, 1]), News::Affected(four.into()));
}

#[test]
fn beyond_a_few_states_the_rest_is_only_counted() {
    let worst = || vec![grouped(Some(4), &["A"], 0), grouped(Some(3), &["B"], 0)];
    let mut counted = worst();
    counted.push(grouped(None, &[], 3));
    assert_eq!(news(&[4, 3, 2, 2, 1]), News::Affected(counted));
    let mut last = worst();
    last.push(grouped(Some(2), &[], 3));
    assert_eq!(news(&[4, 3, 2, 2, 2]), News::Affected(last));
    let mut four = worst();
    four.push(grouped(Some(2), &["C"], 0));
    four.push(grouped(Some(1), &["D"], 0));
    assert_eq!(news(&[4, 3, 2, 1]), News::Affected(four));
}

#[test]
fn open_incidents_are_told_by_what_is_done_about_them() {
    let open = |title, kind, phase| Open {
        title,
        kind,
        phase,
        components: &[],
    };
    let told = headline(
        &[],
        &[
            open("A", Kind::Maintenance, Phase::Verifying),
            open(" B ", Kind::Disruption, Phase::Monitoring),
            open("C", Kind::Disruption, Phase::Identified),
            open("D", Kind::Disruption, Phase::Investigating),
            open("E", Kind::Disruption, Phase::Investigating),
            open("F", Kind::Disruption, Phase::Investigating),
        ],
    );
    let standing = |stance, titles: &[&str], more| Standing {
        stance,
        titles: titles.iter().map(|title| (*title).to_owned()).collect(),
        more,
    };
    let wanted = vec![
        standing(Stance::Looking, &["C", "D", "E"], 1),
        standing(Stance::Watching, &["B"], 0),
        standing(Stance::Checking, &["A"], 0),
    ];
    assert_eq!(told.news, News::Open(wanted));
}

/// The headline of components A, B, C… in these states, with open incidents about some of them.
fn with_open(states: &[usize], open: &[&str]) -> Headline {
    let slugs: Vec<Slug> = ('a'..='z')
        .filter_map(|letter| Slug::from_title(&letter.to_string()))
        .collect();
    let parts: Vec<_> = states
        .iter()
        .zip(&slugs)
        .map(|(state, slug)| part(slug, slug.as_str(), *state))
        .collect();
    let about = |letters: &&str| {
        let named = slugs.iter().filter(|slug| letters.contains(slug.as_str()));
        named.collect::<Vec<_>>()
    };
    let about: Vec<_> = open.iter().map(about).collect();
    let incident = |components| Open {
        title: "An incident",
        kind: Kind::Disruption,
        phase: Phase::Identified,
        components,
    };
    let open: Vec<_> = about.iter().map(|it| incident(it.as_slice())).collect();
    headline(&parts, &open)
}

#[test]
fn the_rest_works_if_there_is_one_and_nothing_open_is_about_it() {
    let check = |states: &[usize], open: &[&str], works: bool| {
        let found = with_open(states, open).rest_is_working;
        assert_eq!(found, works, "{states:?} {open:?}");
    };
    // That all work is told in another way.
    check(&[0, 0], &[], false);
    check(&[2, 0], &[], true);
    check(&[2, 1], &[], false);
    check(&[2, 0], &["a"], true);
    check(&[2, 0], &["ab"], true);
    check(&[2, 0], &["a", "b"], false);
    check(&[2, 0], &[""], false);
    check(&[0, 0], &["a"], true);
    check(&[0, 0], &[""], true);
    check(&[0, 0], &["a", "b"], false);
    check(&[], &[""], false);
}

#[test]
fn the_tone_is_that_of_the_worst_component() {
    let tone = |states: &[usize]| with_open(states, &["a"]).tone;
    assert_eq!(tone(&[]), Tone::Ok);
    assert_eq!(tone(&[0, 2, 1]), Tone::Mid);
}

#[test]
fn two_states_that_read_alike_are_told_apart() {
    let [a, b] = ["a", "b"].map(|text| Slug::parse(text).expect("a slug"));
    let mut parts = [part(&a, "A", 2), part(&b, "B", 3)];
    parts[1].reads = Cow::Borrowed(READS[2]);
    let groups = ["B", "A"].map(|name| grouped(Some(2), &[name], 0));
    assert_eq!(headline(&parts, &[]).news, News::Affected(groups.into()));
}
