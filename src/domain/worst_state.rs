//! How bad an open incident is now; open incidents are sorted by it.

use super::state::{StateKey, States, Tone};

/// The worst state that an incident holds now; `None` if every component that it names works. For
/// each component, the milder of two states counts: what the incident last set, and what the
/// component is. `pairs` holds both.
pub fn worst_state<'a>(
    pairs: impl Iterator<Item = [&'a StateKey; 2]>,
    states: &States,
) -> Option<&'a StateKey> {
    let milder = |pair: [&'a StateKey; 2]| pair.into_iter().min_by_key(|it| states.severity(it));
    pairs
        .filter_map(milder)
        .filter(|state| states.tone(state) != Tone::Ok)
        .max_by_key(|state| states.severity(state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_component_the_milder_counts_and_of_those_the_worst() {
        let states = States::default();
        let check = |pairs: &[[&str; 2]], wanted: Option<&str>| {
            let pairs: Vec<_> = pairs.iter().map(|pair| pair.map(StateKey::new)).collect();
            let borrowed = pairs.iter().map(|[set, is]| [set, is]);
            let found = worst_state(borrowed, &states).map(StateKey::as_str);
            assert_eq!(found, wanted, "{pairs:?}");
        };
        check(&[], None);
        check(&[["operational", "operational"]], None);
        check(&[["degraded", "degraded"]], Some("degraded"));
        check(&[["migrating", "migrating"]], Some("migrating"));
        check(&[["major_outage", "degraded"]], Some("degraded"));
        check(&[["degraded", "major_outage"]], Some("degraded"));
        check(&[["major_outage", "operational"]], None);
        check(
            &[
                ["degraded", "degraded"],
                ["partial_outage", "major_outage"],
                ["major_outage", "operational"],
            ],
            Some("partial_outage"),
        );
    }
}
