//! The contract of the admin API (OpenAPI 3.1). It is generated from the handlers; what all of them
//! have in common is added here.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, Header, InfoBuilder, License, LicenseBuilder, OpenApi,
    OpenApiBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Server,
};
use utoipa_axum::router::OpenApiRouter;

use super::api;
use super::contract_rules::add_rules;
use super::contract_webhooks::webhooks;
use crate::urls;
use crate::wire::FieldError;
use crate::wire::problem::{self, FirstPost, Problem};

const ABOUT: &str = "Staff and their programs write and correct incident posts, updates and states here. What the public may read needs no token: it is on the pages, in the feeds (`/feed.json`), in the calendars (`/calendar.ics`), in the badges (`/badge.json`), for each incident under `/incidents/{slug}.json` and `.md`, and under `/api/v2/` as tools for Atlassian Statuspage expect it. Each component and group has feeds, a calendar and a badge of its own, as in `/components/{slug}/badge.json` and `/groups/{slug}/badge.json`.

Times are RFC 3339: with an offset in requests, in UTC with `Z` in answers. Every refusal is a problem (RFC 9457) that gives the place of each mistake. A POST sent twice with the same `Idempotency-Key` is carried out once.";

/// The name of the security scheme.
const TOKEN: &str = "token";

/// The contract as JSON text, as served and as checked in.
pub fn text() -> String {
    let mut text = document().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

fn document() -> OpenApi {
    let components = ComponentsBuilder::new()
        .schema_from::<Problem>()
        .schema_from::<FieldError>()
        .schema_from::<FirstPost>()
        .security_scheme(TOKEN, bearer());
    let components = REFUSALS.iter().fold(components, |components, refusal| {
        components.response(refusal.name, Response::from(refusal))
    });
    let base = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Lightship admin API")
                .description(Some(ABOUT))
                .version(env!("CARGO_PKG_VERSION"))
                .license(Some(license()))
                .build(),
        )
        // Each installation serves its own contract.
        .servers(Some([Server::new("/")]))
        .components(Some(components.build()))
        .security(Some([SecurityRequirement::new::<_, [&str; 0], &str>(
            TOKEN,
            [],
        )]))
        .build();
    let mut document = OpenApiRouter::with_openapi(base)
        .nest(urls::API, api::routes())
        .into_openapi();
    for (path, item) in &mut document.paths.paths {
        add_common(path, item);
    }
    document.webhooks = Some(webhooks());
    add_rules(&mut document);
    document
}

fn license() -> License {
    LicenseBuilder::new()
        .name(env!("CARGO_PKG_LICENSE"))
        .identifier(Some(env!("CARGO_PKG_LICENSE")))
        .build()
}

fn bearer() -> SecurityScheme {
    let about = "A token, made with `lightship token create` or `POST /tokens`. It has the scopes \
                 `states:write`, `incidents:write`, `subscribers:write` or `admin`, which includes \
                 the others.";
    SecurityScheme::Http(
        HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("lsp_…")
            .description(Some(about))
            .build(),
    )
}

/// An error response that several operations share.
struct Refusal {
    status: u16,
    name: &'static str,
    about: &'static str,
    /// Whether it can have a `Retry-After` header.
    waits: bool,
}

impl Refusal {
    const fn new(status: u16, name: &'static str, about: &'static str) -> Self {
        Self {
            status,
            name,
            about,
            waits: matches!(status, 409 | 429 | 503),
        }
    }
}

const REFUSALS: [Refusal; 12] = [
    Refusal::new(400, "Unreadable", "The request can't be read."),
    Refusal::new(401, "Unknown", "There is no token, or it isn't recognised."),
    Refusal::new(403, "Forbidden", "The token lacks the scope."),
    Refusal::new(404, "Missing", "There is nothing with this name."),
    Refusal::new(
        409,
        "Conflict",
        "It can't be done as things are: a file sets it (the detail names the file), something is \
         retired, something was posted since (`newer` has it), or the same was posted within the \
         last 15 minutes (`first` names it). Or, with `Retry-After`: the first request with this \
         `Idempotency-Key` is still running.",
    ),
    Refusal::new(
        412,
        "Changed",
        "It was changed since you read it: `If-Match` has another `ETag`.",
    ),
    Refusal::new(413, "TooLong", "The body is longer than 256 KiB."),
    Refusal::new(415, "NotJson", "The body isn't sent as JSON."),
    Refusal::new(
        422,
        "Mistaken",
        "The body or the query has mistakes; `errors` lists each, with its place and how to fix \
         it. Or this `Idempotency-Key` was used with another body.",
    ),
    Refusal::new(
        429,
        "TooManyWrongTokens",
        "Too many wrong tokens came from this address. A valid one never gets this answer.",
    ),
    Refusal::new(500, "Fault", "A fault in Lightship; nothing was done."),
    Refusal::new(
        503,
        "NoDatabase",
        "The database can't do this right now; nothing was done, so send it again.",
    ),
];

impl From<&Refusal> for Response {
    fn from(refusal: &Refusal) -> Self {
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("Problem")))
            .build();
        let response = ResponseBuilder::new()
            .description(refusal.about)
            .content(problem::MEDIA_TYPE, content)
            .header("x-request-id", header("What the log calls this request."));
        if refusal.waits {
            let wait = header("How many seconds to wait before asking again.");
            response.header("Retry-After", wait).build()
        } else {
            response.build()
        }
    }
}

/// Adds what follows from an operation's method, its path and whether it has a body.
fn add_common(path: &str, item: &mut PathItem) {
    let has_name = path.contains('{');
    if let Some(operation) = &mut item.get {
        let takes_query = operation.parameters.iter().flatten().any(|parameter| {
            matches!(parameter, RefOr::T(known) if known.parameter_in == ParameterIn::Query)
        });
        add_refusals(operation, has_name);
        if takes_query {
            refuse(operation, &[422]);
        }
        add_etag(operation);
    }
    if let Some(operation) = &mut item.post {
        add_refusals(operation, has_name);
        // A preview changes nothing, so it needs no key to be repeatable.
        if !path.ends_with("/preview") {
            add_parameter(operation, idempotency_key());
            refuse(operation, &[409, 422]);
        }
    }
    let edits = [&mut item.put, &mut item.patch, &mut item.delete];
    for operation in edits.into_iter().flatten() {
        add_parameter(operation, if_match());
        add_refusals(operation, has_name);
        refuse(operation, &[409, 412]);
        add_etag(operation);
    }
}

fn add_refusals(operation: &mut Operation, has_name: bool) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            let id = header("What the log calls this request.");
            response
                .headers
                .insert("x-request-id".to_owned(), id.into());
        }
    }
    refuse(operation, &[400, 401, 403, 429, 500, 503]);
    if has_name {
        refuse(operation, &[404]);
    }
    if operation.request_body.is_some() {
        refuse(operation, &[413, 415, 422]);
    }
}

fn refuse(operation: &mut Operation, statuses: &[u16]) {
    let responses = &mut operation.responses.responses;
    for refusal in REFUSALS {
        if statuses.contains(&refusal.status) {
            let response = Ref::from_response_name(refusal.name);
            responses.insert(refusal.status.to_string(), response.into());
        }
    }
}

fn add_etag(operation: &mut Operation) {
    if let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") {
        let etag = header("Changes whenever the answer does; for `If-Match`.");
        response.headers.insert("ETag".to_owned(), etag.into());
    }
}

fn header(about: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(Object::with_type(Type::String)))
        .description(Some(about))
        .build()
}

fn add_parameter(operation: &mut Operation, parameter: Parameter) {
    operation
        .parameters
        .get_or_insert_default()
        .push(parameter.into());
}

fn idempotency_key() -> Parameter {
    let mut key = Object::with_type(Type::String);
    key.min_length = Some(1);
    key.max_length = Some(200);
    key.pattern = Some("^[!-~]([ -~]*[!-~])?$".to_owned());
    parameter(
        "Idempotency-Key",
        key,
        "A text of your choice, preferably a UUID. For 7 days, the same key with the same body \
         gets the same answer and is carried out once.",
    )
}

fn if_match() -> Parameter {
    parameter(
        "If-Match",
        Object::with_type(Type::String),
        "The `ETag` you read; if it has changed since, nothing is done.",
    )
}

fn parameter(name: &str, schema: Object, about: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
        .build()
}
