//! Which items a feed has: the posts, updates and changes of state that it is about, and their order.

use std::cmp::Reverse;

use crate::domain::component::{Origin, StateChange};
use crate::domain::freshness::{FEED_ITEMS, Freshness};
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::update::Update;
use crate::snapshot::{ComponentHistory, Snapshot};

/// The most recent item comes first. If two are equally recent, the id decides.
pub(super) type Rank<'a> = (Freshness, &'a str);

/// What an item is about.
pub(super) enum Item<'a> {
    Post(&'a Incident),
    Change(&'a ComponentHistory, &'a StateChange),
    Update(&'a Incident, &'a Update),
}

impl<'a> Item<'a> {
    /// What items are ordered by.
    pub(super) fn rank(&self) -> Rank<'a> {
        match self {
            Self::Post(post) => (Freshness::of_post(post), &post.id),
            Self::Change(record, change) => {
                let slug = record.component.slug.as_str();
                (Freshness::of_change(change), slug)
            }
            Self::Update(_, update) => update_rank(update),
        }
    }
}

fn update_rank(update: &Update) -> Rank<'_> {
    (Freshness::of_update(update), &update.id)
}

/// The incidents that may have one of the newest items about these components. As in the feed of the
/// site, few of them need to be read: none has an item that is fresher than its post says.
pub(super) fn newest_about(snapshot: &Snapshot, about: &[Slug]) -> Vec<Incident> {
    let mut posts = snapshot.posts.naming_any(about);
    posts.sort_by_key(|post| Reverse(post.freshest));
    let mut read: Vec<Incident> = Vec::new();
    let mut newest: Vec<Freshness> = Vec::new();
    for some in posts.chunks(FEED_ITEMS) {
        let is_full = newest.len() == FEED_ITEMS;
        if is_full && newest.last() > some.first().map(|post| &post.freshest) {
            break;
        }
        let from = read.len();
        read.extend(some.iter().map(|post| post.read()));
        let items = read[from..].iter().flat_map(|it| items_about(it, about));
        newest.extend(items.map(|item| item.rank().0));
        newest.sort_by_key(|freshness| Reverse(*freshness));
        newest.truncate(FEED_ITEMS);
    }
    read
}

/// Every item of an incident.
pub(super) fn items_of(incident: &Incident) -> impl Iterator<Item = Item<'_>> {
    let post = incident.own_item.then_some(Item::Post(incident));
    let updates = incident.updates.iter();
    let updates = updates.map(move |update| Item::Update(incident, update));
    post.into_iter().chain(updates)
}

/// Whether an update represents the post of its incident, which has no item of its own.
pub(super) fn stands_for_post(incident: &Incident, update: &Update) -> bool {
    let first = incident.updates.iter().map(update_rank).min();
    !incident.own_item && first == Some(update_rank(update))
}

/// The items that were about one of the components when they became public. If an update adds the
/// component to an incident, older items aren't included: they would appear late and out of order.
pub(super) fn items_about<'a>(incident: &'a Incident, about: &[Slug]) -> Vec<Item<'a>> {
    if names(&incident.changes, &incident.mentions, about) {
        return items_of(incident).collect();
    }
    let first = incident
        .updates
        .iter()
        .filter(|update| names(&update.changes, &update.mentions, about))
        .map(update_rank)
        .min();
    let Some(first) = first else {
        return Vec::new();
    };
    let later = incident
        .updates
        .iter()
        .filter(|update| update_rank(update) >= first);
    later.map(|update| Item::Update(incident, update)).collect()
}

/// The component's state changes that belong to no post or update, limited to those that can be
/// among the newest items.
pub(super) fn changes_alone(record: &ComponentHistory) -> Vec<(&ComponentHistory, StateChange)> {
    let mut changes: Vec<StateChange> = record.history.by_hand().collect();
    changes.sort_by_key(|change| Reverse(Freshness::of_change(change)));
    changes.truncate(FEED_ITEMS);
    changes.into_iter().map(|change| (record, change)).collect()
}

fn names(changes: &[StateChange], mentions: &[Slug], about: &[Slug]) -> bool {
    own(changes).any(|change| about.contains(&change.component))
        || mentions.iter().any(|slug| about.contains(slug))
}

/// The changes that somebody stated, without those that follow from the history.
pub(super) fn own(changes: &[StateChange]) -> impl Iterator<Item = &StateChange> {
    changes
        .iter()
        .filter(|change| change.origin != Origin::Restore)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::domain::incident::Kind;
    use crate::domain::incident::example::{at, change, slug};
    use crate::domain::numbers::Numbers;
    use crate::domain::site::SiteSettings;
    use crate::domain::state::States;
    use crate::snapshot::Unpacked;

    /// Incidents that name a component in their post or in one of their updates.
    fn snapshot(numbers: &mut Numbers) -> Snapshot {
        let incidents = (0..400).map(|index| {
            let mut minute = || i64::try_from(numbers.below(20_000)).expect("small");
            let (posted, first, second) = (minute(), minute(), minute());
            let mut incident = Incident::example(Kind::Disruption, posted)
                .said(first, None)
                .said(second, None);
            incident.id = format!("{index:04}");
            incident.slug = slug(&format!("trouble-{index}"));
            incident.updates.sort_by_key(|update| update.at);
            for (index, update) in incident.updates.iter_mut().enumerate() {
                update.id = format!("{}-{index}", incident.id);
            }
            let component = *numbers.pick(&["selma", "nelson", "mail"]);
            let set = |update: Option<&str>| change(component, 1, "degraded", update);
            match numbers.below(3) {
                0 => incident.changes = vec![set(None)],
                1 => incident.updates[0].changes = vec![set(Some("0"))],
                _ => incident.updates[1].changes = vec![set(Some("1"))],
            }
            incident
        });
        Snapshot::of(Unpacked {
            revision: 1,
            as_of: at(30_000),
            site: SiteSettings::example(Tz::UTC),
            states: States::default(),
            components: Vec::new(),
            incidents: incidents.collect(),
        })
    }

    #[test]
    fn the_newest_items_are_found_without_reading_every_incident() {
        let mut numbers = Numbers(7);
        for _ in 0..20 {
            let snapshot = snapshot(&mut numbers);
            for about in [
                &["selma"][..],
                &["nelson", "mail"],
                &["selma", "nelson", "mail"],
            ] {
                let about: Vec<Slug> = about.iter().map(|it| slug(it)).collect();
                let newest = |posts: &[Incident]| {
                    let items = posts.iter().flat_map(|post| items_about(post, &about));
                    let mut ranks: Vec<_> = items
                        .map(|item| (item.rank().0, item.rank().1.to_owned()))
                        .collect();
                    ranks.sort_by(|one, other| other.cmp(one));
                    ranks.truncate(FEED_ITEMS);
                    ranks
                };
                let all = snapshot.posts.naming_any(&about);
                let all: Vec<Incident> = all.into_iter().map(|post| post.read()).collect();
                let some = newest_about(&snapshot, &about);
                assert_eq!(newest(&some), newest(&all));
                assert!(
                    some.len() <= 3 * FEED_ITEMS,
                    "{} of {}",
                    some.len(),
                    all.len()
                );
            }
        }
    }
}
