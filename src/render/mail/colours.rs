//! The colours of messages and badges: those of the pages. Light ones are written into the elements, because
//! many mail programs ignore stylesheets; dark ones are in a stylesheet, for the programs that know
//! both a dark theme and stylesheets.

use std::fmt::Write as _;

use crate::domain::brand::Brand;
use crate::domain::state::Tone;

/// A colour in the light and in the dark theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::render) struct Pair {
    /// In the light theme.
    pub(in crate::render) light: &'static str,
    /// In the dark theme.
    pub(in crate::render) dark: &'static str,
}

const fn pair(light: &'static str, dark: &'static str) -> Pair {
    Pair { light, dark }
}

/// The background.
pub(in crate::render) const PAPER: Pair = pair("#fbfaf7", "#111418");
/// Text.
pub(in crate::render) const INK: Pair = pair("#1b2027", "#e9ebee");
/// Text in small print.
pub(in crate::render) const SOFT: Pair = pair("#5a626c", "#9aa4b0");
/// Lines.
pub(in crate::render) const LINE: Pair = pair("#e2dfd7", "#2c323a");
/// Links and buttons, if the brand has no accent.
pub(in crate::render) const LINK: Pair = pair("#0b5a94", "#7cc0f5");

/// The colour of a tone.
pub(in crate::render) fn of_tone(tone: Tone) -> Pair {
    match tone {
        Tone::Ok => pair("#1c7548", "#6fcf9b"),
        Tone::Info => pair("#2a5ba8", "#8db5f7"),
        Tone::Warn => pair("#855700", "#e3b04b"),
        Tone::Mid => pair("#ad4312", "#f99d63"),
        Tone::Bad => pair("#b3231f", "#ff8b83"),
    }
}

/// The colour of links and buttons: light, and dark.
pub(in crate::render) fn of_links(brand: &Brand) -> [String; 2] {
    match &brand.accent {
        Some(accent) => [accent.light.hex(), accent.dark().hex()],
        None => [LINK.light.to_owned(), LINK.dark.to_owned()],
    }
}

/// Styles for elements of texts that people wrote. They bear no styles of their own.
const TEXTS: &str = "\
    .text h2,.text h3,.text h4,.text h5,.text h6{margin:24px 0 8px;font-size:16px;line-height:1.3}\
    .text pre{white-space:pre-wrap;padding-left:14px;border-left:4px solid #e2dfd7}\
    .text pre,.text code{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:14px}\
    .text blockquote{margin:16px 0;padding-left:14px;border-left:4px solid #e2dfd7}\
    .text ul,.text ol{padding-left:24px}\
    .text div{overflow-x:auto}\
    .text table{border-collapse:collapse}\
    .text th,.text td{padding:4px 8px;border:1px solid #e2dfd7;text-align:left;word-break:normal}";

/// The stylesheets: one for both themes, and one for the dark theme. If a mail program can't read
/// one, it drops only that one.
pub(in crate::render) fn stylesheets(brand: &Brand) -> [String; 2] {
    let [link, link_dark] = of_links(brand);
    let both = format!(":root{{color-scheme:light dark}}{TEXTS}.text a{{color:{link}}}");
    let mut dark = String::from("@media (prefers-color-scheme:dark){");
    let mut rule = |names: &str, declarations: String| {
        let _ = write!(dark, "{names}{{{declarations}}}");
    };
    let important = |colour: &str| format!("color:{colour}!important");
    rule(
        ".paper",
        format!(
            "background:{}!important;{}",
            PAPER.dark,
            important(INK.dark)
        ),
    );
    rule(".soft", important(SOFT.dark));
    rule(
        ".line,.text pre,.text blockquote,.text th,.text td",
        format!("border-color:{}!important", LINE.dark),
    );
    rule(".link,.text a", important(&link_dark));
    rule(
        ".button",
        format!("background:{link_dark}!important;{}", important(PAPER.dark)),
    );
    for tone in Tone::ALL {
        let colour = of_tone(tone).dark;
        let name = tone.as_str();
        rule(
            &format!(".{name}"),
            format!("{};border-color:{colour}!important", important(colour)),
        );
    }
    dark.push('}');
    [both, dark]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::brand::{Accent, Colour, LEAST_CONTRAST};

    const STYLESHEET: &str = include_str!("../../../assets/lightship.css");

    #[test]
    fn every_text_is_readable_in_both_themes_in_the_colours_of_the_pages() {
        let tones = Tone::ALL.map(|tone| (tone.as_str(), of_tone(tone)));
        let named = [("ink", INK), ("soft", SOFT), ("link", LINK)];
        for (name, Pair { light, dark }) in named.into_iter().chain(tones) {
            for (colour, paper) in [(light, PAPER.light), (dark, PAPER.dark)] {
                assert!(
                    STYLESHEET.contains(&format!("--{name}: {colour};")),
                    "{name}"
                );
                let [text, ground] = [colour, paper].map(|it| Colour::parse(it).expect("a colour"));
                let contrast = text.contrast(ground);
                assert!(contrast >= LEAST_CONTRAST, "{name} {colour}: {contrast}");
            }
        }
        for (name, Pair { light, dark }) in [("paper", PAPER), ("line", LINE)] {
            for colour in [light, dark] {
                assert!(
                    STYLESHEET.contains(&format!("--{name}: {colour};")),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn links_and_buttons_have_the_accent_of_the_brand() {
        let light = Colour::parse("#8c1d40").expect("a colour");
        let accent = Accent {
            light,
            stated_dark: None,
        };
        let brand = Brand {
            accent: Some(accent),
            ..Brand::default()
        };
        let [both, dark] = stylesheets(&brand);
        let tint = accent.dark().hex();
        assert!(both.contains(".text a{color:#8c1d40}"), "{both}");
        assert!(
            dark.contains(&format!(".button{{background:{tint}!important")),
            "{dark}"
        );
        let [both, dark] = stylesheets(&Brand::default());
        assert!(both.contains(LINK.light) && dark.contains(LINK.dark));
    }
}
