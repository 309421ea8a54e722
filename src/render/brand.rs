//! The stylesheet of the company's brand: its accent colours and the space for its logo. It is
//! a document of its own, because pages may not contain inline styles.

use crate::domain::brand::Brand;
use crate::domain::hash::sha256;

/// Styles for the logo in the header.
const LOGO: &str = ".top .in{align-items:center}\
    .site img{display:block;height:40px;width:auto;max-width:100%;object-fit:contain}\n";

/// Returns the stylesheet, or `None` if the page needs none.
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

/// The hash of the stylesheet, which is part of its path. A changed stylesheet gets a new path,
/// so browsers may cache each one forever.
pub fn stylesheet_hash(brand: &Brand) -> Option<String> {
    let css = stylesheet(brand)?;
    Some(sha256(css)[..12].to_owned())
}
