//! Who may see an incident, as SQL conditions on its row. `StoredIncident` says the same about an
//! incident that was read.

/// Whether staff see the incident `$row`: it isn't withdrawn, and its file isn't missing.
macro_rules! is_present {
    ($row:literal) => {
        concat!(
            $row,
            ".withdrawn_at_ms is null and ",
            $row,
            ".hidden_at_ms is null"
        )
    };
}

/// Whether customers see the incident `$row`.
macro_rules! is_public {
    ($row:literal) => {
        concat!(is_present!($row), " and ", $row, ".draft_since_ms is null")
    };
}

pub(super) use {is_present, is_public};
