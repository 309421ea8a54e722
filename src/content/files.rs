//! The files of a content folder: their names, their bytes, and why one can't be read.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::problem::{Problem, Severity};
use super::site_file;
use crate::domain::hash::sha256;

/// Larger files aren't read.
pub const MAX_FILE_BYTES: u64 = 2 * 1024 * 1024;

/// How to begin a site.
const NEW_SITE: &str = "make one; two lines are enough: name = \"Example status\" and time_zone = \
                        \"America/Denver\"";

const DEAD_LINK: &str = "it is a broken link; correct or remove it";

/// How to fix a file or folder that can't be read.
fn help_to_read(path: &Path, kind: ErrorKind) -> Option<&'static str> {
    if kind == ErrorKind::PermissionDenied {
        return Some("give the user who runs Lightship the right to read it");
    }
    path.is_symlink().then_some(DEAD_LINK)
}

/// The names of the Markdown files in the subfolder `within`, sorted. `None` if it exists but can't
/// be listed.
pub(super) fn list_posts(
    folder: &Path,
    within: &str,
    problems: &mut Vec<Problem>,
) -> Option<Vec<String>> {
    let path = folder.join(within);
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        // A broken link isn't an empty folder.
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

/// Reports why something that looks like a post isn't one.
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

/// The SHA-256 of bytes, in hexadecimal.
pub(super) fn fingerprint(bytes: &[u8]) -> String {
    sha256(bytes)
}

/// Reads a regular file that isn't too large. Anything else isn't even opened.
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

/// Decodes bytes as text, if they are UTF-8 without NUL.
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
