//! Starting a new incident from a template.

use axum::http::Uri;
use chrono::{DateTime, Utc};

use super::reading::fresh;
use super::session::{Visit, asks_for_preview};
use super::staff_error::StaffError;
use crate::domain::event::facts::StatedStates;
use crate::domain::incident::{Impact, Kind};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::template::{COMPONENT, Filling, Template, fill, joined, sort_by_fit};
use crate::domain::update::Phase;
use crate::render;
use crate::render::html::staff::components::{NAMED, STATE};
use crate::render::html::staff::correct::{IMPACT, TITLE};
use crate::render::html::staff::fields::{Fields, FormState};
use crate::render::html::staff::new_incident::KIND;
use crate::render::html::staff::update::{PHASE, TEXT};
use crate::render::markdown::unwrapped;
use crate::site::Site;
use crate::store::templates::list_templates;
use crate::web::state::AppState;

/// The initial form for a new incident.
#[derive(Debug, Default)]
pub(super) struct Begin {
    /// The form's contents.
    pub(super) form_state: FormState,
    /// The templates to start from, best match first.
    pub(super) templates: Vec<(Slug, String)>,
    /// The chosen template, if the component that it is about is still to be chosen.
    pub(super) asks_component: Option<Slug>,
}

/// The initial form: with what was typed while nobody was signed in, or else by the URL's query,
/// `?template=NAME&component=SLUG`. `is_offered` says whether a template's kind fits this form;
/// `usual` completes what a template leaves open.
pub(super) async fn begin(
    state: &AppState,
    visit: &Visit,
    uri: &Uri,
    is_offered: fn(Kind) -> bool,
    usual: impl FnOnce(Fields, &Site) -> Fields,
) -> Result<Begin, StaffError> {
    if !asks_for_preview(uri)
        && let Some(kept) = visit.kept()
    {
        return Ok(Begin {
            form_state: fresh(kept),
            ..Begin::default()
        });
    }
    let site = state.latest.find().await?;
    let query = uri.query().unwrap_or_default();
    let (fields, begin) = by_template(state, &site, query, is_offered).await?;
    Ok(Begin {
        form_state: visit.opened(uri, || usual(fields, &site)),
        ..begin
    })
}

async fn by_template(
    state: &AppState,
    site: &Site,
    query: &str,
    is_offered: fn(Kind) -> bool,
) -> Result<(Fields, Begin), StaffError> {
    let snapshot = site.snapshot();
    let mut tx = state.store.read().await?;
    let mut templates = list_templates(&mut tx).await?;
    drop(tx);
    templates.retain(|template| is_offered(template.kind));
    let said = |wanted: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    let chosen = said("template");
    let chosen = templates
        .iter()
        .find(|template| Some(template.name.as_str()) == chosen.as_deref());
    let title = |template: &Template| template.title.replace(COMPONENT, "…");
    if let Some(template) = chosen {
        let component = said("component");
        let component = snapshot
            .active_components()
            .find(|record| Some(record.component.slug.as_str()) == component.as_deref());
        let slug = component.map(|record| &record.component.slug);
        let asks = slug.is_none() && template.components.is_empty();
        let fields = fields_from_template(site, template, slug, state.clock.now());
        let begin = Begin {
            // The user may want another template.
            templates: templates
                .iter()
                .map(|it| (it.name.clone(), title(it)))
                .collect(),
            asks_component: asks.then(|| template.name.clone()),
            ..Begin::default()
        };
        return Ok((fields, begin));
    }
    let affected: Vec<(Slug, Option<StateKey>)> = snapshot
        .active_components()
        .map(|record| (&record.component.slug, snapshot.standing(record).state))
        .filter(|(_, state)| !state.is_operational())
        .map(|(slug, state)| (slug.clone(), Some(state)))
        .collect();
    sort_by_fit(&mut templates, &affected);
    let templates = templates.iter().map(|it| (it.name.clone(), title(it)));
    let begin = Begin {
        templates: templates.collect(),
        ..Begin::default()
    };
    Ok((Fields::default(), begin))
}

/// The form's contents from a template, and for a component if one was chosen.
fn fields_from_template(
    site: &Site,
    template: &Template,
    chosen: Option<&Slug>,
    now: DateTime<Utc>,
) -> Fields {
    let snapshot = site.snapshot();
    let mut components = template.components.clone();
    if let Some(slug) = chosen {
        let state = template.state.clone();
        match components.iter_mut().find(|(known, _)| known == slug) {
            Some((_, own)) if own.is_none() => *own = state,
            Some(_) => {}
            None => components.push((slug.clone(), state)),
        }
    }
    let names: Vec<&str> = components
        .iter()
        .map(|(slug, _)| snapshot.component_name(slug))
        .collect();
    let component = joined(&names);
    let time = render::frame_of(snapshot).clock(now);
    let filling = Filling {
        component: component.as_deref(),
        time: &time,
    };
    let mut fields = Fields::default()
        .with(TITLE, fill(&template.title, filling))
        .with(TEXT, unwrapped(fill(&template.markdown, filling).trim()))
        .with(KIND, template.kind.as_str())
        .with(IMPACT, template.impact.map_or("", Impact::as_str))
        .with(
            PHASE,
            template.phase.unwrap_or(Phase::Investigating).as_str(),
        );
    for (slug, state) in &components {
        let state = state.as_ref().map_or(NAMED, StateKey::as_str);
        fields.set(format!("{STATE}{slug}"), state);
    }
    fields
}

/// Replaces the placeholder for component names with those of the chosen components.
pub(super) fn filling(site: &Site, components: &StatedStates) -> impl Fn(&str) -> String + use<> {
    let snapshot = site.snapshot();
    let names: Vec<&str> = components
        .iter()
        .map(|(slug, _)| snapshot.component_name(slug))
        .collect();
    let component = joined(&names);
    move |text| match &component {
        Some(names) => text.replace(COMPONENT, names),
        None => text.to_owned(),
    }
}
