//! Every public incident, with indexes by slug, id, month and component. Copies share what is
//! unchanged.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;

use super::post::{Post, exactness};
use super::shared_map::SharedMap;
use crate::domain::freshness::FEED_ITEMS;
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::update::KnownInstant;

/// A year and a month; the month is 1 to 12.
pub type Month = (i32, u32);

/// Every public incident.
#[derive(Debug, Clone, Default)]
pub struct Posts {
    zone: Tz,
    by_id: SharedMap<Arc<str>, Arc<Post>>,
    ids: SharedMap<Slug, Arc<str>>,
    /// By the month of their start in the site's zone; within a month, newest first.
    months: BTreeMap<Month, Arc<Vec<Arc<Post>>>>,
    naming: SharedMap<Slug, Arc<Vec<Arc<str>>>>,
    open: Vec<Arc<Post>>,
    planned: Vec<Arc<Post>>,
    /// Those with the freshest feed items, freshest first.
    fresh: Vec<Arc<Post>>,
    last_said: BTreeMap<Month, KnownInstant>,
}

/// The sort key of lists: newest first by [`Incident::started`], then by id.
fn age(post: &Arc<Post>) -> std::cmp::Reverse<(DateTime<Utc>, &str)> {
    std::cmp::Reverse((post.started, &post.id))
}

impl Posts {
    /// An empty collection, for a site in `zone`.
    pub(super) fn new(zone: Tz) -> Self {
        Self {
            zone,
            ..Self::default()
        }
    }

    /// How many incidents there are.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An incident by its present slug.
    pub fn find(&self, slug: &Slug) -> Option<&Arc<Post>> {
        self.by_id.get(self.ids.get(slug)?)
    }

    /// An incident by its id.
    pub fn find_by_id(&self, id: &str) -> Option<&Arc<Post>> {
        self.by_id.get(id)
    }

    /// The months that have incidents, oldest first.
    pub fn months(&self) -> impl DoubleEndedIterator<Item = (Month, &[Arc<Post>])> {
        let months = self.months.iter();
        months.map(|(month, posts)| (*month, posts.as_slice()))
    }

    /// The incidents of a month, newest first.
    pub fn month(&self, month: Month) -> &[Arc<Post>] {
        self.months.get(&month).map_or(&[], |posts| posts)
    }

    /// The nearest months before and after this one that have incidents.
    pub fn neighbours(&self, month: Month) -> (Option<Month>, Option<Month>) {
        let before = self.months.range(..month).next_back();
        let after = self
            .months
            .range(month..)
            .find(|(other, _)| **other != month);
        (before.map(|(key, _)| *key), after.map(|(key, _)| *key))
    }

    /// The month in which an incident started.
    pub fn month_of(&self, post: &Post) -> Month {
        let date = post.started.with_timezone(&self.zone);
        (date.year(), date.month())
    }

    /// All incidents, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Post>> {
        self.months.values().rev().flat_map(|posts| posts.iter())
    }

    /// The open incidents, newest first.
    pub fn open(&self) -> &[Arc<Post>] {
        &self.open
    }

    /// The planned maintenances, newest first.
    pub fn planned(&self) -> &[Arc<Post>] {
        &self.planned
    }

    /// The incidents with the freshest feed items, as many as a feed has items.
    pub fn fresh(&self) -> &[Arc<Post>] {
        &self.fresh
    }

    /// When an incident or an update last became public.
    pub fn last_public(&self) -> Option<DateTime<Utc>> {
        self.fresh.first().map(|post| post.freshest.public_at())
    }

    /// The incidents that name a component, newest first.
    pub fn naming(&self, component: &Slug) -> Vec<&Arc<Post>> {
        let ids = self.naming.get(component);
        self.sorted(ids.into_iter().flat_map(|ids| ids.iter()))
    }

    /// The incidents that name any of these components, newest first, each once.
    pub fn naming_any<'a>(
        &self,
        components: impl IntoIterator<Item = &'a Slug>,
    ) -> Vec<&Arc<Post>> {
        let named = components.into_iter();
        let named = named.filter_map(|it| self.naming.get(it));
        let ids: HashSet<&Arc<str>> = named.flat_map(|ids| ids.iter()).collect();
        self.sorted(ids)
    }

    /// The incidents with these ids, newest first.
    fn sorted<'a>(&self, ids: impl IntoIterator<Item = &'a Arc<str>>) -> Vec<&Arc<Post>> {
        let ids = ids.into_iter();
        let mut found: Vec<&Arc<Post>> = ids.filter_map(|id| self.by_id.get(id)).collect();
        found.sort_by(|a, b| age(a).cmp(&age(b)));
        found
    }

    /// The latest thing said in any incident.
    pub fn last_said(&self) -> Option<KnownInstant> {
        self.last_said.values().copied().max_by_key(exactness)
    }

    /// Adds many incidents at once, which is faster than one by one.
    pub(super) fn fill(&mut self, posts: Vec<(Post, Vec<Slug>)>) {
        let mut months: BTreeMap<Month, Vec<Arc<Post>>> = BTreeMap::new();
        let mut naming: BTreeMap<Slug, Vec<Arc<str>>> = BTreeMap::new();
        for (post, components) in posts {
            let post = Arc::new(post);
            for component in components {
                naming.entry(component).or_default().push(post.id.clone());
            }
            self.ids.insert(post.slug.clone(), post.id.clone());
            self.by_id.insert(post.id.clone(), post.clone());
            months.entry(self.month_of(&post)).or_default().push(post);
        }
        for (month, posts) in months {
            self.set_month(month, posts);
        }
        for (component, ids) in naming {
            self.naming.insert(component, Arc::new(ids));
        }
        self.list_open();
        self.list_fresh();
    }

    /// Adds an incident, or replaces the one with the same id.
    pub(super) fn put(&mut self, post: Post, incident: &Incident) {
        let before = self.take_out(&post.id.clone());
        let post = Arc::new(post);
        for component in incident.components() {
            let mut ids = self.ids_naming(component);
            ids.push(post.id.clone());
            self.naming.insert(component.clone(), Arc::new(ids));
        }
        self.ids.insert(post.slug.clone(), post.id.clone());
        self.by_id.insert(post.id.clone(), post.clone());
        let month = self.month_of(&post);
        let mut posts = self.month(month).to_vec();
        posts.push(post.clone());
        self.set_month(month, posts);
        self.list_open_after(before.as_deref(), Some(&post));
    }

    /// Removes an incident.
    pub(super) fn remove(&mut self, id: &str) {
        if let Some(before) = self.take_out(id) {
            self.list_open_after(Some(&before), None);
        }
    }

    fn take_out(&mut self, id: &str) -> Option<Arc<Post>> {
        let before = self.by_id.remove(id)?;
        if self
            .ids
            .get(&before.slug)
            .is_some_and(|owner| **owner == *id)
        {
            self.ids.remove(&before.slug);
        }
        for component in before.read().components() {
            let mut ids = self.ids_naming(component);
            ids.retain(|other| **other != *id);
            self.naming.insert(component.clone(), Arc::new(ids));
        }
        let month = self.month_of(&before);
        let mut posts = self.month(month).to_vec();
        posts.retain(|post| *post.id != *id);
        self.set_month(month, posts);
        Some(before)
    }

    fn ids_naming(&self, component: &Slug) -> Vec<Arc<str>> {
        let ids = self.naming.get(component);
        ids.map_or_else(Vec::new, |ids| ids.as_ref().clone())
    }

    fn set_month(&mut self, month: Month, mut posts: Vec<Arc<Post>>) {
        posts.sort_by(|a, b| age(a).cmp(&age(b)));
        let said = posts.iter().filter_map(|post| post.last_said);
        match said.max_by_key(exactness) {
            Some(said) => self.last_said.insert(month, said),
            None => self.last_said.remove(&month),
        };
        if posts.is_empty() {
            self.months.remove(&month);
        } else {
            self.months.insert(month, Arc::new(posts));
        }
    }

    fn list_open_after(&mut self, before: Option<&Post>, now: Option<&Arc<Post>>) {
        let id = before.map(|post| &post.id).or(now.map(|post| &post.id));
        let Some(id) = id.cloned() else { return };
        for list in [&mut self.open, &mut self.planned] {
            list.retain(|post| post.id != id);
        }
        if let Some(post) = now.filter(|post| post.is_open()) {
            self.open.push(post.clone());
            self.open.sort_by(|a, b| age(a).cmp(&age(b)));
        }
        if let Some(post) = now.filter(|post| post.is_planned()) {
            self.planned.push(post.clone());
            self.planned.sort_by(|a, b| age(a).cmp(&age(b)));
        }
        let was_fresh = self.fresh.iter().any(|post| post.id == id);
        let is_no_less_fresh = match (before, now) {
            (Some(before), Some(now)) => now.freshest >= before.freshest,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if was_fresh && !is_no_less_fresh {
            // Another incident may move up into the list, so it is built from all of them.
            self.list_fresh();
            return;
        }
        self.fresh.retain(|post| post.id != id);
        self.fresh.extend(now.cloned());
        self.trim_fresh();
    }

    fn list_open(&mut self) {
        let listed = |is: fn(&Post) -> bool| self.iter().filter(|post| is(post)).cloned().collect();
        (self.open, self.planned) = (listed(Post::is_open), listed(Post::is_planned));
    }

    fn list_fresh(&mut self) {
        self.fresh = self.by_id.values().cloned().collect();
        self.trim_fresh();
    }

    fn trim_fresh(&mut self) {
        self.fresh
            .sort_by(|a, b| (b.freshest, &b.id).cmp(&(a.freshest, &a.id)));
        self.fresh.truncate(FEED_ITEMS);
        self.fresh.shrink_to_fit();
    }
}
