//! The limit on open files: raised as far as the system allows, and divided, so that the database
//! and the content folder always have enough, however many connections come.

use anyhow::bail;
use rustix::process::{Resource, getrlimit, setrlimit};

use crate::web::media::LARGE_AT_ONCE;

/// The most that is asked for, because each connection costs memory, too.
const ENOUGH: u64 = 65_536;

/// Files needed besides connections and the database: the content folder and its watcher, logs.
const BESIDES: u64 = 14;

/// Files that each serving thread needs to wait and to be woken.
const EACH_CORE: u64 = 3;

/// With fewer connections than this, the server doesn't start.
const FEWEST: u64 = 8;

/// Raises the limit, and returns how many connections may be open at once. `open` is the number of
/// files that were open before the database was.
///
/// # Errors
/// If the system allows too few, with how to allow more.
pub(super) fn connections_allowed(open: u64, database_connections: u32) -> anyhow::Result<usize> {
    let allowed = raise();
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    // If few files are allowed, pictures get fewer.
    let pictures = (LARGE_AT_ONCE as u64).min(allowed / 16);
    let needed =
        open + pictures + BESIDES + EACH_CORE * cores + 2 * u64::from(database_connections);
    if allowed < needed + FEWEST {
        bail!(
            "the system allows {allowed} open files, which is too few for Lightship; allow {} or \
             more (LimitNOFILE= in a systemd unit, --ulimit nofile= of a container, ulimit -n in a \
             shell)",
            (needed + FEWEST).next_multiple_of(1024)
        );
    }
    Ok(usize::try_from(allowed - needed).unwrap_or(usize::MAX))
}

/// Raises the soft limit, and returns the limit in force.
fn raise() -> u64 {
    let mut limit = getrlimit(Resource::Nofile);
    let before = limit.current.unwrap_or(ENOUGH);
    let wanted = limit.maximum.unwrap_or(ENOUGH).min(ENOUGH);
    if before >= wanted {
        return before;
    }
    limit.current = Some(wanted);
    match setrlimit(Resource::Nofile, limit) {
        Ok(()) => {
            tracing::info!(before, now = wanted, "the limit on open files was raised");
            wanted
        }
        Err(error) => {
            tracing::warn!(%error, limit = before, "the limit on open files can't be raised");
            before
        }
    }
}

/// How many files are open already; a guess if the system doesn't say.
pub(super) fn open_now() -> u64 {
    let listed = std::fs::read_dir("/proc/self/fd").or_else(|_| std::fs::read_dir("/dev/fd"));
    listed.map_or(16, |listed| listed.count() as u64)
}
