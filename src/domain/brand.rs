//! The brand: the company's own logo, icon, colour and links on its page.

use serde::{Deserialize, Serialize};

/// What `[brand]` in `site.toml` says; the default is a page without a brand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// The logo in the header: a file such as `media/logo.svg`.
    pub logo: Option<String>,
    /// The logo for the dark theme, if it isn't the same.
    pub logo_dark: Option<String>,
    /// The icon of the page's tab.
    pub favicon: Option<String>,
    /// The colour of links and buttons.
    pub accent: Option<Accent>,
    /// Links in the footer.
    pub links: Vec<Link>,
}

impl Brand {
    /// Whether nothing is stated, so that the page looks as it does without a brand.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A link in the footer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its text.
    pub text: String,
    /// Where it leads.
    pub url: String,
}

/// The colour of links and buttons. No single colour has enough contrast on both a light and a dark
/// background, so there is one for each theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accent {
    /// The colour on a light background.
    pub light: Colour,
    /// The colour on a dark background, if it was stated.
    pub stated_dark: Option<Colour>,
}

impl Accent {
    /// The colour on a dark background: as stated, else the nearest tint that is readable there.
    pub fn dark(&self) -> Colour {
        self.stated_dark
            .unwrap_or_else(|| self.light.readable(Theme::Dark))
    }
}

/// A theme of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark text on a light background.
    Light,
    /// Light text on a dark background.
    Dark,
}

impl Theme {
    /// The background colours of text: page and card, as in the stylesheet.
    pub fn grounds(self) -> [Colour; 2] {
        match self {
            Self::Light => [Colour([0xfb, 0xfa, 0xf7]), Colour([0xff; 3])],
            Self::Dark => [Colour([0x11, 0x14, 0x18]), Colour([0x1a, 0x1e, 0x24])],
        }
    }
}

/// The least contrast of text (WCAG 2.2, 1.4.3).
pub const LEAST_CONTRAST: f64 = 4.5;

/// An sRGB colour: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    /// Reads `#0b5a94` or `#05a`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let whole = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        // The number parser would also accept a sign before the digits.
        if !whole.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(&whole, 16).ok()?.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// The colour as `#0b5a94`.
    pub fn hex(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// The contrast with another colour, 1 to 21 (WCAG 2.2).
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The lowest contrast with the backgrounds of a theme.
    pub fn contrast_in(self, theme: Theme) -> f64 {
        let contrasts = theme.grounds().map(|ground| self.contrast(ground));
        contrasts[0].min(contrasts[1])
    }

    /// Whether text in this colour is readable in a theme.
    pub fn is_readable(self, theme: Theme) -> bool {
        self.contrast_in(theme) >= LEAST_CONTRAST
    }

    /// The nearest colour of the same hue that is readable in a theme: darker on a light
    /// background, lighter on a dark one.
    pub fn readable(self, theme: Theme) -> Self {
        let end = match theme {
            Theme::Light => 0,
            Theme::Dark => 255,
        };
        (0..=255)
            .map(|share| self.towards(end, share))
            .find(|colour| colour.is_readable(theme))
            .unwrap_or(Self([end; 3]))
    }

    /// Mixes in black or white, `share` parts of 255.
    fn towards(self, end: u8, share: u16) -> Self {
        let mixed = self.0.map(|part| {
            let sum = u16::from(part) * (255 - share) + u16::from(end) * share;
            u8::try_from((sum + 127) / 255).unwrap_or(end)
        });
        Self(mixed)
    }

    /// The relative luminance, 0 to 1 (WCAG 2.2).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_written() {
        let check = |text: &str, expected: Option<&str>| {
            let found = Colour::parse(text).map(Colour::hex);
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check("#0b5a94", Some("#0b5a94"));
        check("#0B5A94", Some("#0b5a94"));
        check("#05a", Some("#0055aa"));
        for text in [
            "", "#", "0b5a94", "#0b5a9", "#+b5a94", "#0b5a9g", "blue", "#ümü",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn the_nearest_readable_colour_keeps_its_hue_and_moves_no_further_than_it_must() {
        let colour = |text: &str| Colour::parse(text).expect("a colour");
        let black_on_white = colour("#000").contrast(colour("#fff"));
        assert!((black_on_white - 21.0).abs() < 0.001, "{black_on_white}");
        // What can be read stays.
        assert_eq!(colour("#0b5a94").readable(Theme::Light), colour("#0b5a94"));
        for text in [
            "#ffcc00", "#ff0000", "#00ff00", "#0b5a94", "#777777", "#fff", "#000",
        ] {
            for theme in [Theme::Light, Theme::Dark] {
                let near = colour(text).readable(theme);
                let contrast = near.contrast_in(theme);
                assert!(
                    contrast >= LEAST_CONTRAST,
                    "{text} {theme:?}: {}",
                    near.hex()
                );
                let is_moved = near != colour(text);
                assert!(!is_moved || contrast < 4.7, "{text} {theme:?}: {contrast}");
            }
        }
        assert_eq!(colour("#ffcc00").readable(Theme::Light).hex(), "#8c7000");
    }

    #[test]
    fn contrasts_are_those_of_the_standard() {
        let check = |text: &str, on_white: f64, on_black: f64| {
            let colour = Colour::parse(text).expect("a colour");
            for (ground, wanted) in [(Colour([255; 3]), on_white), (Colour([0; 3]), on_black)] {
                let found = colour.contrast(ground);
                assert!((found - wanted).abs() < 0.001, "{text}: {found}");
                assert!((ground.contrast(colour) - found).abs() < 1e-9);
            }
        };
        check("#ff0000", 3.998, 5.252);
        check("#00ff00", 1.372, 15.304);
        check("#0000ff", 8.592, 2.444);
        check("#777777", 4.478, 4.689);
        check("#0a0a0a", 19.798, 1.061);
        check("#0b5a94", 7.231, 2.904);
        check("#ffffff", 1.0, 21.0);
    }

    #[test]
    fn an_accent_for_light_paper_has_its_tint_for_dark_unless_one_is_stated() {
        let light = Colour([0x0b, 0x5a, 0x94]);
        let tint = light.readable(Theme::Dark);
        let accent = |stated_dark| Accent { light, stated_dark };
        assert!(!light.is_readable(Theme::Dark) && tint.is_readable(Theme::Dark));
        assert_eq!(accent(None).dark(), tint);
        let stated = Colour([0xff; 3]);
        assert_eq!(accent(Some(stated)).dark(), stated);
    }

    #[test]
    fn a_brand_is_empty_if_it_says_nothing() {
        let icon = Brand {
            favicon: Some("media/icon.svg".to_owned()),
            ..Brand::default()
        };
        assert!(Brand::default().is_empty() && !icon.is_empty());
    }
}
