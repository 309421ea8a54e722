//! How many connections of a kind are open.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of open connections; clones share it.
#[derive(Debug, Clone, Default)]
pub struct OpenConnections(Arc<AtomicU64>);

/// A connection that is counted until this is dropped. Whatever answers the connection holds it.
#[derive(Debug)]
pub struct OpenConnection(OpenConnections);

impl OpenConnections {
    /// Counts a connection that has just opened.
    pub fn open(&self) -> OpenConnection {
        self.0.fetch_add(1, Ordering::Relaxed);
        OpenConnection(self.clone())
    }

    /// The same, unless `limit` are open already.
    pub fn open_below(&self, limit: u64) -> Option<OpenConnection> {
        let opened = self.open();
        (self.count() <= limit).then_some(opened)
    }

    /// How many are open.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_counts_while_it_is_held() {
        let open = OpenConnections::default();
        let (first, second) = (open.open(), open.clone().open());
        assert_eq!(open.count(), 2);
        assert!(open.open_below(2).is_none() && open.count() == 2);
        assert!(open.open_below(3).is_some() && open.count() == 2);
        drop(first);
        assert_eq!(open.count(), 1);
        drop(second);
        assert_eq!(open.count(), 0);
    }
}
