//! The record of a change: a line for each thing that was done, what each is about, and the same in
//! the log once it is committed.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{ActionError, Change};
use crate::domain::fact::Fact;
use crate::domain::staff::Actor;
use crate::store::audit::{self, AuditEntry, Subject};
use crate::store::updates::find_incident_of;
use crate::store::{Tx, involved};

/// One line for the record: what was done to what, what it was and what it became.
#[derive(Debug, Default)]
pub(super) struct Deed<'a> {
    pub(super) action: &'static str,
    pub(super) kind: &'static str,
    pub(super) id: &'a str,
    pub(super) label: &'a str,
    /// The incident that it belongs to, where that isn't said by the kind and the id.
    pub(super) incident: Option<&'a str>,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

/// What is kept of an update, with the fact that it tells, if it tells one.
pub(super) fn with_fact(mut kept: Value, fact: Option<&Fact>) -> Value {
    if let Some(fact) = fact {
        kept["fact"] = json!(fact);
    }
    kept
}

/// A line that was put into the record, as far as it is still needed.
#[derive(Debug)]
pub(super) struct Line {
    entry: AuditEntry,
    incident: Option<String>,
    /// The components that it says something of; `None` if it doesn't say which.
    components: Option<Vec<String>>,
}

impl Change {
    pub(super) async fn record(&mut self, deed: Deed<'_>) -> Result<(), ActionError> {
        let actor = self.actor.clone();
        self.record_as(&actor, deed).await
    }

    /// Puts a line into the record; where something was there before, that is kept as a version.
    pub(super) async fn record_as(
        &mut self,
        actor: &Actor,
        deed: Deed<'_>,
    ) -> Result<(), ActionError> {
        let actor_id = match actor {
            Actor::Token { id, .. } | Actor::Staff { id, .. } => Some(id.clone()),
            Actor::Host | Actor::File { .. } | Actor::Clock => None,
        };
        let entry = AuditEntry {
            id: Uuid::now_v7().to_string(),
            at: self.now,
            actor_kind: actor.kind().to_owned(),
            actor_id,
            actor_name: actor.name().to_owned(),
            action: deed.action.to_owned(),
            kind: deed.kind.to_owned(),
            entity_id: deed.id.to_owned(),
            label: deed.label.to_owned(),
            before: deed.before.as_ref().map(ToString::to_string),
            after: deed.after.as_ref().map(ToString::to_string),
        };
        audit::insert_entry(&mut self.tx, &entry).await?;
        if let Some(before) = &entry.before {
            audit::insert_version(&mut self.tx, &entry, before).await?;
        }
        let said = [&deed.before, &deed.after].into_iter().flatten();
        let mut components = None;
        for named in said.filter_map(|facts| facts.get("components")?.as_object()) {
            let components: &mut Vec<String> = components.get_or_insert_default();
            components.extend(named.keys().cloned());
        }
        self.lines.push(Line {
            entry: AuditEntry {
                before: None,
                after: None,
                ..entry
            },
            incident: deed.incident.map(str::to_owned),
            components,
        });
        Ok(())
    }

    /// Notes what each line is about, now that everything is written that it may be about.
    pub(super) async fn note_subjects(&mut self) -> Result<(), ActionError> {
        let mut noted = Vec::new();
        for line in &self.lines {
            noted.push((&line.entry, subjects_of(&mut self.tx, line).await?));
        }
        Ok(audit::insert_subjects(&mut self.tx, &noted).await?)
    }
}

async fn subjects_of(tx: &mut Tx, line: &Line) -> Result<Vec<Subject>, ActionError> {
    let id = &line.entry.entity_id;
    let mut incident = line.incident.clone();
    let mut components = line.components.clone();
    match line.entry.kind.as_str() {
        "incident" => {
            incident = Some(id.clone());
            if components.is_none() {
                components = Some(involved::list_named_by_incident(tx, id).await?);
            }
        }
        "update" => {
            if incident.is_none() {
                incident = find_incident_of(tx, id).await?;
            }
            if components.is_none() {
                components = Some(involved::list_named_by_update(tx, id).await?);
            }
        }
        "component" => components = Some(vec![id.clone()]),
        _ => {}
    }
    let components = components.unwrap_or_default();
    let components = components.into_iter().map(Subject::Component);
    Ok(components.chain(incident.map(Subject::Incident)).collect())
}

/// Says in the log what staff and the clock did; what files say, the folder's own lines tell.
pub(super) fn log(lines: &[Line]) {
    for line in lines {
        let entry = &line.entry;
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
