//! Indexes as bytes, for a store: what is known about a file without its path, and apart from it the
//! tables of packets and frames, which are read when they are needed.
use crate::{
    ffmpeg_version,
    index::{MediaIndex, Tables},
    info::MediaInfo,
};
use ffmpeg_next::ffi;
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// An index as bytes.
pub struct StoredIndex {
    /// The description of the file.
    pub head: Vec<u8>,
    /// Packets and frames.
    pub tables: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    info: MediaInfo,
    sound_packets: Vec<usize>,
}

impl MediaIndex {
    /// The bytes of the index of a file; `None` for numbered pictures, of which only the first file's
    /// index is worth keeping.
    pub fn stored(&self) -> Option<StoredIndex> {
        if self.row.is_some() {
            return None;
        }
        let info = MediaInfo { path: PathBuf::new(), ..self.info.clone() };
        let head = postcard::to_stdvec(&Head { info, sound_packets: self.sound_packets.clone() }).ok()?;
        Some(StoredIndex { head, tables: postcard::to_stdvec(&*self.tables().ok()?).ok()? })
    }

    /// The index of the file `path` of [`StoredIndex::head`]; `tables` gives the tables when they are needed
    /// first. `None` if the bytes are none of this version.
    pub fn restored(path: &Path, head: &[u8], tables: impl Fn() -> Option<Vec<u8>> + Send + Sync + 'static) -> Option<Arc<Self>> {
        let Head { mut info, sound_packets } = postcard::from_bytes(head).ok()?;
        info.path = path.to_owned();
        let counts = (info.video.len() + info.attached_pictures.len(), sound_packets.clone());
        let load = move || {
            let tables: Tables = postcard::from_bytes(&tables()?).ok()?;
            let packets: Vec<usize> = tables.audio.iter().map(|a| a.packets.len()).collect();
            ((tables.video.len(), packets) == counts).then_some(tables)
        };
        Some(Arc::new(Self::later(info, sound_packets, Box::new(load))))
    }
}

/// The FFmpeg that scans and decodes, exactly: what was scanned with another one is scanned again.
pub fn ffmpeg_identity() -> String {
    // SAFETY: no preconditions.
    let versions = unsafe { [ffi::avformat_version(), ffi::avcodec_version(), ffi::avutil_version(), ffi::swscale_version()] };
    format!("{} {versions:?}", ffmpeg_version().0)
}

impl MediaInfo {
    /// The description as bytes; `None` if a stream cannot be used, which is found out again.
    pub fn stored(&self) -> Option<Vec<u8>> {
        let pictures = self.video.iter().chain(&self.attached_pictures);
        let is_sound = pictures.map(|v| &v.defect).chain(self.audio.iter().map(|a| &a.defect)).all(Option::is_none);
        is_sound.then(|| postcard::to_stdvec(&Self { path: PathBuf::new(), ..self.clone() }).ok())?
    }

    /// The description of the file `path` of [`Self::stored`]; `None` if the bytes are none of this version.
    pub fn restored(path: &Path, bytes: &[u8]) -> Option<Self> {
        Some(Self { path: path.to_owned(), ..postcard::from_bytes(bytes).ok()? })
    }
}
