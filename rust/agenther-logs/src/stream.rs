//! Bytes as they come: decompression by magic number, and a window that slides over the stream.

use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

/// Bytes asked of the source at a time.
pub(crate) const CHUNK: usize = 1 << 18;

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// Skippable zstd frames, which parallel compressors put first: 0x184D2A50 to 0x184D2A5F.
const ZSTD_SKIPPABLE: &[u8] = &[0x2a, 0x4d, 0x18];

/// The stream within `input`, decompressed if it starts like gzip or zstd. Frames that follow one
/// another are one stream in both.
pub(crate) fn decompressed(input: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let mut head = Vec::with_capacity(4);
    let mut input = input;
    // A source may hand out its bytes one by one.
    (&mut input).take(4).read_to_end(&mut head)?;
    let skippable = head.len() == 4 && &head[1..] == ZSTD_SKIPPABLE && head[0] & 0xf0 == 0x50;
    let (gzip, zstd) = (head.starts_with(GZIP), head.starts_with(ZSTD) || skippable);
    let whole = io::Cursor::new(head).chain(input);
    if !gzip && !zstd {
        return Ok(Box::new(whole));
    }
    let compressed = Arc::new(AtomicU64::new(0));
    let whole = BufReader::with_capacity(CHUNK, Counted { inner: whole, read: compressed.clone() });
    let plain: Box<dyn Read + Send> = if gzip {
        Box::new(MultiGzDecoder::new(whole))
    } else {
        Box::new(zstd::stream::read::Decoder::with_buffer(whole)?)
    };
    Ok(Box::new(Expansion::new(plain, move || compressed.load(Ordering::Relaxed))))
}

/// Tells how many bytes were read through it.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Decompressed bytes that any compressed file may have.
const HARMLESS: u64 = 256 << 20;
/// Decompressed bytes a compressed one, beyond that. Agent logs have 5 to 60, and the most that gzip
/// can reach is 1,032.
const MAX_RATIO: u64 = 500;

/// Stops a bomb: a small file that decompresses without end.
pub(crate) struct Expansion<C> {
    inner: Box<dyn Read + Send>,
    compressed: C,
    read: u64,
}

impl<C: Fn() -> u64> Expansion<C> {
    pub fn new(inner: Box<dyn Read + Send>, compressed: C) -> Self {
        Expansion { inner, compressed, read: 0 }
    }
}

impl<C: Fn() -> u64> Read for Expansion<C> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        if self.read > HARMLESS && self.read / MAX_RATIO > (self.compressed)() {
            let sentence = format!(
                "it grows more than {MAX_RATIO}-fold, as a decompression bomb does; decompress it first"
            );
            return Err(io::Error::new(BOMB, sentence));
        }
        Ok(read)
    }
}

/// The kind of error that a bomb is, which no damage of a file has.
pub(crate) const BOMB: io::ErrorKind = io::ErrorKind::FileTooLarge;

/// The part of the stream that is in memory. It grows to hold one record and no more.
pub(crate) struct Window {
    input: Box<dyn Read + Send>,
    /// Bytes `start..end` are read and not consumed.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    /// Where the line ends that is looked at, as if the stream did.
    cap: Option<u64>,
    ended: bool,
    error: Option<io::Error>,
}

impl Window {
    pub fn new(input: Box<dyn Read + Send>) -> Self {
        Window {
            input,
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            offset: 0,
            cap: None,
            ended: false,
            error: None,
        }
    }

    /// The stream from what is not consumed on.
    pub fn into_stream(mut self) -> Box<dyn Read + Send> {
        self.buffer.truncate(self.end);
        let mut left = io::Cursor::new(self.buffer);
        left.set_position(self.start as u64);
        Box::new(left.chain(Rest { input: self.input, error: self.error }))
    }

    /// What is in memory and not consumed.
    pub fn bytes(&self) -> &[u8] {
        let capped = self.cap.map_or(self.end, |cap| self.start + (cap - self.offset) as usize);
        &self.buffer[self.start..capped]
    }

    /// Where [`Window::bytes`] starts in the decompressed stream.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads more; `false` once the stream has ended or failed.
    pub fn fill(&mut self) -> bool {
        if self.ended || self.cap.is_some() {
            return false;
        }
        self.make_room();
        loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(read) => {
                    self.end += read;
                    self.ended = read == 0;
                    return !self.ended;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.error = Some(error);
                    return false;
                }
            }
        }
    }

    /// Moves what is left to the front once most of the buffer is consumed, else doubles it: both
    /// cost no more than reading the bytes did.
    fn make_room(&mut self) {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        if self.end < self.buffer.len() {
            return;
        }
        if self.start >= self.buffer.len() / 2 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        } else {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
    }

    /// Reads until `length` bytes are in memory or the stream ends.
    pub fn fill_to(&mut self, length: usize) {
        while self.bytes().len() < length && self.fill() {}
    }

    /// Lets go of the first `length` bytes.
    pub fn consume(&mut self, length: usize) {
        self.start += length;
        self.offset += length as u64;
    }

    /// Shows the first `length` bytes only, until [`Window::pass_cap`].
    pub fn cap_at(&mut self, length: usize) {
        self.cap = Some(self.offset + length as u64);
    }

    /// Whether there is a cap.
    pub fn is_capped(&self) -> bool {
        self.cap.is_some()
    }

    /// Lets go of what is left before the cap, and of the cap.
    pub fn pass_cap(&mut self) {
        self.consume(if self.is_capped() { self.bytes().len() } else { 0 });
        self.cap = None;
    }

    /// Whether the stream is at its end and all of it is in memory.
    pub fn is_ended(&self) -> bool {
        self.ended && self.cap.is_none()
    }

    /// The failure that ended the stream, once.
    pub fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }
}

/// What follows on a window: the failure that it met, or more of the stream.
struct Rest {
    input: Box<dyn Read + Send>,
    error: Option<io::Error>,
}

impl Read for Rest {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.error.take() {
            Some(error) => Err(error),
            None => self.input.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_is_stopped_and_a_long_log_is_not() {
        let read = |compressed: u64| {
            let endless = Box::new(io::repeat(b'[').take(2 * HARMLESS));
            io::copy(&mut Expansion::new(endless, move || compressed), &mut io::sink())
        };
        assert!(read(1000).unwrap_err().to_string().contains("500-fold"));
        assert_eq!(read(2 * HARMLESS / 60).unwrap(), 2 * HARMLESS);
    }
}
