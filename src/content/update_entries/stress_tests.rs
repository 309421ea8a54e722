//! Bodies that nobody would type: the reader ends, doesn't panic, and gives the same result twice.

use super::tests::{cases, read_as};

const NOW: &str = "2030-01-01T00:00:00Z";

/// A sequence of pseudo-random numbers, the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let high = usize::try_from(self.0 >> 33).unwrap_or_default();
        high % limit.max(1)
    }

    /// A boundary between two characters.
    fn boundary(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

const PIECES: [&str; 48] = [
    "UPDATE",
    "Update ",
    "**",
    "*",
    "_",
    "`",
    "```",
    "\n",
    "\n\n",
    "\r\n",
    "# ",
    "---\n",
    "- ",
    "> ",
    "    ",
    "| ",
    "<b>",
    "</b>",
    "<br>",
    "<!-- ",
    " -->",
    "<!-- end of update -->",
    "<!-- text -->\n",
    "<!-- end of text -->\n",
    "<div>",
    "[",
    "]",
    "(",
    ")",
    "]:",
    ":",
    " – ",
    "-",
    "/",
    "2:15",
    " MST",
    "2/26/13",
    "26. Februar",
    "pm",
    "13",
    "999999999999",
    "🚨",
    "\u{a0}",
    "\u{301}",
    "\u{202e}",
    "\0",
    "&nbsp;",
    "{{< track \"2013-02-26 02:15\" >}}",
];

fn mutate(body: &str, others: &[String], dice: &mut Dice) -> String {
    let mut text = body.to_owned();
    for _ in 0..=dice.below(6) {
        let (a, b) = (dice.boundary(&text), dice.boundary(&text));
        let (from, to) = (a.min(b), a.max(b));
        match dice.below(5) {
            0 => text.insert_str(from, PIECES[dice.below(PIECES.len())]),
            1 => text.replace_range(from..text.floor_char_boundary(to.min(from + 12)), ""),
            2 => {
                let copy = text[from..to].to_owned();
                text.insert_str(a, &copy);
            }
            3 => {
                let other = &others[dice.below(others.len())];
                let (a, b) = (dice.boundary(other), dice.boundary(other));
                text.insert_str(from, &other[a.min(b)..a.max(b)]);
            }
            _ => text.insert_str(
                from,
                &PIECES[dice.below(PIECES.len())].repeat(dice.below(40)),
            ),
        }
    }
    text
}

/// How many mutations are read.
const ROUNDS: usize = 4_000;

#[test]
fn nothing_that_is_typed_stops_the_reader() {
    let cases: Vec<_> = cases().collect();
    let body = |case: &serde_json::Value| case["body"].as_str().unwrap_or_default().to_owned();
    let bodies: Vec<String> = cases.iter().map(body).collect();
    let mut dice = Dice(20_130_226);
    let mut entries = 0;
    for round in 0..ROUNDS {
        let index = round % cases.len();
        let text = mutate(&bodies[index], &bodies, &mut dice);
        let reading = read_as(&cases[index], &text, NOW, &[]);
        let lines = text.lines().count() + text.matches('\r').count() + 1;
        for entry in &reading.entries {
            assert!((1..=lines).contains(&entry.line), "{text:?}");
        }
        for problem in &reading.problems {
            assert!(
                !problem.message.is_empty() && problem.line <= lines,
                "{text:?}"
            );
            assert!(!problem.render("content", true).is_empty());
        }
        entries += reading.entries.len();
        assert_eq!(reading, read_as(&cases[index], &text, NOW, &[]), "{text:?}");
    }
    assert!(
        entries > ROUNDS / 4,
        "only {entries} entries: too much was broken"
    );
}

#[test]
fn large_bodies_are_read_to_their_end() {
    let case = serde_json::json!({"zone": "America/Denver", "post": "2013-02-26 01:00"});
    let end = "\n\nUPDATE (2/26/13 – 2:15 MST): Mail is up.";
    for (what, piece, size) in [
        ("labels", "UPDATE ", 1_000_000),
        ("labels and colons", "UPDATE: ", 1_000_000),
        ("times", "2:15 ", 500_000),
        ("asterisks", "*", 100_000),
        ("asterisks and words", "**a ", 200_000),
        ("underscores", "_a", 200_000),
        ("headings", "# a\n", 200_000),
        ("headings that are entries", "# UPDATE 02:15\n", 200_000),
        ("items", "- a\n", 200_000),
        ("entries", "UPDATE 02:15 MST: a\n\n", 200_000),
        ("days", "2013-02-26\n\n", 200_000),
        ("brackets", "[", 100_000),
        ("pairs of brackets", "[a](", 100_000),
        ("code", "`a", 100_000),
        ("comments", "<!-- id: a -->\n\n", 200_000),
        ("open comments", "<!-- ", 200_000),
        ("ends of updates", "<!-- end of update -->\n\n", 200_000),
        ("texts", "<!-- text -->\n", 200_000),
        ("tags", "<b>", 200_000),
        ("quotes", "> ", 20_000),
        ("rules", "---\n\n", 200_000),
        ("tables", "|a|b|\n|---|---|\n", 200_000),
        ("entities", "&nbsp;", 200_000),
        ("link definitions", "[a]: b\n", 200_000),
        ("figures", "1", 200_000),
        ("dates", "2/26/", 200_000),
        ("tracks", "{{< track ", 200_000),
    ] {
        let body = piece.repeat(size / piece.len()) + end;
        let reading = read_as(&case, &body, NOW, &[]);
        assert!(
            reading.problems.len() < 250,
            "{what}: {}",
            reading.problems.len()
        );
        let swallows = matches!(what, "open comments" | "quotes");
        let found = reading
            .entries
            .iter()
            .any(|entry| entry.markdown == "Mail is up.");
        assert!(found || swallows, "{what}");
    }
}
