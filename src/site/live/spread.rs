//! Spreads what many browsers do at once. Each has a time of its own.

use crate::random;

/// How long a browser waits before it comes back after its connection broke, in milliseconds.
const RETRY_MS: (f64, f64) = (2000.0, 10_000.0);

/// How long it waits before it loads a page anew.
const RELOAD_MS: (f64, f64) = (0.0, 10_000.0);

/// How many milliseconds a browser waits before it comes back after its connection broke.
pub fn retry_ms() -> u64 {
    between(RETRY_MS)
}

/// How many milliseconds it waits before it loads a page anew.
pub fn reload_ms() -> u64 {
    between(RELOAD_MS)
}

fn between((from, to): (f64, f64)) -> u64 {
    // Without random numbers, all come in the middle.
    let fraction = random::fraction().unwrap_or(0.5);
    (from + fraction * (to - from)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_dont_come_all_at_once() {
        let times: Vec<u64> = (0..200).map(|_| retry_ms()).collect();
        assert!(times.iter().all(|ms| (2000..10_000).contains(ms)));
        let soon = times.iter().filter(|ms| **ms < 6000).count();
        assert!((50..150).contains(&soon), "{soon} of 200 in the first half");
        assert!((0..200).all(|_| reload_ms() < 10_000));
    }
}
