//! Lightship: a status page and incident blog in one binary. The rooms, lowest first:

pub mod clock;
pub mod config;
pub mod random;
pub mod telemetry;

pub mod domain;
pub mod metrics;
pub mod urls;
pub mod wire;

pub mod actions;
pub mod content;
pub mod store;

pub mod render;
pub mod site;
pub mod snapshot;

pub mod delivery;
pub mod schedule;

pub mod app;
pub mod cli;
pub mod client;
pub mod web;
