//! Takes frames out of a device's decoder. Their surfaces are few and belong to the decoder, so each
//! is copied at once: on the device, by a copy that costs little, or to host memory.
use super::{
    Device,
    download::{download, even},
};
use crate::{av_frame::AvFrame, error::ffmpeg_text};
use cutroom_types::DeviceId;
use ffmpeg_next::ffi::{self, AVBufferRef, AVHWFramesContext, AVPixelFormat};
use std::sync::Arc;

/// Memory on a device for frames of one stream.
pub(crate) struct Kept {
    device: Arc<Device>,
    /// Whether frames stay on the device.
    stays: bool,
    pool: Option<Pool>,
}

/// A pool of frames of one layout and size. Frames keep it while they live.
struct Pool {
    context: *mut AVBufferRef,
    layout: (AVPixelFormat, i32, i32),
}

// SAFETY: an owned reference to a context that is used by one thread at a time; its frames are
// reference counted atomically.
unsafe impl Send for Pool {}

impl Drop for Pool {
    fn drop(&mut self) {
        // SAFETY: owned, released once.
        unsafe { ffi::av_buffer_unref(&mut self.context) };
    }
}

impl Kept {
    /// Frames of a decoder of `device`, which stay there if what draws is on the device `on`.
    pub fn of(device: Arc<Device>, on: Option<DeviceId>) -> Self {
        let stays = device.id.is_some() && device.id == on;
        Self { device, stays, pool: None }
    }

    /// The device, for another decoder.
    pub fn into_device(self) -> Arc<Device> {
        self.device
    }

    /// The device's kind.
    pub fn id(&self) -> &'static str {
        self.device.kind.id
    }

    /// A copy of a frame that the decoder has given, without its surface; frames in host memory are
    /// returned as they are. `to_host`: it is needed in host memory.
    ///
    /// # Errors
    /// The device's reason.
    pub fn take(&mut self, frame: AvFrame, to_host: bool) -> Result<AvFrame, String> {
        let f = frame.get();
        if f.hw_frames_ctx.is_null() {
            return Ok(frame);
        }
        if f.crop_left != 0 || f.crop_top != 0 {
            return Err("its pictures are cropped at the left or at the top".into());
        }
        if !self.stays || to_host {
            return download(&frame);
        }
        let pool = self.pool_for(&frame)?;
        let copy = AvFrame::new();
        // SAFETY: both frames and the pool are valid. Sizes are even during the copy, since FFmpeg
        // rounds half heights down; the surfaces have such sizes.
        let r = unsafe {
            let r = ffi::av_hwframe_get_buffer(pool, copy.0, 0);
            if r < 0 {
                r
            } else {
                let (width, height) = ((*frame.0).width, (*frame.0).height);
                ((*frame.0).width, (*frame.0).height) = (even(width), even(height));
                let r = ffi::av_hwframe_transfer_data(copy.0, frame.0, 0);
                ((*frame.0).width, (*frame.0).height) = (width, height);
                if r < 0 { r } else { ffi::av_frame_copy_props(copy.0, frame.0) }
            }
        };
        if r < 0 {
            return Err(format!("a picture cannot be copied on the device ({})", ffmpeg_text(r)));
        }
        // SAFETY: the copy is owned; its buffer is at least as large.
        unsafe { ((*copy.0).width, (*copy.0).height) = (frame.get().width, frame.get().height) };
        Ok(copy)
    }

    fn pool_for(&mut self, frame: &AvFrame) -> Result<*mut AVBufferRef, String> {
        // SAFETY: the frame has a context, which FFmpeg keeps alive with it.
        let format = unsafe { (*(*frame.get().hw_frames_ctx).data.cast::<AVHWFramesContext>()).sw_format };
        let layout = (format, even(frame.get().width), even(frame.get().height));
        if let Some(pool) = self.pool.as_ref().filter(|pool| pool.layout == layout) {
            return Ok(pool.context);
        }
        let device = self.device.reference();
        if device.is_null() {
            return Err("out of memory".into());
        }
        // SAFETY: the new context is owned by `pool` from its creation on; it is filled in before it
        // is initialised. The reference to the device is released, as the context has its own.
        let pool = unsafe {
            let mut device = device;
            let pool = Pool { context: ffi::av_hwframe_ctx_alloc(device), layout };
            ffi::av_buffer_unref(&mut device);
            if pool.context.is_null() {
                return Err("out of memory".into());
            }
            let context = (*pool.context).data.cast::<AVHWFramesContext>();
            (*context).format = self.device.kind.pixel_format;
            (*context).sw_format = format;
            ((*context).width, (*context).height) = (layout.1, layout.2);
            let r = ffi::av_hwframe_ctx_init(pool.context);
            if r < 0 {
                return Err(format!("no memory for pictures on the device ({})", ffmpeg_text(r)));
            }
            pool
        };
        Ok(self.pool.insert(pool).context)
    }
}
