//! Changes in an entry of the activity log, field by field.

use serde_json::{Map, Value};

/// A field that isn't the same before and after, or is only on one side.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// Its name.
    pub field: String,
    /// What it was; `null` if it wasn't there.
    pub before: Value,
    /// What it became; `null` if it is no longer there.
    pub after: Value,
}

/// The fields that differ, in the order of `after`. If there is only one side, these are all fields
/// that say something.
pub fn field_changes(before: Option<&Value>, after: Option<&Value>) -> Vec<FieldChange> {
    let nothing = Map::new();
    let fields = |side: Option<&Value>| side.and_then(Value::as_object).cloned();
    let (before, after) = (fields(before), fields(after));
    let before = before.as_ref().unwrap_or(&nothing);
    let after = after.as_ref().unwrap_or(&nothing);
    let only_before = before.keys().filter(|name| !after.contains_key(*name));
    after
        .keys()
        .chain(only_before)
        .map(|name| {
            let value = |side: &Map<String, Value>| side.get(name).cloned().unwrap_or_default();
            FieldChange {
                field: name.clone(),
                before: value(before),
                after: value(after),
            }
        })
        .filter(|change| change.before != change.after)
        .collect()
}

/// A value of the activity log for people: a text as it is, `null` as an empty text.
pub fn value_in_words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(list) => {
            let words: Vec<_> = list.iter().map(value_in_words).collect();
            words.join(", ")
        }
        Value::Object(fields) => {
            let word = |(name, value): (&String, &Value)| match value {
                Value::Null => name.clone(),
                value => format!("{name}: {}", value_in_words(value)),
            };
            let words: Vec<_> = fields.iter().map(word).collect();
            words.join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_fields_that_differ_are_told() {
        let check = |before: Value, after: Value, wanted: &[(&str, &str, &str)]| {
            let side = |value: &Value| (!value.is_null()).then(|| value.clone());
            let found = field_changes(side(&before).as_ref(), side(&after).as_ref());
            let found: Vec<_> = found
                .iter()
                .map(|it| {
                    let (before, after) = (value_in_words(&it.before), value_in_words(&it.after));
                    (it.field.clone(), before, after)
                })
                .collect();
            let found: Vec<_> = found
                .iter()
                .map(|(field, before, after)| (field.as_str(), before.as_str(), after.as_str()))
                .collect();
            assert_eq!(found, wanted, "{before} {after}");
        };
        check(
            json!({"state": "degraded", "note": "Slow."}),
            json!({"state": "operational", "note": null}),
            &[("state", "degraded", "operational"), ("note", "Slow.", "")],
        );
        check(json!({"a": 1}), json!({"a": 1}), &[]);
        check(json!({"a": 1}), json!({}), &[("a", "1", "")]);
        check(
            Value::Null,
            json!({"draft": false, "components": {"selma": "degraded", "nelson": null}}),
            &[
                ("draft", "", "no"),
                ("components", "", "selma: degraded, nelson"),
            ],
        );
        check(
            json!({"scopes": ["a", "b"]}),
            Value::Null,
            &[("scopes", "a, b", "")],
        );
        check(json!("text"), Value::Null, &[]);
    }
}
