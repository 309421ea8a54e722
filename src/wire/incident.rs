//! Incidents on the wire; [`IncidentBody`] is also the public `/incidents/{slug}.json`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::instant;
use super::request_macro::request;
use super::setting::ComponentSettings;
use super::update::{LastStates, NewUpdate, UpdateBody};
use super::words;
use crate::domain::incident::{self, CLOCK_TOLERANCE, Impact, Kind};
use crate::domain::slug::Slug;
use crate::domain::update::{Phase, Source};

/// A post about something that affects customers, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IncidentBody {
    /// Its name in URLs.
    #[schema(value_type = String, example = "selma-is-down")]
    pub slug: Slug,
    /// Its id; never changes.
    pub id: String,
    /// Its headline.
    #[schema(example = "Selma is down")]
    pub title: String,
    /// What kind of post it is.
    #[schema(schema_with = words::kind)]
    pub kind: Kind,
    /// Where it stands now.
    #[schema(schema_with = words::phase)]
    pub phase: Phase,
    /// How bad it is or was: as staff set it, else by the worst state it ever set.
    #[schema(schema_with = words::impact)]
    pub impact: Impact,
    /// The byline, if it has one of its own.
    #[schema(required)]
    pub author: Option<String>,
    /// The post's date.
    #[serde(with = "instant")]
    #[schema(example = "2013-02-26T07:00:00Z")]
    pub published_at: DateTime<Utc>,
    /// For a maintenance: when its window opens.
    #[serde(with = "instant::nullable")]
    #[schema(required)]
    pub starts: Option<DateTime<Utc>>,
    /// For a maintenance: when its window closes.
    #[serde(with = "instant::nullable")]
    #[schema(required)]
    pub ends: Option<DateTime<Utc>>,
    /// The post, without its updates.
    pub markdown: String,
    /// The state it last set each component to, by slug; `null` for one whose state it left
    /// unchanged.
    #[schema(schema_with = words::last_states)]
    pub components: LastStates,
    /// Its updates, oldest first.
    pub updates: Vec<UpdateBody>,
    /// The id of the latest update: send it as `seen` with an update, to find out whether somebody
    /// else has posted since.
    #[schema(required)]
    pub seen: Option<String>,
    /// When the title or text was last corrected.
    #[serde(with = "instant::nullable")]
    #[schema(required)]
    pub edited_at: Option<DateTime<Utc>>,
    /// Where it comes from.
    #[schema(schema_with = words::source)]
    pub source: Source,
    /// Its page.
    #[schema(format = "uri")]
    pub url: String,
    /// It is saved but not published. Left out once it is published.
    #[serde(default, skip_serializing_if = "is_published")]
    pub draft: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks with a reference"
)]
fn is_published(draft: &bool) -> bool {
    !draft
}

impl IncidentBody {
    /// Whether customers are told that it affects them at `now`.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.is_shown(now) && incident::is_open(self.kind, self.phase)
    }

    /// The earlier of its post and its first update.
    pub fn began(&self) -> DateTime<Utc> {
        let times = self.updates.iter().map(|update| update.at);
        times.fold(self.published_at, DateTime::min)
    }

    /// Whether it is a maintenance.
    pub fn is_maintenance(&self) -> bool {
        self.kind == Kind::Maintenance
    }

    /// Whether it is a planned maintenance that customers can read about at `now`.
    pub fn is_planned(&self, now: DateTime<Utc>) -> bool {
        self.is_shown(now) && self.is_maintenance() && self.phase == Phase::Scheduled
    }

    /// Whether customers can read it at `now`: a post dated in the future waits until then.
    fn is_shown(&self, now: DateTime<Utc>) -> bool {
        !self.draft && self.published_at <= now + CLOCK_TOLERANCE
    }
}

/// Incidents, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentList {
    /// The incidents.
    pub incidents: Vec<IncidentBody>,
}

request! {
    /// A new incident.
    #[derive(Default)]
    pub struct NewIncident {
        /// Its headline; its slug is made from it.
        #[schema(example = "Selma is down", min_length = 1, max_length = 200)]
        required title: String = line,
        /// The post. UPDATE entries in it are read as in a file.
        defaulted markdown: String = text,
        /// What kind of post it is; by default a disruption.
        #[schema(schema_with = words::kind)]
        optional kind: Kind = kind,
        /// Where it stands; by default `investigating`, of a maintenance `scheduled`.
        #[schema(schema_with = words::phase)]
        optional phase: Phase = phase,
        /// How bad it is; by default, taken from the worst state it sets.
        #[schema(schema_with = words::impact_or_null)]
        optional impact: Impact = impact,
        /// Components by slug, each with a state, a state and a note, or `null` to leave its state
        /// unchanged. Of a maintenance: what they take when its window opens.
        #[schema(schema_with = words::settings)]
        optional components: ComponentSettings = settings,
        /// For a maintenance: when its window opens.
        optional starts: DateTime<Utc> = instant,
        /// For a maintenance: when its window closes.
        optional ends: DateTime<Utc> = instant,
        /// The byline, by default the token's display name.
        optional author: String = line,
        /// The post's date, by default now; never in the future.
        optional published_at: DateTime<Utc> = instant,
        /// Saved but not published.
        optional draft: bool = flag,
        /// A first update.
        optional update: NewUpdate = body,
        /// Allow another maintenance of the same components at the same time.
        optional overlap: bool = flag,
        /// Post it even if the same was posted within the last 15 minutes. By default that is refused
        /// (409, with the earlier post under `first`), but with an `Idempotency-Key` only the key
        /// decides. `false` always refuses it.
        optional again: bool = flag,
        /// Whether subscribers are told. By default they are, but not of what is dated back by more
        /// than an hour. `false` tells nobody, `true` tells them anyway.
        optional notify: bool = flag,
    }
}

request! {
    /// A correction of an incident's post: what is left out stays. Only updates change the phase.
    #[derive(Default)]
    pub struct EditIncident {
        refused phase = "only an update changes the phase; add one",
        refused update = "a PATCH corrects the post; add an update with POST …/updates",
        /// Its headline.
        #[schema(min_length = 1, max_length = 200)]
        replaced title: String = line,
        /// The post, without its updates.
        replaced markdown: String = text,
        /// What kind of post it is.
        #[schema(schema_with = words::kind)]
        replaced kind: Kind = kind,
        /// How bad it is; `null` follows the worst state it ever set.
        #[schema(schema_with = words::impact_or_null)]
        edited impact: Impact = impact,
        /// All that the post says about components, replacing what it said before.
        #[schema(schema_with = words::settings)]
        replaced components: ComponentSettings = settings,
        /// For a maintenance: when its window opens.
        edited starts: DateTime<Utc> = instant,
        /// For a maintenance: when its window closes.
        edited ends: DateTime<Utc> = instant,
        /// The byline; `null` for the site's name.
        edited author: String = line,
        /// The post's date; never in the future.
        replaced published_at: DateTime<Utc> = instant,
        /// `false` publishes a draft.
        replaced draft: bool = flag,
        /// Allow another maintenance of the same components at the same time.
        replaced overlap: bool = flag,
        /// Whether subscribers are told. By default they are when a draft is published, and not of a
        /// correction. `false` tells nobody, `true` tells them anyway.
        replaced notify: bool = flag,
    }
}
