//! Finds files that are still being written. A file changed within the last second may be
//! incomplete: an upload takes time, and an editor writes in several steps.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::files::list_posts;
use super::site_file;

/// A file is complete once its size and modification time have stayed the same for this long.
pub const STILL_AFTER: Duration = Duration::from_secs(1);

/// Looks at a folder again and again.
#[derive(Debug, Default)]
pub struct Stillness {
    /// Files dated in the future: their size and time, and when these were first seen.
    ahead: BTreeMap<String, (u64, SystemTime, Instant)>,
}

/// The files that are still being written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Moving {
    /// The posts among them.
    pub posts: BTreeSet<String>,
    /// Whether `site.toml` or a template is among them, on which all other files depend.
    pub is_ground: bool,
}

impl Moving {
    /// Whether there are any.
    pub fn is_any(&self) -> bool {
        self.is_ground || !self.posts.is_empty()
    }
}

impl Stillness {
    /// Finds what is still being written in a folder.
    pub fn look(&mut self, folder: &Path) -> Moving {
        let mut moving = Moving::default();
        let mut ahead = BTreeMap::new();
        let mut ignored = Vec::new();
        let mut names = |within| list_posts(folder, within, &mut ignored).unwrap_or_default();
        let posts = names("incidents");
        let ground = names("templates");
        let ground = ground.into_iter().chain([site_file::NAME.to_owned()]);
        for name in ground {
            moving.is_ground |= self.is_moving(folder, &name, &mut ahead);
        }
        for name in posts {
            if self.is_moving(folder, &name, &mut ahead) {
                moving.posts.insert(name);
            }
        }
        self.ahead = ahead;
        moving
    }

    fn is_moving(
        &self,
        folder: &Path,
        name: &str,
        ahead: &mut BTreeMap<String, (u64, SystemTime, Instant)>,
    ) -> bool {
        let Ok(metadata) = fs::metadata(folder.join(name)) else {
            return false;
        };
        let Ok(modified) = metadata.modified() else {
            return false;
        };
        if let Ok(age) = modified.elapsed() {
            return age < STILL_AFTER;
        }
        // Another machine's clock set this time, or a person did: only a second look can tell.
        let size = metadata.len();
        let since = match self.ahead.get(name) {
            Some((known, at, since)) if (*known, *at) == (size, modified) => *since,
            Some(_) | None => Instant::now(),
        };
        ahead.insert(name.to_owned(), (size, modified, since));
        since.elapsed() < STILL_AFTER
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn what_was_just_written_is_left_alone_and_what_is_older_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("incidents")).expect("made");
        let file = |name: &str, modified: SystemTime| {
            let file = File::create(folder.path().join(name)).expect("made");
            file.set_modified(modified).expect("set");
        };
        let now = SystemTime::now();
        file("site.toml", now - Duration::from_secs(60));
        file("incidents/old.md", now - Duration::from_secs(60));
        file("incidents/new.md", now);
        file("incidents/ahead.md", now + Duration::from_secs(600));
        let mut stillness = Stillness::default();
        let moving = stillness.look(folder.path());
        assert!(!moving.is_ground);
        let names: Vec<&str> = moving.posts.iter().map(String::as_str).collect();
        assert_eq!(names, ["incidents/ahead.md", "incidents/new.md"]);
        let since = Instant::now().checked_sub(STILL_AFTER).expect("an instant");
        for (_, _, seen) in stillness.ahead.values_mut() {
            *seen = since;
        }
        let moving = stillness.look(folder.path());
        assert!(!moving.posts.contains("incidents/ahead.md"));
        file("site.toml", now);
        assert!(stillness.look(folder.path()).is_ground);
    }
}
