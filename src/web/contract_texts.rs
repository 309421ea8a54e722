//! Rules of the API's contract for strings in bodies: which characters they may contain, and the
//! range of years.

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{
    AnyOfBuilder, Array, ArrayBuilder, ArrayItems, KnownFormat, ObjectBuilder, SchemaFormat, Type,
};
use utoipa::openapi::{OpenApi, RefOr, Schema};

use crate::domain::slug::{MAX_LEN, PATTERN};
use crate::wire::words::{AFFECTED, BLANK, LINE, NOTE};

/// A string without U+0000.
const TEXT: &str = "^[^\\u0000]*$";
/// A date or an instant in a valid year.
const SINCE_1970: &str = "^(19[7-9]|[2-9][0-9][0-9])[0-9]-";

/// The schemas of request bodies.
const BODIES: [&str; 15] = [
    "EditIncident",
    "EditUpdate",
    "ImportSubscribers",
    "ImportedSubscriber",
    "MaintenanceStep",
    "NewIncident",
    "NewSubscriber",
    "NewToken",
    "NewUpdate",
    "OrderComponents",
    "Preview",
    "PutComponent",
    "ReportBounce",
    "SetState",
    "SuppressSubscriber",
];

/// Adds a pattern to each string in a request body.
pub(super) fn add_patterns(document: &mut OpenApi) {
    let Some(components) = &mut document.components else {
        return;
    };
    for body in BODIES {
        if let Some(RefOr::T(Schema::Object(schema))) = components.schemas.get_mut(body) {
            for (name, field) in &mut schema.properties {
                add_pattern(body, name, field);
            }
        }
    }
}

fn add_pattern(body: &str, name: &str, field: &mut RefOr<Schema>) {
    match field {
        RefOr::T(Schema::Object(field)) => {
            let is_time = matches!(
                field.format,
                Some(SchemaFormat::KnownFormat(
                    KnownFormat::Date | KnownFormat::DateTime
                ))
            );
            let pattern = match name {
                _ if is_time => SINCE_1970,
                "address" if body == "ImportedSubscriber" => TEXT,
                "reason" if body == "ReportBounce" => TEXT,
                "address" | "consent" | "reason" => LINE,
                "title" | "author" | "name" | "group" | "description" | "display_name"
                | "state" | "seen" => LINE,
                "note" => NOTE,
                "markdown" => TEXT,
                "incident" | "order" => {
                    field.min_length = Some(1);
                    field.max_length = Some(MAX_LEN);
                    PATTERN
                }
                _ => return,
            };
            field.pattern = Some(pattern.to_owned());
        }
        RefOr::T(Schema::Array(Array {
            items: ArrayItems::RefOrSchema(item),
            ..
        })) => add_pattern(body, name, item),
        RefOr::T(_) | RefOr::Ref(_) => {}
    }
}

/// Adds patterns to query parameters. An empty parameter counts as absent.
pub(super) fn add_query_patterns(operation: &mut Operation) {
    let is_of_log = operation.operation_id.as_deref() == Some("list_audit");
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else {
            continue;
        };
        let is_list = matches!(parameter.schema, Some(RefOr::T(Schema::Array(_))));
        let schema: Schema = match parameter.name.as_str() {
            "component" if is_list => ArrayBuilder::new().items(text(AFFECTED)).into(),
            "actor" | "component" | "incident" | "search" => text(NOTE).into(),
            "day" => any_of(&[KnownFormat::Date]),
            "from" | "to" => any_of(&[KnownFormat::Date, KnownFormat::DateTime]),
            "after" => formatted(SchemaFormat::Custom("uuid".to_owned())).into(),
            "before" if is_of_log => formatted(SchemaFormat::Custom("uuid".to_owned())).into(),
            _ => continue,
        };
        parameter.schema = Some(RefOr::T(schema));
    }
}

fn text(pattern: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(pattern))
}

fn formatted(format: SchemaFormat) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(format))
}

fn any_of(formats: &[KnownFormat]) -> Schema {
    let any = formats.iter().fold(AnyOfBuilder::new(), |any, format| {
        any.item(formatted(SchemaFormat::KnownFormat(format.clone())))
    });
    any.item(text(BLANK)).build().into()
}
