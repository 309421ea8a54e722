//! Files to domain values and back. Reading never fails and never stops at the first problem.

pub mod addresses;
#[cfg(test)]
mod advice_tests;
#[cfg(test)]
mod as_found_tests;
pub mod component_group;
mod component_word;
pub mod compose;
mod digest;
pub mod entry_place;
mod file_name;
mod file_parts;
mod files;
mod folder;
mod folder_context;
mod front_matter;
mod ids;
mod incident_file;
mod pictures;
pub mod problem;
mod site_file;
pub mod stillness;
mod template_file;
#[cfg(test)]
mod tests;
mod toml_table;
mod underline;
pub mod update_entries;
mod written_time;
mod yaml;
mod yaml_help;

pub use self::digest::digest_folder;
pub use self::files::MAX_FILE_BYTES;
pub use self::folder::{Content, read_folder, read_folder_but};
pub use self::folder_context::KnownSite;
pub use self::ids::{FileIds, IdWriter};
pub use self::incident_file::{IncidentFile, SlugSource};
pub use self::site_file::{ComponentEntry, SiteFile};
