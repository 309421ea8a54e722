//! Keeps the secrets of links out of logs.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::urls::SUBSCRIBE;

/// A path as it may stand in a log: without the secret of a link to a subscription, however the path
/// was mangled on its way.
pub fn without_secret(path: &str) -> Cow<'_, str> {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let parts = decoded.split('/').filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
    let secret = parts.windows(2).find_map(|two| match [&*two[0], &*two[1]] {
        ["subscribe", action @ ("confirm" | "manage" | "unsubscribe")] => Some(action),
        _ => None,
    });
    match secret {
        Some(action) => format!("{SUBSCRIBE}/{action}/***").into(),
        None => path.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::urls;

    #[test]
    fn no_log_gets_the_secret_of_a_link() {
        for path in [
            urls::confirm_subscription("s3cret"),
            urls::manage_subscription("s3cret"),
            urls::unsubscribe("s3cret"),
            "/subscribe/manage/s3cret/".to_owned(),
            "/subscribe//manage/s3cret)".to_owned(),
            "//Subscribe/MANAGE/s3cret".to_owned(),
            "/subscribe%2Fmanage%2fs3cret".to_owned(),
            "/subscribe/subscribe/manage/s3cret".to_owned(),
            "/old/subscribe/manage/s3cret".to_owned(),
            "/subscribe/manage/s3cret/../s3cret".to_owned(),
        ] {
            let logged = without_secret(&path);
            assert!(!logged.contains("s3cret"), "{path}: {logged}");
            assert!(logged.ends_with("/***"), "{path}: {logged}");
        }
        for path in [
            "/",
            "/subscribe",
            "/subscribe/asked",
            "/subscribe/incident/a",
            "/ä%ff",
        ] {
            assert_eq!(without_secret(path), path);
        }
    }
}
