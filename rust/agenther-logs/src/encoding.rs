//! Text in UTF-16 and UTF-32, as the `>` of Windows PowerShell writes it, as UTF-8.
//!
//! It is told by its byte order mark. What has none is read as UTF-8.

use std::io::{self, Read};

use crate::stream::CHUNK;

/// How the characters of a stream lie in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Encoding {
    /// Bytes of a unit: 2 or 4.
    width: usize,
    little: bool,
}

impl Encoding {
    /// What a stream says by its first bytes.
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0xff, 0xfe, 0, 0, ..] => Some(Encoding { width: 4, little: true }),
            [0, 0, 0xfe, 0xff, ..] => Some(Encoding { width: 4, little: false }),
            [0xff, 0xfe, ..] => Some(Encoding { width: 2, little: true }),
            [0xfe, 0xff, ..] => Some(Encoding { width: 2, little: false }),
            _ => None,
        }
    }

    /// The number that a unit is.
    fn unit(self, bytes: &[u8]) -> u32 {
        let mut unit = [0; 4];
        unit[..bytes.len()].copy_from_slice(bytes);
        if !self.little {
            unit[..bytes.len()].reverse();
        }
        u32::from_le_bytes(unit)
    }
}

/// A stream in UTF-8; what is no character is U+FFFD.
struct Decoder {
    input: Box<dyn Read + Send>,
    encoding: Encoding,
    buffer: Vec<u8>,
    /// Bytes at the start of the buffer that were read and not decoded: the start of a unit.
    left: usize,
    /// The first half of a character of two units.
    high: Option<u32>,
    text: String,
    /// How much of the text was handed out.
    given: usize,
}

/// The stream in UTF-8.
pub(crate) fn decoded(input: Box<dyn Read + Send>, encoding: Encoding) -> Box<dyn Read + Send> {
    let buffer = vec![0; CHUNK];
    Box::new(Decoder { input, encoding, buffer, left: 0, high: None, text: String::new(), given: 0 })
}

impl Decoder {
    /// Decodes the next bytes; `false` at the end of the stream.
    fn advance(&mut self) -> io::Result<bool> {
        let read = self.input.read(&mut self.buffer[self.left..])?;
        self.given = 0;
        self.text.clear();
        if read == 0 {
            let broken = std::mem::take(&mut self.left) > 0 || self.high.take().is_some();
            self.text.extend(broken.then_some(char::REPLACEMENT_CHARACTER));
            return Ok(broken);
        }
        let read = self.left + read;
        let whole = read - read % self.encoding.width;
        for start in (0..whole).step_by(self.encoding.width) {
            self.push(self.encoding.unit(&self.buffer[start..start + self.encoding.width]));
        }
        self.buffer.copy_within(whole..read, 0);
        self.left = read - whole;
        Ok(true)
    }

    fn push(&mut self, unit: u32) {
        let halves = self.encoding.width == 2;
        match (self.high.take(), unit) {
            (Some(high), 0xdc00..=0xdfff) => {
                self.push_code(0x1_0000 + ((high & 0x3ff) << 10) + (unit & 0x3ff));
                return;
            }
            (Some(_), _) => self.text.push(char::REPLACEMENT_CHARACTER),
            (None, _) => {}
        }
        match unit {
            0xd800..=0xdbff if halves => self.high = Some(unit),
            _ => self.push_code(unit),
        }
    }

    fn push_code(&mut self, code: u32) {
        self.text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
}

impl Read for Decoder {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if !self.advance()? {
                return Ok(0);
            }
        }
        let left = &self.text.as_bytes()[self.given..];
        let size = buffer.len().min(left.len());
        buffer[..size].copy_from_slice(&left[..size]);
        self.given += size;
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Hands out its bytes a few at a time.
    struct Few(io::Cursor<Vec<u8>>, usize);

    impl Read for Few {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let size = buffer.len().min(self.1);
            self.0.read(&mut buffer[..size])
        }
    }

    fn decoded(bytes: Vec<u8>, size: usize) -> String {
        let encoding = Encoding::of(&bytes).expect("it has a mark");
        let mut text = String::new();
        super::decoded(Box::new(Few(io::Cursor::new(bytes), size)), encoding)
            .read_to_string(&mut text)
            .unwrap();
        text
    }

    fn encodings(text: &str) -> [Vec<u8>; 4] {
        let text = format!("\u{feff}{text}");
        [
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            text.chars().flat_map(|char| u32::from(char).to_le_bytes()).collect(),
            text.chars().flat_map(|char| u32::from(char).to_be_bytes()).collect(),
        ]
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded_in_pieces_of_any_size(text in "[a-zäÖ漢😀]\\PC{0,40}", size in 1..9usize) {
            for bytes in encodings(&text) {
                prop_assert_eq!(decoded(bytes, size), format!("\u{feff}{text}"));
            }
        }

        #[test]
        fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..99), size in 1..9usize) {
            for mark in [&[0xff, 0xfe][..], &[0xfe, 0xff], &[0, 0, 0xfe, 0xff]] {
                decoded([mark, &bytes].concat(), size);
            }
        }
    }

    #[test]
    fn halves_of_characters_are_replaced() {
        let units = |units: &[u16]| units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>();
        let text = "\u{feff}\u{fffd}a\u{fffd}\u{fffd}";
        assert_eq!(decoded(units(&[0xfeff, 0xd83d, 0x61, 0xde00, 0xd83d]), 3), text);
        assert_eq!(decoded([units(&[0xfeff, 0x61]), vec![0x62]].concat(), 2), "\u{feff}a\u{fffd}");
        assert_eq!(Encoding::of(b"\xef\xbb\xbf{}"), None);
    }
}
