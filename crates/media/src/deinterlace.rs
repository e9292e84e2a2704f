//! Deinterlacing with FFmpeg's bwdif, one output frame per input frame, independent of the order of
//! access.
//!
//! The filter uses one frame before and one after. Each result is computed from exactly those three
//! frames, so it does not depend on how the reader got there; while frames are requested in order,
//! the same filter graph continues.
use crate::{
    av_frame::AvFrame,
    error::{MediaError, ffmpeg_text},
};
use cutroom_types::{Deinterlace, FieldOrder};
use ffmpeg_next::ffi::{self, AVFilterContext, AVFilterGraph};
use std::{
    ffi::{CStr, CString},
    ptr,
};

/// The deinterlacer with its current filter graph.
pub(crate) struct Deinterlacer {
    /// Options of the filter.
    options: CString,
    graph: Option<Graph>,
    /// The frame that the current graph outputs next, if it gets the frame after that one.
    next: Option<usize>,
}

impl Deinterlacer {
    /// A deinterlacer of frames flagged as interlaced, or of all with [`Deinterlace::On`].
    pub fn new(which: Deinterlace, order: FieldOrder) -> Self {
        let which = if which == Deinterlace::On { c"all" } else { c"interlaced" };
        let parity = match order {
            FieldOrder::Top => c"tff",
            FieldOrder::Bottom => c"bff",
            FieldOrder::Auto => c"auto",
        };
        let options = [&b"mode=send_frame:parity="[..], parity.to_bytes(), b":deint=", which.to_bytes()].concat();
        Self { options: CString::new(options).unwrap_or_default(), graph: None, next: None }
    }

    /// Frame `i` deinterlaced, with its neighbours. Neighbours of another size or format are not
    /// used.
    pub fn frame(
        &mut self,
        i: usize,
        before: Option<&AvFrame>,
        this: &AvFrame,
        after: Option<&AvFrame>,
    ) -> Result<AvFrame, MediaError> {
        let layout = |f: &AvFrame| (f.get().width, f.get().height, f.get().format);
        let same = |f: &AvFrame| layout(f) == layout(this);
        let (before, after) = (before.filter(|f| same(f)), after.filter(|f| same(f)));
        let runs_on = self.next == Some(i) && self.graph.as_ref().is_some_and(|g| g.layout == layout(this));
        self.next = None;
        if !runs_on {
            let mut graph = Graph::new(this, &self.options)?;
            if let Some(b) = before {
                graph.push(Some(b))?;
            }
            graph.push(Some(this))?;
            if before.is_some() {
                // The result for the frame before, which was computed without its own predecessor.
                graph.pull()?;
            }
            self.graph = Some(graph);
        }
        let graph = self.graph.as_mut().ok_or_else(|| failed("deinterlacing", 0))?;
        graph.push(after)?;
        let out = graph.pull()?.ok_or_else(|| failed("deinterlacing", 0))?;
        // SAFETY: both frames are valid; colour tags, aspect and timing are copied to the result.
        unsafe { ffi::av_frame_copy_props(out.0, this.0) };
        if after.is_some() {
            self.next = Some(i + 1);
        }
        Ok(out)
    }
}

struct Graph {
    graph: *mut AVFilterGraph,
    source: *mut AVFilterContext,
    sink: *mut AVFilterContext,
    layout: (i32, i32, i32),
    pushed: i64,
}

// SAFETY: owned and used by one thread at a time.
unsafe impl Send for Graph {}

fn failed(operation: &'static str, error: i32) -> MediaError {
    MediaError::Internal { operation, reason: if error < 0 { ffmpeg_text(error) } else { "the filter gave no frame".into() } }
}

impl Graph {
    fn new(like: &AvFrame, options: &CStr) -> Result<Self, MediaError> {
        const SETTING_UP: &str = "setting up the deinterlacer";
        let f = like.get();
        let source_args =
            CString::new(format!("video_size={}x{}:pix_fmt={}:time_base=1/1:pixel_aspect=1/1", f.width, f.height, f.format))
                .map_err(|_| failed(SETTING_UP, 0))?;
        // SAFETY: the graph owns its filters and is freed on drop; all strings are valid for the
        // calls.
        unsafe {
            let mut this = Self {
                graph: ffi::avfilter_graph_alloc(),
                source: ptr::null_mut(),
                sink: ptr::null_mut(),
                layout: (f.width, f.height, f.format),
                pushed: 0,
            };
            let mut filter = ptr::null_mut();
            for (to, name, args) in [
                (&mut this.source, c"buffer", source_args.as_ptr()),
                (&mut filter, c"bwdif", options.as_ptr()),
                (&mut this.sink, c"buffersink", ptr::null()),
            ] {
                let found = ffi::avfilter_get_by_name(name.as_ptr());
                if found.is_null() {
                    return Err(MediaError::Missing { kind: "filter", name: name.to_string_lossy().into_owned() });
                }
                let r = ffi::avfilter_graph_create_filter(to, found, name.as_ptr(), args, ptr::null_mut(), this.graph);
                if r < 0 {
                    return Err(failed(SETTING_UP, r));
                }
            }
            for r in [
                ffi::avfilter_link(this.source, 0, filter, 0),
                ffi::avfilter_link(filter, 0, this.sink, 0),
                ffi::avfilter_graph_config(this.graph, ptr::null_mut()),
            ] {
                if r < 0 {
                    return Err(failed(SETTING_UP, r));
                }
            }
            Ok(this)
        }
    }

    /// Sends a frame, or `None` for the end.
    fn push(&mut self, frame: Option<&AvFrame>) -> Result<(), MediaError> {
        let shared = frame.map(AvFrame::share);
        // SAFETY: the frame is our own reference; the filter takes a further one.
        let r = unsafe {
            let p = shared.as_ref().map_or(ptr::null_mut(), |f| f.0);
            if !p.is_null() {
                (*p).pts = self.pushed;
                self.pushed += 1;
            }
            ffi::av_buffersrc_write_frame(self.source, p)
        };
        if r < 0 { Err(failed("deinterlacing", r)) } else { Ok(()) }
    }

    /// The next result, if one is ready.
    fn pull(&mut self) -> Result<Option<AvFrame>, MediaError> {
        let frame = AvFrame::new();
        // SAFETY: sink and frame are valid.
        let r = unsafe { ffi::av_buffersink_get_frame(self.sink, frame.0) };
        if r == ffi::AVERROR(ffi::EAGAIN) || r == ffi::AVERROR_EOF {
            return Ok(None);
        }
        if r < 0 { Err(failed("deinterlacing", r)) } else { Ok(Some(frame)) }
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        // SAFETY: owned, freed once.
        unsafe { ffi::avfilter_graph_free(&mut self.graph) };
    }
}
