//! DKIM signatures (RFC 6376, and RFC 8463 for Ed25519), so that others believe that a message comes
//! from the domain that it names. Both parts are signed in their relaxed form.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};

use crate::domain::hash::sha256_bytes;

/// The headers that are signed, as far as a message has them.
const SIGNED: [&str; 13] = [
    "from",
    "to",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "mime-version",
    "content-type",
];

/// How long a line of the signature may be, in characters.
const LINE: usize = 70;

/// Signs messages for a domain.
pub struct Signer {
    key: Key,
    /// The name of the key in the domain's DNS: `SELECTOR._domainkey.DOMAIN`.
    selector: String,
}

enum Key {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.selector)
    }
}

impl Signer {
    /// A signer with a private key as PEM, RSA or Ed25519 (PKCS #8), or RSA alone (PKCS #1).
    ///
    /// # Errors
    /// Why the key can't be used.
    pub fn new(pem: &str, selector: &str) -> Result<Self, String> {
        let (label, der) = read_pem(pem)?;
        let key = match label {
            "PRIVATE KEY" => match Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der) {
                Ok(key) => Key::Ed25519(key),
                Err(_) => Key::Rsa(RsaKeyPair::from_pkcs8(&der).map_err(unusable)?),
            },
            "RSA PRIVATE KEY" => Key::Rsa(RsaKeyPair::from_der(&der).map_err(unusable)?),
            other => return Err(format!("{other:?} isn't a private key without a password")),
        };
        Ok(Self {
            key,
            selector: selector.to_owned(),
        })
    }

    /// The message with its signature in front. `domain` is that of its `From`, `at` the time in
    /// seconds since 1970.
    ///
    /// # Errors
    /// The message has no headers, or the system gave no random numbers.
    pub fn sign(&self, message: &[u8], domain: &str, at: i64) -> Result<Vec<u8>, String> {
        let text = String::from_utf8_lossy(message);
        let (head, body) = text
            .split_once("\r\n\r\n")
            .ok_or("the message has no headers")?;
        let headers = relaxed_headers(head);
        let find = |name: &str| headers.iter().find(|(known, _)| known == name);
        let signed: Vec<&(String, String)> = SIGNED.iter().filter_map(|name| find(name)).collect();
        let names: Vec<&str> = signed.iter().map(|(name, _)| name.as_str()).collect();
        let algorithm = match self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let body_hash = STANDARD.encode(sha256_bytes(relaxed_body(body)));
        let fields = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed; d={domain}; s={};\r\n t={at}; h={};\r\n \
             bh={body_hash};\r\n b=",
            self.selector,
            names.join(":\r\n  ")
        );
        let mut covered = String::new();
        for (name, value) in signed {
            covered.push_str(&format!("{name}:{value}\r\n"));
        }
        covered.push_str(&format!("dkim-signature:{}", relaxed_value(&fields)));
        let signature = STANDARD.encode(self.signature_of(covered.as_bytes())?);
        let lines: Vec<&str> = (0..signature.len())
            .step_by(LINE)
            .map(|start| &signature[start..signature.len().min(start + LINE)])
            .collect();
        let mut whole = format!("DKIM-Signature: {fields}{}\r\n", lines.join("\r\n  "));
        whole.push_str(&text);
        Ok(whole.into_bytes())
    }

    fn signature_of(&self, covered: &[u8]) -> Result<Vec<u8>, String> {
        match &self.key {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                let random = SystemRandom::new();
                key.sign(&RSA_PKCS1_SHA256, &random, covered, &mut signature)
                    .map_err(|_| "the key couldn't sign")?;
                Ok(signature)
            }
            Key::Ed25519(key) => Ok(key.sign(&sha256_bytes(covered)).as_ref().to_vec()),
        }
    }
}

fn unusable(error: ring::error::KeyRejected) -> String {
    format!("the key can't be used ({error}); it must be RSA with 2048 to 8192 bits, or Ed25519")
}

/// The label and the bytes of a PEM file.
fn read_pem(text: &str) -> Result<(&str, Vec<u8>), String> {
    let none = "there is no \"-----BEGIN PRIVATE KEY-----\" in it";
    let (_, rest) = text.split_once("-----BEGIN ").ok_or(none)?;
    let (label, rest) = rest.split_once("-----").ok_or(none)?;
    let (body, _) = rest.split_once("-----END ").ok_or("it has no end")?;
    let packed: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    let der = STANDARD.decode(packed);
    Ok((
        label,
        der.map_err(|error| format!("it isn't Base64: {error}"))?,
    ))
}

/// Names in lower case, and values in their relaxed form, in order.
fn relaxed_headers(head: &str) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        match (line.starts_with([' ', '\t']), headers.last_mut()) {
            (true, Some((_, value))) => value.push_str(line),
            _ => {
                if let Some((name, value)) = line.split_once(':') {
                    headers.push((name.trim().to_lowercase(), value.to_owned()));
                }
            }
        }
    }
    for (_, value) in &mut headers {
        *value = relaxed_value(value);
    }
    headers
}

/// Without line breaks, with one space wherever there is any (section 3.4.2).
fn relaxed_value(value: &str) -> String {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    words.join(" ")
}

/// Without spaces at the ends of lines and empty lines at the end, with one space wherever there is
/// any (section 3.4.4).
fn relaxed_body(body: &str) -> String {
    let mut relaxed = String::with_capacity(body.len());
    for line in body.split("\r\n") {
        let line = line.trim_end_matches([' ', '\t']);
        let mut was_space = false;
        for c in line.chars() {
            let is_space = c == ' ' || c == '\t';
            if !is_space {
                relaxed.push(c);
            } else if !was_space {
                relaxed.push(' ');
            }
            was_space = is_space;
        }
        relaxed.push_str("\r\n");
    }
    let end = relaxed.trim_end_matches("\r\n").len();
    relaxed.truncate(end);
    if !relaxed.is_empty() {
        relaxed.push_str("\r\n");
    }
    relaxed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_relaxed_form_is_that_of_the_standard() {
        // RFC 6376, section 3.4.5.
        let headers = relaxed_headers("A: X\r\nB : Y\t\r\n\tZ  ");
        let expected = [("a", "X"), ("b", "Y Z")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(headers, expected);
        assert_eq!(relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
        assert_eq!(relaxed_body(""), "");
        assert_eq!(relaxed_body("\r\n\r\n"), "");
        assert_eq!(relaxed_body("a"), "a\r\n");
    }

    #[test]
    fn what_is_no_private_key_is_refused() {
        for (pem, why) in [
            ("", "there is no"),
            ("-----BEGIN PRIVATE KEY-----\nAAAA", "it has no end"),
            (
                "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n",
                "it isn't Base64",
            ),
            (
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                "the key can't be used",
            ),
            (
                "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
                "\"PUBLIC KEY\" isn't a private key",
            ),
        ] {
            let error = Signer::new(pem, "s").err().unwrap_or_default();
            assert!(error.starts_with(why), "{pem:?}: {error}");
        }
    }
}
