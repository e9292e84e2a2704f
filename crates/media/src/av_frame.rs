//! FFmpeg's frames, owned.
use ffmpeg_next::ffi::{self, AVFrame};

/// An owned frame.
pub(crate) struct AvFrame(pub *mut AVFrame);

// SAFETY: owned; the data buffers are reference counted atomically and not written after decoding.
unsafe impl Send for AvFrame {}

// SAFETY: as above; shared access only reads.
unsafe impl Sync for AvFrame {}

impl AvFrame {
    /// An empty frame.
    pub fn new() -> Self {
        // SAFETY: no preconditions; null (out of memory) is refused.
        let p = unsafe { ffi::av_frame_alloc() };
        assert!(!p.is_null(), "out of memory");
        Self(p)
    }

    /// Another reference to the same data.
    pub fn share(&self) -> Self {
        let other = Self::new();
        // SAFETY: both frames are valid.
        unsafe { ffi::av_frame_ref(other.0, self.0) };
        other
    }

    /// Samples at its beginning that the codec or the container wants dropped; 0 when neither says
    /// so.
    pub fn skipped_samples(&self) -> i64 {
        // SAFETY: the frame is valid; side data of this kind is 10 bytes, of which the first four
        // are the count.
        unsafe {
            let side = ffi::av_frame_get_side_data(self.0, ffi::AVFrameSideDataType::AV_FRAME_DATA_SKIP_SAMPLES);
            if side.is_null() || (*side).size < 4 {
                return 0;
            }
            let bytes = std::slice::from_raw_parts((*side).data, 4);
            i64::from(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        }
    }

    /// Whether the decoder marked it as damaged.
    pub fn is_damaged(&self) -> bool {
        self.get().decode_error_flags != 0 || self.get().flags & ffi::AV_FRAME_FLAG_CORRUPT != 0
    }

    /// The frame's fields.
    pub fn get(&self) -> &AVFrame {
        // SAFETY: the frame is valid while `self` lives.
        unsafe { &*self.0 }
    }
}

impl Drop for AvFrame {
    fn drop(&mut self) {
        // SAFETY: owned, freed once.
        unsafe { ffi::av_frame_free(&mut self.0) };
    }
}
