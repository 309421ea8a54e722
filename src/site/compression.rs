//! Compression: quick while somebody waits, and as good as possible otherwise.

use std::io::{self, Write};

use flate2::write::GzEncoder;

use super::encoding::Encoding;

/// How much time a compression may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// Somebody waits: a page takes well under a millisecond.
    Quick,
    /// Nobody waits.
    Best,
}

/// The largest Brotli window, as a power of two. The compressor's buffers are as large as the
/// window, so a page gets only the window that it fills.
const BROTLI_WINDOW: u32 = 22;
/// With 16 or less, this implementation takes another path at the quick effort, which is slow.
const SMALLEST_BROTLI_WINDOW: u32 = 17;

/// Compresses `plain` into an encoding.
pub(super) fn pack(encoding: Encoding, plain: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    match encoding {
        Encoding::Plain => Ok(plain.to_vec()),
        Encoding::Gzip => gzip(plain, effort),
        Encoding::Brotli => brotli(plain, effort),
    }
}

fn brotli(plain: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    let quality = match effort {
        Effort::Quick => 5,
        Effort::Best => 11,
    };
    let mut packed = Vec::with_capacity(plain.len() / 4);
    // 16 bytes of a window can't be used (RFC 7932).
    let filled = (plain.len() + 16).next_power_of_two().ilog2();
    let window = filled.clamp(SMALLEST_BROTLI_WINDOW, BROTLI_WINDOW);
    let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, quality, window);
    writer.write_all(plain)?;
    drop(writer);
    packed.shrink_to_fit();
    Ok(packed)
}

fn gzip(plain: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    let mut packed = Vec::with_capacity(plain.len() / 4);
    match effort {
        Effort::Quick => {
            let mut writer = GzEncoder::new(&mut packed, flate2::Compression::new(6));
            writer.write_all(plain)?;
            writer.finish()?;
        }
        // 5 % smaller than zlib's best, and a hundred times slower.
        Effort::Best => {
            let options = zopfli::Options::default();
            zopfli::compress(options, zopfli::Format::Gzip, plain, &mut packed)?;
        }
    }
    packed.shrink_to_fit();
    Ok(packed)
}
