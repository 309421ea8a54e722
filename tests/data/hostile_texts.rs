//! Texts made to cost much: what the test and the bench of Markdown try.

/// Names and texts, each of some `size` bytes.
pub(super) fn texts(size: usize) -> Vec<(&'static str, String)> {
    let repeated = |text: &str, size: usize| text.repeat(size / text.len());
    // Two blanks more a line: the square of their number is what they take.
    let lists: String = (0..(size / 10).isqrt() * 10)
        .map(|depth| format!("{}- x\n", "  ".repeat(depth)))
        .collect();
    vec![
        ("quotes", repeated(">", size / 2)),
        ("quotes with text", format!("{}x", repeated("> ", size / 2))),
        ("lists on a line", format!("{}x", repeated("- ", size / 5))),
        ("lists", lists),
        ("emphasis", repeated("*a ", size)),
        (
            "emphasis, both ends",
            format!(
                "{}x{}",
                repeated("*a **a ", 2 * size),
                repeated("** *", size)
            ),
        ),
        ("brackets", repeated("[", size)),
        ("links", repeated("[a](b", size)),
        ("pictures", repeated("![", size)),
        ("raw opening tags", repeated("<div>", size)),
        (
            "raw formatting",
            format!(
                "{}{}",
                repeated("<b title=1>", size),
                repeated("<p>x", size)
            ),
        ),
        ("raw unfinished tags", repeated("<a \"", size)),
        (
            "raw angle brackets in a block",
            format!("<div>\n{}", repeated("<a b=", size)),
        ),
        (
            "comments without end",
            format!("<div>\n{}", repeated("<!-", size)),
        ),
        ("tables", format!("a|b\n-|-\n{}", repeated("x|y\n", size))),
        (
            "footnotes",
            (0..size / 33)
                .map(|n| format!("a[^{n}]\n\n[^{n}]: b\n\n"))
                .collect(),
        ),
        ("headings", repeated("# a\n\n", size * 2 / 5)),
        ("code", repeated("`", size)),
        ("backslashes", repeated("\\", size)),
        ("entities", repeated("&amp", 3 * size)),
        ("one long word", repeated("x", size)),
        (
            "control characters",
            repeated("\u{0}\u{1b}\u{202e}x ", size),
        ),
    ]
}
