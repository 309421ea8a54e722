//! A staff browser: stores the cookie, follows redirects on request, sends forms as they are.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;

use super::app::{Reply, TestApp};

/// The browser: its address, headers and cookie.
#[derive(Clone)]
pub(crate) struct Browser {
    cookie: Option<String>,
    headers: Vec<(String, String)>,
    peer: SocketAddr,
}

impl Browser {
    /// A browser on the same machine, with plain HTTP.
    pub(crate) fn here() -> Self {
        Self {
            cookie: None,
            headers: vec![("host".to_owned(), "localhost:8080".to_owned())],
            peer: "127.0.0.1:4711".parse().expect("an address"),
        }
    }

    /// The same with a header set or replaced.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A browser signed in with the admin token.
    pub(crate) async fn signed_in(app: &TestApp) -> Self {
        let token = app.token.clone();
        Self::signed_in_with(app, &token).await
    }

    /// A browser signed in with this token.
    pub(crate) async fn signed_in_with(app: &TestApp, token: &str) -> Self {
        let mut browser = Self::here();
        browser
            .post(app, "/staff/sign-in", &[("token", token)])
            .await
            .expect(303);
        browser
    }

    /// Its cookie.
    pub(crate) fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    pub(crate) async fn get(&mut self, app: &TestApp, path: &str) -> Reply {
        let request = self.request("GET", path).body(Body::empty());
        self.send(app, request.expect("a request")).await
    }

    pub(crate) async fn post(
        &mut self,
        app: &TestApp,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Reply {
        let body = encoded(fields);
        let request = self
            .request("POST", path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.send(app, request.expect("a request")).await
    }

    /// Sends a body that no form would send.
    pub(crate) async fn post_raw(&mut self, app: &TestApp, path: &str, body: String) -> Reply {
        let request = self
            .request("POST", path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.send(app, request.expect("a request")).await
    }

    /// Opens the form at `path`, fills in these fields and sends it.
    pub(crate) async fn fill(
        &mut self,
        app: &TestApp,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Reply {
        let form = self.get(app, path).await.expect(200);
        post_again(self, app, path, &form, fields).await
    }

    /// Opens the form at `path`, fills in these fields and asks for a preview.
    pub(crate) async fn preview(
        &mut self,
        app: &TestApp,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Reply {
        let fields = [fields, &[("do", "preview")]].concat();
        let kept = self.fill(app, path, &fields).await.expect(303);
        self.get(app, kept.header("location")).await
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", format!("other=1; {cookie}"));
        }
        request.extension(ConnectInfo(self.peer))
    }

    async fn send(&mut self, app: &TestApp, request: Request<Body>) -> Reply {
        let reply = app.send(request).await;
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("x-robots-tag"), "noindex");
        let set = reply.header("set-cookie").to_owned();
        if let Some(cookie) = set.split(';').next().filter(|cookie| !cookie.is_empty()) {
            self.cookie = (!set.contains("Max-Age=0")).then(|| cookie.to_owned());
        }
        reply
    }
}

/// Sends a page's form to `path`, with other values for some fields.
pub(crate) async fn post_again(
    browser: &mut Browser,
    app: &TestApp,
    path: &str,
    page: &Reply,
    fields: &[(&str, &str)],
) -> Reply {
    let all = filled(page, fields);
    let all: Vec<_> = all
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(app, path, &all).await
}

/// Names and values, encoded as forms send them.
fn encoded(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| {
        text.bytes().fold(String::new(), |mut out, byte| {
            if byte.is_ascii_alphanumeric() {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
            out
        })
    };
    let pairs: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
        .collect();
    pairs.join("&")
}

/// The fields of a page's form, with some values changed; the value "-" removes a field.
pub(crate) fn filled(page: &Reply, changed: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = fields_of(page.text());
    for (name, value) in changed {
        fields.retain(|(known, _)| known != name);
        if *value != "-" {
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    fields
}

/// The fields of a page's form as they are, except those of the sign-out form.
pub(crate) fn fields_of(page: &str) -> Vec<(String, String)> {
    let main = page.split("<main").nth(1).expect("a main part");
    let mut found = Vec::new();
    for tag in main.split('<').skip(1) {
        let (head, text) = tag.split_once('>').unwrap_or((tag, ""));
        let name = attribute(head, "name");
        let checkable = head.contains("type=\"radio\"") || head.contains("type=\"checkbox\"");
        if let Some(name) = name {
            if head.starts_with("textarea") {
                let text = text.strip_prefix('\n').unwrap_or(text);
                found.push((name, unescaped(text)));
            } else if head.starts_with("input") && (!checkable || head.contains(" checked")) {
                found.push((name, attribute(head, "value").unwrap_or_default()));
            } else if head.starts_with("select") {
                found.push((name, String::new()));
            }
        } else if head.starts_with("option") && head.contains(" selected") {
            let value = attribute(head, "value").unwrap_or_default();
            found.last_mut().expect("a select").1 = value;
        }
    }
    found
}

fn attribute(head: &str, name: &str) -> Option<String> {
    let rest = head.split(&format!(" {name}=\"")).nth(1)?;
    Some(unescaped(rest.split('"').next()?))
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
