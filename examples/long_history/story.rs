//! What happened in the long history.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use lightship::domain::claims::SEQ_STEP;
use lightship::domain::component::{Component, Origin, StateChange};
use lightship::domain::incident::{Incident, Kind};
use lightship::domain::site::{Hosting, SiteSettings};
use lightship::domain::slug::Slug;
use lightship::domain::state::StateKey;
use lightship::domain::update::{Phase, Precision, Source, Update};
use lightship::domain::window::Window;
use lightship::store::incidents::StoredIncident;
use uuid::Uuid;

use crate::dice::Dice;

/// How long a post and an update are, in bytes.
const POST_BYTES: usize = 2_000;
const UPDATE_BYTES: usize = 300;
/// So many of the newest incidents are still open.
const OPEN: usize = 2;

const WORDS: [&str; 48] = [
    "the",
    "server",
    "mail",
    "queue",
    "is",
    "up",
    "again",
    "we",
    "are",
    "copying",
    "files",
    "to",
    "a",
    "new",
    "disk",
    "and",
    "watch",
    "its",
    "temperature",
    "customers",
    "on",
    "this",
    "machine",
    "may",
    "see",
    "slow",
    "pages",
    "until",
    "tonight",
    "backup",
    "restored",
    "from",
    "yesterday",
    "network",
    "card",
    "was",
    "replaced",
    "by",
    "our",
    "team",
    "in",
    "Denver",
    "databases",
    "answer",
    "normally",
    "certificate",
    "next",
    "hour",
];
const NAMES: [&str; 12] = [
    "Selma", "Nelson", "Clark", "Ada", "Grace", "Edith", "Joan", "Mary", "Hedy", "Radia", "Lise",
    "Emmy",
];
const TROUBLE: [&str; 4] = ["degraded", "partial_outage", "major_outage", "migrating"];

/// All that the history is made of.
pub(crate) struct Story {
    pub(crate) seed: u64,
    pub(crate) until: DateTime<Utc>,
    pub(crate) years: i64,
    pub(crate) incidents: usize,
    pub(crate) updates: usize,
    pub(crate) components: usize,
    pub(crate) changes: usize,
}

impl Story {
    fn dice(&self, what: &str, number: usize) -> Dice {
        Dice::of(self.seed, what, number)
    }

    fn begin(&self) -> DateTime<Utc> {
        self.until - Duration::days(365 * self.years)
    }

    /// The site, for what writes files.
    pub(crate) fn site(&self) -> SiteSettings {
        SiteSettings {
            name: "Long history".to_owned(),
            base_url: "https://status.example.com".to_owned(),
            authority: "status.example.com".to_owned(),
            zone: Tz::America__Denver,
            stated_date_order: None,
            stated_clock: None,
            support: None,
            brand: lightship::domain::brand::Brand::default(),
            delivery: Default::default(),
            sends_mail: false,
            hosting: Hosting::Server,
            zones: BTreeMap::new(),
        }
    }

    /// The file that says the same of site and components.
    pub(crate) fn site_toml(&self) -> String {
        let mut text = "name = \"Long history\"\nbase_url = \"https://status.example.com\"\n\
                        time_zone = \"America/Denver\"\n"
            .to_owned();
        for number in 0..self.components {
            let component = self.component(number);
            let group = component.group.unwrap_or_default();
            text.push_str(&format!(
                "\n[[components]]\nslug = \"{}\"\nname = \"{}\"\ngroup = \"{group}\"\n",
                component.slug, component.name
            ));
        }
        text
    }

    /// The name of a component.
    pub(crate) fn name_of(&self, slug: &Slug) -> String {
        let number = slug
            .as_str()
            .rsplit('-')
            .next()
            .and_then(|text| text.parse().ok());
        self.component(number.unwrap_or(0)).name
    }

    /// A component.
    pub(crate) fn component(&self, number: usize) -> Component {
        let name = format!("{} {number}", NAMES[number % NAMES.len()]);
        Component {
            slug: slug(&name),
            name,
            group: Some(format!("Rack {}", number / 50 + 1)),
            description: None,
            position: i64::try_from(number).unwrap_or(0),
            since: None,
            created_at: self.begin(),
            retired_at: None,
            from_file: false,
        }
    }

    /// The numbers of the components that an incident names.
    fn named(&self, number: usize) -> Vec<usize> {
        let mut dice = self.dice("named", number);
        let mut named = Vec::new();
        for _ in 0..=dice.below(3) {
            let component = dice.below(self.components);
            if !named.contains(&component) {
                named.push(component);
            }
        }
        named
    }

    /// The incidents that each component is named by.
    pub(crate) fn incidents_by_component(&self) -> Vec<Vec<usize>> {
        let mut found = vec![Vec::new(); self.components];
        for number in 0..self.incidents {
            for component in self.named(number) {
                found[component].push(number);
            }
        }
        found
    }

    /// The place of an incident's post among all that was ever said.
    fn seq(&self, number: usize) -> i64 {
        i64::try_from(number * (self.updates + 1) + 1).unwrap_or(0) * SEQ_STEP
    }

    fn published_at(&self, number: usize) -> DateTime<Utc> {
        let length = (self.until - self.begin()).num_minutes();
        let place = i64::try_from(number + 1).unwrap_or(0);
        let share = length * place / i64::try_from(self.incidents + 1).unwrap_or(1);
        self.begin() + Duration::minutes(share)
    }

    /// An incident, whole.
    pub(crate) fn incident(&self, number: usize) -> StoredIncident {
        let mut dice = self.dice("incident", number);
        let id = uuid(&mut dice);
        let named = self.named(number);
        let first = self.component(named[0]).name;
        let title = format!(
            "{first}: {} {}",
            dice.one_of(&WORDS),
            dice.one_of(&["trouble", "outage", "errors"])
        );
        let published_at = self.published_at(number);
        let mut incident = Incident {
            slug: slug(&format!("{title} {number}")),
            title,
            kind: Kind::Disruption,
            stated_phase: (self.updates == 0).then_some(Phase::Resolved),
            stated_impact: None,
            author: None,
            published_at,
            precision: Precision::Minute,
            starts: None,
            ends: None,
            summary: None,
            markdown: prose(&mut dice, POST_BYTES),
            mentions: Vec::new(),
            changes: Vec::new(),
            updates: Vec::new(),
            edited_at: None,
            public_at: published_at,
            source: Source::Api,
            draft: false,
            own_item: true,
            id,
        };
        let seq = self.seq(number);
        for (place, component) in named.iter().enumerate() {
            let change = self.change(
                *component,
                dice.one_of(&TROUBLE),
                published_at,
                seq + 1 + count(place),
            );
            incident.changes.push(StateChange {
                incident: Some(incident.id.clone()),
                origin: Origin::Post,
                ..change
            });
        }
        for place in 0..self.updates {
            let update = self.update(&mut dice, number, place, &incident, &named);
            incident.updates.push(update);
        }
        StoredIncident {
            incident,
            seq,
            withdrawn_at: None,
            hidden_at: None,
            file: None,
            fingerprint: None,
            stated: String::new(),
            never_public: false,
        }
    }

    fn update(
        &self,
        dice: &mut Dice,
        number: usize,
        place: usize,
        incident: &Incident,
        named: &[usize],
    ) -> Update {
        let is_open = number + OPEN >= self.incidents;
        let phase = match place {
            _ if place + 1 == self.updates && !is_open => Some(Phase::Resolved),
            0 => Some(Phase::Identified),
            1 => None,
            _ => Some(Phase::Monitoring),
        };
        let at = incident.published_at + Duration::minutes(20 * (count(place) + 1));
        let seq = self.seq(number) + (count(place) + 1) * SEQ_STEP;
        let id = uuid(dice);
        let mut changes = Vec::new();
        if place == 1 {
            changes.push(StateChange {
                incident: Some(incident.id.clone()),
                update: Some(id.clone()),
                origin: Origin::Update,
                note: Some(prose(dice, 40).replace('\n', " ")),
                ..self.change(named[0], "degraded", at, seq + 1)
            });
        }
        Update {
            id,
            at,
            seq,
            precision: Precision::Minute,
            as_written: None,
            phase,
            author: None,
            markdown: prose(dice, UPDATE_BYTES),
            fact: None,
            changes,
            mentions: Vec::new(),
            restore: true,
            window: Window::default(),
            edited_at: None,
            public_at: at,
            source: Source::Api,
        }
    }

    fn change(&self, component: usize, state: &str, at: DateTime<Utc>, seq: i64) -> StateChange {
        StateChange {
            component: self.component(component).slug,
            at,
            seq,
            state: StateKey::new(state),
            note: None,
            incident: None,
            update: None,
            origin: Origin::Request,
            public_at: at,
        }
    }

    /// All that was ever said of a component, by `incidents` too. What was set by hand is over when
    /// the history ends, however long that is.
    pub(crate) fn said(&self, component: usize, incidents: &[usize]) -> Vec<StateChange> {
        let slug = self.component(component).slug;
        let mut explicit = Vec::new();
        for number in incidents {
            let incident = self.incident(*number).incident;
            let own = incident.all_changes();
            explicit.extend(own.filter(|change| change.component == slug).cloned());
        }
        let wanted = self.changes / self.components;
        let others = wanted.saturating_sub(explicit.len() + incidents.len());
        let mut dice = self.dice("by hand", component);
        let minutes = usize::try_from((self.until - self.begin()).num_minutes()).unwrap_or(1);
        let mut seq = self.seq(self.incidents + 1) + count(component * wanted);
        for pair in 0..others.div_ceil(2) {
            let lasts = 5 + dice.below(50);
            let begins = dice.below(minutes.saturating_sub(lasts).max(1));
            let from = self.begin() + Duration::minutes(count(begins));
            let to = from + Duration::minutes(count(lasts));
            let note = (pair % 8 == 0).then(|| prose(&mut dice, 40).replace('\n', " "));
            let begun = self.change(component, dice.one_of(&TROUBLE), from, seq);
            explicit.push(StateChange { note, ..begun });
            explicit.push(self.change(component, "operational", to, seq + 1));
            seq += 2;
        }
        explicit.retain(|change| change.at <= self.until);
        explicit
    }

    /// The id of a change of state.
    pub(crate) fn change_id(&self, component: usize, place: usize) -> String {
        uuid(&mut self.dice("change", component << 32 | place))
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(0)
}

fn slug(text: &str) -> Slug {
    Slug::from_title(text).unwrap_or_else(|| unreachable!("names have letters"))
}

fn uuid(dice: &mut Dice) -> String {
    Uuid::new_v8(dice.bytes()).to_string()
}

/// Sentences and paragraphs of about so many bytes.
fn prose(dice: &mut Dice, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 40);
    while text.len() < bytes {
        let sentence: Vec<&str> = (0..4 + dice.below(10))
            .map(|_| dice.one_of(&WORDS))
            .collect();
        let sentence = sentence.join(" ");
        let (first, rest) = sentence.split_at(1);
        text.push_str(&first.to_uppercase());
        text.push_str(rest);
        text.push_str(if dice.below(6) == 0 { ".\n\n" } else { ". " });
    }
    text.trim_end().to_owned()
}
