//! The last step for the HTML of a message: nothing in it is loaded from anywhere.

use super::attributes::value_in;

/// Sanitised HTML with a link in place of each picture, in brackets. Within a link, only the
/// picture's words stay. The links of footnotes back to the text, which lead to the page, are
/// removed.
///
/// As in `finish.rs`, it is enough to search for the names of attributes.
pub(super) fn without_pictures(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    let mut in_link = false;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let length = rest.find('>').map_or(rest.len(), |end| end + 1);
        let (tag, after) = rest.split_at(length);
        rest = after;
        if tag.starts_with("<a ")
            && let Some(end) = after.strip_prefix("↩</a>")
        {
            rest = end;
        } else if tag.starts_with("<img") {
            out.push_str(&link_to(tag, in_link));
        } else {
            in_link = match tag {
                "</a>" => false,
                _ => in_link || tag.starts_with("<a ") || tag == "<a>",
            };
            out.push_str(tag);
        }
    }
    out.push_str(rest);
    out
}

fn link_to(picture: &str, in_link: bool) -> String {
    let url = value_in(picture, "src");
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default();
    let alt = value_in(picture, "alt");
    let words = [alt.trim(), file, url]
        .into_iter()
        .find(|words| !words.is_empty())
        .unwrap_or_default()
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    match in_link {
        true => format!("[{words}]"),
        false => format!("<a href=\"{url}\">[{words}]</a>"),
    }
}

#[cfg(test)]
mod tests {
    use super::without_pictures;

    #[test]
    fn a_picture_becomes_a_link_to_it() {
        for (html, wanted) in [
            ("a <b>c</b> &lt;", "a <b>c</b> &lt;"),
            (
                "<img src=\"https://e.example/media/d.png?v=1\" alt=\"A &quot;disk&quot;\">!",
                "<a href=\"https://e.example/media/d.png?v=1\">[A &quot;disk&quot;]</a>!",
            ),
            (
                "<img src=\"https://e.example/media/d.png?v=1\" alt=\" \">",
                "<a href=\"https://e.example/media/d.png?v=1\">[d.png]</a>",
            ),
            (
                "<img src=\"https://e.example/\" alt=\"\">",
                "<a href=\"https://e.example/\">[https://e.example/]</a>",
            ),
            (
                "<a href=\"/x\">y <img src=\"z\" alt=\"w\"></a><img src=\"z\" alt=\"w\">",
                "<a href=\"/x\">y [w]</a><a href=\"z\">[w]</a>",
            ),
            (
                "<li><p>Note.</p>\n<a href=\"/x#ref-1\">↩</a></li>",
                "<li><p>Note.</p>\n</li>",
            ),
        ] {
            assert_eq!(without_pictures(html), wanted);
        }
    }
}
