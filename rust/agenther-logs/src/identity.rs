//! What a run is called when its log does not say.

/// Eight hex digits that depend on every byte: tells apart runs of one task, in one file or in
/// many, and stays the same wherever the file lies. A multiply-and-fold hash over words, because
/// it reads every byte of the log and must cost nothing beside parsing it.
pub(crate) fn fingerprint(text: &str) -> String {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| {
        let product = u128::from(hash ^ word) * u128::from(MULTIPLIER);
        (product as u64) ^ ((product >> 64) as u64).rotate_left(23) ^ word
    };
    let word = |bytes: &[u8]| {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(word)
    };
    // Lanes that do not wait for one another: a multiplication takes four cycles.
    let mut lanes = [text.len() as u64, 1, 2, 3].map(|seed| mix(MULTIPLIER, seed));
    let mut blocks = text.as_bytes().chunks_exact(32);
    for block in &mut blocks {
        let at = |lane: usize| word(&block[8 * lane..8 * lane + 8]);
        lanes = [mix(lanes[0], at(0)), mix(lanes[1], at(1)), mix(lanes[2], at(2)), mix(lanes[3], at(3))];
    }
    let rest = blocks.remainder().chunks(8).fold(0, |hash, bytes| mix(hash, word(bytes)));
    let hash = lanes.into_iter().fold(rest, mix);
    let hash = mix(hash, MULTIPLIER);
    hex((hash ^ (hash >> 32)) as u32)
}

/// Eight digits, without the machinery of a format string, which costs as much as the hash.
fn hex(number: u32) -> String {
    let digit = |shift: u32| char::from(b"0123456789abcdef"[((number >> shift) & 15) as usize]);
    (0..8).rev().map(|place| digit(4 * place)).collect()
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn every_byte_and_the_length_count() {
        let text = "a run of an agent, long enough for two blocks of thirty-two bytes and a rest";
        let mut seen = vec![fingerprint(text)];
        for at in 0..text.len() {
            let mut changed = text.to_owned();
            changed.replace_range(at..=at, "~");
            seen.push(fingerprint(&changed));
            seen.push(fingerprint(&text[..at]));
        }
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), all);
    }

    #[test]
    fn it_never_changes() {
        assert_eq!(fingerprint("stable"), FIXED);
    }

    /// Ids of runs that people have already exported depend on it.
    const FIXED: &str = "a252847d";
}
