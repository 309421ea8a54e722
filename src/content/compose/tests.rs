//! What is written reads back.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;

use super::writer::stand_in;
use super::*;
use crate::content::incident_file;
use crate::content::problem::Severity;
use crate::content::update_entries::Context;
use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::{Impact, Kind};
use crate::domain::state::{StateKey, States};
use crate::domain::update::{Phase, Precision, Source, Update};
use crate::domain::window::Window;

/// A small generator of random numbers, the same on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("fits") % limit
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn maybe(&mut self) -> bool {
        self.below(2) == 0
    }
}

const PIECES: [&str; 40] = [
    "Mail is up.",
    "# Heading",
    "## Background",
    "### Small heading",
    "## UPDATE 2013-02-26 02:15 MST: monitoring",
    "UPDATE (2/26/13 – 2:15 MST): Mail is up.",
    "UPDATE 10:48: Service has been restored.\nUPDATE 10:52: Another reboot.",
    "---",
    "Text\n---",
    "Text\n===",
    "- Selma: migrating\n- Nelson: degraded",
    "- Selma: migratng",
    "- one\n- two",
    "1. Selma: degraded",
    "> UPDATE 10:48: quoted",
    "```\nUPDATE 10:48: a log\n```",
    "```\nnever closed",
    "    indented code",
    "<!-- end of update -->",
    "<!-- text -->",
    "<!-- text -->\nx\n<!-- end of text -->",
    "<!-- end of text 2 -->",
    "<!-- id: stolen -->",
    "<!-- never closed",
    "<div>\nUPDATE 10:48\n</div>",
    "Apr 19, 19:11 BST",
    "Posted Apr 06, 2015 - 18:18 UTC",
    "June 26, 2019:",
    "7:00 PM CT: Planned work.",
    "*Update* - fixed {{< track \"2018-04-13 17:30:00\" >}}",
    "| a | b |\n|---|---|\n| UPDATE 10:48 | x |",
    "[UPDATE 10:48]: restored",
    "[1]: https://example.com/",
    "Резервная копия 🚨 готова",
    "**bold** and *it\\*alics* `code`",
    "\\",
    "a  \nhard break",
    "resolved",
    "---\ntitle: x\n---",
    "&lt;&amp; \"quotes\" 'single' # hash: colon",
];

fn text(numbers: &mut Numbers) -> String {
    let count = numbers.below(5);
    let pieces: Vec<&str> = (0..count).map(|_| *numbers.pick(&PIECES)).collect();
    let joint = if numbers.below(4) == 0 { "\n" } else { "\n\n" };
    pieces.join(joint)
}

fn line(numbers: &mut Numbers) -> String {
    const LINES: [&str; 14] = [
        "Selma is down",
        "yes",
        "2013",
        "1.10",
        "a: b",
        "# hash",
        "\"quoted\"",
        "it's – fine; really: yes",
        "- dash",
        "null",
        "--> end",
        "tab\u{b}bell\u{7}",
        "ümlaut 🚨",
        "{flow, map}",
    ];
    (*numbers.pick(&LINES)).to_owned()
}

fn instant(numbers: &mut Numbers, from: DateTime<Utc>) -> DateTime<Utc> {
    let minutes = i64::try_from(numbers.below(60 * 24 * 400)).expect("fits");
    let odd = if numbers.below(8) == 0 { 1_234 } else { 0 };
    from + Duration::minutes(minutes) + Duration::milliseconds(odd)
}

fn change(numbers: &mut Numbers, at: DateTime<Utc>, origin: Origin) -> StateChange {
    const STATES: [&str; 4] = ["migrating", "degraded", "major_outage", "rescue_mode"];
    const SLUGS: [&str; 3] = ["selma", "nelson", "mail-delivery"];
    StateChange {
        component: Slug::parse(numbers.pick::<&str>(&SLUGS)).expect("a slug"),
        at,
        seq: 0,
        state: StateKey::new(*numbers.pick(&STATES)),
        note: numbers
            .maybe()
            .then(|| "Mail is up – files: copied.".to_owned()),
        incident: None,
        update: None,
        origin,
        public_at: at,
    }
}

fn unique(changes: Vec<StateChange>) -> Vec<StateChange> {
    let mut kept: Vec<StateChange> = Vec::new();
    for change in changes {
        if kept.iter().all(|other| other.component != change.component) {
            kept.push(change);
        }
    }
    kept
}

fn generated(numbers: &mut Numbers, number: usize) -> Incident {
    let begin: DateTime<Utc> = "2013-02-26T07:00:00Z".parse().expect("an instant");
    let published_at = instant(numbers, begin);
    let kind = *numbers.pick(&Kind::ALL);
    let mut updates: Vec<Update> = (0..numbers.below(5))
        .map(|index| {
            let at = instant(numbers, published_at);
            let count = numbers.below(3);
            let mut changes: Vec<StateChange> = (0..count)
                .map(|_| change(numbers, at, Origin::Update))
                .collect();
            changes = unique(changes);
            Update {
                id: format!("update-{number}-{index}"),
                at,
                seq: i64::try_from(index).expect("fits"),
                precision: *numbers.pick(&[
                    Precision::Minute,
                    Precision::Minute,
                    Precision::Day,
                    Precision::None,
                ]),
                as_written: numbers.maybe().then(|| "2/26/13 – 2:15 MST".to_owned()),
                phase: numbers.maybe().then(|| *numbers.pick(kind.phases())),
                author: numbers.maybe().then(|| line(numbers)),
                markdown: text(numbers),
                fact: None,
                changes,
                mentions: Vec::new(),
                restore: numbers.maybe(),
                window: Window::default(),
                edited_at: numbers.maybe().then(|| instant(numbers, at)),
                public_at: instant(numbers, at),
                source: Source::Api,
            }
        })
        .collect();
    updates.sort_by_key(|update| (update.at, update.seq));
    let maintenance = kind == Kind::Maintenance;
    let starts = maintenance.then(|| instant(numbers, published_at));
    let posted = numbers.below(3);
    let changes = (0..posted)
        .map(|_| change(numbers, published_at, Origin::Post))
        .collect();
    Incident {
        id: format!("incident-{number}"),
        slug: Slug::parse(&format!("incident-{number}")).expect("a slug"),
        title: line(numbers),
        kind,
        stated_phase: numbers.maybe().then(|| kind.first_phase()),
        stated_impact: numbers.maybe().then(|| *numbers.pick(&Impact::ALL)),
        author: numbers.maybe().then(|| line(numbers)),
        published_at,
        precision: Precision::Minute,
        starts,
        ends: starts.map(|starts| starts + Duration::hours(3)),
        summary: numbers.maybe().then(|| line(numbers)),
        markdown: text(numbers),
        mentions: Vec::new(),
        changes: unique(changes),
        updates,
        edited_at: numbers.maybe().then(|| instant(numbers, published_at)),
        public_at: instant(numbers, published_at),
        source: Source::Api,
        draft: numbers.maybe(),
        own_item: true,
    }
}

fn site(zone: Tz) -> SiteSettings {
    SiteSettings {
        name: "Example".into(),
        base_url: String::new(),
        authority: String::new(),
        ..SiteSettings::example(zone)
    }
}

/// What differs after writing and reading; empty if nothing does.
fn check(incident: &Incident, zone: Tz) -> Vec<String> {
    let site = site(zone);
    let name_of = |slug: &Slug| match slug.as_str() {
        "selma" => "Selma".to_owned(),
        "nelson" => "Nelson (old): the server".to_owned(),
        _ => "Mail delivery".to_owned(),
    };
    let written = super::incident(incident, &site, &name_of);
    let components: Vec<(Slug, String)> = ["selma", "nelson", "mail-delivery"]
        .map(|slug| Slug::parse(slug).expect("a slug"))
        .map(|slug| (slug.clone(), name_of(&slug)))
        .to_vec();
    let states = States::with_own(vec![stand_in(&StateKey::new("rescue_mode"))]);
    let cx = Context {
        components: &components,
        groups: &[],
        states: &states,
        now: "2040-01-01T00:00:00Z".parse().expect("an instant"),
        posted_at: incident.published_at,
        posted_precision: Precision::Minute,
        file: "",
        first_line: 1,
        zone,
        date_order: site.date_order(),
        zones: &site.zones,
        starts: None,
        kept: None,
    };
    let file = format!("incidents/{}", file_name(incident, &site));
    let (read, problems) = incident_file::read(&file, &written, String::new(), &cx);
    let mut wrong = Vec::new();
    let Some(read) = read else {
        return vec![format!("unreadable: {problems:#?}\n{written}")];
    };
    let mut same = |what: &str, same: bool| {
        if !same {
            wrong.push(what.to_owned());
        }
    };
    same(
        "problems",
        problems.iter().all(|p| p.severity != Severity::Error),
    );
    same("id", read.id.as_deref() == Some(&incident.id));
    same("slug", read.slug == incident.slug);
    let flat = |text: &str| text.replace(char::is_control, " ").trim().to_owned();
    same("title", flat(&read.title) == flat(&incident.title));
    same("author", read.author == incident.author);
    same("date", read.published_at == incident.published_at);
    same(
        "kind",
        read.kind.unwrap_or(Kind::Disruption) == incident.kind,
    );
    same("phase", read.phase == incident.stated_phase);
    same("impact", read.impact == incident.stated_impact);
    same("starts", read.starts == incident.starts);
    same("ends", read.ends == incident.ends);
    same("summary", read.summary == incident.summary);
    same("draft", read.draft == incident.draft);
    same("edited_at", read.edited_at == incident.edited_at);
    same(
        "public_at",
        read.public_at.unwrap_or(read.published_at) == incident.public_at,
    );
    same("post", read.markdown == incident.markdown);
    same("components", read.components == lines(&incident.changes));
    same("count", read.entries.len() == incident.updates.len());
    for (entry, update) in read.entries.iter().zip(&incident.updates) {
        same("update id", entry.id.as_deref() == Some(&update.id));
        same("at", entry.at == update.at);
        same("precision", entry.precision == update.precision);
        same("as written", entry.as_written == update.as_written);
        same("update phase", entry.phase == update.phase);
        same("update author", entry.author == update.author);
        same("text", entry.markdown == update.markdown);
        same("changes", entry.changes == lines(&update.changes));
        same("restore", entry.restore == update.restore);
        same("update edited_at", entry.edited_at == update.edited_at);
        same(
            "update public_at",
            entry.public_at.unwrap_or(entry.at) == update.public_at,
        );
    }
    if !wrong.is_empty() {
        wrong.push(format!("{incident:#?}\n{read:#?}\n{written}"));
    }
    wrong
}

fn lines(changes: &[StateChange]) -> Vec<crate::content::update_entries::StateLine> {
    changes
        .iter()
        .map(|change| crate::content::update_entries::StateLine {
            component: change.component.clone(),
            state: Some(change.state.clone()),
            note: change.note.clone(),
        })
        .collect()
}

#[test]
fn whatever_is_written_reads_back() {
    const ZONES: [Tz; 6] = [
        Tz::America__Denver,
        Tz::Europe__London,
        Tz::Asia__Kolkata,
        Tz::Asia__Kathmandu,
        Tz::UTC,
        Tz::Australia__Sydney,
    ];
    let mut numbers = Numbers(20_130_226);
    for number in 0..400 {
        let incident = generated(&mut numbers, number);
        let zone = *numbers.pick(&ZONES);
        let wrong = check(&incident, zone);
        assert!(wrong.is_empty(), "incident {number}: {}", wrong.join("\n"));
    }
}

#[test]
fn a_plain_incident_is_written_as_a_person_would() {
    let at: DateTime<Utc> = "2013-02-26T09:15:00Z".parse().expect("an instant");
    let mut numbers = Numbers(1);
    let mut incident = generated(&mut numbers, 1);
    let mut state = change(&mut numbers, at, Origin::Update);
    state.component = Slug::parse("selma").expect("a slug");
    state.state = StateKey::new("migrating");
    state.note = Some("Mail is up.".into());
    let mut back = state.clone();
    back.component = Slug::parse("nelson").expect("a slug");
    back.origin = Origin::Restore;
    incident = Incident {
        title: "Selma is down".into(),
        kind: Kind::Disruption,
        stated_phase: None,
        stated_impact: None,
        author: Some("Tyler".into()),
        published_at: "2013-02-26T08:00:00Z".parse().expect("an instant"),
        starts: None,
        ends: None,
        summary: None,
        markdown: "It is being copied.".into(),
        mentions: vec![Slug::parse("nelson").expect("a slug")],
        changes: Vec::new(),
        edited_at: None,
        public_at: "2013-02-26T08:00:00Z".parse().expect("an instant"),
        draft: false,
        own_item: true,
        updates: vec![Update {
            id: "u1".into(),
            at,
            seq: 0,
            precision: Precision::Minute,
            as_written: None,
            phase: Some(Phase::Monitoring),
            author: None,
            markdown: "Our techs were able to get mail up.".into(),
            fact: None,
            changes: vec![state, back],
            mentions: Vec::new(),
            restore: true,
            window: Window::default(),
            edited_at: None,
            public_at: at,
            source: Source::Api,
        }],
        ..incident
    };
    let name_of = |_: &Slug| "Selma".to_owned();
    let written = super::incident(&incident, &site(Tz::America__Denver), &name_of);
    assert_eq!(
        written,
        "---\ntitle: Selma is down\nauthor: Tyler\ndate: 2013-02-26 01:00 MST\ncomponents:\n  \
         - nelson\nslug: incident-1\nid: incident-1\n---\n\nIt is being copied.\n\n\
         ## UPDATE 2013-02-26 02:15 MST: monitoring\n\n<!-- id: u1 -->\n\n\
         Our techs were able to get mail up.\n\n- selma: migrating – Mail is up.\n"
    );
}
