//! Frames on a graphics card, for encoders that take no others (VA-API).
use crate::MediaError;
use crate::error::ffmpeg_text;
use crate::write::frame::AvFrame;
use cutroom_types::Size;
use ffmpeg_next::ffi::{self, AVBufferRef, AVHWDeviceType, AVHWFramesContext, AVPixelFormat};
use std::ptr;

/// Frames that are waiting on the card: those that an encoder keeps, and some more.
const POOL: i32 = 32;

/// A pool of frames on a card.
pub(crate) struct CardFrames {
    device: *mut AVBufferRef,
    frames: *mut AVBufferRef,
}

// SAFETY: references are counted atomically; owned and used by one thread at a time.
unsafe impl Send for CardFrames {}

impl CardFrames {
    /// Frames of the system's first VA-API device, for frames of `format` in memory.
    pub fn vaapi(size: Size, format: AVPixelFormat) -> Result<Self, String> {
        let mut this = Self { device: ptr::null_mut(), frames: ptr::null_mut() };
        // SAFETY: results go to fields that are freed on drop; the context of the pool is set up
        // before it is initialised.
        unsafe {
            let kind = AVHWDeviceType::AV_HWDEVICE_TYPE_VAAPI;
            let r = ffi::av_hwdevice_ctx_create(&mut this.device, kind, ptr::null(), ptr::null_mut(), 0);
            if r < 0 {
                return Err(format!("no VA-API device can be opened: {}", ffmpeg_text(r)));
            }
            this.frames = ffi::av_hwframe_ctx_alloc(this.device);
            if this.frames.is_null() {
                return Err("out of memory".into());
            }
            let context = (*this.frames).data.cast::<AVHWFramesContext>();
            (*context).format = AVPixelFormat::AV_PIX_FMT_VAAPI;
            (*context).sw_format = format;
            (*context).width = size.width as i32;
            (*context).height = size.height as i32;
            (*context).initial_pool_size = POOL;
            let r = ffi::av_hwframe_ctx_init(this.frames);
            if r < 0 {
                return Err(format!("the VA-API device has no room for frames: {}", ffmpeg_text(r)));
            }
        }
        Ok(this)
    }

    /// A reference for an encoder's context, which frees it.
    pub fn share(&self) -> *mut AVBufferRef {
        // SAFETY: the reference is valid while `self` lives.
        unsafe { ffi::av_buffer_ref(self.frames) }
    }

    /// The frame copied to the card.
    pub fn upload(&self, frame: &AvFrame) -> Result<AvFrame, MediaError> {
        let failed = |r: i32| MediaError::Internal { operation: "copying a picture to the graphics card", reason: ffmpeg_text(r) };
        let mut there = AvFrame::empty()?;
        // SAFETY: both frames and the pool are valid.
        unsafe {
            for r in [
                ffi::av_hwframe_get_buffer(self.frames, there.as_mut_ptr(), 0),
                ffi::av_hwframe_transfer_data(there.as_mut_ptr(), frame.as_ptr(), 0),
                ffi::av_frame_copy_props(there.as_mut_ptr(), frame.as_ptr()),
            ] {
                if r < 0 {
                    return Err(failed(r));
                }
            }
        }
        Ok(there)
    }
}

impl Drop for CardFrames {
    fn drop(&mut self) {
        // SAFETY: each is null or a reference of our own.
        unsafe {
            ffi::av_buffer_unref(&mut self.frames);
            ffi::av_buffer_unref(&mut self.device);
        }
    }
}
