//! Uptime as people read it.

/// A share of time, 0 to 1, as "97.81 %". Never rounded up to 100.
pub(super) fn percent(share: f64) -> String {
    if share >= 1.0 {
        return "100\u{a0}%".to_owned();
    }
    // What is left after the second decimal is cut off: 99.999 isn't 100.
    let cut = (share.max(0.0) * 10_000.0 + 1e-6).floor() / 100.0;
    format!("{:.2}\u{a0}%", cut.min(99.99))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_all_of_the_time_is_never_called_so() {
        let check = |share, told: &str| assert_eq!(percent(share), told, "{share}");
        check(1.0, "100\u{a0}%");
        check(0.999_999, "99.99\u{a0}%");
        check(0.978_1, "97.81\u{a0}%");
        check(0.978_19, "97.81\u{a0}%");
        check(0.5, "50.00\u{a0}%");
        check(0.0, "0.00\u{a0}%");
        check(-0.1, "0.00\u{a0}%");
    }
}
