//! The application as readers and staff meet it, one module for each thing they can see.

mod api_client;
mod api_contract;
mod api_incidents;
mod api_requests;
mod api_scopes;
mod api_tokens;
mod api_updates;
mod feeds;
mod history;
mod kill;
mod maintenance;
mod maintenance_steps;
mod never_shown;
mod readers;
mod staff_sessions;
mod support;
mod sync_command;
mod sync_entries;
mod sync_files;
mod sync_folder;
mod sync_shared;
mod sync_site;
mod templates;
mod together;
mod watching;
mod wire;
