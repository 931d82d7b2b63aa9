//! How a training weight becomes rows, for trainers that take none.

/// What to do with the weight of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WeightMode {
    /// Write it beside the row.
    Column,
    /// Write the row `weight × times` times, rounded half up.
    Repeat {
        /// The copies that a weight of 1 gives.
        times: u32,
    },
    /// Write the row with probability `weight`.
    Sample {
        /// Seeds the draw, together with the row's identity.
        seed: u64,
    },
    /// Write every row once, without its weight.
    Drop,
}

impl WeightMode {
    /// How often a row is written. `identity` is what tells the row from others (the run's id and its
    /// goal), so that the draw is the same whatever the order, the chunking or the threads.
    pub fn copies(self, weight: f32, identity: [&str; 2]) -> u32 {
        match self {
            WeightMode::Column | WeightMode::Drop => 1,
            WeightMode::Repeat { times } => (weight.clamp(0.0, 1.0) * times as f32 + 0.5) as u32,
            WeightMode::Sample { seed } => u32::from(draw(seed, identity) < f64::from(weight)),
        }
    }
}

/// A number in [0, 1) that depends on nothing but its arguments: FNV-1a, finished as in splitmix64,
/// because the standard library's hasher may change between releases.
fn draw(seed: u64, identity: [&str; 2]) -> f64 {
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ seed;
    let mut eat = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    for part in identity {
        part.bytes().for_each(&mut eat);
        eat(0xff); // occurs in no UTF-8 text, so ("ab", "c") and ("a", "bc") differ
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^= hash >> 31;
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_by_weight() {
        let copies = |weight| WeightMode::Repeat { times: 4 }.copies(weight, ["r", "g"]);
        assert_eq!([1.0, 0.6, 0.3, 0.1, 0.0, f32::NAN].map(copies), [4, 2, 1, 0, 0, 0]);
    }

    #[test]
    fn samples_the_share_that_the_weight_says() {
        let mode = WeightMode::Sample { seed: 7 };
        let kept: u32 = (0..10_000).map(|n| mode.copies(0.3, [&n.to_string(), "goal"])).sum();
        assert!((2_800..3_200).contains(&kept), "{kept}");
        assert_eq!(mode.copies(1.0, ["r", "g"]), 1);
        assert_eq!(mode.copies(0.0, ["r", "g"]), 0);
    }

    #[test]
    fn the_draw_depends_on_seed_and_identity() {
        let draws = [draw(0, ["ab", "c"]), draw(0, ["a", "bc"]), draw(1, ["ab", "c"])];
        assert!(draws[0] != draws[1] && draws[0] != draws[2]);
        assert_eq!(draws[0], draw(0, ["ab", "c"]));
    }
}
