//! What a request asks for, by its path, as it is counted.

use crate::metrics::RequestKind;
use crate::site::public_page::Page;
use crate::urls;

/// What a request for `path` asks for, whether or not that exists.
pub(super) fn kind_of(path: &str) -> RequestKind {
    if let Some(page) = Page::parse(path) {
        return page.kind();
    }
    let is_under = |folder: &str| {
        let rest = path.strip_prefix(folder);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if path == urls::LIVE {
        RequestKind::Live
    } else if urls::is_of_api(path) {
        RequestKind::Api
    } else if is_under(urls::STAFF) {
        RequestKind::Staff
    } else if is_under(urls::SUBSCRIBE) {
        RequestKind::Subscribe
    } else if path.starts_with(urls::MEDIA) {
        RequestKind::Media
    } else if ["/healthz", "/readyz"].contains(&path) {
        RequestKind::Health
    } else {
        RequestKind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_a_kind() {
        let check = |path: &str, kind: RequestKind| assert_eq!(kind_of(path), kind, "{path}");
        check("/", RequestKind::Home);
        check("/history/2013/02", RequestKind::History);
        check("/incidents/selma-is-down", RequestKind::Incident);
        check("/incidents/selma-is-down.json", RequestKind::IncidentData);
        check("/incidents/selma-is-down/feed.rss", RequestKind::Feed);
        check("/components", RequestKind::Component);
        check("/components/selma/2013/02", RequestKind::Component);
        check("/subscribe", RequestKind::Subscribe);
        check("/subscribe/confirm/secret", RequestKind::Subscribe);
        check("/sitemap.xml", RequestKind::Search);
        check("/media/rack.jpg", RequestKind::Media);
        check("/api", RequestKind::Api);
        check("/api/v1/incidents", RequestKind::Api);
        check("/staff", RequestKind::Staff);
        check("/staff/sign-in", RequestKind::Staff);
        check("/live", RequestKind::Live);
        check("/healthz", RequestKind::Health);
        check("/readyz", RequestKind::Health);
        for path in [
            "",
            "/staffx",
            "/metrics",
            "/apis",
            "/.env",
            "/incidents",
            "//",
        ] {
            check(path, RequestKind::Other);
        }
    }
}
