//! `lightship demo`: the sample story as if it happened today, on a temporary database.

mod shift;
mod story;

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context as _;
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use self::shift::Shift;
use super::serve::until_stopped;
use super::token::first_token;
use crate::app::App;
use crate::clock::Clock;
use crate::config::{CONNECTIONS, Config, LogFormat, SourceConfig, Targets};
use crate::telemetry;

/// Show a live page: the sample story as if it happened today
///
/// Everything lives in its own folder, which is deleted at the end. Play with it: post updates with
/// the commands it prints, or edit the files in its content folder.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct DemoArgs {
    /// The address to serve on; port 0 picks a free one.
    #[arg(
        long,
        env = "LIGHTSHIP_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS"
    )]
    listen: SocketAddr,
}

/// The zone of the story.
const ZONE: Tz = Tz::America__Denver;

/// Serves the story until it is stopped, then deletes everything.
pub(super) async fn demo(args: DemoArgs) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new()
        .prefix("lightship-demo-")
        .tempdir()
        .context("making a folder for the demo; is there room in the temporary folder?")?;
    let clock = Clock::System;
    let content = folder.path().join("content");
    write_story(&content, clock.now())
        .with_context(|| format!("writing the story to {}", content.display()))?;
    let log = Targets::new().with_default(tracing::Level::INFO);
    telemetry::start(LogFormat::Text, log.clone());
    let database = format!("sqlite:{}", folder.path().join("demo.db").display());
    let config = Config {
        listen: args.listen.into(),
        metrics_listen: None,
        source: SourceConfig {
            database,
            content: content.clone(),
            machine: Some("demo".to_owned()),
        },
        state_dir: None,
        base_url: None,
        trusted_proxy: Vec::new(),
        database_connections: CONNECTIONS,
        smtp: None,
        dkim_key: None,
        dkim_selector: "lightship".to_owned(),
        live_connections: 20_000,
        smtp_connections: 16,
        smtp_rate: None,
        webhooks_to_private_networks: false,
        access_log: None,
        log_format: LogFormat::Text,
        log,
    };
    let app = App::build(config, clock.clone()).await?;
    let address = app.address()?;
    let secret = first_token(&app.state().store, &clock).await?;
    anstream::println!(
        "The page is up: http://{address}/  (Ctrl-C stops it and throws everything away)\n\nIts \
         files are in {}; what you save there is on the page at once.\nTo post, in another \
         terminal:\n\n    export LIGHTSHIP_URL=http://{address} LIGHTSHIP_TOKEN={}\n    lightship \
         status\n    lightship update \"Half of the accounts are copied.\" --incident selma\n\nOr \
         sign in at http://{address}/staff with that token.\n",
        content.display(),
        secret.unwrap_or_default(),
    );
    app.run(until_stopped()?).await?;
    folder.close().context("throwing the demo's folder away")
}

/// Writes the story to a content folder; its last update is within the day before `now`.
fn write_story(content: &Path, now: DateTime<Utc>) -> anyhow::Result<()> {
    std::fs::create_dir_all(content.join("incidents"))?;
    std::fs::create_dir_all(content.join("templates"))?;
    for (name, text) in story::TEMPLATES {
        std::fs::write(content.join(name), text)?;
    }
    let shift = shift_to(now)?;
    for (name, text) in story::FILES.into_iter().chain([story::PLANNED]) {
        std::fs::write(content.join(shift.text(name)), shift.text(text))?;
    }
    Ok(())
}

fn shift_to(now: DateTime<Utc>) -> anyhow::Result<Shift> {
    let story_ends = NaiveDate::from_ymd_opt(2013, 2, 26).unwrap_or_default();
    let last_update = NaiveTime::from_hms_opt(2, 15, 0).unwrap_or_default();
    let local = now.with_timezone(&ZONE);
    let mut today = local.date_naive();
    let updated_at = ZONE
        .from_local_datetime(&today.and_time(last_update))
        .latest();
    // If 2:15 doesn't exist in that night, the update can't be then, either.
    if updated_at.is_none_or(|updated_at| updated_at > now) {
        today -= Duration::days(1);
    }
    let days = u64::try_from((today - story_ends).num_days())
        .context("this machine's clock is set to before the story; set it right")?;
    Ok(Shift { days, zone: ZONE })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{KnownSite, read_folder};

    #[test]
    fn the_story_reads_without_a_problem_on_every_day_of_a_year() {
        let first: DateTime<Utc> = "2027-12-25T03:30:00Z".parse().expect("an instant");
        for day in (0..370).step_by(5) {
            let now = first + Duration::days(day);
            let folder = tempfile::tempdir().expect("a folder");
            write_story(folder.path(), now).expect("written");
            let content = read_folder(folder.path(), &KnownSite::default(), now);
            let problems: Vec<String> = content
                .problems
                .iter()
                .map(|problem| problem.render("", false))
                .collect();
            assert!(problems.is_empty(), "{now}: {}", problems.join("\n"));
            assert_eq!(content.incidents.len(), story::FILES.len());
            let last = content.incidents.last().expect("the last post");
            let newest = last.entries.iter().map(|entry| entry.at).max();
            let age = now - newest.expect("an update");
            assert!(
                age >= Duration::zero() && age < Duration::hours(49),
                "{now}: {age}"
            );
        }
    }
}
