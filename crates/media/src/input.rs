//! An opened media file: FFmpeg's demuxer with a time limit on every call.
pub(crate) use crate::packet::AvPacket;
use crate::{
    activity,
    error::{MediaError, ffmpeg_text},
    raw_film::RawFilm,
};
use cutroom_types::Time;
use ffmpeg_next::ffi::{self, AVFormatContext, AVMediaType, AVRational, AVStream};
use std::{
    ffi::{CStr, CString, c_int, c_void},
    path::{Path, PathBuf},
    ptr,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Instant,
};

/// Time without any data after which a source counts as stuck, in seconds.
pub const STUCK_AFTER_SECS: u32 = 10;

struct Deadline {
    started: Instant,
    /// Milliseconds after `started`.
    until_ms: AtomicU64,
    passed: AtomicBool,
}

impl Deadline {
    fn renew(&self) {
        let now = self.started.elapsed().as_millis() as u64;
        self.until_ms.store(now + u64::from(STUCK_AFTER_SECS) * 1000, Ordering::Relaxed);
    }
}

/// FFmpeg's interrupt callback, called between reads; a non-zero result aborts the call.
unsafe extern "C" fn interrupted(opaque: *mut c_void) -> c_int {
    // SAFETY: `opaque` is the boxed deadline that lives as long as the demuxer.
    let deadline = unsafe { &*opaque.cast::<Deadline>() };
    let late = deadline.started.elapsed().as_millis() as u64 > deadline.until_ms.load(Ordering::Relaxed);
    if late {
        deadline.passed.store(true, Ordering::Relaxed);
    }
    c_int::from(late)
}

/// A demuxer over a local file: FFmpeg's, or our own in its place (see [`crate::raw_film`]).
pub(crate) struct Input {
    context: *mut AVFormatContext,
    path: PathBuf,
    deadline: Box<Deadline>,
    /// Gives the packets of a file that FFmpeg does not demux.
    film: Option<RawFilm>,
}

// SAFETY: the context is owned and used by one thread at a time (`&mut self` for every call that
// changes it).
unsafe impl Send for Input {}

impl Input {
    /// Opens the file and reads its streams' parameters.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        let _doing = activity::scanning(path);
        let input = Self::open_undescribed(path)?;
        if input.film.is_some() {
            return Ok(input);
        }
        input.deadline.renew();
        // SAFETY: the context is open.
        let found = unsafe { ffi::avformat_find_stream_info(input.context, ptr::null_mut()) };
        if found < 0 {
            return Err(open_error(path, found, input.deadline.passed.load(Ordering::Relaxed)));
        }
        Ok(input)
    }

    /// Opens the file without decoding anything: of its streams only what the header says is known.
    pub fn open_undescribed(path: &Path) -> Result<Self, MediaError> {
        crate::init();
        let meta = std::fs::metadata(path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => MediaError::NotFound { path: path.into() },
            _ => MediaError::Unreadable { path: path.into(), reason: e.to_string() },
        })?;
        if !meta.is_file() {
            return Err(MediaError::Unreadable { path: path.into(), reason: "it is not a regular file".into() });
        }
        // FFmpeg reports permission problems as "input/output error"; ask the system instead.
        let file = std::fs::File::open(path).map_err(|e| MediaError::Unreadable { path: path.into(), reason: e.to_string() })?;
        if meta.len() == 0 {
            return Err(MediaError::NotMedia { path: path.into(), reason: "it is empty".into() });
        }
        let deadline =
            Box::new(Deadline { started: Instant::now(), until_ms: AtomicU64::new(u64::MAX), passed: AtomicBool::new(false) });
        deadline.renew();
        if let Some(film) = RawFilm::of(path, file)? {
            return Ok(Self { context: film.context()?, path: path.into(), deadline, film: Some(film) });
        }
        // The `file:` prefix keeps a name with a colon from being read as a protocol.
        let mut url = b"file:".to_vec();
        url.extend_from_slice(path.as_os_str().as_encoded_bytes());
        let url = CString::new(url)
            .map_err(|_| MediaError::Unreadable { path: path.into(), reason: "its name holds a zero byte".into() })?;
        // SAFETY: plain FFmpeg calls; on failure avformat_open_input frees the context; the
        // dictionary is freed in both cases.
        unsafe {
            let mut context = ffi::avformat_alloc_context();
            if context.is_null() {
                return Err(MediaError::Internal { operation: "opening", reason: "out of memory".into() });
            }
            (*context).interrupt_callback.callback = Some(interrupted);
            (*context).interrupt_callback.opaque = ptr::from_ref::<Deadline>(&deadline).cast_mut().cast();
            let mut options = ptr::null_mut();
            // A file must not make FFmpeg open another protocol, and `%03d` in a name is not a
            // pattern. Transport streams are described as the ffmpeg program does it.
            for (k, v) in [(c"protocol_whitelist", c"file"), (c"pattern_type", c"none"), (c"scan_all_pmts", c"1")] {
                ffi::av_dict_set(&mut options, k.as_ptr(), v.as_ptr(), 0);
            }
            let opened = ffi::avformat_open_input(&mut context, url.as_ptr(), ptr::null_mut(), &mut options);
            ffi::av_dict_free(&mut options);
            if opened < 0 {
                return Err(open_error(path, opened, deadline.passed.load(Ordering::Relaxed)));
            }
            let input = Self { context, path: path.into(), deadline, film: None };
            if let Some(reason) = chance(path, &input.format_name()) {
                return Err(MediaError::NotMedia { path: path.into(), reason });
            }
            Ok(input)
        }
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// FFmpeg's context, valid while `self` lives.
    pub fn context(&self) -> *mut AVFormatContext {
        self.context
    }

    /// FFmpeg's short names of the container format, comma separated.
    pub fn format_name(&self) -> String {
        if let Some(film) = &self.film {
            return film.container.to_owned();
        }
        // SAFETY: an opened context has an input format with a static name.
        unsafe { CStr::from_ptr((*(*self.context).iformat).name).to_string_lossy().into_owned() }
    }

    /// The film of a file that FFmpeg does not demux.
    pub fn film(&self) -> Option<&RawFilm> {
        self.film.as_ref()
    }

    /// Number of streams.
    pub fn stream_count(&self) -> usize {
        // SAFETY: the context is valid.
        unsafe { (*self.context).nb_streams as usize }
    }

    /// Stream `i`; panics unless `i < stream_count()`.
    pub fn stream(&self, i: usize) -> *mut AVStream {
        assert!(i < self.stream_count());
        // SAFETY: checked above; FFmpeg keeps the array valid.
        unsafe { *(*self.context).streams.add(i) }
    }

    /// Kind of stream `i`.
    pub fn kind(&self, i: usize) -> AVMediaType {
        // SAFETY: streams have parameters; FFmpeg writes only values that it declares.
        unsafe { (*(*self.stream(i)).codecpar).codec_type }
    }

    /// Whether the file marks stream `i` as the one to present among those of its kind.
    pub fn is_default(&self, i: usize) -> bool {
        // SAFETY: the stream is valid.
        unsafe { (*self.stream(i)).disposition & ffi::AV_DISPOSITION_DEFAULT != 0 }
    }

    /// Time base of stream `i`, seconds per tick; an invalid one becomes 1/1000000.
    pub fn time_base(&self, i: usize) -> AVRational {
        // SAFETY: the stream is valid.
        let tb = unsafe { (*self.stream(i)).time_base };
        if tb.num > 0 && tb.den > 0 { tb } else { AVRational { num: 1, den: 1_000_000 } }
    }

    /// Makes the demuxer drop the packets of every stream but `i`.
    pub fn only(&mut self, i: usize) {
        for k in 0..self.stream_count() {
            let discard = if k == i { ffi::AVDiscard::AVDISCARD_DEFAULT } else { ffi::AVDiscard::AVDISCARD_ALL };
            // SAFETY: the stream is valid.
            unsafe { (*self.stream(k)).discard = discard };
        }
    }

    /// Reads the next packet; returns `false` at the end of the file. Damage inside the file ends
    /// reading like the end of the file does, with `problem` set.
    ///
    /// # Errors
    /// [`MediaError::Unreadable`] when the system can no longer read the file,
    /// [`MediaError::TimedOut`] when the source is stuck.
    pub fn read(&mut self, packet: &mut AvPacket, problem: &mut Option<String>) -> Result<bool, MediaError> {
        if let Some(film) = &mut self.film {
            return film.read(&self.path, packet, problem);
        }
        let mut again = 0;
        loop {
            self.deadline.renew();
            packet.unref();
            // SAFETY: context and packet are valid.
            let r = unsafe { ffi::av_read_frame(self.context, packet.0) };
            if r >= 0 {
                return Ok(true);
            }
            if r == ffi::AVERROR(ffi::EAGAIN) && again < 1000 {
                again += 1;
                continue;
            }
            if self.deadline.passed.load(Ordering::Relaxed) {
                return Err(MediaError::TimedOut { path: self.path.clone(), operation: "reading", secs: STUCK_AFTER_SECS });
            }
            // Demuxers report a failing disk as the end of the file or as damage.
            // SAFETY: the context is valid; a file has an I/O context.
            let system = unsafe { (*self.context).pb.as_ref().map_or(0, |io| io.error) };
            if system < 0 && system != ffi::AVERROR_EOF {
                return Err(MediaError::Unreadable { path: self.path.clone(), reason: ffmpeg_text(system) });
            }
            if r != ffi::AVERROR_EOF {
                *problem = Some(format!("reading stopped early: {}", ffmpeg_text(r)));
            }
            return Ok(false);
        }
    }

    /// Seeks to a keyframe of stream `i` at or before `timestamp` (in its time base). Returns
    /// `false` when the demuxer cannot.
    pub fn seek(&mut self, i: usize, timestamp: i64) -> bool {
        if let Some(film) = &mut self.film {
            film.seek(timestamp);
            return true;
        }
        self.deadline.renew();
        // SAFETY: the context is valid, `i` a stream.
        unsafe {
            ffi::avformat_seek_file(self.context, i as c_int, i64::MIN, timestamp, timestamp, 0) >= 0
                || ffi::av_seek_frame(self.context, i as c_int, timestamp, ffi::AVSEEK_FLAG_BACKWARD) >= 0
        }
    }
}

impl Input {
    /// Seeks to a byte of the file, for streams whose timestamps are ambiguous. Returns `false`
    /// when the demuxer cannot.
    pub fn seek_byte(&mut self, position: i64) -> bool {
        self.deadline.renew();
        // SAFETY: the context is valid; -1 means no stream.
        position >= 0
            && self.film.is_none()
            && unsafe { ffi::av_seek_frame(self.context, -1, position, ffi::AVSEEK_FLAG_BYTE) >= 0 }
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.deadline.renew();
        // SAFETY: owned context, closed once.
        unsafe { ffi::avformat_close_input(&mut self.context) };
    }
}

/// Why a file of the format that FFmpeg guessed is not taken for media: formats that any text or any
/// bytes fit need the ending of their files.
fn chance(path: &Path, format: &str) -> Option<String> {
    let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    match format {
        // Pictures made of letters.
        "tty" | "bin" | "xbin" | "adf" | "idf" => Some("it is text or unknown data, not media".into()),
        "amrnb" | "amrwb" if !["amr", "awb", "3ga", "amrnb", "amrwb"].contains(&ending.as_str()) => {
            Some("it is no known format; a headerless recording needs its proper ending (.amr, .awb)".into())
        }
        _ => None,
    }
}

fn open_error(path: &Path, error: i32, late: bool) -> MediaError {
    if late {
        return MediaError::TimedOut { path: path.into(), operation: "opening", secs: STUCK_AFTER_SECS };
    }
    let mut head = [0u8; 64];
    let n = std::fs::File::open(path).and_then(|mut f| std::io::Read::read(&mut f, &mut head)).unwrap_or(0);
    let head = &head[..n];
    let hint = if head.starts_with(b"version https://git-lfs") {
        "; it is a Git LFS pointer, not the file itself: run \"git lfs pull\""
    } else if head.get(4..8) == Some(b"ftyp") && matches!(head.get(8..12), Some(b"heic" | b"heix" | b"mif1" | b"msf1")) {
        "; its pictures (meta) are missing or damaged: the file was probably cut off"
    } else if head.get(4..8) == Some(b"ftyp") {
        "; its index (moov) is missing or damaged: the recording was probably cut off"
    } else {
        ""
    };
    MediaError::NotMedia { path: path.into(), reason: format!("{}{hint}", ffmpeg_text(error)) }
}

/// FFmpeg's value for a missing timestamp (`AV_NOPTS_VALUE`).
pub(crate) const NO_TIMESTAMP: i64 = i64::MIN;

/// Converts ticks of a time base to the nearest flick; saturates at a quarter of the range of
/// `i64`.
pub(crate) fn ticks_to_time(ticks: i64, tb: AVRational) -> Time {
    let n = i128::from(ticks) * i128::from(tb.num) * i128::from(cutroom_types::FLICKS_PER_SECOND);
    let d = i128::from(tb.den);
    Time((2 * n + d).div_euclid(2 * d).clamp(i128::from(i64::MIN / 4), i128::from(i64::MAX / 4)) as i64)
}
