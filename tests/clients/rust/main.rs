//! The client in the crate `modelsdev`, with another host. The crate has no library, so `run.sh` puts
//! its module `status` beside this file.

mod status;

use status::adapters::statuspage::{fetch_maintenance_enrichment, parse_statuspage_v2_summary};
use status::fetch::fetch_text;
use status::OfficialStatusSource;

/// What the client's other adapters need from the rest of its crate.
mod formatting {
    pub fn parse_date(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
        text.parse().ok()
    }
}

mod agents {
    pub mod helpers {
        pub use crate::formatting::parse_date;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), String> {
    let host = std::env::args().nth(1).ok_or("no host")?;
    let client = reqwest::Client::new();
    let summary = fetch_text(&client, &format!("{host}/api/v2/summary.json")).await?;
    let found = parse_statuspage_v2_summary(OfficialStatusSource::GitHub, &summary)?;
    println!("{} is {:?}", found.label, found.health);
    for component in &found.components {
        let group = component.group_name.as_deref().unwrap_or("no group");
        println!("component {} ({group}): {}", component.name, component.status);
    }
    for incident in &found.incidents {
        let said = incident.latest_update.as_ref();
        let said = said.map_or("nothing", |update| update.body.as_str());
        let affected = incident.affected_components.join(", ");
        println!("incident {} [{}] {affected}: {said}", incident.name, incident.status);
    }
    for work in fetch_maintenance_enrichment(&client, &host).await? {
        let starts = work.scheduled_for.as_deref().unwrap_or("no time");
        println!("maintenance {} [{}] {starts}", work.name, work.status);
    }
    Ok(())
}
