//! The report: every metric by name.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::deliveries::{DeliveryCounts, MessageResult};
use super::exposition::{Exposition, MetricType};
use super::histogram::BOUNDS;
use super::mail::MailServer;
use super::registry::Metrics;
use super::sign_ins::SignInWay;
use crate::domain::channel_status::ChannelStatus;
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States};
use crate::domain::subscriber::Channel;

/// What is looked up for a report, because nobody counts it.
#[derive(Debug)]
pub struct Observed<'a> {
    /// When the process started.
    pub started_at: DateTime<Utc>,
    /// The revision that is served.
    pub revision: i64,
    /// When the snapshot that is served was made.
    pub snapshot_at: DateTime<Utc>,
    /// For how long nobody has compared the snapshot with the database.
    pub snapshot_age: Duration,
    /// Whether `/readyz` says that it is ready.
    pub is_ready: bool,
    /// Every state of the site.
    pub states: &'a States,
    /// The components that customers see, and the state of each.
    pub components: Vec<(&'a Slug, StateKey)>,
}

/// Everything, in Prometheus's text format 0.0.4.
pub fn report(metrics: &Metrics, observed: &Observed<'_>) -> String {
    let mut text = Exposition::default();
    process(&mut text, observed);
    snapshot(&mut text, observed);
    publish_latency(&mut text, metrics);
    components(&mut text, observed);
    requests(&mut text, metrics);
    sign_ins(&mut text, metrics);
    mail(&mut text, metrics);
    text.into_text()
}

fn process(text: &mut Exposition, observed: &Observed<'_>) {
    let name = "lightship_build_info";
    text.begin(name, MetricType::Gauge, "The version that runs; always 1.");
    text.sample(name, &[("version", env!("CARGO_PKG_VERSION"))], &1);
    text.single(
        ("process_start_time_seconds", MetricType::Gauge),
        "When the process started, in seconds since 1970.",
        &seconds_since_1970(observed.started_at),
    );
    text.single(
        ("lightship_ready", MetricType::Gauge),
        "Whether posts are accepted and pages are up to date, as /readyz says: 1 or 0.",
        &u8::from(observed.is_ready),
    );
}

fn snapshot(text: &mut Exposition, observed: &Observed<'_>) {
    text.single(
        ("lightship_revision", MetricType::Gauge),
        "The revision that is served; every public change increases it.",
        &observed.revision,
    );
    text.single(
        ("lightship_snapshot_age_seconds", MetricType::Gauge),
        "How long ago the pages last matched the database; normally below 2.",
        &observed.snapshot_age.as_secs_f64(),
    );
    text.single(
        ("lightship_snapshot_timestamp_seconds", MetricType::Gauge),
        "When something that the pages show last changed, in seconds since 1970.",
        &seconds_since_1970(observed.snapshot_at),
    );
}

fn publish_latency(text: &mut Exposition, metrics: &Metrics) {
    let name = "lightship_publish_latency_seconds";
    text.begin(
        name,
        MetricType::Histogram,
        "From the beginning of a change until the pages with it were served.",
    );
    let found = metrics.publish_latency.read();
    let bucket = format!("{name}_bucket");
    for ((_, bound), count) in BOUNDS.iter().zip(found.cumulative) {
        text.sample(&bucket, &[("le", bound)], &count);
    }
    text.sample(&bucket, &[("le", "+Inf")], &found.count);
    text.sample(&format!("{name}_sum"), &[], &found.sum.as_secs_f64());
    text.sample(&format!("{name}_count"), &[], &found.count);
}

fn components(text: &mut Exposition, observed: &Observed<'_>) {
    let name = "lightship_component_state";
    text.begin(
        name,
        MetricType::Gauge,
        "The state of each component: 1 for the one that it is in, 0 for all others.",
    );
    for (slug, present) in &observed.components {
        for state in observed.states.iter() {
            let is_present = state.key == *present;
            // A state that the site doesn't define any more may still hold.
            if state.dropped && !is_present {
                continue;
            }
            let labels = [
                ("component", slug.as_str()),
                ("state", state.key.as_str()),
                ("tone", state.tone.as_str()),
            ];
            text.sample(name, &labels, &u8::from(is_present));
        }
    }
}

fn requests(text: &mut Exposition, metrics: &Metrics) {
    let name = "lightship_requests_total";
    text.begin(
        name,
        MetricType::Counter,
        "Requests answered, by what was asked for and by status.",
    );
    for (kind, status, count) in metrics.requests.list() {
        let labels = [("kind", kind.as_str()), ("status", status)];
        text.sample(name, &labels, &count);
    }
    text.single(
        ("lightship_live_connections", MetricType::Gauge),
        "Open connections that are sent each change.",
        &metrics.live.count(),
    );
}

fn sign_ins(text: &mut Exposition, metrics: &Metrics) {
    let name = "lightship_failed_sign_ins_total";
    text.begin(
        name,
        MetricType::Counter,
        "Tokens that were refused, by where they were used.",
    );
    for way in SignInWay::ALL {
        let count = metrics.failed_sign_ins.of(way);
        text.sample(name, &[("way", way.as_str())], &count);
    }
}

fn mail(text: &mut Exposition, metrics: &Metrics) {
    let mut counts = |name: &str, help: &str, counts: &DeliveryCounts| {
        text.begin(name, MetricType::Counter, help);
        for channel in Channel::ALL {
            for result in MessageResult::ALL {
                let labels = [("channel", channel.as_str()), ("outcome", result.as_str())];
                text.sample(name, &labels, &counts.of(channel, result));
            }
        }
    };
    counts(
        "lightship_deliveries_total",
        "Attempts to tell a subscriber of news, by channel and outcome.",
        &metrics.deliveries,
    );
    counts(
        "lightship_letters_total",
        "Attempts to send a message about a subscription itself, by channel and outcome.",
        &metrics.letters,
    );
    let queue = metrics.mail.queue();
    let name = "lightship_queue_messages";
    text.begin(
        name,
        MetricType::Gauge,
        "Messages that wait to be sent, those to be tried again included.",
    );
    for (message, count) in [
        ("delivery", queue.deliveries),
        ("letter", queue.letters),
        ("channel", metrics.channels.messages()),
    ] {
        text.sample(name, &[("message", message)], &count);
    }
    text.single(
        ("lightship_queue_dispatches", MetricType::Gauge),
        "News that isn't in the subscribers' queues yet.",
        &queue.dispatches,
    );
    text.single(
        ("lightship_queue_held", MetricType::Gauge),
        "Whether the queue is held until staff decide, after its address changed or a restore: 1 or 0.",
        &u8::from(queue.is_held),
    );
    let name = "lightship_channels";
    text.begin(
        name,
        MetricType::Gauge,
        "Webhooks and chats that staff added, by how they fare.",
    );
    for status in ChannelStatus::ALL {
        let labels = [("status", status.as_str())];
        text.sample(name, &labels, &metrics.channels.count(status));
    }
    text.single(
        ("lightship_mail_server_up", MetricType::Gauge),
        "0 if the mail server took nothing when it was last tried, else 1.",
        &u8::from(metrics.mail.server() != MailServer::TakesNothing),
    );
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 are far below what a float holds exactly"
)]
fn seconds_since_1970(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis() as f64 / 1000.0
}
