//! When an incident was over, and how long it lasted.

use chrono::{DateTime, Duration, Utc};

use super::incident::{CLOCK_TOLERANCE, Incident, Kind};
use super::update::{KnownInstant, Phase, Precision};

/// From when until when an incident lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasted {
    /// When it began.
    pub from: KnownInstant,
    /// When it was over.
    pub to: KnownInstant,
}

impl Lasted {
    /// How long that is, if both ends are known to the minute.
    pub fn length(&self) -> Option<Duration> {
        let is_exact = |(_, precision): KnownInstant| precision == Precision::Minute;
        (is_exact(self.from) && is_exact(self.to)).then(|| self.to.0 - self.from.0)
    }
}

impl Incident {
    /// When it was over for good, as of `now`; `None` while it isn't. What comes after the end,
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
        self.stated_phase?.is_final().then(|| self.stated_end())
    }

    /// When it was over, if only its post says that it is: with its window, else with its last entry.
    fn stated_end(&self) -> KnownInstant {
        if let Some(ends) = self.window().ends {
            return (ends, Precision::Minute);
        }
        let last = self.updates.last();
        last.map_or((self.published_at, self.precision), |last| {
            (last.at, last.precision)
        })
    }

    /// From when until when it lasted, if it is over and took time. A notice doesn't last, nor does
    /// work that was cancelled.
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

    /// When a maintenance began: as somebody or the clock said, else with its window.
    fn begun(&self) -> Option<KnownInstant> {
        let mut updates = self.updates.iter();
        let said = updates.find(|update| update.phase == Some(Phase::InProgress));
        let said = said.map(|update| (update.at, update.precision));
        said.or_else(|| Some((self.window().starts?, Precision::Minute)))
    }

    /// [`Incident::started`], and how exactly that is known.
    pub fn started_known(&self) -> KnownInstant {
        let at = self.started();
        if at == self.published_at {
            return (at, self.precision);
        }
        let first = self.updates.first().filter(|first| first.at == at);
        (at, first.map_or(Precision::Minute, |first| first.precision))
    }
}
