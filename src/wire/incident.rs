//! Incidents on the wire; [`IncidentBody`] is also the public `/incidents/{slug}.json`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::{self, Body, Fields};
use super::instant;
use super::setting::Settings;
use super::update::{LastStates, NewUpdate, UpdateBody};
use super::values;
use super::words;
use crate::domain::incident::{Impact, Kind};
use crate::domain::slug::Slug;
use crate::domain::update::{Phase, Source};

/// A post about something that affects customers, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
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

/// Incidents, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentList {
    /// The incidents.
    pub incidents: Vec<IncidentBody>,
}

/// A new incident.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIncident {
    /// Its headline; its slug is made from it.
    #[schema(
        example = "Selma is down",
        min_length = 1,
        max_length = 200,
        pattern = r"\S"
    )]
    pub title: String,
    /// The post. UPDATE entries in it are read as in a file.
    #[schema(required = false)]
    pub markdown: String,
    /// What kind of post it is; by default a disruption.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = words::kind)]
    pub kind: Option<Kind>,
    /// Where it stands; by default `investigating`, of a maintenance `scheduled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = words::phase)]
    pub phase: Option<Phase>,
    /// How bad it is; by default, taken from the worst state it sets.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = words::impact_or_null)]
    pub impact: Option<Impact>,
    /// Components by slug, each with a state, a state and a note, or `null` to leave its state
    /// unchanged. Of a maintenance: what they take when its window opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = words::settings)]
    pub components: Option<Settings>,
    /// For a maintenance: when its window opens.
    #[serde(skip_serializing_if = "Option::is_none", with = "instant::nullable")]
    pub starts: Option<DateTime<Utc>>,
    /// For a maintenance: when its window closes.
    #[serde(skip_serializing_if = "Option::is_none", with = "instant::nullable")]
    pub ends: Option<DateTime<Utc>>,
    /// The byline, by default the token's display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The post's date, by default now; never in the future.
    #[serde(skip_serializing_if = "Option::is_none", with = "instant::nullable")]
    pub published_at: Option<DateTime<Utc>>,
    /// Saved but not published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<bool>,
    /// A first update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<NewUpdate>,
    /// Allow another maintenance of the same components at the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlap: Option<bool>,
    /// Post it even if the same was posted within the last 15 minutes. By default that is refused
    /// (409, with the earlier post under `first`), but with an `Idempotency-Key` only the key
    /// decides. `false` always refuses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again: Option<bool>,
}

impl Body for NewIncident {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let title = fields.required("title", values::line);
        let markdown = fields
            .optional("markdown", values::text)
            .unwrap_or_default();
        let kind = fields.optional("kind", values::kind);
        let phase = fields.optional("phase", values::phase);
        let impact = fields.optional("impact", values::impact);
        let components = fields.optional("components", values::settings);
        let starts = fields.optional("starts", values::instant);
        let ends = fields.optional("ends", values::instant);
        let author = fields.optional("author", values::line);
        let published_at = fields.optional("published_at", values::instant);
        let draft = fields.optional("draft", values::flag);
        let update = fields.optional("update", fields::body::<NewUpdate>);
        let overlap = fields.optional("overlap", values::flag);
        let again = fields.optional("again", values::flag);
        Some(Self {
            title: title?,
            markdown,
            kind,
            phase,
            impact,
            components,
            starts,
            ends,
            author,
            published_at,
            draft,
            update,
            overlap,
            again,
        })
    }
}

/// A correction of an incident's post: what is left out stays. Only updates change the phase.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditIncident {
    /// Its headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    pub title: Option<String>,
    /// The post, without its updates.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub markdown: Option<String>,
    /// What kind of post it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = words::kind)]
    pub kind: Option<Kind>,
    /// How bad it is; `null` follows the worst state it ever set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = words::impact_or_null)]
    pub impact: Option<Option<Impact>>,
    /// All that the post says about components, replacing what it said before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = words::settings)]
    pub components: Option<Settings>,
    /// For a maintenance: when its window opens.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "instant::editable::serialize"
    )]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub starts: Option<Option<DateTime<Utc>>>,
    /// For a maintenance: when its window closes.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "instant::editable::serialize"
    )]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub ends: Option<Option<DateTime<Utc>>>,
    /// The byline; `null` for the site's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub author: Option<Option<String>>,
    /// The post's date; never in the future.
    #[serde(skip_serializing_if = "Option::is_none", with = "instant::nullable")]
    #[schema(nullable = false)]
    pub published_at: Option<DateTime<Utc>>,
    /// `false` publishes a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub draft: Option<bool>,
    /// Allow another maintenance of the same components at the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub overlap: Option<bool>,
}

impl Body for EditIncident {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.refused("phase", "only an update changes the phase; add one");
        fields.refused(
            "update",
            "a PATCH corrects the post; add an update with POST …/updates",
        );
        Some(Self {
            title: fields.replaced("title", values::line),
            markdown: fields.replaced("markdown", values::text),
            kind: fields.replaced("kind", values::kind),
            impact: fields.edited("impact", values::impact),
            components: fields.replaced("components", values::settings),
            starts: fields.edited("starts", values::instant),
            ends: fields.edited("ends", values::instant),
            author: fields.edited("author", values::line),
            published_at: fields.replaced("published_at", values::instant),
            draft: fields.replaced("draft", values::flag),
            overlap: fields.replaced("overlap", values::flag),
        })
    }
}
