//! Documents: the finished bytes of one public URL, compressed once, with their headers.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{StatusCode, header};

use super::compression::{Effort, pack};
use super::encoding::Encoding;
use super::head::Head;
use super::safety::{ContentSecurity, FOR_OTHER_SITES, safety_of};
use crate::domain::hash::sha256;
use crate::metrics::RequestKind;

/// How long a response may be cached, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CachePolicy {
    /// Readers revalidate each time. Shared caches may serve it for 5 seconds; a stale one for a
    /// minute while they revalidate, and for a day while the server can't be reached.
    Live,
    /// It never changes under its URL.
    Immutable,
    /// It may not be stored anywhere.
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

/// The bytes of a document in one encoding, with their own strong ETag.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Their encoding.
    pub encoding: Encoding,
    /// The bytes.
    pub bytes: Bytes,
    /// Recognises readers that have these bytes.
    pub validator: Validator,
    /// The validator from before this variant was compressed better. A reader who has those bytes
    /// has the same content, and needn't load it again.
    pub former: Option<Validator>,
    /// The head of a response with these bytes.
    pub head: Head,
}

/// A strong ETag, and the response to readers who have it.
#[derive(Debug, Clone)]
pub struct Validator {
    /// The ETag (RFC 9110), quotes included.
    pub etag: String,
    /// The head of a 304 response.
    pub not_modified: Head,
}

/// The finished bytes of one public URL.
#[derive(Debug, Clone)]
pub struct Document {
    /// The value of the `Content-Type` header.
    pub media_type: &'static str,
    /// As what requests for it are counted.
    pub kind: RequestKind,
    /// How long it may be cached.
    pub policy: CachePolicy,
    /// What it may load, and who may frame it.
    pub security: ContentSecurity,
    /// When its content last changed.
    pub last_modified: DateTime<Utc>,
    /// Whether other bytes may have been served with the same `Last-Modified`, which counts whole
    /// seconds. If so, no reader is recognised by it.
    pub shares_second: bool,
    /// Whether scripts of other sites may read it.
    pub is_for_other_sites: bool,
    /// In order of preference: Brotli, gzip, plain. Tiny documents have only plain bytes, and those
    /// made in haste lack Brotli.
    pub variants: Vec<Variant>,
}

/// Documents smaller than this many bytes aren't worth compressing: they fit into one packet.
const TINY_BYTES: usize = 512;

impl Document {
    /// Compresses `body` quickly, because somebody waits for it, and computes its ETags.
    pub fn new(
        media_type: &'static str,
        policy: CachePolicy,
        last_modified: DateTime<Utc>,
        body: impl Into<Bytes>,
    ) -> Self {
        Self::in_haste(media_type, policy, last_modified, body).with_brotli()
    }

    /// The same with a policy of its own on what it may load.
    pub(super) fn secured(
        described: (&'static str, CachePolicy, ContentSecurity),
        last_modified: DateTime<Utc>,
        body: String,
    ) -> Self {
        Self::made(described, last_modified, body.into()).with_brotli()
    }

    /// The same for a page that everyone waits for: without Brotli, which takes three times as long
    /// as gzip. [`Document::with_brotli`] adds it later.
    pub fn in_haste(
        media_type: &'static str,
        policy: CachePolicy,
        last_modified: DateTime<Utc>,
        body: impl Into<Bytes>,
    ) -> Self {
        let security = ContentSecurity::default();
        Self::made((media_type, policy, security), last_modified, body.into())
    }

    fn made(
        (media_type, policy, security): (&'static str, CachePolicy, ContentSecurity),
        last_modified: DateTime<Utc>,
        body: Bytes,
    ) -> Self {
        let mut document = Self {
            media_type,
            kind: RequestKind::Other,
            policy,
            security,
            last_modified,
            shares_second: false,
            is_for_other_sites: false,
            variants: Vec::with_capacity(3),
        };
        document.fill(body, &[Encoding::Gzip], Effort::Quick);
        document
    }

    /// The same document, counted as `kind`.
    pub fn of_kind(self, kind: RequestKind) -> Self {
        Self { kind, ..self }
    }

    /// The same document, with whether its second may be that of other bytes.
    pub(super) fn sharing_second(self, shares_second: bool) -> Self {
        Self {
            shares_second,
            ..self
        }
    }

    /// When its content last changed, if that distinguishes it from what was served before.
    pub fn telling_date(&self) -> Option<DateTime<Utc>> {
        (!self.shares_second).then_some(self.last_modified)
    }

    /// The same document, with Brotli added if it was made in haste.
    pub fn with_brotli(&self) -> Self {
        let mut whole = Self {
            variants: Vec::with_capacity(3),
            ..*self
        };
        whole.pack(Encoding::Brotli, self.plain(), Effort::Quick);
        whole.variants.extend(self.variants.iter().cloned());
        whole
    }

    /// The same document, which scripts of other sites may read.
    pub fn for_other_sites(mut self) -> Self {
        self.is_for_other_sites = true;
        for variant in &mut self.variants {
            variant.head.add(FOR_OTHER_SITES);
            variant.validator.not_modified.add(FOR_OTHER_SITES);
        }
        self
    }

    /// The same document, copied into memory of its own.
    pub(super) fn copied(&self) -> Self {
        let validator = |validator: &Validator| Validator {
            etag: validator.etag.clone(),
            not_modified: validator.not_modified.copied(),
        };
        let variants = self.variants.iter().map(|variant| Variant {
            encoding: variant.encoding,
            bytes: Bytes::copy_from_slice(&variant.bytes),
            validator: validator(&variant.validator),
            former: variant.former.as_ref().map(validator),
            head: variant.head.copied(),
        });
        Self {
            variants: variants.collect(),
            ..*self
        }
    }

    /// The same document, compressed as well as possible. That takes a while, so it is done in the
    /// background, after the quick version is served.
    pub fn packed_best(&self) -> Self {
        let mut best = Self {
            variants: Vec::with_capacity(3),
            ..*self
        };
        let encodings = [Encoding::Brotli, Encoding::Gzip];
        best.fill(self.plain().clone(), &encodings, Effort::Best);
        for variant in &mut best.variants {
            let before = self
                .variants
                .iter()
                .find(|before| before.encoding == variant.encoding);
            let Some(before) = before else { continue };
            if before.bytes.len() <= variant.bytes.len() {
                // Nothing is gained, so the ETag stays.
                *variant = before.clone();
            } else {
                variant.former = Some(before.validator.clone());
            }
        }
        best
    }

    fn fill(&mut self, plain: Bytes, encodings: &[Encoding], effort: Effort) {
        for encoding in encodings {
            self.pack(*encoding, &plain, effort);
        }
        self.add(Encoding::Plain, plain);
    }

    fn pack(&mut self, encoding: Encoding, plain: &[u8], effort: Effort) {
        if plain.len() < TINY_BYTES {
            return;
        }
        // Compression writes only to memory. If it fails, the plain bytes remain.
        if let Ok(packed) = pack(encoding, plain, effort) {
            self.add(encoding, packed.into());
        }
    }

    fn add(&mut self, encoding: Encoding, bytes: Bytes) {
        let etag = etag(&bytes, encoding);
        let modified = self
            .last_modified
            .format("%a, %d %b %Y %H:%M:%S GMT")
            .to_string();
        let validators = [
            (header::CACHE_CONTROL, self.policy.header()),
            (header::VARY, "Accept-Encoding"),
            (header::ETAG, etag.as_str()),
            (header::LAST_MODIFIED, modified.as_str()),
        ];
        let validators = || {
            let for_others = self.is_for_other_sites.then_some(FOR_OTHER_SITES);
            validators.clone().into_iter().chain(for_others)
        };
        let size = bytes.len().to_string();
        let described = [
            Some((header::CONTENT_TYPE, self.media_type)),
            Some((header::CONTENT_LENGTH, size.as_str())),
            encoding
                .token()
                .map(|token| (header::CONTENT_ENCODING, token)),
        ];
        let lines = described
            .into_iter()
            .flatten()
            .chain(validators())
            .chain(safety_of(self.security));
        // What a browser stored gets the headers of the response that confirms it, so a policy
        // that isn't every page's is repeated there.
        let own = self.security != ContentSecurity::default();
        let own = own.then(|| safety_of(self.security)).into_iter().flatten();
        let not_modified = Head::new(StatusCode::NOT_MODIFIED, validators().chain(own));
        self.variants.push(Variant {
            encoding,
            head: Head::new(StatusCode::OK, lines),
            validator: Validator {
                not_modified,
                etag: etag.clone(),
            },
            former: None,
            bytes,
        });
    }

    /// The variant that a reader who accepts these encodings gets.
    pub fn variant(&self, accepts: impl Fn(Encoding) -> bool) -> &Variant {
        self.variants
            .iter()
            .find(|variant| variant.encoding == Encoding::Plain || accepts(variant.encoding))
            .unwrap_or(&self.variants[self.variants.len() - 1])
    }

    /// The uncompressed bytes.
    pub fn plain(&self) -> &Bytes {
        &self.variants[self.variants.len() - 1].bytes
    }
}

/// A strong ETag. It identifies the bytes, so each encoding and each compression has its own.
pub fn etag(bytes: &[u8], encoding: Encoding) -> String {
    let tag = &sha256(bytes)[..24];
    format!("\"{tag}{}\"", encoding.suffix())
}
