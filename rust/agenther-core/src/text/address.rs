//! Web addresses, e-mail addresses and paths.

use super::facts::{Fact, FactKind, class};

/// Endings of file names that are told from the end of a sentence by being known.
#[rustfmt::skip]
const EXTENSIONS: &[&str] = &[
    "7z", "avi", "bak", "bash", "bat", "bib", "bin", "bmp", "bz2", "c", "cc", "cfg", "class", "conf",
    "cpp", "cs", "css", "csv", "dat", "db", "deb", "dll", "doc", "docx", "env", "exe", "feather", "gif",
    "go", "gz", "h", "hpp", "htm", "html", "ico", "ini", "ipynb", "iso", "jar", "java", "jpeg", "jpg",
    "js", "json", "jsonl", "jsx", "kt", "lock", "log", "lua", "md", "mkv", "mov", "mp3", "mp4", "ndjson",
    "o", "odt", "ogg", "out", "parquet", "pdf", "php", "pkl", "pl", "png", "ppt", "pptx", "properties",
    "ps1", "py", "pyc", "r", "rar", "rb", "rpm", "rs", "rst", "rtf", "scala", "sh", "so", "sql", "sqlite",
    "svg", "swift", "swp", "tar", "tex", "tgz", "tif", "tiff", "tmp", "toml", "ts", "tsv", "tsx", "txt",
    "vue", "wav", "webm", "webp", "whl", "xls", "xlsx", "xml", "xz", "yaml", "yml", "zip", "zst",
];

#[rustfmt::skip]
const DOMAINS: &[&str] = &[
    "com", "org", "net", "io", "edu", "gov", "co", "uk", "de", "fr", "info", "ai", "dev", "app", "eu",
    "int", "mil",
];

/// The first address in the chunk `at..chunk_end`, whose bytes have the classes `flags`.
pub(super) fn scan<'a>(
    text: &'a str,
    end: usize,
    at: usize,
    chunk_end: usize,
    flags: u16,
) -> Option<Fact<'a>> {
    let chunk = &text[at..chunk_end];
    if flags & class::COLON != 0
        && flags & class::SLASH != 0
        && let Some(fact) = url(text, end, at, chunk)
    {
        return Some(fact);
    }
    if chunk.starts_with("www.") {
        return Some(Fact::new(text, FactKind::Url, at, url_end(text, end, at)));
    }
    if flags & class::AT != 0
        && let Some(fact) = email(text, at, chunk)
    {
        return Some(fact);
    }
    if flags & class::BACKSLASH != 0 {
        return windows_path(text, at, chunk);
    }
    if flags & class::SLASH != 0
        && let Some(fact) = posix_path(text, at, chunk)
    {
        return Some(fact);
    }
    if flags & class::DOT != 0 { file_or_domain(text, at, chunk) } else { None }
}

fn url<'a>(text: &'a str, end: usize, at: usize, chunk: &str) -> Option<Fact<'a>> {
    let colon = memchr::memmem::find(chunk.as_bytes(), b"://")?;
    let scheme =
        chunk.as_bytes()[..colon].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let start = at + colon - scheme;
    let to = url_end(text, end, start);
    (scheme >= 2 && to > at + colon + 3).then(|| Fact::new(text, FactKind::Url, start, to))
}

/// A URL ends at a blank, a quote or an angle bracket; marks of the sentence around it are not its own.
fn url_end(text: &str, end: usize, start: usize) -> usize {
    let bytes = &text.as_bytes()[..end];
    let mut to = start;
    let mut open = 0i32;
    while to < end {
        match bytes[to] {
            0..=32 | b'"' | b'<' | b'>' | b'`' | b'|' | b'\\' | b'{' | b'}' => break,
            b'(' | b'[' => open += 1,
            b')' | b']' if open == 0 => break,
            b')' | b']' => open -= 1,
            b'\'' if !bytes.get(to + 1).is_some_and(|&byte| class::is_word(byte)) => break,
            0xE2 if ["“", "”", "’", "…"].iter().any(|mark| bytes[to..].starts_with(mark.as_bytes())) =>
            {
                break;
            }
            _ => {}
        }
        to += 1;
    }
    trimmed(bytes, start, to)
}

fn trimmed(bytes: &[u8], start: usize, mut to: usize) -> usize {
    while to > start && matches!(bytes[to - 1], b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b'*') {
        to -= 1;
    }
    to
}

fn email<'a>(text: &'a str, at: usize, chunk: &str) -> Option<Fact<'a>> {
    let bytes = chunk.as_bytes();
    let sign = memchr::memchr(b'@', bytes)?;
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+' | b'%');
    let local = bytes[..sign].iter().rev().take_while(|byte| part(byte)).count();
    let domain = bytes[sign + 1..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        .count();
    let to = trimmed(bytes, sign + 1, sign + 1 + domain);
    let dot = bytes[sign + 1..to].iter().rposition(|&byte| byte == b'.')?;
    let tld = to - (sign + 1 + dot + 1);
    (local > 0 && dot > 0 && tld >= 2).then(|| Fact::new(text, FactKind::Email, at + sign - local, at + to))
}

fn windows_path<'a>(text: &'a str, at: usize, chunk: &str) -> Option<Fact<'a>> {
    let bytes = chunk.as_bytes();
    let drive = bytes.len() > 3 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && bytes[2] == b'\\';
    let share = bytes.starts_with(b"\\\\") && bytes.len() > 4 && class::is_word(bytes[2]);
    let to = trimmed(bytes, 0, bytes.len());
    (drive || share).then(|| Fact::new(text, FactKind::Path, at, at + to))
}

fn posix_path<'a>(text: &'a str, at: usize, chunk: &str) -> Option<Fact<'a>> {
    let bytes = chunk.as_bytes();
    let allowed = |byte: u8| {
        class::is_word(byte)
            || matches!(
                byte,
                b'/' | b'.' | b'-' | b'~' | b'+' | b'@' | b'%' | b'=' | b'*' | b'?' | b'$' | b':'
            )
    };
    // `path=/tmp/x`: the path begins after the sign.
    let first = memchr::memchr(b'/', bytes)?;
    let start = bytes[..first]
        .iter()
        .rposition(|&byte| !allowed(byte) || matches!(byte, b'=' | b':'))
        .map_or(0, |at| at + 1);
    let length = bytes[start..].iter().take_while(|&&byte| allowed(byte)).count();
    let to = trimmed(bytes, start, start + length);
    let path = &bytes[start..to];
    let rooted = matches!(path, [b'/', b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'.' | b'0'..=b'9' | 0x80.., ..])
        || path.starts_with(b"~/")
        || path.starts_with(b"./")
        || path.starts_with(b"../")
        || matches!(path, [b'$', b'A'..=b'Z' | b'{', ..]);
    // `5/kg` and `and/or` are no paths; `src/main.rs` and `a/b/c` are.
    let slashes = path.iter().filter(|&&byte| byte == b'/').count();
    let named = path.iter().any(u8::is_ascii_alphabetic) && !path[0].is_ascii_digit();
    let relative = named
        && (has_extension(path)
            || (slashes >= 2 && !path.ends_with(b"/"))
            || (slashes == 1 && path.ends_with(b"/") && path.len() > 3));
    ((rooted && path.len() > 1) || relative).then(|| Fact::new(text, FactKind::Path, at + start, at + to))
}

fn has_extension(path: &[u8]) -> bool {
    let Some(dot) = memchr::memrchr(b'.', path) else { return false };
    let extension = &path[dot + 1..];
    dot > 0
        && extension.len() <= 10
        && EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known.as_bytes()))
        && path[dot - 1] != b'/'
}

/// `report.pdf`, `example.com`.
fn file_or_domain<'a>(text: &'a str, at: usize, chunk: &str) -> Option<Fact<'a>> {
    let bytes = chunk.as_bytes();
    let part = |byte: u8| class::is_word(byte) || matches!(byte, b'.' | b'-' | b'*');
    let start = bytes.iter().position(|&byte| class::is_word(byte) || byte == b'*')?;
    let length = bytes[start..].iter().take_while(|&&byte| part(byte)).count();
    let to = trimmed(bytes, start, start + length);
    let name = &bytes[start..to];
    let dot = memchr::memrchr(b'.', name)?;
    if name[..dot].is_empty()
        || !name[..dot].iter().any(|&byte| byte.is_ascii_alphabetic() || byte == b'*' || byte >= 0x80)
    {
        return None;
    }
    let ending = &name[dot + 1..];
    // `C.` and `e.g.`: an ending of one letter needs a longer stem.
    if has_extension(name) && (ending.len() > 1 || dot > 1) {
        return Some(Fact::new(text, FactKind::Path, at + start, at + to));
    }
    let domain = dot > 1 && DOMAINS.iter().any(|known| ending.eq_ignore_ascii_case(known.as_bytes()));
    domain.then(|| Fact::new(text, FactKind::Url, at + start, at + to))
}
