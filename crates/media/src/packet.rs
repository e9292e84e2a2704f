//! A packet of coded data, FFmpeg's `AVPacket`.
use crate::error::MediaError;
use ffmpeg_next::ffi::{self, AVPacket};
use std::ptr;

/// An owned packet.
pub(crate) struct AvPacket(pub *mut AVPacket);

// SAFETY: owned, no interior sharing but FFmpeg's atomic reference counts.
unsafe impl Send for AvPacket {}

impl AvPacket {
    /// An empty packet.
    pub fn new() -> Self {
        // SAFETY: no preconditions; null (out of memory) is refused.
        let p = unsafe { ffi::av_packet_alloc() };
        assert!(!p.is_null(), "out of memory");
        Self(p)
    }

    /// Replaces its data by a copy of `bytes`.
    pub fn fill(&mut self, bytes: &[u8]) -> Result<(), MediaError> {
        self.unref();
        let no_memory = || MediaError::Internal { operation: "reading", reason: "out of memory".into() };
        let size = i32::try_from(bytes.len()).map_err(|_| no_memory())?;
        // SAFETY: the packet is valid and empty; FFmpeg gives it `size` bytes at `data`.
        unsafe {
            if ffi::av_new_packet(self.0, size) < 0 {
                return Err(no_memory());
            }
            ptr::copy_nonoverlapping(bytes.as_ptr(), (*self.0).data, bytes.len());
        }
        Ok(())
    }

    /// Another reference to the same data.
    pub fn share(&self) -> Self {
        let other = Self::new();
        // SAFETY: both packets are valid.
        unsafe { ffi::av_packet_ref(other.0, self.0) };
        other
    }

    /// Drops the data.
    pub fn unref(&mut self) {
        // SAFETY: the packet is valid.
        unsafe { ffi::av_packet_unref(self.0) };
    }

    /// Makes the decoder output its frame even if the demuxer marked it to be discarded.
    pub fn keep(&mut self) {
        // SAFETY: the packet is valid.
        unsafe { (*self.0).flags &= !ffi::AV_PKT_FLAG_DISCARD };
    }

    /// The packet's fields.
    pub fn get(&self) -> &AVPacket {
        // SAFETY: the packet is valid while `self` lives.
        unsafe { &*self.0 }
    }

    /// The packet's payload.
    pub fn data(&self) -> &[u8] {
        let p = self.get();
        if p.data.is_null() || p.size <= 0 {
            return &[];
        }
        // SAFETY: FFmpeg keeps `size` bytes at `data`.
        unsafe { std::slice::from_raw_parts(p.data, p.size as usize) }
    }

    /// The packet's side data of one kind, if any.
    pub fn side_data(&self, kind: ffi::AVPacketSideDataType) -> Option<&[u8]> {
        let mut size = 0usize;
        // SAFETY: the packet is valid; FFmpeg returns null or `size` bytes that live as long as the
        // packet's data.
        unsafe {
            let p = ffi::av_packet_get_side_data(self.0, kind, &mut size);
            (!p.is_null()).then(|| std::slice::from_raw_parts(p, size))
        }
    }
}

impl Drop for AvPacket {
    fn drop(&mut self) {
        // SAFETY: owned, freed once.
        unsafe { ffi::av_packet_free(&mut self.0) };
    }
}
