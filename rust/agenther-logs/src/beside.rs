//! Files beside a log, which some formats need: the label of a run often stands in the harness's
//! report and not in the run.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Longest file that is read beside a log.
const MAX_BYTES: u64 = 64 << 20;
/// Most files that are read in a folder, and most bytes of them together.
const MAX_FILES: usize = 1024;
const MAX_TOTAL: usize = 256 << 20;

/// What lies beside a log. Names come from the format's code, never from a log.
pub trait Beside: Send + Sync {
    /// The text of the file of this name, relative to the log's folder; `None` where there is none,
    /// or where it is longer than 64 MiB. Bytes that are no UTF-8 become U+FFFD.
    fn text(&self, name: &str) -> Option<String>;

    /// Names and texts of the files in `folder` (relative to the log's) whose names end with
    /// `suffix`: the first 1024 by name, up to 256 MiB.
    fn texts(&self, folder: &str, suffix: &str) -> Vec<(String, String)>;
}

/// The folder of a log on disk.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub fn of(log: &Path) -> Self {
        Folder(log.parent().unwrap_or(Path::new("")).to_owned())
    }
}

impl Beside for Folder {
    fn text(&self, name: &str) -> Option<String> {
        read(&self.0.join(name))
    }

    fn texts(&self, folder: &str, suffix: &str) -> Vec<(String, String)> {
        let Ok(entries) = fs::read_dir(self.0.join(folder)) else { return Vec::new() };
        let named = entries.flatten().map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry));
        let mut found: Vec<_> = named.filter(|(name, _)| name.ends_with(suffix)).collect();
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        found.truncate(MAX_FILES);
        let mut room = MAX_TOTAL;
        let texts = found.into_iter().filter_map(|(name, entry)| Some((name, read(&entry.path())?)));
        let fits = |(_, text): &(String, String)| {
            room = room.saturating_sub(text.len());
            room > 0
        };
        texts.take_while(fits).collect()
    }
}

/// A pipe or a device would never end, so only regular files are read.
fn read(path: &Path) -> Option<String> {
    let kind = fs::metadata(path).ok()?;
    if !kind.is_file() || kind.len() > MAX_BYTES {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
    // One byte of a log of many tasks must not cost the labels of all of them.
    Some(
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
    )
}

/// Where a log comes from a stream or an archive, nothing lies beside it.
pub(crate) struct Nothing;

impl Beside for Nothing {
    fn text(&self, _: &str) -> Option<String> {
        None
    }

    fn texts(&self, _: &str, _: &str) -> Vec<(String, String)> {
        Vec::new()
    }
}
