//! Pictures and other files for posts: those in the content folder's `media/`, unchanged.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::percent_decode_str;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::public_get;
use crate::site::SiteHandle;
use crate::site::document::CachePolicy;
use crate::site::renderer::Renderer;
use crate::site::static_files::FileHeaders;
use crate::urls;

/// The files are untrusted uploads. Opened directly, they can't run scripts.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; img-src 'self'; style-src \
    'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// A file may be replaced under its name.
const POLICY: CachePolicy = CachePolicy::Live;

/// How many files are looked up at once, each for a limited time. A disk that hangs must not block
/// anything else.
const AT_ONCE: usize = 32;

/// How many large files are sent at once, because each stays open until it is sent. Small ones are
/// read in advance.
pub const LARGE_AT_ONCE: usize = 64;
const LARGE_BYTES: u64 = 256 * 1024;

const WITHIN: Duration = Duration::from_secs(5);

/// The folder, and the limits on concurrent access.
#[derive(Debug)]
pub struct Media {
    folder: Option<PathBuf>,
    looking: Arc<Semaphore>,
    sending: Arc<Semaphore>,
}

impl Media {
    /// The media of a content folder, if there is one.
    pub fn of(content: Option<&Path>) -> Self {
        Self {
            folder: content.map(|content| content.join("media")),
            looking: Arc::new(Semaphore::new(AT_ONCE)),
            sending: Arc::new(Semaphore::new(LARGE_AT_ONCE)),
        }
    }
}

/// Serves a file of `media/`. Hidden files and files outside the folder count as missing.
pub(super) async fn show_file(
    State(media): State<Arc<Media>>,
    State(site): State<SiteHandle>,
    State(renderer): State<Renderer>,
    mut request: Request<Body>,
) -> Response {
    let is_reading = [Method::GET, Method::HEAD].contains(request.method());
    let name = name_of(request.uri().path()).filter(|_| is_reading);
    let file = match name {
        Some(name) => find_file(&media, name).await,
        None => None,
    };
    let Some(file) = file else {
        return public_get::show_document(State(site), State(renderer), request).await;
    };
    keep_single_range(&mut request);
    let served = ServeFile::new(file).oneshot(request.map(|_| Body::empty()));
    let Ok(response) = served.await;
    let is_large = http_body::Body::size_hint(response.body())
        .upper()
        .is_none_or(|size| size > LARGE_BYTES);
    let permit = match is_large {
        true => {
            let permit = media.sending.clone().acquire_owned();
            let Ok(Ok(permit)) = timeout(WITHIN, permit).await else {
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            };
            Some(permit)
        }
        false => None,
    };
    let mut response = response.map(|body| {
        Body::new(BodyWithPermit {
            body,
            _permit: permit,
        })
    });
    let is_useful = response.status().is_success()
        || response.status().is_redirection()
        || response.status() == StatusCode::RANGE_NOT_SATISFIABLE
        || response.status() == StatusCode::PRECONDITION_FAILED;
    if !is_useful {
        *response.body_mut() = Body::empty();
    }
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(POLICY.header()),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CONTENT_SECURITY_POLICY),
    );
    response
}

/// A body with the permit that it needs until it is sent.
struct BodyWithPermit<B> {
    body: B,
    _permit: Option<OwnedSemaphorePermit>,
}

impl<B: http_body::Body + Unpin> http_body::Body for BodyWithPermit<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

/// The relative path of a file, from a URL path: percent-decoded once, then checked part by part.
fn name_of(path: &str) -> Option<PathBuf> {
    let inside = path.strip_prefix(urls::MEDIA)?;
    let inside = percent_decode_str(inside).decode_utf8().ok()?;
    inside
        .split('/')
        .all(is_plain)
        .then(|| inside.split('/').collect())
}

/// Whether a part of a name is neither hidden nor leads elsewhere.
fn is_plain(part: &str) -> bool {
    !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0'])
}

/// The regular file of that name. Links are followed within the folder, but not out of it.
async fn find_file(media: &Media, name: PathBuf) -> Option<PathBuf> {
    let permit = media.looking.clone().acquire_owned();
    let permit = timeout(WITHIN, permit).await.ok()?.ok()?;
    let folder = media.folder.clone()?;
    let looking = tokio::task::spawn_blocking(move || {
        // The lookup keeps its permit even if the request is cancelled in the meantime.
        let _permit = permit;
        look(&folder, &name)
    });
    timeout(WITHIN, looking).await.ok()?.ok()?.ok()
}

fn look(folder: &Path, name: &Path) -> io::Result<PathBuf> {
    let file = look_at(&folder.canonicalize()?, name)?;
    match file.is_file() {
        true => Ok(file),
        false => Err(io::ErrorKind::NotFound.into()),
    }
}

/// What has that name, unless it leads out of the folder, whose path is canonical.
fn look_at(folder: &Path, name: &Path) -> io::Result<PathBuf> {
    let path = folder.join(name).canonicalize()?;
    match path.starts_with(folder) {
        true => Ok(path),
        false => Err(io::ErrorKind::NotFound.into()),
    }
}

/// Every file that can be requested, by its name in `media/`.
///
/// # Errors
/// The system's, if a folder can't be listed. Without a folder `media/`, there are no files.
pub fn list_files(content: &Path) -> io::Result<BTreeMap<String, PathBuf>> {
    let mut found = BTreeMap::new();
    match content.join("media").canonicalize() {
        Ok(folder) => list_inside(&mut vec![folder], "", &mut found)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok(found)
}

/// Adds the files of the last of these folders, each of which is in the one before. `prefix` is its
/// name with a slash.
fn list_inside(
    folders: &mut Vec<PathBuf>,
    prefix: &str,
    found: &mut BTreeMap<String, PathBuf>,
) -> io::Result<()> {
    let (Some(whole), Some(folder)) = (folders.first().cloned(), folders.last()) else {
        return Ok(());
    };
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?.file_name();
        let Some(name) = entry.to_str().filter(|name| is_plain(name)) else {
            continue;
        };
        let Ok(path) = look_at(&whole, &Path::new(prefix).join(name)) else {
            continue;
        };
        if path.is_file() {
            found.insert(format!("{prefix}{name}"), path);
        } else if path.is_dir() && !folders.contains(&path) {
            // A link to a folder above would lead round in circles.
            folders.push(path);
            list_inside(folders, &format!("{prefix}{name}/"), found)?;
            folders.pop();
        }
    }
    Ok(())
}

/// What is said of a file of `media/` when it is served.
pub async fn headers_of(file: &Path) -> FileHeaders {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = Method::HEAD;
    let Ok(response) = ServeFile::new(file).oneshot(request).await;
    let said = response.headers().get(header::CONTENT_TYPE);
    let media_type = said.and_then(|said| said.to_str().ok());
    let media_type = media_type.unwrap_or("application/octet-stream").to_owned();
    FileHeaders::new(media_type, POLICY)
}

/// Removes a `Range` header that is invalid or asks for several ranges. The whole file is a valid
/// answer to it (RFC 9110, 14.2).
fn keep_single_range(request: &mut Request<Body>) {
    let said = request.headers().get(header::RANGE);
    let is_single = said.is_some_and(|said| {
        let range = said
            .to_str()
            .ok()
            .and_then(|said| said.strip_prefix("bytes="));
        let ends = range.and_then(|range| range.trim().split_once('-'));
        ends.is_some_and(|(first, last)| {
            let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            is_number(first) && is_number(last) && !(first.is_empty() && last.is_empty())
        })
    });
    if said.is_some() && !is_single {
        request.headers_mut().remove(header::RANGE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_at_as_it_will_be_used() {
        let check = |path: &str, expected: Option<&str>| {
            let found = name_of(path);
            assert_eq!(found.as_deref(), expected.map(Path::new), "{path}");
        };
        check("/media/a.png", Some("a.png"));
        check(
            "/media/2013/St%C3%B6rung%201.png",
            Some("2013/St\u{f6}rung 1.png"),
        );
        check("/media/100%25.png", Some("100%.png"));
        // It is decoded only once.
        check("/media/%252e", Some("%2e"));
        for path in [
            "/media/",
            "/media/.hidden",
            "/media/%2ehidden",
            "/media/%2E%2E/site.toml",
            "/media/a/%2egit/config",
            "/media/a%2f.git/config",
            "/media/a%2F..%2Fb",
            "/media/a//b",
            "/media/a%5c..%5cb",
            "/media/a%00b",
            "/media/%ff",
        ] {
            check(path, None);
        }
    }
}
