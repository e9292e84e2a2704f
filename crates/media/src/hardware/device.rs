//! The graphics devices of this process: each is opened once, when it is first asked for.
use super::{Kind, cuda};
use crate::error::ffmpeg_text;
use cutroom_types::DeviceId;
use ffmpeg_next::ffi::{self, AVBufferRef, AVHWDeviceType, AVHWFramesContext};
use std::{
    ffi::CString,
    ptr,
    sync::{Arc, Mutex, PoisonError},
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

    fn open(kind: &'static Kind, card: Option<DeviceId>) -> Result<Self, String> {
        crate::init();
        if !(kind.may_exist)() {
            return Err("this machine has no such device".into());
        }
        let mut context = ptr::null_mut();
        let is_cuda = is_cuda(kind);
        let cards = if is_cuda { cuda::cards() } else { Vec::new() };
        let number = match card.filter(|_| is_cuda) {
            Some(card) => cards.iter().position(|known| *known == card).ok_or("the chosen card is not one of NVIDIA's")?,
            None => 0,
        };
        let name = CString::new(number.to_string()).ok().filter(|_| is_cuda);
        let name = name.as_ref().map_or(ptr::null(), |name| name.as_ptr());
        let flags = if is_cuda { PRIMARY_CONTEXT } else { 0 };
        // SAFETY: the name is null, which means the first device, or the number of a card, which lives
        // as long as the call; the result is owned.
        let r = unsafe { ffi::av_hwdevice_ctx_create(&mut context, kind.device_type, name, ptr::null_mut(), flags) };
        if r < 0 {
            let hint = if r == ffi::AVERROR(ffi::ENOSYS) { ": the linked FFmpeg was built without it" } else { "" };
            return Err(format!("it cannot be opened ({}){hint}", ffmpeg_text(r)));
        }
        Ok(Self { kind, id: cards.get(number).copied(), context })
    }
}

fn is_cuda(kind: &Kind) -> bool {
    kind.device_type == AVHWDeviceType::AV_HWDEVICE_TYPE_CUDA
}

/// What came of opening a device, or, without a card, the first one of its kind.
struct Opened {
    kind: &'static str,
    card: Option<DeviceId>,
    device: Result<Arc<Device>, String>,
}

static DEVICES: Mutex<Vec<Opened>> = Mutex::new(Vec::new());

/// The device of a kind: the `card`, where the kind has cards with UUIDs, otherwise the first. The first
/// call opens it, and what came of it is remembered.
pub(super) fn opened(kind: &'static Kind, card: Option<DeviceId>) -> Result<Arc<Device>, String> {
    let card = card.filter(|_| is_cuda(kind));
    // Held while a device is opened, so that nobody opens it beside.
    let mut devices = DEVICES.lock().unwrap_or_else(PoisonError::into_inner);
    let known = devices.iter().find(|known| known.kind == kind.id && known.card == card).map(|known| known.device.clone());
    if let Some(known) = known {
        return known;
    }
    let of_card = |device: &&Arc<Device>| device.kind.id == kind.id && device.id == card;
    let same = devices.iter().filter_map(|known| known.device.as_ref().ok()).find(of_card).filter(|_| card.is_some()).cloned();
    let device = same.map_or_else(|| Device::open(kind, card).map(Arc::new), Ok);
    devices.push(Opened { kind: kind.id, card, device: device.clone() });
    device
}

/// Which device a frames context of FFmpeg belongs to, if it is one of ours with a UUID.
///
/// # Safety
/// `frames` must be a valid frames context.
pub(super) unsafe fn id_of(frames: *const AVHWFramesContext) -> Option<DeviceId> {
    // SAFETY: a frames context holds a reference to its device.
    let context = unsafe { (*(*frames).device_ref).data };
    let devices = DEVICES.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: devices own valid references.
    let is_of = |device: &&Arc<Device>| unsafe { (*device.context).data == context };
    devices.iter().filter_map(|known| known.device.as_ref().ok()).find(is_of)?.id
}
