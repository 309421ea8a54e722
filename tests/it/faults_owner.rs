//! A database that belongs to somebody else: whoever may not write it is told whose it is and what to
//! do.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use lightship::store::Store;

/// A user who owns nothing here.
const NOBODY: u32 = 65534;

/// What a command says that writes into the database `file` as somebody who may not. Root may write
/// everything, so for root it is run as another user, from a place that any user reaches.
fn refused(folder: &Path, file: &Path) -> String {
    let program = folder.join("lightship");
    fs::copy(env!("CARGO_BIN_EXE_lightship"), &program).expect("copied");
    let mut command = Command::new(&program);
    command
        .args(["token", "create", "ann", "--scope", "admin", "--database"])
        .arg(format!("sqlite:{}", file.display()))
        .current_dir(folder);
    if fs::metadata(folder).expect("a folder").uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output().expect("it runs");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[tokio::test]
async fn a_database_of_another_owner_is_refused_with_whose_it_is_and_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).expect("open to all");
    let file = folder.join("lightship.db");
    let store = Store::open(&format!("sqlite:{}", file.display())).await;
    store.expect("it opens").close().await;
    let remedy = match fs::metadata(folder).expect("a folder").uid() {
        0 => format!(
            "{} belongs to user 0, and this runs as user {NOBODY}; give it to that user \
             (chown {NOBODY} {0}), or run this as its owner",
            file.display()
        ),
        _ => "whoever runs Lightship needs the right to write the file".to_owned(),
    };
    for (mode, what) in [(0o444, "can't be written"), (0o000, "can't be read")] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("closed");
        let told = refused(folder, &file);
        let start = format!("the database {} {what}", file.display());
        assert!(
            told.contains(&start) && told.contains(&remedy),
            "{mode:o}: {told}"
        );
    }
}
