//! Documents: the ready bytes of one public URL, compressed once, with their headers.

use std::io::Write;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use sha2::{Digest, Sha256};

/// How long a document may be kept, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CachePolicy {
    /// Readers ask each time; caches between them and us may serve it for 5 seconds, a stale one
    /// for a minute while they ask, and for a day while we can't be reached.
    Live,
    /// It never changes under its URL.
    Immutable,
    /// Nobody keeps it.
    Private,
}

impl CachePolicy {
    /// The value of the `Cache-Control` header.
    pub fn header(self) -> &'static str {
        match self {
            Self::Live => {
                "public, max-age=0, s-maxage=5, stale-while-revalidate=60, stale-if-error=86400"
            }
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::Private => "no-store",
        }
    }
}

/// A way to write bytes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As they are.
    Plain,
    /// gzip (RFC 1952).
    Gzip,
    /// Brotli (RFC 7932).
    Brotli,
}

impl Encoding {
    /// Its name in `Content-Encoding`; none for bytes as they are.
    pub fn token(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    /// What tells the ETags of a document's encodings apart.
    fn suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Gzip => "-gz",
            Self::Brotli => "-br",
        }
    }
}

/// The bytes of a document in one encoding, with their own strong ETag.
#[derive(Debug, Clone)]
pub struct Variant {
    /// How they are written down.
    pub encoding: Encoding,
    /// The bytes.
    pub bytes: Bytes,
    /// A strong ETag (RFC 9110), quotes included.
    pub etag: String,
    /// Every header of an answer with these bytes, but for those that belong to the connection.
    pub headers: HeaderMap,
    /// The headers of an answer that says: you have these bytes already.
    pub not_modified: HeaderMap,
}

/// No inline style or script, nothing from elsewhere but pictures that a post shows.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self' https:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// The headers that keep browsers safe, whatever the answer is.
pub fn safety_headers() -> [(HeaderName, HeaderValue); 3] {
    [
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(CONTENT_SECURITY_POLICY),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("strict-origin-when-cross-origin"),
        ),
    ]
}

/// The ready bytes of one public URL.
#[derive(Debug, Clone)]
pub struct Document {
    /// The value of the `Content-Type` header.
    pub media_type: &'static str,
    /// How long it may be kept.
    pub policy: CachePolicy,
    /// When what it shows last changed.
    pub last_modified: DateTime<Utc>,
    /// In the order of preference: Brotli, gzip, plain. Tiny documents are only plain.
    pub variants: Vec<Variant>,
}

/// Documents smaller than this many bytes aren't worth compressing: they fit one packet anyway.
const TINY_BYTES: usize = 512;

/// The sizes that are worth a moment: quality 9 of 11 costs a tenth of the time of 11.
const BROTLI_QUALITY: u32 = 9;
const BROTLI_WINDOW: u32 = 22;

impl Document {
    /// Compresses `body` and makes its ETags.
    pub fn new(
        media_type: &'static str,
        policy: CachePolicy,
        last_modified: DateTime<Utc>,
        body: impl Into<Bytes>,
    ) -> Self {
        let body: Bytes = body.into();
        let hash = Sha256::digest(&body);
        let tag: String = hash[..12]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let mut written = Vec::with_capacity(3);
        if body.len() >= TINY_BYTES {
            written.extend(brotli(&body).map(|bytes| (Encoding::Brotli, bytes.into())));
            written.extend(gzip(&body).map(|bytes| (Encoding::Gzip, bytes.into())));
        }
        written.push((Encoding::Plain, body));
        let variants = written
            .into_iter()
            .map(|(encoding, bytes)| {
                let etag = format!("\"{tag}{}\"", encoding.suffix());
                let not_modified = validators(policy, last_modified, &etag);
                Variant {
                    encoding,
                    headers: headers(media_type, encoding, bytes.len(), &not_modified),
                    bytes,
                    etag,
                    not_modified,
                }
            })
            .collect();
        Self {
            media_type,
            policy,
            last_modified,
            variants,
        }
    }

    /// The variant that a reader who accepts these encodings gets.
    pub fn variant(&self, accepts: impl Fn(Encoding) -> bool) -> &Variant {
        self.variants
            .iter()
            .find(|variant| variant.encoding == Encoding::Plain || accepts(variant.encoding))
            .unwrap_or(&self.variants[self.variants.len() - 1])
    }

    /// The bytes as they are, uncompressed.
    pub fn plain(&self) -> &Bytes {
        &self.variants[self.variants.len() - 1].bytes
    }
}

/// What both answers say: how long the bytes may be kept, and by what they are known again.
fn validators(policy: CachePolicy, last_modified: DateTime<Utc>, etag: &str) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(policy.header()),
    );
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    let modified = last_modified
        .format("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    for (name, text) in [
        (header::ETAG, etag),
        (header::LAST_MODIFIED, modified.as_str()),
    ] {
        // Both are plain ASCII, made here.
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(name, value);
        }
    }
    headers
}

fn headers(
    media_type: &'static str,
    encoding: Encoding,
    size_bytes: usize,
    validators: &HeaderMap,
) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(12);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size_bytes));
    if let Some(token) = encoding.token() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(token));
    }
    headers.extend(validators.clone());
    headers.extend(safety_headers());
    headers
}

fn brotli(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, BROTLI_QUALITY, BROTLI_WINDOW);
    writer.write_all(body)?;
    writer.flush()?;
    Ok(writer.into_inner())
}

fn gzip(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(body)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(body: &str) -> Document {
        Document::new(
            "text/plain",
            CachePolicy::Live,
            DateTime::UNIX_EPOCH,
            body.to_owned(),
        )
    }

    #[test]
    fn each_encoding_has_its_own_etag_and_unpacks_to_the_same_bytes() {
        let body = "Selma is migrating. ".repeat(100);
        let document = document(&body);
        let tags: std::collections::HashSet<_> =
            document.variants.iter().map(|v| &v.etag).collect();
        assert_eq!(tags.len(), 3);
        let mut unpacked = Vec::new();
        let packed = &document
            .variant(|encoding| encoding == Encoding::Brotli)
            .bytes;
        brotli::BrotliDecompress(&mut &packed[..], &mut unpacked).expect("valid brotli");
        assert_eq!(unpacked, body.as_bytes());
        let packed = &document
            .variant(|encoding| encoding == Encoding::Gzip)
            .bytes;
        let mut unpacked = String::new();
        std::io::Read::read_to_string(
            &mut flate2::read::GzDecoder::new(&packed[..]),
            &mut unpacked,
        )
        .expect("valid gzip");
        assert_eq!(unpacked, body);
        assert_eq!(document.variant(|_| false).bytes, body.as_bytes());
    }

    #[test]
    fn tiny_documents_are_left_alone() {
        assert_eq!(document("ok").variants.len(), 1);
    }
}
