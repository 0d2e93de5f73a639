//! The container: parts packed with DEFLATE, as in ZIP (APPNOTE 6.3.3), written from front to back.

use crate::files::write::HashedFile;
use flate2::{Compression, Crc, write::DeflateEncoder};
use std::io::{self, Write};

/// The first day that the format can name, 1 January 1980: a workbook says nothing of when it was made.
const DATE: u16 = 0x21;
/// Sizes stand after the bytes, and names are UTF-8.
const FLAGS: u16 = 0x0808;
const VERSION: u16 = 20;
const DEFLATE: u16 = 8;

struct Entry {
    name: &'static str,
    offset: u32,
    crc: u32,
    packed: u32,
    size: u32,
}

/// A container that is being written.
pub(super) struct Package {
    file: HashedFile,
    entries: Vec<Entry>,
}

/// One part: packed, with its checksum and size.
pub(super) struct Part {
    packer: DeflateEncoder<HashedFile>,
    crc: Crc,
    size: u64,
}

impl Write for Part {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.packer.write(buffer)?;
        self.crc.update(&buffer[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.packer.flush()
    }
}

/// A size that fits its field; what does not is for another format.
fn field(size: u64) -> io::Result<u32> {
    u32::try_from(size).ok().filter(|size| *size < u32::MAX).ok_or_else(|| io::ErrorKind::FileTooLarge.into())
}

impl Package {
    pub(super) const fn new(file: HashedFile) -> Self {
        Self { file, entries: Vec::new() }
    }

    /// Writes one part and gives the container back, for the next.
    pub(super) fn with_part(
        mut self,
        name: &'static str,
        write: impl FnOnce(&mut Part) -> io::Result<()>,
    ) -> io::Result<Self> {
        let offset = field(self.file.bytes())?;
        let mut head = b"PK\x03\x04".to_vec();
        for word in [VERSION, FLAGS, DEFLATE, 0, DATE] {
            head.extend(word.to_le_bytes());
        }
        head.extend([0; 12]);
        head.extend((name.len() as u16).to_le_bytes());
        head.extend([0; 2]);
        head.extend(name.as_bytes());
        self.file.write_all(&head)?;
        let start = self.file.bytes();
        let mut part = Part { packer: DeflateEncoder::new(self.file, Compression::new(6)), crc: Crc::new(), size: 0 };
        write(&mut part)?;
        let mut file = part.packer.finish()?;
        let (packed, size, crc) = (field(file.bytes() - start)?, field(part.size)?, part.crc.sum());
        let mut tail = b"PK\x07\x08".to_vec();
        for word in [crc, packed, size] {
            tail.extend(word.to_le_bytes());
        }
        file.write_all(&tail)?;
        self.entries.push(Entry { name, offset, crc, packed, size });
        Ok(Self { file, entries: self.entries })
    }

    /// Writes the list of parts and gives the file back.
    pub(super) fn finish(mut self) -> io::Result<HashedFile> {
        let start = field(self.file.bytes())?;
        for entry in &self.entries {
            let mut head = b"PK\x01\x02".to_vec();
            for word in [VERSION, VERSION, FLAGS, DEFLATE, 0, DATE] {
                head.extend(word.to_le_bytes());
            }
            for word in [entry.crc, entry.packed, entry.size] {
                head.extend(word.to_le_bytes());
            }
            head.extend((entry.name.len() as u16).to_le_bytes());
            // No extra field, no comment, one disk, no attributes.
            head.extend([0; 12]);
            head.extend(entry.offset.to_le_bytes());
            head.extend(entry.name.as_bytes());
            self.file.write_all(&head)?;
        }
        let length = field(self.file.bytes() - u64::from(start))?;
        let count = self.entries.len() as u16;
        let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
        end.extend(count.to_le_bytes());
        end.extend(count.to_le_bytes());
        end.extend(length.to_le_bytes());
        end.extend(start.to_le_bytes());
        end.extend([0; 2]);
        self.file.write_all(&end)?;
        Ok(self.file)
    }
}
