//! Finds the known word that is nearest to a misspelt one.

/// The one of `known` that `word` was probably meant to be, if one is near enough. Case is ignored;
/// of equally near words, the first counts.
///
/// About one letter in three may be wrong, but no more than three, and none in a word of one or two
/// letters. Beyond that, a short word is near to any other, and a long one to words that mean
/// something else.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 100 {
        return None;
    }
    let word = word.to_lowercase();
    let most = match word.chars().count() {
        0..=2 => 0,
        3..=5 => 1,
        6..=9 => 2,
        _ => 3,
    };
    known
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&candidate.to_lowercase(), &word);
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(known: &[&str], rows: &[(&str, Option<&str>)]) {
        for (word, meant) in rows {
            assert_eq!(nearest(word, known.iter().copied()), *meant, "{word}");
        }
    }

    #[test]
    fn keys_of_files_are_found() {
        check(
            &["title", "date", "kind", "components", "author"],
            &[
                ("titel", Some("title")),
                ("Title", Some("title")),
                ("dtae", Some("date")),
                ("dt", None),
                ("component", Some("components")),
                ("compnets", Some("components")),
                ("comets", None),
                ("colour", None),
            ],
        );
    }

    #[test]
    fn fields_and_parameters_of_requests_are_found() {
        check(
            &["to", "from", "at", "markdown"],
            &[
                ("form", Some("from")),
                ("mrkdwn", Some("markdown")),
                ("TO", Some("to")),
                ("t", None),
                ("on", None),
            ],
        );
    }

    #[test]
    fn states_and_components_of_requests_are_found() {
        check(
            &["migrating", "under_maintenance", "selma", "ns1", "ns2"],
            &[
                ("migratng", Some("migrating")),
                ("mgrtng", None),
                ("undermaintenance", Some("under_maintenance")),
                ("undr_mntenanc", None),
                ("slma", Some("selma")),
                ("slam", None),
                // Of several that are equally near, the first.
                ("ns3", Some("ns1")),
                ("ns", None),
            ],
        );
    }

    #[test]
    fn phases_are_found() {
        check(
            &["investigating", "monitoring", "resolved", "fixed"],
            &[
                ("monitorng", Some("monitoring")),
                ("resovled", Some("resolved")),
                ("solved", Some("resolved")),
                ("investigate", Some("investigating")),
                ("fixd", Some("fixed")),
                ("fix", None),
                ("mxed", None),
                ("monitor", None),
            ],
        );
    }

    #[test]
    fn a_text_is_no_misspelt_word() {
        let text = "selma ".repeat(20);
        assert_eq!(nearest(&text, [text.as_str()]), None);
    }
}
