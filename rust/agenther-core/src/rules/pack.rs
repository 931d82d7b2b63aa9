//! Packs: where rules come from.

use super::label::Declared;

include!(concat!(env!("OUT_DIR"), "/default_pack.rs"));

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path in the pack, with `/`: `incomplete/no-terminal-action.toml`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The text of a pack: a folder of files, or one file with `[[rule]]` tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackSource {
    /// What messages call it: `default`, or the path the user gave.
    pub name: String,
    /// Its files.
    pub files: Vec<SourceFile>,
}

impl PackSource {
    /// The pack that ships with the engine.
    pub fn default_pack() -> PackSource {
        let file = |(path, text): &(&str, &str)| SourceFile { path: (*path).into(), text: (*text).into() };
        PackSource { name: "default".to_owned(), files: DEFAULT_PACK.iter().map(file).collect() }
    }

    /// A pack in a single file.
    pub fn file(path: impl Into<String>, text: impl Into<String>) -> PackSource {
        let path = path.into();
        PackSource { name: path.clone(), files: vec![SourceFile { path, text: text.into() }] }
    }
}

/// What a pack says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence.
    pub licence: String,
    /// Log-odds of failure before anything is seen, where the pack says it.
    pub prior: Option<f32>,
    /// What the say of the rules is multiplied with, where the pack says it.
    pub scale: Option<f32>,
    /// What each kindred rule beyond the loudest adds of its weight, where the pack says it.
    pub kindred_share: Option<f32>,
    /// From which probability on a run without a label counts as failed, where the pack says it.
    pub threshold: Option<f32>,
    /// The labels that it declares.
    pub labels: Vec<Declared>,
}
