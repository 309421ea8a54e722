//! E-mail addresses, as far as they can be written to: one line, one recipient.

use std::fmt;

/// The most characters of an address.
const MAX_CHARS: usize = 254;
/// The most bytes before the `@`.
const MAX_LOCAL_BYTES: usize = 64;

/// The address of one person. It holds no space, control character or sign that separates
/// addresses, so it can stand in a header as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

/// Why a text isn't an address, for the person who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAddress {
    /// Nothing was typed.
    #[error("an e-mail address is needed, such as dana@example.com")]
    Empty,
    /// There is no `@`, or nothing on one side of it.
    #[error("an e-mail address has a name, an @ and a domain, such as dana@example.com")]
    NoAt,
    /// There is more than one address, or something beside it.
    #[error("write only one address, without a name or spaces, such as dana@example.com")]
    NotAlone,
    /// The domain isn't one.
    #[error("the part after the @ isn't a domain, such as example.com")]
    NoDomain,
    /// It is longer than addresses may be.
    #[error("an e-mail address has at most 254 characters")]
    TooLong,
}

impl EmailAddress {
    /// Reads an address, with spaces around it or without.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, NoAddress> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NoAddress::Empty);
        }
        if text.chars().count() > MAX_CHARS {
            return Err(NoAddress::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(NoAddress::NoAt)?;
        if local.is_empty() || domain.is_empty() {
            return Err(NoAddress::NoAt);
        }
        let is_apart = |c: char| {
            c.is_whitespace() || c.is_control() || "<>()[],;:\\\"@".contains(c) || is_invisible(c)
        };
        if text.replacen('@', "", 1).contains(is_apart) {
            return Err(NoAddress::NotAlone);
        }
        if local.len() > MAX_LOCAL_BYTES {
            return Err(NoAddress::TooLong);
        }
        let is_dotted = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
        if !is_dotted {
            return Err(NoAddress::NoAt);
        }
        if !is_domain(domain) {
            return Err(NoAddress::NoDomain);
        }
        Ok(Self(text.to_owned()))
    }

    /// The address as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The same for addresses that reach the same mailbox: in lower case. Few servers tell a name
    /// from the same name in capitals.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// The address for logs and the activity log: `d***@example.com`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{domain}")
    }
}

/// A text with each address in it masked. Reasons of mail servers and staff often quote one.
pub fn mask_addresses(text: &str) -> String {
    let is_edge = |c: char| c.is_whitespace() || "<>()[]{},;:\"'`|=".contains(c);
    let mut out = String::new();
    for part in text.split_inclusive(is_edge) {
        let word = part.trim_end_matches(is_edge);
        let (word, end) = part.split_at(word.len());
        let bare = word.trim_end_matches(['.', '!', '?']);
        if bare.contains('@') {
            out.push_str(&EmailAddress(bare.to_owned()).masked());
            out.push_str(&word[bare.len()..]);
        } else {
            out.push_str(word);
        }
        out.push_str(end);
    }
    out
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a character changes how its neighbours are shown, or isn't shown itself.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn is_domain(domain: &str) -> bool {
    let mut labels = domain.split('.').collect::<Vec<_>>();
    let last = labels.last().copied().unwrap_or_default();
    let is_label = |label: &&str| {
        let is_inside = |c: char| c == '-' || c.is_alphanumeric();
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(is_inside)
    };
    let is_top = last.chars().any(char::is_alphabetic);
    labels.retain(|label| !is_label(label));
    labels.is_empty() && is_top && domain.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        for text in [
            "dana@example.com",
            " dana@example.com ",
            "d.o'neil+status@mail.example.co.uk",
            "jürgen@müller.example",
            "x@xn--mller-kva.example",
            "1@2.example",
        ] {
            let read = EmailAddress::parse(text);
            assert_eq!(read.as_ref().map(EmailAddress::as_str), Ok(text.trim()));
        }
        let quoted = EmailAddress("\"dana@home\"@mail.example.com".to_owned());
        assert_eq!(quoted.domain(), "mail.example.com");
    }

    #[test]
    fn what_could_reach_anybody_else_is_no_address() {
        for (text, why) in [
            ("", NoAddress::Empty),
            (" ", NoAddress::Empty),
            ("dana", NoAddress::NoAt),
            ("@example.com", NoAddress::NoAt),
            ("dana@", NoAddress::NoAt),
            (".dana@example.com", NoAddress::NoAt),
            ("da..na@example.com", NoAddress::NoAt),
            ("Dana <dana@example.com>", NoAddress::NotAlone),
            ("a@example.com,b@example.com", NoAddress::NotAlone),
            ("a@example.com b@example.com", NoAddress::NotAlone),
            ("a@example.com\r\nBcc: b@example.com", NoAddress::NotAlone),
            ("da\u{200b}na@example.com", NoAddress::NotAlone),
            ("\"a b\"@example.com", NoAddress::NotAlone),
            ("a@b@example.com", NoAddress::NotAlone),
            ("dana@localhost", NoAddress::NoDomain),
            ("dana@-example.com", NoAddress::NoDomain),
            ("dana@example..com", NoAddress::NoDomain),
            ("dana@exa_mple.com", NoAddress::NoDomain),
            ("dana@10.0.0.1", NoAddress::NoDomain),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(why), "{text:?}");
        }
        let long = format!("{}@example.com", "x".repeat(65));
        assert_eq!(EmailAddress::parse(&long), Err(NoAddress::TooLong));
        let longer = format!("x@{}.com", "x.".repeat(130));
        assert_eq!(EmailAddress::parse(&longer), Err(NoAddress::TooLong));
    }

    #[test]
    fn capitals_make_no_other_address_and_a_masked_one_names_nobody() {
        let address = EmailAddress::parse("Dana@Example.com").expect("an address");
        assert_eq!(address.key(), "dana@example.com");
        assert_eq!(address.masked(), "D***@Example.com");
        assert_eq!(address.to_string(), "Dana@Example.com");
    }

    #[test]
    fn addresses_within_a_text_are_masked_and_the_rest_stays() {
        for (text, masked) in [
            ("", ""),
            ("mailbox full", "mailbox full"),
            (
                "550 5.1.1 <dana@example.com>: user unknown",
                "550 5.1.1 <d***@example.com>: user unknown",
            ),
            (
                "dana@example.com and mailto:lee@example.com.",
                "d***@example.com and mailto:l***@example.com.",
            ),
            ("a\tdana@localhost\n", "a\td***@localhost\n"),
            ("rcpt=jürgen@müller.example!", "rcpt=j***@müller.example!"),
            ("an @ alone", "an ***@ alone"),
        ] {
            assert_eq!(mask_addresses(text), masked);
        }
    }
}
