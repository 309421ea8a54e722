//! The front matter of templates: what each key may hold.

use super::reader::{Reader, unreadable};
use crate::content::problem::Severity;
use crate::content::update_entries::report::Report;
use crate::content::update_entries::{Context, StateLine};
use crate::content::yaml;
use crate::domain::incident::{Impact, Kind};
use crate::domain::nearest::nearest;
use crate::domain::state::StateKey;
use crate::domain::update::Phase;

/// A template's front matter after reading. What can't be read is missing here and reported.
#[derive(Debug, Default)]
pub(in crate::content) struct TemplateFront {
    pub(in crate::content) title: Option<String>,
    pub(in crate::content) kind: Option<Kind>,
    pub(in crate::content) phase: Option<Phase>,
    pub(in crate::content) impact: Option<Impact>,
    pub(in crate::content) state: Option<StateKey>,
    pub(in crate::content) components: Vec<StateLine>,
}

const KEYS: [&str; 6] = ["title", "kind", "phase", "impact", "state", "components"];

/// Reads a template's front matter: `yaml` is the text between the `---` lines.
pub(in crate::content) fn read_template(
    yaml: &str,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) -> TemplateFront {
    let mut front = TemplateFront::default();
    let entries = match yaml::parse(yaml) {
        Ok(entries) => entries,
        Err(error) => {
            unreadable(error, report);
            return front;
        }
    };
    let mut reader = Reader { yaml, cx, report };
    for (key, value) in &entries {
        match key.name.as_str() {
            "title" => front.title = reader.text(key, value, true),
            "kind" => front.kind = reader.kind(key, value),
            "phase" => front.phase = reader.phase(key, value),
            "impact" => front.impact = reader.impact(key, value),
            "state" => front.state = reader.state(value),
            "components" => front.components = reader.components(value),
            name => {
                let near = nearest(name, KEYS);
                reader.report.add(
                    Severity::Warning,
                    key.place.clone(),
                    format!("a template has no key \"{name}\"; it is ignored"),
                    Some(match near {
                        Some(near) => format!("did you mean \"{near}\"?"),
                        None => format!("the keys are: {}", KEYS.join(", ")),
                    }),
                );
            }
        }
    }
    if !entries.iter().any(|(key, _)| key.name == "title") {
        reader.report.add(
            Severity::Error,
            0..0,
            "the front matter has no \"title\"",
            Some("add a line: title: \"{{component}} is down\"".to_owned()),
        );
    }
    front
}
