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

/// Each event: its type, what it says, and the fields of `data`.
type Told = (&'static str, &'static str, &'static [(&'static str, Field)]);

/// What a field of `data` is.
#[derive(Clone, Copy)]
enum Field {
    /// What has this name among the schemas.
    Schema(&'static str),
    /// An object of which only the id is sure.
    Known,
    /// A text.
    Text,
}

const INCIDENT: (&str, Field) = ("incident", Field::Schema("IncidentBody"));
const UPDATE: (&str, Field) = ("update", Field::Schema("UpdateBody"));

const EVENTS: [Told; 9] = [
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
        &[("incident", Field::Known)],
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
        &[("incident", Field::Known), ("update", Field::Known)],
    ),
    (
        "maintenance.reminder",
        "A maintenance starts soon.",
        &[INCIDENT],
    ),
    (
        "component.state_changed",
        "A component is in another state, whatever brought that about. It is told as it was after \
         the change. Only channels that hear of changes get it.",
        &[("component", Field::Schema("ComponentBody"))],
    ),
    (
        "test",
        "Staff try the channel. `data` has the name and the address of the site.",
        &[("site", Field::Text), ("url", Field::Text)],
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
        .fold(ObjectBuilder::new(), |data, (name, field)| {
            let data = data.required(*name);
            match field {
                Field::Schema(schema) => data.property(*name, Ref::from_schema_name(*schema)),
                Field::Text => data.property(*name, Object::with_type(Type::String)),
                Field::Known => {
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
        .summary(about.split_inclusive('.').next())
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
