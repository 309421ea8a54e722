//! The security headers.

use http::{HeaderName, HeaderValue, header};

/// What a document may load, and who may frame it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ContentSecurity {
    /// No inline styles and scripts, and nothing from elsewhere except pictures in posts. Nobody
    /// may frame it.
    #[default]
    Page,
    /// The same; besides, it frames pages of this site.
    WithFrames,
    /// The same as a page, but any site may frame it.
    Embed,
    /// An image with its own stylesheet, which loads nothing.
    Badge,
}

/// The policy of a page, with the directives that differ between pages.
macro_rules! of_page {
    ($more:literal) => {
        concat!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https:; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; ",
            $more
        )
    };
}

impl ContentSecurity {
    /// The value of the `Content-Security-Policy` header.
    pub fn header(self) -> &'static str {
        match self {
            Self::Page => of_page!("frame-ancestors 'none'"),
            Self::WithFrames => of_page!("frame-src 'self'; frame-ancestors 'none'"),
            Self::Embed => of_page!("frame-ancestors *"),
            Self::Badge => {
                "default-src 'none'; \
                 style-src 'sha256-fF9jlzTQeN+KLiu/Agk3HVaGzFjVyVzli2QF3RHrZEE='; \
                 base-uri 'none'; frame-ancestors 'none'"
            }
        }
    }
}

/// The security headers of a document.
pub(super) fn safety(policy: ContentSecurity) -> [(HeaderName, &'static str); 3] {
    [
        (header::CONTENT_SECURITY_POLICY, policy.header()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    ]
}

/// The security headers of every response that doesn't set its own.
pub fn safety_headers() -> [(HeaderName, HeaderValue); 3] {
    safety(ContentSecurity::default()).map(|(name, value)| (name, HeaderValue::from_static(value)))
}
