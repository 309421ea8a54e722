//! Names to addresses. A value, so that tests can have names that lead to other addresses each time.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use tokio::net::lookup_host;

/// The addresses of a name, once they are found.
pub(super) type Addresses = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Finds the addresses of a host and port.
#[derive(Clone)]
pub struct Resolver(Arc<dyn Fn(String, u16) -> Addresses + Send + Sync>);

impl Resolver {
    /// The system's.
    pub fn system() -> Self {
        Self::new(|host, port| {
            Box::pin(async move { Ok(lookup_host((host, port)).await?.collect()) })
        })
    }

    /// One that asks `find`.
    pub fn new(find: impl Fn(String, u16) -> Addresses + Send + Sync + 'static) -> Self {
        Self(Arc::new(find))
    }

    pub(super) fn find(&self, host: &str, port: u16) -> Addresses {
        (self.0)(host.to_owned(), port)
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resolver")
    }
}
