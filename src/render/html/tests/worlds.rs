//! Worlds to look at: an empty one, a calm one, a stormy one, and February 2013.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::domain::component::{Component, Origin, StateChange};
use crate::domain::incident::{Incident, Kind};
use crate::domain::site::{Site, Support};
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States};
use crate::domain::update::{Phase, Precision, Source, Update};
use crate::snapshot::{ComponentRecord, Snapshot};

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

/// A snapshot under construction.
pub(super) struct World {
    pub(super) snapshot: Snapshot,
    seq: i64,
}

impl World {
    pub(super) fn empty() -> Self {
        let site = Site {
            name: "MacHighway Status".into(),
            base_url: "https://status.example.com".into(),
            authority: "status.example.com".into(),
            zone: Tz::America__Denver,
            stated_date_order: None,
            support: Some(Support {
                text: "our 24/7 support department".into(),
                url: "https://example.com/support".into(),
            }),
            zones: BTreeMap::new(),
        };
        let snapshot = Snapshot {
            revision: 1,
            as_of: at("2013-02-26T09:55:00Z"),
            site,
            states: States::default(),
            components: Vec::new(),
            incidents: Vec::new(),
            redirects: BTreeMap::new(),
        };
        Self { snapshot, seq: 0 }
    }

    pub(super) fn component(&mut self, key: &str, name: &str, group: &str, since: &str) {
        let position = i64::try_from(self.snapshot.components.len()).expect("few");
        self.snapshot.components.push(ComponentRecord {
            component: Component {
                slug: slug(key),
                name: name.into(),
                group: (!group.is_empty()).then(|| group.into()),
                description: Some("Shared hosting and mail".into()),
                position,
                since: since.parse::<NaiveDate>().ok(),
                created_at: at("2012-10-01T00:00:00Z"),
                retired_at: None,
                from_file: true,
            },
            changes: Vec::new(),
        });
    }

    /// `what` is `state` or `state: note`.
    pub(super) fn change(&mut self, key: &str, when: &str, what: &str) -> StateChange {
        self.seq += 1;
        let (state, note) = match what.split_once(": ") {
            Some((state, note)) => (state, Some(note.to_owned())),
            None => (what, None),
        };
        let change = StateChange {
            component: slug(key),
            at: at(when),
            seq: self.seq,
            state: StateKey::new(state),
            note,
            incident: None,
            update: None,
            origin: Origin::Request,
            public_at: at(when),
        };
        self.record(&change);
        change
    }

    fn record(&mut self, change: &StateChange) {
        let record = self
            .snapshot
            .components
            .iter_mut()
            .find(|record| record.component.slug == change.component)
            .expect("a component");
        record.changes.retain(|other| other.seq != change.seq);
        record.changes.push(change.clone());
        record.changes.sort_by_key(|change| (change.at, change.seq));
    }

    /// An update; its changes are `component=state` or `component=state: note`, and
    /// `component<state` for one that was given back.
    pub(super) fn update(
        &mut self,
        id: &str,
        when: &str,
        phase: Option<Phase>,
        text: &str,
        changes: &[&str],
    ) -> Update {
        let changes = changes
            .iter()
            .map(|text| {
                let (key, what) = text.split_once(['=', '<']).expect("component=state");
                let mut change = self.change(key, when, what);
                change.origin = if text.contains('<') {
                    Origin::Restore
                } else {
                    Origin::Update
                };
                change.update = Some(id.to_owned());
                change
            })
            .collect();
        Update {
            id: id.into(),
            at: at(when),
            seq: self.seq,
            precision: Precision::Minute,
            as_written: None,
            phase,
            author: None,
            markdown: text.into(),
            changes,
            mentions: Vec::new(),
            restore: true,
            edited_at: None,
            public_at: at(when),
            source: Source::Api,
        }
    }

    pub(super) fn incident(&mut self, key: &str, title: &str, when: &str) -> Incident {
        Incident {
            id: format!("id-{key}"),
            slug: slug(key),
            title: title.into(),
            kind: Kind::Disruption,
            stated_phase: None,
            stated_impact: None,
            author: Some("Tyler Jacobson".into()),
            published_at: at(when),
            precision: Precision::Minute,
            starts: None,
            ends: None,
            summary: None,
            markdown: String::new(),
            mentions: Vec::new(),
            changes: Vec::new(),
            updates: Vec::new(),
            edited_at: None,
            public_at: at(when),
            source: Source::File,
            draft: false,
        }
    }

    pub(super) fn publish(&mut self, mut incident: Incident) {
        let id = incident.id.clone();
        let updates = incident
            .updates
            .iter_mut()
            .flat_map(|update| &mut update.changes);
        for change in incident.changes.iter_mut().chain(updates) {
            change.incident = Some(id.clone());
            self.record(change);
        }
        incident
            .updates
            .sort_by_key(|update| (update.at, update.seq));
        self.snapshot.incidents.push(Arc::new(incident));
        self.snapshot
            .incidents
            .sort_by_key(|incident| std::cmp::Reverse((incident.started(), incident.id.clone())));
    }
}

/// The founding example, two days in.
pub(super) fn seed() -> World {
    let mut world = World::empty();
    for (key, name, group, since) in [
        ("selma", "Selma", "Servers", "2009-05-01"),
        ("nelson", "Nelson", "Servers", "2010-03-01"),
        ("clark", "Clark", "Servers", "2010-03-01"),
        ("ruby", "Ruby", "Servers", "2013-01-01"),
        ("mail", "Mail delivery", "Shared services", "2009-05-01"),
        (
            "shared-ssl",
            "Shared SSL certificates",
            "Shared services",
            "2009-05-01",
        ),
    ] {
        world.component(key, name, group, since);
    }
    world.change("nelson", "2013-01-08T10:00:00Z", "degraded");
    world.change("nelson", "2013-01-08T11:30:00Z", "operational");
    world.change("clark", "2012-12-11T05:00:00Z", "maintenance");
    world.change("clark", "2012-12-11T06:10:00Z", "operational");

    let mut old = world.incident(
        "nelson-memory",
        "Nelson ran out of memory",
        "2013-02-20T17:00:00Z",
    );
    old.markdown = "Nelson stopped answering twice. We rebooted it and are adding logging.".into();
    old.updates = vec![
        world.update(
            "n1",
            "2013-02-20T17:05:00Z",
            Some(Phase::Investigating),
            "Nelson doesn't answer.",
            &["nelson=major_outage"],
        ),
        world.update(
            "n2",
            "2013-02-20T17:40:00Z",
            Some(Phase::Resolved),
            "Nelson is back after a reboot.",
            &["nelson<operational"],
        ),
    ];
    world.publish(old);

    let mut notice = world.incident(
        "php-53",
        "PHP 5.2 leaves us in April",
        "2013-01-15T17:00:00Z",
    );
    notice.kind = Kind::Notice;
    notice.markdown = "Move to PHP 5.3 by then; the control panel has a switch.".into();
    world.publish(notice);

    let mut planned = world.incident("clark-disks", "New disks for Clark", "2013-02-25T17:00:00Z");
    planned.kind = Kind::Maintenance;
    planned.starts = Some(at("2013-03-03T05:00:00Z"));
    planned.ends = Some(at("2013-03-03T07:00:00Z"));
    planned.markdown =
        "Mail and sites stay reachable; expect two short interruptions of about a minute.".into();
    planned.mentions = vec![slug("clark")];
    world.publish(planned);

    let mut main = world.incident(
        "selma-nelson-blacklists-and-shared-ssl",
        "Selma, Nelson, blacklists and shared server SSLs",
        "2013-02-26T07:00:00Z",
    );
    main.precision = Precision::Day;
    main.markdown = POST.into();
    main.changes = vec![
        world.change(
            "nelson",
            "2013-02-25T15:00:00Z",
            "degraded: Ran out of memory twice; extra logging is on.",
        ),
        world.change(
            "mail",
            "2013-02-23T15:00:00Z",
            "degraded: Two blacklists still list our outgoing addresses.",
        ),
    ];
    for change in &mut main.changes {
        change.origin = Origin::Post;
    }
    let mut mail_is_up = world.update(
        "u3",
        "2013-02-26T09:15:00Z",
        Some(Phase::Monitoring),
        "Our techs were able to get incoming and outgoing mail up during this migration.",
        &["selma=migrating: Mail is up. Files are being copied to new hardware."],
    );
    mail_is_up.as_written = Some("2/26/13 – 2:15 MST".into());
    let mut ssl = world.update(
        "u2",
        "2013-02-26T04:40:00Z",
        Some(Phase::Identified),
        "Shared SSL certificates work again on every server; a cPanel update had switched them off.",
        &["shared-ssl=operational"],
    );
    ssl.author = Some("Dana".into());
    ssl.edited_at = Some(at("2013-02-26T05:00:00Z"));
    let mut late = world.update(
        "u0",
        "2013-02-25T01:00:00Z",
        None,
        "Certificates of shared servers raise errors, mostly in mail programs.",
        &["shared-ssl=major_outage"],
    );
    late.public_at = at("2013-02-26T08:00:00Z");
    let first = world.update(
        "u1",
        "2013-02-24T16:05:00Z",
        Some(Phase::Investigating),
        "Selma is in rescue mode. There is no access to mail or files until the copy completes.",
        &["selma=major_outage"],
    );
    main.updates = vec![mail_is_up, ssl, late, first];
    world.publish(main);
    world
}

const POST: &str = "It’s been quite a week and it’s only Tuesday.

I apologize up front for the issues, no matter how big or small, that you may have been experiencing this week.

## Don’t you have a backup?

We do, but it’s an archival backup and not an *exact copy* of the main drive. See [how we back up](https://example.com/backups), or [the next question](#cant-you-just-move-me-to-a-new-server-then).

## Can’t you just move me to a new server, then?

Yes. That’s what we are doing at this very moment with every account on Selma.[^1]

- Mail is up.
- Files follow, `public_html` first.

> It is a long process and until it completes, there will not be access to files.

| Server | Copied | Expected |
|---|--:|---|
| Selma | 61 % | Tuesday evening |

```
rsync -aHAX /home/ new-selma:/home/
```

[^1]: At the moment, this can’t be done without downtime.

If you need us, please contact our 24/7 support department.";

/// Everything works, and nothing ever happened but once.
pub(super) fn calm() -> World {
    let mut world = World::empty();
    world.component("selma", "Selma", "", "2009-05-01");
    world.component("nelson", "Nelson", "", "2009-05-01");
    let mut old = world.incident("selma-slow", "Selma is slow", "2012-06-20T17:00:00Z");
    old.updates = vec![
        world.update(
            "a",
            "2012-06-20T17:05:00Z",
            None,
            "Looking.",
            &["selma=degraded"],
        ),
        world.update(
            "b",
            "2012-06-20T19:05:00Z",
            Some(Phase::Resolved),
            "Done.",
            &["selma<operational"],
        ),
    ];
    world.publish(old);
    world
}

/// Everything that can go wrong at once, said as awkwardly as can be.
pub(super) fn stormy() -> World {
    let mut world = World::empty();
    let states = [
        "major_outage",
        "partial_outage",
        "degraded",
        "migrating",
        "maintenance",
        "operational",
    ];
    for number in 0..24 {
        let key = format!("server-{number}");
        let name = match number {
            0 => "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
                .to_owned(),
            1 => "خادم البريد الإلكتروني".to_owned(),
            2 => "<b>R&D</b> \"quoted\"".to_owned(),
            _ => format!("Server {number}"),
        };
        world.component(
            &key,
            &name,
            ["Servers", "Shared services", ""][number % 3],
            "2012-01-01",
        );
        for week in 0..(number % 7) {
            let day =
                at("2012-12-01T12:00:00Z") + Duration::days(11 * i64::try_from(week).expect("few"));
            let state = states[(number + week) % states.len()];
            world.change(
                &key,
                &day.to_rfc3339(),
                &format!("{state}: <i>note</i> & more \"{week}\""),
            );
            let end = day + Duration::hours(5);
            world.change(&key, &end.to_rfc3339(), "operational");
        }
        if number % 2 == 0 {
            let state = states[(number / 2) % states.len()];
            world.change(&key, "2013-02-26T01:00:00Z", state);
        }
    }
    for number in 0..40 {
        let key = format!("incident-{number}");
        let day = at("2013-02-26T08:00:00Z") - Duration::days(9 * number);
        let title = match number {
            0 => "Unaussprechlichlangerausfallwegeneinerunterbrochenenglasfaserleitunginderhauptstraße".to_owned(),
            1 => "انقطاع الخدمة في الخادم الرئيسي".to_owned(),
            2 => "</title><script>alert(1)</script> & \"so on\"".to_owned(),
            _ => format!("Trouble number {number} with a title that goes on for a while, as titles do at night"),
        };
        let mut incident = world.incident(&key, &title, &day.to_rfc3339());
        incident.markdown = format!(
            "# A\n\n#### B\n\n<script>x</script>{}",
            "Wörter ".repeat(300)
        );
        incident.author = Some("<script>".into());
        incident.updates = (0..(number % 5))
            .map(|nth| {
                let phase = Phase::ALL[usize::try_from(nth % 3).expect("few")];
                world.update(
                    &format!("u-{number}-{nth}"),
                    &(day + Duration::minutes(nth)).to_rfc3339(),
                    Some(phase),
                    &"# Head\n\nSaid **so**.\n\n".repeat(usize::try_from(nth).expect("few")),
                    &[],
                )
            })
            .collect();
        incident.mentions = vec![slug("server-0"), slug("server-1"), slug("gone")];
        if number >= 5 {
            incident.updates.push(world.update(
                &format!("end-{number}"),
                &(day + Duration::minutes(90)).to_rfc3339(),
                Some(Phase::Resolved),
                "Over.",
                &[],
            ));
        }
        world.publish(incident);
    }
    let retired = world.snapshot.components.last_mut().expect("a component");
    retired.component.retired_at = Some(at("2013-01-20T00:00:00Z"));
    world
}
