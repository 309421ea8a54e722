//! What calendars, badges and link previews say, in English.

/// The name of a calendar: of the whole site, or `about` a part of it.
pub fn calendar_name(site: &str, about: Option<&str>) -> String {
    match about {
        None => format!("{site}: maintenance"),
        Some(part) => format!("{part}: maintenance – {site}"),
    }
}

/// The title of a maintenance that won't take place.
pub fn cancelled_event(title: &str) -> String {
    format!("Cancelled: {title}")
}

/// The title of a maintenance of which nothing is public any more.
pub fn withdrawn_event() -> &'static str {
    "Cancelled maintenance"
}

/// The components that a maintenance affects.
pub fn affects(names: &[String]) -> String {
    format!("Affects: {}", names.join(", "))
}

/// What a badge says, for those who don't see it.
pub fn badge_title(label: &str, said: &str) -> String {
    format!("{label}: {said}")
}

/// The word of a badge if nothing is listed.
pub fn no_problems() -> &'static str {
    "No problems"
}

/// How something is now, and what was last said of it.
pub fn now(standing: &str, said: &str) -> String {
    match said {
        "" => format!("{standing}."),
        said => format!("{standing}. {said}"),
    }
}

/// How something ended, and how long it took.
pub fn ended_after(ended: &str, length: &str) -> String {
    format!("{ended} after {length}")
}

/// When a maintenance takes place.
pub fn planned_for(window: &str) -> String {
    format!("Planned for {window}")
}

/// What a component is, and since when.
pub fn component_now(name: &str, label: &str, since: Option<&str>) -> String {
    match since {
        Some(since) => format!("{name}: {label} since {since}"),
        None => format!("{name}: {label}"),
    }
}
