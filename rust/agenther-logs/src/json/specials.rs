//! Finds quotes and backslashes 32 bytes at a time: agent logs are nearly all string, with an escape
//! every few dozen bytes, where one call of `memchr` an escape costs more than the bytes it skips.

/// Bytes looked at together.
pub(crate) const BLOCK: usize = 32;

/// The `N` bytes at `at`, with zeros behind the end.
#[inline(always)]
pub(crate) fn block_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    if let Some(block) = bytes.get(at..).and_then(|rest| rest.first_chunk::<N>()) {
        return *block;
    }
    let mut block = [0; N];
    let rest = &bytes[at.min(bytes.len())..];
    block[..rest.len()].copy_from_slice(rest);
    block
}

/// Which bytes of a block are `"` or `\`: bit 0 for the first byte.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn quotes_and_backslashes(block: &[u8; BLOCK]) -> u64 {
    use std::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
    };
    let mut mask = 0;
    for (index, half) in block.chunks_exact(16).enumerate() {
        // SAFETY: SSE2 is part of x86-64, and the load reads the 16 bytes of the half, aligned or not.
        let bits = unsafe {
            let bytes = _mm_loadu_si128(half.as_ptr().cast());
            let equal = |byte: u8| _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte.cast_signed()));
            _mm_movemask_epi8(_mm_or_si128(equal(b'"'), equal(b'\\')))
        };
        mask |= u64::from(bits.cast_unsigned()) << (16 * index);
    }
    mask
}

/// Which bytes of a block are `"` or `\`: bit 0 for the first byte.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn quotes_and_backslashes(block: &[u8; BLOCK]) -> u64 {
    block.iter().rev().fold(0, |mask, &byte| mask << 1 | u64::from(matches!(byte, b'"' | b'\\')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_a_block_is_seen_and_what_follows_the_end_is_not() {
        for at in 0..BLOCK {
            let mut block = [b'x'; BLOCK];
            block[at] = b'"';
            assert_eq!(quotes_and_backslashes(&block), 1 << at);
            block[at] = b'\\';
            assert_eq!(quotes_and_backslashes(&block), 1 << at);
            block[at] = 0x80 | b'"';
            assert_eq!(quotes_and_backslashes(&block), 0);
        }
        assert_eq!(quotes_and_backslashes(&block_at(b"ab\\\\", 2)), 0b11);
        assert_eq!(quotes_and_backslashes(&block_at(b"ab\\", 3)), 0);
    }
}
