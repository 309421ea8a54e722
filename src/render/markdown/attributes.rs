//! The attributes of a post's elements: ids, links, titles.

/// Maximum length of an attribute's value; a longer one is cut.
const MAX_BYTES: usize = 2000;

/// Rewrites a local URL. A fragment of the same text gets the prefix of its ids; a file of the
/// content folder gets a URL that works from every page.
pub(super) fn local_url(url: &str, prefix: &str) -> String {
    let url = &url[..url.floor_char_boundary(MAX_BYTES)];
    if let Some(fragment) = url.strip_prefix('#') {
        return format!(
            "#{prefix}{}",
            fragment.strip_prefix(prefix).unwrap_or(fragment)
        );
    }
    media_url(url).unwrap_or_else(|| url.to_owned())
}

/// The URL of a file of the content folder that works from every page, if `url` names such a file.
pub(super) fn media_url(url: &str) -> Option<String> {
    let path = url.trim_start_matches("./").trim_start_matches("../");
    let file = path.strip_prefix("media/")?;
    Some(format!("/media/{file}"))
}

/// Whether a link leads to another site, as far as its form tells.
pub(super) fn is_external(url: &str) -> bool {
    let lower = url.trim_start().to_ascii_lowercase();
    ["http:", "https:", "//", "\\", "/\\"]
        .iter()
        .any(|start| lower.starts_with(start))
}

/// Words in lower case, joined by hyphens.
pub(super) fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().filter(|c| !matches!(c, '\'' | '’')) {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= 80 {
            break;
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// ` name="value"`, or nothing if the value is empty.
pub(super) fn attribute(name: &str, value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    let value = &value[..value.floor_char_boundary(MAX_BYTES)];
    format!(" {name}=\"{}\"", escaped(value))
}

/// The value of an attribute, escaped as it stands in a tag that the sanitiser wrote. Empty if the
/// tag doesn't have it.
pub(super) fn value_in<'a>(tag: &'a str, attribute: &str) -> &'a str {
    let name = format!(" {attribute}=\"");
    let value = tag.split_once(name.as_str()).map_or("", |(_, rest)| rest);
    value.split('"').next().unwrap_or_default()
}

/// Text escaped for HTML, also for use in double quotes.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Whether the value is valid for an attribute whose value isn't checked elsewhere.
pub(super) fn is_valid(attribute: &str, value: &str) -> bool {
    let is_number = |value: &str, most: u32| {
        value.len() <= 5
            && value.bytes().all(|b| b.is_ascii_digit())
            && value.parse().is_ok_and(|number: u32| number <= most)
    };
    match attribute {
        "width" | "height" => is_number(value, 99_999),
        "colspan" | "rowspan" => is_number(value, 100) && value != "0",
        "start" => is_number(value.strip_prefix('-').unwrap_or(value), 99_999),
        "dir" => matches!(value, "ltr" | "rtl" | "auto"),
        "lang" => {
            let mut parts = value.split('-');
            let is_part = |part: &str| {
                (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
            };
            let first = parts.next().unwrap_or_default();
            matches!(first.len(), 2 | 3)
                && first.bytes().all(|b| b.is_ascii_alphabetic())
                && parts.all(is_part)
        }
        "datetime" => is_instant(value),
        _ => true,
    }
}

/// Whether it is a date, or a date and time with an offset, in machine-readable form.
fn is_instant(value: &str) -> bool {
    value.parse::<chrono::NaiveDate>().is_ok()
        || chrono::DateTime::parse_from_rfc3339(value).is_ok()
}
