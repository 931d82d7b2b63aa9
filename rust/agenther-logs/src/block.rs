//! Records cut out of a file and not yet read: what one thread hands to another.

use std::io;

use crate::split::{Frame, FrameState, HEAD_KEPT, Splitter};
use crate::stream::{BOMB, Window};

/// Some records of a file, in order.
pub struct Block {
    bytes: Vec<u8>,
    /// Number of the first of them in the file.
    pub(crate) first: u64,
    frames: Vec<CutFrame>,
}

/// A frame and where its bytes lie in the block.
struct CutFrame {
    frame: Frame,
    start: usize,
    /// How many of its bytes are kept: of one that is cut, which is not read, the head.
    kept: usize,
    /// What broke the stream where this frame ends.
    broken: Option<String>,
}

/// A record of a block.
pub(crate) struct Cut<'b> {
    pub number: u64,
    pub offset: u64,
    pub key: Option<&'b str>,
    pub state: &'b FrameState,
    pub bytes: &'b [u8],
    length: usize,
    pub broken: Option<&'b str>,
}

impl Cut<'_> {
    /// Bytes that it has in the stream, which are not all kept where it is over the limit.
    pub fn size(&self) -> u64 {
        match self.state {
            FrameState::TooLarge { size, .. } => *size,
            _ => self.length as u64,
        }
    }
}

impl Block {
    /// Its records, in the order of the file.
    pub(crate) fn records(&self) -> impl Iterator<Item = Cut<'_>> {
        self.frames.iter().zip(self.first..).map(|(cut, number)| Cut {
            number,
            offset: cut.frame.offset,
            key: cut.frame.key.as_deref(),
            state: &cut.frame.state,
            bytes: &self.bytes[cut.start..cut.start + cut.kept],
            length: cut.frame.length,
            broken: cut.broken.as_deref(),
        })
    }

    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// The memory that it took, for another block.
    pub fn into_spare(self) -> Vec<u8> {
        self.bytes
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }
}

/// Cuts a stream into blocks.
pub(crate) struct Cutter {
    window: Window,
    splitter: Splitter,
    records: u64,
}

impl Cutter {
    /// `first` is the number of the first record.
    pub fn new(window: Window, splitter: Splitter, first: u64) -> Self {
        Cutter { window, splitter, records: first }
    }

    /// The start of the stream, before a record was cut.
    pub fn head(&self) -> &[u8] {
        self.window.bytes()
    }

    /// The next records, until there are `max_records` or about `max_bytes` of them; `None` at the
    /// end of the stream. `spare` is the memory of a block that was read.
    pub fn next_block(&mut self, max_records: usize, max_bytes: usize, spare: Vec<u8>) -> Option<Block> {
        let mut block = Block { bytes: spare, first: self.records, frames: Vec::new() };
        block.bytes.clear();
        while block.frames.len() < max_records && block.bytes.len() < max_bytes {
            let Some(mut frame) = self.splitter.next(&mut self.window) else {
                block.frames.extend(self.broken_end(block.bytes.len()));
                break;
            };
            let broken = self.broken_in(&mut frame);
            let kept =
                if frame.state == FrameState::Cut { frame.length.min(HEAD_KEPT) } else { frame.length };
            let start = block.bytes.len();
            block.bytes.extend_from_slice(&self.window.bytes()[..kept]);
            self.window.consume(frame.length);
            block.frames.push(CutFrame { frame, start, kept, broken });
        }
        self.records += block.frames.len() as u64;
        (!block.is_empty()).then_some(block)
    }

    /// A record that ends where the stream broke is bad because of that. One that a bomb was stopped in has no end.
    fn broken_in(&mut self, frame: &mut Frame) -> Option<String> {
        let last = self.window.is_ended() && frame.length == self.window.bytes().len();
        let error = last.then(|| self.window.take_error()).flatten()?;
        if error.kind() == BOMB && frame.state == FrameState::Whole {
            frame.state = FrameState::Cut;
        }
        Some(broken_sentence(&error))
    }

    /// A stream that broke between two records.
    fn broken_end(&mut self, start: usize) -> Option<CutFrame> {
        let error = self.window.take_error()?;
        let frame = Frame { offset: self.window.offset(), length: 0, key: None, state: FrameState::Cut };
        Some(CutFrame { frame, start, kept: 0, broken: Some(broken_sentence(&error)) })
    }
}

fn broken_sentence(error: &io::Error) -> String {
    let why = if error.kind() == BOMB { "" } else { " The file is damaged or was cut off." };
    format!("Reading stopped here ({error}); what came before is kept.{why}")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::split::Layout;

    /// Fails where it is read.
    struct Failing(io::ErrorKind);

    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::new(self.0, "it failed"))
        }
    }

    #[test]
    fn a_bomb_is_said_to_be_one_and_leaves_its_head() {
        for layout in [Layout::Lines, Layout::Values] {
            for (kind, damaged) in [(BOMB, false), (io::ErrorKind::InvalidData, true)] {
                let input = io::repeat(b'[').take(1 << 20).chain(Failing(kind));
                let splitter = Splitter::new(layout.clone(), false, usize::MAX);
                let mut cutter = Cutter::new(Window::new(Box::new(input)), splitter, 0);
                let block = cutter.next_block(9, usize::MAX, Vec::new()).expect("there is a record");
                let cut = block.records().next().expect("there is a record");
                assert_eq!(cut.size(), 1 << 20);
                assert_eq!(cut.broken.is_some_and(|why| why.contains("damaged")), damaged);
                assert!(damaged || cut.bytes.len() == HEAD_KEPT);
            }
        }
    }
}
