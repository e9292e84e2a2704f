//! What FFmpeg's muxer of animated WebP does not state: that each picture replaces the one before.
//! It leaves them to be blended, so that pictures before would show through alpha.
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// "Do not blend" in the flags of a frame (WebP Container Specification, "Animation").
const DO_NOT_BLEND: u8 = 0b10;
/// Bytes of ANMF before its flags: place, size and duration of the picture.
const BEFORE_FLAGS: u64 = 15;

/// Sets the flag in every frame of a file.
pub(crate) fn replace_each_other(path: &Path) -> io::Result<()> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let len = file.metadata()?.len();
    let mut head = [0; 12];
    file.read_exact(&mut head)?;
    if &head[..4] != b"RIFF" || &head[8..] != b"WEBP" {
        return Err(io::Error::new(ErrorKind::InvalidData, "not a WebP file"));
    }
    let mut at = head.len() as u64;
    while at + 8 <= len {
        let mut chunk = [0; 8];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut chunk)?;
        if &chunk[..4] == b"ANMF" {
            file.seek(SeekFrom::Start(at + 8 + BEFORE_FLAGS))?;
            file.write_all(&[DO_NOT_BLEND])?;
        }
        let size = u64::from(u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]));
        // Chunks are padded to even lengths.
        at += 8 + size.next_multiple_of(2);
    }
    Ok(())
}
