//! Subscribers: listing, adding, changing and removing them.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::actions::ActionError;
use crate::actions::subscribers::{self as actions, add_subscriber, edit_subscriber};
use crate::actions::subscribers::{allow_subscriber, remove_subscriber, suppress_subscriber};
use crate::domain::email_address::EmailAddress;
use crate::domain::permission::Permission;
use crate::domain::subscriber::Subscriber;
use crate::store::subscribers::{find_subscriber, list_subscribers};
use crate::urls;
use crate::web::auth::Staff;
use crate::web::call::Call;
use crate::web::error::AppError;
use crate::web::extract;
use crate::web::state::AppState;
use crate::web::subscriber_answers::{bodies_of, body_of, following_of, table_of};
use crate::web::subscriber_query::SubscriberQuery;
use crate::web::writing::{BegunWriting, Writing, as_json, check_match, list_response, shown};
use crate::wire::FieldError;
use crate::wire::subscriber::{
    AskedBody, EditSubscriber, NewSubscriber, SubscriberBody, SubscriberList, SuppressSubscriber,
};

/// What is said if somebody would have to be asked by mail, but none can be sent.
pub(in crate::web) const NO_MAIL: &str =
    "no mail can be sent from here, so nobody can be asked to confirm; say how they agreed";

/// List subscribers, in the order in which they asked.
///
/// Needs `subscribers:write`.
#[utoipa::path(
    get,
    path = "/subscribers",
    tag = "subscribers",
    operation_id = "list_subscribers",
    params(SubscriberQuery),
    responses((status = OK, description = "A page of the list.", body = SubscriberList,
        headers(("Link" = String, description = "The next page, as `rel=\"next\"`, if there is \
                                                 one.")))),
)]
pub(in crate::web) async fn list_all(
    State(state): State<AppState>,
    staff: Staff,
    wanted: SubscriberQuery,
) -> Result<Response, AppError> {
    staff.require(Permission::ManageSubscribers)?;
    let mut tx = state.store.read().await?;
    let found = list_subscribers(&mut tx, &wanted.filter()).await?;
    let (found, next) = wanted.divide(found);
    let subscribers = bodies_of(&mut tx, &found).await?;
    Ok(list_response(
        &format!("{}/subscribers", urls::API),
        next.as_deref(),
        as_json(&SubscriberList { subscribers }),
    ))
}

/// Add a subscriber, or have them asked.
///
/// With `consent`, they are a subscriber at once, and a mail welcomes them. Without it, they get a
/// mail with a link to confirm first. Needs `subscribers:write`.
#[utoipa::path(
    post,
    path = "/subscribers",
    tag = "subscribers",
    operation_id = "add_subscriber",
    request_body = NewSubscriber,
    responses(
        (status = CREATED, description = "As it is now.", body = SubscriberBody,
            headers(("Location" = String, description = "Its address in the API."))),
        (status = ACCEPTED, description = "They were asked to confirm.", body = AskedBody),
    ),
)]
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    staff: Staff,
    call: Call,
) -> Result<Response, AppError> {
    let said: NewSubscriber = extract::body(&call)?;
    staff.require(Permission::ManageSubscribers)?;
    let address = EmailAddress::parse(&said.address)
        .map_err(|why| AppError::Invalid(vec![FieldError::of_field("address", why.to_string())]))?;
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    let sends_mail = state.site.current().snapshot().site.sends_mail;
    if said.consent.is_none() && !sends_mail {
        return Err(ActionError::Conflict(NO_MAIL.to_owned()).into());
    }
    let asked = AskedBody {
        asked: address.masked(),
    };
    let wanted = actions::NewSubscriber {
        address,
        following: following_of(writing.change.tx(), said.following.as_ref()).await?,
        consent: said.consent,
        is_welcomed: sends_mail,
    };
    let Some(subscriber) = add_subscriber(&mut writing.change, wanted).await? else {
        let status = StatusCode::ACCEPTED;
        return writing.finish(status, None, &asked, None).await;
    };
    let body = body_of(writing.change.tx(), &subscriber).await?;
    // Stored answers outlive the subscriber.
    let remembered = SubscriberBody {
        address: subscriber.address.masked(),
        ..body.clone()
    };
    let location = format!("{}/subscribers/{}", urls::API, subscriber.id);
    writing
        .finish(
            StatusCode::CREATED,
            Some(location),
            &body,
            Some(&remembered),
        )
        .await
}

/// All subscribers as a table for spreadsheets, which an import reads again.
///
/// A cell that a spreadsheet would take for a formula begins with an apostrophe. Needs
/// `subscribers:write`.
#[utoipa::path(
    get,
    path = "/subscribers/export",
    tag = "subscribers",
    operation_id = "export_subscribers",
    responses((status = OK, description = "Comma-separated values (RFC 4180), oldest first.",
        body = String, content_type = "text/csv")),
)]
pub(in crate::web) async fn export(
    State(state): State<AppState>,
    staff: Staff,
) -> Result<Response, AppError> {
    staff.require(Permission::ManageSubscribers)?;
    let mut tx = state.store.read().await?;
    let table = table_of(&mut tx, None).await?;
    let table = table.ok_or_else(|| {
        let how = "the table would be longer than 32 MiB; read the list page by page";
        AppError::Action(ActionError::Conflict(how.to_owned()))
    })?;
    Ok(table_response(table))
}

/// A response with a table of subscribers.
pub(in crate::web) fn table_response(table: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"subscribers.csv\"",
        ),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    (headers, table).into_response()
}

/// Show a subscriber.
///
/// Needs `subscribers:write`.
#[utoipa::path(
    get,
    path = "/subscribers/{id}",
    tag = "subscribers",
    operation_id = "show_subscriber",
    params(("id" = String, Path, description = "The subscriber.")),
    responses((status = OK, description = "As it is now.", body = SubscriberBody)),
)]
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(id): extract::Name,
) -> Result<Response, AppError> {
    staff.require(Permission::ManageSubscribers)?;
    let mut tx = state.store.read().await?;
    let found = find_subscriber(&mut tx, &id).await?;
    let found = found.ok_or_else(|| AppError::missing("subscriber", &id))?;
    Ok(shown(&body_of(&mut tx, &found).await?))
}

/// Change what a subscriber hears of, or pause them.
///
/// Needs `subscribers:write`.
#[utoipa::path(
    patch,
    path = "/subscribers/{id}",
    tag = "subscribers",
    operation_id = "edit_subscriber",
    params(("id" = String, Path, description = "The subscriber.")),
    request_body = EditSubscriber,
    responses((status = OK, description = "As it is now.", body = SubscriberBody)),
)]
pub(in crate::web) async fn edit(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(id): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let said: EditSubscriber = extract::body(&call)?;
    let mut writing = begin_edit(&state, &staff, &call, &id).await?;
    let following = match &said.following {
        Some(said) => Some(following_of(writing.change.tx(), Some(said)).await?),
        None => None,
    };
    let wanted = actions::EditSubscriber {
        following,
        is_paused: said.paused,
    };
    let subscriber = edit_subscriber(&mut writing.change, &id, wanted).await?;
    finish(writing, &subscriber).await
}

/// Remove a subscriber, and everything that is known of them.
///
/// The activity log shows the address only masked. Needs `subscribers:write`.
#[utoipa::path(
    delete,
    path = "/subscribers/{id}",
    tag = "subscribers",
    operation_id = "remove_subscriber",
    params(("id" = String, Path, description = "The subscriber.")),
    responses((status = OK, description = "As it was.", body = SubscriberBody)),
)]
pub(in crate::web) async fn delete(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(id): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let mut writing = begin_edit(&state, &staff, &call, &id).await?;
    let subscriber = remove_subscriber(&mut writing.change, &id).await?;
    finish(writing, &subscriber).await
}

/// Begins an edit, unless the subscriber has changed since the client read it.
async fn begin_edit(
    state: &AppState,
    staff: &Staff,
    call: &Call,
    id: &str,
) -> Result<Box<Writing>, AppError> {
    staff.require(Permission::ManageSubscribers)?;
    let mut writing = Writing::begin_edit(state, staff).await?;
    if let Some(before) = find_subscriber(writing.change.tx(), id).await? {
        check_match(call, &body_of(writing.change.tx(), &before).await?)?;
    }
    Ok(writing)
}

/// Send nothing to a subscriber any more.
///
/// Unlike a removal, this outlasts an import. Needs `subscribers:write`.
#[utoipa::path(
    post,
    path = "/subscribers/{id}/suppress",
    tag = "subscribers",
    operation_id = "suppress_subscriber",
    params(("id" = String, Path, description = "The subscriber.")),
    request_body = SuppressSubscriber,
    responses((status = OK, description = "As it is now.", body = SubscriberBody)),
)]
pub(in crate::web) async fn suppress(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(id): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let said: SuppressSubscriber = extract::body(&call)?;
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    let subscriber = suppress_subscriber(&mut writing.change, &id, &said.reason).await?;
    finish(writing, &subscriber).await
}

/// Send to a suppressed subscriber again.
///
/// Needs `subscribers:write`.
#[utoipa::path(
    post,
    path = "/subscribers/{id}/allow",
    tag = "subscribers",
    operation_id = "allow_subscriber",
    params(("id" = String, Path, description = "The subscriber.")),
    responses((status = OK, description = "As it is now.", body = SubscriberBody)),
)]
pub(in crate::web) async fn allow(
    State(state): State<AppState>,
    staff: Staff,
    extract::Name(id): extract::Name,
    call: Call,
) -> Result<Response, AppError> {
    let mut writing = match Writing::begin(&state, &staff, &call).await? {
        BegunWriting::Fresh(writing) => writing,
        BegunWriting::Repeated(answer) => return Ok(answer),
    };
    let subscriber = allow_subscriber(&mut writing.change, &id).await?;
    finish(writing, &subscriber).await
}

/// Finishes with a response that shows the subscriber. The stored response has the address masked,
/// because it outlives the subscriber.
async fn finish(mut writing: Box<Writing>, subscriber: &Subscriber) -> Result<Response, AppError> {
    let body = body_of(writing.change.tx(), subscriber).await?;
    let remembered = SubscriberBody {
        address: subscriber.address.masked(),
        ..body.clone()
    };
    writing
        .finish(StatusCode::OK, None, &body, Some(&remembered))
        .await
}
