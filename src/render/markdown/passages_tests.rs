//! What a text becomes as passages.

use super::PassageKind;
use crate::render::markdown::passages;

/// Passages on one line each: the kind, the depth, `>` if quoted, and spans with their looks.
fn told(markdown: &str) -> Vec<String> {
    let page = "https://status.example.com/incidents/a";
    let passages = passages(markdown, page);
    let told = passages.iter().map(|passage| {
        let kind = match passage.kind {
            PassageKind::Paragraph => "p".to_owned(),
            PassageKind::Heading => "h".to_owned(),
            PassageKind::Item(None) => "-".to_owned(),
            PassageKind::Item(Some(number)) => format!("{number}."),
            PassageKind::Row => "row".to_owned(),
            PassageKind::Code => "code".to_owned(),
            PassageKind::Rule => "rule".to_owned(),
        };
        let quote = if passage.is_quoted { ">" } else { "" };
        let spans = passage.spans.iter().map(|span| {
            let style = span.style;
            let looks = [
                (style.is_strong, "b"),
                (style.is_emphasis, "i"),
                (style.is_struck, "s"),
                (style.is_code, "c"),
            ];
            let looks = looks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark);
            let looks: String = looks.collect();
            let url = span.url.as_deref().map(|url| format!("({url})"));
            format!("{looks}[{}]{}", span.text, url.unwrap_or_default())
        });
        let spans: String = spans.collect();
        format!("{quote}{kind}{} {spans}", passage.depth)
    });
    told.collect()
}

#[track_caller]
fn check(markdown: &str, wanted: &[&str]) {
    assert_eq!(told(markdown), wanted, "{markdown}");
}

#[test]
fn looks_and_links_stay() {
    check(
        "Mail *is* **up**\nand `a<b` ~~not~~ [here](/x).\\\nNext.",
        &["p0 [Mail ]i[is][ ]b[up][ and ]c[a<b][ ]s[not][ ]\
           [here](https://status.example.com/x)[.\nNext.]"],
    );
    check(
        "# Why\n\nBecause.\n\n---\n\n> b\n",
        &["h0 [Why]", "p0 [Because.]", "rule0 ", ">p0 [b]"],
    );
    check("```\n a  b\n\n c\n```", &["code0 [ a  b\n\n c]"]);
    check(
        "| a | b |\n|---|---|\n| 1 | 2 |",
        &["row0 b[a][ | ]b[b]", "row0 [1 | 2]"],
    );
}

#[test]
fn lists_are_flat() {
    check(
        "3. a\n4. b\n   - c\n\n     d\n5. e\n\nf",
        &[
            "3.1 [a]", "4.1 [b]", "-2 [c]", "p2 [d]", "5.1 [e]", "p0 [f]",
        ],
    );
}

#[test]
fn a_link_never_says_that_it_leads_elsewhere() {
    check(
        "[https://good.example](https://bad.example)",
        &["p0 [https://good.example ][https://bad.example](https://bad.example)"],
    );
    check(
        "https://a.example/b",
        &["p0 [https://a.example/b](https://a.example/b)"],
    );
    check("[a@b.example](mailto:a@b.example)", &["p0 [a@b.example]"]);
    check("[us](mailto:a@b.example)", &["p0 [us (a@b.example)]"]);
    check("[x](javascript:x())", &["p0 [x]"]);
    check(
        "![A disk](media/d.png)",
        &["p0 [[A disk]](https://status.example.com/media/d.png)"],
    );
}

#[test]
fn what_turns_or_steers_is_gone() {
    check("a\u{202e}b\u{2066}\u{7}\u{1b}[2Jc", &["p0 [ab[2Jc]"]);
    check("a<b onclick=x()>b</b> &lt;", &["p0 [a]b[b][ <]"]);
    check("", &[]);
}
