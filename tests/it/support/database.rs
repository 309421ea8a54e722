//! Separate databases for tests.

/// The URL of an empty database. `folder` belongs to one test world: it holds the file or names it.
pub(crate) async fn new_database(folder: &std::path::Path) -> String {
    match option_env_database() {
        None => format!("sqlite:{}", folder.join("test.db").display()),
        Some(server) => new_schema(&server, folder).await,
    }
}

/// The PostgreSQL server for the second run of the suite.
pub(crate) fn option_env_database() -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "which engine to test is the runner's to say"
    )]
    std::env::var("LIGHTSHIP_TEST_DATABASE").ok()
}

async fn new_schema(server: &str, unique: &std::path::Path) -> String {
    sqlx::any::install_default_drivers();
    let name = unique
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name")
        .replace(|c: char| !c.is_ascii_alphanumeric(), "_")
        .to_lowercase();
    let schema = format!("test{name}");
    let pool = sqlx::AnyPool::connect(server)
        .await
        .expect("the server answers");
    let statement = format!("create schema {schema}");
    sqlx::query(sqlx::AssertSqlSafe(statement))
        .execute(&pool)
        .await
        .expect("a schema");
    pool.close().await;
    format!("{server}?options=-csearch_path%3D{schema}")
}
