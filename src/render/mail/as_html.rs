//! Blocks as HTML.

use maud::{Markup, html};

use super::block::{Block, ChangeLine, Link, PostLine, Span};
use super::colours::{LINE, PAPER, SOFT, of_links, of_tone};
use crate::domain::brand::Brand;
use crate::render::html::parts::raw;

/// The HTML of blocks, in the colours of a brand.
pub(super) fn of_blocks(brand: &Brand, blocks: &[Block]) -> Markup {
    let [link, _] = of_links(brand);
    html! { @for block in blocks { (of_block(&link, block)) } }
}

fn of_block(accent: &str, block: &Block) -> Markup {
    let soft = format!("color:{}", SOFT.light);
    match block {
        Block::Meta(text) => html! {
            p.soft style={ "margin:0;font-size:14px;" (soft) } { (text) }
        },
        Block::Title(text) => html! {
            h1 dir="auto" style="margin:2px 0 0;font-size:22px;line-height:1.3" { (text) }
        },
        Block::Heading(text) => html! {
            h2 style="margin:32px 0 0;font-size:17px;line-height:1.3" { (text) }
        },
        Block::Phase(text, tone) => html! {
            p.(tone.as_str()) style={
                "margin:12px 0 0;font-weight:600;color:" (of_tone(*tone).light)
            } { (text) }
        },
        Block::Strong(text) => html! {
            p style="margin:12px 0 0;font-weight:600" { (text) }
        },
        Block::Paragraph(spans) => html! {
            p dir="auto" style="margin:16px 0" { (of_spans(accent, spans)) }
        },
        Block::Small(spans) => html! {
            p.soft style={ "margin:8px 0;font-size:14px;" (soft) } { (of_spans(accent, spans)) }
        },
        Block::Changes(changes) => html! { @for change in changes { (of_change(change)) } },
        Block::Text(text) => html! { div.text dir="auto" { (raw(text)) } },
        Block::Button(Link { text, url }) => html! {
            p style="margin:24px 0" {
                a.button href=(url) dir="auto" style={
                    "display:inline-block;padding:10px 18px;border-radius:8px;font-weight:600;\
                     text-decoration:none;background:" (accent) ";color:" (PAPER.light)
                } { (text) }
            }
        },
        Block::Posts(posts) => html! {
            ul style="margin:8px 0 16px;padding-left:24px" {
                @for post in posts { (of_post(accent, post)) }
            }
        },
        Block::Rule => html! {
            hr.line style={
                "margin:28px 0 16px;border:0;border-top:1px solid " (LINE.light)
            };
        },
    }
}

/// A change, with its tone at its side.
fn of_change(change: &ChangeLine) -> Markup {
    let colour = of_tone(change.tone).light;
    html! {
        div.(change.tone.as_str()) style={
            "margin:16px 0;padding:2px 0 2px 14px;border-left:4px solid " (colour) ";color:" (colour)
        } {
            p dir="auto" style="margin:0;font-weight:600" { (change.words) }
            @if let Some(note) = &change.note {
                p.soft dir="auto" style={ "margin:4px 0 0;font-size:14px;color:" (SOFT.light) } {
                    (note)
                }
            }
        }
    }
}

fn of_post(accent: &str, post: &PostLine) -> Markup {
    html! {
        li style="margin:0 0 12px" {
            (of_link(accent, &post.link))
            br;
            span.soft style={ "font-size:14px;color:" (SOFT.light) } { (post.meta) }
            @if !post.text.is_empty() {
                br;
                span dir="auto" { (post.text) }
            }
        }
    }
}

fn of_spans(accent: &str, spans: &[Span]) -> Markup {
    html! {
        @for span in spans {
            @match span {
                Span::Plain(text) => (text),
                Span::Strong(text) => strong { (text) },
                Span::Link(link) => (of_link(accent, link)),
            }
        }
    }
}

fn of_link(accent: &str, link: &Link) -> Markup {
    html! { a.link href=(link.url) dir="auto" style={ "color:" (accent) } { (link.text) } }
}
