//! Schemas that types can't express: words of a fixed list, made from the domain's lists, and
//! objects with components as keys.

use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type,
};

use crate::domain::bounce::BounceKind;
use crate::domain::incident::{Impact, Kind};
use crate::domain::news_kind::NewsKind;
use crate::domain::scope::Scope;
use crate::domain::slug::{MAX_LEN, PATTERN};
use crate::domain::subscriber::Channel;
use crate::domain::update::{Phase, Precision, Source};

/// White space, as a character class of a regular expression (ECMA 262).
macro_rules! space {
    () => {
        "\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
    };
}
/// Control characters, as a character class.
macro_rules! control {
    () => {
        "\\u0000-\\u001f\\u007f-\\u009f"
    };
}
/// A text on one line that isn't blank. White space around it doesn't count, line breaks included.
macro_rules! line {
    () => {
        concat!(
            "[^",
            control!(),
            space!(),
            "]([^",
            control!(),
            "]*[^",
            control!(),
            space!(),
            "])?"
        )
    };
}

/// A text on one line that isn't blank, as a regular expression.
pub const LINE: &str = concat!("^[", space!(), "]*", line!(), "[", space!(), "]*$");
/// A character that isn't white space.
pub const NOT_BLANK: &str = concat!("[^", space!(), "]");
/// Nothing, or only white space.
pub const BLANK: &str = concat!("^[", space!(), "]*$");
/// A component, with or without a state after `=`.
pub const AFFECTED: &str = concat!(
    "^[",
    space!(),
    "]*[a-z0-9]+(-[a-z0-9]+)*[",
    space!(),
    "]*(=[^\\u0000]*)?$"
);
/// A text on one line; it may be blank.
pub const NOTE: &str = concat!("^[", space!(), "]*(", line!(), ")?[", space!(), "]*$");

fn words(words: impl Iterator<Item = &'static str>, nullable: bool, about: &str) -> ObjectBuilder {
    let types = if nullable {
        vec![Type::String, Type::Null]
    } else {
        vec![Type::String]
    };
    let null = nullable.then_some(serde_json::Value::Null);
    let values = words.map(serde_json::Value::from).chain(null);
    let schema_type = match types.as_slice() {
        [one] => SchemaType::Type(one.clone()),
        _ => SchemaType::Array(types),
    };
    ObjectBuilder::new()
        .schema_type(schema_type)
        .enum_values(Some(values.collect::<Vec<_>>()))
        .description(Some(about))
}

const PHASE: &str = "Where an incident stands. For a maintenance: `scheduled`, `in_progress`, \
                     `verifying`, `completed`, `cancelled`; for others, the first four.";

pub(super) fn kind() -> ObjectBuilder {
    words(
        Kind::ALL.into_iter().map(Kind::as_str),
        false,
        "What kind of post it is.",
    )
}

pub(super) fn impact() -> ObjectBuilder {
    words(
        Impact::ALL.into_iter().map(Impact::as_str),
        false,
        "How bad it is or was.",
    )
}

pub(super) fn impact_or_null() -> ObjectBuilder {
    let about = "How bad it is or was; `null` follows the worst state it set.";
    words(Impact::ALL.into_iter().map(Impact::as_str), true, about)
}

pub(super) fn phase() -> ObjectBuilder {
    words(Phase::ALL.into_iter().map(Phase::as_str), false, PHASE)
}

pub(super) fn phase_or_null() -> ObjectBuilder {
    let about = format!("{PHASE} `null` leaves it as it is.");
    words(Phase::ALL.into_iter().map(Phase::as_str), true, &about)
}

pub(super) fn precision() -> ObjectBuilder {
    let all = [Precision::Minute, Precision::Day, Precision::None];
    words(
        all.into_iter().map(Precision::as_str),
        false,
        "How exactly `at` is known.",
    )
}

pub(super) fn source() -> ObjectBuilder {
    let all = [Source::File, Source::Api, Source::Clock];
    let about = "Where it comes from; only a file can change what it sets.";
    words(all.into_iter().map(Source::as_str), false, about)
}

pub(super) fn scopes() -> ArrayBuilder {
    let one = words(
        Scope::ALL.into_iter().map(Scope::as_str),
        false,
        "What it may do.",
    );
    ArrayBuilder::new().items(one).min_items(Some(1))
}

pub(super) fn news_kinds() -> ArrayBuilder {
    let one = words(
        NewsKind::ALL.into_iter().map(NewsKind::as_str),
        false,
        "`incidents` (disruptions and notices), `maintenance`, or `changes` (of a component's \
         state, without an incident).",
    );
    ArrayBuilder::new().items(one)
}

pub(super) fn news_kinds_or_null() -> ArrayBuilder {
    let types = SchemaType::Array(vec![Type::Array, Type::Null]);
    news_kinds().schema_type(types)
}

pub(super) fn channel_kind() -> ObjectBuilder {
    words(
        Channel::ADDED.into_iter().map(Channel::as_str),
        false,
        "How it is told.",
    )
}

pub(super) fn bounce_kind() -> ObjectBuilder {
    words(
        BounceKind::ALL.into_iter().map(BounceKind::as_str),
        false,
        "`hard` (refused for good; the third in a row suppresses the address), `soft` (refused for \
         a while; nothing follows) or `complaint` (suppresses it at once).",
    )
}

/// Slugs, or `null` for none.
pub(super) fn slugs() -> ArrayBuilder {
    let types = SchemaType::Array(vec![Type::Array, Type::Null]);
    ArrayBuilder::new().schema_type(types).items(slug())
}

/// Names on one line each, or `null` for none.
pub(super) fn lines() -> ArrayBuilder {
    let types = SchemaType::Array(vec![Type::Array, Type::Null]);
    let line = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(LINE));
    ArrayBuilder::new().schema_type(types).items(line)
}

/// Components by slug, each with the state last set.
pub(super) fn last_states() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(Schema::from(string_or_null().build())))
        .description(Some(
            "The state set last, by component; `null` for one whose state it left unchanged.",
        ))
        .examples([serde_json::json!({"selma": "migrating"})])
}

/// Components by slug, each with what to set it to.
pub(super) fn settings() -> ObjectBuilder {
    let state = || {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(LINE))
            .description(Some("A state."))
    };
    let with_note = ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("state", state())
        .required("state")
        .property(
            "note",
            string_or_null()
                .pattern(Some(NOTE))
                .description(Some("A line for customers.")),
        )
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    let setting = OneOfBuilder::new()
        .item(state())
        .item(with_note)
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .build();
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .property_names(Some(slug()))
        .additional_properties(Some(Schema::from(setting)))
        .description(Some(
            "A state, or a state and a note, by component; `null` leaves the state unchanged.",
        ))
        .examples([serde_json::json!({
            "selma": "migrating",
            "nelson": {"state": "degraded", "note": "Mail is slow."},
        })])
}

/// A slug.
fn slug() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(MAX_LEN))
        .pattern(Some(PATTERN))
}

fn string_or_null() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Array(vec![Type::String, Type::Null]))
}
