//! Makes repetitions do nothing: a request, form or command that is sent a second time. It is
//! recognised by a key that its sender chose, or else by its content (`repeat`).

use super::change::{Change, Once};
use super::error::ActionError;
use crate::clock::Clock;
use crate::domain::actor::Actor;
use crate::store::idempotency::{
    REMEMBERED, StoredAnswer, delete_answers, find_answer, insert_answer,
};
use crate::store::{Store, StoreError};

/// What a request with a key leads to.
#[derive(Debug)]
pub enum BegunOnce {
    /// A change to make.
    Fresh(Box<Change>),
    /// The stored answer to the same request.
    Done(StoredAnswer),
    /// The stored answer to a different request with the same key.
    Other(StoredAnswer),
}

/// What to do if the same was posted a moment ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IfRepeated {
    /// Post it again.
    #[default]
    Post,
    /// Refuse it.
    Refuse,
    /// Refuse it, unless the request has a key, which marks it as a different one.
    RefuseWithoutKey,
}

impl IfRepeated {
    /// What a request asks for: to post again or not. If it doesn't say, its key decides.
    pub fn of(said: Option<bool>) -> Self {
        match said {
            Some(true) => Self::Post,
            Some(false) => Self::Refuse,
            None => Self::RefuseWithoutKey,
        }
    }
}

impl Change {
    /// Begins a change by staff, unless it was made already.
    pub async fn begin_once(
        store: &Store,
        clock: &Clock,
        actor: Actor,
        once: Option<Once>,
    ) -> Result<BegunOnce, ActionError> {
        let mut change = Self::begin(store, clock, actor).await?;
        let Some(once) = once else {
            return Ok(BegunOnce::Fresh(Box::new(change)));
        };
        let forgotten = change.now - REMEMBERED;
        delete_answers(&mut change.tx, forgotten).await?;
        let sender = change.actor.id().unwrap_or_default();
        match find_answer(&mut change.tx, sender, &once.key).await? {
            Some(answer) if answer.request_hash == once.digest => Ok(BegunOnce::Done(answer)),
            Some(answer) => Ok(BegunOnce::Other(answer)),
            None => {
                change.once = Some(once);
                Ok(BegunOnce::Fresh(Box::new(change)))
            }
        }
    }

    /// Commits the change together with its answer, and returns the new revision if anything public
    /// changed.
    ///
    /// # Errors
    /// `StillRunning`, if another process was faster with the same request; nothing is written.
    pub async fn commit_once(
        mut self,
        status: u16,
        location: Option<&str>,
        body: &str,
    ) -> Result<Option<i64>, ActionError> {
        if let Some(Once { key, digest }) = self.once.take() {
            let answer = StoredAnswer {
                request_hash: digest,
                status: status.into(),
                location: location.map(str::to_owned),
                body: body.to_owned(),
            };
            let sender = self.actor.id().unwrap_or_default();
            match insert_answer(&mut self.tx, sender, &key, &answer, self.now).await {
                Err(StoreError::Conflict(_)) => return Err(ActionError::StillRunning),
                written => written?,
            }
        }
        self.commit().await
    }

    /// Whether a repetition is refused.
    pub(super) fn refuses(&self, again: IfRepeated) -> bool {
        match again {
            IfRepeated::Post => false,
            IfRepeated::Refuse => true,
            IfRepeated::RefuseWithoutKey => self.once.is_none(),
        }
    }
}
