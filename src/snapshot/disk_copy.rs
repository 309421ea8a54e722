//! A snapshot as a file, so that a server can show it while its database is away.
//!
//! The file is gzip: a line that says what it is, then the values one after the other, as they are
//! in memory. Only a version with the same layout reads it.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use super::history::History;
use super::load::Deployment;
use super::load_parts::PostMemory;
use super::maintenance_log::MaintenanceLog;
use super::packing::Packer;
use super::posts::Posts;
use super::{ComponentHistory, Snapshot, bytes};
use crate::domain::component::Component;
use crate::domain::incident::Incident;
use crate::domain::site::SiteSettings;
use crate::domain::slug::Slug;
use crate::domain::state::States;

/// What a file begins with. A change to what follows needs another number.
const FIRST_LINE: &str = "the pages of Lightship, layout 1\n";

/// Everything but components and incidents. It is JSON, because some of it leaves out what is usual.
#[derive(Serialize, Deserialize)]
struct Head {
    revision: i64,
    as_of: DateTime<Utc>,
    until: DateTime<Utc>,
    site: SiteSettings,
    states: States,
    maintenance_log: MaintenanceLog,
    redirects: BTreeMap<Slug, Slug>,
    components: Vec<Component>,
    incidents: usize,
}

/// Writes a snapshot.
///
/// # Errors
/// Those of `to`.
pub fn write(snapshot: &Snapshot, to: impl Write) -> io::Result<()> {
    let mut to = GzEncoder::new(to, Compression::fast());
    let components = snapshot.components.iter();
    let head = Head {
        revision: snapshot.revision,
        as_of: snapshot.as_of,
        until: snapshot.until,
        site: snapshot.site.clone(),
        states: snapshot.states.clone(),
        maintenance_log: snapshot.maintenance_log.as_ref().clone(),
        redirects: snapshot.redirects.as_ref().clone(),
        components: components.map(|it| it.component.clone()).collect(),
        incidents: snapshot.posts.len(),
    };
    let mut buffer = FIRST_LINE.as_bytes().to_vec();
    bytes::append(&serde_json::to_string(&head)?, &mut buffer);
    for component in &snapshot.components {
        bytes::append(&component.history, &mut buffer);
        to.write_all(&buffer)?;
        buffer.clear();
    }
    to.write_all(&buffer)?;
    for post in snapshot.posts.iter() {
        to.write_all(&post.plain_bytes())?;
    }
    to.finish()?.flush()
}

/// Reads what [`write`] wrote, as a site that is deployed like this shows it.
///
/// # Errors
/// Those of `from`; `InvalidData` if it is damaged, or has another layout.
pub fn read(from: impl Read, deployment: &Deployment) -> io::Result<Snapshot> {
    let mut all = Vec::new();
    // Reads to the end, where the checksum is.
    GzDecoder::new(from).read_to_end(&mut all)?;
    let unreadable = || io::Error::new(ErrorKind::InvalidData, "it has another layout");
    let rest = all.strip_prefix(FIRST_LINE.as_bytes());
    let mut rest = rest.ok_or_else(unreadable)?;
    let head: String = bytes::try_take(&mut rest).ok_or_else(unreadable)?;
    let head: Head = serde_json::from_str(&head)?;
    let mut components = Vec::with_capacity(head.components.len());
    for component in head.components {
        let history: History = bytes::try_take(&mut rest).ok_or_else(unreadable)?;
        components.push(Arc::new(ComponentHistory { component, history }));
    }
    let mut site = head.site;
    deployment.apply(&mut site);
    let (memory, mut packer) = (PostMemory::default(), Packer::new());
    let mut posts = Vec::with_capacity(head.incidents);
    for _ in 0..head.incidents {
        let incident: Incident = bytes::try_take(&mut rest).ok_or_else(unreadable)?;
        let incident = super::post::with_owners(incident);
        let named = incident.components().into_iter().cloned().collect();
        posts.push((memory.post(incident, head.until, &mut packer), named));
    }
    if !rest.is_empty() {
        return Err(unreadable());
    }
    let mut all_posts = Posts::new(site.zone);
    all_posts.fill(posts);
    let snapshot = Snapshot {
        revision: head.revision,
        as_of: head.as_of,
        until: head.until,
        // Another process may have shown what came after it.
        shares_second: true,
        stale_since: None,
        site,
        states: head.states,
        components: Vec::new(),
        posts: all_posts,
        maintenance_log: Arc::new(head.maintenance_log),
        groups: Arc::default(),
        redirects: Arc::new(head.redirects),
        indexes: Arc::default(),
        full_names: Arc::default(),
    };
    Ok(snapshot.with_components(components))
}
