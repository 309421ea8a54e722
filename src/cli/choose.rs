//! Chooses an incident: the open one, or the one whose slug contains some letters.

use chrono::{DateTime, TimeDelta, Utc};

use super::console::{BOLD, Console, styled};
use super::failure::Failure;
use crate::wire::incident::IncidentBody;

/// The incidents that a person's words may mean.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Choice<'a> {
    /// Exactly one.
    One(&'a IncidentBody),
    /// Several.
    Several(Vec<&'a IncidentBody>),
    /// Several that are all over, which are used only if the person confirms it.
    Old(Vec<&'a IncidentBody>),
    /// None.
    Nothing,
}

/// With a part of a slug: the incident with exactly that slug, or else the open ones that contain
/// the part, or else those that aren't over, or else those that are. Without: the open ones.
pub(super) fn choice<'a>(
    incidents: &'a [IncidentBody],
    part: Option<&str>,
    now: DateTime<Utc>,
) -> Choice<'a> {
    let open = || incidents.iter().filter(|incident| incident.is_open(now));
    let Some(part) = part else {
        return of_list(open().collect());
    };
    let part = part.trim().to_lowercase();
    let has_part = |incident: &&IncidentBody| incident.slug.as_str().contains(&part);
    if let Some(exact) = incidents.iter().find(|it| it.slug.as_str() == part) {
        return Choice::One(exact);
    }
    match of_list(open().filter(has_part).collect()) {
        Choice::Nothing => {}
        found @ (Choice::One(_) | Choice::Several(_) | Choice::Old(_)) => return found,
    }
    let (old, live): (Vec<_>, Vec<_>) = incidents
        .iter()
        .filter(has_part)
        .partition(|incident| incident.phase.is_final());
    match of_list(live) {
        Choice::Nothing if !old.is_empty() => Choice::Old(old),
        found => found,
    }
}

fn of_list(list: Vec<&IncidentBody>) -> Choice<'_> {
    match list.as_slice() {
        [] => Choice::Nothing,
        [one] => Choice::One(one),
        [..] => Choice::Several(list),
    }
}

/// Chooses an incident. If several match, asks the person at the terminal.
pub(super) fn incident(
    incidents: &[IncidentBody],
    part: Option<&str>,
    console: &mut Console,
) -> Result<IncidentBody, Failure> {
    let (several, what) = match choice(incidents, part, console.clock.now()) {
        Choice::One(one) => return Ok(one.clone()),
        Choice::Nothing => return Err(nothing(part)),
        Choice::Old(old) => {
            let part = part.unwrap_or_default();
            let what = match old.len() {
                1 => format!("only one incident has {part:?} in its slug, and it is over"),
                many => format!("the {many} incidents that have {part:?} in their slug are over"),
            };
            (old, what)
        }
        Choice::Several(several) => {
            let what = match part {
                Some(part) => format!("{} incidents have {part:?} in their slug", several.len()),
                None => format!("{} incidents are open", several.len()),
            };
            (several, what)
        }
    };
    ask(&several, &what, "--incident ", console)
}

/// Chooses an incident that may be over. If all matches are over, takes the only one, or the only
/// one with an update in the last day.
pub(super) fn recent(
    incidents: &[IncidentBody],
    part: Option<&str>,
    console: &mut Console,
) -> Result<IncidentBody, Failure> {
    let now = console.clock.now();
    let is_fresh = |incident: &&IncidentBody| {
        let said = incident.updates.iter().map(|update| update.at);
        said.max().is_some_and(|at| now - at < TimeDelta::hours(24))
    };
    if let Choice::Old(old) = choice(incidents, part, now) {
        let fresh: Vec<_> = old.iter().copied().filter(is_fresh).collect();
        if let ([one], _) | (_, [one]) = (old.as_slice(), fresh.as_slice()) {
            return Ok((*one).clone());
        }
    }
    incident(incidents, part, console)
}

/// Chooses a maintenance that isn't over.
pub(super) fn maintenance(
    incidents: &[IncidentBody],
    part: Option<&str>,
    console: &mut Console,
) -> Result<IncidentBody, Failure> {
    let part = part.map(|part| part.trim().to_lowercase());
    let exact = incidents
        .iter()
        .find(|it| Some(it.slug.as_str()) == part.as_deref());
    if let Some(exact) = exact {
        return Ok(exact.clone());
    }
    let is_meant = |it: &&IncidentBody| {
        let is_live = it.is_maintenance() && !it.draft && !it.phase.is_final();
        is_live
            && part
                .as_ref()
                .is_none_or(|part| it.slug.as_str().contains(part))
    };
    let found: Vec<_> = incidents.iter().filter(is_meant).collect();
    match (of_list(found), part) {
        (Choice::One(one), _) => Ok(one.clone()),
        (Choice::Several(several), _) => {
            let what = format!("{} maintenance windows match", several.len());
            ask(&several, &what, "", console)
        }
        (Choice::Nothing | Choice::Old(_), Some(part)) => Err(Failure::Refused(format!(
            "no planned or running maintenance has {part:?} in its slug; see `lightship \
             maintenance list`"
        ))),
        (Choice::Nothing | Choice::Old(_), None) => Err(Failure::Refused(
            "no maintenance is planned or in progress".to_owned(),
        )),
    }
}

/// Asks which one is meant. A script gets an error instead: give a slug after `option`.
fn ask(
    several: &[&IncidentBody],
    what: &str,
    option: &str,
    console: &mut Console,
) -> Result<IncidentBody, Failure> {
    if !console.interactive || console.json {
        let mut message = format!("{what}; choose one:");
        for incident in several {
            message.push_str(&format!("\n  {option}{}", incident.slug));
            message.push_str(&format!("   {}", incident.title));
        }
        if several.iter().any(|it| !it.phase.is_final()) {
            message.push_str("\n(any part that only one of them has will do)");
        }
        return Err(Failure::Usage(message));
    }
    console.eprint(&format!("{what}:"));
    let width = several.iter().map(|it| it.slug.as_str().len()).max();
    for (index, incident) in several.iter().enumerate() {
        let slug = format!("{:width$}", incident.slug, width = width.unwrap_or(0));
        let (number, slug) = (index + 1, styled(BOLD, &slug));
        console.eprint(&format!("{number:3}  {slug}  {}", incident.title));
    }
    let answer = console
        .ask(&format!("Which one? [1-{}]", several.len()))
        .map_err(|error| Failure::io("couldn't read an answer", &error))?;
    let number = answer.and_then(|answer| answer.parse::<usize>().ok());
    match number.and_then(|number| several.get(number.checked_sub(1)?)) {
        Some(incident) => Ok((*incident).clone()),
        None => Err(Failure::Usage(
            "nothing chosen; use --incident with a part of its slug".to_owned(),
        )),
    }
}

fn nothing(part: Option<&str>) -> Failure {
    Failure::Refused(match part {
        Some(part) => format!("no incident has {part:?} in its slug; see `lightship status`"),
        None => "no incident is open. Open one with `lightship incident TITLE`, or name an older \
                 or planned one with --incident"
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::{Impact, Kind};
    use crate::domain::slug::Slug;
    use crate::domain::update::{Phase, Source};
    use crate::wire::update::LastStates;

    fn now() -> DateTime<Utc> {
        "2013-02-26T09:15:00Z".parse().unwrap()
    }

    #[test]
    fn what_customers_cannot_see_yet_is_not_the_open_one() {
        let ahead = IncidentBody {
            published_at: now() + chrono::Duration::hours(2),
            ..incident("ahead", Kind::Disruption, Phase::Investigating, false)
        };
        let open = incident("open", Kind::Disruption, Phase::Investigating, false);
        let known = [ahead.clone(), open.clone()];
        assert_eq!(choice(&known, None, now()), Choice::One(&open));
        assert_eq!(choice(&known, Some("ahead"), now()), Choice::One(&ahead));
    }

    fn incident(slug: &str, kind: Kind, phase: Phase, draft: bool) -> IncidentBody {
        IncidentBody {
            slug: Slug::parse(slug).unwrap(),
            id: slug.to_owned(),
            title: slug.to_owned(),
            kind,
            phase,
            impact: Impact::None,
            author: None,
            published_at: now(),
            starts: None,
            ends: None,
            markdown: String::new(),
            components: LastStates::default(),
            updates: Vec::new(),
            seen: None,
            edited_at: None,
            source: Source::Api,
            url: String::new(),
            draft,
        }
    }

    #[test]
    fn a_part_of_a_slug_means_the_open_one_first() {
        let known = [
            incident("selma-down", Kind::Disruption, Phase::Investigating, false),
            incident("nelson-slow", Kind::Disruption, Phase::Monitoring, false),
            incident("selma-moves", Kind::Maintenance, Phase::Scheduled, false),
            incident("selma-old", Kind::Disruption, Phase::Resolved, false),
            incident("selma-older", Kind::Disruption, Phase::Resolved, false),
            incident("draft-one", Kind::Disruption, Phase::Investigating, true),
        ];
        let check = |part: Option<&str>, wanted: &[&str]| {
            let found = match choice(&known, part, now()) {
                Choice::One(one) => vec![one.slug.as_str()],
                Choice::Several(several) | Choice::Old(several) => {
                    several.iter().map(|it| it.slug.as_str()).collect()
                }
                Choice::Nothing => Vec::new(),
            };
            assert_eq!(found, wanted, "{part:?}");
        };
        check(None, &["selma-down", "nelson-slow"]);
        check(Some("selma"), &["selma-down"]);
        check(Some(" NELSON "), &["nelson-slow"]);
        check(Some("selma-o"), &["selma-old", "selma-older"]);
        check(Some("selma-old"), &["selma-old"]);
        check(Some("moves"), &["selma-moves"]);
        check(Some("draft"), &["draft-one"]);
        check(Some("w"), &["selma-down", "nelson-slow"]);
        check(Some("mail"), &[]);
        let is_old = |part| matches!(choice(&known, Some(part), now()), Choice::Old(_));
        assert!(
            is_old("older") && !is_old("selma-old"),
            "only its whole slug means an old one"
        );
        assert_eq!(choice(&known[2..], None, now()), Choice::Nothing);
    }
}
