//! What a run is called when its log does not say.

/// Eight hex digits that depend on every byte: tells apart runs of one task, in one file or in
/// many, and stays the same wherever the file lies. A multiply-and-fold hash over words, because
/// it reads every byte of the log and must cost nothing beside parsing it.
pub(crate) fn fingerprint(text: &str) -> String {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut words = text.as_bytes().chunks_exact(8);
    let mut hash = text.len() as u64 ^ MULTIPLIER;
    let mut mix = |word: u64| {
        let product = u128::from(hash ^ word).wrapping_mul(u128::from(MULTIPLIER));
        hash = (product as u64) ^ ((product >> 64) as u64).rotate_left(23) ^ word;
    };
    for word in &mut words {
        mix(u64::from_le_bytes(word.try_into().unwrap_or_default()));
    }
    let mut last = [0; 8];
    last[..words.remainder().len()].copy_from_slice(words.remainder());
    mix(u64::from_le_bytes(last));
    mix(MULTIPLIER);
    format!("{:08x}", (hash ^ (hash >> 32)) as u32)
}
