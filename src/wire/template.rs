//! Templates on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ordered::ByComponent;
use super::words;
use crate::domain::incident::{Impact, Kind};
use crate::domain::slug::{Slug, SlugError};
use crate::domain::state::StateKey;
use crate::domain::template::{Filling, Template, fill};
use crate::domain::update::Phase;

/// A post to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TemplateBody {
    /// Its name.
    #[schema(value_type = String, example = "server-down")]
    pub name: Slug,
    /// The headline, filled in as far as the request allows.
    #[schema(example = "Selma is down")]
    pub title: String,
    /// What kind of post it makes.
    #[schema(schema_with = words::kind)]
    pub kind: Kind,
    /// The phase of its first update.
    #[schema(required, schema_with = words::phase_or_null)]
    pub phase: Option<Phase>,
    /// How bad it is; `null` if the states decide.
    #[schema(required, schema_with = words::impact_or_null)]
    pub impact: Option<Impact>,
    /// The components it is always about and those you asked for, each with the state it takes;
    /// `null` for one whose state it left unchanged.
    #[schema(value_type = Object, example = json!({"selma": "major_outage"}))]
    pub components: ByComponent<Option<StateKey>>,
    /// The first update, filled in as far as the request allows.
    #[schema(example = "Selma stopped answering at 2:15 MST.")]
    pub markdown: String,
}

impl TemplateBody {
    /// Fills in a template for these components.
    pub fn of(template: &Template, affected: &[Slug], filling: Filling<'_>) -> Self {
        let mut components = ByComponent(template.components.clone());
        for slug in affected {
            if components.find(slug).is_none_or(Option::is_none) {
                components.set(slug, template.state.clone());
            }
        }
        Self {
            name: template.name.clone(),
            title: fill(&template.title, filling),
            kind: template.kind,
            phase: template.phase,
            impact: template.impact,
            components,
            markdown: fill(&template.markdown, filling),
        }
    }
}

/// Templates, best match first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TemplateList {
    /// The templates.
    pub templates: Vec<TemplateBody>,
}

/// What a list of templates is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TemplateQuery {
    /// An affected component, with its state if known: `selma` or `selma=major_outage`. May be
    /// given several times.
    #[param(value_type = Option<Vec<String>>)]
    pub component: Vec<(Slug, Option<StateKey>)>,
}

impl TemplateQuery {
    /// The name of the query parameter.
    pub const COMPONENT: &str = "component";

    /// Adds a component from the text of a query parameter, unless it is already there.
    pub fn add(&mut self, text: &str) -> Result<(), SlugError> {
        let (slug, state) = match text.split_once('=') {
            Some((slug, state)) => (slug, Some(StateKey::new(state.trim()))),
            None => (text, None),
        };
        let slug = Slug::parse(slug.trim())?;
        if !self.component.iter().any(|(known, _)| *known == slug) {
            self.component.push((slug, state));
        }
        Ok(())
    }

    /// Each component as the text of a query parameter.
    pub fn values(&self) -> impl Iterator<Item = String> {
        self.component.iter().map(|(slug, state)| match state {
            Some(state) => format!("{slug}={}", state.as_str()),
            None => slug.to_string(),
        })
    }
}
