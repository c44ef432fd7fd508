//! A ZIP archive of small files, stored without compression: all that an export needs, and readable everywhere.

use chrono::{Datelike, Timelike};
use vestibule_kernel::Timestamp;

/// An archive that is being written. Sizes are those of the format's first version: 4 GiB, 65,535 files.
pub(super) struct Zip {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    files: u16,
    stamp: [u8; 4],
}

/// The part that the header of a file and its line in the directory share.
fn shared(stamp: [u8; 4], crc: u32, size: u32, name: u16) -> Vec<u8> {
    let mut out = Vec::with_capacity(26);
    // Version 2.0; names in UTF-8; stored.
    out.extend([20, 0, 0, 8, 0, 0]);
    out.extend(stamp);
    out.extend(crc.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(name.to_le_bytes());
    // No extra field.
    out.extend([0, 0]);
    out
}

impl Zip {
    /// An empty archive whose files have this time.
    pub(super) fn new(at: Timestamp) -> Self {
        let year = u16::try_from(at.year().clamp(1_980, 2_107) - 1_980).unwrap_or(0);
        let small = |value: u32| u16::try_from(value).unwrap_or(0);
        let date = year << 9 | small(at.month()) << 5 | small(at.day());
        let time = small(at.hour()) << 11 | small(at.minute()) << 5 | small(at.second() / 2);
        let [time_low, time_high] = time.to_le_bytes();
        let [date_low, date_high] = date.to_le_bytes();
        Self {
            bytes: Vec::new(),
            directory: Vec::new(),
            files: 0,
            stamp: [time_low, time_high, date_low, date_high],
        }
    }

    /// Adds a file. One that does not fit the format is left out; callers are bounded far below.
    pub(super) fn add(&mut self, name: &str, content: &[u8]) {
        let (Ok(size), Ok(length), Ok(offset)) =
            (u32::try_from(content.len()), u16::try_from(name.len()), u32::try_from(self.bytes.len()))
        else {
            return;
        };
        let shared = shared(self.stamp, crc32(content), size, length);
        self.bytes.extend(*b"PK\x03\x04");
        self.bytes.extend(&shared);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(content);
        self.directory.extend(*b"PK\x01\x02");
        // Made by version 2.0 for a system without attributes.
        self.directory.extend([20, 0]);
        self.directory.extend(&shared);
        // No comment, first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.files = self.files.saturating_add(1);
    }

    /// The archive.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let offset = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        let size = u32::try_from(self.directory.len()).unwrap_or(u32::MAX);
        self.bytes.extend(&self.directory);
        self.bytes.extend(*b"PK\x05\x06");
        self.bytes.extend([0; 4]);
        self.bytes.extend(self.files.to_le_bytes());
        self.bytes.extend(self.files.to_le_bytes());
        self.bytes.extend(size.to_le_bytes());
        self.bytes.extend(offset.to_le_bytes());
        self.bytes.extend([0, 0]);
        self.bytes
    }
}

/// The checksum of the format (reflected polynomial `EDB88320`).
fn crc32(bytes: &[u8]) -> u32 {
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 },
        )
    });
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_format() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn an_archive_has_its_files_and_their_directory() {
        let mut zip = Zip::new(chrono::DateTime::UNIX_EPOCH);
        zip.add("a.txt", b"hello");
        zip.add("b/ü.txt", b"");
        let bytes = zip.finish();
        assert!(bytes.starts_with(b"PK\x03\x04"));
        let end = bytes.len() - 22;
        assert_eq!(&bytes[end..end + 4], b"PK\x05\x06");
        assert_eq!(u16::from_le_bytes([bytes[end + 8], bytes[end + 9]]), 2);
        let at = usize::try_from(u32::from_le_bytes([
            bytes[end + 16],
            bytes[end + 17],
            bytes[end + 18],
            bytes[end + 19],
        ]))
        .unwrap();
        assert_eq!(&bytes[at..at + 4], b"PK\x01\x02");
    }
}
