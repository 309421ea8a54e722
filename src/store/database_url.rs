//! The URLs of databases: what they name, and how they are shown.

use std::path::PathBuf;

use super::engine::Engine;
use super::error::StoreError;

/// The kind of database that a URL names.
///
/// # Errors
/// `File`, if it names none.
pub(super) fn engine_of(url: &str) -> Result<Engine, StoreError> {
    let urls = split(url);
    if urls.len() > 1 && urls.iter().any(|url| url.starts_with("sqlite:")) {
        return Err(StoreError::File(
            "only PostgreSQL's servers can be several; name one file, or PostgreSQL's URLs with \
             commas between them"
                .to_owned(),
        ));
    }
    if let Some(rest) = url.strip_prefix("sqlite:") {
        // Without a name, SQLite would create a database that is gone when the process ends.
        let path = rest.split('?').next().unwrap_or(rest);
        let is_memory = path == ":memory:" || rest.contains("mode=memory");
        if is_memory || path.trim_start_matches('/').is_empty() {
            return Err(StoreError::File(format!(
                "{url:?} names no file: write sqlite:lightship.db, or the path of another file"
            )));
        }
        Ok(Engine::Sqlite)
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        Ok(Engine::Postgres)
    } else {
        let shown = without_password(url);
        Err(StoreError::File(format!(
            "{shown:?} is not a database that Lightship knows: write sqlite:FILE or \
             postgres://USER@HOST/NAME"
        )))
    }
}

/// An SQLite URL that opens a file only if it exists.
pub(super) fn existing_only(url: &str) -> String {
    let (name, options) = url.split_once('?').unwrap_or((url, ""));
    let is_kept = |option: &&str| !option.is_empty() && *option != "mode=rwc";
    let mut options: Vec<&str> = options.split('&').filter(is_kept).collect();
    if !options.iter().any(|option| option.starts_with("mode=")) {
        options.push("mode=rw");
    }
    format!("{name}?{}", options.join("&"))
}

/// The URLs in a list of PostgreSQL servers, separated by commas. Any other URL is the only one.
pub(super) fn split(url: &str) -> Vec<String> {
    let mut urls: Vec<String> = Vec::new();
    for part in url.split(',') {
        let begins = ["postgres://", "postgresql://", "sqlite:"]
            .iter()
            .any(|scheme| part.trim_start().starts_with(scheme));
        match urls.last_mut() {
            // A comma may be part of a password or a path.
            Some(last) if !begins => {
                last.push(',');
                last.push_str(part);
            }
            _ => urls.push(part.trim().to_owned()),
        }
    }
    urls
}

/// A database's URL for display, without password and options; several with commas between them.
pub fn without_password(url: &str) -> String {
    let urls = split(url);
    let shown: Vec<String> = urls.iter().map(|url| one_without_password(url)).collect();
    shown.join(", ")
}

fn one_without_password(url: &str) -> String {
    let (Some((scheme, rest)), false) = (url.split_once("://"), url.starts_with("sqlite:")) else {
        return url.to_owned();
    };
    let rest = rest.split('?').next().unwrap_or(rest);
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or(user);
            format!("{scheme}://{user}@{host}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

/// The path of an SQLite database that is a file.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.split('?').next().unwrap_or(rest);
    let path = path.strip_prefix("//").unwrap_or(path);
    (!path.is_empty()).then(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_ever_shown() {
        for (url, shown) in [
            (
                "postgres://ann:se:c@ret@db:5432/status?password=x",
                "postgres://ann@db:5432/status",
            ),
            ("postgres://db/status", "postgres://db/status"),
            ("mysql://ann:secret@db/x", "mysql://ann@db/x"),
            (
                "sqlite:/var/lib/lightship.db",
                "sqlite:/var/lib/lightship.db",
            ),
            ("lightship.db", "lightship.db"),
            (
                "postgres://ann:a,b@one/status,postgres://ann:c@two/status?x=y",
                "postgres://ann@one/status, postgres://ann@two/status",
            ),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }

    #[test]
    fn a_database_without_a_name_is_refused() {
        for url in [
            "sqlite:",
            "sqlite://",
            "sqlite:?mode=rwc",
            "sqlite::memory:",
            "sqlite:a.db?mode=memory",
            "mysql://host/name",
            "postgres://one/x,sqlite:a.db",
            "sqlite:a.db,postgres://one/x",
        ] {
            assert!(engine_of(url).is_err(), "{url}");
        }
        for url in ["sqlite:a.db", "sqlite:///a.db", "postgres://db/status"] {
            assert!(engine_of(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn several_servers_are_separated_by_commas() {
        let one = "postgres://ann:a,b@one/status";
        assert_eq!(split(one), [one]);
        assert_eq!(
            split("postgres://one/status,postgresql://two/status, postgres://ann:a,b@three/x"),
            [
                "postgres://one/status",
                "postgresql://two/status",
                "postgres://ann:a,b@three/x"
            ]
        );
        assert_eq!(split("sqlite:a,b.db"), ["sqlite:a,b.db"]);
    }
}
