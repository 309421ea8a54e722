//! Whether subscribers are told: `--quiet`, or `--notify` for what isn't told by itself.

use clap::Args;

/// For what subscribers are told of, unless staff say otherwise.
#[derive(Debug, Args)]
pub(super) struct Quietly {
    /// Tell no subscribers
    #[arg(long)]
    quiet: bool,
}

impl Quietly {
    /// What the request says about it.
    pub(super) fn notify(&self) -> Option<bool> {
        self.quiet.then_some(false)
    }
}

/// For corrections, of which nobody is told by itself.
#[derive(Debug, Args)]
pub(super) struct Aloud {
    /// Tell subscribers that this was corrected
    #[arg(long)]
    notify: bool,
}

impl Aloud {
    /// What the request says about it.
    pub(super) fn notify(&self) -> Option<bool> {
        self.notify.then_some(true)
    }
}
