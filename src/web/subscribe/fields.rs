//! Reads the forms of subscribers.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;

use super::respond::say;
use crate::domain::slug::Slug;
use crate::domain::subscriber::{Following, Target};
use crate::render::html::subscribe::form::{
    ADDRESS, CHANGES, COMPONENT, EVERYTHING, Form, GROUP, INCIDENTS, KIND, MAINTENANCE, Part, SOME,
    WHAT,
};
use crate::site::Site;

/// Maximum size of a form, in bytes. The longest has a box for every component.
pub(super) const MAX_FORM_BYTES: usize = 64 * 1024;

/// Names and values, in order.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a name, or the empty string.
    pub(super) fn first<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    /// All values of a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.0.iter().filter(move |(known, _)| known == name);
        own.map(|(_, value)| value.as_str())
    }
}

/// Reads a form.
///
/// # Errors
/// The response that says why it can't be read.
pub(super) async fn read_fields(site: &Site, request: Request<Body>) -> Result<Fields, Response> {
    if !is_form(request.headers()) {
        return Err(say(
            site,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "That isn’t a form",
            "This address takes the forms of this site only.",
        ));
    }
    let body = Bytes::from_request(request, &()).await;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => say(
            site,
            StatusCode::PAYLOAD_TOO_LARGE,
            "That is too long",
            "No form of this site is as long. Go back, and choose groups rather than single \
             components.",
        ),
        _ => say(
            site,
            StatusCode::BAD_REQUEST,
            "The form didn’t arrive in full",
            "Go back and send it again. What you typed is still there.",
        ),
    })?;
    let pairs = form_urlencoded::parse(&body);
    let pairs = pairs.map(|(name, value)| (name.into_owned(), value.into_owned()));
    Ok(Fields(pairs.collect()))
}

fn is_form(headers: &HeaderMap) -> bool {
    let said = headers.get(header::CONTENT_TYPE);
    let said = said.and_then(|value| value.to_str().ok());
    said.is_some_and(|value| {
        let format = value.split(';').next().unwrap_or_default().trim();
        format.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

/// What was typed and chosen, and what is wrong with the choice. Single incidents are left to the
/// caller, and so is the address.
pub(super) fn read_form(site: &Site, fields: &Fields) -> Form {
    let mut form = Form {
        address: fields.first(ADDRESS).to_owned(),
        ..Form::default()
    };
    let (targets, has_unknown) = read_targets(site, fields);
    let has = |kind: &str| fields.all(KIND).any(|value| value == kind);
    form.following = Following {
        everything: match fields.first(WHAT) {
            EVERYTHING => true,
            SOME => false,
            _ => targets.is_empty() && !has_unknown,
        },
        targets,
        incidents: has(INCIDENTS),
        maintenance: has(MAINTENANCE),
        changes: has(CHANGES),
    };
    if has_unknown && !form.following.everything {
        let detail = "Something you chose isn’t there any more. Is this list still right?";
        form.refuse(Part::What, detail);
    }
    form
}

/// The components and groups that were chosen, and whether there were others that don't exist. A
/// group stands for its components.
fn read_targets(site: &Site, fields: &Fields) -> (BTreeSet<Target>, bool) {
    let snapshot = site.snapshot();
    let is_group = |name: &str| {
        let mut active = snapshot.active_components();
        active.any(|it| it.component.group.as_deref() == Some(name))
    };
    let (mut targets, mut has_unknown) = (BTreeSet::new(), false);
    for name in fields.all(GROUP) {
        let is_known = targets.contains(&Target::Group(name.to_owned())) || is_group(name);
        match is_known {
            true => _ = targets.insert(Target::Group(name.to_owned())),
            false => has_unknown = true,
        }
    }
    for slug in fields.all(COMPONENT) {
        let found = Slug::parse(slug).ok();
        let found = found.and_then(|slug| snapshot.find_component(&slug));
        let component = found.map(|record| &record.component);
        let Some(component) = component.filter(|it| it.retired_at.is_none()) else {
            has_unknown = true;
            continue;
        };
        let group = component.group.clone().map(Target::Group);
        if group.is_none_or(|group| !targets.contains(&group)) {
            targets.insert(Target::Component(component.slug.clone()));
        }
    }
    (targets, has_unknown)
}

/// Notes if nothing would be heard with what was chosen.
pub(super) fn check_choice(form: &mut Form) {
    let following = &form.following;
    let follows_one = following
        .targets
        .iter()
        .any(|target| matches!(target, Target::Incident(_)));
    let has_kind = following.incidents || following.maintenance || following.changes;
    let is_nothing = !following.everything && following.targets.is_empty();
    if is_nothing && form.wrong.is_empty() {
        form.refuse(Part::What, "Choose what you use, or “Everything”.");
    }
    if !has_kind && !follows_one {
        form.refuse(Part::Kinds, "Choose at least one kind of news.");
    }
}

/// What the subscriber will follow: without what "everything" includes.
pub(super) fn chosen(form: &Form) -> Following {
    let mut following = form.following.clone();
    if following.everything {
        let is_incident = |target: &Target| matches!(target, Target::Incident(_));
        following.targets.retain(is_incident);
    }
    following
}
