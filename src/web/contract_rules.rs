//! Rules of the API's contract that the Rust types can't express: which fields belong together, and
//! the format of names. They are part of the schemas, so that the server accepts any request
//! generated from them.

use std::collections::BTreeMap;

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::{
    AllOfBuilder, AnyOfBuilder, ArrayBuilder, ObjectBuilder, SchemaType, Type,
};
use utoipa::openapi::{OpenApi, RefOr, Schema};

use super::contract_texts;
use crate::domain::incident::Kind;
use crate::domain::slug::{MAX_LEN, PATTERN};
use crate::domain::update::Phase;
use crate::wire::words::NOT_BLANK;

/// Adds the rules.
pub(super) fn add_rules(document: &mut OpenApi) {
    contract_texts::add_patterns(document);
    if let Some(components) = &mut document.components {
        let schemas = &mut components.schemas;
        if let Some(RefOr::T(schema @ Schema::Object(_))) = schemas.get_mut("NewIncident") {
            let fields = schema.clone();
            let kinds = AnyOfBuilder::new()
                .item(of_now(&[Some(Kind::Disruption), None]))
                .item(of_now(&[Some(Kind::Notice)]))
                .item(maintenance(false))
                .item(maintenance(true));
            let whole = AllOfBuilder::new()
                .item(fields)
                .item(Schema::from(kinds.build()));
            *schema = Schema::from(whole.build());
        }
        let edits = AnyOfBuilder::new()
            .item(with_window())
            .item(without_window());
        also(schemas, "EditIncident", Schema::from(edits.build()));
        let steps = AnyOfBuilder::new()
            .item(step_to("starts"))
            .item(step_to("ends"))
            .item(step_now());
        also(schemas, "MaintenanceStep", Schema::from(steps.build()));
        let says = AnyOfBuilder::new()
            .item(has_text())
            .item(has_phase())
            .item(has_component());
        also(schemas, "NewUpdate", Schema::from(says.build()));
        let follows = AnyOfBuilder::new().item(not_everything()).item(no_part());
        also(schemas, "SetFollowing", Schema::from(follows.build()));
    }
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            add_patterns(operation);
            contract_texts::add_query_patterns(operation);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.post,
        &mut item.put,
        &mut item.patch,
        &mut item.delete,
    ]
    .into_iter()
    .flatten()
}

/// Adds the format of names in paths.
fn add_patterns(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else {
            continue;
        };
        if parameter.name == "slug" {
            let slug = ObjectBuilder::new()
                .schema_type(Type::String)
                .min_length(Some(1))
                .max_length(Some(MAX_LEN))
                .pattern(Some(PATTERN));
            parameter.schema = Some(RefOr::T(slug.build().into()));
        }
    }
}

/// Adds a rule to an object schema.
fn also(schemas: &mut BTreeMap<String, RefOr<Schema>>, name: &str, rule: Schema) {
    if let Some(RefOr::T(schema @ Schema::Object(_))) = schemas.get_mut(name) {
        let whole = AllOfBuilder::new().item(schema.clone()).item(rule);
        *schema = Schema::from(whole.build());
    }
}

/// An edit of something that may have a window.
fn with_window() -> ObjectBuilder {
    any().property("kind", only(&[Kind::Maintenance.as_str()]))
}

/// An edit that turns it into something without a window.
fn without_window() -> ObjectBuilder {
    let kinds = [Kind::Disruption, Kind::Notice].map(Kind::as_str);
    any()
        .property("kind", only(&kinds))
        .property("starts", null())
        .property("ends", null())
        .required("kind")
}

/// A step that moves the window to the time in `field`.
fn step_to(field: &str) -> ObjectBuilder {
    let instant = ObjectBuilder::new().schema_type(Type::String);
    any()
        .property("do", only(&["extend"]))
        .property(field, instant)
        .required(field)
}

/// A step that takes effect now.
fn step_now() -> ObjectBuilder {
    any()
        .property("do", only(&["start", "end", "cancel"]))
        .property("starts", null())
        .property("ends", null())
}

fn has_text() -> ObjectBuilder {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(NOT_BLANK));
    any().property("markdown", text).required("markdown")
}

fn has_phase() -> ObjectBuilder {
    let phase = ObjectBuilder::new().schema_type(Type::String);
    any().property("phase", phase).required("phase")
}

fn has_component() -> ObjectBuilder {
    let components = ObjectBuilder::new()
        .schema_type(Type::Object)
        .min_properties(Some(1));
    any()
        .property("components", components)
        .required("components")
}

/// A following that isn't of everything.
fn not_everything() -> ObjectBuilder {
    let types = SchemaType::Array(vec![Type::Boolean, Type::Null]);
    let everything = ObjectBuilder::new()
        .schema_type(types)
        .enum_values(Some([Some(false), None]));
    any().property("everything", everything)
}

/// A following that names no component and no group.
fn no_part() -> ObjectBuilder {
    let none = || {
        let types = SchemaType::Array(vec![Type::Array, Type::Null]);
        ArrayBuilder::new().schema_type(types).max_items(Some(0))
    };
    any()
        .property("components", none())
        .property("groups", none())
}

/// A rule for some fields of an object whose type is defined elsewhere.
fn any() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::AnyValue)
}

fn null() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Null)
}

/// A string that is one of `words`.
fn only(words: &[&str]) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words.iter().copied()))
}

/// A string that is one of `words`, or `null`, which counts as absent.
fn words<'a>(words: impl Iterator<Item = Option<&'a str>>) -> ObjectBuilder {
    let words: Vec<serde_json::Value> = words.map(Into::into).collect();
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::String, Type::Null]))
        .enum_values(Some(words))
}

fn phases(kind: Kind) -> ObjectBuilder {
    let phases = kind.phases().iter().copied().map(Phase::as_str);
    words(phases.map(Some).chain([None]))
}

/// Restricts the first update to the phases of the incident's kind.
fn first_update(kind: Kind) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::AnyValue)
        .property("phase", phases(kind))
}

/// An incident without a window.
fn of_now(kinds: &[Option<Kind>]) -> ObjectBuilder {
    let kind = kinds.iter().flatten().next().copied();
    let mut shape = ObjectBuilder::new()
        .property(
            "kind",
            words(kinds.iter().map(|kind| kind.map(Kind::as_str))),
        )
        .property("phase", phases(kind.unwrap_or(Kind::Disruption)))
        .property("update", first_update(kind.unwrap_or(Kind::Disruption)))
        .property("starts", null())
        .property("ends", null());
    if !kinds.contains(&None) {
        shape = shape.required("kind");
    }
    shape
}

/// An incident with a window, which a draft may still lack.
fn maintenance(is_draft: bool) -> ObjectBuilder {
    let draft = ObjectBuilder::new();
    let instant = || ObjectBuilder::new().schema_type(Type::String);
    let shape = ObjectBuilder::new()
        .property(
            "kind",
            words([Some(Kind::Maintenance.as_str())].into_iter()),
        )
        .property("phase", phases(Kind::Maintenance))
        .property("update", first_update(Kind::Maintenance))
        .required("kind");
    if is_draft {
        let draft = draft.schema_type(Type::Boolean).enum_values(Some([true]));
        return shape.property("draft", draft).required("draft");
    }
    let draft = draft
        .schema_type(SchemaType::Array(vec![Type::Boolean, Type::Null]))
        .enum_values(Some([Some(false), None]));
    shape
        .property("draft", draft)
        .property("starts", instant())
        .property("ends", instant())
        .required("starts")
        .required("ends")
}
