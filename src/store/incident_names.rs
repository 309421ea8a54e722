//! Finds incidents by their present and former names.

use super::error::StoreError;
use super::row::text;
use super::tx::Tx;

/// How many incidents a search by a part of a name finds at most.
const FOUND: i64 = 50;

/// The ids of the incidents with this id, slug or former slug. If there are none, those with the
/// text in their title or slug, ignoring case, newest first.
pub async fn list_incidents_named(tx: &mut Tx, named: &str) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(
        "select id from incidents where id = $1 union select id from incidents where slug = $1 \
         union select id from incidents where former_slug = $1 \
         union select incident_id as id from slug_redirects where slug = $1",
    )
    .bind(named)
    .fetch_all(&mut tx.inner)
    .await?;
    if !rows.is_empty() {
        return rows.iter().map(|row| text(row, "id")).collect();
    }
    let rows = sqlx::query(
        "select id from incidents where lower(title) like $1 escape '!' \
         or lower(title) like $2 escape '!' or slug like $1 escape '!' \
         or former_slug like $1 escape '!' order by published_at_ms desc, id desc limit $3",
    )
    .bind(pattern(&named.to_lowercase()))
    // SQLite lowercases only ASCII.
    .bind(pattern(&named.to_ascii_lowercase()))
    .bind(FOUND)
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(|row| text(row, "id")).collect()
}

/// The `like` pattern that finds the text anywhere, with wildcards escaped.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
