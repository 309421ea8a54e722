//! The objects of one site: listed, read, put and deleted, each request tried several times.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use bytes::Bytes;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, BackoffConfig, Error, ObjectStore as _, ObjectStoreExt as _, PutOptions,
    RetryConfig,
};

use super::address::{Address, Service};
use super::http_client::Connector;
use super::trouble::explain;
use crate::site::static_files::FileHeaders;

/// How often a request is repeated, and for how long.
const RETRIES: usize = 5;
const RETRY_WITHIN: Duration = Duration::from_secs(30);

/// The objects of a site.
#[derive(Debug, Clone)]
pub(super) struct Objects(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: AmazonS3,
    address: Address,
    service: Service,
}

impl Objects {
    /// Those at an address, in the store that the environment names.
    ///
    /// # Errors
    /// If the address or the environment isn't right. The store isn't asked yet.
    pub(super) fn at(address: &str) -> anyhow::Result<Self> {
        let address = Address::parse(address)?;
        let settings = AmazonS3Builder::from_env();
        let service = Service::of(&settings)?;
        let retry = RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(200),
                max_backoff: Duration::from_secs(5),
                ..BackoffConfig::default()
            },
            max_retries: RETRIES,
            retry_timeout: RETRY_WITHIN,
        };
        let store = settings
            .with_bucket_name(&address.bucket)
            .with_http_connector(Connector)
            .with_retry(retry)
            // Not every store can delete several objects by one request.
            .with_disable_bulk_delete(true)
            .build()
            .map_err(|error| anyhow!("{}", explain(&address, &service, "", &error)))?;
        Ok(Self(Arc::new(Inner {
            store,
            address,
            service,
        })))
    }

    /// The address of an object; of all of them, if the name is empty.
    pub(super) fn shown(&self, name: &str) -> String {
        self.0.address.of(name)
    }

    /// The ETag of every object, by name.
    pub(super) async fn list(&self) -> anyhow::Result<BTreeMap<String, Option<String>>> {
        let prefix = self.path_of("")?;
        let mut listing = self.0.store.list(Some(&prefix));
        let mut found = BTreeMap::new();
        while let Some(object) = poll_fn(|context| listing.as_mut().poll_next(context)).await {
            let object = object.map_err(|error| self.failed("", &error))?;
            // A console makes an object of the prefix itself, for what it shows as a folder.
            if let Some(name) = self.0.address.name_of(object.location.as_ref()) {
                found.insert(name.to_owned(), object.e_tag);
            }
        }
        Ok(found)
    }

    /// Reads an object, if it is there.
    pub(super) async fn read(&self, name: &str) -> anyhow::Result<Option<Bytes>> {
        let path = self.path_of(name)?;
        let read = async { self.0.store.get(&path).await?.bytes().await };
        self.found(name, read.await)
    }

    /// The ETag of an object that is there.
    pub(super) async fn etag_of(&self, name: &str) -> anyhow::Result<Option<Option<String>>> {
        let found = self.0.store.head(&self.path_of(name)?).await;
        Ok(self.found(name, found)?.map(|found| found.e_tag))
    }

    /// Puts an object in one step, and returns its ETag.
    pub(super) async fn put(
        &self,
        name: &str,
        bytes: Bytes,
        headers: &FileHeaders,
    ) -> anyhow::Result<Option<String>> {
        let attributes = Attributes::from_iter([
            (
                Attribute::ContentType,
                headers.media_type.clone().into_owned(),
            ),
            (Attribute::CacheControl, headers.policy.header().to_owned()),
        ]);
        let options = PutOptions::from(attributes);
        let path = self.path_of(name)?;
        let put = self.0.store.put_opts(&path, bytes.into(), options).await;
        let put = put.map_err(|error| self.failed(name, &error))?;
        Ok(put.e_tag)
    }

    /// Deletes an object, if it is there.
    pub(super) async fn delete(&self, name: &str) -> anyhow::Result<()> {
        let deleted = self.0.store.delete(&self.path_of(name)?).await;
        self.found(name, deleted).map(|_| ())
    }

    fn found<T>(&self, name: &str, found: Result<T, Error>) -> anyhow::Result<Option<T>> {
        match found {
            Ok(found) => Ok(Some(found)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed(name, &error)),
        }
    }

    fn path_of(&self, name: &str) -> anyhow::Result<Path> {
        let path = Path::parse(self.0.address.key_of(name));
        path.map_err(|error| anyhow!("{}: {error}; rename the file", self.shown(name)))
    }

    fn failed(&self, name: &str, error: &Error) -> anyhow::Error {
        let Inner {
            address, service, ..
        } = &*self.0;
        anyhow!("{}", explain(address, service, name, error))
    }
}
