//! The sample content, embedded in the binary, so that the demo needs no folder; and a maintenance
//! that only the demo has, because only there is it still in the future.

/// A file of the sample content: its path in the folder, and its text.
type File = (&'static str, &'static str);

macro_rules! file {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../content/", $name)))
    };
}

/// The planned maintenance.
pub(super) const PLANNED: File = (
    "incidents/2013-02-21-new-disks-for-clark.md",
    include_str!("2013-02-21-new-disks-for-clark.md"),
);

/// All files of the sample content.
pub(super) const FILES: [File; 11] = [
    file!("site.toml"),
    file!("incidents/2012-11-13-control-panel-not-loading.md"),
    file!("incidents/2012-12-03-security-updates-for-clark.md"),
    file!("incidents/2012-12-24-telephone-lines-down.md"),
    file!("incidents/2013-01-07-slow-databases-on-nelson.md"),
    file!("incidents/2013-01-09-ruby-is-open.md"),
    file!("incidents/2013-01-23-network-interruption-in-denver.md"),
    file!("incidents/2013-02-05-mail-was-slow-to-arrive.md"),
    file!("incidents/2013-02-11-ssl-for-your-mail.md"),
    file!("incidents/2013-02-23-nelson-ran-out-of-memory.md"),
    file!("incidents/2013-02-26-selma-nelson-blacklists-and-shared-ssl.md"),
];

/// The templates of the sample, which contain no dates.
pub(super) const TEMPLATES: [File; 3] = [
    file!("templates/mail-delayed.md"),
    file!("templates/planned-work.md"),
    file!("templates/server-down.md"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_of_the_sample_is_left_out() {
        for (part, files) in [("incidents", &FILES[1..]), ("templates", &TEMPLATES[..])] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
            let mut found: Vec<String> = std::fs::read_dir(folder.join(part))
                .expect("the sample content")
                .map(|entry| entry.expect("an entry").file_name())
                .map(|name| format!("{part}/{}", name.to_string_lossy()))
                .collect();
            found.sort();
            let carried: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
            assert_eq!(found, carried);
        }
    }
}
