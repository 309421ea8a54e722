//! What a start reads in parts, over two connections: the histories of components, then incidents.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::history::History;
use super::packing::Packer;
use super::post::Post;
use super::shown::{due, history_of, moments_of};
use super::transition_changes::TransitionChanges;
use crate::domain::incident::{CLOCK_TOLERANCE, Incident};
use crate::domain::slug::Slug;
use crate::store::bulk::{
    PackedChange, PackedChanges, list_packed_changes, list_public_incident_ids,
    list_public_incidents_from, list_to_come,
};
use crate::store::components::list_component_slugs;
use crate::store::{StoreError, Tx};

/// How many components' histories form a part.
const COMPONENTS: usize = 10;

/// How many incidents form a part: enough to save queries, few enough to save memory.
const INCIDENTS: i64 = 100;

/// So many bytes of incidents stay as they are, and the others are compressed. So the memory of a
/// long history is bounded, and a start isn't slower for a short one.
const PLAIN_BYTES: usize = 16 * 1024 * 1024;

/// The parts that nobody has taken yet.
struct Rest<T>(Mutex<Vec<T>>);

impl<T> Rest<T> {
    fn of(parts: impl IntoIterator<Item = T>) -> Self {
        Self(Mutex::new(parts.into_iter().collect()))
    }

    fn take(&self) -> Option<T> {
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        parts.pop()
    }
}

/// Something that is read in parts.
pub(super) trait Parts: Send + Sync + 'static {
    /// An item that is read.
    type Read: Send + 'static;

    /// Reads every part that nobody has taken yet.
    fn read(&self, tx: &mut Tx)
    -> impl Future<Output = Result<Vec<Self::Read>, StoreError>> + Send;
}

/// Reads all parts, in any order, over `one` and, if there is one, over `other` in parallel.
/// Returns `other`.
pub(super) async fn read_by_two<P: Parts>(
    one: &mut Tx,
    other: Option<Tx>,
    parts: &Arc<P>,
) -> Result<(Vec<P::Read>, Option<Tx>), StoreError> {
    let beside = other.map(|mut tx| {
        let parts = parts.clone();
        tokio::spawn(async move { parts.read(&mut tx).await.map(|read| (read, tx)) })
    });
    let read = parts.read(one).await;
    let Some(beside) = beside else {
        return Ok((read?, None));
    };
    let mut read = match read {
        Ok(read) => read,
        Err(error) => {
            beside.abort();
            return Err(error);
        }
    };
    let (others, other) = beside.await.map_err(|_| StoreError::Interrupted)??;
    read.extend(others);
    Ok((read, Some(other)))
}

/// The histories of all components.
pub(super) struct HistoryParts {
    as_of: DateTime<Utc>,
    /// The incidents dated later than may be shown.
    to_come: HashSet<String>,
    /// The changes that incidents' beginnings and ends brought, even future ones.
    transitions: Mutex<TransitionChanges>,
    /// The first and last slug of each part.
    rest: Rest<(Slug, Slug)>,
}

/// The history of a component.
pub(super) struct ReadHistory {
    /// The part of it that may be shown.
    pub history: History,
    /// When it must be looked at again.
    pub due: Vec<DateTime<Utc>>,
}

impl HistoryParts {
    pub(super) async fn to_read(tx: &mut Tx, as_of: DateTime<Utc>) -> Result<Self, StoreError> {
        let slugs = list_component_slugs(tx).await?;
        let parts = slugs.chunks(COMPONENTS);
        let parts = parts.filter_map(|part| Some((part.first()?.clone(), part.last()?.clone())));
        Ok(Self {
            as_of,
            to_come: list_to_come(tx, as_of + CLOCK_TOLERANCE).await?,
            transitions: Mutex::default(),
            rest: Rest::of(parts),
        })
    }

    /// Takes the changes that incidents' beginnings and ends brought, from all histories read.
    pub(super) fn take_transition_changes(&self) -> TransitionChanges {
        let mut transitions = self
            .transitions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *transitions)
    }

    fn keep_transitions(
        &self,
        packed: &PackedChanges,
        read: &[PackedChange<'_>],
    ) -> Result<(), StoreError> {
        let mut transitions = self
            .transitions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for change in read {
            if let Some(transition) = change.transition_change(&packed.component)? {
                transitions.push(&transition);
            }
        }
        Ok(())
    }
}

impl Parts for HistoryParts {
    type Read = ReadHistory;

    async fn read(&self, tx: &mut Tx) -> Result<Vec<ReadHistory>, StoreError> {
        let mut read = Vec::new();
        while let Some((first, last)) = self.rest.take() {
            for packed in list_packed_changes(tx, &first, &last).await? {
                let changes = packed.read()?;
                self.keep_transitions(&packed, &changes)?;
                let is_shown = |id: &str| !self.to_come.contains(id);
                let (history, due) = history_of(&packed.component, changes, is_shown, self.as_of);
                read.push(ReadHistory { history, due });
            }
        }
        Ok(read)
    }
}

/// The incidents that customers may see.
pub(super) struct IncidentParts {
    as_of: DateTime<Utc>,
    /// The changes that the beginnings and ends of incidents brought.
    transitions: TransitionChanges,
    /// The first id of each part, and of the next part.
    rest: Rest<(String, Option<String>)>,
    memory: PostMemory,
}

/// Keeps the memory of many incidents within bounds.
#[derive(Default)]
pub(super) struct PostMemory {
    /// How many bytes of incidents have been read.
    bytes: AtomicUsize,
}

/// An incident that was read.
pub(super) struct ReadIncident {
    /// Its id.
    pub id: String,
    /// The incident as it is shown, with the components that it names; `None` if it is in the
    /// future.
    pub post: Option<(Post, Vec<Slug>)>,
    /// When it must be looked at again.
    pub due: Vec<DateTime<Utc>>,
}

impl IncidentParts {
    pub(super) async fn to_read(
        tx: &mut Tx,
        mut transitions: TransitionChanges,
        as_of: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        transitions.sort();
        let firsts = list_public_incident_ids(tx, INCIDENTS).await?;
        let ends = firsts.iter().skip(1).cloned().map(Some).chain([None]);
        Ok(Self {
            as_of,
            transitions,
            rest: Rest::of(firsts.iter().cloned().zip(ends)),
            memory: PostMemory::default(),
        })
    }
}

impl PostMemory {
    /// An incident in memory, as it is at the instant `as_of`.
    pub(super) fn post(
        &self,
        incident: Incident,
        as_of: DateTime<Utc>,
        packer: &mut Packer,
    ) -> Post {
        let post = Post::of(incident, as_of);
        let before = self.bytes.fetch_add(post.size_bytes(), Ordering::Relaxed);
        match before < PLAIN_BYTES {
            true => post,
            false => post.packed(packer),
        }
    }
}

impl Parts for IncidentParts {
    type Read = ReadIncident;

    async fn read(&self, tx: &mut Tx) -> Result<Vec<ReadIncident>, StoreError> {
        let mut read = Vec::new();
        let mut packer = Packer::new();
        while let Some((first, end)) = self.rest.take() {
            for mut incident in list_public_incidents_from(tx, &first, end.as_deref()).await? {
                for transition in self.transitions.of(&incident.id) {
                    incident.add_change(transition);
                }
                read.push(ReadIncident {
                    id: incident.id.clone(),
                    due: moments_of(&incident).collect(),
                    post: due(incident, self.as_of).map(|incident| {
                        let named = incident.components().into_iter().cloned().collect();
                        (self.memory.post(incident, self.as_of, &mut packer), named)
                    }),
                });
            }
        }
        Ok(read)
    }
}
