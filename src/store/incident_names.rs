//! Incidents by what they are or were called.

use super::error::StoreError;
use super::row::text;
use super::tx::Tx;

/// So many incidents at most are found by a part of their names.
const FOUND: i64 = 50;

/// The ids of the incidents that are or were named so: by id, slug or former slug; if there is none,
/// those that have it in their title or slug, in any case, the newest first.
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
    // One of the databases makes only ASCII small.
    .bind(pattern(&named.to_ascii_lowercase()))
    .bind(FOUND)
    .fetch_all(&mut tx.inner)
    .await?;
    rows.iter().map(|row| text(row, "id")).collect()
}

/// What holds the text anywhere; signs in it mean themselves.
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
