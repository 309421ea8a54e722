//! Reading columns: instants, words and nulls, with an error that names the column.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::error::StoreError;

/// A text.
pub(super) fn text(row: &AnyRow, column: &str) -> Result<String, StoreError> {
    Ok(row.try_get::<String, _>(column)?)
}

/// A text or null.
pub(super) fn text_or_none(row: &AnyRow, column: &str) -> Result<Option<String>, StoreError> {
    Ok(row.try_get::<Option<String>, _>(column)?)
}

/// A long text, borrowed; empty for null.
pub(super) fn long_text<'r>(row: &'r AnyRow, column: &str) -> Result<&'r str, StoreError> {
    Ok(row
        .try_get::<Option<&'r str>, _>(column)?
        .unwrap_or_default())
}

/// A whole number.
pub(super) fn int(row: &AnyRow, column: &str) -> Result<i64, StoreError> {
    Ok(row.try_get::<i64, _>(column)?)
}

/// An instant, stored as milliseconds since 1970 UTC.
pub(super) fn instant(row: &AnyRow, column: &str) -> Result<DateTime<Utc>, StoreError> {
    to_instant(int(row, column)?, column)
}

/// An instant or null.
pub(super) fn instant_or_none(
    row: &AnyRow,
    column: &str,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    row.try_get::<Option<i64>, _>(column)?
        .map(|millis| to_instant(millis, column))
        .transpose()
}

/// A keyword, such as a phase.
pub(super) fn word<T>(
    row: &AnyRow,
    column: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    let found = text(row, column)?;
    parse(&found).ok_or_else(|| unreadable(column, &found))
}

/// A keyword, or null.
pub(super) fn word_or_none<T>(
    row: &AnyRow,
    column: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    text_or_none(row, column)?
        .map(|found| parse(&found).ok_or_else(|| unreadable(column, &found)))
        .transpose()
}

/// The error for a column whose value can't be understood.
pub(super) fn unreadable(column: &str, found: &str) -> StoreError {
    StoreError::Unreadable(format!("{column} is {found:?}"))
}

fn to_instant(millis: i64, column: &str) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| unreadable(column, &millis.to_string()))
}
