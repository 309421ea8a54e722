//! Who owns the files of a database, for the message that they can't be written.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// What to do about a database that can't be written. Names the owner, if it is another user.
pub(super) fn remedy(file: &Path) -> String {
    let ours = owner_of(Path::new("/proc/self"));
    let others = match ours {
        Some(ours) => of_others(file, ours),
        None => Vec::new(),
    };
    match (others.as_slice(), ours) {
        ([], _) | (_, None) => "whoever runs Lightship needs the right to write the file, those \
                                beside it (-wal, -shm) and the folder that it is in"
            .to_owned(),
        (others, Some(ours)) => {
            let named = others.iter().map(|(path, owner)| {
                let path = path.display();
                format!("{path} belongs to user {owner}")
            });
            let paths: Vec<_> = others
                .iter()
                .map(|(path, _)| path.display().to_string())
                .collect();
            format!(
                "{}, and this runs as user {ours}; give it to that user (chown {ours} {}), or run \
                 this as its owner",
                named.collect::<Vec<_>>().join(", "),
                paths.join(" ")
            )
        }
    }
}

/// The database's files and folder that belong to another user, with their owners.
fn of_others(file: &Path, ours: u32) -> Vec<(PathBuf, u32)> {
    let beside = ["", "-wal", "-shm"].map(|ending| {
        let mut name = OsString::from(file);
        name.push(ending);
        PathBuf::from(name)
    });
    let found = beside.into_iter().filter_map(|path| {
        let owner = owner_of(&path)?;
        (owner != ours).then_some((path, owner))
    });
    found.collect()
}

#[cfg(unix)]
fn owner_of(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    Some(fs::metadata(path).ok()?.uid())
}

#[cfg(not(unix))]
fn owner_of(path: &Path) -> Option<u32> {
    // On systems without user ids, there is no owner to name.
    fs::metadata(path).ok().and(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_owner_is_named_with_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lightship.db");
        fs::write(&file, "").unwrap();
        let Some(ours) = owner_of(&file) else { return };
        assert!(of_others(&file, ours).is_empty());
        let wal = folder.path().join("lightship.db-wal");
        fs::write(&wal, "").unwrap();
        let others = of_others(&file, ours + 1);
        assert_eq!(others, [(file.clone(), ours), (wal, ours)]);
        assert!(remedy(&file).contains("needs the right to write"));
    }
}
