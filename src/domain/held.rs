//! How bad what is open is now, by which it is put in order.

use super::state::{StateKey, States, Tone};

/// The worst state that an incident holds now; none if everything works that it names. Of each
/// component that is the milder of what the incident set last and what the component is:
/// `pairs` has both.
pub fn worst_held<'a>(
    pairs: impl Iterator<Item = [&'a StateKey; 2]>,
    states: &States,
) -> Option<&'a StateKey> {
    let milder = |pair: [&'a StateKey; 2]| pair.into_iter().min_by_key(|it| states.severity(it));
    pairs
        .filter_map(milder)
        .filter(|state| states.tone(state) != Tone::Ok)
        .max_by_key(|state| states.severity(state))
}
