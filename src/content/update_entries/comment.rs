//! The one comment under a header that holds what only machines need:
//! `<!-- id: 0195…; author: Tyler; edited_at: 2013-02-26T10:00:00Z; restore: no -->`.

use chrono::{DateTime, Utc};

use crate::domain::slug::Slug;
use crate::domain::update::Precision;
use crate::domain::window::Window;

/// What a comment says about its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::content) struct Comment {
    pub(in crate::content) id: Option<String>,
    pub(in crate::content) author: Option<String>,
    pub(in crate::content) edited_at: Option<DateTime<Utc>>,
    pub(in crate::content) public_at: Option<DateTime<Utc>>,
    pub(in crate::content) restore: bool,
    /// The maintenance window, as far as the update moves it.
    pub(in crate::content) window: Window,
    /// The instant, if the header can't express it.
    pub(in crate::content) at: Option<DateTime<Utc>>,
    /// The precision, if the header can't express it.
    pub(in crate::content) precision: Option<Precision>,
    /// The time as it was once typed.
    pub(in crate::content) written: Option<String>,
    /// Components that the update only names.
    pub(in crate::content) names: Vec<Slug>,
}

impl Default for Comment {
    fn default() -> Self {
        Self {
            id: None,
            author: None,
            edited_at: None,
            public_at: None,
            restore: true,
            window: Window::default(),
            at: None,
            precision: None,
            written: None,
            names: Vec::new(),
        }
    }
}

/// Whether a comment only marks the end of an update.
pub(super) fn is_end_of_update(html: &str) -> bool {
    inner(html).is_some_and(|inner| inner.trim().eq_ignore_ascii_case("end of update"))
}

fn inner(html: &str) -> Option<&str> {
    html.trim().strip_prefix("<!--")?.strip_suffix("-->")
}

/// Reads a comment; `None` if it isn't one of this kind. The list holds the fields that can't be
/// understood, for a warning.
pub(super) fn parse(html: &str) -> Option<(Comment, Vec<String>)> {
    let inner = inner(html)?;
    if inner.len() > 10_000 {
        return None;
    }
    let mut comment = Comment::default();
    let mut bad = Vec::new();
    let mut any = false;
    for field in fields(inner) {
        let field = field.trim();
        if field.is_empty() {
            continue;
        }
        let (key, value) = field.split_once(':')?;
        let value = unquote(value.trim());
        match set(&mut comment, key.trim(), &value) {
            Some(true) => {}
            Some(false) => bad.push(field.to_owned()),
            None => return None,
        }
        any = true;
    }
    any.then_some((comment, bad))
}

/// Sets a field. `None`: no field has that name. `Some(false)`: the value isn't valid.
fn set(comment: &mut Comment, key: &str, value: &str) -> Option<bool> {
    let instant = || {
        DateTime::parse_from_rfc3339(value)
            .ok()
            .map(|at| at.with_timezone(&Utc))
    };
    Some(match key {
        "id" => {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            let good = !value.is_empty() && value.len() <= 100 && value.bytes().all(plain);
            comment.id = good.then(|| value.to_owned());
            good
        }
        "author" => {
            comment.author = Some(value.to_owned()).filter(|value| !value.is_empty());
            true
        }
        "edited_at" => {
            comment.edited_at = instant();
            comment.edited_at.is_some()
        }
        "public_at" => {
            comment.public_at = instant();
            comment.public_at.is_some()
        }
        "at" => {
            comment.at = instant();
            comment.at.is_some()
        }
        "precision" => {
            comment.precision = Precision::parse(value);
            comment.precision.is_some()
        }
        "written" => {
            comment.written = Some(value.to_owned());
            true
        }
        "restore" => {
            comment.restore = !matches!(value, "no" | "false");
            matches!(value, "no" | "false" | "yes" | "true")
        }
        "starts" => {
            comment.window.starts = instant();
            comment.window.starts.is_some()
        }
        "ends" => {
            comment.window.ends = instant();
            comment.window.ends.is_some()
        }
        "names" => {
            let slugs: Result<Vec<_>, _> = value
                .split(',')
                .map(|slug| Slug::parse(slug.trim()))
                .collect();
            let good = slugs.is_ok();
            comment.names = slugs.unwrap_or_default();
            good
        }
        _ => return None,
    })
}

/// Splits at semicolons and line ends outside quotes.
fn fields(text: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' | '\n' if !quoted => {
                fields.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    fields.push(&text[start..]);
    fields
}

fn unquote(value: &str) -> String {
    if value.starts_with('"') {
        serde_json::from_str(value).unwrap_or_else(|_| value.to_owned())
    } else {
        value.to_owned()
    }
}

/// Writes a value so that [`parse`] reads it back and it can't end the comment.
fn quote(value: &str) -> String {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, ' ' | ',' | '.' | '/' | ':' | '+' | '_');
    let simple = !value.is_empty() && value.trim() == value && value.chars().all(plain);
    // Single hyphens can't end a comment.
    if simple
        || (!value.is_empty()
            && !value.contains("--")
            && value.trim() == value
            && !value.starts_with('-')
            && !value.ends_with('-')
            && value.chars().all(|c| plain(c) || c == '-'))
    {
        return value.to_owned();
    }
    serde_json::Value::from(value)
        .to_string()
        .replace('-', "\\u002d")
        .replace('>', "\\u003e")
        .replace('<', "\\u003c")
        .replace('\u{7f}', "\\u007f")
}

/// Writes a comment; empty if there is nothing to say.
pub(in crate::content) fn render(comment: &Comment) -> String {
    let instant = |at: DateTime<Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
    let mut fields = Vec::new();
    let mut add = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            fields.push(format!("{key}: {value}"));
        }
    };
    add("id", comment.id.clone());
    add("author", comment.author.as_deref().map(quote));
    add("edited_at", comment.edited_at.map(instant));
    add("public_at", comment.public_at.map(instant));
    add("restore", (!comment.restore).then(|| "no".to_owned()));
    add("starts", comment.window.starts.map(instant));
    add("ends", comment.window.ends.map(instant));
    add("at", comment.at.map(instant));
    add(
        "precision",
        comment.precision.map(|p| p.as_str().to_owned()),
    );
    add("written", comment.written.as_deref().map(quote));
    let names: Vec<_> = comment.names.iter().map(Slug::as_str).collect();
    add("names", (!names.is_empty()).then(|| names.join(", ")));
    if fields.is_empty() {
        return String::new();
    }
    format!("<!-- {} -->", fields.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks what a comment's fields are when written again, and which can't be understood.
    #[track_caller]
    fn check(inner: &str, wanted: &str, bad: &[&str]) {
        let (comment, found) = parse(&format!("<!-- {inner} -->")).expect("a comment");
        assert_eq!(found, bad, "{inner}");
        let wanted = match wanted {
            "" => String::new(),
            fields => format!("<!-- {fields} -->"),
        };
        assert_eq!(render(&comment), wanted, "{inner}");
    }

    #[test]
    fn each_field_is_read_and_written() {
        for fields in [
            "id: a-1_B",
            "author: Tyler",
            "edited_at: 2013-02-26T10:00:00Z",
            "public_at: 2013-02-26T10:00:00.500Z",
            "restore: no",
            "starts: 2013-02-26T10:00:00Z",
            "ends: 2013-02-26T10:00:00Z",
            "at: 2013-02-26T10:00:00Z",
            "precision: day",
            "written: 2/26/13",
            "names: selma, nelson",
            "id: a; author: Tyler; names: selma",
        ] {
            check(fields, fields, &[]);
        }
        check(
            "id: a;; author: Tyler\n names: selma;",
            "id: a; author: Tyler; names: selma",
            &[],
        );
        check("restore: false", "restore: no", &[]);
        check("restore: yes", "", &[]);
        check("restore: true", "", &[]);
    }

    #[test]
    fn a_value_that_is_not_valid_is_told() {
        for field in [
            "id:",
            "id: a b",
            "edited_at: today",
            "public_at: today",
            "restore: perhaps",
            "starts: today",
            "ends: today",
            "at: today",
            "precision: hour",
            "names: Selma!",
        ] {
            check(field, "", &[field]);
        }
        let long = format!("id: {}", "a".repeat(100));
        check(&long, &long, &[]);
        check(&format!("{long}a"), "", &[&format!("{long}a")]);
    }

    #[test]
    fn values_are_quoted_where_they_could_end_a_field_or_the_comment() {
        for author in [
            "Tyler",
            "Tyler Smith, A/B: 1+1_2.",
            "Jean-Luc",
            "\"\"",
            "\" Tyler\"",
            "\"\\u002dTyler\"",
            "\"Tyler\\u002d\"",
            "\"a\\u002d\\u002db\"",
            "\"a; b\"",
            "\"a \\\"b\\\"; c\"",
            "\"a \\\"; b\"",
            "\"a\\\\\"",
            "\"a\\u003eb\"",
        ] {
            let field = format!("written: {author}");
            check(&field, &field, &[]);
        }
        check("author: \"Tyler\"; id: a", "id: a; author: Tyler", &[]);
        check("author: \"\"", "", &[]);
    }

    #[test]
    fn a_comment_for_people_is_none() {
        for html in [
            "<!-- id -->",
            "<!-- note: one -->",
            "<!-- -->",
            "<!-- id: a",
            "id: a -->",
        ] {
            assert_eq!(parse(html), None, "{html}");
        }
    }
}
