//! When an incident was over, and how long it lasted.

use chrono::{DateTime, Duration, Utc};

use super::incident::{CLOCK_TOLERANCE, Incident, Kind};
use super::update::{KnownInstant, Phase, Precision};

/// The span of time that an incident lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasted {
    /// When it began.
    pub from: KnownInstant,
    /// When it was over.
    pub to: KnownInstant,
}

impl Lasted {
    /// Its length, if both ends are known to the minute.
    pub fn length(&self) -> Option<Duration> {
        let is_exact = |(_, precision): KnownInstant| precision == Precision::Minute;
        (is_exact(self.from) && is_exact(self.to)).then(|| self.to.0 - self.from.0)
    }
}

impl Incident {
    /// When it was over for good, as of `now`; `None` if it isn't over. What comes after the end,
    /// such as a postmortem, doesn't move it.
    pub fn ended(&self, now: DateTime<Utc>) -> Option<KnownInstant> {
        let said = self.updates.iter().filter_map(|update| {
            let is_due = update.at <= now + CLOCK_TOLERANCE;
            let phase = update.phase.filter(|_| is_due)?;
            Some((phase, (update.at, update.precision)))
        });
        let mut is_said = false;
        let mut ended = None;
        for (phase, known) in said {
            is_said = true;
            ended = phase.is_final().then(|| ended.unwrap_or(known));
        }
        if is_said {
            return ended;
        }
        self.stated_phase?.is_final().then(|| self.stated_end(now))
    }

    /// When it was over, if only its post says so: at its window's end if that has come, else at
    /// its last entry.
    fn stated_end(&self, now: DateTime<Utc>) -> KnownInstant {
        if let Some(ends) = self.window().ends.filter(|ends| *ends <= now) {
            return (ends, Precision::Minute);
        }
        let last = self.updates.last();
        last.map_or((self.published_at, self.precision), |last| {
            (last.at, last.precision)
        })
    }

    /// The span of time that it lasted, if it is over and took time. A notice has none, and neither
    /// has a cancelled maintenance.
    pub fn lasted(&self, now: DateTime<Utc>) -> Option<Lasted> {
        let is_cancelled = self
            .updates
            .iter()
            .any(|update| update.phase == Some(Phase::Cancelled));
        let to = self.ended(now)?;
        let from = match self.kind {
            Kind::Notice => return None,
            Kind::Maintenance if is_cancelled || self.stated_phase == Some(Phase::Cancelled) => {
                return None;
            }
            Kind::Maintenance => self.begun()?,
            Kind::Disruption => self.started_known(),
        };
        (to.0 > from.0).then_some(Lasted { from, to })
    }

    /// When a maintenance began: as staff or the clock said, else when its window opened.
    fn begun(&self) -> Option<KnownInstant> {
        let said = self.said_to_begin();
        said.or_else(|| Some((self.window().starts?, Precision::Minute)))
    }

    /// When staff or the clock said that a maintenance begins, whatever its window.
    fn said_to_begin(&self) -> Option<KnownInstant> {
        let mut updates = self.updates.iter();
        let said = updates.find(|update| update.phase == Some(Phase::InProgress))?;
        let is_maintenance = self.kind == Kind::Maintenance;
        is_maintenance.then_some((said.at, said.precision))
    }

    /// When it began: a maintenance as staff or the clock said, and everything else as
    /// [`Incident::started`].
    pub fn began(&self) -> DateTime<Utc> {
        self.started_known().0
    }

    /// The same, with its precision.
    pub fn started_known(&self) -> KnownInstant {
        if let Some(known) = self.said_to_begin() {
            return known;
        }
        let at = self.started();
        if at == self.published_at {
            return (at, self.precision);
        }
        let first = self.updates.first().filter(|first| first.at == at);
        (at, first.map_or(Precision::Minute, |first| first.precision))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::example::at;

    const RESOLVED: Option<Phase> = Some(Phase::Resolved);

    /// The minute in which it was over, and from which to which it lasted.
    #[track_caller]
    fn check(incident: &Incident, now: i64, ended: Option<i64>, lasted: Option<(i64, i64)>) {
        let minute = |(at, _): KnownInstant| at.timestamp() / 60;
        assert_eq!(incident.ended(at(now)).map(minute), ended);
        let found = incident.lasted(at(now));
        assert_eq!(found.map(|it| (minute(it.from), minute(it.to))), lasted);
    }

    #[test]
    fn it_is_over_with_the_first_word_of_that_unless_it_is_opened_again() {
        let open = Incident::example(Kind::Disruption, 60).said(70, Some(Phase::Identified));
        check(&open, 100, None, None);
        let over = open.said(80, RESOLVED).said(90, None);
        // A quarter of an hour ahead of the clock is due.
        check(&over, 64, None, None);
        check(&over, 65, Some(80), Some((60, 80)));
        let told = over.said(95, Some(Phase::Postmortem));
        check(&told, 200, Some(80), Some((60, 80)));
        let again = told.said(100, Some(Phase::Monitoring));
        check(&again, 200, None, None);
        check(&again.said(110, RESOLVED), 200, Some(110), Some((60, 110)));
    }

    #[test]
    fn if_only_the_post_says_so_it_is_over_with_its_window_or_its_last_entry() {
        let post = || Incident::example(Kind::Disruption, 60).stated(Phase::Resolved);
        check(&post(), 100, Some(60), None);
        check(&post().said(80, None), 100, Some(80), Some((60, 80)));
        let work = Incident::example(Kind::Maintenance, 60).within(Some(100), Some(200));
        let done = work.clone().stated(Phase::Completed).said(150, None);
        check(&done, 300, Some(200), Some((100, 200)));
        check(&work.clone().stated(Phase::Scheduled), 300, None, None);
        // It was over before its window closed.
        let early = work.stated(Phase::Completed);
        check(&early, 150, Some(60), None);
        check(&early.said(140, None), 150, Some(140), Some((100, 140)));
    }

    #[test]
    fn a_maintenance_lasts_from_when_it_began_and_not_at_all_if_it_was_cancelled() {
        let work = || Incident::example(Kind::Maintenance, 60).within(Some(100), Some(200));
        let completed = Some(Phase::Completed);
        check(
            &work().said(180, completed),
            300,
            Some(180),
            Some((100, 180)),
        );
        let begun = work().said(80, None).said(90, Some(Phase::InProgress));
        let done = begun.clone().said(180, completed);
        check(&done, 300, Some(180), Some((90, 180)));
        let stopped = begun.said(180, Some(Phase::Cancelled));
        check(&stopped, 300, Some(180), None);
        check(&work().stated(Phase::Cancelled), 300, Some(200), None);
        let without_start = Incident::example(Kind::Maintenance, 60).said(180, completed);
        check(&without_start, 300, Some(180), None);
    }

    #[test]
    fn what_takes_no_time_or_is_a_notice_doesnt_last() {
        let moment = Incident::example(Kind::Disruption, 60).said(60, RESOLVED);
        check(&moment, 100, Some(60), None);
        let notice = Incident::example(Kind::Notice, 60).said(80, RESOLVED);
        check(&notice, 100, Some(80), None);
    }

    #[test]
    fn a_length_is_told_only_if_both_ends_are_known_to_the_minute() {
        let check = |first: Precision, last: Precision, minutes: Option<i64>| {
            let mut incident = Incident::example(Kind::Disruption, 60).said(50, None);
            incident.last_put().precision = first;
            incident = incident.said(80, RESOLVED);
            incident.last_put().precision = last;
            let lasted = incident.lasted(at(100)).expect("it lasted");
            assert_eq!(lasted.from, (at(50), first));
            assert_eq!(lasted.length().map(|it| it.num_minutes()), minutes);
        };
        check(Precision::Minute, Precision::Minute, Some(30));
        check(Precision::Day, Precision::Minute, None);
        check(Precision::Minute, Precision::Day, None);
    }

    #[test]
    fn its_start_is_known_as_exactly_as_what_it_comes_from() {
        let mut post = Incident::example(Kind::Disruption, 60).said(70, None);
        post.precision = Precision::Day;
        assert_eq!(post.started_known(), (at(60), Precision::Day));
        let mut early = post.clone().said(80, None);
        early.updates[0].at = at(50);
        early.updates[0].precision = Precision::None;
        assert_eq!(early.started_known(), (at(50), Precision::None));
        let mut work = Incident::example(Kind::Maintenance, 60).within(Some(100), None);
        work.precision = Precision::Day;
        let told = work.said(70, None);
        assert_eq!(told.started_known(), (at(100), Precision::Minute));
        let mut begun = told.said(80, None);
        begun.updates[0].precision = Precision::Day;
        assert_eq!(begun.started_known(), (at(100), Precision::Minute));
    }
}
