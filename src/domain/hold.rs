//! Why nothing is sent to subscribers until staff decide: the database may be a copy, or an older
//! state, of one that has told them already.

/// Why messages are held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeldBecause {
    /// The database was restored from a backup.
    Restored,
    /// The database has delivered for another base URL before.
    DeliversFor(String),
}

impl HeldBecause {
    /// What the database says instead of a base URL once it was restored.
    pub const RESTORED: &str = "restored";

    /// Why messages are held on a site at `base_url`, if they are. `delivers_for` is what the database
    /// says that it delivers for, and `waiting` is how much waits.
    pub fn of(delivers_for: Option<String>, base_url: &str, waiting: i64) -> Option<Self> {
        let former = delivers_for.filter(|former| former != base_url)?;
        // What comes in after a restore may have been sent as well, such as entries of files.
        if former == Self::RESTORED {
            return Some(Self::Restored);
        }
        (waiting > 0).then_some(Self::DeliversFor(former))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_holds_what_waits_and_a_restored_database_whatever_comes() {
        let here = "https://status.example.com";
        let elsewhere = "https://staging.example.com";
        let of = |former: Option<&str>, waiting| {
            HeldBecause::of(former.map(str::to_owned), here, waiting)
        };
        assert_eq!(of(None, 3), None, "it has told nobody yet");
        assert_eq!(of(Some(here), 3), None);
        assert_eq!(of(Some(elsewhere), 0), None);
        let moved = HeldBecause::DeliversFor(elsewhere.to_owned());
        assert_eq!(of(Some(elsewhere), 1), Some(moved));
        for waiting in [0, 1] {
            let restored = of(Some(HeldBecause::RESTORED), waiting);
            assert_eq!(restored, Some(HeldBecause::Restored));
        }
    }
}
