//! Posts that start from a template of the content folder.

use std::path::PathBuf;

use super::console::Console;
use super::failure::Failure;
use super::text::TextSource;
use super::words::{self, Setting};
use crate::client::Client;
use crate::domain::slug::Slug;
use crate::domain::template::COMPONENT as COMPONENT_PLACEHOLDER;
use crate::wire::fields::unknown;
use crate::wire::setting::{self, ComponentSettings};
use crate::wire::template::{TemplateBody, TemplateQuery};

/// The source of the text: as given, or else the template, or else an editor.
pub(super) fn source(
    template: Option<&TemplateBody>,
    text: Option<&String>,
    file: Option<&PathBuf>,
    console: &Console,
) -> Result<TextSource, Failure> {
    match template {
        Some(template) if text.is_none() && file.is_none() => {
            Ok(TextSource::Template(template.markdown.clone()))
        }
        Some(_) | None => TextSource::of(text, file, console),
    }
}

/// The components: those of the template, overridden by `--set`.
pub(super) fn components(
    template: Option<&TemplateBody>,
    set: &[Setting],
) -> Result<ComponentSettings, String> {
    let mut components = ComponentSettings::default();
    for (slug, state) in template.iter().flat_map(|it| &it.components.0) {
        components.set(slug, state.clone().map(setting::Setting::State));
    }
    for (slug, setting) in words::settings(set)?.0 {
        components.set(&slug, setting);
    }
    Ok(components)
}

/// The template of this name, filled in for these components.
pub(super) fn find(
    name: &str,
    components: &[Slug],
    client: &Client,
) -> Result<TemplateBody, Failure> {
    let wanted = name.trim().to_lowercase();
    let wanted = wanted.strip_suffix(".md").unwrap_or(&wanted);
    let component = components.iter().map(|slug| (slug.clone(), None));
    let asked = TemplateQuery {
        component: component.collect(),
    };
    let all = client.templates(&asked)?;
    if let Some(found) = all.iter().find(|it| it.name.as_str() == wanted) {
        return Ok(found.clone());
    }
    let names: Vec<_> = all.iter().map(|it| it.name.as_str()).collect();
    Err(Failure::Usage(if names.is_empty() {
        "this page has no templates; they go into content/templates".to_owned()
    } else {
        unknown("template", wanted, &names)
    }))
}

/// Fails if a text still has a template's placeholder for a component.
pub(super) fn check_placeholders(template: &TemplateBody, texts: &[&str]) -> Result<(), Failure> {
    if !texts
        .iter()
        .any(|text| text.contains(COMPONENT_PLACEHOLDER))
    {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "the template {} is about a component; say which one: --component SLUG",
        template.name.as_str()
    )))
}
