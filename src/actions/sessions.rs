//! Sessions of the staff pages: opened with a token, and ended by signing out, by somebody who may
//! end others' sessions, or with the token.

use uuid::Uuid;

use super::change::Change;
use super::error::ActionError;
use super::tokens::{hash_of, random_secret};
use crate::domain::event::Event;
use crate::domain::permission::Permission;
use crate::domain::staff::{IDLE, KeptForm, Session, Token};
use crate::store::sessions;

/// The longest name of a browser, in characters.
const MAX_DEVICE_CHARS: usize = 200;

/// Opens a session with a token that was checked. Returns it with its cookie's value, which can't
/// be read again later. `kept` is a form that waits to be sent.
pub async fn begin_session(
    change: &mut Change,
    token: &Token,
    device: Option<&str>,
    kept: Option<KeptForm>,
) -> Result<(Session, String), ActionError> {
    let forgotten = change.now - IDLE;
    sessions::delete_idle_sessions(&mut change.tx, forgotten).await?;
    let secret = random_secret("")?;
    let device = device.map(|name| name.chars().take(MAX_DEVICE_CHARS).collect());
    let session = Session {
        id: Uuid::now_v7().to_string(),
        token_id: token.id.clone(),
        device,
        created_at: change.now,
        seen_at: change.now,
        kept: kept.into_iter().collect(),
    };
    sessions::insert_session(&mut change.tx, &session, &hash_of(&secret)).await?;
    change.happened(Event::SignedIn {
        session: session.id.clone(),
        token: token.name.clone(),
        device: session.device.clone(),
    });
    Ok((session, secret))
}

/// Ends a session of the actor, or anybody else's if the actor may do that. Ending it twice is
/// harmless.
///
/// # Errors
/// `Forbidden` if it is somebody else's, and the actor may not end it.
pub async fn end_session(change: &mut Change, id: &str) -> Result<(), ActionError> {
    let Some(session) = sessions::find_session(&mut change.tx, id).await? else {
        return Ok(());
    };
    let is_own = change.actor.id() == Some(&session.token_id);
    if !is_own && !change.actor.may(Permission::ManageSessions) {
        let how = "this session belongs to somebody else; ask somebody with the scope admin to \
                   end it";
        return Err(ActionError::Forbidden(how.to_owned()));
    }
    sessions::delete_session(&mut change.tx, id).await?;
    change.happened(Event::SessionEnded {
        session: id.to_owned(),
        token: change.actor.name().to_owned(),
    });
    Ok(())
}
