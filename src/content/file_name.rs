//! What a file's name says: its words, and the day before them.

use chrono::NaiveDate;

/// A file's name without folder and extension.
pub(super) fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// A name without the date at its beginning.
pub(super) fn undated(stem: &str) -> &str {
    let date = stem.get(..11).filter(|date| {
        date.bytes().enumerate().all(|(index, b)| match index {
            4 | 7 => b == b'-',
            10 => matches!(b, b'-' | b'_' | b' '),
            _ => b.is_ascii_digit(),
        })
    });
    date.and_then(|date| stem.get(date.len()..))
        .filter(|rest| !rest.is_empty())
        .unwrap_or(stem)
}

/// The day at the beginning of a file's name: `2013-02-26-selma.md`, `2013-02-26.md`.
pub(super) fn day(file: &str) -> Option<NaiveDate> {
    let stem = stem(file);
    let goes_on = stem.as_bytes().get(10).is_some_and(u8::is_ascii_digit);
    let day = stem.get(..10).filter(|_| !goes_on)?;
    day.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slug_is_the_name_without_its_date() {
        for (file, slug) in [
            ("incidents/2013-02-26-selma-nelson.md", "selma-nelson"),
            ("incidents/selma.MD", "selma"),
            ("incidents/2013-02-26.md", "2013-02-26"),
            ("incidents/2013-02-26-.md", "2013-02-26-"),
            ("incidents/2013-2-26-selma.md", "2013-2-26-selma"),
            ("incidents/2013-02-26_Selma 1.2.md", "Selma 1.2"),
        ] {
            assert_eq!(undated(stem(file)), slug);
        }
    }

    #[test]
    fn the_day_is_the_one_before_the_words() {
        for (file, wanted) in [
            ("incidents/2013-02-26-selma.md", Some("2013-02-26")),
            ("incidents/2013-02-26 selma.md", Some("2013-02-26")),
            ("incidents/2013-02-26.md", Some("2013-02-26")),
            ("incidents/2013-02-30-selma.md", None),
            ("incidents/2013-02-261.md", None),
            ("incidents/selma.md", None),
            ("incidents/störung-2013-02-26.md", None),
        ] {
            assert_eq!(day(file).map(|day| day.to_string()).as_deref(), wanted);
        }
    }
}
