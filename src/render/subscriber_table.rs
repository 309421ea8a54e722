//! Subscribers as a table for spreadsheets (CSV), which an import reads again.

use chrono::{DateTime, SecondsFormat, Utc};

use super::activity_log_csv::push_cells;
use crate::domain::news_kind::NewsKind;
use crate::domain::slug::Slug;
use crate::domain::subscriber_status::SubscriberStatus;
use crate::wire::subscriber::SubscriberBody;
use crate::wire::subscriber_table::{COMPONENTS, EMAIL, GROUPS, INCIDENTS, KINDS, STATUS};

/// A table under construction.
#[derive(Debug)]
pub struct SubscriberTable(String);

impl Default for SubscriberTable {
    /// A table with the names of its columns.
    fn default() -> Self {
        let mut text = String::new();
        let columns = [
            EMAIL,
            COMPONENTS,
            GROUPS,
            INCIDENTS,
            KINDS,
            STATUS,
            "created_at",
            "confirmed_at",
            "paused_at",
            "suppressed_at",
            "suppressed_why",
            "consent",
        ];
        push_cells(&mut text, &columns.map(str::to_owned));
        Self(text)
    }
}

impl SubscriberTable {
    /// Adds a subscriber. Whoever follows everything has no component, group or incident.
    pub fn push(&mut self, subscriber: &SubscriberBody, status: SubscriberStatus) {
        let following = &subscriber.following;
        let some = |names: Vec<String>| match following.everything {
            true => String::new(),
            false => names.join(";"),
        };
        let slugs = |slugs: &[Slug]| some(slugs.iter().map(Slug::to_string).collect());
        let kinds = following.kinds.iter().copied().map(NewsKind::as_str);
        let suppressed = subscriber.suppressed.as_ref();
        let cells = [
            subscriber.address.clone(),
            slugs(&following.components),
            some(following.groups.clone()),
            slugs(&following.incidents),
            kinds.collect::<Vec<_>>().join(";"),
            status.as_str().to_owned(),
            time(Some(subscriber.created_at)),
            time(subscriber.confirmed_at),
            time(subscriber.paused_at),
            time(suppressed.map(|it| it.at)),
            suppressed.map_or_else(String::new, |it| it.why.clone()),
            subscriber.consent.clone(),
        ];
        push_cells(&mut self.0, &cells);
    }

    /// Its size so far.
    pub fn size_bytes(&self) -> usize {
        self.0.len()
    }

    /// The table as CSV text.
    pub fn finish(self) -> String {
        self.0
    }
}

fn time(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(String::new, |at| {
        at.to_rfc3339_opts(SecondsFormat::Secs, true)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::subscriber::FollowingBody;
    use crate::wire::subscriber_table;

    fn subscriber(address: &str, everything: bool) -> SubscriberBody {
        let selma = Slug::parse("selma").expect("a slug");
        SubscriberBody {
            id: "1".to_owned(),
            channel: "email".to_owned(),
            address: address.to_owned(),
            following: FollowingBody {
                everything,
                components: vec![selma],
                groups: vec!["Web; \"old\"".to_owned(), "Mail".to_owned()],
                incidents: Vec::new(),
                kinds: vec![NewsKind::Incidents],
            },
            created_at: DateTime::UNIX_EPOCH,
            confirmed_at: Some(DateTime::UNIX_EPOCH),
            paused_at: None,
            suppressed: None,
            consent: "confirmed".to_owned(),
        }
    }

    #[test]
    fn an_import_reads_what_an_export_wrote() {
        let mut table = SubscriberTable::default();
        let confirmed = SubscriberStatus::Confirmed;
        table.push(&subscriber("+dana@example.com", false), confirmed);
        table.push(&subscriber("lee@example.com", true), confirmed);
        let paused = SubscriberStatus::Paused;
        table.push(&subscriber("kim@example.com", true), paused);
        let text = table.finish();
        assert!(text.contains("\r\n'+dana@example.com,selma,"), "{text}");
        let read = subscriber_table::read(&text).expect("a table");
        let [(_, dana), (_, lee)] = read.rows.as_slice() else {
            panic!("{read:?}");
        };
        assert_eq!(dana.address, "+dana@example.com");
        let following = dana.following.as_ref().expect("something");
        assert_eq!(following.components[0].as_str(), "selma");
        assert_eq!(following.kinds, Some(vec![NewsKind::Incidents]));
        assert_eq!(lee.address, "lee@example.com");
        let following = lee.following.as_ref().expect("something");
        assert!(following.components.is_empty() && following.groups.is_empty());
        assert_eq!(read.refused[0].address, "kim@example.com");
    }
}
