//! Documents: their encodings and ETags.

use bytes::Bytes;
use chrono::DateTime;

use super::document::{CachePolicy, Document};
use super::encoding::Encoding;

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
