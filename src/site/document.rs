//! Documents: the ready bytes of one public URL, compressed once, with their headers' values.

use std::io::Write;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use flate2::write::GzEncoder;
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

/// The bytes of a document in one encoding, with their own strong ETag.
#[derive(Debug, Clone)]
pub struct Variant {
    /// How they are written down.
    pub encoding: Encoding,
    /// The bytes.
    pub bytes: Bytes,
    /// A strong ETag (RFC 9110), quotes included.
    pub etag: String,
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
        let mut variants = Vec::with_capacity(3);
        if body.len() >= TINY_BYTES {
            variants.extend(variant(Encoding::Brotli, brotli(&body), &tag, "br"));
            variants.extend(variant(Encoding::Gzip, gzip(&body), &tag, "gz"));
        }
        variants.push(Variant {
            encoding: Encoding::Plain,
            bytes: body,
            etag: format!("\"{tag}\""),
        });
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

fn variant(
    encoding: Encoding,
    bytes: std::io::Result<Vec<u8>>,
    tag: &str,
    suffix: &str,
) -> Option<Variant> {
    Some(Variant {
        encoding,
        bytes: bytes.ok()?.into(),
        etag: format!("\"{tag}-{suffix}\""),
    })
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
