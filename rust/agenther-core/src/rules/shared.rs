//! Rules that are compiled once a process, whoever asks for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::compile::hash;
use super::{Diagnostic, PackSource, Rules};

/// More packs than a process has at a time; what is dropped is compiled again when it is asked for.
const KEPT: usize = 32;

/// Compiled rules by the hash of the text of their packs.
#[derive(Debug, Default)]
pub struct SharedRules(Mutex<HashMap<String, Arc<Rules>>>);

impl SharedRules {
    /// The rules of that hash, where they are compiled already.
    pub fn known(&self, hash: &str) -> Option<Arc<Rules>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
    }

    /// The rules of packs, compiled where they are not yet. Who asks for the same at the same time waits.
    pub fn compile(&self, sources: &[PackSource]) -> Result<Arc<Rules>, Vec<Diagnostic>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hash = hash(sources);
        if let Some(rules) = kept.get(&hash) {
            return Ok(rules.clone());
        }
        let rules = Arc::new(Rules::compile(sources)?);
        if kept.len() == KEPT {
            kept.clear();
        }
        kept.insert(hash, rules.clone());
        Ok(rules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_packs_are_compiled_once() {
        let shared = SharedRules::default();
        let default = [PackSource::default_pack()];
        let rules = shared.compile(&default).expect("the default pack compiles");
        assert!(Arc::ptr_eq(&rules, &shared.compile(&default).expect("it did before")));
        assert!(Arc::ptr_eq(&rules, &shared.known(rules.hash()).expect("it is known by its hash")));
        assert!(shared.known("0").is_none());
    }

    #[test]
    fn a_pack_that_does_not_compile_is_not_kept() {
        let shared = SharedRules::default();
        let broken = [PackSource::file("broken.toml", "surprise = 1")];
        assert_eq!(shared.compile(&broken).map(drop), shared.compile(&broken).map(drop));
        assert!(shared.compile(&broken).is_err());
    }

    #[test]
    fn no_more_are_kept_than_there_is_room_for() {
        let shared = SharedRules::default();
        let pack = |number: usize| {
            [PackSource::file(
                format!("{number}.toml"),
                "[pack]\nname = \"p\"\nversion = \"1\"\nschema_version = 1\nlicence = \"MIT\"",
            )]
        };
        let first = shared.compile(&pack(0)).expect("a pack without rules compiles");
        (1..=KEPT).for_each(|number| drop(shared.compile(&pack(number))));
        assert!(shared.known(first.hash()).is_none());
        assert_eq!(shared.compile(&pack(0)).expect("it did before").hash(), first.hash());
    }
}
