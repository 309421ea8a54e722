//! Metrics for Prometheus: what they say, in a form that its own tools accept.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use lightship::domain::subscriber::Following;
use serde_json::json;

use crate::channels::add_hook;
use crate::delivery::{later, post_incident, world};
use crate::support::app::TestApp;
use crate::support::mail::MailServer;
use crate::support::receiver::{Answer, Receiver};
use crate::support::staff::Browser;

/// The value of a sample; `series` is its name, with its labels as they are written.
#[track_caller]
pub(crate) fn value(report: &str, series: &str) -> f64 {
    let line = report.lines().find_map(|line| {
        let rest = line.strip_prefix(series)?;
        rest.strip_prefix(' ')
    });
    let text = line.unwrap_or_else(|| panic!("{series} is missing in\n{report}"));
    text.parse().expect("a number")
}

/// Every series, without its value.
pub(crate) fn series(report: &str) -> BTreeSet<&str> {
    let samples = report.lines().filter(|line| !line.starts_with('#'));
    samples
        .map(|line| line.rsplit_once(' ').expect("a value").0)
        .collect()
}

/// What `promtool check metrics` prints.
fn promtool(report: &str) -> (bool, String) {
    let mut child = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool starts; is Debian's prometheus installed?");
    let mut input = child.stdin.take().expect("its input");
    input.write_all(report.as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8(printed).expect("UTF-8");
    (output.status.success(), printed)
}

#[tokio::test(flavor = "multi_thread")]
async fn promtool_finds_nothing_to_criticise() {
    let app = TestApp::new()
        .with_component("selma")
        .with_site(
            "[[states]]\nkey = \"rescue\"\nlabel = \"Rescue\"\nreads = \"is rescued\"\n\
             tone = \"bad\"\ndown = 1.0\nstatuspage = \"major_outage\"\n",
        )
        .start()
        .await;
    let report = app.app.metrics();
    assert_eq!(promtool(&report), (true, String::new()), "{report}");
    let (is_good, printed) = promtool(&report.replace("_total", "_count"));
    assert!(!is_good && !printed.is_empty());
    let names = report
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "));
    let names: Vec<&str> = names.filter_map(|line| line.split(' ').next()).collect();
    let document = include_str!("../../docs/metrics.md");
    for name in names {
        assert!(
            document.contains(&format!("`{name}")),
            "{name} isn't documented"
        );
    }
}

#[test]
fn each_alert_comes_with_its_fault_and_only_then() {
    let output = Command::new("promtool")
        .args(["test", "rules", "tests/data/alerts_test.yml"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("promtool starts; is Debian's prometheus installed?");
    let printed = String::from_utf8([output.stdout, output.stderr].concat());
    assert!(output.status.success(), "{}", printed.expect("UTF-8"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_has_one_state_of_all_that_there_are() {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    let state = |report: &str, component: &str, state: &str, tone: &str| {
        let labels = format!("component=\"{component}\",state=\"{state}\",tone=\"{tone}\"");
        value(report, &format!("lightship_component_state{{{labels}}}"))
    };
    let before = app.app.metrics();
    assert_eq!(state(&before, "selma", "operational", "ok"), 1.0);
    assert_eq!(state(&before, "selma", "major_outage", "bad"), 0.0);
    let body = json!({"title": "Selma is down", "components": {"selma": "major_outage"}});
    app.post("/incidents", body).await.expect(201);
    let after = app.app.metrics();
    assert_eq!(state(&after, "selma", "operational", "ok"), 0.0);
    assert_eq!(state(&after, "selma", "major_outage", "bad"), 1.0);
    assert_eq!(state(&after, "nelson", "operational", "ok"), 1.0);
    assert_eq!(series(&before), series(&after));
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_counted_by_what_became_of_them() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    for address in ["busy@example.com", "refused@example.com"] {
        app.with_subscriber(address, Following::default()).await;
    }
    let before = app.app.metrics();
    post_incident(
        &mut app,
        json!({"title": "Mail is slow", "markdown": "A text."}),
    )
    .await;
    app.app.probe().await;
    assert_eq!(value(&app.app.metrics(), "lightship_queue_dispatches"), 1.0);
    later(&mut app).await;
    app.app.probe().await;
    let report = app.app.metrics();
    let deliveries = |report: &str, outcome: &str| {
        let labels = format!("channel=\"email\",outcome=\"{outcome}\"");
        value(report, &format!("lightship_deliveries_total{{{labels}}}"))
    };
    let counted = ["delivered", "retried", "refused", "gave_up"].map(|it| deliveries(&report, it));
    assert_eq!(counted, [1.0, 1.0, 1.0, 0.0]);
    let waiting = "lightship_queue_messages{message=\"delivery\"}";
    assert_eq!(value(&report, waiting), 1.0);
    assert_eq!(value(&report, "lightship_queue_dispatches"), 0.0);
    assert_eq!(value(&report, "lightship_mail_server_up"), 1.0);
    // After a day, what was busy is given up.
    app.advance(chrono::Duration::hours(25));
    app.send_outbox().await;
    app.app.probe().await;
    let report = app.app.metrics();
    assert_eq!(deliveries(&report, "gave_up"), 1.0);
    assert_eq!(value(&report, waiting), 0.0);
    assert_eq!(series(&before), series(&report));
}

#[tokio::test(flavor = "multi_thread")]
async fn readyz_says_how_mail_is_and_is_ready_without_it() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let line = async |app: &TestApp| {
        app.app.probe().await;
        let ready = app.get("/readyz").await.expect(200);
        let line = ready.text().lines().find(|line| line.starts_with("mail: "));
        line.expect("a line on mail").to_owned()
    };
    let untried = "mail: configured; announcements waiting: 0, messages waiting: 0; the mail \
                   server wasn't tried yet";
    assert_eq!(line(&app).await, untried);
    server.set_down(true);
    post_incident(
        &mut app,
        json!({"title": "Mail is slow", "markdown": "A text."}),
    )
    .await;
    later(&mut app).await;
    let down = "mail: configured; announcements waiting: 0, messages waiting: 1; the mail server \
                takes nothing, and is tried again";
    assert_eq!(line(&app).await, down);
    assert_eq!(value(&app.app.metrics(), "lightship_mail_server_up"), 0.0);
    server.set_down(false);
    app.advance(chrono::Duration::hours(1));
    app.send_outbox().await;
    let up = "mail: configured; announcements waiting: 0, messages waiting: 0; the mail server \
              takes messages";
    assert_eq!(line(&app).await, up);
    let without = TestApp::new().start().await;
    assert_eq!(line(&without).await, "mail: not configured");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_tokens_are_counted_by_where_they_were_typed() {
    let app = TestApp::new().start().await;
    let mut browser = Browser::here();
    browser
        .post(&app, "/staff/sign-in", &[("token", "wrong")])
        .await;
    app.api_as("wrong", "GET", "/tokens", &[], None)
        .await
        .expect(401);
    app.api_as("wrong", "GET", "/tokens", &[], None)
        .await
        .expect(401);
    let report = app.app.metrics();
    let count = |way: &str| {
        value(
            &report,
            &format!("lightship_failed_sign_ins_total{{way=\"{way}\"}}"),
        )
    };
    assert_eq!((count("staff"), count("api")), (1.0, 2.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_are_counted_by_how_they_fare() {
    let receiver = Receiver::answering(|_, request| match request.path.as_str() {
        "/down" => Answer::Status(500),
        _ => Answer::Status(204),
    })
    .await;
    let mut app = TestApp::new().with_component("selma").start().await;
    for (name, path) in [("Sound", "/"), ("Broken", "/down"), ("Paused", "/paused")] {
        let url = format!("{}{path}", receiver.url);
        let hook = add_hook(&mut app, &url, json!({"name": name})).await;
        if name == "Paused" {
            let path = format!("/channels/{}", hook["id"].as_str().expect("an id"));
            app.api("PATCH", &path, Some(json!({"paused": true})))
                .await
                .expect(200);
        }
    }
    post_incident(
        &mut app,
        json!({"title": "Mail is slow", "markdown": "A text."}),
    )
    .await;
    app.advance(chrono::Duration::seconds(31));
    app.refresh_site().await;
    app.send_to_channels().await;
    app.app.probe().await;
    let report = app.app.metrics();
    let counts = ["working", "failing", "paused", "disabled"].map(|status| {
        value(
            &report,
            &format!("lightship_channels{{status=\"{status}\"}}"),
        )
    });
    assert_eq!(counts, [1.0, 1.0, 1.0, 0.0]);
    let waiting = "lightship_queue_messages{message=\"channel\"}";
    assert_eq!(value(&report, waiting), 1.0);
    let ready = app.get("/readyz").await.expect(200);
    let line = "channels: working: 1, failing: 1, paused: 1, messages waiting: 1";
    assert!(
        ready.text().lines().any(|it| it == line),
        "{}",
        ready.text()
    );
}
