//! Messages to subscribers in English. A pair of texts is what stands before and after something
//! that is emphasised.

use super::hears::Hears;
use crate::domain::headline::named_of;
use crate::domain::incident::Kind;
use crate::render::messages::english::list;

/// The language, as HTML names it.
pub const LANGUAGE: &str = "en";

/// The subject of a trial message.
pub fn trial_subject(site: &str) -> String {
    format!("{site}: a trial message")
}

/// Says that a trial message has arrived.
pub fn trial(site: &str) -> String {
    format!("This is a trial message from {site}. If you can read it, subscribers get theirs, too.")
}

/// Says in a chat that a trial message has arrived.
pub fn trial_in_chat(site: &str) -> String {
    format!("This is a trial message from {site}. What it tells will be posted here.")
}

/// Says in a message that was changed in its place when it was corrected.
pub fn corrected_at(when: &str) -> String {
    format!("Corrected on {when}.")
}

/// Says in a chat that an update was withdrawn.
pub fn update_withdrawn() -> &'static str {
    "An update was withdrawn."
}

/// Says in a chat that a whole incident was withdrawn.
pub fn incident_withdrawn() -> &'static str {
    "A post was withdrawn."
}

/// What follows a list of changes that isn't whole.
pub fn more_changes(more: usize) -> String {
    match more {
        1 => "and 1 more change".to_owned(),
        more => format!("and {more} more changes"),
    }
}

/// The heading of an update without a phase.
pub fn update() -> &'static str {
    "Update"
}

/// The heading of a post among its updates.
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Disruption => "Incident",
        Kind::Maintenance => "Maintenance",
        Kind::Notice => "Notice",
    }
}

/// The heading of a correction.
pub fn correction() -> &'static str {
    "Correction"
}

/// The heading of a reminder.
pub fn reminder() -> &'static str {
    "Reminder"
}

/// Says what a correction corrects: what was written at a time.
pub fn corrects(when: &str) -> String {
    format!("This corrects what we wrote on {when}.")
}

/// Reminds of a maintenance that starts at a time.
pub fn remind(starts: &str) -> String {
    format!("This is a reminder: the maintenance starts on {starts}.")
}

/// A maintenance's start, in a subject.
pub fn starts(when: &str) -> String {
    format!("Starts on {when}")
}

/// A new maintenance's start, in a subject.
pub fn planned(when: &str) -> String {
    format!("Planned for {when}")
}

/// A moved maintenance's start, in a subject.
pub fn now_planned(when: &str) -> String {
    format!("Now planned for {when}")
}

/// When a maintenance takes place; `window` is both ends.
pub fn planned_for(window: &str) -> String {
    format!("Planned for {window}")
}

/// What stands above the states that a maintenance plans.
pub fn when_it_starts() -> &'static str {
    "When it starts:"
}

/// "Selma: Rescue mode → Migrating", or without a state before.
pub fn change(name: &str, before: Option<&str>, after: &str) -> String {
    match before {
        Some(before) => format!("{name}: {before} → {after}"),
        None => format!("{name}: {after}"),
    }
}

/// Changes in a subject, by state: "Selma and Nelson: Degraded, Clark: Maintenance"; `more` are only
/// counted.
pub fn changes(by_state: &[(Vec<String>, String)], more: usize) -> String {
    let parts = by_state.iter();
    let parts = parts.map(|(names, state)| format!("{}: {state}", list(names)));
    let changes = parts.collect::<Vec<_>>().join(", ");
    match more {
        0 => changes,
        more => format!("{changes} and {more} more"),
    }
}

/// What a message is about, in its subject: "Resolved – Selma is down".
pub fn subject(what: &str, title: &str) -> String {
    format!("{what} – {title}")
}

/// A title and the first words of a text, in a subject.
pub fn subject_of_text(title: &str, words: &str) -> String {
    format!("{title}: {words}")
}

/// Says that a component is in the state that it was in before an incident.
pub fn back_to(name: &str, state: &str) -> String {
    format!("{name} is back to {state}")
}

/// What follows a change if a worse state holds.
pub fn overall(state: &str) -> String {
    format!(" (overall {state})")
}

/// What follows a change that was made at another time than the entry that states it.
pub fn changed_at(when: &str) -> String {
    format!(", {when}")
}

/// How long something lasted, with the word for its end: "Resolved after 2 h 10 min".
pub fn lasted(end: &str, duration: &str) -> String {
    format!("{end} after {duration}")
}

/// The link to an incident's page with this many updates.
pub fn read_all(updates: usize) -> String {
    match updates {
        0 | 1 => "See it on the status page".to_owned(),
        updates => format!("Read all {updates} updates"),
    }
}

/// Says that older updates aren't in the message.
pub fn earlier(updates: usize) -> String {
    match updates {
        1 => "1 earlier update is on the status page.".to_owned(),
        updates => format!("{updates} earlier updates are on the status page."),
    }
}

/// The link to a component's page.
pub fn see_component(name: &str) -> String {
    format!("See {name} on the status page")
}

/// The link to the home page.
pub fn see_site() -> &'static str {
    "Open the status page"
}

/// A sentence on other components that don't work.
pub fn still_going_on(sentence: &str) -> String {
    format!("Still going on: {sentence}")
}

/// A component with its state in a sentence: "Selma is migrating".
pub fn reads(name: &str, reads: &str) -> String {
    format!("{name} {reads}")
}

/// Says why somebody gets a message; what they subscribed to stands between.
pub fn because() -> [&'static str; 2] {
    ["You get this because you subscribed to ", ". "]
}

/// What somebody subscribed to who follows the incident that a message is about.
pub fn this_incident() -> &'static str {
    "this incident"
}

/// The link to the choice of what to hear.
pub fn change_what_you_hear() -> &'static str {
    "Change what you hear"
}

/// The link to leave.
pub fn unsubscribe() -> &'static str {
    "Unsubscribe"
}

/// Where to get help; the support's own words stand between.
pub fn need_help() -> [&'static str; 2] {
    ["Need help? Contact ", "."]
}

/// "incidents and maintenance that affect Servers and Mail delivery".
pub fn hears_of(hears: &Hears) -> String {
    let kinds = [
        (hears.incidents, "incidents"),
        (hears.maintenance, "maintenance"),
        (hears.changes, "changes of state"),
    ];
    let kinds = kinds.iter().filter(|(wanted, _)| *wanted);
    let kinds: Vec<String> = kinds.map(|(_, word)| (*word).to_owned()).collect();
    let mut parts = Vec::new();
    if hears.everything && !kinds.is_empty() {
        parts.push(format!("all {}", list(&kinds)));
    } else if !hears.names.is_empty() && !kinds.is_empty() {
        parts.push(format!(
            "{} that affect {}",
            list(&kinds),
            some(&hears.names)
        ));
    }
    let titles: Vec<String> = hears.titles.iter().map(|it| format!("“{it}”")).collect();
    if !titles.is_empty() {
        parts.push(some(&titles));
    }
    match parts.is_empty() {
        true => "what you chose".to_owned(),
        false => parts.join(", and "),
    }
}

/// "Servers and Mail delivery", or "everything".
pub fn subscribed_to(hears: &Hears) -> String {
    let topics = match (hears.everything, hears.names.is_empty()) {
        (true, _) => return "everything".to_owned(),
        (false, true) => hears.titles.iter().map(|it| format!("“{it}”")).collect(),
        (false, false) => hears.names.clone(),
    };
    match topics.is_empty() {
        true => "our messages".to_owned(),
        false => some(&topics),
    }
}

/// The first names of a list, and how many more there are.
fn some(names: &[String]) -> String {
    let shown = named_of(names.len()).min(names.len());
    let mut shown: Vec<String> = names[..shown].to_vec();
    if shown.len() < names.len() {
        shown.push(format!("{} more", names.len() - shown.len()));
    }
    list(&shown)
}

/// The subject of the message that asks to confirm.
pub fn confirm_subject(site: &str) -> String {
    format!("Confirm your subscription to {site}")
}

/// The title of the message that asks to confirm.
pub fn confirm_title() -> &'static str {
    "Confirm your subscription"
}

/// Asks to confirm; what there is to hear of stands between.
pub fn confirm(site: &str) -> [String; 2] {
    [
        format!("Somebody, probably you, asked {site} to send this address messages about "),
        ". If you want to get them, confirm it:".to_owned(),
    ]
}

/// The link that confirms.
pub fn confirm_button() -> &'static str {
    "Confirm the subscription"
}

/// What to do if it was somebody else.
pub fn not_you() -> &'static str {
    "The link works for 7 days. If it wasn’t you, you needn’t do anything: you get no more messages, \
     and we forget the address."
}

/// The subject of the message to somebody who asked once more.
pub fn already_subject(site: &str) -> String {
    format!("You are subscribed to {site} already")
}

/// The title of the message to somebody who asked once more.
pub fn already_title() -> &'static str {
    "You are subscribed already"
}

/// Says that nothing has changed; what they hear of stands between.
pub fn is_already_subscribed() -> [&'static str; 2] {
    [
        "Somebody, probably you, asked once more for messages to this address. It gets them already, \
         so nothing has changed: you hear of ",
        ".",
    ]
}

/// The subject of the message that welcomes.
pub fn welcome_subject(site: &str) -> String {
    format!("You are subscribed to {site}")
}

/// The title of the message that welcomes.
pub fn welcome_title() -> &'static str {
    "You are subscribed"
}

/// Says what they hear of, which stands between.
pub fn is_subscribed() -> [&'static str; 2] {
    ["From now on, you hear of ", "."]
}

/// The heading of a list of open incidents.
pub fn open_now() -> &'static str {
    "Open now"
}

/// Says that no incident is open.
pub fn nothing_open() -> &'static str {
    "There is nothing to report right now."
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_somebody_hears_of_is_said_in_full() {
        let usual = || Hears {
            incidents: true,
            maintenance: true,
            ..Hears::default()
        };
        let check = |hears: &Hears, words: &str, topics: &str| {
            assert_eq!(hears_of(hears), words);
            assert_eq!(subscribed_to(hears), topics);
        };
        let mut all = usual();
        all.everything = true;
        check(&all, "all incidents and maintenance", "everything");
        all.changes = true;
        let words = "all incidents, maintenance and changes of state";
        check(&all, words, "everything");
        let mut some = usual();
        some.maintenance = false;
        some.names = names(&["Servers", "Mail delivery"]);
        let words = "incidents that affect Servers and Mail delivery";
        check(&some, words, "Servers and Mail delivery");
        some.titles = names(&["Selma is down"]);
        let words = "incidents that affect Servers and Mail delivery, and “Selma is down”";
        check(&some, words, "Servers and Mail delivery");
        let mut one = usual();
        one.titles = names(&["Selma is down"]);
        check(&one, "“Selma is down”", "“Selma is down”");
        check(&usual(), "what you chose", "our messages");
    }

    #[test]
    fn many_names_are_counted() {
        let check = |count: usize, said: &str| {
            let letters = ["a", "b", "c", "d", "e"];
            assert_eq!(some(&names(&letters[..count])), said);
        };
        check(1, "a");
        check(4, "a, b, c and d");
        check(5, "a, b, c and 2 more");
    }
}
