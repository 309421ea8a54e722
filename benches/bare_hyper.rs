//! The reference for reading: hyper with fixed bytes, the same headers, and nothing else.
//!
//! `bare_hyper ADDRESS PATH HEADERS_FILE BODY_FILE …` answers each path with these headers and
//! this body, or with 304 if the reader has the body's ETag.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

struct Answer {
    headers: HeaderMap,
    not_modified: HeaderMap,
    body: Bytes,
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|word| word != "--bench");
    let address = arguments.next().expect("an address");
    let mut answers = HashMap::new();
    while let Some(path) = arguments.next() {
        let headers = arguments.next().expect("a file of headers");
        let body = arguments.next().expect("a file with the body");
        answers.insert(path, answer(&headers, &body));
    }
    let answers = Arc::new(answers);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async move {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("the option is set");
        socket
            .bind(address.parse().expect("an address"))
            .expect("the address is free");
        let listener = socket.listen(4096).expect("it listens");
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            stream.set_nodelay(true).expect("the option is set");
            let answers = answers.clone();
            tokio::spawn(async move {
                let service = service_fn(|request| {
                    let response = respond(&answers, &request);
                    async move { Ok::<_, Infallible>(response) }
                });
                // Clients may disconnect.
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
}

fn answer(headers_file: &str, body_file: &str) -> Answer {
    let text = std::fs::read_to_string(headers_file).expect("headers");
    let mut headers = HeaderMap::new();
    for (name, value) in text.lines().filter_map(|line| line.split_once(": ")) {
        let name: HeaderName = name.parse().expect("a header's name");
        if name != header::DATE && name != header::CONNECTION {
            headers.insert(name, HeaderValue::from_str(value.trim()).expect("a value"));
        }
    }
    let kept = [
        header::CACHE_CONTROL,
        header::VARY,
        header::ETAG,
        header::LAST_MODIFIED,
    ];
    let not_modified = headers
        .iter()
        .filter(|(name, _)| kept.contains(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Answer {
        headers,
        not_modified,
        body: std::fs::read(body_file).expect("a body").into(),
    }
}

fn respond(
    answers: &HashMap<String, Answer>,
    request: &Request<Incoming>,
) -> Response<Full<Bytes>> {
    let Some(answer) = answers.get(request.uri().path()) else {
        let mut response = Response::new(Full::new(Bytes::from_static(b"nothing here\n")));
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let asked = request.headers().get(header::IF_NONE_MATCH);
    if asked.is_some() && asked == answer.headers.get(header::ETAG) {
        let mut response = Response::new(Full::new(Bytes::new()));
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.headers_mut() = answer.not_modified.clone();
        return response;
    }
    let mut response = Response::new(Full::new(answer.body.clone()));
    *response.headers_mut() = answer.headers.clone();
    response
}
