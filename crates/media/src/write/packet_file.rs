//! Files of coded packets: what a segment of an export, or its sound, is kept as until the film is
//! joined.
//!
//! Media containers round times, interleave and need an index; a packet file holds just the packets, in
//! decoding order, with exact times. Layout, little-endian: [`MAGIC`], then for each packet `pts`, `dts`
//! (`i64::MIN`: not known) and `duration` (i64 each, in the encoder's time base), flags (u32), number
//! of side data blocks (u32), bytes of data (u32), the data, and for each block its type (u32), bytes
//! (u32) and data. The BLAKE3 of the whole file is kept outside of it.
use crate::{
    MediaError,
    write::{encoder::AvPacket, partial::write_error},
};
use ffmpeg_next::ffi;
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

const MAGIC: &[u8; 16] = b"cutroom packets1";
const HEADER_BYTES: usize = 36;
/// Most side data blocks of a packet: more than FFmpeg has types.
const MAX_SIDE_BLOCKS: u32 = 64;

/// What a finished packet file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PacketFileReport {
    /// Number of packets.
    pub packets: u64,
    /// Number of pictures, or of samples per channel.
    pub units: u64,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Largest number of packets by which decoding runs ahead of presentation.
    pub delay: u64,
    /// BLAKE3 of the file, hexadecimal.
    pub hash: String,
    /// The parameter sets that the container keeps (FFmpeg's `extradata`), hexadecimal.
    pub parameters: String,
}

/// A packet file that is being written. Nothing removes it if it is not finished.
pub(crate) struct PacketFileWriter {
    path: PathBuf,
    out: BufWriter<File>,
    hasher: blake3::Hasher,
    packets: u64,
    bytes: u64,
    delay: i64,
}

impl PacketFileWriter {
    /// Creates the file, or replaces it.
    pub fn create(path: &Path) -> Result<Self, MediaError> {
        let file = File::create(path).map_err(|e| write_error(path, &e))?;
        let mut made = Self {
            path: path.to_owned(),
            out: BufWriter::with_capacity(1 << 20, file),
            hasher: blake3::Hasher::new(),
            packets: 0,
            bytes: 0,
            delay: 0,
        };
        made.put(MAGIC)?;
        Ok(made)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), MediaError> {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        self.out.write_all(bytes).map_err(|e| write_error(&self.path, &e))
    }

    /// Adds a packet of an encoder.
    pub fn push(&mut self, packet: &AvPacket) -> Result<(), MediaError> {
        // SAFETY: the packet is valid while `packet` lives; its side data are `side_data_elems` blocks,
        // each of `size` bytes at `data`.
        let (times, flags, sides) = unsafe {
            let p = packet.as_ptr();
            let count = usize::try_from((*p).side_data_elems).unwrap_or(0);
            let blocks = (0..count).map(|n| &*(*p).side_data.add(n));
            let sides: Vec<(u32, &[u8])> = blocks
                .map(|b| (b.type_ as u32, if b.data.is_null() { &[][..] } else { std::slice::from_raw_parts(b.data, b.size) }))
                .collect();
            (Times { pts: (*p).pts, dts: (*p).dts, duration: (*p).duration }, (*p).flags as u32, sides)
        };
        self.record(times, flags, packet.bytes(), &sides)
    }

    /// Adds a picture that was copied, or encoded beside copied ones.
    pub fn push_coded(&mut self, pts: i64, key: bool, data: &[u8]) -> Result<(), MediaError> {
        let flags = if key { ffi::AV_PKT_FLAG_KEY as u32 } else { 0 };
        self.record(Times { pts, dts: i64::MIN, duration: 1 }, flags, data, &[])
    }

    fn record(&mut self, times: Times, flags: u32, data: &[u8], sides: &[(u32, &[u8])]) -> Result<(), MediaError> {
        let ahead = if times.dts == i64::MIN { times.pts } else { times.dts };
        self.delay = self.delay.max((self.packets as i64).saturating_sub(ahead));
        let mut header = [0u8; HEADER_BYTES];
        header[..8].copy_from_slice(&times.pts.to_le_bytes());
        header[8..16].copy_from_slice(&times.dts.to_le_bytes());
        header[16..24].copy_from_slice(&times.duration.to_le_bytes());
        header[24..28].copy_from_slice(&flags.to_le_bytes());
        header[28..32].copy_from_slice(&(sides.len() as u32).to_le_bytes());
        header[32..].copy_from_slice(&(data.len() as u32).to_le_bytes());
        self.put(&header)?;
        self.put(data)?;
        for (kind, bytes) in sides {
            self.put(&kind.to_le_bytes())?;
            self.put(&(bytes.len() as u32).to_le_bytes())?;
            self.put(bytes)?;
        }
        self.packets += 1;
        Ok(())
    }

    /// Writes what is buffered and syncs the file. `units`: its pictures or samples.
    pub fn finish(mut self, units: u64, parameters: &[u8]) -> Result<PacketFileReport, MediaError> {
        let failed = |e| write_error(&self.path, &e);
        self.out.flush().and_then(|()| self.out.get_ref().sync_all()).map_err(failed)?;
        Ok(PacketFileReport {
            packets: self.packets,
            units,
            bytes: self.bytes,
            delay: self.delay.max(0) as u64,
            hash: self.hasher.finalize().to_hex().to_string(),
            parameters: hexadecimal(parameters),
        })
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Clone, Copy)]
struct Times {
    pts: i64,
    dts: i64,
    duration: i64,
}

/// Reads the packets of a file, and checks it at its end.
pub(crate) struct PacketFileReader {
    path: PathBuf,
    input: BufReader<File>,
    hasher: blake3::Hasher,
    left: u64,
    wanted: PacketFileReport,
    packets: u64,
}

impl PacketFileReader {
    /// Opens a file of which `wanted` was reported.
    ///
    /// # Errors
    /// [`MediaError::Damaged`] if it is missing, or of another size or kind.
    pub fn open(path: &Path, wanted: &PacketFileReport) -> Result<Self, MediaError> {
        let input = File::open(path).map_err(|e| damaged(path, &e.to_string()))?;
        let left = input.metadata().map_err(|e| damaged(path, &e.to_string()))?.len();
        if left != wanted.bytes {
            return Err(damaged(path, &format!("it has {left} bytes instead of {}", wanted.bytes)));
        }
        let mut made = Self {
            path: path.to_owned(),
            input: BufReader::with_capacity(1 << 20, input),
            hasher: blake3::Hasher::new(),
            left,
            wanted: wanted.clone(),
            packets: 0,
        };
        let mut magic = [0; MAGIC.len()];
        made.take(&mut magic)?;
        if &magic == MAGIC { Ok(made) } else { Err(damaged(path, "it is no packet file of this version")) }
    }

    fn take(&mut self, bytes: &mut [u8]) -> Result<(), MediaError> {
        self.input.read_exact(bytes).map_err(|e| damaged(&self.path, &e.to_string()))?;
        self.hasher.update(bytes);
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Ok(())
    }

    fn number(&mut self) -> Result<u32, MediaError> {
        let mut bytes = [0; 4];
        self.take(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// A length that the rest of the file can hold.
    fn length(&self, bytes: u32) -> Result<usize, MediaError> {
        if u64::from(bytes) <= self.left {
            Ok(bytes as usize)
        } else {
            Err(damaged(&self.path, "a packet is longer than the file"))
        }
    }

    /// The next packet; `None` after the last, when the file is the one that was written.
    pub fn next(&mut self) -> Result<Option<AvPacket>, MediaError> {
        if self.left == 0 {
            let hash = self.hasher.finalize().to_hex().to_string();
            if hash != self.wanted.hash || self.packets != self.wanted.packets {
                return Err(damaged(&self.path, "its contents are not those that were written"));
            }
            return Ok(None);
        }
        let mut header = [0; HEADER_BYTES];
        self.take(&mut header)?;
        let long = |at: usize| i64::from_le_bytes(header[at..at + 8].try_into().unwrap_or_default());
        let word = |at: usize| u32::from_le_bytes(header[at..at + 4].try_into().unwrap_or_default());
        let size = self.length(word(32))?;
        let sides = word(28);
        if sides > MAX_SIDE_BLOCKS {
            return Err(damaged(&self.path, "a packet has too many side data"));
        }
        let mut packet = AvPacket::of_size(size)?;
        self.take(packet.bytes_mut())?;
        packet.set_all_times(long(0), long(8), long(16));
        packet.set_flags(word(24));
        for _ in 0..sides {
            let kind = self.number()?;
            let size = self.number()?;
            let mut bytes = vec![0; self.length(size)?];
            self.take(&mut bytes)?;
            packet.add_side_data(kind, &bytes)?;
        }
        self.packets += 1;
        Ok(Some(packet))
    }
}

fn damaged(path: &Path, reason: &str) -> MediaError {
    MediaError::Damaged { path: path.to_owned(), reason: reason.to_owned() }
}
