//! The last use of each token, until it is stored.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Duration, DurationRound as _, Utc};

use crate::domain::staff::Token;
use crate::store::tokens::set_token_used;
use crate::store::{Store, StoreError};

/// The last use of each token, to the minute.
#[derive(Debug, Default)]
pub struct Uses(Mutex<HashMap<String, Use>>);

#[derive(Debug)]
struct Use {
    minute: DateTime<Utc>,
    is_written: bool,
}

impl Uses {
    /// Records the use of a token.
    pub(super) fn note(&self, token: &Token, now: DateTime<Utc>) {
        let Ok(minute) = now.duration_trunc(Duration::minutes(1)) else {
            return;
        };
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match uses.get_mut(&token.id) {
            Some(known) if known.minute == minute => {}
            Some(known) => {
                *known = Use {
                    minute,
                    is_written: false,
                };
            }
            None => {
                let is_written = token.last_used_at == Some(minute);
                uses.insert(token.id.clone(), Use { minute, is_written });
            }
        }
    }

    /// The uses that aren't stored yet; marks them as stored.
    pub(super) fn take(&self) -> Vec<(String, DateTime<Utc>)> {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        uses.iter_mut()
            .filter(|(_, used)| !used.is_written)
            .map(|(id, used)| {
                used.is_written = true;
                (id.clone(), used.minute)
            })
            .collect()
    }
}

/// Stores uses in the database.
pub(super) async fn write_uses(
    store: &Store,
    uses: &[(String, DateTime<Utc>)],
) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    for (id, minute) in uses {
        set_token_used(&mut tx, id, *minute).await?;
    }
    tx.commit().await
}
