//! The container: a ZIP archive of a few files, written from memory and read within bounds.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
};

use chrono::{Datelike, Timelike};
use vestibule_kernel::Timestamp;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, result::ZipResult, write::SimpleFileOptions};

/// Most files of an archive that is read.
const MAX_FILES: usize = 64;
/// Most bytes that an archive unpacks to.
const MAX_UNPACKED: u64 = 256 * 1_024 * 1_024;

/// The files as an archive, each with this time.
///
/// # Errors
/// More than the format holds.
pub(super) fn pack(files: &[(String, Vec<u8>)], at: Timestamp) -> ZipResult<Vec<u8>> {
    let small = |value: u32| u8::try_from(value).unwrap_or(0);
    let time = DateTime::from_date_and_time(
        u16::try_from(at.year()).unwrap_or(0),
        small(at.month()),
        small(at.day()),
        small(at.hour()),
        small(at.minute()),
        small(at.second()),
    );
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(time.unwrap_or_default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name, options)?;
        zip.write_all(content)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The files of an archive by name; `None` for one that cannot be read, that has a name twice, or that is larger than
/// any of ours.
pub(super) fn unpack(bytes: &[u8]) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).ok().filter(|archive| archive.len() <= MAX_FILES)?;
    let mut files = BTreeMap::new();
    let mut left = MAX_UNPACKED;
    for index in 0..archive.len() {
        let file = archive.by_index(index).ok()?;
        let name = file.name().ok()?.into_owned();
        let mut content = Vec::new();
        // What the header says of the size is not believed.
        file.take(left + 1).read_to_end(&mut content).ok()?;
        left = left.checked_sub(u64::try_from(content.len()).ok()?)?;
        if files.insert(name, content).is_some() {
            return None;
        }
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let files = [("a.json".to_owned(), b"{}".to_vec()), ("b/\u{fc}.txt".to_owned(), vec![7; 100_000])];
        let bytes = pack(&files, chrono::DateTime::UNIX_EPOCH).unwrap();
        assert!(bytes.len() < 10_000, "it is compressed");
        assert_eq!(unpack(&bytes).unwrap(), files.into());
    }

    #[test]
    fn what_is_no_archive_is_not_read() {
        let bytes = pack(&[("a".to_owned(), b"hello".to_vec())], chrono::DateTime::UNIX_EPOCH).unwrap();
        for bad in [&b""[..], b"PK", &bytes[..bytes.len() - 4]] {
            assert!(unpack(bad).is_none());
        }
        let many: Vec<_> = (0..=MAX_FILES).map(|number| (number.to_string(), Vec::new())).collect();
        assert!(unpack(&pack(&many, chrono::DateTime::UNIX_EPOCH).unwrap()).is_none());
    }
}
