//! `[brand]`: the company's logo, icon, colour and links.

use std::ops::Range;

use toml::de::DeValue;

use crate::content::problem::Severity;
use crate::content::toml_table::{Table, Value};
use crate::content::update_entries::report::Report;
use crate::domain::brand::{Accent, Brand, Colour, LEAST_CONTRAST, Link, Theme};

/// The folder of the pictures.
const FOLDER: &str = "media/";
/// The extensions of files that browsers show as pictures.
const PICTURES: [&str; 7] = ["svg", "png", "webp", "avif", "jpg", "jpeg", "gif"];

/// Reads the table; `has_file` says whether the content folder has a file of that name.
pub(super) fn read_brand(
    value: &Value<'_, '_>,
    has_file: &dyn Fn(&str) -> bool,
    report: &mut Report<'_>,
) -> Brand {
    let Some(inner) = value.value.as_table() else {
        let help = "begin it with a line [brand], then logo = \"media/logo.svg\"".to_owned();
        let message = "\"brand\" must be a table";
        report.add(Severity::Error, value.place.clone(), message, Some(help));
        return Brand::default();
    };
    let mut table = Table::new(inner, value.place.clone(), report);
    let logo = picture(&mut table, "logo", &[], has_file);
    let logo_dark = picture(&mut table, "logo_dark", &[], has_file);
    let favicon = picture(&mut table, "favicon", &["ico"], has_file);
    let accent = accent(&mut table);
    let links = table.take("links");
    if let (None, Some((_, place))) = (&logo, &logo_dark) {
        let help = "add logo = \"media/…\", the one for the light theme; without logo_dark it is \
                    used in both"
            .to_owned();
        let message = "\"logo_dark\" needs a \"logo\"".to_owned();
        table.error(place.clone(), message, Some(help));
    }
    table.finish();
    Brand {
        logo: logo.map(|(name, _)| name),
        logo_dark: logo_dark.map(|(name, _)| name),
        favicon: favicon.map(|(name, _)| name),
        accent,
        links: links.map_or_else(Vec::new, |links| read_links(&links, report)),
    }
}

/// Reads the name of a picture in the content folder; returns it with its place.
fn picture(
    table: &mut Table<'_, '_, '_, '_>,
    key: &'static str,
    also: &[&str],
    has_file: &dyn Fn(&str) -> bool,
) -> Option<(String, Range<usize>)> {
    let (name, place) = table.text(key)?;
    let name = name.strip_prefix('/').unwrap_or(&name).to_owned();
    let is_plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains('\\');
    let inside = name.strip_prefix(FOLDER);
    if !inside.is_some_and(|inside| inside.split('/').all(is_plain)) {
        let last = name.rsplit(['/', '\\']).next().unwrap_or("logo.svg");
        let help = format!("put the file into {FOLDER} and write {key} = \"{FOLDER}{last}\"");
        table.error(place, format!("\"{name}\" isn't in {FOLDER}"), Some(help));
        return None;
    }
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let ending = ending.to_ascii_lowercase();
    if !PICTURES.iter().chain(also).any(|known| *known == ending) {
        let known: Vec<_> = PICTURES.iter().chain(also).copied().collect();
        let help = format!("use a file that ends in one of: {}", known.join(", "));
        table.error(
            place,
            format!("browsers don't show \"{name}\" as a picture"),
            Some(help),
        );
        return None;
    }
    if !has_file(&name) {
        // A missing picture doesn't hold back posts.
        let help = format!("put it there, or correct the line: {key} = \"{FOLDER}…\"");
        table.report.add(
            Severity::Warning,
            place.clone(),
            format!("there is no file {name}"),
            Some(help),
        );
    }
    Some((name, place))
}

fn accent(table: &mut Table<'_, '_, '_, '_>) -> Option<Accent> {
    let light = colour(table, "accent");
    let dark = colour(table, "accent_dark");
    let (light, place) = match (light, &dark) {
        (Some(light), _) => light,
        (None, Some((_, place))) => {
            let help = "add accent = \"#…\", the one for the light theme".to_owned();
            let message = "\"accent_dark\" needs an \"accent\"".to_owned();
            table.error(place.clone(), message, Some(help));
            return None;
        }
        (None, None) => return None,
    };
    if !light.is_readable(Theme::Light) {
        let near = light.readable(Theme::Light);
        let mut help = format!("the nearest readable colour: accent = \"{}\"", near.hex());
        // A bright colour suits the dark theme.
        if dark.is_none() && light.is_readable(Theme::Dark) {
            help.push_str(&format!(" and accent_dark = \"{}\"", light.hex()));
        } else if dark.is_none() {
            let tint = near.readable(Theme::Dark).hex();
            help.push_str(&format!(" (the dark theme then takes {tint})"));
        }
        table.error(place, too_pale(light, Theme::Light), Some(help));
    }
    if let Some((dark, place)) = &dark
        && !dark.is_readable(Theme::Dark)
    {
        let near = dark.readable(Theme::Dark).hex();
        let help = format!("the nearest readable colour: accent_dark = \"{near}\"");
        table.error(place.clone(), too_pale(*dark, Theme::Dark), Some(help));
    }
    Some(Accent {
        light,
        stated_dark: dark.map(|(dark, _)| dark),
    })
}

/// "#ffcc00" has a contrast of 1.4:1 on the light page; links need 4.5:1.
fn too_pale(colour: Colour, theme: Theme) -> String {
    let page = match theme {
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    // Rounded down, so that it never looks like enough.
    let contrast = (colour.contrast_in(theme) * 10.0).floor() / 10.0;
    format!(
        "\"{}\" has a contrast of {contrast:.1}:1 on the {page} page; links need {LEAST_CONTRAST}:1",
        colour.hex()
    )
}

fn colour(table: &mut Table<'_, '_, '_, '_>, key: &'static str) -> Option<(Colour, Range<usize>)> {
    let (text, place) = table.text(key)?;
    let colour = Colour::parse(&text);
    if colour.is_none() {
        let help = format!("write it as red, green and blue: {key} = \"#0b5a94\"");
        table.error(
            place.clone(),
            format!("\"{text}\" is not a colour"),
            Some(help),
        );
    }
    colour.map(|colour| (colour, place))
}

fn read_links(value: &Value<'_, '_>, report: &mut Report<'_>) -> Vec<Link> {
    const HELP: &str = "write links = [{ text = \"Control panel\", url = \"https://…\" }]";
    let DeValue::Array(list) = value.value else {
        let message = "\"links\" must be a list";
        let help = Some(HELP.to_owned());
        report.add(Severity::Error, value.place.clone(), message, help);
        return Vec::new();
    };
    let mut links = Vec::new();
    for item in list.iter() {
        let Some(inner) = item.get_ref().as_table() else {
            let help = Some(HELP.to_owned());
            report.add(Severity::Error, item.span(), "this is not a link", help);
            continue;
        };
        let mut table = Table::new(inner, item.span(), report);
        let text = table.required_text("text");
        let url = table.required_text("url");
        if let Some((url, place)) = &url {
            check_url(url, place, &mut table);
        }
        table.finish();
        if let (Some((text, _)), Some((url, _))) = (text, url) {
            links.push(Link { text, url });
        }
    }
    links
}

fn check_url(url: &str, place: &Range<usize>, table: &mut Table<'_, '_, '_, '_>) {
    let is_secure = |url: &str| {
        let start = url.get(..8).unwrap_or_default();
        start.eq_ignore_ascii_case("https://")
            && url[8..].starts_with(|c: char| c.is_alphanumeric() || c == '[')
            && !url.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    if is_secure(url) {
        return;
    }
    let help = match url.split_once("://").map_or(url, |(_, rest)| rest) {
        rest if is_secure(&format!("https://{rest}")) && !rest.contains(':') => {
            format!("write url = \"https://{rest}\"")
        }
        _ => "write url = \"https://example.com\"".to_owned(),
    };
    let message = format!("\"{url}\" isn't an https address");
    table.error(place.clone(), message, Some(help));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::compose;
    use crate::content::site_file::read;

    const SITE: &str = "name = \"Example status\"\ntime_zone = \"America/Denver\"\n\n";

    fn brand(lines: &str) -> (Option<Brand>, Vec<String>) {
        let has_file = |name: &str| !name.contains("gone");
        let (site, problems) = read(&format!("{SITE}[brand]\n{lines}\n"), &has_file);
        let problems = problems.into_iter().map(|problem| {
            let help = problem.help.unwrap_or_default();
            format!(
                "{}: {} = {help}",
                problem.severity.as_str(),
                problem.message
            )
        });
        (site.map(|site| site.brand), problems.collect())
    }

    #[test]
    fn a_whole_brand_is_read_and_written_back() {
        let lines = r##"
            logo = "media/logo.svg"
            logo_dark = "media/logo dark.svg"
            favicon = "media/icons/favicon.ico"
            accent = "#0b5a94"
            accent_dark = "#7cc0f5"
            links = [
                { text = "Control \"panel\"", url = "https://panel.example.com" },
                { text = "Störungen\\", url = "https://example.com/a?b=c#d" },
            ]
        "##;
        let (first, problems) = brand(lines);
        assert_eq!(problems, Vec::<String>::new());
        let first = first.expect("a site");
        assert_eq!(first.links[1].text, "Störungen\\");
        let written = compose::brand(&first);
        let (again, problems) = brand(written.trim_start_matches("[brand]\n"));
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(again, Some(first));
        assert_eq!(compose::brand(&Brand::default()), "");
    }

    #[test]
    fn what_is_wrong_is_said_with_what_would_be_right() {
        let check = |lines: &str, expected: &[&str]| {
            let (_, problems) = brand(lines);
            assert_eq!(problems.len(), expected.len(), "{lines}: {problems:?}");
            for (problem, part) in problems.iter().zip(expected) {
                assert!(problem.contains(part), "{lines}: {problem}");
            }
        };
        let logo = "logo = \"media/logo.svg\"\n";
        check(
            "logo = \"logo.svg\"",
            &[
                "error: \"logo.svg\" isn't in media/ = put the file into media/ and write logo = \"media/logo.svg\"",
            ],
        );
        check("logo = \"media/../a.svg\"", &["isn't in media/"]);
        check("logo = \"media/.a.svg\"", &["isn't in media/"]);
        check(
            "logo = \"https://example.com/logo.svg\"",
            &["write logo = \"media/logo.svg\""],
        );
        check(
            "logo = \"media/logo.pdf\"",
            &[
                "browsers don't show \"media/logo.pdf\" as a picture = use a file that ends in one of: svg, png",
            ],
        );
        check("logo = \"media/logo.ico\"", &["browsers don't show"]);
        check("favicon = \"media/f.ico\"", &[]);
        check("logo = \"/media/logo.svg\"", &[]);
        check(
            "logo = \"media/gone.svg\"",
            &["warning: there is no file media/gone.svg = put it there"],
        );
        check(
            "logo_dark = \"media/dark.svg\"",
            &["\"logo_dark\" needs a \"logo\" = add logo ="],
        );
        check(&format!("{logo}logo_dark = \"media/dark.svg\""), &[]);
        check(
            "accent = \"blue\"",
            &["\"blue\" is not a colour = write it as red, green and blue: accent = \"#0b5a94\""],
        );
        check("accent = \"#0b5a94\"", &[]);
        check(
            "accent = \"#ffcc00\"",
            &[
                "error: \"#ffcc00\" has a contrast of 1.4:1 on the light page; links need 4.5:1 = \
                 the nearest readable colour: accent = \"#8c7000\" and accent_dark = \"#ffcc00\"",
            ],
        );
        check(
            "accent = \"#808080\"",
            &["accent = \"#737373\" (the dark theme then takes #"],
        );
        check(
            "accent_dark = \"#ffcc00\"",
            &["\"accent_dark\" needs an \"accent\""],
        );
        check(
            "accent = \"#0b5a94\"\naccent_dark = \"#0b5a94\"",
            &[
                "on the dark page; links need 4.5:1 = the nearest readable colour: accent_dark = \
                 \"#",
            ],
        );
        check(
            "links = [{ text = \"Panel\", url = \"http://panel.example.com/x\" }]",
            &[
                "\"http://panel.example.com/x\" isn't an https address = write url = \"https://panel.example.com/x\"",
            ],
        );
        check(
            "links = [{ text = \"Panel\", url = \"javascript:alert(1)\" }]",
            &["isn't an https address = write url = \"https://example.com\""],
        );
        check(
            "links = [{ text = \"Panel\", url = \"https://a b\" }]",
            &["isn't an https address"],
        );
        check("links = [{ text = \"Panel\" }]", &["\"url\" is missing"]);
        check(
            "links = \"https://panel.example.com\"",
            &["\"links\" must be a list = write links = [{"],
        );
        check("colour = \"#0b5a94\"", &["there is no key \"colour\""]);
        check("logos = \"media/a.svg\"", &["did you mean \"logo\"?"]);
        let (site, problems) = read(
            &format!("{SITE}brand = \"red\"\n").replace("\n\n", "\n"),
            &|_| true,
        );
        assert!(site.is_none());
        assert!(problems[0].message.contains("\"brand\" must be a table"));
    }
}
