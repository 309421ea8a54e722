//! Parses words on the command line: states to set, kinds, phases.

use crate::domain::incident::{Impact, Kind};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::Phase;
use crate::wire::setting::{self, ComponentSettings};
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// The value of `--set`: `component=state`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    component: Slug,
    state: StateKey,
}

/// Parses `component=state`. Only the server knows which states exist.
pub(super) fn setting(text: &str) -> Result<Setting, String> {
    let (component, state) = text
        .split_once('=')
        .ok_or("write it as component=state, such as selma=degraded")?;
    let state = state.trim();
    if state.is_empty() {
        return Err(format!(
            "which state? Write it as {}=degraded",
            component.trim()
        ));
    }
    Ok(Setting {
        component: self::component(component)?,
        state: StateKey::new(state),
    })
}

/// Parses a component: its slug, or its name in any case.
pub(super) fn component(text: &str) -> Result<Slug, String> {
    Slug::from_title(text).ok_or_else(|| {
        "which component? Use the name in its address, such as shared-ssl".to_owned()
    })
}

/// The settings as the API takes them. Two for the same component are an error.
pub(super) fn settings(list: &[Setting]) -> Result<ComponentSettings, String> {
    let mut all = ComponentSettings::default();
    for Setting { component, state } in list {
        if all.find(component).is_some() {
            return Err(format!("--set names {component} twice; leave one out"));
        }
        all.set(component, Some(setting::Setting::State(state.clone())));
    }
    Ok(all)
}

/// The settings, unless there are none.
pub(super) fn if_any(components: ComponentSettings) -> Option<ComponentSettings> {
    Some(components).filter(|components| !components.is_empty())
}

fn one_of<T: Copy + Send + Sync + 'static>(
    words: impl IntoIterator<Item = &'static str>,
    parse: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words)
        .try_map(move |word| parse(&word.to_ascii_lowercase()).ok_or("not a known word"))
}

pub(super) fn phase() -> impl TypedValueParser<Value = Phase> {
    one_of(Phase::ALL.map(Phase::as_str), Phase::parse)
}

pub(super) fn kind() -> impl TypedValueParser<Value = Kind> {
    one_of(Kind::ALL.map(Kind::as_str), Kind::parse)
}

pub(super) fn impact() -> impl TypedValueParser<Value = Impact> {
    one_of(Impact::ALL.map(Impact::as_str), Impact::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_a_component_and_a_state() {
        let check = |text: &str, wanted: Option<(&str, &str)>| {
            let read = setting(text).ok();
            let read = read
                .as_ref()
                .map(|it| (it.component.as_str(), it.state.as_str()));
            assert_eq!(read, wanted, "{text}");
        };
        check("selma=migrating", Some(("selma", "migrating")));
        check("Selma = Major outage", Some(("selma", "Major outage")));
        check("Shared SSL=degraded", Some(("shared-ssl", "degraded")));
        check("selma=a=b", Some(("selma", "a=b")));
        check("selma", None);
        check("selma=", None);
        check("selma= ", None);
        check("=degraded", None);
        check("…=degraded", None);
        check("", None);
    }

    #[test]
    fn a_component_is_set_once() {
        let list = |texts: &[&str]| {
            let list: Vec<_> = texts.iter().map(|text| setting(text).unwrap()).collect();
            settings(&list).map(|all| serde_json::to_string(&all).expect("JSON"))
        };
        assert_eq!(
            list(&["b=degraded", "a=migrating"]).unwrap(),
            r#"{"b":"degraded","a":"migrating"}"#
        );
        assert!(list(&["a=degraded", "A=migrating"]).is_err());
    }
}
