//! The activity log of a change: a line for each event and the subjects of each, and the same lines
//! in the program's log after the commit.

use uuid::Uuid;

use super::change::Change;
use super::error::ActionError;
use crate::domain::actor::Actor;
use crate::domain::event::Event;
use crate::domain::event::line::About;
use crate::domain::slug::Slug;
use crate::store::audit::{self, AuditEntry, Subject};
use crate::store::{Tx, involved};

impl Change {
    /// Notes what the change's actor did. The commit writes it into the activity log.
    pub(super) fn happened(&mut self, event: Event) {
        let actor = self.actor.clone();
        self.happened_by(actor, event);
    }

    /// Notes what another actor did, such as a file.
    pub(super) fn happened_by(&mut self, actor: Actor, event: Event) {
        self.dispatch(&event, &actor.identity);
        self.events.push((actor, event));
    }

    /// Writes all events into the activity log, in order. What an event replaced is kept as a
    /// version. Subjects come last, because they depend on everything that the change has written.
    pub(super) async fn write_audit(&mut self) -> Result<Vec<AuditEntry>, ActionError> {
        let mut lines = Vec::with_capacity(self.events.len());
        for (actor, event) in &self.events {
            let entry = self.entry(actor, event);
            audit::insert_entry(&mut self.tx, &entry).await?;
            if let Some(before) = &entry.before {
                audit::insert_version(&mut self.tx, &entry, before).await?;
            }
            lines.push(AuditEntry {
                before: None,
                after: None,
                ..entry
            });
        }
        let mut noted = Vec::with_capacity(lines.len());
        for (entry, (_, event)) in lines.iter().zip(&self.events) {
            noted.push((entry, subjects_of(&mut self.tx, event.about()).await?));
        }
        audit::insert_subjects(&mut self.tx, &noted).await?;
        Ok(lines)
    }

    fn entry(&self, actor: &Actor, event: &Event) -> AuditEntry {
        let (deed, line) = (event.deed(), event.line());
        AuditEntry {
            id: Uuid::now_v7().to_string(),
            at: self.now,
            actor_kind: actor.kind().to_owned(),
            actor_id: actor.id().map(str::to_owned),
            actor_name: actor.name().to_owned(),
            action: deed.action().to_owned(),
            kind: deed.kind().to_owned(),
            entity_id: line.id.to_owned(),
            label: line.label.to_owned(),
            before: line.before.map(|it| it.to_string()),
            after: line.after.map(|it| it.to_string()),
        }
    }
}

async fn subjects_of(tx: &mut Tx, about: About<'_>) -> Result<Vec<Subject>, ActionError> {
    let (incident, components) = match about {
        About::Incident { id, components } => match components {
            Some(named) => (Some(id), texts(&named)),
            None => (Some(id), involved::list_named_by_incident(tx, id).await?),
        },
        About::Update {
            id,
            incident,
            components,
        } => match components {
            Some(named) => (Some(incident), texts(&named)),
            None => (
                Some(incident),
                involved::list_named_by_update(tx, id).await?,
            ),
        },
        About::Component { slug, incident } => (incident, texts(&[slug])),
        About::Else => (None, Vec::new()),
    };
    let components = components.into_iter().map(Subject::Component);
    let incident = incident.map(|id| Subject::Incident(id.to_owned()));
    Ok(components.chain(incident).collect())
}

fn texts(slugs: &[&Slug]) -> Vec<String> {
    slugs.iter().map(ToString::to_string).collect()
}

/// Logs what staff and the clock did. For files, the sync logs lines of its own.
pub(super) fn log(lines: &[AuditEntry]) {
    for entry in lines {
        if entry.actor_kind != "file" {
            tracing::info!(
                actor.kind = entry.actor_kind,
                actor.name = entry.actor_name,
                entity.kind = entry.kind,
                entity.id = entry.entity_id,
                entity.label = entry.label,
                "{}",
                entry.action
            );
        }
    }
}
