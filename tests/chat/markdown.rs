//! The text and links that a service's Markdown shows.

/// What Markdown shows.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) text: String,
    pub(super) links: Vec<String>,
    /// The text outside code, in which services look for names.
    pub(super) prose: String,
    /// Signs that would be taken for markup which nobody meant.
    pub(super) odd: Vec<String>,
}

/// What a service does with Markdown.
pub(super) struct Dialect {
    /// The signs of which a backslash makes text.
    pub(super) escapable: fn(char) -> bool,
    /// Signs that mean something by themselves.
    pub(super) special: &'static str,
}

/// Reads Markdown.
pub(super) fn shown(text: &str, dialect: &Dialect) -> Shown {
    let mut shown = Shown::default();
    let mut in_block = false;
    for line in text.split('\n') {
        if line == "```" {
            in_block = !in_block;
            continue;
        }
        if in_block {
            shown.text.push_str(line);
        } else {
            read_line(line, dialect, &mut shown);
        }
        shown.text.push('\n');
        shown.prose.push('\n');
    }
    if in_block {
        shown.odd.push("code without an end".to_owned());
    }
    shown
}

fn read_line(line: &str, dialect: &Dialect, shown: &mut Shown) {
    let line = line.strip_prefix("> ").unwrap_or(line);
    let bare = line.trim_start();
    if ["# ", "## ", "### ", "- ", "* ", "+ ", "> ", ">>> ", "-# "]
        .iter()
        .any(|start| bare.starts_with(start))
        || line.starts_with("    ")
        || line.starts_with('\t')
    {
        shown
            .odd
            .push(format!("a line of another kind: {bare:.12}"));
    }
    let chars: Vec<char> = line.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let next = chars.get(at + 1).copied();
        let starts = |text: &str| {
            let end = (at + text.chars().count()).min(chars.len());
            chars[at..end].iter().collect::<String>() == text
        };
        match c {
            '\\' if next.is_some_and(dialect.escapable) => {
                put(shown, next.unwrap_or_default());
                at += 2;
            }
            '`' => {
                let end = chars[at + 1..].iter().position(|it| *it == '`');
                let Some(end) = end else {
                    shown.odd.push("code without an end".to_owned());
                    return;
                };
                shown.text.extend(&chars[at + 1..at + 1 + end]);
                at += end + 2;
            }
            '*' => at += if starts("**") { 2 } else { 1 },
            '~' if starts("~~") => at += 2,
            '[' => at += 1,
            ']' if next == Some('(') => {
                let url: String = chars[at + 2..].iter().take_while(|c| **c != ')').collect();
                at += url.chars().count() + 3;
                shown.links.push(url);
            }
            '<' if starts("<http") => {
                let url: String = chars[at + 1..].iter().take_while(|c| **c != '>').collect();
                at += url.chars().count() + 2;
                shown.text.push_str(&url);
                shown.links.push(url);
            }
            c if dialect.special.contains(c) => {
                shown.odd.push(format!("a bare {c}"));
                put(shown, c);
                at += 1;
            }
            c => {
                put(shown, c);
                at += 1;
            }
        }
    }
}

fn put(shown: &mut Shown, c: char) {
    shown.text.push(c);
    shown.prose.push(c);
}
