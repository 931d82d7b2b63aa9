//! Zip archives, and Inspect's `.eval`, which is one: their members are read one after another, as
//! streams. Names of members are shown to people and never used as paths.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

use flate2::CrcReader;
use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use crate::names::Named;
use crate::stream::{CHUNK, Expansion};

/// A zip archive starts with a local file header, or with its end where it is empty.
pub(crate) const MAGIC: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// Most members of an archive.
const MAX_MEMBERS: usize = 1 << 20;

/// An open archive.
pub(crate) struct Archive {
    file: Arc<File>,
    members: std::vec::IntoIter<Member>,
    /// Whether it has members that another of the same name hides.
    pub hides: bool,
}

/// A member that may hold records.
pub(crate) struct Member {
    pub name: String,
    start: u64,
    length: u64,
    checksum: u32,
    method: CompressionMethod,
    encrypted: bool,
}

impl Member {
    /// Whether it is no log unless its text is of a known format.
    pub fn may_be_no_log(&self) -> bool {
        Named::of(&self.name) == Named::Perhaps
    }
}

impl Archive {
    /// Reads the directory of an archive.
    pub fn open(file: File) -> io::Result<Self> {
        let mut archive = ZipArchive::new(BufReader::new(file.try_clone()?))?;
        if archive.len() > MAX_MEMBERS {
            let sentence = format!("it has {} members, more than the limit of {MAX_MEMBERS}", archive.len());
            return Err(io::Error::new(io::ErrorKind::InvalidData, sentence));
        }
        let hides = archive.has_duplicate_names();
        let mut members = Vec::new();
        for index in 0..archive.len() {
            let member = archive.by_index_raw(index)?;
            let name = member.name()?.into_owned();
            if member.is_file() && Named::of(&name) != Named::Other {
                members.push(Member {
                    name,
                    start: member.data_start().unwrap_or_default(),
                    length: member.compressed_size(),
                    checksum: member.crc32(),
                    method: member.compression(),
                    encrypted: member.encrypted(),
                });
            }
        }
        Ok(Archive { file: Arc::new(file), members: members.into_iter(), hides })
    }

    /// The next member that may hold records.
    pub fn next_member(&mut self) -> Option<Member> {
        self.members.next()
    }

    /// The decompressed bytes of a member.
    pub fn stream(&self, member: &Member) -> io::Result<Box<dyn Read + Send>> {
        if member.encrypted {
            return Err(unreadable("it is encrypted; decrypt the archive first"));
        }
        let stored = Part { file: self.file.clone(), at: member.start, left: member.length };
        let stored = BufReader::with_capacity(CHUNK, stored);
        let plain: Box<dyn Read + Send> = match member.method {
            CompressionMethod::STORE => Box::new(stored),
            CompressionMethod::DEFLATE => Box::new(DeflateDecoder::new(stored)),
            CompressionMethod::ZSTD => Box::new(zstd::stream::read::Decoder::with_buffer(stored)?),
            method => return Err(unreadable(&format!("its compression ({method:?}) is not supported"))),
        };
        let length = member.length;
        Ok(Box::new(Checked {
            inner: CrcReader::new(Expansion::new(plain, move || length)),
            checksum: member.checksum,
        }))
    }
}

fn unreadable(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, why)
}

/// The bytes of a file from a place on. Members are read one at a time, so the handle may be shared.
struct Part {
    file: Arc<File>,
    at: u64,
    left: u64,
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(&mut buffer[..wanted])?;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

/// Fails at the end of a member whose bytes are not those that were put in.
struct Checked<R: Read> {
    inner: CrcReader<R>,
    checksum: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if read == 0 && !buffer.is_empty() && self.inner.crc().sum() != self.checksum {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its checksum is wrong"));
        }
        Ok(read)
    }
}
