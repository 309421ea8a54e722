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

#[cfg(test)]
mod tests {
    use http::Method;
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::pki_types::pem::PemObject as _;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

    use super::*;

    const CERTIFICATE: &[u8] = include_bytes!("../../../tests/data/tls/certificate.pem");
    const KEY: &[u8] = include_bytes!("../../../tests/data/tls/key.pem");

    fn certificate() -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(CERTIFICATE).expect("a certificate")
    }

    /// An encrypted receiver for hooks.example.com. Returns its port.
    async fn receiver() -> u16 {
        let key = PrivateKeyDer::from_pem_slice(KEY).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate()], key)
            .expect("a certificate with its key");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                let mut read = vec![0; 4096];
                let length = stream.read(&mut read).await.unwrap_or_default();
                let head = String::from_utf8_lossy(&read[..length]).into_owned();
                let is_right = head.starts_with("POST /x?y=1 HTTP/1.1\r\nhost: hooks.example.com:");
                let status = if is_right { 204 } else { 400 };
                let answer = format!("HTTP/1.1 {status} x\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        port
    }

    async fn send(roots: Option<RootCertStore>, host: &str) -> Result<u16, String> {
        let port = receiver().await;
        let resolver = Resolver::new(|_, port| {
            Box::pin(async move { Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))]) })
        });
        let rules = OutgoingRules {
            to_private_networks: true,
        };
        let client = match roots {
            Some(roots) => Client::trusting(roots, resolver, rules),
            None => Client::new(resolver, rules),
        };
        let request = HttpRequest {
            method: Method::POST,
            url: format!("https://{host}:{port}/x?y=1"),
            headers: Vec::new(),
            body: b"{}".to_vec(),
            answer_bytes: 4096,
        };
        let sent = client.expect("a client").send(&request).await;
        sent.map(|answer| answer.status)
    }

    #[tokio::test]
    async fn the_certificate_must_be_trusted_and_be_that_of_the_name() {
        let mut roots = RootCertStore::empty();
        roots.add(certificate()).expect("a certificate");
        let trusted = send(Some(roots.clone()), "hooks.example.com").await;
        assert_eq!(trusted, Ok(204));
        let other = send(Some(roots), "other.example.com").await;
        let why = other.expect_err("another name");
        assert!(why.contains("no encrypted connection"), "{why}");
        let unknown = send(None, "hooks.example.com").await;
        let why = unknown.expect_err("an unknown authority");
        assert!(why.contains("UnknownIssuer"), "{why}");
    }

    #[test]
    fn no_header_can_smuggle_another_one() {
        let target = Target::of("https://hooks.example.com?x").expect("a target");
        let mut request = HttpRequest {
            method: Method::POST,
            url: String::new(),
            headers: vec![("x", "y".to_owned())],
            body: Vec::new(),
            answer_bytes: 4096,
        };
        let head = head_of(&request, &target).expect("a head");
        assert!(
            head.starts_with("POST /?x HTTP/1.1\r\nhost: hooks.example.com\r\n"),
            "{head}"
        );
        request.headers = vec![("x", "y\r\nz: 1".to_owned())];
        assert!(head_of(&request, &target).is_err());
    }
}
