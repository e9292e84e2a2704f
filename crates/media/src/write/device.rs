//! Frames on a graphics card, for encoders that take no others (VA-API), and trying out encoders of
//! cards.
use crate::MediaError;
use crate::error::ffmpeg_text;
use crate::write::encoder::AvPacket;
use crate::write::frame::AvFrame;
use crate::write::settings::VideoSettings;
use crate::write::video::{hardware_codecs, video_codec};
use crate::write::writer::PictureTrack;
use cutroom_types::{ColorTags, FrameRate, Picture, PictureFormat, Size};
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

/// Pictures that are encoded to try an encoder.
const TRIED_PICTURES: u64 = 5;

/// Tries an encoder of a graphics card: encodes a few pictures of 256×144. Drivers may crash or
/// hang: call it in a process that may.
///
/// # Errors
/// What the encoder or the driver says; [`MediaError::NoEncoder`] if the linked FFmpeg has none.
pub fn try_encoder(codec: &str) -> Result<(), MediaError> {
    crate::init();
    let row = video_codec(codec)?;
    let rate = FrameRate::new(25, 1).ok_or_else(|| MediaError::Settings { reason: "no frame rate".into() })?;
    let size = Size { width: 256, height: 144 };
    let settings = VideoSettings::new(row.id, size, rate)?;
    let mut track = PictureTrack::open_bare(&settings)?;
    let mut packets = 0;
    let mut count = |_: AvPacket| {
        packets += 1;
        Ok(())
    };
    for n in 0..TRIED_PICTURES {
        let luma = (0..256 * 144).map(|i| (i as u64 + n * 7) as u8).collect();
        let planes = vec![luma, vec![128; 128 * 72], vec![128; 128 * 72]];
        let picture = Picture::from_planes(PictureFormat::YUV420P8, size, ColorTags::BT709, planes)
            .ok_or(MediaError::Internal { operation: "making a picture", reason: "its planes do not fit".into() })?;
        track.push(&picture, &mut count)?;
    }
    track.finish(&mut count)?;
    if packets == TRIED_PICTURES {
        return Ok(());
    }
    let reason = format!("it made {packets} packets of {TRIED_PICTURES} pictures");
    Err(MediaError::Encode { encoder: row.encoder.into(), reason })
}

/// Ids and titles of the encoders of graphics cards that the linked FFmpeg has, and whether it has
/// them.
pub fn hardware_encoders() -> Vec<(&'static str, &'static str, bool)> {
    crate::init();
    hardware_codecs().map(|c| (c.id, c.title, !crate::write::encoders::encoder_pointer(c.encoder).is_null())).collect()
}
