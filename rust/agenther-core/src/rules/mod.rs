//! The rule language: packs are compiled to immutable [`Rules`], which are shared and evaluated.

/// Compiled rules: immutable, cheap to share between threads.
#[derive(Debug, Default)]
pub struct Rules {}

impl Rules {
    /// The pack that ships with the engine.
    pub fn default_pack() -> &'static Rules {
        static RULES: std::sync::OnceLock<Rules> = std::sync::OnceLock::new();
        RULES.get_or_init(Rules::default)
    }
}
