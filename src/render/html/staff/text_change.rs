//! What an edit did to a text: the unchanged parts at both ends, what was removed, what was added.

/// A part of an edited text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Unchanged text; a long one is shortened.
    Same(String),
    /// Removed text.
    Gone(String),
    /// Added text.
    New(String),
}

/// How much unchanged text is shown around an edit, in characters.
const AROUND: usize = 60;

/// The pieces of an edit, cut between words.
pub fn pieces(before: &str, after: &str) -> Vec<Piece> {
    let (old, new) = (words(before), words(after));
    let shorter = old.len().min(new.len());
    let start = (0..shorter)
        .take_while(|index| old[*index] == new[*index])
        .count();
    let end = (1..=shorter - start)
        .take_while(|back| old[old.len() - back] == new[new.len() - back])
        .count();
    let gone = old[start..old.len() - end].concat();
    let added = new[start..new.len() - end].concat();
    let found = [
        Piece::Same(the_end_of(&new[..start].concat())),
        Piece::Gone(gone),
        Piece::New(added),
        Piece::Same(the_start_of(&new[new.len() - end..].concat())),
    ];
    let is_empty = |piece: &Piece| match piece {
        Piece::Same(text) | Piece::Gone(text) | Piece::New(text) => text.is_empty(),
    };
    found.into_iter().filter(|piece| !is_empty(piece)).collect()
}

/// The words of a text, each with the white space behind it.
fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(char::is_whitespace).collect()
}

fn the_end_of(text: &str) -> String {
    let count = text.chars().count();
    if count <= AROUND {
        return text.to_owned();
    }
    let end: String = text.chars().skip(count - AROUND).collect();
    format!("…{end}")
}

fn the_start_of(text: &str) -> String {
    if text.chars().count() <= AROUND {
        return text.to_owned();
    }
    let start: String = text.chars().take(AROUND).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_marked() {
        let check = |before: &str, after: &str, expected: &str| {
            let told: Vec<_> = pieces(before, after)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Same(text) => format!("={text}"),
                    Piece::Gone(text) => format!("-{text}"),
                    Piece::New(text) => format!("+{text}"),
                })
                .collect();
            assert_eq!(told.join("|"), expected, "{before:?} {after:?}");
        };
        check(
            "Mail is dwon now.",
            "Mail is down now.",
            "=Mail is |-dwon |+down |=now.",
        );
        check("", "Degraded", "+Degraded");
        check("Degraded", "", "-Degraded");
        check("a b", "a b", "=a b");
        check("a a", "a a a", "=a |+a |=a");
        check("x", "x y", "-x|+x y");
        check("", "", "");
        let long = "word ".repeat(40);
        let pieces = pieces(&format!("{long}old"), &format!("{long}new"));
        let first = &pieces[0];
        assert!(matches!(first, Piece::Same(text) if text.starts_with('…') && text.len() < 80));
    }
}
