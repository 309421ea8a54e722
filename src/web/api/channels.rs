//! Channels: webhooks and chats that are told, besides people.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::channels::{self as actions, add_channel, edit_channel, remove_channel};
use crate::actions::channels::{resend_to_channel, rotate_channel_secret, test_channel};
use crate::domain::added_channel::{ChannelAddress, KEPT_FOR, message_id, seq_of_message};
use crate::domain::permission::Permission;
use crate::store::channel_attempts::{AttemptFilter, has_attempt, list_attempts};
use crate::store::channels::{find_channel, list_channels};
use crate::urls;
use crate::web::auth::Staff;
use crate::web::call::Call;
use crate::web::channel_answers::{bodies_of, body_of};
use crate::web::error::AppError;
use crate::web::extract;
use crate::web::query;
use crate::web::state::AppState;
use crate::web::subscriber_answers::following_of;
use crate::web::writing::{BegunWriting, Writing, as_json, check_match, list_response, shown};
use crate::wire::channel::{
    ChannelBody, ChannelList, DeliveryBody, DeliveryList, EditChannel, NewChannel, QueuedBody,
};

/// List every channel.
///
/// Needs `admin`.
#[utoipa::path(
    get,
    path = "/channels",
    tag = "channels",
    operation_id = "list_channels",
    responses((status = OK, description = "Every channel, oldest first.", body = ChannelList)),
)]
pub(in crate::web) async fn list_all(
    State(state): State<AppState>,
    staff: Staff,
) -> Result<Response, AppError> {
    staff.require(Permission::ManageChannels)?;
    let mut tx = state.store.read().await?;
    let found = list_channels(&mut tx).await?;
    let channels = bodies_of(&mut tx, &found).await?;
    Ok(shown(&ChannelList { channels }))
}

/// Add a channel.
///
/// The `secret` that signs a webhook's messages is shown in this answer only, not even if the request
/// is repeated with the same `Idempotency-Key`. Needs `admin`.
#[utoipa::path(
    post,
    path = "/channels",
    tag = "channels",
    operation_id = "add_channel",
    request_body = NewChannel,
    responses((status = CREATED, description = "The channel, with its secret.", body = ChannelBody,
        headers(("Location" = String, description = "Its address in the API.")))),
)]
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    staff: Staff,
    call: Call,
) -> Result<Response, AppError> {
    let said: NewChannel = extract::body(&call)?;
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    let wanted = actions::NewChannel {
        kind: said.kind,
        name: said.name,
        address: ChannelAddress {
            url: said.url,
            room: said.room,
            token: said.token,
        },
        following: following_of(writing.change.tx(), said.following.as_ref()).await?,
        rules: state.outgoing,
    };
    let channel = add_channel(&mut writing.change, wanted).await?;
    let remembered = body_of(writing.change.tx(), &channel).await?;
    let body = ChannelBody {
        secret: channel.signing.as_ref().map(|it| it.secret.clone()),
        ..remembered.clone()
    };
    let location = format!("{}/channels/{}", urls::API, channel.id);
    let status = StatusCode::CREATED;
    writing
        .finish(status, Some(location), &body, Some(&remembered))
        .await
}

/// Show a channel.
///
/// Needs `admin`.
#[utoipa::path(
    get,
    path = "/channels/{id}",
    tag = "channels",
    operation_id = "show_channel",
    params(("id" = String, Path, description = "The channel.")),
    responses((status = OK, description = "As it is now.", body = ChannelBody)),
)]
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(id): extract::Name,
) -> Result<Response, AppError> {
    staff.require(Permission::ManageChannels)?;
    let mut tx = state.store.read().await?;
    let found = find_channel(&mut tx, &id).await?;
    let found = found.ok_or_else(|| AppError::missing("channel", &id))?;
    Ok(shown(&body_of(&mut tx, &found).await?))
}

/// Change a channel, pause it, or resume it.
///
/// Needs `admin`.
#[utoipa::path(
    patch,
    path = "/channels/{id}",
    tag = "channels",
    operation_id = "edit_channel",
    params(("id" = String, Path, description = "The channel.")),
    request_body = EditChannel,
    responses((status = OK, description = "As it is now.", body = ChannelBody)),
)]
pub(in crate::web) async fn edit(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(id): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let said: EditChannel = extract::body(&call)?;
    let mut writing = begin_edit(&state, &staff, &call, &id).await?;
    let following = match &said.following {
        Some(said) => Some(following_of(writing.change.tx(), Some(said)).await?),
        None => None,
    };
    let wanted = actions::EditChannel {
        name: said.name,
        url: said.url,
        room: said.room,
        token: said.token,
        following,
        is_paused: said.paused,
        rules: state.outgoing,
    };
    let channel = edit_channel(&mut writing.change, &id, wanted).await?;
    let body = body_of(writing.change.tx(), &channel).await?;
    writing.shown(&body).await
}

/// Remove a channel, with what waits for it.
///
/// Needs `admin`.
#[utoipa::path(
    delete,
    path = "/channels/{id}",
    tag = "channels",
    operation_id = "remove_channel",
    params(("id" = String, Path, description = "The channel.")),
    responses((status = OK, description = "As it was.", body = ChannelBody)),
)]
pub(in crate::web) async fn delete(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(id): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let mut writing = begin_edit(&state, &staff, &call, &id).await?;
    let channel = remove_channel(&mut writing.change, &id).await?;
    let body = body_of(writing.change.tx(), &channel).await?;
    writing.shown(&body).await
}

/// Send a test to a channel.
///
/// Needs `admin`.
#[utoipa::path(
    post,
    path = "/channels/{id}/test",
    tag = "channels",
    operation_id = "test_channel",
    params(("id" = String, Path, description = "The channel.")),
    responses((status = ACCEPTED, description = "The message.", body = QueuedBody)),
)]
pub(in crate::web) async fn test(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(id): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    let seq = test_channel(&mut writing.change, &id).await?;
    let body = QueuedBody {
        id: message_id(&id, seq),
    };
    let status = StatusCode::ACCEPTED;
    writing.finish(status, None, &body, None).await
}

/// Make a new secret for a channel.
///
/// For a day, messages are signed with the former one, too. The new one is shown in this answer only.
/// Needs `admin`.
#[utoipa::path(
    post,
    path = "/channels/{id}/secret",
    tag = "channels",
    operation_id = "rotate_channel_secret",
    params(("id" = String, Path, description = "The channel.")),
    responses((status = OK, description = "The channel, with its new secret.", body = ChannelBody)),
)]
pub(in crate::web) async fn rotate(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(id): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    let channel = rotate_channel_secret(&mut writing.change, &id).await?;
    let remembered = body_of(writing.change.tx(), &channel).await?;
    let body = ChannelBody {
        secret: channel.signing.as_ref().map(|it| it.secret.clone()),
        ..remembered.clone()
    };
    writing
        .finish(StatusCode::OK, None, &body, Some(&remembered))
        .await
}

/// List what was delivered to a channel in the last week.
///
/// Needs `admin`.
#[utoipa::path(
    get,
    path = "/channels/{id}/deliveries",
    tag = "channels",
    operation_id = "list_channel_deliveries",
    params(("id" = String, Path, description = "The channel."), query::Part),
    responses((status = OK, description = "A page of the attempts, newest first.",
        body = DeliveryList,
        headers(("Link" = String, description = "The next page, as `rel=\"next\"`, if there is \
                                                 one.")))),
)]
pub(in crate::web) async fn deliveries(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(id): extract::Name,
    part: query::Part,
) -> Result<Response, AppError> {
    staff.require(Permission::ManageChannels)?;
    let site = state.site.current();
    let mut tx = state.store.read().await?;
    let found = find_channel(&mut tx, &id).await?;
    found.ok_or_else(|| AppError::missing("channel", &id))?;
    if let Some(before) = &part.before
        && !has_attempt(&mut tx, &id, before).await?
    {
        return Err(query::unknown_before("delivery"));
    }
    let filter = AttemptFilter {
        channel_id: &id,
        since: state.clock.now() - KEPT_FOR,
        before: part.before.as_deref(),
        limit: part.to_read(),
    };
    let attempts = list_attempts(&mut tx, &filter).await?;
    let (attempts, next) = part.divide(attempts, |it| &it.attempt.id);
    let posts = &site.snapshot().posts;
    let slug_of = |id: &str| posts.find_by_id(id).map(|post| post.slug.clone());
    let deliveries = attempts.iter().map(|it| DeliveryBody::of(it, slug_of));
    let deliveries = DeliveryList {
        deliveries: deliveries.collect(),
    };
    Ok(list_response(
        &format!("{}/channels/{id}/deliveries", urls::API),
        next.as_deref(),
        as_json(&deliveries),
    ))
}

/// Send a message to a channel again.
///
/// It has the same id, and tells what holds now. Needs `admin`.
#[utoipa::path(
    post,
    path = "/channels/{id}/deliveries/{message}/again",
    tag = "channels",
    operation_id = "resend_to_channel",
    params(
        ("id" = String, Path, description = "The channel."),
        ("message" = String, Path, description = "The message."),
    ),
    responses((status = ACCEPTED, description = "The message.", body = QueuedBody)),
)]
pub(in crate::web) async fn again(
    State(state): State<AppState>,
    staff: Staff,
    extract::Names([id, message]): extract::Names<2>,
    call: Call,
) -> Result<Response, AppError> {
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    let seq = seq_of_message(&message).unwrap_or_default();
    resend_to_channel(&mut writing.change, &id, seq).await?;
    let body = QueuedBody {
        id: message_id(&id, seq),
    };
    let status = StatusCode::ACCEPTED;
    writing.finish(status, None, &body, None).await
}

/// Begins an edit, unless the channel has changed since the client read it.
async fn begin_edit(
    state: &AppState,
    staff: &Staff,
    call: &Call,
    id: &str,
) -> Result<Box<Writing>, AppError> {
    staff.require(Permission::ManageChannels)?;
    let mut writing = Writing::begin_edit(state, staff).await?;
    if let Some(before) = find_channel(writing.change.tx(), id).await? {
        check_match(call, &body_of(writing.change.tx(), &before).await?)?;
    }
    Ok(writing)
}
