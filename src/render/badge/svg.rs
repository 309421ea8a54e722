//! A badge as an SVG image. It needs nothing from elsewhere, and follows the reader's theme.

use std::fmt::Write as _;
use std::sync::LazyLock;

use super::Badge;
use super::width::width_of;
use crate::domain::state::Tone;
use crate::render::html::parts::icon_path;
use crate::render::mail::colours::{INK, LINE, PAPER, of_tone};
use crate::render::xml::escaped;

/// The size of its text, in pixels.
const FONT: usize = 12;
/// The space beside texts, in pixels.
const SPACE: usize = 9;
/// The width of the icon and of the space behind it, in pixels.
const ICON: usize = 12 + 5;
/// A label longer than this, in characters, is cut.
const LABEL_CHARS: usize = 60;

/// The stylesheet, the same in each badge, so that the content security policy can allow it and no
/// other.
static STYLESHEET: LazyLock<String> = LazyLock::new(|| {
    let mut css = format!("text{{font:{FONT}px Verdana,\"DejaVu Sans\",Geneva,sans-serif}}");
    rules(&mut css, |pair| pair.0);
    css.push_str("@media(prefers-color-scheme:dark){");
    rules(&mut css, |pair| pair.1);
    css.push('}');
    css
});

fn rules(css: &mut String, theme: fn((&'static str, &'static str)) -> &'static str) {
    let [paper, line, ink] = [PAPER, LINE, INK].map(|pair| theme((pair.light, pair.dark)));
    let _ = write!(
        css,
        "rect{{fill:{paper};stroke:{line}}}.line{{stroke:{line}}}text{{fill:{ink}}}"
    );
    for tone in Tone::ALL {
        let pair = of_tone(tone);
        let colour = theme((pair.light, pair.dark));
        let _ = write!(css, ".{}{{fill:{colour}}}", tone.as_str());
    }
}

/// The badge as an image.
pub fn render(badge: &Badge) -> String {
    let label = cut(&badge.label);
    let [of_label, of_message] = [&label, &badge.message].map(|text| pixels(text));
    let line = SPACE + of_label + SPACE;
    let icon = line + SPACE;
    let message = icon + ICON;
    let width = message + of_message + SPACE;
    let tone = badge.tone.as_str();
    let [title, label, said] = [&badge.title, &label, &badge.message].map(|text| escaped(text));
    let (css, path, frame) = (STYLESHEET.as_str(), icon_path(badge.tone), width - 1);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"24\" \
         viewBox=\"0 0 {width} 24\" role=\"img\" aria-label=\"{title}\">\
         <title>{title}</title><style>{css}</style>\
         <rect x=\".5\" y=\".5\" width=\"{frame}\" height=\"23\" rx=\"5\"/>\
         <path class=\"line\" d=\"M{line}.5 1v22\"/>\
         <text x=\"{SPACE}\" y=\"16\" {fit}=\"{of_label}\">{label}</text>\
         <path class=\"{tone}\" transform=\"translate({icon} 6) scale(.75)\" \
         fill-rule=\"evenodd\" d=\"{path}\"/>\
         <text class=\"{tone}\" x=\"{message}\" y=\"16\" {fit}=\"{of_message}\">{said}</text></svg>",
        // Whatever font the reader has, the text is as wide as it was measured.
        fit = "lengthAdjust=\"spacingAndGlyphs\" textLength",
    )
}

/// The width of a text, in whole pixels.
fn pixels(text: &str) -> usize {
    (width_of(text) * FONT).div_ceil(100)
}

fn cut(label: &str) -> String {
    match label.char_indices().nth(LABEL_CHARS) {
        Some((end, _)) => format!("{}…", label[..end].trim_end()),
        None => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_it_says_it_is_well_formed_and_no_wider_than_its_texts() {
        let badge = |label: &str| Badge {
            label: label.to_owned(),
            message: "Major outage".to_owned(),
            tone: Tone::Bad,
            title: format!("{label}: \"Major\" outage"),
        };
        for label in ["Selma", "<script>&'\"", "", &"W".repeat(500), "网络故障"] {
            let svg = render(&badge(label));
            let mut reader = quick_xml::Reader::from_str(&svg);
            let mut open = 0_i32;
            loop {
                match reader.read_event().expect("well-formed XML") {
                    quick_xml::events::Event::Start(_) => open += 1,
                    quick_xml::events::Event::End(_) => open -= 1,
                    quick_xml::events::Event::Eof => break,
                    _ => {}
                }
            }
            assert_eq!(open, 0);
            assert!(!svg.contains("<script"), "{svg}");
        }
        let width = |label: &str| {
            let svg = render(&badge(label));
            let width = svg.split("width=\"").nth(1).expect("a width");
            let digits = width.split('"').next().expect("digits");
            digits.parse::<usize>().expect("a number")
        };
        assert_eq!(width("WWWW") - width("W"), pixels("WWWW") - pixels("W"));
        assert_eq!(width(&"W".repeat(61)), width(&"W".repeat(500)));
    }
}
