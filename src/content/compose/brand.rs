//! Writes the `[brand]` table of `site.toml`: the inverse of reading it.

use crate::domain::brand::{Brand, Colour};

/// The table with its heading; empty for a page without a brand.
pub fn brand(brand: &Brand) -> String {
    if brand.is_empty() {
        return String::new();
    }
    let accent = brand.accent.as_ref();
    let dark = accent.and_then(|accent| accent.stated_dark);
    let rows = [
        ("logo", brand.logo.clone()),
        ("logo_dark", brand.logo_dark.clone()),
        ("favicon", brand.favicon.clone()),
        ("accent", accent.map(|accent| accent.light.hex())),
        ("accent_dark", dark.map(Colour::hex)),
    ];
    let mut text = String::from("[brand]\n");
    for (key, value) in rows {
        if let Some(value) = value {
            text.push_str(&format!("{key} = {}\n", quoted(&value)));
        }
    }
    if !brand.links.is_empty() {
        text.push_str("links = [\n");
        for link in &brand.links {
            let (words, url) = (quoted(&link.text), quoted(&link.url));
            text.push_str(&format!("  {{ text = {words}, url = {url} }},\n"));
        }
        text.push_str("]\n");
    }
    text
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
