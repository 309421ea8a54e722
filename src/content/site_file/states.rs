//! `[[states]]`: the site's own states, and new labels for built-in ones.

use toml::de::DeValue;

use crate::content::toml_table::{Table, Value};
use crate::domain::nearest::nearest;
use crate::domain::state::{STATUSPAGE_VALUES, State, StateKey, Tone, built_in};

/// Reads one of these tables.
pub(super) fn state(table: &mut Table<'_, '_, '_, '_>) -> Option<State> {
    let key = table.required_text("key");
    let (key, place) = key?;
    let good = key.len() <= 40
        && key.starts_with(|c: char| c.is_ascii_lowercase())
        && key
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !good {
        let help = "use lower-case letters, digits and underscores: \"rescue_mode\"".to_owned();
        table.error(
            place,
            format!("\"{key}\" can't be the key of a state"),
            Some(help),
        );
        return None;
    }
    // A built-in state keeps what isn't stated.
    let known = built_in()
        .into_iter()
        .find(|state| state.key.as_str() == key);
    let label = stated(table, "label", known.as_ref().map(|s| s.label.clone()));
    let reads = stated(table, "reads", known.as_ref().map(|s| s.reads.clone()));
    let tone = one_of(table, "tone", &Tone::ALL.map(Tone::as_str))
        .and_then(|word| Tone::parse(&word))
        .or(known.as_ref().map(|state| state.tone));
    let statuspage = one_of(table, "statuspage", &STATUSPAGE_VALUES);
    let down = table.take("down").and_then(|value| permille(&value, table));
    let Some(tone) = tone else {
        let place = place.clone();
        table.error(
            place,
            format!("the state \"{key}\" needs a tone"),
            Some(format!(
                "add tone = one of {}",
                Tone::ALL.map(Tone::as_str).join(", ")
            )),
        );
        return None;
    };
    let down_permille = down
        .or(known.as_ref().map(|s| s.down_permille))
        .unwrap_or(0);
    Some(State {
        key: StateKey::new(key),
        label: label?,
        reads: reads?,
        tone,
        down_permille,
        statuspage: statuspage
            .or(known.map(|state| state.statuspage))
            .unwrap_or_else(|| tone.statuspage().to_owned()),
        dropped: false,
    })
}

fn stated(
    table: &mut Table<'_, '_, '_, '_>,
    key: &'static str,
    known: Option<String>,
) -> Option<String> {
    match known {
        Some(known) => Some(table.text(key).map_or(known, |(text, _)| text)),
        None => table.required_text(key).map(|(text, _)| text),
    }
}

fn one_of(table: &mut Table<'_, '_, '_, '_>, key: &'static str, words: &[&str]) -> Option<String> {
    let (word, place) = table.text(key)?;
    if words.contains(&word.as_str()) {
        return Some(word);
    }
    let near = nearest(&word, words.iter().copied());
    let help = match near {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("use one of: {}", words.join(", ")),
    };
    table.error(
        place,
        format!("\"{word}\" is not a valid {key}"),
        Some(help),
    );
    None
}

/// A share from 0 to 1, in thousandths.
fn permille(value: &Value<'_, '_>, table: &mut Table<'_, '_, '_, '_>) -> Option<u16> {
    let number: Option<f64> = match value.value {
        DeValue::Float(float) => float.as_str().replace('_', "").parse().ok(),
        DeValue::Integer(integer) => integer.as_str().parse().ok(),
        DeValue::String(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    };
    let Some(number) = number.filter(|number| (0.0..=1.0).contains(number)) else {
        let help = "1.0 counts every minute as down, 0.0 none".to_owned();
        table.error(
            value.place.clone(),
            "\"down\" must be a number from 0.0 to 1.0".to_owned(),
            Some(help),
        );
        return None;
    };
    let thousandths = (number * 1000.0).round();
    (0..=1000).find(|whole| f64::from(*whole) == thousandths)
}
