//! The graphics devices of this process: each kind is opened once, when it is first asked for.
use super::{KINDS, Kind, cuda};
use crate::error::ffmpeg_text;
use cutroom_types::DeviceId;
use ffmpeg_next::ffi::{self, AVBufferRef, AVHWDeviceType};
use std::{
    ptr,
    sync::{Arc, OnceLock},
};

/// FFmpeg's `AV_CUDA_USE_PRIMARY_CONTEXT` (libavutil/hwcontext_cuda.h): the context that everything
/// in the process shares, so that what draws can read what was decoded.
const PRIMARY_CONTEXT: i32 = 1;

/// An open device.
#[derive(Debug)]
pub(crate) struct Device {
    /// Its kind.
    pub kind: &'static Kind,
    /// Which one it is, where other interfaces could use it too.
    pub id: Option<DeviceId>,
    context: *mut AVBufferRef,
}

// SAFETY: owned reference to a context of FFmpeg, whose reference count is atomic, and which FFmpeg
// allows several threads to decode with.
unsafe impl Send for Device {}

// SAFETY: as above.
unsafe impl Sync for Device {}

impl Drop for Device {
    fn drop(&mut self) {
        // SAFETY: owned, released once.
        unsafe { ffi::av_buffer_unref(&mut self.context) };
    }
}

impl Device {
    /// Another reference to FFmpeg's context of the device; null if memory is out.
    pub fn reference(&self) -> *mut AVBufferRef {
        // SAFETY: the reference is valid while `self` lives.
        unsafe { ffi::av_buffer_ref(self.context) }
    }

    fn open(kind: &'static Kind) -> Result<Self, String> {
        crate::init();
        if !(kind.may_exist)() {
            return Err("this machine has no such device".into());
        }
        let mut context = ptr::null_mut();
        let is_cuda = kind.device_type == AVHWDeviceType::AV_HWDEVICE_TYPE_CUDA;
        let flags = if is_cuda { PRIMARY_CONTEXT } else { 0 };
        // SAFETY: no name and no options mean the first device; the result is owned.
        let r = unsafe { ffi::av_hwdevice_ctx_create(&mut context, kind.device_type, ptr::null(), ptr::null_mut(), flags) };
        if r < 0 {
            let hint = if r == ffi::AVERROR(ffi::ENOSYS) { ": the linked FFmpeg was built without it" } else { "" };
            return Err(format!("it cannot be opened ({}){hint}", ffmpeg_text(r)));
        }
        let id = if is_cuda { cuda::first_card() } else { None };
        Ok(Self { kind, id, context })
    }
}

/// The device of a kind; the first call opens it, and what came of it is remembered.
pub(super) fn opened(kind: &'static Kind) -> Result<Arc<Device>, String> {
    static DEVICES: [OnceLock<Result<Arc<Device>, String>>; KINDS.len()] = [const { OnceLock::new() }; KINDS.len()];
    let at = KINDS.iter().position(|known| known.id == kind.id).ok_or("this build does not know it")?;
    DEVICES[at].get_or_init(|| Device::open(kind).map(Arc::new)).clone()
}
