//! What can be followed: everything, groups, components, single incidents; and kinds of news.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::form::{
    CHANGES, COMPONENT, EVERYTHING, Form, GROUP, INCIDENT, INCIDENTS, KIND, MAINTENANCE, Part,
    SOME, WHAT, wrong_line,
};
use crate::domain::incident::Incident;
use crate::domain::subscriber::{Following, Target};
use crate::snapshot::{ComponentHistory, Snapshot};
use crate::urls;

/// How many names of a group are listed; the others are counted.
const MANY_NAMES: usize = 8;

/// A group of components, or a component without a group.
struct Offer<'a> {
    group: Option<&'a str>,
    components: Vec<&'a ComponentHistory>,
}

/// What can be followed, in the order of the home page.
fn offers(snapshot: &Snapshot) -> Vec<Offer<'_>> {
    let mut offers: Vec<Offer<'_>> = Vec::new();
    for record in snapshot.active_components() {
        let group = record.component.group.as_deref();
        let known = offers.iter_mut().find(|it| it.group == group);
        match known.filter(|_| group.is_some()) {
            Some(offer) => offer.components.push(record),
            None => offers.push(Offer {
                group,
                components: vec![record],
            }),
        }
    }
    offers
}

/// The single incidents among targets, as far as they are still public.
pub(super) fn incidents_of(snapshot: &Snapshot, targets: &BTreeSet<Target>) -> Vec<Incident> {
    let ids = targets.iter().filter_map(|target| match target {
        Target::Incident(id) => Some(id),
        Target::Component(_) | Target::Group(_) => None,
    });
    ids.filter_map(|id| Some(snapshot.posts.find_by_id(id)?.read()))
        .collect()
}

/// The fields for what to follow, and for which kinds of news.
pub(super) fn choices(snapshot: &Snapshot, form: &Form) -> Markup {
    let offers = offers(snapshot);
    let incidents = incidents_of(snapshot, &form.single);
    let is_everything = form.following.everything;
    html! {
        fieldset #(Part::What.id()) tabindex="-1" aria-describedby=[form.described_by(Part::What)] {
            legend { "What you want to hear about" }
            (wrong_line(form, Part::What))
            @if offers.is_empty() && incidents.is_empty() {
                input type="hidden" name=(WHAT) value=(EVERYTHING);
                p { "Everything" }
            } @else {
                div.pills {
                    div {
                        (pill(EVERYTHING, "Everything", is_everything))
                        (pill(SOME, "Only what I use", !is_everything))
                    }
                }
                @if !offers.is_empty() {
                    ul.box.choices {
                        @for offer in &offers { li { (offer_row(snapshot, offer, &form.following)) } }
                    }
                }
            }
        }
        (kinds(snapshot, form))
        @if !incidents.is_empty() {
            fieldset {
                legend { "Single incidents" }
                @for incident in &incidents {
                    @let target = Target::Incident(incident.id.clone());
                    @let is_chosen = form.following.targets.contains(&target);
                    (check(INCIDENT, incident.slug.as_str(), is_chosen, &html! {
                        a href=(urls::incident(&incident.slug)) dir="auto" { (incident.title) }
                    }))
                }
            }
        }
    }
}

/// The names of the groups and components that are followed, in the order of the home page.
pub(super) fn names_of<'a>(snapshot: &'a Snapshot, following: &Following) -> Vec<&'a str> {
    let mut names = Vec::new();
    for offer in offers(snapshot) {
        let group = offer.group.filter(|name| {
            let target = Target::Group((*name).to_owned());
            following.targets.contains(&target)
        });
        names.extend(group);
        let followed = offer.components.into_iter();
        let followed = followed.filter(|it| group.is_none() && follows(following, it));
        names.extend(followed.map(|it| snapshot.component_name(&it.component.slug)));
    }
    names
}

fn follows(following: &Following, record: &ComponentHistory) -> bool {
    let target = Target::Component(record.component.slug.clone());
    following.targets.contains(&target)
}

fn offer_row(snapshot: &Snapshot, offer: &Offer<'_>, following: &Following) -> Markup {
    let single = |record: &ComponentHistory, is_strong: bool| {
        let slug = &record.component.slug;
        let name = snapshot.component_name(slug);
        check(
            COMPONENT,
            slug.as_str(),
            follows(following, record),
            &match is_strong {
                true => html! { strong dir="auto" { (name) } },
                false => html! { bdi { (name) } },
            },
        )
    };
    let Some(group) = offer.group else {
        return html! { @for record in &offer.components { (single(record, true)) } };
    };
    let is_whole = following.targets.contains(&Target::Group(group.to_owned()));
    let has_some = offer.components.iter().any(|it| follows(following, it));
    html! {
        (check(GROUP, group, is_whole, &html! {
            strong dir="auto" { (group) } " · " (names(offer))
        }))
        details open[has_some && !is_whole] {
            summary { "Choose single ones" span.unseen { " of " (group) } }
            @for record in &offer.components { (single(record, false)) }
        }
    }
}

fn names(offer: &Offer<'_>) -> Markup {
    let more = offer.components.len().saturating_sub(MANY_NAMES);
    html! {
        @for (place, record) in offer.components.iter().take(MANY_NAMES).enumerate() {
            @if place > 0 { ", " }
            bdi { (record.component.name) }
        }
        @if more > 0 { " and " (more) " more" }
    }
}

fn kinds(snapshot: &Snapshot, form: &Form) -> Markup {
    let following = &form.following;
    let maintenance = maintenance(&snapshot.site.delivery.remind_minutes);
    let changes = "Changes of a component’s state that come without an incident";
    html! {
        fieldset.kinds #(Part::Kinds.id()) tabindex="-1"
            aria-describedby=[form.described_by(Part::Kinds)] {
            legend.unseen { "Which kinds of news" }
            (wrong_line(form, Part::Kinds))
            (check(KIND, INCIDENTS, following.incidents, &html! { "Incidents" }))
            (check(KIND, MAINTENANCE, following.maintenance, &html! { (maintenance) }))
            (check(KIND, CHANGES, following.changes, &html! { (changes) }))
        }
    }
}

/// "Planned maintenance, a day before and an hour before".
pub(super) fn maintenance(remind_minutes: &[i64]) -> String {
    let before = |minutes: &i64| format!("{} before", length(*minutes));
    let reminders: Vec<String> = remind_minutes.iter().map(before).collect();
    match reminders.as_slice() {
        [] => "Planned maintenance".to_owned(),
        [one] => format!("Planned maintenance, {one}"),
        [some @ .., last] => format!("Planned maintenance, {} and {last}", some.join(", ")),
    }
}

/// A length of time in words: "a day", "an hour", "90 minutes".
fn length(minutes: i64) -> String {
    match minutes {
        1440 => "a day".to_owned(),
        60 => "an hour".to_owned(),
        1 => "a minute".to_owned(),
        days if days % 1440 == 0 => format!("{} days", days / 1440),
        hours if hours % 60 == 0 => format!("{} hours", hours / 60),
        minutes => format!("{minutes} minutes"),
    }
}

fn pill(value: &str, label: &str, is_chosen: bool) -> Markup {
    html! {
        label {
            input type="radio" name=(WHAT) value=(value) checked[is_chosen];
            span { (label) }
        }
    }
}

fn check(name: &str, value: &str, is_checked: bool, label: &Markup) -> Markup {
    html! {
        label.switch {
            input type="checkbox" name=(name) value=(value) checked[is_checked];
            span { (label) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reminders_are_named_by_how_long_before_they_come() {
        for (minutes, text) in [
            (&[][..], "Planned maintenance"),
            (&[60], "Planned maintenance, an hour before"),
            (
                &[1440, 60],
                "Planned maintenance, a day before and an hour before",
            ),
            (
                &[10080, 120, 90, 1],
                "Planned maintenance, 7 days before, 2 hours before, 90 minutes before and a \
                 minute before",
            ),
        ] {
            assert_eq!(maintenance(minutes), text);
        }
    }
}
