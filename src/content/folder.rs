//! A content folder: every file of it, read one by one, so that none takes its neighbours down.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use chrono::{DateTime, Utc};

use super::component_word::Group;
use super::problem::{Problem, Severity};
use super::update_entries::{Context, Kept};
use super::{Content, IncidentFile, SiteFile, incident_file, pictures, site_file, template_file};
use crate::domain::hash::sha256;
use crate::domain::slug::Slug;
use crate::domain::state::{State, States};
use crate::domain::update::Precision;

/// A larger file is not read.
pub const MAX_FILE_BYTES: u64 = 2 * 1024 * 1024;

/// How a site begins.
const NEW_SITE: &str = "make one; two lines are enough: name = \"Example status\" and time_zone = \
                        \"America/Denver\"";

const DEAD_LINK: &str = "it is a broken link; correct or remove it";

/// How to mend it that a file or folder can't be read.
fn help_to_read(path: &Path, kind: ErrorKind) -> Option<&'static str> {
    if kind == ErrorKind::PermissionDenied {
        return Some("give the user who runs Lightship the right to read it");
    }
    path.is_symlink().then_some(DEAD_LINK)
}

/// What is known of the site beside its files.
#[derive(Debug, Clone, Default)]
pub struct KnownSite {
    /// Slugs and names of the components that exist through the API.
    pub components: Vec<(Slug, String)>,
    /// Slugs of those of them that stand in a group, each with its heading.
    pub groups: Vec<(Slug, String)>,
    /// The states of its own that it has or had: what files say of the past stays readable.
    pub states: Vec<State>,
    /// The lines that announced something when they were first seen; `None` if nothing was ever
    /// kept.
    pub announced: Option<Kept>,
}

/// Reads `site.toml` and `incidents/*.md` in a folder. Never fails and never stops: what is wrong
/// is in the problems. Posts in `moving` are left as they were.
pub fn read_folder_but(
    folder: &Path,
    known: &KnownSite,
    now: DateTime<Utc>,
    moving: &BTreeSet<String>,
) -> Content {
    let mut content = Content::default();
    let Some(site) = read_site(folder, &mut content.problems) else {
        return content;
    };
    let Some(names) = list_posts(folder, "incidents", &mut content.problems) else {
        return content;
    };
    let ground = Ground::of(site, known, now);
    let cx = ground.context();
    if let Some(names) = list_posts(folder, "templates", &mut content.problems) {
        template_file::read_all(folder, names, &cx, &mut content);
    }
    for name in names {
        if moving.contains(&name) {
            content.unreadable.push(name);
            continue;
        }
        let (incident, problems) = read_incident(folder, &name, &cx);
        content.problems.extend(problems);
        match incident {
            Some(incident) => content.incidents.push(incident),
            None => content.unreadable.push(name),
        }
    }
    content.site = Some(ground.site);
    content
        .problems
        .sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    content
}

/// The same with every post.
pub fn read_folder(folder: &Path, known: &KnownSite, now: DateTime<Utc>) -> Content {
    read_folder_but(folder, known, now, &BTreeSet::new())
}

/// What every file of a folder is read with.
pub(super) struct Ground {
    site: SiteFile,
    components: Vec<(Slug, String)>,
    groups: Vec<Group>,
    states: States,
    announced: Option<Kept>,
    now: DateTime<Utc>,
}

impl Ground {
    /// What `site.toml` says goes before what else is known.
    pub(super) fn of(site: SiteFile, known: &KnownSite, now: DateTime<Utc>) -> Self {
        let mut components: Vec<(Slug, String)> = site
            .components
            .iter()
            .map(|entry| (entry.slug.clone(), entry.name.clone()))
            .collect();
        let mut groups: Vec<(Slug, String)> = site
            .components
            .iter()
            .filter_map(|entry| Some((entry.slug.clone(), entry.group.clone()?)))
            .collect();
        let stated: HashSet<Slug> = components.iter().map(|(slug, _)| slug.clone()).collect();
        let is_new = |(slug, _): &&(Slug, String)| !stated.contains(slug);
        components.extend(known.components.iter().filter(is_new).cloned());
        groups.extend(known.groups.iter().filter(is_new).cloned());
        let mut states = site.states.clone();
        for state in &known.states {
            if !states.iter().any(|other| other.key == state.key) {
                states.push(State {
                    dropped: false,
                    ..state.clone()
                });
            }
        }
        Self {
            components,
            groups: Group::list(&groups),
            states: States::with_own(states),
            announced: known.announced.clone(),
            site,
            now,
        }
    }

    pub(super) fn context(&self) -> Context<'_> {
        let site = &self.site;
        Context {
            file: "",
            first_line: 1,
            zone: site.zone,
            date_order: site.times().date_order(),
            zones: &site.zones,
            posted_at: self.now,
            posted_precision: Precision::Minute,
            now: self.now,
            components: &self.components,
            groups: &self.groups,
            states: &self.states,
            starts: None,
            kept: self.announced.as_ref(),
        }
    }
}

fn read_site(folder: &Path, problems: &mut Vec<Problem>) -> Option<SiteFile> {
    let bytes = read_file(folder, site_file::NAME, problems)?;
    let text = decode(site_file::NAME, bytes, problems)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let (site, found) = site_file::read(text, &|name| folder.join(name).is_file());
    problems.extend(found);
    site
}

/// The names of the Markdown files in the part `within` of a folder, sorted. `None` if that is
/// there but can't be listed.
pub(super) fn list_posts(
    folder: &Path,
    within: &str,
    problems: &mut Vec<Problem>,
) -> Option<Vec<String>> {
    let path = folder.join(within);
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        // A link that leads nowhere is not an empty folder.
        Err(error) if error.kind() == ErrorKind::NotFound && !path.is_symlink() => {
            return Some(Vec::new());
        }
        Err(error) => {
            let (message, help) = if path.is_file() {
                let help = "make a folder of that name and put the files into it";
                ("this is a file, not a folder".to_owned(), Some(help))
            } else {
                let help = help_to_read(&path, error.kind());
                (format!("the folder can't be read: {error}"), help)
            };
            problems.push(Problem::of_file(Severity::Error, within, message, help));
            return None;
        }
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = match entry {
            Ok(entry) => entry.file_name(),
            Err(error) => {
                let message = format!("the folder couldn't be read completely: {error}");
                problems.push(Problem::of_file(Severity::Error, within, message, None));
                return None;
            }
        };
        let shown = name.to_string_lossy().into_owned();
        let hidden = shown.starts_with(['.', '#']) || shown.ends_with('~');
        let markdown = shown
            .rsplit_once('.')
            .is_some_and(|(_, end)| end.eq_ignore_ascii_case("md"));
        if hidden {
            continue;
        }
        if !markdown {
            passed_over(&path.join(&name), &format!("{within}/{shown}"), problems);
            continue;
        }
        if name.to_str().is_none() {
            let file = format!("{within}/{shown}");
            let help = "rename it: lower-case letters, digits and hyphens";
            let message = "the file's name is not UTF-8";
            problems.push(Problem::of_file(
                Severity::Error,
                &file,
                message,
                Some(help),
            ));
            continue;
        }
        names.push(format!("{within}/{shown}"));
    }
    names.sort();
    Some(names)
}

/// Says of what looks like a post why it is none.
fn passed_over(path: &Path, file: &str, problems: &mut Vec<Problem>) {
    let ends = |path: &Path, wanted: &[&str]| {
        let end = path.extension().unwrap_or_default().to_ascii_lowercase();
        wanted.iter().any(|wanted| end == *wanted)
    };
    if ends(path, &["markdown", "mdown", "mkd", "txt"]) {
        let help = "if it is a post, give it a name that ends in .md";
        let message = "the file is not read as a post";
        problems.push(Problem::of_file(Severity::Hint, file, message, Some(help)));
        return;
    }
    let posts = fs::read_dir(path).map_or(0, |entries| {
        let names = entries.flatten().map(|entry| entry.path());
        names.filter(|path| ends(path, &["md"])).count()
    });
    if posts > 0 {
        let help = "move them up into the folder above";
        let message = format!("{posts} Markdown files in a subfolder are not read");
        problems.push(Problem::of_file(Severity::Hint, file, message, Some(help)));
    }
}

fn read_incident(
    folder: &Path,
    file: &str,
    cx: &Context<'_>,
) -> (Option<IncidentFile>, Vec<Problem>) {
    let mut problems = Vec::new();
    let Some(bytes) = read_file(folder, file, &mut problems) else {
        return (None, problems);
    };
    let fingerprint = fingerprint(&bytes);
    let Some(text) = decode(file, bytes, &mut problems) else {
        return (None, problems);
    };
    let (incident, found) = incident_file::read(file, &text, fingerprint, cx);
    problems.extend(found);
    problems.extend(pictures::missing(folder, file, &text));
    (incident, problems)
}

/// The SHA-256 of bytes, in hexadecimal.
pub(super) fn fingerprint(bytes: &[u8]) -> String {
    sha256(bytes)
}

/// The bytes of a plain file that isn't too large; anything else isn't even opened.
pub(super) fn read_file(folder: &Path, file: &str, problems: &mut Vec<Problem>) -> Option<Vec<u8>> {
    let path = folder.join(file);
    let mut refuse = |message: String, help: Option<&str>| {
        problems.push(Problem::of_file(Severity::Error, file, message, help));
    };
    let metadata = match fs::metadata(&path) {
        Ok(metadata) => metadata,
        Err(error) if file == site_file::NAME && error.kind() == ErrorKind::NotFound => {
            refuse(
                "there is no site.toml in this folder".to_owned(),
                Some(NEW_SITE),
            );
            return None;
        }
        Err(error) => {
            let help = help_to_read(&path, error.kind());
            refuse(format!("the file can't be read: {error}"), help);
            return None;
        }
    };
    if !metadata.is_file() {
        let what = if metadata.is_dir() {
            "a folder"
        } else {
            "a special file"
        };
        refuse(
            format!("this is {what}, not a text file"),
            Some("remove or rename it"),
        );
        return None;
    }
    let too_large =
        |size: u64| format!("the file has {size} bytes; at most {MAX_FILE_BYTES} are read");
    if metadata.len() > MAX_FILE_BYTES {
        refuse(
            too_large(metadata.len()),
            Some("put pictures and logs beside it and link to them"),
        );
        return None;
    }
    let mut bytes = Vec::new();
    let read =
        File::open(&path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
    match read {
        Ok(size) if size as u64 > MAX_FILE_BYTES => {
            refuse(too_large(size as u64), None);
            None
        }
        Ok(_) => Some(bytes),
        Err(error) => {
            let help = help_to_read(&path, error.kind());
            refuse(format!("the file can't be read: {error}"), help);
            None
        }
    }
}

/// Bytes as text, if they are UTF-8 without NUL.
pub(super) fn decode(file: &str, bytes: Vec<u8>, problems: &mut Vec<Problem>) -> Option<String> {
    let place = |bytes: &[u8], at: usize| {
        let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("byte {at}, on line {line}")
    };
    match String::from_utf8(bytes) {
        Ok(text) => {
            let Some(at) = text.bytes().position(|byte| byte == 0) else {
                return Some(text);
            };
            let message = format!("there is a NUL at {}", place(text.as_bytes(), at));
            let help = "save it as plain text in UTF-8";
            problems.push(Problem::of_file(Severity::Error, file, message, Some(help)));
            None
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let message = format!("the file is not UTF-8: {}", place(error.as_bytes(), at));
            let help = "save it as plain text in UTF-8";
            problems.push(Problem::of_file(Severity::Error, file, message, Some(help)));
            None
        }
    }
}
