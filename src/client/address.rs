//! The address of a server: validated once, then joined with paths.

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;

use super::error::ClientError;
use crate::urls;

/// A URL: `http` or `https`, a host and an optional path, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    text: String,
    host: String,
    encrypted: bool,
}

impl Address {
    /// Parses an address as a person typed it.
    pub fn parse(text: &str) -> Result<Self, ClientError> {
        let bad = |why: &str| ClientError::BadAddress {
            text: text.to_owned(),
            why: why.to_owned(),
        };
        let text = without_page(text.trim()).trim_end_matches('/');
        let uri: Uri = text.parse().map_err(|_| bad("it isn't a URL"))?;
        let encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) | None => return Err(bad("it must begin with https:// or http://")),
        };
        let Some(authority) = uri.authority() else {
            return Err(bad("it names no host"));
        };
        if authority.as_str().contains('@') {
            return Err(bad("it must hold no user name or password"));
        }
        if uri.query().is_some() || text.contains('#') {
            return Err(bad("it must end with the host or a path"));
        }
        Ok(Self {
            host: authority.host().to_owned(),
            text: text.to_owned(),
            encrypted,
        })
    }

    /// The absolute URL of a path.
    pub fn join(&self, path: &str) -> String {
        urls::absolute(&self.text, path)
    }

    /// Whether the connection is safe from eavesdroppers.
    pub fn keeps_secrets(&self) -> bool {
        self.encrypted || self.is_loopback()
    }

    /// Whether the server is on this machine (a loopback address).
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// First segments of our pages' paths, in case somebody copies a page's URL from a browser.
const PAGES: [&str; 8] = [
    "staff",
    "api",
    "incidents",
    "components",
    "history",
    "subscribe",
    "search",
    "embed",
];

/// The site's address, if the address of one of its pages was given.
fn without_page(text: &str) -> &str {
    let Some(start) = text.find("://").map(|at| at + 3) else {
        return text;
    };
    let Some(slash) = text[start..].find('/').map(|at| start + at) else {
        return text;
    };
    let first = text[slash + 1..].split(['/', '?', '#']).next();
    match first.is_some_and(|first| PAGES.contains(&first)) {
        true => &text[..slash],
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_a_host_and_perhaps_a_path() {
        let check = |text: &str, wanted: Option<&str>| {
            let joined = Address::parse(text).map(|address| address.join("/x"));
            assert_eq!(joined.ok().as_deref(), wanted, "{text}");
        };
        check(
            "https://status.example.com/",
            Some("https://status.example.com/x"),
        );
        check(" http://localhost:80 ", Some("http://localhost:80/x"));
        check(
            "https://a.example/status",
            Some("https://a.example/status/x"),
        );
        check("status.example.com", None);
        check("ftp://a.example", None);
        check("https://me:secret@a.example", None);
        check("https://a.example?x=1", None);
        check("https://", None);
    }

    #[test]
    fn the_address_of_one_of_its_pages_means_the_site() {
        for text in [
            "https://status.example.com/staff",
            "https://status.example.com/staff/sign-in?to=/staff",
            "https://status.example.com/incidents/selma-is-down#update-1",
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.to_string(), "https://status.example.com", "{text}");
        }
        let other = Address::parse("https://example.com/status").unwrap();
        assert_eq!(other.to_string(), "https://example.com/status");
    }

    #[test]
    fn names_that_only_look_local_are_not() {
        let loopback = |text| Address::parse(text).is_ok_and(|address| address.is_loopback());
        assert!(loopback("http://127.8.9.1"));
        for text in ["http://127.0.0.1.example.com", "http://localhost.example"] {
            assert!(!loopback(text), "{text}");
        }
    }
}
