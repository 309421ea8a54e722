//! The stylesheet of the company's brand: its accent and the room for its logo. It is a document
//! of its own, since no page may have styles in it.

use crate::domain::brand::Brand;
use crate::domain::hash::sha256;

/// The logo's line, and what stands beside it.
const LOGO: &str = ".top .in{align-items:center}\
    .site img{display:block;height:40px;width:auto;max-width:100%;object-fit:contain}\n";

/// The stylesheet; none if the page needs none.
pub fn stylesheet(brand: &Brand) -> Option<String> {
    let mut css = String::new();
    if let Some(accent) = &brand.accent {
        let (light, dark) = (accent.light.hex(), accent.dark().hex());
        css.push_str(&format!(
            ":root{{--link:{light}}}\n\
             @media screen and (prefers-color-scheme:dark){{:root{{--link:{dark}}}}}\n"
        ));
    }
    if brand.logo.is_some() {
        css.push_str(LOGO);
    }
    (!css.is_empty()).then_some(css)
}

/// Its hash, which is in its path. Another stylesheet has another one, so that it may be kept
/// forever.
pub fn stylesheet_hash(brand: &Brand) -> Option<String> {
    let css = stylesheet(brand)?;
    Some(sha256(css)[..12].to_owned())
}
