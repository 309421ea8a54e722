//! Makes a long history to measure with: incidents with updates, components with changes of state,
//! into a database or as content files. The same options and seed make the same history.
//!
//! `cargo run --release --example long_history -- --database sqlite:big.db`

mod bar;
mod dice;
mod story;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::Parser;
use lightship::content::compose;
use lightship::domain::slug::Slug;
use lightship::domain::state::States;
use lightship::store::changes::{self, ChangeKind};
use lightship::store::history::{find_sources, set_history_since, set_last_claims};
use lightship::store::incidents::set_incident;
use lightship::store::settings::set_site_setting;
use lightship::store::updates::{StoredUpdate, set_mentions, set_update};
use lightship::store::{Store, components, states};

use self::bar::Bar;
use self::story::Story;

/// So many incidents are written in one transaction.
const BATCH: usize = 1_000;

/// Makes a long history to measure with.
#[derive(Debug, Parser)]
struct Options {
    /// Where to write it; a database that has nothing in it yet.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// A folder that gets the same history as content files.
    #[arg(long, value_name = "DIR")]
    content: Option<PathBuf>,
    /// How many incidents.
    #[arg(long, default_value_t = 10_000)]
    incidents: usize,
    /// How many updates each has.
    #[arg(long, default_value_t = 5)]
    updates: usize,
    /// How many components.
    #[arg(long, default_value_t = 500)]
    components: usize,
    /// How many changes of state, those of incidents included.
    #[arg(long, default_value_t = 500_000)]
    changes: usize,
    /// Over how many years it all happened.
    #[arg(long, default_value_t = 10)]
    years: i64,
    /// The instant at which it ends, such as 2026-11-01T00:00:00Z.
    #[arg(long, default_value = "2026-11-01T00:00:00Z")]
    until: DateTime<Utc>,
    /// Another seed makes another history.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let story = Story {
        seed: options.seed,
        until: options.until,
        years: options.years.max(1),
        incidents: options.incidents,
        updates: options.updates,
        components: options.components.max(1),
        changes: options.changes,
    };
    if let Some(folder) = &options.content {
        write_files(&story, folder).context("writing the files")?;
    }
    if let Some(url) = &options.database {
        write_database(&story, url)
            .await
            .context("writing the database")?;
    }
    if options.content.is_none() && options.database.is_none() {
        anyhow::bail!("say where to: --database URL, --content DIR, or both");
    }
    Ok(())
}

fn write_files(story: &Story, folder: &Path) -> anyhow::Result<()> {
    let incidents = folder.join("incidents");
    fs::create_dir_all(&incidents)?;
    fs::write(folder.join("site.toml"), story.site_toml())?;
    let site = story.site();
    let name_of = |slug: &Slug| story.name_of(slug);
    let mut bar = Bar::new("files", story.incidents);
    for number in 0..story.incidents {
        let incident = story.incident(number).incident;
        let text = compose::incident(&incident, &site, &name_of);
        fs::write(incidents.join(compose::file_name(&incident, &site)), text)?;
        bar.step();
    }
    Ok(())
}

async fn write_database(story: &Story, url: &str) -> anyhow::Result<()> {
    let store = Store::open(url).await?;
    let mut tx = store.begin().await?;
    anyhow::ensure!(
        components::list_components(&mut tx).await?.is_empty(),
        "there is something in the database already; name a new one"
    );
    for (key, value) in [("name", "Long history"), ("time_zone", "America/Denver")] {
        set_site_setting(&mut tx, key, Some(value)).await?;
    }
    for number in 0..story.components {
        components::set_component(&mut tx, &story.component(number)).await?;
    }
    tx.commit().await?;
    write_incidents(story, &store).await?;
    write_changes(story, &store).await?;
    let mut tx = store.begin().await?;
    let long_ago = chrono::DateTime::UNIX_EPOCH;
    let revision = changes::insert_revision(&mut tx, long_ago).await?;
    let what = (ChangeKind::Site, "site");
    changes::insert_change(&mut tx, revision, what, None, long_ago).await?;
    tx.commit().await?;
    store.close().await;
    Ok(())
}

async fn write_incidents(story: &Story, store: &Store) -> anyhow::Result<()> {
    let mut bar = Bar::new("incidents", story.incidents);
    let numbers: Vec<usize> = (0..story.incidents).collect();
    for batch in numbers.chunks(BATCH) {
        let mut tx = store.begin().await?;
        for number in batch {
            let stored = story.incident(*number);
            let incident = &stored.incident;
            set_incident(&mut tx, &stored, incident.public_at).await?;
            set_mentions(&mut tx, &incident.id, None, &incident.mentions).await?;
            for update in &incident.updates {
                let row = StoredUpdate {
                    incident_id: incident.id.clone(),
                    update: update.clone(),
                    withdrawn_at: None,
                };
                set_update(&mut tx, &row, update.public_at).await?;
            }
            bar.step();
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn write_changes(story: &Story, store: &Store) -> anyhow::Result<()> {
    let mut bar = Bar::new("changes of state", story.components);
    for (number, incidents) in story.incidents_by_component().iter().enumerate() {
        let mut tx = store.begin().await?;
        for (place, change) in story.said(number, incidents).iter().enumerate() {
            let id = story.change_id(number, place);
            states::insert_change(&mut tx, &id, change, change.public_at).await?;
        }
        let (slug, ever) = (
            story.component(number).slug,
            chrono::DateTime::<chrono::Utc>::MIN_UTC,
        );
        let sources = find_sources(&mut tx, &slug, ever).await?;
        let history = sources.history(&States::default());
        set_history_since(&mut tx, &slug, ever, &history.entries).await?;
        set_last_claims(&mut tx, &slug, history.last.as_ref()).await?;
        tx.commit().await?;
        bar.step();
    }
    Ok(())
}
