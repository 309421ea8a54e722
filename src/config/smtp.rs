//! The mail server, as one URL: `smtps://USER:PASSWORD@HOST:PORT` or `smtp://…`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use percent_encoding::percent_decode_str;

/// The port for TLS from the first byte (RFC 8314).
const TLS_PORT: u16 = 465;
/// The port for submission, with STARTTLS (RFC 6409).
const SUBMISSION_PORT: u16 = 587;
/// The port of a server on the same machine.
const LOOPBACK_PORT: u16 = 25;

/// A mail server to hand messages to.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// User name and password.
    pub login: Option<(String, String)>,
}

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// By TLS from the first byte.
    Tls,
    /// By TLS after STARTTLS, which the server must offer.
    StartTls,
    /// Not at all; only on the machine itself.
    None,
}

impl fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpServer({self})")
    }
}

impl fmt::Display for SmtpServer {
    /// Host and port; never the login.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

const HOW: &str = "write smtps://USER:PASSWORD@HOST (TLS, port 465) or smtp://USER:PASSWORD@HOST \
                   (STARTTLS, port 587); smtp://localhost for a server on this machine";

impl FromStr for SmtpServer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(HOW)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, rest),
        };
        if place.contains(['/', '?', '#']) {
            let found = "nothing may follow the host and port";
            return Err(format!("{found}: write a / in a password as %2F; {HOW}"));
        }
        let (host, port) = host_and_port(place)?;
        let protection = match scheme.to_ascii_lowercase().as_str() {
            "smtps" => Protection::Tls,
            "smtp" if is_loopback(&host) => Protection::None,
            "smtp" => Protection::StartTls,
            other => return Err(format!("{other:?} isn't smtp or smtps: {HOW}")),
        };
        let usual = match protection {
            Protection::Tls => TLS_PORT,
            Protection::StartTls => SUBMISSION_PORT,
            Protection::None => LOOPBACK_PORT,
        };
        Ok(Self {
            host,
            port: port.unwrap_or(usual),
            protection,
            login: login.map(read_login).transpose()?,
        })
    }
}

fn host_and_port(place: &str) -> Result<(String, Option<u16>), String> {
    let (host, port) = match place.strip_prefix('[').and_then(|it| it.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, Some(port.strip_prefix(':').ok_or(HOW)?)),
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let is_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '_');
    if host.is_empty() || !host.chars().all(is_host) {
        return Err(format!("{host:?} isn't the name of a server: {HOW}"));
    }
    let port = port.map(|port| {
        let read = port.parse::<u16>().ok().filter(|port| *port > 0);
        read.ok_or_else(|| format!("{port:?} isn't a port: {HOW}"))
    });
    Ok((host.to_owned(), port.transpose()?))
}

fn read_login(text: &str) -> Result<(String, String), String> {
    let (user, password) = text
        .split_once(':')
        .ok_or_else(|| format!("a user needs a password: {HOW}"))?;
    let read = |part: &str| {
        let read = percent_decode_str(part).decode_utf8();
        let read = read.map_err(|_| format!("user and password must be UTF-8: {HOW}"))?;
        Ok::<_, String>(read.into_owned())
    };
    Ok((read(user)?, read(password)?))
}

/// Whether a name means the machine itself.
fn is_loopback(host: &str) -> bool {
    let address = host.parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, shown: &str, protection: Protection, login: Option<(&str, &str)>) {
        let server: SmtpServer = text.parse().expect("a server");
        assert_eq!(server.to_string(), shown);
        assert_eq!(server.protection, protection);
        let login = login.map(|(user, password)| (user.to_owned(), password.to_owned()));
        assert_eq!(server.login, login);
    }

    #[test]
    fn a_server_is_protected_unless_it_is_on_the_same_machine() {
        let login = Some(("me@example.com", "p:/@ss"));
        check(
            "smtps://me%40example.com:p:%2F%40ss@mail.example.com",
            "mail.example.com:465",
            Protection::Tls,
            login,
        );
        check(
            "smtp://mail.example.com",
            "mail.example.com:587",
            Protection::StartTls,
            None,
        );
        check("smtp://localhost/", "localhost:25", Protection::None, None);
        check(
            "smtp://127.0.0.1:2525",
            "127.0.0.1:2525",
            Protection::None,
            None,
        );
        check("smtp://[::1]:2525", "[::1]:2525", Protection::None, None);
        check("SMTPS://[::1]", "[::1]:465", Protection::Tls, None);
    }

    #[test]
    fn what_is_no_server_is_refused() {
        for text in [
            "",
            "mail.example.com",
            "http://mail.example.com",
            "smtp://",
            "smtp://mail.example.com:0",
            "smtp://mail.example.com:smtp",
            "smtp://mail.example.com/path",
            "smtp://me@mail.example.com",
            "smtp://me:%ff@mail.example.com",
            "smtp://[::1",
            "smtp://a b",
        ] {
            assert!(text.parse::<SmtpServer>().is_err(), "{text}");
        }
    }

    #[test]
    fn no_log_shows_a_password() {
        let server: SmtpServer = "smtps://me:secret@mail.example.com".parse().expect("read");
        assert_eq!(format!("{server:?}"), "SmtpServer(mail.example.com:465)");
    }
}
