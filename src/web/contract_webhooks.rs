//! The webhooks in the API's contract: what each event tells.

use serde_json::json;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::{
    ContentBuilder, PathItem, Paths, PathsBuilder, Ref, Required, ResponseBuilder,
};

/// Each event: its type, what it says, and the fields of `data`, each with the name of its schema; one
/// without a schema is an object with an id.
type Told = (
    &'static str,
    &'static str,
    &'static [(&'static str, Option<&'static str>)],
);

const INCIDENT: (&str, Option<&str>) = ("incident", Some("IncidentBody"));
const UPDATE: (&str, Option<&str>) = ("update", Some("UpdateBody"));

const EVENTS: [Told; 8] = [
    (
        "incident.posted",
        "An incident was posted. If it was posted together with its first update, only that is told.",
        &[INCIDENT],
    ),
    (
        "incident.corrected",
        "The post of an incident that was told was corrected.",
        &[INCIDENT],
    ),
    (
        "incident.withdrawn",
        "An incident that was told isn't public any more. `data` has only its id.",
        &[("incident", None)],
    ),
    (
        "update.posted",
        "An update was posted. This and `incident.posted` are sent after the site's grace period, \
         all others at once.",
        &[INCIDENT, UPDATE],
    ),
    (
        "update.corrected",
        "An update that was told was corrected, or brought back after it was withdrawn.",
        &[INCIDENT, UPDATE],
    ),
    (
        "update.withdrawn",
        "An update that was told isn't public any more. Of the update, `data` has only its id; if \
         the incident isn't public either, of that, too.",
        &[("incident", None), ("update", None)],
    ),
    (
        "maintenance.reminder",
        "A maintenance starts soon.",
        &[INCIDENT],
    ),
    (
        "component.state_changed",
        "A component is in another state, whatever brought that about. Only channels that hear of \
         changes get it.",
        &[("component", Some("ComponentBody"))],
    ),
];

/// The webhooks.
pub(super) fn webhooks() -> Paths {
    let paths = EVENTS.iter().fold(PathsBuilder::new(), |paths, told| {
        paths.path(told.0, PathItem::new(HttpMethod::Post, operation(told)))
    });
    paths.build()
}

fn operation((event, about, fields): &Told) -> OperationBuilder {
    let data = fields
        .iter()
        .fold(ObjectBuilder::new(), |data, (name, schema)| {
            let data = data.required(*name);
            match schema {
                Some(schema) => data.property(*name, Ref::from_schema_name(*schema)),
                None => {
                    let id = Object::with_type(Type::String);
                    let known = ObjectBuilder::new().property("id", id).required("id");
                    data.property(*name, known)
                }
            }
        });
    let kind = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some([json!(event)]));
    let timestamp = ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("When it happened, in UTC."))
        .examples([json!("2013-02-26T09:15:00Z")]);
    let body = ObjectBuilder::new()
        .property("type", kind)
        .required("type")
        .property("timestamp", timestamp)
        .required("timestamp")
        .property("data", data)
        .required("data");
    let content = ContentBuilder::new().schema(Some(body.build())).build();
    let body = RequestBodyBuilder::new()
        .content("application/json", content)
        .required(Some(Required::True))
        .build();
    let taken = ResponseBuilder::new().description("It was taken.").build();
    let gone = ResponseBuilder::new()
        .description("The receiver wants no more messages; the channel is disabled.")
        .build();
    let id = event.replace('.', "_");
    OperationBuilder::new()
        .operation_id(Some(format!("on_{id}")))
        .description(Some(*about))
        .tag("webhooks")
        .parameter(header(
            "webhook-id",
            "The id of the message; the same whenever it is sent again.",
        ))
        .parameter(header(
            "webhook-timestamp",
            "When this attempt was made, in seconds since 1970.",
        ))
        .parameter(header(
            "webhook-signature",
            "Signatures of `id.timestamp.body` (HMAC-SHA256, Standard Webhooks), separated by spaces.",
        ))
        .request_body(Some(body))
        .response("2XX", taken)
        .response("410", gone)
}

fn header(name: &str, about: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(about))
        .schema(Some(Object::with_type(Type::String)))
        .build()
}
