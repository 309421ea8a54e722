//! The security headers.

use http::{HeaderName, HeaderValue, header};

use super::public_page::Page;

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
    /// What a page may load, and who may frame it.
    pub(super) fn of(page: &Page) -> Self {
        match page {
            Page::Subscribe => Self::WithFrames,
            Page::Embed => Self::Embed,
            Page::Badge(_) => Self::Badge,
            Page::Home
            | Page::History
            | Page::Month(..)
            | Page::Components
            | Page::SubscribeToIncident(_)
            | Page::Incident(_)
            | Page::IncidentMarkdown(_)
            | Page::IncidentJson(_)
            | Page::Component(_)
            | Page::ComponentMonth(..)
            | Page::Feed(..)
            | Page::Statuspage(_)
            | Page::Calendar(_)
            | Page::BadgeJson(_)
            | Page::Sitemap
            | Page::SitemapPart(_)
            | Page::Robots
            | Page::BrandStylesheet(_) => Self::Page,
        }
    }

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

/// Lets scripts of other sites read a response (CORS).
pub const FOR_OTHER_SITES: (HeaderName, &str) = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");

/// The security headers of a document.
pub(super) fn safety_of(policy: ContentSecurity) -> [(HeaderName, &'static str); 3] {
    [
        (header::CONTENT_SECURITY_POLICY, policy.header()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    ]
}

/// The security headers of every response that doesn't set its own.
pub fn safety() -> [(HeaderName, &'static str); 3] {
    safety_of(ContentSecurity::default())
}

/// The same as header values.
pub fn safety_headers() -> [(HeaderName, HeaderValue); 3] {
    safety().map(|(name, value)| (name, HeaderValue::from_static(value)))
}
