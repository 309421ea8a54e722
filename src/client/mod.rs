//! The admin API's client for the command line: a connection to one server.

mod address;
mod audit;
mod channels;
mod correcting;
mod error;
mod readiness;
mod subscribers;

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::Agent;
use ureq::http::{Response, StatusCode, header};

pub use address::Address;
pub use error::{ClientError, Refusal};

use crate::domain::slug::Slug;
use crate::urls;
use crate::wire::audit::AuditList;
use crate::wire::component::{ComponentBody, ComponentList};
use crate::wire::incident::{IncidentBody, IncidentList};
use crate::wire::resolution::ResolutionBody;
use crate::wire::site::SiteBody;
use crate::wire::template::{TemplateBody, TemplateList, TemplateQuery};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const OVERALL_TIMEOUT: Duration = Duration::from_secs(30);
const USER_AGENT: &str = concat!("lightship/", env!("CARGO_PKG_VERSION"));
/// Maximum size of a response. A longer one doesn't come from Lightship.
const MAX_ANSWER_BYTES: u64 = 64 << 20;
const PAGE_SIZE: usize = 100;
/// Maximum number of pages read from a list, so that a faulty server can't cause an endless loop.
const MAX_PAGES: usize = 100;

/// The path that creates an incident.
pub fn incidents_path() -> String {
    format!("{}/incidents", urls::API)
}

/// The path that adds an update to an incident.
pub fn updates_path(incident: &Slug) -> String {
    format!("{}/incidents/{incident}/updates", urls::API)
}

/// The path that begins, extends, ends or cancels a maintenance.
pub fn maintenance_path(incident: &Slug) -> String {
    format!("{}/incidents/{incident}/maintenance", urls::API)
}

/// The path of the list of subscribers, which also adds one.
pub fn subscribers_path() -> String {
    format!("{}/subscribers", urls::API)
}

/// The path of a subscriber.
pub fn subscriber_path(id: &str) -> String {
    format!("{}/{}", subscribers_path(), urls::encoded(id))
}

/// The path of the list of channels, which also adds one.
pub fn channels_path() -> String {
    format!("{}/channels", urls::API)
}

/// The path of a channel.
pub fn channel_path(id: &str) -> String {
    format!("{}/{}", channels_path(), urls::encoded(id))
}

/// The path that sets a component's state.
pub fn state_path(component: &Slug) -> String {
    format!("{}/components/{component}/state", urls::API)
}

/// What the server lets a token do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenStanding {
    /// Everything.
    Admin,
    /// Some things.
    Limited,
}

/// A client of one server, with a token or anonymous.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    address: Address,
    token: Option<String>,
}

impl Client {
    /// A client of the server at `url`. Fails if a token would be sent unencrypted.
    pub fn new(url: &str, token: Option<&str>) -> Result<Self, ClientError> {
        Self::with_patience(url, token, OVERALL_TIMEOUT)
    }

    /// Like [`Client::new`], with a time limit for each response.
    pub fn with_patience(
        url: &str,
        token: Option<&str>,
        patience: Duration,
    ) -> Result<Self, ClientError> {
        let address = Address::parse(url)?;
        if token.is_some() && !address.keeps_secrets() {
            return Err(ClientError::Insecure(address.to_string()));
        }
        let mut config = Agent::config_builder()
            .timeout_connect(Some(CONNECT_TIMEOUT.min(patience)))
            .timeout_resolve(Some(CONNECT_TIMEOUT))
            .timeout_global(Some(patience))
            .user_agent(USER_AGENT)
            .accept("application/json, application/problem+json")
            .http_status_as_error(false)
            // A redirected POST would become a GET, whose response would look like a success.
            .max_redirects(0)
            .max_redirects_will_error(false);
        if address.is_loopback() {
            // A proxy would see the token, and its loopback is another machine.
            config = config.proxy(None);
        }
        Ok(Self {
            agent: config.build().new_agent(),
            address,
            token: token.map(str::to_owned),
        })
    }

    /// The address of the server.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The token sent with each request.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// All components, in the order of the page.
    pub fn components(&self) -> Result<Vec<ComponentBody>, ClientError> {
        let path = format!("{}/components", urls::API);
        self.list(&path, |page: ComponentList| page.components)
    }

    /// All templates, filled in for the query, best match first.
    pub fn templates(&self, asked: &TemplateQuery) -> Result<Vec<TemplateBody>, ClientError> {
        let values: Vec<_> = asked.values().collect();
        let pairs = values
            .iter()
            .map(|it| (TemplateQuery::COMPONENT, it.as_str()));
        let pairs: Vec<_> = pairs.collect();
        let path = format!("{}/templates{}", urls::API, urls::query(&pairs));
        Ok(self.find::<TemplateList>(&path)?.value.templates)
    }

    /// The site: its name and time zone.
    pub fn site(&self) -> Result<SiteBody, ClientError> {
        Ok(self.find(&format!("{}/site", urls::API))?.value)
    }

    /// What resolving an incident now would change.
    pub fn resolution(&self, incident: &Slug) -> Result<ResolutionBody, ClientError> {
        let path = format!("{}/incidents/{incident}/resolution", urls::API);
        Ok(self.find(&path)?.value)
    }

    /// All incidents, newest first.
    pub fn incidents(&self) -> Result<Vec<IncidentBody>, ClientError> {
        self.list(&incidents_path(), |page: IncidentList| page.incidents)
    }

    /// Reads the resource at a path.
    pub fn find<T: DeserializeOwned>(&self, path: &str) -> Result<Fetched<T>, ClientError> {
        parse(self.ask(path)?)
    }

    /// Sends a change. The server makes it only once for the same `key`.
    pub fn post(&self, path: &str, body: &impl Serialize, key: &str) -> Result<Value, ClientError> {
        let mut request = self
            .agent
            .post(self.address.join(path))
            .header("Idempotency-Key", key);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = request.send_json(body).map_err(ClientError::of_transport)?;
        Ok(read(response)?.value)
    }

    /// Checks whether the server accepts the token.
    pub fn check_token(&self) -> Result<TokenStanding, ClientError> {
        // The smallest request that needs a token.
        match self.find::<AuditList>(&format!("{}/audit?limit=1", urls::API)) {
            Ok(_) => Ok(TokenStanding::Admin),
            Err(ClientError::Refused(refusal)) if refusal.problem.status == 403 => {
                Ok(TokenStanding::Limited)
            }
            Err(error) => Err(error),
        }
    }

    /// Checks whether the server is alive.
    pub fn check_health(&self) -> Result<(), ClientError> {
        let response = self
            .agent
            .get(self.address.join("/healthz"))
            .call()
            .map_err(ClientError::of_transport)?;
        match response.status() {
            StatusCode::OK => Ok(()),
            other => Err(ClientError::unexpected(other.as_u16(), "it isn't healthy")),
        }
    }

    fn ask(&self, path: &str) -> Result<Text, ClientError> {
        let mut request = self.agent.get(self.address.join(path));
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        read_text(request.call().map_err(ClientError::of_transport)?)
    }

    /// The items of all pages of a list; `items` takes them out of a page.
    fn list<L: DeserializeOwned, T>(
        &self,
        path: &str,
        items: fn(L) -> Vec<T>,
    ) -> Result<Vec<T>, ClientError> {
        self.list_from(format!("{path}?limit={PAGE_SIZE}"), items, usize::MAX)
    }

    /// The pages of a list, from the given one on, until there are enough items.
    fn list_from<L: DeserializeOwned, T>(
        &self,
        first: String,
        items: fn(L) -> Vec<T>,
        enough: usize,
    ) -> Result<Vec<T>, ClientError> {
        let mut all = Vec::new();
        let mut next = Some(first);
        for _ in 0..MAX_PAGES {
            let Some(here) = next.filter(|_| all.len() < enough) else {
                break;
            };
            let page = self.find(&here)?;
            all.extend(items(page.value));
            next = page.next;
        }
        all.truncate(enough);
        Ok(all)
    }
}

/// A resource as the server returned it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched<T> {
    /// The resource.
    pub value: T,
    /// Its ETag, for a conditional change.
    pub etag: String,
    /// The path and query of the list's next page.
    next: Option<String>,
}

struct Text {
    status: u16,
    etag: String,
    text: String,
    next: Option<String>,
}

fn read<T: DeserializeOwned>(response: Response<ureq::Body>) -> Result<Fetched<T>, ClientError> {
    parse(read_text(response)?)
}

fn parse<T: DeserializeOwned>(answer: Text) -> Result<Fetched<T>, ClientError> {
    let value = serde_json::from_str(&answer.text).map_err(|error| {
        let what = if error.is_data() {
            "not what was expected"
        } else {
            "not JSON"
        };
        ClientError::unexpected(answer.status, format!("{what}: {error}"))
    })?;
    Ok(Fetched {
        value,
        etag: answer.etag,
        next: answer.next,
    })
}

/// The body of a successful response.
fn read_text(mut response: Response<ureq::Body>) -> Result<Text, ClientError> {
    let status = response.status();
    let header = |name| {
        let value = response.headers().get(name);
        value.and_then(|value| value.to_str().ok().map(str::to_owned))
    };
    let next = header(header::LINK).and_then(|link| next_page(&link));
    let must_wait = header(header::RETRY_AFTER).is_some();
    let location = header(header::LOCATION);
    let etag = header(header::ETAG).unwrap_or_default();
    let text = response
        .body_mut()
        .with_config()
        .limit(MAX_ANSWER_BYTES)
        .read_to_string()
        .map_err(ClientError::of_transport)?;
    if status.is_success() {
        return Ok(Text {
            status: status.as_u16(),
            etag,
            text,
            next,
        });
    }
    if let Some(location) = location.filter(|_| status.is_redirection()) {
        let why = format!("it redirects to {location}; give that server's address");
        return Err(ClientError::unexpected(status.as_u16(), why));
    }
    Err(error::of_answer(status.as_u16(), &text, must_wait))
}

/// The path and query of `rel="next"` in a `Link` header (RFC 8288). The host is ignored, so that
/// the token is sent nowhere else.
fn next_page(link: &str) -> Option<String> {
    let part = link
        .split(',')
        .find(|part| part.contains("rel=\"next\"") || part.contains("rel=next"))?;
    let target = part.split_once('<')?.1.split_once('>')?.0;
    let path = match target.split_once("://") {
        Some((_, rest)) => &rest[rest.find('/')?..],
        None => target,
    };
    path.starts_with(urls::API).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_read_from_its_link_and_never_leads_elsewhere() {
        let check = |link: &str, wanted: Option<&str>| {
            assert_eq!(next_page(link).as_deref(), wanted, "{link}");
        };
        let next = Some("/api/v1/incidents?limit=100&before=x");
        check("</api/v1/incidents?limit=100&before=x>; rel=\"next\"", next);
        check(
            "<https://a.example/api/v1/incidents?limit=100&before=x>; rel=\"next\"",
            next,
        );
        check(
            "</x>; rel=\"prev\", </api/v1/incidents?limit=100&before=x>; rel=next",
            next,
        );
        check("</api/v1/incidents>; rel=\"prev\"", None);
        check("<//evil.example/x>; rel=\"next\"", None);
        check("<https://evil.example>; rel=\"next\"", None);
    }

    #[test]
    fn a_token_is_never_sent_in_the_open() {
        let insecure = |url| {
            let made = Client::new(url, Some("lsp_x"));
            matches!(made, Err(ClientError::Insecure(_)))
        };
        for url in ["http://status.example.com", "http://10.0.0.1:8080"] {
            assert!(insecure(url), "{url}");
            assert!(Client::new(url, None).is_ok(), "{url}");
        }
        for url in [
            "https://status.example.com",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "http://localhost",
        ] {
            assert!(!insecure(url), "{url}");
        }
    }
}
