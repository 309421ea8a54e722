//! What the words mean. Pure: no I/O, no async, no clock.
//!
//! - **Component**: what customers depend on; has a slug, name, group, description, position.
//! - **Group**: the components under one heading; its slug is made from its name.
//! - **Coverage**: what a calendar or a badge covers: the site, a group or a component.
//! - **State**: what a component is right now; data, built in or defined by the site.
//! - **Tone**: how a state looks; code, matched without a wildcard.
//! - **Change (of state)**: a component took a state at an instant.
//! - **Incident**: a post about something that affects customers.
//! - **Kind**: what sort of post it is: disruption, maintenance, notice.
//! - **Phase**: where an incident stands; only updates change it.
//! - **Update**: one dated entry of an incident.
//! - **Fact**: what an update states without a text; `render` puts it into words.
//! - **Impact**: how bad an incident is.
//! - **Window**: when a maintenance takes place; the clock begins and completes it.
//! - **Plan**: the states that components take while a maintenance runs.
//! - **Giving back**: components return to what they were when an incident is resolved.
//! - **Headline**: how things are, at a glance; a value that `render` puts into a sentence.
//! - **Uptime**: the share of time that a component wasn't down.
//! - **Site**: the company whose page it is.
//! - **Hosting**: what is behind the pages: a server, or only files.
//! - **Brand**: the company's own logo, icon, colour and links on its page.
//! - **Actor**: who made a change; kept in the activity log, never shown in public.
//! - **Event**: what happened, with its facts; one variant per verb.
//! - **Deed**: what was done, as read from an entry of the activity log.
//! - **Activity log**: who did what and when, with what it was before and after; in code, `audit`.
//! - **Byline**: the author shown with a post or an update.
//! - **Template**: a half-written post, prepared before anything breaks.
//! - **Subscriber**: who is told, where, and what they follow.
//! - **Channel**: how news goes out: by mail to people, or to a webhook or chat that staff added.
//! - **Dispatch**: what goes out to subscribers: a fact, never a text.
//! - **Thread**: the dispatches that belong together: of one incident, or of one component.
//! - **Chat service**: where a team reads, such as Slack; a chat address is one place in it.
//! - **Token**: a credential for the admin API, with scopes.

pub mod actor;
pub mod added_channel;
pub mod attempt;
pub mod bounce;
pub mod brand;
pub mod channel_status;
pub mod chat;
pub mod claims;
pub mod component;
pub mod component_name;
pub mod component_order;
pub mod coverage;
pub mod date_order;
pub mod delivery_settings;
pub mod dispatch;
pub mod email_address;
pub mod ending;
pub mod event;
pub mod fact;
pub mod field_change;
pub mod freshness;
pub mod group;
pub mod hash;
pub mod headline;
pub mod hold;
pub mod incident;
pub mod nearest;
pub mod news_kind;
#[cfg(test)]
pub mod numbers;
pub mod permission;
pub mod public_address;
pub mod refusals;
pub mod scope;
pub mod signing;
pub mod site;
pub mod slug;
pub mod staff;
pub mod state;
pub mod subscriber;
pub mod subscriber_status;
pub mod subscription_link;
pub mod template;
pub mod time_style;
pub mod update;
pub mod uptime;
pub mod uuid_text;
pub mod window;
pub mod worst_state;
pub mod zone;
