//! What Markdown is rendered as, and that hostile Markdown does no harm.

use super::*;

#[path = "../../../tests/data/hostile_texts.rs"]
mod hostile;

#[track_caller]
fn check(markdown: &str, html: &str) {
    assert_eq!(to_html(markdown, "p-", 3).as_str().trim_end(), html);
}

#[test]
fn headings_get_levels_without_a_gap_and_ids_that_are_unique() {
    check(
        "## Don't you have a backup?\n\n#### Deep\n\n# Don’t you have a backup?\n\n#",
        "<h3 id=\"p-dont-you-have-a-backup\">Don’t you have a backup? \
         <a class=\"anchor\" href=\"#p-dont-you-have-a-backup\" \
         aria-label=\"Link to “Don’t you have a backup?”\">#</a></h3>\n\
         <h4 id=\"p-deep\">Deep <a class=\"anchor\" href=\"#p-deep\" \
         aria-label=\"Link to “Deep”\">#</a></h4>\n\
         <h3 id=\"p-dont-you-have-a-backup-2\">Don’t you have a backup? \
         <a class=\"anchor\" href=\"#p-dont-you-have-a-backup-2\" \
         aria-label=\"Link to “Don’t you have a backup?”\">#</a></h3>\n\
         <h3 id=\"p-section\"> <a class=\"anchor\" href=\"#p-section\" \
         aria-label=\"Link to “”\">#</a></h3>",
    );
    let html = to_html("# A\n## B\n### C\n#### D\n##### E", "", 4);
    for level in ["<h4", "<h5", "<h6"] {
        assert!(html.as_str().contains(level), "{level} in {html:?}");
    }
    let html = to_html("# a\n\n# a 2\n\n# a\n\n# a", "", 3);
    for id in ["\"a\"", "\"a-2\"", "\"a-3\"", "\"a-4\""] {
        assert_eq!(
            html.as_str().matches(&format!("id={id}")).count(),
            1,
            "{id}"
        );
    }
}

#[test]
fn text_is_set_with_care() {
    check(
        "It's \"fine\" -- ~~not~~ *really*...",
        "<p>It’s “fine” – <del>not</del> <em>really</em>…</p>",
    );
    check(
        "a | b\n--|--:\n1 | 2",
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>\
         <thead><tr><th scope=\"col\">a</th><th scope=\"col\" class=\"right\">b</th></tr></thead>\
         <tbody>\n<tr><td>1</td><td class=\"right\">2</td></tr>\n</tbody></table></div>",
    );
    check(
        "One[^1], again[^1].\n\n[^1]: Note.\n\n[^2]: Loose.",
        "<p>One<sup><a href=\"#p-note-1\" id=\"p-ref-1\" aria-label=\"Footnote 1\">1</a></sup>, \
         again<sup><a href=\"#p-note-1\" aria-label=\"Footnote 1\">1</a></sup>.</p>\n\
         <section class=\"footnotes\"><ol>\n<li id=\"p-note-1\">\n<p>Note.</p>\n\
         <a href=\"#p-ref-1\" aria-label=\"Back to the text\">↩</a></li>\n\
         <li id=\"p-note-2\">\n<p>Loose.</p>\n</li>\n</ol></section>",
    );
    check(
        "```sh\nls <dir>\n```",
        "<pre><code>ls &lt;dir&gt;\n</code></pre>",
    );
}

#[test]
fn links_lead_where_they_should() {
    let out = "rel=\"nofollow noopener\"";
    check(
        "[a](https://example.com \"t\")",
        &format!("<p><a href=\"https://example.com\" title=\"t\" {out}>a</a></p>"),
    );
    check(
        "[a](//example.com)",
        &format!("<p><a href=\"//example.com\" {out}>a</a></p>"),
    );
    check("[a](/history)", "<p><a href=\"/history\">a</a></p>");
    check("[a](other-post)", "<p><a href=\"other-post\">a</a></p>");
    check("[a](#why)", "<p><a href=\"#p-why\">a</a></p>");
    check("[a](#p-why)", "<p><a href=\"#p-why\">a</a></p>");
    check("[a](mailto:a@b.c)", "<p><a href=\"mailto:a@b.c\">a</a></p>");
    check("[a](tel:+1)", "<p><a href=\"tel:+1\">a</a></p>");
    check(
        "![a *b*](../media/c.png \"t\")",
        "<p><img src=\"/media/c.png\" alt=\"a b\" title=\"t\" loading=\"lazy\"></p>",
    );
    check(
        "![a ![b](c) d](media/e.png)",
        "<p><img src=\"/media/e.png\" alt=\"a b d\" loading=\"lazy\"></p>",
    );
    let html = to_html_absolute(
        "# Why\n[a](/b) [c](d) [e](#why) ![f](media/g.png)",
        "https://status.example.com/incidents/x",
        "p-",
    );
    for url in [
        "\"https://status.example.com/b\"",
        "\"https://status.example.com/incidents/d\"",
        "\"https://status.example.com/incidents/x#p-why\"",
        "\"https://status.example.com/media/g.png\"",
    ] {
        assert!(html.as_str().contains(url), "{url} in {html:?}");
    }
}

#[test]
fn raw_html_keeps_what_pages_may_have_and_the_order_of_the_page() {
    check("a <b>b</b> <kbd>c</kbd>", "<p>a <b>b</b> <kbd>c</kbd></p>");
    check(
        "<details><summary>More</summary>\n\n*text*\n\n</details>",
        "<details><summary>More</summary>\n<p><em>text</em></p>\n</details>",
    );
    check("<h1>Big</h1>", "<p>Big</p>");
    check(
        "<b>never closed\n\nnext",
        "<p><b>never closed</b></p>\n<p>next</p>",
    );
    check("1 < 2 <- 3 <3", "<p>1 &lt; 2 &lt;- 3 &lt;3</p>");
    check("<!-- id: 7 -->text", "text");
    check("we removed the <script> tag", "<p>we removed the  tag</p>");
    check(
        "<a href=\"/x\" rel=\"opener\">a</a>",
        "<p><a rel=\"nofollow noopener\" href=\"/x\">a</a></p>",
    );
}

#[test]
fn nothing_that_runs_gets_through() {
    for vector in [
        "<script>alert(1)</script>",
        "a <script>alert(1)</script> b",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<img src=x onerror=alert(1)>",
        "<img src=\"x\" onerror=\"alert(1)\"",
        "<img/src=x/onerror=alert(1)>",
        "<img src=`x`onerror=alert(1)>",
        "<svg onload=alert(1)><circle/></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<iframe src=\"javascript:alert(1)\"></iframe>",
        "<object data=\"javascript:alert(1)\"></object>",
        "<embed src=//evil.example>",
        "<form action=//evil.example><input name=q><button formaction=javascript:alert(1)>x</form>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\" java\nscript:alert(1)\">x</a>",
        "<a href=\"&#106;avascript:alert(1)\">x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#x6A;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:msgbox)",
        "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
        "![x\" onerror=\"alert(1)](y)",
        "![x](y \"\\\" onerror=\\\"alert(1)\")",
        "<javascript:alert(1)>",
        "<p style=\"background:url(javascript:alert(1))\">x</p>",
        "<style>@import '//evil.example';</style>",
        "<link rel=stylesheet href=//evil.example>",
        "<base href=//evil.example>",
        "<meta http-equiv=refresh content=0;url=//evil.example>",
        "<title><a title=\"</title><img src=x onerror=alert(1)>\">",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>",
        "<xmp><p title=\"</xmp><script>alert(1)</script>\">",
        "<div id=main class=skip onclick=alert(1)>x</div>",
        "<template><script>alert(1)</script></template>",
        "<plaintext><script>alert(1)</script>",
        "<!--><script>alert(1)</script>-->",
        "<!-- --!><img src=x onerror=alert(1)> -->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<p title=\"<img src=x onerror=alert(1)>\">x</p>",
        "<time datetime='\" onmouseover=alert(1) x=\"'>x</time>",
        "x[^<script>alert(1)</script>]\n\n[^<script>alert(1)</script>]: y",
        "# <script>alert(1)</script>\n",
        "# x\" onclick=\"alert(1)",
        "```\"onclick=alert(1)\nx\n```",
    ] {
        let html = to_html(vector, "p-", 3);
        let problem = danger(html.as_str());
        assert_eq!(problem, None, "{vector}\nbecame\n{}", html.as_str());
    }
}

/// The first tag or attribute that could be harmful in a browser.
fn danger(html: &str) -> Option<String> {
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let tag = &rest[start + 1..];
        let end = tag.find('>')?;
        let (tag, after) = tag.split_at(end);
        rest = after;
        let name = tag.trim_start_matches('/');
        let name_end = name.find(' ').unwrap_or(name.len());
        let is_heading = ["h3", "h4", "h5", "h6"].contains(&&name[..name_end]);
        if !raw_html::TAGS.contains(&&name[..name_end]) && !is_heading {
            return Some(tag.to_owned());
        }
        // The sanitiser writes every attribute as `name="value"`, quotes inside as `&quot;`.
        for (index, attribute) in tag.split('"').enumerate().filter(|(n, _)| n % 2 == 0) {
            let words = attribute.trim().trim_end_matches('=');
            let words = if index == 0 {
                words.rsplit(' ').next()?
            } else {
                words
            };
            let is_url = ["href", "src"].contains(&words);
            let value = tag.split('"').nth(index + 1).unwrap_or_default();
            let bad_url = is_url
                && value.split_once(':').is_some_and(|(scheme, _)| {
                    !["http", "https", "mailto", "tel"].contains(&scheme)
                        && !scheme.contains(['/', '#', '?'])
                });
            let foreign_id = words == "id" && !value.starts_with("p-");
            let foreign_class = words == "class"
                && !["", "anchor", "scroll", "footnotes", "right"].contains(&value);
            if words.starts_with("on") || words == "style" || bad_url || foreign_id || foreign_class
            {
                return Some(tag.to_owned());
            }
        }
    }
    None
}

#[test]
fn the_watchdog_of_these_tests_barks() {
    for bad in [
        "<script>",
        "<p onclick=\"x\">",
        "<p style=\"x\">",
        "<a title=\"y\" href=\"javascript:x\">",
        "<p id=\"main\">",
        "<p class=\"skip\">",
    ] {
        assert!(danger(bad).is_some(), "{bad}");
    }
    assert_eq!(
        danger("<a href=\"https://example.com\" title=\"onclick=x\">x</a>"),
        None
    );
}

#[test]
fn links_to_hosts_of_any_script_stay() {
    for host in ["bücher.example", "例え.example", "xn--bcher-kva.example"] {
        check(
            &format!("[a](https://{host}/b)"),
            &format!("<p><a href=\"https://{host}/b\" rel=\"nofollow noopener\">a</a></p>"),
        );
    }
}

#[test]
fn ids_written_by_hand_are_dropped_and_made_ones_stand_once() {
    let html = to_html(
        "<p id=\"p-why\">x</p>\n\n# Why\n\n<p id=\"p-why\">y</p>",
        "p-",
        3,
    );
    assert_eq!(html.as_str().matches("id=\"p-why\"").count(), 1, "{html:?}");
    // The same for a raw element that may have an id.
    let html = to_html("# Why\n\n<h4 id=\"p-why\">y</h4>", "p-", 3);
    assert_eq!(html.as_str().matches("id=\"p-why\"").count(), 1, "{html:?}");
}

#[test]
fn hostile_texts_become_pages_of_bounded_depth_and_size() {
    for (name, text) in hostile::texts(25_000) {
        let html = to_html(&text, "p-", 3);
        let _ = plain_text(&text);
        assert!(first_sentences(&text, 200).chars().count() <= 200, "{name}");
        let deep = depth(html.as_str());
        assert!(deep < 150, "{name}: {deep} deep");
        // The ids of headings are the longest additions.
        let (before, after) = (text.len(), html.as_str().len());
        assert!(after < 40 * before, "{name}: {before} bytes became {after}");
    }
}

fn depth(html: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for (index, _) in html.match_indices('<') {
        let tag = &html[index..];
        if tag.starts_with("</") {
            depth = depth.saturating_sub(1);
        } else if !["<br", "<hr", "<img", "<wbr"]
            .iter()
            .any(|void| tag.starts_with(void))
        {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

#[test]
fn plain_text_has_the_words_alone() {
    let check = |markdown: &str, text: &str| assert_eq!(plain_text(markdown), text);
    check(
        "# Title\n\nIt's **up** `now`.\nSoon.",
        "Title\n\nIt’s up now. Soon.",
    );
    check("- a\n- b\n\nc", "- a\n- b\n\nc");
    check("- a\n\n  more\n- b", "- a\n\nmore\n\n- b");
    check("a<br>b <b>c</b> [d](e) ![f](g)", "ab c d f");
    check("a | b\n--|--\n1 | 2", "a b\n1 2");
    check("", "");
}

#[test]
fn summaries_end_where_a_sentence_does() {
    let check = |markdown: &str, max, text: &str| {
        assert_eq!(first_sentences(markdown, max), text);
        assert!(text.chars().count() <= max);
    };
    check(
        "# Head\n\nOne. Two\nthree. Four.\n\nNext.",
        100,
        "One. Two three. Four.",
    );
    check("One is here. Two is longer.", 20, "One is here.");
    check(
        "A. Then comes something that is long.",
        20,
        "A. Then comes…",
    );
    check("Unbrokenwordthatislong", 10, "Unbrokenw…");
    check("# Only a heading", 40, "Only a heading");
    check("Größe: über allem, ja", 13, "Größe: über…");
    check("Version 4.2 is out now", 14, "Version 4.2…");
}

#[test]
fn what_needs_the_page_stays_out_of_feeds() {
    let text =
        "## Backup?\n\n| a |\n|--|\n| b |\n\n![disk](/media/d.png) One[^1].\n\n[^1]: Note.\n";
    let html = to_html_absolute(text, "https://status.example.com/incidents/a", "post-");
    for attribute in PAGE_ATTRIBUTES {
        assert!(
            !html.as_str().contains(&format!(" {attribute}=")),
            "{html:?}"
        );
    }
    assert!(html.as_str().contains("<h3>Backup?</h3>"), "{html:?}");
    assert!(html.as_str().contains("<td>b</td>"), "{html:?}");
}

#[test]
fn a_picture_written_as_html_is_led_to_the_media_folder() {
    let html = to_html("<img src=\"media/x.png\" alt=\"x\">", "", 2);
    let html = html.as_str();
    assert!(html.contains("src=\"/media/x.png\""), "{html}");
}
