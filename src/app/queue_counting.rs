//! Counts what waits for subscribers and channels, for `/metrics` and `/readyz`.

use crate::domain::hold::HeldBecause;
use crate::metrics::Queue;
use crate::store::StoreError;
use crate::store::channels::count_channels;
use crate::store::outbox::{count_each_waiting, count_each_waiting_for_channels};
use crate::store::settings::{DELIVERS_FOR, find_meta};
use crate::web::state::AppState;

/// Counts once. On a site that sends no mail, nothing waits for subscribers.
///
/// # Errors
/// The database's; the numbers stay as they were.
pub(super) async fn count_queue(state: &AppState) -> Result<(), StoreError> {
    let site = state.site.current();
    let settings = &site.snapshot().site;
    let mut tx = state.store.read().await?;
    let each = match settings.sends_mail {
        true => count_each_waiting(&mut tx).await?,
        false => [0; 3],
    };
    let for_channels = count_each_waiting_for_channels(&mut tx).await?;
    let channels = count_channels(&mut tx).await?;
    let delivers_for = find_meta(&mut tx, DELIVERS_FOR).await?;
    drop(tx);
    let waiting = each.iter().chain(&for_channels).sum();
    let held = HeldBecause::of(delivers_for, &settings.base_url, waiting);
    let [dispatches, deliveries, letters] = each.map(i64::unsigned_abs);
    state.metrics.mail.set_queue(Queue {
        dispatches,
        deliveries,
        letters,
        is_held: held.is_some(),
    });
    let channels = channels.into_iter();
    let channels = channels.map(|(status, many)| (status, many.unsigned_abs()));
    let [_, messages] = for_channels.map(i64::unsigned_abs);
    let channels: Vec<_> = channels.collect();
    state.metrics.channels.set(&channels, messages);
    Ok(())
}
