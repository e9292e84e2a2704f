//! Pictures of up to 256 colours, with FFmpeg's palettegen and paletteuse: each picture gets the
//! colours that suit it best, so that nothing waits for the end of the film. Dithering is ordered:
//! what does not move keeps its pattern.
use crate::MediaError;
use crate::error::ffmpeg_text;
use crate::write::frame::AvFrame;
use cutroom_types::Size;
use ffmpeg_next::ffi::{self, AVFilterContext, AVFilterGraph};
use std::{ffi::CString, ptr};

/// One entry is kept for what is transparent: alpha below half, and pixels that are as in the
/// picture before.
const FILTERS: &std::ffi::CStr =
    c"[in]split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=bayer:bayer_scale=3[out]";

/// Makes pictures of few colours.
pub(crate) struct Palette {
    graph: *mut AVFilterGraph,
    source: *mut AVFilterContext,
    sink: *mut AVFilterContext,
}

// SAFETY: owned and used by one thread at a time.
unsafe impl Send for Palette {}

fn failed(error: i32) -> MediaError {
    MediaError::Internal { operation: "choosing the colours of a picture", reason: ffmpeg_text(error) }
}

impl Palette {
    /// For frames of BGRA of a size.
    pub fn new(size: Size) -> Result<Self, MediaError> {
        let format = ffi::AVPixelFormat::AV_PIX_FMT_BGRA as i32;
        let args = format!("video_size={}x{}:pix_fmt={format}:time_base=1/1:pixel_aspect=1/1", size.width, size.height);
        let args = CString::new(args).map_err(|_| failed(ffi::AVERROR(ffi::EINVAL)))?;
        // SAFETY: the graph owns its filters and is freed on drop; all strings are valid for the
        // calls; the lists of open ends are allocated here and freed by `avfilter_inout_free`,
        // whatever parsing leaves of them.
        unsafe {
            let mut this = Self { graph: ffi::avfilter_graph_alloc(), source: ptr::null_mut(), sink: ptr::null_mut() };
            for (to, name, args) in [(&mut this.source, c"buffer", args.as_ptr()), (&mut this.sink, c"buffersink", ptr::null())] {
                let filter = ffi::avfilter_get_by_name(name.as_ptr());
                let r = ffi::avfilter_graph_create_filter(to, filter, name.as_ptr(), args, ptr::null_mut(), this.graph);
                if r < 0 {
                    return Err(failed(r));
                }
            }
            let end = |name: &std::ffi::CStr, filter| {
                let end = ffi::avfilter_inout_alloc();
                if !end.is_null() {
                    (*end).name = ffi::av_strdup(name.as_ptr());
                    (*end).filter_ctx = filter;
                    (*end).pad_idx = 0;
                    (*end).next = ptr::null_mut();
                }
                end
            };
            // The filters' input is the source's output.
            let (mut outputs, mut inputs) = (end(c"in", this.source), end(c"out", this.sink));
            let mut r = ffi::AVERROR(ffi::ENOMEM);
            if !outputs.is_null() && !inputs.is_null() {
                r = ffi::avfilter_graph_parse_ptr(this.graph, FILTERS.as_ptr(), &mut inputs, &mut outputs, ptr::null_mut());
            }
            ffi::avfilter_inout_free(&mut inputs);
            ffi::avfilter_inout_free(&mut outputs);
            if r >= 0 {
                r = ffi::avfilter_graph_config(this.graph, ptr::null_mut());
            }
            if r < 0 { Err(failed(r)) } else { Ok(this) }
        }
    }

    /// Takes the next frame, or `None` for the end.
    pub fn push(&mut self, frame: Option<&AvFrame>) -> Result<(), MediaError> {
        let frame = frame.map_or(ptr::null(), AvFrame::as_ptr);
        // SAFETY: the frame is valid or null; the filter takes a reference of its own.
        let r = unsafe { ffi::av_buffersrc_write_frame(self.source, frame) };
        if r < 0 { Err(failed(r)) } else { Ok(()) }
    }

    /// The next frame of few colours, if one is ready.
    pub fn pull(&mut self) -> Result<Option<AvFrame>, MediaError> {
        let mut frame = AvFrame::empty()?;
        // SAFETY: sink and frame are valid.
        match unsafe { ffi::av_buffersink_get_frame(self.sink, frame.as_mut_ptr()) } {
            0.. => Ok(Some(frame)),
            r if r == ffi::AVERROR(ffi::EAGAIN) || r == ffi::AVERROR_EOF => Ok(None),
            r => Err(failed(r)),
        }
    }
}

impl Drop for Palette {
    fn drop(&mut self) {
        // SAFETY: owned, freed once.
        unsafe { ffi::avfilter_graph_free(&mut self.graph) };
    }
}
