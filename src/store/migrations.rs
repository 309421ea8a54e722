//! The migrations, built into the program. Each is a file in `migrations/` and a line here.

use std::sync::LazyLock;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

macro_rules! migrations {
    ($($version:literal $name:literal),* $(,)?) => {
        &[$((
            $version,
            $name,
            include_str!(concat!("../../migrations/", $version, "_", $name, ".sql")),
        )),*]
    };
}

/// Version, name and SQL of each migration.
const MIGRATIONS: &[(&str, &str, &str)] = migrations![
    "0001" "foundation",
    "0002" "maintenance",
    "0003" "sessions",
    "0004" "templates",
    "0005" "since",
    "0006" "operations",
    "0007" "claims",
    "0008" "items",
    "0009" "standing",
    "0010" "facts",
    "0011" "delivery",
    "0012" "due",
    "0013" "calendars",
    "0014" "channels",
    "0015" "releases",
];

/// All migrations. `sqlx::migrate!` would do the same, but it compiles all of sqlx with both
/// database drivers a second time.
pub(super) static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| {
    let known = MIGRATIONS.iter().map(|(version, name, sql)| {
        let version = version.parse().unwrap_or(i64::MAX);
        let kind = MigrationType::Simple;
        Migration::new(version, (*name).into(), kind, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(known.collect())
});

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[tokio::test]
    async fn each_file_is_in_the_program_as_sqlx_reads_it() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let read = Migrator::new(folder).await.expect("they can be read");
        let seen = |migrator: &Migrator| -> Vec<(i64, String, Vec<u8>)> {
            let parts = |m: &Migration| (m.version, m.description.to_string(), m.checksum.to_vec());
            migrator.iter().map(parts).collect()
        };
        assert_eq!(seen(&MIGRATOR), seen(&read));
    }

    #[test]
    fn each_migration_names_the_oldest_release_that_may_run_on_it() {
        for (version, name, sql) in &MIGRATIONS[14..] {
            let number: u32 = version.parse().expect("a number");
            let names = format!("values ('oldest_release.{number}', '");
            assert!(sql.contains(&names), "{version}_{name}.sql lacks: {names}");
        }
        assert_eq!(MIGRATIONS[14].0, "0015");
    }
}
