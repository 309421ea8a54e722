//! Why an object store didn't do what it was asked, in words that say what to do.

use std::error::Error as StdError;
use std::iter::successors;

use object_store::Error;
use object_store::client::{HttpError, HttpErrorKind};

use super::address::{Address, Service};

/// An error in words: the object, what is wrong, and how to mend it. `name` is empty for all
/// objects.
pub(super) fn explain(address: &Address, service: &Service, name: &str, error: &Error) -> String {
    let place = address.of(name);
    let Service { endpoint, region } = service;
    let told = match Trouble::of(error) {
        Trouble::NoBucket => format!(
            "there is no bucket {} at {endpoint}; create it, or check the name, AWS_REGION and \
             AWS_ENDPOINT_URL",
            address.bucket
        ),
        Trouble::Denied => "access is denied; give these credentials the rights that \
                            docs/static.md names"
            .to_owned(),
        Trouble::NoCredentials => "there are no credentials; set AWS_ACCESS_KEY_ID and \
                                   AWS_SECRET_ACCESS_KEY"
            .to_owned(),
        Trouble::WrongCredentials => "the credentials aren't accepted; check AWS_ACCESS_KEY_ID, \
                                      AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
            .to_owned(),
        Trouble::OtherRegion => {
            format!("the bucket isn't in the region {region}; set AWS_REGION to its own")
        }
        Trouble::OtherTime => "the clock of this machine differs too much from that of the store; \
                               set it right"
            .to_owned(),
        Trouble::Unreachable(why) => format!(
            "{endpoint} can't be reached: {why}; check AWS_ENDPOINT_URL, AWS_REGION and the network"
        ),
        Trouble::Other(text) => text,
    };
    format!("{place}: {told}")
}

#[derive(Debug, PartialEq, Eq)]
enum Trouble {
    NoBucket,
    Denied,
    NoCredentials,
    WrongCredentials,
    OtherRegion,
    OtherTime,
    Unreachable(String),
    Other(String),
}

impl Trouble {
    fn of(error: &Error) -> Self {
        let text = error.to_string();
        // Only an answer has a code. Without credentials, the machine's own are asked for.
        if text.contains("/latest/api/token") || text.contains("/latest/meta-data/") {
            return Self::NoCredentials;
        }
        let code = element(&text, "Code").unwrap_or_default();
        match code {
            "NoSuchBucket" => return Self::NoBucket,
            "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "ExpiredToken"
            | "InvalidToken"
            | "InvalidClientTokenId" => return Self::WrongCredentials,
            "PermanentRedirect" | "AuthorizationHeaderMalformed" => return Self::OtherRegion,
            "RequestTimeTooSkewed" => return Self::OtherTime,
            "AccessDenied" => return Self::Denied,
            _ => {}
        }
        if text.contains("incorrectly configured region") {
            return Self::OtherRegion;
        }
        if matches!(error, Error::PermissionDenied { .. }) {
            return Self::Denied;
        }
        if matches!(error, Error::Unauthenticated { .. }) {
            return Self::WrongCredentials;
        }
        if let Some(why) = connection_trouble(error) {
            return Self::Unreachable(why);
        }
        let message = element(&text, "Message").unwrap_or_default();
        Self::Other(match code {
            "" => text.split_whitespace().collect::<Vec<_>>().join(" "),
            _ => format!("the store says {code}: {message}"),
        })
    }
}

/// What is in an element of an answer.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (found, _) = rest.split_once(&format!("</{name}>"))?;
    Some(found)
}

/// Why there was no answer, if there was none.
fn connection_trouble(error: &Error) -> Option<String> {
    let first: Option<&(dyn StdError + 'static)> = Some(error);
    let chain: Vec<_> = successors(first, |error| (*error).source()).collect();
    let mut http = chain
        .iter()
        .filter_map(|error| error.downcast_ref::<HttpError>());
    match http.next()?.kind() {
        HttpErrorKind::Timeout => Some("it doesn't answer in time".to_owned()),
        _ => chain.last().map(ToString::to_string),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error as the crate makes it of an answer.
    fn answer(status: &str, body: &str) -> Error {
        Error::Generic {
            store: "S3",
            source: format!("Server returned non-2xx status code: {status}: {body}").into(),
        }
    }

    fn coded(code: &str) -> Error {
        let body = format!("<?xml?>\n<Error><Code>{code}</Code><Message>No.</Message></Error>");
        answer("403 Forbidden", &body)
    }

    #[test]
    fn what_the_store_says_becomes_what_to_do() {
        let address = Address::parse("s3://status/a").expect("an address");
        let service = Service {
            endpoint: "https://s3.example.com".to_owned(),
            region: "eu-west-1".to_owned(),
        };
        let check = |error: Error, told: &str| {
            let text = explain(&address, &service, "index.html", &error);
            assert!(text.starts_with("s3://status/a/index.html: "), "{text}");
            assert!(text.contains(told) && !text.contains('\n'), "{text}");
        };
        check(
            coded("NoSuchBucket"),
            "no bucket status at https://s3.example.com",
        );
        check(
            coded("AccessDenied"),
            "the rights that docs/static.md names",
        );
        check(coded("SignatureDoesNotMatch"), "check AWS_ACCESS_KEY_ID");
        check(coded("InvalidAccessKeyId"), "check AWS_ACCESS_KEY_ID");
        check(coded("ExpiredToken"), "AWS_SESSION_TOKEN");
        check(coded("PermanentRedirect"), "isn't in the region eu-west-1");
        check(coded("RequestTimeTooSkewed"), "clock");
        check(
            coded("EntityTooLarge"),
            "the store says EntityTooLarge: No.",
        );
        check(answer("418", "a\n  b"), "418: a b");
        let asked = "Error performing PUT http://169.254.169.254/latest/api/token in 1s";
        check(answer("-", asked), "there are no credentials");
        let denied = Error::PermissionDenied {
            path: "a".to_owned(),
            source: "403".into(),
        };
        check(denied, "access is denied");
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let unreachable = Error::Generic {
            store: "S3",
            source: HttpError::new(HttpErrorKind::Connect, refused).into(),
        };
        check(unreachable, "can't be reached: connection refused");
    }
}
