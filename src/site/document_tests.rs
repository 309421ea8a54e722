//! Documents: their encodings, ETags and heads.

use bytes::Bytes;
use chrono::DateTime;
use http::{HeaderMap, header};

use super::document::{CachePolicy, Document, etag};
use super::encoding::Encoding;
use super::safety::ContentSecurity;
use crate::metrics::RequestKind;

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
    let tags: std::collections::HashSet<_> = document
        .variants
        .iter()
        .map(|v| &v.validator.etag)
        .collect();
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
fn made_in_haste_it_lacks_brotli_until_it_is_made_up_for() {
    let body = "Selma is migrating. ".repeat(100);
    let (policy, at) = (CachePolicy::Live, DateTime::UNIX_EPOCH);
    let haste = Document::in_haste("text/plain", policy, at, body.clone());
    let parts = |document: &Document| -> Vec<(Encoding, String, Bytes)> {
        let parts = document.variants.iter().map(|variant| {
            let etag = variant.validator.etag.clone();
            (variant.encoding, etag, variant.bytes.clone())
        });
        parts.collect()
    };
    let made = parts(&haste);
    assert_eq!([made[0].0, made[1].0], [Encoding::Gzip, Encoding::Plain]);
    let whole = haste.with_brotli();
    assert_eq!(whole.variants[0].encoding, Encoding::Brotli);
    assert_eq!(parts(&whole)[1..], made);
    assert_eq!(parts(&whole), parts(&document(&body)));
    assert_eq!(haste.packed_best().variants.len(), 3);
    assert_eq!(document("ok").with_brotli().variants.len(), 1);
}

#[test]
fn packed_better_it_is_smaller_and_known_by_both_etags() {
    let words: String = (0..900)
        .map(|n| format!("Server {n} is at {}. ", n * n))
        .collect();
    let quick = document(&words);
    let best = quick.packed_best();
    let taken = |encoding: Encoding| {
        let of = |document: &Document| document.variant(|other| other == encoding).clone();
        (of(&quick), of(&best))
    };
    for encoding in [Encoding::Brotli, Encoding::Gzip] {
        let (before, after) = taken(encoding);
        assert!(after.bytes.len() < before.bytes.len(), "{encoding:?}");
        assert_ne!(after.validator.etag, before.validator.etag);
        let former = after.former.expect("a former ETag");
        assert_eq!(former.etag, before.validator.etag);
    }
    // A variant that doesn't get smaller stays.
    let (before, after) = taken(Encoding::Plain);
    assert_eq!(after.bytes, before.bytes);
    assert_eq!(after.validator.etag, before.validator.etag);
    assert!(after.former.is_none());
    let again = best.packed_best();
    for (once, twice) in best.variants.iter().zip(&again.variants) {
        assert_eq!(once.validator.etag, twice.validator.etag);
    }
    let gzip = best.variant(|encoding| encoding == Encoding::Gzip);
    let mut unpacked = String::new();
    std::io::Read::read_to_string(
        &mut flate2::read::GzDecoder::new(&gzip.bytes[..]),
        &mut unpacked,
    )
    .expect("valid gzip");
    assert_eq!(unpacked, words);
}

#[test]
fn tiny_documents_are_left_alone() {
    assert_eq!(document("ok").variants.len(), 1);
}

#[test]
fn documents_are_compressed_from_512_bytes_on() {
    let variants = |size: usize| document(&"a".repeat(size)).variants.len();
    assert_eq!([variants(511), variants(512)], [1, 3]);
}

#[test]
fn the_head_names_the_encoding_unless_the_bytes_are_plain() {
    let document = document(&"Selma is migrating. ".repeat(100));
    let named = document.variants.iter().map(|variant| {
        let headers = variant.head.headers();
        let name = headers.get(header::CONTENT_ENCODING).cloned();
        name.map(|name| name.to_str().expect("ASCII").to_owned())
    });
    let named: Vec<_> = named.collect();
    assert_eq!(named, [Some("br".into()), Some("gzip".into()), None]);
}

#[test]
fn the_same_bytes_have_another_etag_in_each_encoding() {
    let of = |encoding| etag(b"Selma is migrating.", encoding);
    let tags = [Encoding::Plain, Encoding::Gzip, Encoding::Brotli].map(of);
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[2] != tags[0]);
}

/// The heads of a document's plain bytes: the one that comes with them, and the one that confirms
/// them.
fn heads(document: &Document) -> [HeaderMap; 2] {
    let variant = document.variant(|_| false);
    [
        variant.head.headers(),
        variant.validator.not_modified.headers(),
    ]
}

#[test]
fn both_heads_say_how_long_it_may_be_cached() {
    let said = |policy| {
        let document = Document::new("text/plain", policy, DateTime::UNIX_EPOCH, "ok");
        heads(&document).map(|headers| headers[header::CACHE_CONTROL].clone())
    };
    assert_eq!(said(CachePolicy::Private), ["no-store"; 2]);
    let forever = "public, max-age=31536000, immutable";
    assert_eq!(said(CachePolicy::Immutable), [forever; 2]);
    for live in said(CachePolicy::Live) {
        let live = live.to_str().expect("ASCII");
        assert!(live.starts_with("public, max-age=0, "), "{live}");
    }
}

#[test]
fn only_a_security_policy_of_its_own_is_repeated_when_it_is_confirmed() {
    let said = |security: ContentSecurity| {
        let described = ("text/plain", CachePolicy::Live, security);
        let document = Document::secured(described, DateTime::UNIX_EPOCH, "ok".into());
        heads(&document).map(|headers| headers.get(header::CONTENT_SECURITY_POLICY).cloned())
    };
    let page = ContentSecurity::Page.header().parse().ok();
    assert_eq!(said(ContentSecurity::Page), [page, None]);
    let badge = ContentSecurity::Badge.header().parse().ok();
    assert_eq!(said(ContentSecurity::Badge), [badge.clone(), badge]);
}

#[test]
fn its_date_tells_it_from_what_was_served_before_unless_they_share_a_second() {
    let document = document("ok");
    assert_eq!(document.telling_date(), Some(DateTime::UNIX_EPOCH));
    let document = document.sharing_second(true);
    assert_eq!(document.telling_date(), None);
    assert_eq!(document.last_modified, DateTime::UNIX_EPOCH);
}

#[test]
fn it_is_counted_as_other_until_its_kind_is_said() {
    assert_eq!(document("ok").kind, RequestKind::Other);
    let feed = document("ok").of_kind(RequestKind::Feed);
    assert_eq!(feed.kind, RequestKind::Feed);
}
