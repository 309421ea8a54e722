//! Markdown to safe HTML, and to plain text.
//!
//! CommonMark with tables, footnotes, strikethrough and smart punctuation. Whatever the text
//! contains, the result has passed the sanitiser's list of allowed elements.

use ammonia::{Url, UrlRelative};
use pulldown_cmark::html;

use self::shape::Shaper;

mod attributes;
mod bare_links;
mod comments;
mod dialect;
mod finish;
mod for_mail;
mod html_text;
mod nesting;
mod notes;
mod parts;
mod passages;
mod plain;
mod raw_html;
mod sanitiser;
mod shape;
mod typed;

pub use self::comments::without_comments;
pub use self::passages::{Passage, PassageKind, Span, Style, without_controls};
pub use self::plain::{first_sentences, plain_text};
pub use self::typed::{as_typed, of_corrected, of_typed, unwrapped};

/// Sanitised HTML: the only way in which raw HTML enters a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// The HTML as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The level of a post's highest headings if the text is in a section of its own: the page has
/// the first level, the section the second.
pub const TOP_HEADING: u8 = 3;

/// Prefix of the ids of headings in an incident's post on its page.
pub const POST_ANCHOR: &str = "post-";

/// Renders Markdown as HTML for a page. The highest headings get the level `top`, and deeper ones
/// follow without a gap. `prefix` begins every id, so that two texts on one page don't collide.
/// Relative links stay relative, except those to pictures and files of the content folder
/// (`media/…`), which get URLs that work from every page.
pub fn to_html(markdown: &str, prefix: &str, top: u8) -> SafeHtml {
    SafeHtml(sanitised(
        markdown,
        prefix,
        top,
        UrlRelative::PassThrough,
        &[],
    ))
}

/// Attributes that only matter on the page or to browsers. Feed readers drop or reject them.
const PAGE_ATTRIBUTES: [&str; 6] = ["aria-label", "class", "id", "loading", "role", "tabindex"];

/// Like [`to_html`], for feeds: every URL is absolute, and nothing depends on the page.
/// `base_url` is the URL of the text's page (or of the site, if that makes no difference).
pub fn to_html_absolute(markdown: &str, base_url: &str, prefix: &str) -> SafeHtml {
    SafeHtml(absolute(markdown, base_url, prefix, TOP_HEADING))
}

/// Like [`to_html_absolute`], for mail: a picture becomes a link to it. So opening a message loads
/// nothing, and tells nobody that it was opened. The highest headings get the level `top`.
pub fn to_html_for_mail(markdown: &str, base_url: &str, prefix: &str, top: u8) -> SafeHtml {
    let html = absolute(markdown, base_url, prefix, top);
    SafeHtml(for_mail::without_pictures(&html))
}

/// The plain text of HTML. Unlike [`plain_text`], it keeps the URLs of links, and quotations, tables
/// and code as they are written in plain text.
pub fn html_as_text(html: &SafeHtml) -> String {
    html_text::text_of_html(html.as_str())
}

/// A text as passages, for services with a markup of their own. `base_url` is the URL of the text's
/// page.
pub fn passages(markdown: &str, base_url: &str) -> Vec<Passage> {
    let html = to_html_for_mail(markdown, base_url, "", TOP_HEADING);
    passages::of_html(html.as_str())
}

fn absolute(markdown: &str, base_url: &str, prefix: &str, top: u8) -> String {
    let relative = match Url::parse(base_url) {
        Ok(base) => UrlRelative::RewriteWithBase(base),
        Err(_) => UrlRelative::Deny,
    };
    sanitised(markdown, prefix, top, relative, &PAGE_ATTRIBUTES)
}

/// `without` lists attributes to omit; headings then get no links to themselves, either.
fn sanitised(
    markdown: &str,
    prefix: &str,
    top: u8,
    relative: UrlRelative<'static>,
    without: &'static [&str],
) -> String {
    let shaped = Shaper::new(prefix, top, without.is_empty()).shape(bare_links::linked(
        markdown,
        dialect::parser(markdown).into_offset_iter(),
    ));
    let mut unsafe_html = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut unsafe_html, shaped.events.into_iter());
    let html = sanitiser::cleaned(&in_pieces(&unsafe_html), shaped.ids, without, relative);
    finish::finished(&html)
}

/// Maximum length of a text between two tags that the sanitiser gets in one piece, in bytes.
const PIECE_BYTES: usize = 1024;

/// Splits long texts with empty comments, which the sanitiser drops. Its time for one text grows
/// with the text's length times its number of ampersands.
fn in_pieces(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 64);
    let mut rest = html;
    while rest.len() > PIECE_BYTES {
        // The end of this text or of a tag; neither contains `<`.
        let end = rest[1..].find('<').map_or(rest.len(), |offset| offset + 1);
        let (mut text, after) = rest.split_at(end);
        if let Some(tag_end) = text.starts_with('<').then(|| text.find('>')).flatten() {
            let (tag, inner) = text.split_at(tag_end + 1);
            out.push_str(tag);
            text = inner;
        }
        while text.len() > PIECE_BYTES {
            let from = text.floor_char_boundary(PIECE_BYTES);
            // Never splits an entity.
            let is_seam = |c: char| c == '&' || !c.is_ascii_alphanumeric() && c != '#' && c != ';';
            let cut = text[from..]
                .find(is_seam)
                .map_or(text.len(), |offset| from + offset);
            let (piece, others) = text.split_at(cut);
            out.push_str(piece);
            out.push_str("<!---->");
            text = others;
        }
        out.push_str(text);
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
