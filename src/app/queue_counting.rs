//! Counts what waits for subscribers, for `/metrics` and `/readyz`.

use crate::domain::hold::HeldBecause;
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
    let each = count_each_waiting(&mut tx).await?;
    let delivers_for = find_meta(&mut tx, DELIVERS_FOR).await?;
    let held = HeldBecause::of(delivers_for, &settings.base_url, each.iter().sum());
    let [dispatches, deliveries, letters] = each.map(i64::unsigned_abs);
    state.metrics.mail.set_queue(Queue {
        dispatches,
        deliveries,
        letters,
        is_held: held.is_some(),
    });
    Ok(())
}
