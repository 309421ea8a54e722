//! Passages as the Markdown of Discord and Mattermost.

use super::html::without_mentions;
use super::markup::Markup;
use super::plain::quote;

/// The Markdown of Discord: a backslash makes a text of whatever sign follows.
pub(super) const DISCORD: Markup = Markup {
    escape: escape_for_discord,
    strong: ["**", "**"],
    emphasis: ["*", "*"],
    struck: ["~~", "~~"],
    code: |text| code(text, escape_for_discord),
    code_block: |text| code_block(text, escape_for_discord),
    link: |text, url| link(text, url),
    quote,
    line_end: "\n",
    blocks_stand_apart: false,
};

/// The Markdown of Mattermost, in which a backslash doesn't help against everything.
pub(super) const MATTERMOST: Markup = Markup {
    escape: escape_for_mattermost,
    strong: ["**", "**"],
    emphasis: ["*", "*"],
    struck: ["~~", "~~"],
    code: |text| code(text, escape_for_mattermost),
    code_block: |text| code_block(text, escape_for_mattermost),
    link: |text, url| link(text, url),
    quote,
    line_end: "\n",
    blocks_stand_apart: false,
};

pub(super) fn escape_for_discord(text: &str) -> String {
    escape(text, "\\`*_~|>#-+[]()<:@&")
}

fn escape_for_mattermost(text: &str) -> String {
    let escaped = escape(text, "\\`*_{}[]()#+-!>~|");
    let mut out = String::with_capacity(escaped.len());
    // The letters since the last colon, if nothing else came since.
    let mut is_name = false;
    let mut letters = 0;
    for c in without_mentions(&escaped).chars() {
        match c {
            // What would be the name of an emoji, or of a sign in HTML, isn't one with a space in it.
            ':' if is_name && letters > 0 => out.push('\u{200b}'),
            // Nor is what would be an address between brackets.
            '&' | '<' => {
                out.push(c);
                out.push('\u{200b}');
                is_name = false;
                continue;
            }
            _ => {}
        }
        out.push(c);
        match c {
            ':' => {
                is_name = true;
                letters = 0;
            }
            c if c.is_ascii_alphanumeric() || "_-+\\".contains(c) => letters += 1,
            _ => is_name = false,
        }
    }
    out
}

/// Puts a backslash before these signs, and before the point that would make a list of a number.
fn escape(text: &str, signs: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut is_number = true;
    for (index, c) in text.chars().enumerate() {
        let ends_number = is_number && index > 0 && c == '.';
        if signs.contains(c) || ends_number {
            out.push('\\');
        }
        is_number = is_number && c.is_ascii_digit();
        out.push(c);
    }
    out
}

/// Code that contains a backquote is written as text: nothing else ends code.
fn code(text: &str, escape: fn(&str) -> String) -> String {
    match text.contains('`') {
        true => escape(text),
        false => format!("`{text}`"),
    }
}

fn code_block(text: &str, escape: fn(&str) -> String) -> String {
    if !text.contains("```") {
        return format!("```\n{text}\n```");
    }
    let lines = text.split('\n').map(|line| escape(line.trim_start()));
    lines.collect::<Vec<_>>().join("\n")
}

/// A link whose URL can't end early. A text that is the URL itself isn't written twice: Discord
/// takes no such link.
pub(super) fn link(text: &str, url: &str) -> String {
    let mut shown = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '(' => shown.push_str("%28"),
            ')' => shown.push_str("%29"),
            '<' => shown.push_str("%3C"),
            '>' => shown.push_str("%3E"),
            '\\' => shown.push_str("%5C"),
            '*' => shown.push_str("%2A"),
            '|' => shown.push_str("%7C"),
            '`' => shown.push_str("%60"),
            c if c.is_whitespace() || c.is_control() => {}
            c => shown.push(c),
        }
    }
    let bare: String = text
        .chars()
        .filter(|c| *c != '\\' && *c != '\u{200b}')
        .collect();
    match bare.contains("://") || bare.starts_with("www.") {
        true => format!("<{shown}>"),
        false => format!("[{text}]({shown})"),
    }
}
