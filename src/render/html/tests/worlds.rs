//! Test worlds: a calm one, a stormy one, and February 2013.

use super::world::{World, at, slug};
use crate::domain::component::Origin;
use crate::domain::incident::Kind;
use crate::domain::update::{Phase, Precision};
use chrono::Duration;

/// The founding example, two days in.
pub(in crate::render) fn seed() -> World {
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

/// Everything works, and there was only one incident.
pub(in crate::render) fn calm() -> World {
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

/// Everything goes wrong at once, with the most awkward texts.
pub(in crate::render) fn stormy() -> World {
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
    let (retired, _) = world.whole.components.last_mut().expect("a component");
    retired.retired_at = Some(at("2013-01-20T00:00:00Z"));
    world
}
