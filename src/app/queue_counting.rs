//! Counts what waits for subscribers, for `/metrics` and `/readyz`.

use crate::metrics::Queue;
use crate::store::StoreError;
use crate::store::outbox::count_each_waiting;
use crate::store::settings::{DELIVERS_FOR, find_meta};
use crate::web::state::AppState;

/// Counts once. A site that sends no mail has no queue.
///
/// # Errors
/// The database's; the numbers stay as they were.
pub(super) async fn count_queue(state: &AppState) -> Result<(), StoreError> {
    let site = state.site.current();
    let settings = &site.snapshot().site;
    if !settings.sends_mail {
        state.metrics.mail.set_queue(Queue::default());
        return Ok(());
    }
    let mut tx = state.store.read().await?;
    let [dispatches, deliveries, letters] = count_each_waiting(&mut tx).await?;
    let delivers_for = find_meta(&mut tx, DELIVERS_FOR).await?;
    let is_elsewhere = delivers_for.is_some_and(|it| it != settings.base_url);
    state.metrics.mail.set_queue(Queue {
        dispatches,
        deliveries,
        letters,
        is_held: is_elsewhere && dispatches + deliveries + letters > 0,
    });
    Ok(())
}
