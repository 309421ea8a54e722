//! The HTTP client for receivers that others run: no redirects, ten seconds, a
//! few KB. It connects only
//! to an address that it has checked, and never looks the name up again.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::exchange::{HttpAnswer, HttpRequest};
use super::resolver::Resolver;
use super::response::{body_in, read_body, read_head};
use crate::domain::added_channel::{OutgoingRules, check_url, host_and_port};
use crate::domain::public_address::is_public;

/// How long a request may take, from looking up its name to the end of the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one of several addresses is tried.
const CONNECT: Duration = Duration::from_secs(3);
/// How many addresses of a name are tried.
const ADDRESSES: usize = 3;

/// Sends requests.
#[derive(Clone)]
pub(super) struct Client {
    tls: TlsConnector,
    resolver: Resolver,
    rules: OutgoingRules,
}

/// The parts of a URL.
struct Target<'a> {
    is_encrypted: bool,
    authority: &'a str,
    host: &'a str,
    port: u16,
    /// The path and query.
    path: &'a str,
}

impl Client {
    /// A client that trusts the authorities that browsers trust.
    ///
    /// # Errors
    /// If there is no TLS.
    pub(super) fn new(resolver: Resolver, rules: OutgoingRules) -> io::Result<Self> {
        let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        Self::trusting(roots, resolver, rules)
    }

    fn trusting(
        roots: RootCertStore,
        resolver: Resolver,
        rules: OutgoingRules,
    ) -> io::Result<Self> {
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let config = config.with_safe_default_protocol_versions();
        let config = config.map_err(io::Error::other)?;
        let config = config.with_root_certificates(roots).with_no_client_auth();
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
            resolver,
            rules,
        })
    }

    /// Sends a request, and reads the answer.
    ///
    /// # Errors
    /// Why there is no answer, in words.
    pub(super) async fn send(&self, request: &HttpRequest) -> Result<HttpAnswer, String> {
        let until = Instant::now() + PATIENCE;
        let sending = self.send_until(request, until);
        match timeout_at(until, sending).await {
            Ok(sent) => sent,
            Err(_) => Err("it didn't answer within 10 seconds".to_owned()),
        }
    }

    async fn send_until(
        &self,
        request: &HttpRequest,
        until: Instant,
    ) -> Result<HttpAnswer, String> {
        // The rules may have become stricter since the channel was added.
        check_url(&request.url, self.rules)?;
        let target = Target::of(&request.url).ok_or("its address isn't one")?;
        let stream = self.connect(&target).await?;
        let head = head_of(request, &target)?;
        if !target.is_encrypted {
            return exchange(stream, &head, request, until).await;
        }
        let name = ServerName::try_from(target.host.to_owned());
        let name = name.map_err(|_| "its host can't have a certificate".to_owned())?;
        let stream = self.tls.connect(name, stream).await;
        let stream = stream.map_err(|error| format!("no encrypted connection: {error}"))?;
        exchange(stream, &head, request, until).await
    }

    /// Connects to an address of the host that was checked.
    async fn connect(&self, target: &Target<'_>) -> Result<TcpStream, String> {
        let host = target.host;
        let found = self.resolver.find(host, target.port).await;
        let found = found.map_err(|error| format!("{host} wasn't found: {error}"))?;
        // One that isn't public means that somebody is trying something.
        let is_allowed =
            |address: &SocketAddr| self.rules.to_private_networks || is_public(address.ip());
        if let Some(address) = found.iter().find(|address| !is_allowed(address)) {
            return Err(format!(
                "{host} leads to {}, which isn't on the public internet; \
                 --webhooks-to-private-networks allows that",
                address.ip()
            ));
        }
        let mut failed = format!("{host} has no address");
        for address in found.into_iter().take(ADDRESSES) {
            match timeout(CONNECT, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => failed = format!("no connection to {address}: {error}"),
                Err(_) => failed = format!("no connection to {address} within 3 seconds"),
            }
        }
        Err(failed)
    }
}

impl<'a> Target<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let is_encrypted = scheme == "https";
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (host, port) = host_and_port(authority)?;
        Some(Self {
            is_encrypted,
            authority,
            host,
            port: port.unwrap_or(if is_encrypted { 443 } else { 80 }),
            path,
        })
    }
}

/// The head of a request.
fn head_of(request: &HttpRequest, target: &Target<'_>) -> Result<String, String> {
    let slash = if target.path.starts_with('/') {
        ""
    } else {
        "/"
    };
    let mut head = format!(
        "{} {slash}{} HTTP/1.1\r\nhost: {}\r\nuser-agent: lightship/{}\r\naccept: */*\r\n\
         connection: close\r\ncontent-length: {}\r\n",
        request.method,
        target.path,
        target.authority,
        env!("CARGO_PKG_VERSION"),
        request.body.len()
    );
    for (name, value) in &request.headers {
        if value.chars().any(char::is_control) {
            return Err(format!("the header {name} has a control character"));
        }
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    Ok(head)
}

/// Sends a request over a connection, and reads the answer. Once its status is known, that counts,
/// whatever becomes of the body.
async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    head: &str,
    request: &HttpRequest,
    until: Instant,
) -> Result<HttpAnswer, String> {
    let sending = async {
        stream
            .write_all(&[head.as_bytes(), &request.body].concat())
            .await?;
        stream.flush().await
    };
    // A receiver may answer before it has read everything, and close.
    let sent = sending.await;
    let (head, mut read) = match read_head(&mut stream).await {
        Ok(read) => read,
        Err(why) => {
            return Err(match sent {
                Ok(()) => why,
                Err(error) => format!("it took only a part of the message: {error}"),
            });
        }
    };
    let max_bytes = request.answer_bytes;
    // A little earlier than everything ends.
    let until = until - Duration::from_millis(50);
    let _ = timeout_at(until, read_body(&mut stream, &head, &mut read, max_bytes)).await;
    let body = body_in(&head, read, max_bytes);
    Ok(head.answer(body))
}
