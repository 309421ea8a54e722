//! Components and their groups, as Statuspage has them: a group is a component that lists others.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::context::Context;
use super::id::{Kind, id};
use super::status::Level;
use crate::domain::slug::Slug;
use crate::render::{Present, list_present};

/// A component or a group.
#[derive(Debug, Serialize)]
pub(super) struct Component<'a> {
    pub(super) id: String,
    name: &'a str,
    pub(super) status: &'static str,
    created_at: String,
    updated_at: String,
    position: usize,
    description: Option<&'a str>,
    showcase: bool,
    start_date: Option<NaiveDate>,
    group_id: Option<String>,
    page_id: &'a str,
    group: bool,
    only_show_if_degraded: bool,
    /// Of a group: the ids of its components.
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<Vec<String>>,
}

/// Every component that isn't retired, and the groups, in page order: each group before its
/// components.
#[derive(Debug)]
pub(super) struct Components<'a> {
    /// All of them.
    pub(super) list: Vec<Component<'a>>,
    /// Where a component is in the list.
    indexes: HashMap<&'a Slug, usize>,
}

impl<'a> Components<'a> {
    /// Those of the snapshot.
    pub(super) fn of(context: &'a Context<'_>) -> Self {
        let present = list_present(context.snapshot);
        let mut top: Vec<(Option<&str>, Vec<Present<'a>>)> = Vec::new();
        for component in present {
            let group = component.record.component.group.as_deref();
            match top
                .iter_mut()
                .find(|(name, _)| *name == group && group.is_some())
            {
                Some((_, components)) => components.push(component),
                None => top.push((group, vec![component])),
            }
        }
        let mut all = Self {
            list: Vec::new(),
            indexes: HashMap::new(),
        };
        for (index, (group, components)) in top.iter().enumerate() {
            match group {
                Some(name) => all.add_group(context, index + 1, name, components),
                None => all.add(context, index + 1, None, &components[0]),
            }
        }
        all
    }

    /// A component, if it isn't retired.
    pub(super) fn find(&self, slug: &Slug) -> Option<&Component<'a>> {
        self.indexes.get(slug).map(|index| &self.list[*index])
    }

    fn add(
        &mut self,
        context: &'a Context<'_>,
        position: usize,
        group_id: Option<&str>,
        present: &Present<'a>,
    ) {
        let component = &present.record.component;
        self.indexes.insert(&component.slug, self.list.len());
        self.list.push(Component {
            id: id(Kind::Component, component.slug.as_str()),
            name: &component.name,
            status: context.snapshot.states.statuspage(present.state),
            created_at: context.time(context.made_at(present.record)),
            updated_at: context.time(context.changed_at(present.record)),
            position,
            description: component.description.as_deref(),
            showcase: true,
            start_date: component.since,
            group_id: group_id.map(str::to_owned),
            page_id: &context.page_id,
            group: false,
            only_show_if_degraded: false,
            components: None,
        });
    }

    fn add_group(
        &mut self,
        context: &'a Context<'_>,
        position: usize,
        name: &'a str,
        components: &[Present<'a>],
    ) {
        let group_id = id(Kind::Group, name);
        let place = self.list.len();
        let made = components.iter().map(|it| context.made_at(it.record));
        let updated = components.iter().map(|it| context.changed_at(it.record));
        self.list.push(Component {
            id: group_id.clone(),
            name,
            status: "operational",
            created_at: context.time(made.min().unwrap_or_default()),
            updated_at: context.time(updated.max().unwrap_or_default()),
            position,
            description: None,
            showcase: false,
            start_date: None,
            group_id: None,
            page_id: &context.page_id,
            group: true,
            only_show_if_degraded: false,
            components: None,
        });
        for (index, component) in components.iter().enumerate() {
            self.add(context, index + 1, Some(&group_id), component);
        }
        let (before, own) = self.list.split_at_mut(place + 1);
        let group = &mut before[place];
        let statuses = own.iter().map(|component| component.status);
        let worst = statuses.max_by_key(|status| Level::of_component(status));
        group.status = worst.unwrap_or(group.status);
        group.components = Some(own.iter().map(|component| component.id.clone()).collect());
    }
}
