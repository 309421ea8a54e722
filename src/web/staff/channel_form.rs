//! Adding and changing a channel, and making a new secret for it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::flash;
use super::html_response::html_response;
use super::posting::{BegunForm, begin_button, begin_form, lead_to};
use super::reading::{IdOf, again, fresh, sent_before, wrong_fields};
use super::session::Visit;
use super::staff_error::{StaffError, sentence};
use super::submission::Submission;
use crate::actions::channels::{
    EditChannel, NewChannel, add_channel, edit_channel, rotate_channel_secret,
};
use crate::actions::{ActionError, FieldError};
use crate::domain::added_channel::{AddedChannel, ChannelAddress, OutgoingRules};
use crate::domain::news_kind::NewsKind;
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::subscriber::{Channel, Following, Target};
use crate::render::html::staff::channel_form::{
    self as form, ALL_NEWS, KIND, NAME, NEWS, NO_TOKEN, ROOM, TOKEN, URL,
};
use crate::render::html::staff::fields::{Fields, FormState, Wrong};
use crate::render::html::staff::subscriber_form::{COMPONENT, FOLLOWING, GROUP};
use crate::store::channels::find_channel;
use crate::urls;
use crate::web::state::AppState;

/// Shows the form for a new channel.
pub(super) async fn show_new(
    State(state): State<AppState>,
    visit: Visit,
) -> Result<Response, StaffError> {
    let usual = Fields::default()
        .with(format!("{NEWS}{}", NewsKind::Incidents.as_str()), "yes")
        .with(format!("{NEWS}{}", NewsKind::Maintenance.as_str()), "yes");
    let form_state = fresh(visit.kept().unwrap_or(usual));
    page(&state, &visit, StatusCode::OK, (&form_state, None)).await
}

/// Shows the form that changes a channel.
pub(super) async fn show(
    State(state): State<AppState>,
    visit: Visit,
    IdOf(id): IdOf,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::ManageChannels)?;
    let channel = find(&state, &id).await?;
    let form_state = fresh(visit.kept().unwrap_or_else(|| fields_of(&channel)));
    page(
        &state,
        &visit,
        StatusCode::OK,
        (&form_state, Some(&channel)),
    )
    .await
}

/// Adds a channel, and shows its secret in this response only.
pub(super) async fn create(
    State(state): State<AppState>,
    sent: Submission,
) -> Result<Response, StaffError> {
    let done = add(&state, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

async fn add(state: &AppState, sent: &Submission) -> Result<Response, StaffError> {
    let visit = &sent.visit;
    let mut posting = match begin_form(state, sent).await? {
        BegunForm::Fresh(posting) => posting,
        BegunForm::Done(response) => return Ok(response),
        BegunForm::Changed(path) => {
            let form_state = sent_before(sent.fields.clone(), path);
            return page(state, visit, StatusCode::CONFLICT, (&form_state, None)).await;
        }
    };
    let wrong = match read(&sent.fields, state.outgoing) {
        Ok(wanted) => match add_channel(&mut posting.change, wanted).await {
            Ok(channel) => {
                let place = flash::path_with(&urls::staff_channel(&channel.id), "added");
                let response = lead_to(posting, &place).await?;
                return shown_once(state, visit, &channel, response).await;
            }
            Err(ActionError::Invalid(errors)) => wrong_in(&sent.fields, errors),
            Err(other) => return Err(other.into()),
        },
        Err(wrong) => vec![wrong],
    };
    drop(posting);
    let form_state = again(sent.fields.clone(), wrong);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(state, visit, status, (&form_state, None)).await
}

/// Changes a channel.
pub(super) async fn edit(
    State(state): State<AppState>,
    IdOf(id): IdOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let done = save(&state, &id, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

async fn save(state: &AppState, id: &str, sent: &Submission) -> Result<Response, StaffError> {
    let visit = &sent.visit;
    let mut posting = match begin_form(state, sent).await? {
        BegunForm::Fresh(posting) => posting,
        BegunForm::Done(response) => return Ok(response),
        BegunForm::Changed(path) => {
            let channel = find(state, id).await?;
            let form_state = sent_before(sent.fields.clone(), path);
            let shown = (&form_state, Some(&channel));
            return page(state, visit, StatusCode::CONFLICT, shown).await;
        }
    };
    let fields = &sent.fields;
    let mut following = following_in(fields);
    // The form doesn't offer single incidents. Those that the channel follows stay.
    let before = find(state, id).await?.following;
    let kept = before.targets.into_iter();
    let kept = kept.filter(|target| matches!(target, Target::Incident(_)));
    following.targets.extend(kept);
    following.everything = following.targets.is_empty();
    let wanted = EditChannel {
        name: Some(fields.first(NAME).to_owned()),
        url: fields.nonblank(URL).map(str::to_owned),
        room: room_in(fields),
        token: token_in(fields),
        following: Some(following),
        is_paused: None,
        rules: state.outgoing,
    };
    let wrong = match edit_channel(&mut posting.change, id, wanted).await {
        Ok(_) => {
            let place = flash::path_with(&urls::staff_channel(id), "changed");
            return lead_to(posting, &place).await;
        }
        Err(ActionError::Invalid(errors)) => wrong_in(&sent.fields, errors),
        Err(other) => return Err(other.into()),
    };
    drop(posting);
    let channel = find(state, id).await?;
    let form_state = again(fields.clone(), wrong);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(state, visit, status, (&form_state, Some(&channel))).await
}

/// Makes a new secret, and shows it in this response only.
pub(super) async fn rotate(
    State(state): State<AppState>,
    IdOf(id): IdOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    let channel = rotate_channel_secret(&mut posting.change, &id).await?;
    let place = flash::path_with(&urls::staff_channel(&id), "same");
    let response = lead_to(posting, &place).await?;
    shown_once(&state, &sent.visit, &channel, response).await
}

/// The page with a channel's secret. Without one, `otherwise`.
async fn shown_once(
    state: &AppState,
    visit: &Visit,
    channel: &AddedChannel,
    otherwise: Response,
) -> Result<Response, StaffError> {
    let Some(signing) = &channel.signing else {
        return Ok(otherwise);
    };
    let site = state.latest.find().await?;
    let page = form::issued(
        site.snapshot(),
        &visit.staff.actor,
        channel,
        &signing.secret,
    );
    Ok(html_response(StatusCode::OK, page.into_string()))
}

fn read(fields: &Fields, rules: OutgoingRules) -> Result<NewChannel, Wrong> {
    let word = fields.first(KIND);
    let kind = Channel::ADDED.into_iter().find(|it| it.as_str() == word);
    let kind = kind.ok_or_else(|| Wrong {
        field: KIND.to_owned(),
        detail: sentence("choose how it is told"),
    })?;
    Ok(NewChannel {
        kind,
        name: fields.first(NAME).to_owned(),
        address: ChannelAddress {
            url: fields.first(URL).trim().to_owned(),
            room: fields.nonblank(ROOM).map(str::to_owned),
            token: fields.nonblank(TOKEN).map(str::to_owned),
        },
        following: following_in(fields),
        rules,
    })
}

/// The room that the form states: an empty field that was shown says that there is none.
fn room_in(fields: &Fields) -> Option<String> {
    fields
        .has(ROOM)
        .then(|| fields.first(ROOM).trim().to_owned())
}

/// The credential that the form states: a new one, or none any more.
fn token_in(fields: &Fields) -> Option<String> {
    match fields.nonblank(TOKEN) {
        Some(token) => Some(token.to_owned()),
        None => fields.has(NO_TOKEN).then(String::new),
    }
}

/// The errors of the action at the fields of the form.
fn wrong_in(fields: &Fields, errors: Vec<FieldError>) -> Vec<Wrong> {
    let mut all = wrong_fields(errors);
    let has_news = fields.under(NEWS).next().is_some();
    for wrong in all.iter_mut().filter(|it| it.field == FOLLOWING) {
        if !has_news {
            wrong.field = ALL_NEWS.to_owned();
        }
    }
    all
}

fn following_in(fields: &Fields) -> Following {
    let slugs = fields.under(COMPONENT).map(|(slug, _)| Slug::parse(slug));
    let components = slugs.filter_map(Result::ok).map(Target::Component);
    let groups = fields.under(GROUP).map(|(_, name)| name.to_owned());
    let targets: std::collections::BTreeSet<_> =
        components.chain(groups.map(Target::Group)).collect();
    let wants = |kind: NewsKind| fields.has(&format!("{NEWS}{}", kind.as_str()));
    Following {
        everything: targets.is_empty(),
        targets,
        incidents: wants(NewsKind::Incidents),
        maintenance: wants(NewsKind::Maintenance),
        changes: wants(NewsKind::Changes),
    }
}

/// What the form of a channel says before anything is changed, without its URL and credential.
fn fields_of(channel: &AddedChannel) -> Fields {
    let following = &channel.following;
    let mut pairs = vec![(NAME.to_owned(), channel.name.clone())];
    let room = channel.address.room.clone();
    pairs.extend(room.map(|room| (ROOM.to_owned(), room)));
    let wanted = [
        following.incidents,
        following.maintenance,
        following.changes,
    ];
    for (kind, _) in NewsKind::ALL.into_iter().zip(wanted).filter(|it| it.1) {
        pairs.push((format!("{NEWS}{}", kind.as_str()), "yes".to_owned()));
    }
    for target in &following.targets {
        match target {
            Target::Component(slug) => pairs.push((format!("{COMPONENT}{slug}"), "yes".to_owned())),
            Target::Group(name) => pairs.push((GROUP.to_owned(), name.clone())),
            Target::Incident(_) => {}
        }
    }
    Fields::new(pairs)
}

async fn find(state: &AppState, id: &str) -> Result<AddedChannel, StaffError> {
    let mut tx = state.store.read().await?;
    let found = find_channel(&mut tx, id).await?;
    found.ok_or_else(|| StaffError::missing("there is no such channel"))
}

async fn page(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    (form_state, known): (&FormState, Option<&AddedChannel>),
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::ManageChannels)?;
    let site = state.latest.find().await?;
    let page = form::page(site.snapshot(), &visit.staff.actor, form_state, known);
    Ok(html_response(status, page.into_string()))
}
