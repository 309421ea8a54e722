//! The HTML document of a message: nothing in it is loaded from anywhere, and it has no tables.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::colours::{INK, PAPER, stylesheets};
use crate::domain::site::SiteSettings;
use crate::render::messages::mail::LANGUAGE;

/// Fonts of the reader's system.
const FONT: &str = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,\
                    sans-serif;font-size:16px;line-height:1.6";

/// The document, in whose body stands the content.
pub(super) fn document(site: &SiteSettings, title: &str, content: &Markup) -> Markup {
    let [both, dark] = stylesheets(&site.brand);
    let paper = format!(
        "margin:0;padding:0;background:{};color:{}",
        PAPER.light, INK.light
    );
    html! {
        (DOCTYPE)
        html lang=(LANGUAGE) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                title { (title) }
                style { (PreEscaped(both)) }
                style { (PreEscaped(dark)) }
            }
            body.paper style=(paper) {
                // Some mail programs drop the body and what it says of language and colours.
                div.paper role="article" aria-roledescription="email" aria-label=(title)
                    lang=(LANGUAGE) style={ (paper) ";" (FONT) } {
                    div style="max-width:560px;margin:0 auto;padding:24px 6%;\
                               overflow-wrap:break-word;word-break:break-word" {
                        (content)
                    }
                }
            }
        }
    }
}
