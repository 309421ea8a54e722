//! Passages as the little HTML that Matrix, Telegram and the cards of Google Chat know.

use super::markup::Markup;

/// What Matrix knows.
pub(super) const MATRIX: Markup = Markup {
    escape,
    strong: ["<strong>", "</strong>"],
    emphasis: ["<em>", "</em>"],
    struck: ["<del>", "</del>"],
    code: |text| format!("<code>{}</code>", escape(text)),
    code_block: |text| format!("<pre><code>{}</code></pre>", escape(text)),
    link,
    quote: |text| format!("<blockquote>{text}</blockquote>"),
    line_end: "<br>",
    blocks_stand_apart: true,
};

/// What Telegram knows.
pub(super) const TELEGRAM: Markup = Markup {
    escape: |text| without_mentions(&escape(text)),
    strong: ["<b>", "</b>"],
    emphasis: ["<i>", "</i>"],
    struck: ["<s>", "</s>"],
    code: |text| format!("<code>{}</code>", escape(text)),
    code_block: |text| format!("<pre>{}</pre>", escape(text)),
    link,
    quote: |text| format!("<blockquote>{text}</blockquote>"),
    line_end: "\n",
    blocks_stand_apart: false,
};

/// What a paragraph of a card of Google Chat knows.
pub(super) const GOOGLE_CHAT: Markup = Markup {
    escape,
    strong: ["<b>", "</b>"],
    emphasis: ["<i>", "</i>"],
    struck: ["<s>", "</s>"],
    code: escape,
    code_block: |text| escape(text).replace('\n', "<br>"),
    link,
    quote: |text| format!("&gt; {}", text.replace("<br>", "<br>&gt; ")),
    line_end: "<br>",
    blocks_stand_apart: false,
};

/// A text as HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn link(text: &str, url: &str) -> String {
    format!("<a href=\"{}\">{text}</a>", escape(url))
}

/// A text in which no `@` begins a name: a space without width follows it.
pub(super) fn without_mentions(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        out.push(c);
        if c == '@' {
            out.push('\u{200b}');
        }
    }
    out
}
