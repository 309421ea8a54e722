//! What updates of a maintenance say where nobody writes a text: plain sentences that name the
//! components and the times.

use chrono::{DateTime, Utc};

use super::checks::{self, Known};
use super::{ActionError, Change};
use crate::domain::component_name::full_names;
use crate::domain::headline::named_of;
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::time_style::TimeStyle;
use crate::domain::window::Window;

/// What the sentences about one maintenance have in common.
pub(super) struct Words {
    /// "Maintenance on Selma and Nelson".
    subject: String,
    style: TimeStyle,
    now: DateTime<Utc>,
}

impl Words {
    /// The words for a maintenance.
    pub(super) async fn of(change: &mut Change, incident: &Incident) -> Result<Self, ActionError> {
        let known = checks::known(change).await?;
        Ok(Self {
            subject: subject(&known, &incident.components()),
            style: checks::time_style(change).await?,
            now: change.now,
        })
    }

    pub(super) fn begun(&self) -> String {
        format!("{} has started.", self.subject)
    }

    pub(super) fn completed(&self) -> String {
        format!("{} is complete.", self.subject)
    }

    pub(super) fn cancelled(&self) -> String {
        format!("{} has been cancelled.", self.subject)
    }

    /// It ends at another time than was said.
    pub(super) fn extended(&self, ends: DateTime<Utc>, is_later: bool) -> String {
        let what = if is_later {
            "is taking longer than planned"
        } else {
            "will end earlier than planned"
        };
        format!("{} {what}: until {}.", self.subject, self.time(ends))
    }

    /// It takes place at another time than was said.
    pub(super) fn moved(&self, window: Window) -> String {
        let from = window.starts.map(|at| format!(" from {}", self.time(at)));
        let until = window.ends.map(|at| format!(" until {}", self.time(at)));
        format!(
            "{} has a new time:{}{}.",
            self.subject,
            from.unwrap_or_default(),
            until.unwrap_or_default()
        )
    }

    /// "March 2 at 10:00 pm MST"; with the year, where it isn't this one.
    pub(super) fn time(&self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.style.zone);
        let this_year = self
            .now
            .with_timezone(&self.style.zone)
            .format("%Y")
            .to_string();
        let day = if local.format("%Y").to_string() == this_year {
            local.format("%B %-d")
        } else {
            local.format("%B %-d, %Y")
        };
        format!("{day} at {}", self.style.clock(at))
    }
}

fn subject(known: &Known, components: &[&Slug]) -> String {
    let full = full_names(known.components.iter());
    let name_of = |slug: &Slug| {
        let found = known.components.iter().find(|known| known.slug == *slug);
        let own = found.map_or(slug.as_str(), |component| &component.name);
        escaped(full.get(slug).map_or(own, String::as_str))
    };
    let named = named_of(components.len());
    let mut names: Vec<String> = components
        .iter()
        .take(named)
        .map(|it| name_of(it))
        .collect();
    match components.len().saturating_sub(named) {
        0 => {}
        more => names.push(format!("{more} other components")),
    }
    match names.split_last() {
        None => "The maintenance".to_owned(),
        Some((only, [])) => format!("Maintenance on {only}"),
        Some((last, others)) => format!("Maintenance on {} and {last}", others.join(", ")),
    }
}

/// A name as Markdown that says just that.
fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_punctuation() && !matches!(c, '.' | ',' | '-' | '\'' | '/' | '(' | ')') {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text_and_nothing_else() {
        assert_eq!(escaped("Mail & *more* <b>"), "Mail \\& \\*more\\* \\<b\\>");
        assert_eq!(escaped("Selma (old), 2.0"), "Selma (old), 2.0");
    }
}
