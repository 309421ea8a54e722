//! The last step for sanitised HTML: it repairs elements that lost an essential attribute.

/// Finishes sanitised HTML. A link without an address becomes text. A picture without a source, a
/// link without words and a time that machines can't read are removed. Every picture gets an
/// alternative text.
///
/// The sanitiser writes attributes in one form only and escapes `"` in values, so it is enough to
/// search for their names.
pub(super) fn finished(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    // For each open `time`: whether its tag was written.
    let mut times: Vec<bool> = Vec::new();
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let length = rest.find('>').map_or(rest.len(), |end| end + 1);
        let (tag, after) = rest.split_at(length);
        rest = after;
        let has = |attribute: &str| tag.contains(attribute);
        // Nobody can follow an invisible link.
        if tag.starts_with("<a ")
            && let Some(end) = after.trim_start().strip_prefix("</a>")
        {
            rest = end;
            continue;
        }
        if tag.starts_with("<time") {
            times.push(has(" datetime=\""));
        }
        if tag.starts_with("<time") && !has(" datetime=\"")
            || tag == "</time>" && times.pop() == Some(false)
        {
            continue;
        }
        if tag.starts_with("<a ") && !has(" href=\"") {
            out.push_str("<a>");
        } else if tag.starts_with("<img") && !has(" src=\"") {
        } else if tag.starts_with("<img") && (!has(" alt=\"") || has(" alt=\"\"")) {
            let title = tag.split_once(" title=\"").map_or("", |(_, rest)| rest);
            let words = title.split('"').next().unwrap_or_default();
            let tag = tag.replace(" alt=\"\"", "");
            out.push_str(tag.trim_end_matches('>'));
            out.push_str(&format!(" alt=\"{words}\">"));
        } else {
            out.push_str(tag);
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::finished;

    #[test]
    fn nothing_is_left_that_is_nothing_by_itself() {
        for (html, wanted) in [
            ("<a rel=\"x\">a</a>", "<a>a</a>"),
            ("<a title=\" href=&quot;\">a</a>", "<a>a</a>"),
            ("<a href=\"/\">a</a>", "<a href=\"/\">a</a>"),
            ("<img alt=\"b\">c", "c"),
            ("<img src=\"b\">", "<img src=\"b\" alt=\"\">"),
            (
                "<img src=\"b\" alt=\"\" title=\"c\">",
                "<img src=\"b\" title=\"c\" alt=\"c\">",
            ),
            ("a<a href=\"/\"> \n</a>b", "ab"),
            ("<time>soon</time>", "soon"),
            (
                "<time datetime=\"2013\"><time>a</time></time>",
                "<time datetime=\"2013\">a</time>",
            ),
            ("a &lt; b", "a &lt; b"),
        ] {
            assert_eq!(finished(html), wanted);
        }
    }
}
