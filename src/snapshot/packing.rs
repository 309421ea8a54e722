//! Compression of bytes that stay in memory: those of incidents that are over. A long history has
//! many of them, and pages need few.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// Fewer bytes than this aren't worth compressing.
const LEAST_BYTES: usize = 1024;

/// Compresses one text after the other.
pub(super) struct Packer {
    deflate: Compress,
    room: Vec<u8>,
}

impl Packer {
    pub(super) fn new() -> Self {
        Self {
            deflate: Compress::new(Compression::fast(), false),
            room: Vec::new(),
        }
    }

    /// The compressed bytes; `None` if that isn't worth it.
    pub(super) fn pack(&mut self, bytes: &[u8]) -> Option<Box<[u8]>> {
        if bytes.len() < LEAST_BYTES {
            return None;
        }
        self.deflate.reset();
        // What doesn't fit gains nothing.
        self.room.resize(bytes.len(), 0);
        let done = self
            .deflate
            .compress(bytes, &mut self.room, FlushCompress::Finish);
        let length = usize::try_from(self.deflate.total_out()).ok()?;
        let is_whole = matches!(done, Ok(Status::StreamEnd));
        is_whole.then(|| self.room[..length].into())
    }
}

/// The `length` bytes that [`Packer::pack`] compressed.
pub(super) fn unpack(packed: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length);
    Decompress::new(false)
        .decompress_vec(packed, &mut bytes, FlushDecompress::Finish)
        .expect("bytes as they were written");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::numbers::Numbers;

    #[test]
    fn what_is_packed_comes_back_and_is_smaller() {
        let mut numbers = Numbers(7);
        let mut packer = Packer::new();
        for words in [100, 1_000, 10_000] {
            let mut text = Vec::new();
            for _ in 0..words {
                let word = numbers.pick(&["Selma ", "is up ", "again ", "\0 é "]);
                text.extend_from_slice(word.as_bytes());
            }
            match packer.pack(&text) {
                None => assert!(text.len() < LEAST_BYTES),
                Some(packed) => {
                    assert!(packed.len() < text.len() * 2 / 3, "{}", packed.len());
                    assert_eq!(unpack(&packed, text.len()), text);
                }
            }
        }
    }

    #[test]
    fn what_gets_no_smaller_stays() {
        let mut numbers = Numbers(7);
        let noise = (0..5_000).map(|_| u8::try_from(numbers.below(256)).expect("a byte"));
        let noise: Vec<u8> = noise.collect();
        let mut packer = Packer::new();
        assert!(packer.pack(&noise).is_none());
        let plain = vec![7; 5_000];
        let packed = packer.pack(&plain).expect("it gets smaller");
        assert_eq!(unpack(&packed, plain.len()), plain);
    }
}
