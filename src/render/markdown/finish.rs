//! The last touch on sanitised HTML: elements that lack what they are nothing without.

/// Sanitised HTML in which a link that lost its address is no link, a picture that lost its
/// source is gone, as is a link without words or a time that machines can't read, and every
/// picture has a text in its place.
///
/// The sanitiser writes attributes in one form only, with `"` inside a value escaped, so that
/// looking for their names is enough.
pub(super) fn finished(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    // Of each time that is open: whether its tag was written.
    let mut times: Vec<bool> = Vec::new();
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let length = rest.find('>').map_or(rest.len(), |end| end + 1);
        let (tag, after) = rest.split_at(length);
        rest = after;
        let has = |attribute: &str| tag.contains(attribute);
        // Nobody can follow a link that nobody sees.
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
