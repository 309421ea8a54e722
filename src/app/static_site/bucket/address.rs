//! The address of a place in an object store, `s3://BUCKET/PREFIX`, and the settings that the
//! environment adds: endpoint, region and credentials.

use anyhow::{Context as _, bail};
use http::Uri;
use object_store::ClientConfigKey;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;

/// Where the site is in an object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// The bucket.
    pub(super) bucket: String,
    /// What the names of all objects begin with, without a slash at the end. It may be empty.
    pub(super) prefix: String,
}

/// The store that holds the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Service {
    /// Its URL.
    pub(super) endpoint: String,
    /// The region that requests are for.
    pub(super) region: String,
}

impl Address {
    /// Parses an address.
    ///
    /// # Errors
    /// What is wrong with it, and how to write it.
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        let Some((scheme, rest)) = text.split_once("://") else {
            bail!("{text} isn't the address of a bucket; write s3://{text}");
        };
        if scheme != "s3" {
            bail!(
                "{text} isn't the address of a bucket; write s3://BUCKET/PREFIX, and set \
                 AWS_ENDPOINT_URL if the store isn't Amazon's"
            );
        }
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            bail!("{text} names no bucket; write s3://BUCKET/PREFIX");
        }
        if bucket.contains(|it: char| !it.is_ascii_alphanumeric() && !"-._".contains(it)) {
            bail!(
                "{bucket} can't be the name of a bucket: they have letters, digits, dots and \
                 hyphens only"
            );
        }
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let is_path = Path::parse(prefix).is_ok_and(|path| path.as_ref() == prefix);
        if !is_path {
            bail!("the prefix {prefix} has an empty part, or a part that leads elsewhere");
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        })
    }

    /// The address of an object of this name; of all of them, if the name is empty.
    pub(super) fn of(&self, name: &str) -> String {
        let key = self.key_of(name);
        format!("s3://{}/{}", self.bucket, key.trim_end_matches('/'))
    }

    /// The whole name that an object has in its bucket.
    pub(super) fn key_of(&self, name: &str) -> String {
        match self.prefix.as_str() {
            "" => name.to_owned(),
            prefix => format!("{prefix}/{name}"),
        }
    }

    /// The name of an object, from its whole name in the bucket. `None` if it is elsewhere.
    pub(super) fn name_of<'k>(&self, key: &'k str) -> Option<&'k str> {
        match self.prefix.as_str() {
            "" => Some(key),
            prefix => key.strip_prefix(prefix)?.strip_prefix('/'),
        }
    }
}

impl Service {
    /// The store that the environment names.
    ///
    /// # Errors
    /// What is wrong with a variable, and how to set it.
    pub(super) fn of(settings: &AmazonS3Builder) -> anyhow::Result<Self> {
        let get = |key| settings.get_config_value(&key);
        let has_id = get(AmazonS3ConfigKey::AccessKeyId).is_some();
        let has_secret = get(AmazonS3ConfigKey::SecretAccessKey).is_some();
        if has_id != has_secret {
            bail!(
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together; set both, or neither"
            );
        }
        let region = get(AmazonS3ConfigKey::Region).unwrap_or_else(|| "us-east-1".to_owned());
        let named = get(AmazonS3ConfigKey::S3Endpoint).or(get(AmazonS3ConfigKey::Endpoint));
        let endpoint = match named {
            Some(endpoint) => endpoint,
            None => format!("https://s3.{region}.amazonaws.com"),
        };
        let url: Uri = endpoint.parse().with_context(|| said_of(&endpoint))?;
        match url.scheme_str() {
            Some("https") => {}
            Some("http") => {
                let allowed = AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp);
                if get(allowed).is_none_or(|it| !it.eq_ignore_ascii_case("true")) {
                    bail!(
                        "{endpoint} isn't encrypted; name an https:// address, or set \
                         AWS_ALLOW_HTTP=true"
                    );
                }
            }
            Some(_) | None => bail!("{}", said_of(&endpoint)),
        }
        Ok(Self { endpoint, region })
    }
}

fn said_of(endpoint: &str) -> String {
    format!("AWS_ENDPOINT_URL is {endpoint}; write it like https://s3.example.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_bucket_and_may_have_a_prefix() {
        let check = |text: &str, bucket: &str, prefix: &str| {
            let found = Address::parse(text).expect(text);
            assert_eq!((&*found.bucket, &*found.prefix), (bucket, prefix));
        };
        check("s3://status", "status", "");
        check("s3://status/", "status", "");
        check("s3://my.status-1/a/b/", "my.status-1", "a/b");
        check("s3://status/100% ours", "status", "100% ours");
    }

    #[test]
    fn an_address_that_isnt_one_is_refused_with_how_to_write_it() {
        let check = |text: &str, told: &str| {
            let error = Address::parse(text).expect_err(text).to_string();
            assert!(error.contains(told), "{error}");
        };
        check("status/a", "write s3://status/a");
        check("https://status.s3.amazonaws.com/", "s3://BUCKET/PREFIX");
        check("gs://status", "AWS_ENDPOINT_URL");
        check("s3://", "names no bucket");
        check("s3:///a", "names no bucket");
        check("s3://key@status/a", "can't be the name of a bucket");
        check("s3://status//a", "empty part");
        check("s3://status/a//", "empty part");
        check("s3://status/a/../b", "leads elsewhere");
    }

    #[test]
    fn a_name_is_put_after_the_prefix() {
        let check = |address: &str, name: &str, key: &str| {
            let address = Address::parse(address).expect(address);
            assert_eq!(address.key_of(name), key);
            assert_eq!(address.name_of(key), Some(name));
        };
        check("s3://status", "a/b", "a/b");
        check("s3://status/x", "a/b", "x/a/b");
        let address = Address::parse("s3://status/x").expect("an address");
        assert_eq!(address.name_of("xy/a"), None);
        assert_eq!(address.name_of("x"), None);
        assert_eq!(address.of("a"), "s3://status/x/a");
        assert_eq!(address.of(""), "s3://status/x");
    }

    #[test]
    fn the_environment_is_checked() {
        let check = |settings: &[(&str, &str)], told: Result<&str, &str>| {
            let mut builder = AmazonS3Builder::new();
            for (key, value) in settings {
                builder = builder.with_config(key.parse().expect("a key"), *value);
            }
            let found = Service::of(&builder);
            match told {
                Ok(endpoint) => assert_eq!(found.expect(endpoint).endpoint, endpoint),
                Err(told) => {
                    let error = found.expect_err(told).to_string();
                    assert!(error.contains(told), "{error}");
                }
            }
        };
        let region = ("aws_region", "eu-west-1");
        check(&[region], Ok("https://s3.eu-west-1.amazonaws.com"));
        check(&[("aws_endpoint_url", "https://a.b")], Ok("https://a.b"));
        let plain = ("aws_endpoint", "http://a.b:9000");
        check(&[plain], Err("AWS_ALLOW_HTTP=true"));
        check(&[plain, ("aws_allow_http", "true")], Ok("http://a.b:9000"));
        check(
            &[("aws_endpoint_url", "a.b:9000")],
            Err("write it like https://"),
        );
        check(
            &[("aws_endpoint_url", "ftp://a.b")],
            Err("write it like https://"),
        );
        check(&[("aws_access_key_id", "a")], Err("belong together"));
    }
}
