//! The way of frames from a device to host memory.
use crate::{av_frame::AvFrame, error::ffmpeg_text};
use ffmpeg_next::ffi::{av_frame_copy_props, av_hwframe_transfer_data};

/// Copies a frame to host memory, in the layout that it has on the device.
///
/// # Errors
/// FFmpeg's reason.
pub(crate) fn download(frame: &AvFrame) -> Result<AvFrame, String> {
    let (host, source) = (AvFrame::new(), frame.share());
    // SAFETY: all frames are valid, and `source` is a reference of our own. Its size is even during
    // the copy, since FFmpeg rounds half heights down; the memory has such a size.
    let r = unsafe {
        let (width, height) = ((*source.0).width, (*source.0).height);
        ((*source.0).width, (*source.0).height) = (even(width), even(height));
        let r = av_hwframe_transfer_data(host.0, source.0, 0);
        if r < 0 {
            r
        } else {
            ((*host.0).width, (*host.0).height) = (width, height);
            av_frame_copy_props(host.0, frame.0)
        }
    };
    if r < 0 { Err(format!("a picture cannot be copied to memory ({})", ffmpeg_text(r))) } else { Ok(host) }
}

/// The next even number.
pub(super) const fn even(n: i32) -> i32 {
    n + (n & 1)
}
