//! Calendars, as a calendar program reads them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::app::{Reply, TestApp};

/// What Python's `icalendar` finds in a calendar. It must be without errors.
#[track_caller]
pub(crate) fn read_calendar(reply: &Reply) -> Value {
    assert_eq!(reply.header("content-type"), "text/calendar; charset=utf-8");
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/it/support/read_calendar.py"
    );
    // Debian's python3-icalendar is for Debian's own Python.
    let mut child = Command::new("/usr/bin/python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let mut input = child.stdin.take().expect("an input");
    input.write_all(&reply.bytes).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "is Debian's python3-icalendar installed? {said}\n{}",
        reply.text()
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The events of a calendar.
pub(crate) async fn events(app: &TestApp, path: &str) -> Vec<Value> {
    let reply = app.get(path).await.expect(200);
    let events = read_calendar(&reply)["events"].take();
    events.as_array().expect("a list").clone()
}
