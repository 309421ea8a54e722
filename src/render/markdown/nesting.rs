//! Which raw elements may contain which others, so that a post's HTML is always valid.
//!
//! A simplified version of HTML's content models: blocks contain text, text contains phrases, and
//! items, rows and captions occur only where they belong.

/// The kind of an element, as far as nesting is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    /// Part of a text: contains words.
    Phrase,
    /// A block that contains only words, such as a paragraph.
    Words,
    /// A block that contains blocks and words.
    Flow,
    /// A list or a table: contains only its parts.
    Frame,
    /// A part of a list or a table that contains blocks and words.
    Part,
    /// A row: a part that contains parts.
    Row,
}

/// The model of an allowed element.
pub(super) fn model(name: &str) -> Model {
    match name {
        "p" | "pre" | "summary" | "caption" => Model::Words,
        "blockquote" | "details" | "div" | "figcaption" | "figure" | "hr" | "section" => {
            Model::Flow
        }
        "dl" | "ol" | "table" | "ul" => Model::Frame,
        "dd" | "dt" | "li" | "td" | "th" => Model::Part,
        "tr" => Model::Row,
        _ => Model::Phrase,
    }
}

/// The elements that a part must be a child of.
fn parents(name: &str) -> &'static [&'static str] {
    match name {
        "li" => &["ol", "ul"],
        "dd" | "dt" => &["dl"],
        "tr" | "caption" => &["table"],
        "td" | "th" => &["tr"],
        "figcaption" => &["figure"],
        "summary" => &["details"],
        _ => &[],
    }
}

/// Whether an element `name` ends where `next` begins: "<li>a<li>b".
fn ends_at(name: &str, next: &str) -> bool {
    match next {
        "li" => name == "li",
        "dd" | "dt" => matches!(name, "dd" | "dt"),
        "td" | "th" => matches!(name, "td" | "th"),
        "tr" => matches!(name, "td" | "th" | "tr"),
        "p" => name == "p",
        _ => false,
    }
}

/// An open element.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub(super) name: String,
    /// Whether it has any content yet.
    pub(super) begun: bool,
    /// Whether it has its only summary or caption already.
    pub(super) captioned: bool,
}

impl Open {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            begun: false,
            captioned: false,
        }
    }
}

/// How many of the open elements stay open if `next` begins inside them; `None` if it isn't allowed
/// here. Elements before `floor` are outside this place. `inline`: it is part of a text.
pub(super) fn room_for(next: &str, open: &[Open], floor: usize, inline: bool) -> Option<usize> {
    let here = &open[floor.min(open.len())..];
    let kept = floor + here.len();
    match model(next) {
        Model::Phrase => {
            let is_nested_link = next == "a" && open.iter().any(|open| open.name == "a");
            (!is_nested_link).then(|| room_for_words(open, floor))
        }
        _ if inline => None,
        Model::Flow | Model::Words | Model::Frame | Model::Part | Model::Row => {
            let implied = here
                .iter()
                .rposition(|open| model(&open.name) == Model::Frame)
                .map_or(0, |frame| frame + 1);
            let ended = here[implied..]
                .iter()
                .position(|open| ends_at(&open.name, next))
                .map_or(kept, |index| floor + implied + index);
            let left = &open[..ended];
            let parent = left.get(floor..).and_then(<[Open]>::last);
            let belongs = match (parents(next), parent) {
                ([], Some(parent)) => matches!(model(&parent.name), Model::Flow | Model::Part),
                ([], None) => true,
                (wanted, Some(parent)) => {
                    let first = match next {
                        "summary" | "caption" => !parent.begun,
                        "figcaption" => !parent.captioned,
                        _ => true,
                    };
                    wanted.contains(&parent.name.as_str()) && first
                }
                (_, None) => false,
            };
            belongs.then_some(ended)
        }
    }
}

/// How many of the open elements stay open if words follow: lists and tables can't contain them.
pub(super) fn room_for_words(open: &[Open], floor: usize) -> usize {
    let mut kept = open.len();
    while kept > floor && matches!(model(&open[kept - 1].name), Model::Frame | Model::Row) {
        kept -= 1;
    }
    kept
}

/// How many of the open elements stay open if a block made from Markdown follows.
pub(super) fn room_for_block(open: &[Open], floor: usize) -> usize {
    let floor = floor.min(open.len());
    let holds = |open: &Open| matches!(model(&open.name), Model::Flow | Model::Part);
    let mut kept = open[floor..]
        .iter()
        .position(|open| matches!(model(&open.name), Model::Phrase | Model::Words))
        .map_or(open.len(), |index| floor + index);
    while kept > floor && !holds(&open[kept - 1]) {
        kept -= 1;
    }
    kept
}

#[cfg(test)]
mod tests {
    use crate::render::markdown::{TOP_HEADING, to_html};

    #[test]
    fn whatever_is_typed_stands_only_where_it_may() {
        for (markdown, wanted) in [
            ("<ul>text<li>a<li>b</ul>", "<ul></ul>textab"),
            ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
            ("<dl><dt>a<dd>b</dl>", "<dl><dt>a</dt><dd>b</dd></dl>"),
            (
                "<table><tr><td>a<td>b<tr><td>c</table>",
                "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>",
            ),
            ("<div><li>x</li></div>", "<div>x</div>"),
            ("<p>a<p>b", "<p>a</p><p>b</p>"),
            ("<p>a<div>b</div></p>", "<p>ab</p>"),
            ("<div><b><div>x</div></b></div>", "<div><b>x</b></div>"),
            (
                "<details>x</details>",
                "<details><summary>Details</summary>x</details>",
            ),
            (
                "<figure><figcaption>a</figcaption><figcaption>b</figcaption></figure>",
                "<figure><figcaption>a</figcaption>b</figure>",
            ),
            ("<div>\n<b>\n\na\n\n</div>", "<div><b></b><p>a</p></div>"),
            ("[a <a href=/x>b</a>](/y)", "<p><a href=\"/y\">a b</a></p>"),
            (
                "a <a href=/x>[b](/y)</a>",
                "<p>a <a rel=\"nofollow noopener\" href=\"/x\">b</a></p>",
            ),
            ("a <a href=javascript:x>b</a>", "<p>a <a>b</a></p>"),
            ("[b](javascript:x)", "<p><a>b</a></p>"),
            (
                "a <img>b <img src=c.png>",
                "<p>a b <img src=\"c.png\" alt=\"\"></p>",
            ),
            (
                "a <img src=c.png width=5px height=5>",
                "<p>a <img src=\"c.png\" height=\"5\" alt=\"\"></p>",
            ),
            (
                "a <span lang='??' dir=up>b</span>",
                "<p>a <span>b</span></p>",
            ),
            ("a </div> b", "<p>a  b</p>"),
        ] {
            let html = to_html(markdown, "p-", TOP_HEADING);
            assert_eq!(html.as_str().replace('\n', ""), wanted, "{markdown}");
        }
    }
}
