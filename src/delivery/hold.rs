//! A copy of a database must not write to customers. The database remembers the base URL that it
//! delivers for. Under another one, or after it was restored, what waits is held until staff decide.

use crate::domain::hold::HeldBecause;
use crate::store::outbox::count_waiting;
use crate::store::settings::{DELIVERS_FOR, find_meta, set_meta};
use crate::store::{Store, StoreError};

/// Whether what waits is held. If nothing waits, the site delivers under its URL from now on.
///
/// # Errors
/// The database's.
pub(super) async fn is_held(store: &Store, base_url: &str) -> Result<bool, StoreError> {
    let mut tx = store.read().await?;
    let known = find_meta(&mut tx, DELIVERS_FOR).await?;
    if known.as_deref() == Some(base_url) {
        return Ok(false);
    }
    let waiting = count_waiting(&mut tx).await?;
    if HeldBecause::of(known, base_url, waiting).is_some() {
        return Ok(true);
    }
    drop(tx);
    let mut tx = store.begin_delivery().await?;
    set_meta(&mut tx, DELIVERS_FOR, base_url).await?;
    tx.commit().await?;
    Ok(false)
}
