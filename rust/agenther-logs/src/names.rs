//! What the name of a file tells of it, in a folder and in an archive.

/// Names that end so hold records, whatever is in them: a file that is no log is a reject.
pub const RECORD_SUFFIXES: &[&str] = &[
    ".json",
    ".jsonl",
    ".jsonlines",
    ".ndjson",
    ".traj",
    ".eval",
    ".zip",
    ".gz",
    ".zst",
    ".zstd",
    ".parquet",
    ".arrow",
    ".arrows",
    ".feather",
    ".ipc",
];

/// Names that end so hold records if a format is recognised in them: most of them are notes and tables.
pub const TEXT_SUFFIXES: &[&str] = &[".csv", ".html", ".log", ".md", ".tsv", ".txt"];

/// What a file is by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// It holds records.
    Log,
    /// It holds records if a format is recognised in it.
    Perhaps,
    /// It holds none.
    Other,
}

impl Named {
    /// What a path says, in any case of its letters. What stands after a log that was rotated
    /// (`run.jsonl.1`, `run.log.2026-01-31`) says nothing.
    pub fn of(path: &str) -> Self {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
        let name = without_rotation(&name);
        let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
        match () {
            () if ends(RECORD_SUFFIXES) => Named::Log,
            () if ends(TEXT_SUFFIXES) || !name.contains('.') => Named::Perhaps,
            () => Named::Other,
        }
    }
}

fn without_rotation(mut name: &str) -> &str {
    while let Some((rest, last)) = name.rsplit_once('.')
        && !rest.is_empty()
        && !last.is_empty()
        && last.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'_'))
    {
        name = rest;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_told_by_the_end_of_its_name() {
        for name in [
            "a.json",
            "A.JSONL",
            "a.jsonlines",
            "a.zstd",
            "a.jsonl.1",
            "a.jsonl.20260131",
            "a.jsonl.2026-01-31.2",
            "a.log.2.gz",
            "logs/a.traj.json",
            "p.Parquet",
            "s.arrows",
            "C:\\logs\\a.ndjson",
        ] {
            assert_eq!(Named::of(name), Named::Log, "{name}");
        }
        for name in
            ["a.log", "a.TXT", "a.log.1", "folder.d/run", "1234", ".aider.chat.history.md", "v1.2", ""]
        {
            assert_eq!(Named::of(name), Named::Perhaps, "{name}");
        }
        for name in ["a.png", "a.jsonl.bak", "a.jsonl~", ".bashrc", "a.yaml", ".1", "a."] {
            assert_eq!(Named::of(name), Named::Other, "{name}");
        }
    }
}
