//! Uptime: what a component was on each day of a span, and the share of time it wasn't down.

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use chrono_tz::Tz;

use super::component::{Component, StateChange, standing};
use super::state::{StateKey, States};
use super::zone::start_of_day;

/// Consecutive calendar days in the site's zone; the last is the day of the instant shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The days, oldest first.
    pub days: Vec<Day>,
}

/// What a component was on one calendar day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Which day.
    pub date: NaiveDate,
    /// The worst state it was in; `None` if nothing is known, as before it began.
    pub worst: Option<StateKey>,
    /// How long it was in each state except `operational`, worst first.
    pub troubles: Vec<(StateKey, Duration)>,
    /// How much of the day is known: from the component's beginning up to the instant shown.
    pub known: Duration,
    /// Milliseconds in each state times its `down_permille`, added up.
    weighted_down: i64,
}

impl Span {
    /// 1 − Σ(time × weight) ÷ time since it began; `None` if no time is known.
    pub fn uptime(&self) -> Option<f64> {
        uptime(&self.days)
    }
}

/// The uptime over some days; `None` if no time is known.
pub fn uptime<'a>(days: impl IntoIterator<Item = &'a Day>) -> Option<f64> {
    let (known, down) = days.into_iter().fold((0, 0), |(known, down), day| {
        (
            known + day.known.num_milliseconds(),
            down + day.weighted_down,
        )
    });
    #[expect(
        clippy::cast_precision_loss,
        reason = "a year of milliseconds has 35 bits"
    )]
    (known > 0).then(|| 1.0 - down as f64 / 1000.0 / known as f64)
}

/// When a component began: at its `since`, else at its creation or its first change, whichever is
/// earlier.
pub fn began(component: &Component, first: Option<&StateChange>, zone: Tz) -> DateTime<Utc> {
    if let Some(since) = component.since {
        return start_of_day(zone, since);
    }
    first.map_or(component.created_at, |first| {
        first.at.min(component.created_at)
    })
}

/// The days of a span, found once for all components that are shown side by side, because finding
/// where days begin needs the time zone's tables.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// Each day with the instant at which it begins, oldest first.
    days: Vec<(NaiveDate, DateTime<Utc>)>,
    as_of: DateTime<Utc>,
}

impl Calendar {
    /// The last `count` days, at least one, up to and including that of `as_of`.
    pub fn last(count: u32, zone: Tz, as_of: DateTime<Utc>) -> Self {
        let count = count.max(1);
        let first = as_of.with_timezone(&zone).date_naive() - Days::new(u64::from(count - 1));
        let days = first.iter_days().take(count as usize);
        Self {
            days: days.map(|date| (date, start_of_day(zone, date))).collect(),
            as_of,
        }
    }

    /// When the first day begins: changes matter from then on.
    pub fn start(&self) -> DateTime<Utc> {
        self.days.first().map_or(self.as_of, |(_, start)| *start)
    }

    /// When a day ends, or the instant shown if that is earlier.
    fn end_of(&self, index: usize) -> DateTime<Utc> {
        let next = self.days.get(index + 1);
        next.map_or(self.as_of, |(_, start)| self.as_of.min(*start))
    }
}

/// What a component was on each day. Looks at each day and each change once. `changes` are sorted
/// by `(at, seq)`; those before the one that applied when the first day began may be left out.
pub fn span(
    changes: &[StateChange],
    began: DateTime<Utc>,
    states: &States,
    calendar: &Calendar,
) -> Span {
    let as_of = calendar.as_of;
    let mut from = calendar.start();
    let mut state = standing(changes, from).state;
    let mut next = changes.partition_point(|change| change.at <= from);
    let mut days = Vec::with_capacity(calendar.days.len());
    let mut lengths = Lengths::default();
    for (index, (date, _)) in calendar.days.iter().enumerate() {
        let to = calendar.end_of(index);
        let mut stay = |state: &StateKey, from: DateTime<Utc>, to: DateTime<Utc>| {
            let length = to - from.max(began);
            if length > Duration::zero() {
                lengths.add(state, length);
            }
        };
        while let Some(change) = changes.get(next).filter(|change| change.at < to) {
            stay(&state, from, change.at);
            from = change.at;
            state = change.state.clone();
            next += 1;
        }
        stay(&state, from, to);
        from = to;
        let is_last = index + 1 == calendar.days.len();
        if is_last && began <= as_of {
            // A state that began at this very instant has no length yet, but already applies.
            lengths.add(&standing(changes, as_of).state, Duration::zero());
        }
        days.push(day(*date, &mut lengths, states));
    }
    Span { days }
}

/// How long each state held. A day has one or two, which a list finds faster than a map.
#[derive(Default)]
struct Lengths(Vec<(StateKey, Duration)>);

impl Lengths {
    fn add(&mut self, state: &StateKey, length: Duration) {
        match self.0.iter_mut().find(|(known, _)| known == state) {
            Some((_, sum)) => *sum += length,
            None => self.0.push((state.clone(), length)),
        }
    }
}

/// Turns the lengths into a day, and leaves `lengths` empty for the next one.
fn day(date: NaiveDate, lengths: &mut Lengths, states: &States) -> Day {
    let by_severity = &mut lengths.0;
    by_severity.sort_by(|(a, _), (b, _)| {
        let severity = |state| states.severity(state);
        severity(b).cmp(&severity(a)).then_with(|| a.cmp(b))
    });
    let weight = |state: &StateKey| {
        states
            .find(state)
            .map_or(0, |state| i64::from(state.down_permille))
    };
    Day {
        date,
        worst: by_severity.first().map(|(state, _)| state.clone()),
        known: by_severity.iter().map(|(_, length)| *length).sum(),
        weighted_down: by_severity
            .iter()
            .map(|(state, length)| length.num_milliseconds() * weight(state))
            .sum(),
        troubles: by_severity
            .drain(..)
            .filter(|(state, _)| !state.is_operational())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::component::Origin;
    use crate::domain::slug::Slug;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn changes(rows: &[(&str, &str)]) -> Vec<StateChange> {
        rows.iter()
            .zip(0..)
            .map(|((when, state), seq)| StateChange {
                component: Slug::parse("selma").expect("a slug"),
                at: at(when),
                seq,
                state: StateKey::new(*state),
                note: None,
                incident: None,
                update: None,
                origin: Origin::Request,
                public_at: at(when),
            })
            .collect()
    }

    /// Each day as `date worst known-minutes [state=minutes …]`.
    fn told(span: &Span) -> Vec<String> {
        span.days
            .iter()
            .map(|day| {
                let worst = day.worst.as_ref().map_or("-", StateKey::as_str);
                let mut text = format!("{} {worst} {}", day.date, day.known.num_minutes());
                for (state, length) in &day.troubles {
                    text.push_str(&format!(" {state}={}", length.num_minutes()));
                }
                text
            })
            .collect()
    }

    #[track_caller]
    fn check(
        rows: &[(&str, &str)],
        (began, as_of, zone, count): (&str, &str, Tz, u32),
        days: &[&str],
        uptime: Option<f64>,
    ) {
        let span = span(
            &changes(rows),
            at(began),
            &States::default(),
            &Calendar::last(count, zone, at(as_of)),
        );
        assert_eq!(told(&span), days);
        match (span.uptime(), uptime) {
            (Some(got), Some(want)) => assert!((got - want).abs() < 1e-9, "{got} is not {want}"),
            (got, want) => assert_eq!(got, want),
        }
    }

    #[test]
    fn a_day_takes_its_worst_state_and_down_time_is_weighed() {
        check(
            &[
                ("2013-02-24T12:00:00Z", "major_outage"),
                ("2013-02-25T06:00:00Z", "partial_outage"),
                ("2013-02-25T16:00:00Z", "migrating"),
            ],
            ("2013-02-24T00:00:00Z", "2013-02-26T12:00:00Z", Tz::UTC, 3),
            &[
                "2013-02-24 major_outage 1440 major_outage=720",
                "2013-02-25 major_outage 1440 major_outage=360 partial_outage=600 migrating=480",
                "2013-02-26 migrating 720 migrating=720",
            ],
            Some(1.0 - (18.0 + 10.0 * 0.3) / 60.0),
        );
    }

    #[test]
    fn what_ends_at_midnight_is_no_trouble_of_the_next_day() {
        check(
            &[
                ("2013-02-24T12:00:00Z", "major_outage"),
                ("2013-02-25T00:00:00Z", "degraded"),
                ("2013-02-26T00:00:00Z", "operational"),
            ],
            ("2013-02-24T00:00:00Z", "2013-02-26T12:00:00Z", Tz::UTC, 3),
            &[
                "2013-02-24 major_outage 1440 major_outage=720",
                "2013-02-25 degraded 1440 degraded=1440",
                "2013-02-26 operational 720",
            ],
            Some(1.0 - 12.0 / 60.0),
        );
    }

    #[test]
    fn a_state_that_comes_twice_in_a_day_counts_twice() {
        check(
            &[
                ("2013-02-26T01:00:00Z", "major_outage"),
                ("2013-02-26T02:00:00Z", "operational"),
                ("2013-02-26T05:00:00Z", "major_outage"),
                ("2013-02-26T07:00:00Z", "operational"),
            ],
            ("2013-02-24T00:00:00Z", "2013-02-26T12:00:00Z", Tz::UTC, 1),
            &["2013-02-26 major_outage 720 major_outage=180"],
            Some(1.0 - 3.0 / 12.0),
        );
    }

    #[test]
    fn days_before_it_began_are_unknown_and_dont_count() {
        check(
            &[("2013-02-25T18:00:00Z", "major_outage")],
            ("2013-02-25T12:00:00Z", "2013-02-26T00:00:00Z", Tz::UTC, 3),
            &[
                "2013-02-24 - 0",
                "2013-02-25 major_outage 720 major_outage=360",
                // It began to be so just now.
                "2013-02-26 major_outage 0 major_outage=0",
            ],
            Some(0.5),
        );
        check(
            &[],
            ("2013-03-01T00:00:00Z", "2013-02-26T12:00:00Z", Tz::UTC, 2),
            &["2013-02-25 - 0", "2013-02-26 - 0"],
            None,
        );
    }

    #[test]
    fn what_was_before_the_span_still_holds_and_what_comes_after_doesnt_yet() {
        check(
            &[
                ("2012-01-01T00:00:00Z", "degraded"),
                ("2013-02-26T06:00:00Z", "operational"),
                ("2013-02-26T23:00:00Z", "major_outage"),
            ],
            ("2009-05-01T00:00:00Z", "2013-02-26T12:00:00Z", Tz::UTC, 2),
            &[
                "2013-02-25 degraded 1440 degraded=1440",
                "2013-02-26 degraded 720 degraded=360",
            ],
            Some(1.0),
        );
    }

    #[test]
    fn days_are_those_of_the_zone_and_have_23_or_25_hours_when_the_clocks_change() {
        check(
            &[
                // 23:00 on March 9 and 3:00 on March 10 in Denver.
                ("2013-03-10T06:00:00Z", "major_outage"),
                ("2013-03-10T09:00:00Z", "operational"),
            ],
            (
                "2013-01-01T00:00:00Z",
                "2013-03-11T08:00:00Z",
                Tz::America__Denver,
                3,
            ),
            &[
                "2013-03-09 major_outage 1440 major_outage=60",
                "2013-03-10 major_outage 1380 major_outage=120",
                "2013-03-11 operational 120",
            ],
            Some(1.0 - 3.0 / 49.0),
        );
        check(
            &[],
            (
                "2013-01-01T00:00:00Z",
                "2013-11-04T07:00:00Z",
                Tz::America__Denver,
                2,
            ),
            &["2013-11-03 operational 1500", "2013-11-04 operational 0"],
            Some(1.0),
        );
    }

    #[test]
    fn a_component_began_when_the_site_says_so_else_when_it_was_first_heard_of() {
        let mut component = Component {
            slug: Slug::parse("selma").expect("a slug"),
            name: "Selma".into(),
            group: None,
            description: None,
            position: 0,
            since: None,
            created_at: at("2013-02-26T12:00:00Z"),
            retired_at: None,
            from_file: true,
        };
        let zone = Tz::America__Denver;
        let history = changes(&[("2013-02-24T12:00:00Z", "degraded")]);
        assert_eq!(began(&component, None, zone), at("2013-02-26T12:00:00Z"));
        assert_eq!(
            began(&component, history.first(), zone),
            at("2013-02-24T12:00:00Z")
        );
        component.since = NaiveDate::from_ymd_opt(2013, 2, 25);
        assert_eq!(
            began(&component, history.first(), zone),
            at("2013-02-25T07:00:00Z")
        );
    }
}
