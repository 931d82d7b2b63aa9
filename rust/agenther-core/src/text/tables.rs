//! Maps and sets for words and numbers, with the hashing of [`super::hash`]. No output may depend on their order.

use std::collections::{HashMap, HashSet};

use super::hash::Seeded;

/// A map with fast hashing.
pub type FastMap<K, V> = HashMap<K, V, Seeded>;

/// A set with fast hashing.
pub type FastSet<K> = HashSet<K, Seeded>;
