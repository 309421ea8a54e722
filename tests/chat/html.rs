//! The text and links that HTML with a few tags shows. Strict: what isn't well formed is an error.

/// The text and the links of HTML that may have these tags.
pub(super) fn shown(html: &str, tags: &[&str]) -> Result<(String, Vec<String>), String> {
    let (mut text, mut links) = (String::new(), Vec::new());
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        if c == '<' {
            let end = rest.find('>').ok_or("a tag without an end")?;
            let tag = &rest[1..end];
            rest = &rest[end + 1..];
            if tag == "br" && tags.contains(&"br") {
                text.push('\n');
                continue;
            }
            if let Some(name) = tag.strip_prefix('/') {
                if open.pop().as_deref() != Some(name) {
                    return Err(format!("unexpected end tag {name:?}"));
                }
                continue;
            }
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            if !tags.contains(&name) {
                return Err(format!("unsupported start tag {name:?}"));
            }
            if name == "a" {
                let url = attributes
                    .strip_prefix("href=\"")
                    .and_then(|it| it.strip_suffix('"'))
                    .ok_or("a link without href")?;
                links.push(decoded(url)?);
            } else if !attributes.is_empty() && name != "font" {
                return Err(format!("attributes of {name:?}"));
            }
            open.push(name.to_owned());
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            text.push_str(&decoded(&rest[..end])?);
            rest = &rest[end..];
        }
    }
    match open.pop() {
        Some(name) => Err(format!("can't find the end tag of {name:?}")),
        None => Ok((text, links)),
    }
}

fn decoded(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = [
            ("&amp;", '&'),
            ("&lt;", '<'),
            ("&gt;", '>'),
            ("&quot;", '"'),
        ];
        let (entity, c) = known
            .into_iter()
            .find(|(entity, _)| rest.starts_with(entity))
            .ok_or_else(|| format!("an unknown entity: {rest:.8}"))?;
        out.push(c);
        rest = &rest[entity.len()..];
    }
    out.push_str(rest);
    match text.contains('>') {
        true => Err("a bare >".to_owned()),
        false => Ok(out),
    }
}
