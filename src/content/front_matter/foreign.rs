//! Keys from other systems' front matter, and what to write here instead.

/// What to do about a key of cState, Jekyll, Hugo or the like; `written` is its value as typed.
pub(super) fn help(key: &str, written: &str) -> Option<String> {
    let shown: String = written
        .lines()
        .next()
        .unwrap_or_default()
        .trim_matches(['"', '\''])
        .into();
    let help = match key.to_ascii_lowercase().as_str() {
        "resolved" | "resolution" if shown == "false" => {
            "remove it; a disruption is open until an update says it is resolved".to_owned()
        }
        "resolved" | "resolution" => {
            "to say that it is over, add an entry with its time, \"## UPDATE 2022-03-01 10:00: \
             resolved\"; or a line: phase: resolved"
                .to_owned()
        }
        "resolvedwhen" | "resolved_at" | "resolvedat" if !shown.is_empty() => {
            format!("write it as an entry below the text: \"## UPDATE {shown}: resolved\"")
        }
        "affected" | "systems" | "affectedsystems" => {
            "write it as \"components:\", each with what it became, such as \"api: degraded\""
                .to_owned()
        }
        "severity" => match shown.as_str() {
            "notice" => "add a line: kind: notice".to_owned(),
            "down" => say_state("major_outage"),
            "disrupted" => say_state("partial_outage"),
            _ => say_state("degraded"),
        },
        "informational" if shown == "false" => "remove it".to_owned(),
        "informational" => "add a line: kind: notice".to_owned(),
        "published" if shown == "false" => "add a line: draft: true".to_owned(),
        "permalink" | "url" => {
            "to keep an address, add a line with its last part: slug: …".to_owned()
        }
        "published" | "section" | "layout" | "categories" | "category" | "tags" | "type"
        | "pin" | "aliases" | "lastmod" | "modified" | "comments" | "weight" => {
            "it isn't needed here; remove it".to_owned()
        }
        _ => return None,
    };
    Some(help)
}

fn say_state(state: &str) -> String {
    format!("set it for each component: \"components: {{api: {state}}}\", with its own slug")
}

#[cfg(test)]
mod tests {
    use super::help;

    #[test]
    fn keys_of_other_systems_have_a_word_here() {
        for (key, value, wanted) in [
            ("resolved", "true", "phase: resolved"),
            ("resolved", "false", "remove it"),
            (
                "resolvedWhen",
                "2022-03-01 10:00:00",
                "\"## UPDATE 2022-03-01 10:00:00: resolved\"",
            ),
            ("affected", "", "\"components:\""),
            ("severity", "down", "{api: major_outage}"),
            ("severity", "\"notice\"", "kind: notice"),
            ("informational", "true", "kind: notice"),
            ("published", "false", "draft: true"),
            ("layout", "post", "remove it"),
        ] {
            let said = help(key, value).unwrap_or_default();
            assert!(said.contains(wanted), "{key}: {said}");
        }
        assert_eq!(help("titel", "x"), None);
    }
}
