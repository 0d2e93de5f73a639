//! Refuses CSV whose quotes do not pair up.
//!
//! The parser takes a stray quote as the beginning of a quoted field and goes on to the next quote, wherever that
//! is. Whole rows then end up inside one cell: they would escape the opt-out and leave with a field that is kept.

use std::io::{self, BufRead, Read};

/// Where the scan stands within a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote within a quoted field: it ends the field, or is the first of two.
    QuoteInQuoted,
}

/// Passes bytes through and fails at a quoted field that goes on after its end or never ends.
pub(super) struct PairedQuotes<R> {
    input: R,
    state: State,
    line: u64,
    opened: u64,
}

/// The line at which quotes do not pair up.
#[derive(Debug, thiserror::Error)]
#[error("the quotes of line {line} do not pair up")]
pub(super) struct UnpairedQuotes {
    pub(super) line: u64,
}

impl<R: BufRead> PairedQuotes<R> {
    pub(super) const fn new(input: R) -> Self {
        Self { input, state: State::FieldStart, line: 1, opened: 1 }
    }

    fn check(&mut self, bytes: &[u8]) -> Result<(), UnpairedQuotes> {
        for &byte in bytes {
            let ends_field = matches!(byte, b',' | b'\n' | b'\r');
            self.state = match (self.state, byte) {
                (State::FieldStart, b'"') => {
                    self.opened = self.line;
                    State::Quoted
                }
                (State::Quoted, b'"') => State::QuoteInQuoted,
                (State::Quoted, _) | (State::QuoteInQuoted, b'"') => State::Quoted,
                (State::QuoteInQuoted, _) if !ends_field => return Err(UnpairedQuotes { line: self.opened }),
                _ if ends_field => State::FieldStart,
                _ => State::Plain,
            };
            self.line += u64::from(byte == b'\n');
        }
        Ok(())
    }
}

impl<R: BufRead> Read for PairedQuotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        let checked = match length {
            0 if !buffer.is_empty() && self.state == State::Quoted => Err(UnpairedQuotes { line: self.opened }),
            _ => self.check(&buffer[..length]),
        };
        checked.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of(text: &str) -> Option<u64> {
        let mut out = String::new();
        let read = PairedQuotes::new(text.as_bytes()).read_to_string(&mut out);
        match read {
            Ok(_) => {
                assert_eq!(out, text);
                None
            }
            Err(error) => error.get_ref().and_then(|inner| inner.downcast_ref::<UnpairedQuotes>()).map(|e| e.line),
        }
    }

    #[test]
    fn quotes_that_pair_up_pass() {
        for text in
            ["", "a,b\n", "\"a\"\n", "\"a\"\"b\",c\r\n\"\"\n", "a\"b,\"c\nd\"", "6\" pipe,x\n", "\"\"\"\",\"x\""]
        {
            assert_eq!(line_of(text), None, "{text}");
        }
    }

    #[test]
    fn others_are_named_by_the_line_where_they_begin() {
        let cases =
            [("\"a", 1), ("a\n\"b\nc\n", 2), ("a,\"b\" c\n", 1), ("x\n\"a\nb,\"c\n", 2), ("a,b\n1,\"\"\"\n", 2)];
        for (text, line) in cases {
            assert_eq!(line_of(text), Some(line), "{text}");
        }
    }
}
