//! Pictures of a media file for lists and timelines: one frame, or a strip of frames. They are drawn as a
//! film of one clip is, on the CPU, so that they are the same everywhere, and kept in the cache on disk.
use crate::{
    ApiError, Session, cache,
    overwrite_guard::{self, Inputs, WrittenFile},
    parse_frame, probe,
};
use cutroom_cache::{Key, Store};
use cutroom_media::{MediaInfo, MediaLocation, VideoInfo, ffmpeg_identity};
use cutroom_pipeline::{
    Backend, OutputSpec, PipelineError, RenderOptions, Renderer, content_key, jpeg_spec, output_spec, upright_size,
};
use cutroom_project::{Clip, ClipSource, Composition, Media, MediaKind, MediaSource, Project, StreamChoice, Track, TrackKind};
use cutroom_types::{CancelToken, FrameRate, Picture, PictureFormat, Size, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Kinds of the entries in the cache.
const THUMBNAILS: &str = "thumbnail";
const FILMSTRIPS: &str = "filmstrip";
/// Maximum number of pictures in a strip.
const MAX_COUNT: u32 = 1000;
/// Longest side of a picture.
const MAX_SIDE_PX: u32 = 16_384;

/// The frame of a file to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThumbnailRequest {
    /// The media file.
    pub file: PathBuf,
    /// Where: seconds, a clock, a timecode or a frame number at the file's rate; see [`crate::parse_frame`].
    /// Absent: the beginning.
    #[serde(default)]
    pub at: Option<String>,
    /// Number of the video stream, from 0, as `probe` lists them.
    #[serde(default)]
    pub stream: usize,
    /// Greatest width in pixels.
    #[serde(default)]
    pub width: Option<u32>,
    /// Greatest height in pixels. Without any the picture has the size that it is displayed at.
    #[serde(default)]
    pub height: Option<u32>,
    /// The file to write, PNG or JPEG by its extension; absent: none.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// JPEG and not PNG, if no file is to be written.
    #[serde(default)]
    pub jpeg: bool,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// The strip of frames of a file to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilmstripRequest {
    /// The media file.
    pub file: PathBuf,
    /// Number of frames, 1..=1000: the middles of as many equal parts of the film.
    pub count: u32,
    /// Height in pixels.
    pub height: u32,
    /// Number of the video stream, from 0, as `probe` lists them.
    #[serde(default)]
    pub stream: usize,
    /// The file to write, PNG or JPEG by its extension; absent: none.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// JPEG and not PNG, if no file is to be written.
    #[serde(default)]
    pub jpeg: bool,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// What a picture of a file shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StillsReport {
    /// Size of the picture in pixels.
    pub size: Size,
    /// Times of the frames in the file, in seconds, from left to right.
    pub times_secs: Vec<f64>,
    /// Whether it came from the cache.
    pub cached: bool,
}

/// A picture of a file, in sRGB: the bytes of a PNG file, with alpha if the file has any, or of a JPEG file.
pub struct Stills {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What it shows.
    pub report: StillsReport,
}

/// Shows one frame of a file: upright, with square pixels, PQ and HLG tone-mapped.
///
/// # Errors
/// The file cannot be read or has no such stream; a time outside of it; a size or an output that is not
/// possible.
pub fn thumbnail(request: &ThumbnailRequest, cancel: &CancelToken) -> Result<Stills, Vec<ApiError>> {
    let one = |e| vec![e];
    let file = Shown::open(&request.file, request.stream).map_err(one)?;
    check_output(&request.file, request.output.as_deref(), &["png", "jpg", "jpeg"], request.overwrite).map_err(one)?;
    let size = file.size(request.width, request.height).map_err(one)?;
    let time = file.time(request.at.as_deref().unwrap_or("0")).map_err(one)?;
    let format = StillFormat::of(request.output.as_deref(), request.jpeg);
    let stills = file.stills(THUMBNAILS, &[time], size, format, cancel)?;
    write(&stills, request.output.as_deref()).map_err(one)?;
    Ok(stills)
}

/// Shows frames of a file side by side, as [`thumbnail`] shows each.
///
/// # Errors
/// As [`thumbnail`].
pub fn filmstrip(request: &FilmstripRequest, cancel: &CancelToken) -> Result<Stills, Vec<ApiError>> {
    let one = |e| vec![e];
    let file = Shown::open(&request.file, request.stream).map_err(one)?;
    check_output(&request.file, request.output.as_deref(), &["png", "jpg", "jpeg"], request.overwrite).map_err(one)?;
    if !(1..=MAX_COUNT).contains(&request.count) {
        let error = ApiError::new("usage.picture_size", format!("a strip of {} frames", request.count));
        return Err(one(error.hint(format!("`count` is from 1 to {MAX_COUNT}")).field("count")));
    }
    let size = file.size(None, Some(request.height)).map_err(one)?;
    if u64::from(size.width) * u64::from(request.count) > u64::from(2 * MAX_SIDE_PX) {
        let wide = u64::from(size.width) * u64::from(request.count);
        let error = ApiError::new("usage.picture_size", format!("the strip would be {wide} pixels wide"));
        return Err(one(error
            .hint(format!("it can be {}; choose a smaller `height` or `count`", 2 * MAX_SIDE_PX))
            .field("height")
            .field("count")));
    }
    let span = file.video.span;
    let count = i128::from(request.count);
    let middle = |i: u32| Time(span.start.0 + (i128::from(span.duration.0) * (2 * i128::from(i) + 1) / (2 * count)) as i64);
    let times: Vec<Time> = (0..request.count).map(|i| if file.info.is_still { Time::ZERO } else { middle(i) }).collect();
    let format = StillFormat::of(request.output.as_deref(), request.jpeg);
    let stills = file.stills(FILMSTRIPS, &times, size, format, cancel)?;
    write(&stills, request.output.as_deref()).map_err(one)?;
    Ok(stills)
}

/// Checks a picture's file name, whose extension must be one of `endings`.
pub(crate) fn check_output(file: &Path, output: Option<&Path>, endings: &[&str], overwrite: bool) -> Result<(), ApiError> {
    let Some(output) = output else { return Ok(()) };
    overwrite_guard::check(&[WrittenFile::only("output", output)], &Inputs::of_clips(&[file.to_owned()]), overwrite)?;
    if output.extension().is_some_and(|e| endings.iter().any(|ending| e.eq_ignore_ascii_case(ending))) {
        return Ok(());
    }
    let error = ApiError::new("usage.container", format!("{}: a picture is not written in this format", output.display()));
    Err(error.hint(format!("choose a name that ends in .{}", endings.join(" or ."))).field("output").file(output))
}

/// How a picture is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StillFormat {
    Png,
    Jpeg,
}

impl StillFormat {
    /// By the extension; PNG if there is no file.
    fn of(output: Option<&Path>, is_jpeg: bool) -> Self {
        let ending = output.and_then(Path::extension).map(std::ffi::OsStr::to_ascii_lowercase).unwrap_or_default();
        if ending == "jpg" || ending == "jpeg" || (output.is_none() && is_jpeg) { Self::Jpeg } else { Self::Png }
    }

    /// What the renderer gives.
    fn spec(self, film: &Composition, alpha: bool) -> OutputSpec {
        match self {
            Self::Png => output_spec(film, PictureFormat { alpha, ..PictureFormat::RGB8 }),
            Self::Jpeg => jpeg_spec(film, false),
        }
    }
}

fn write(stills: &Stills, output: Option<&Path>) -> Result<(), ApiError> {
    output.map_or(Ok(()), |output| Ok(cutroom_media::write::write_bytes(output, &stills.bytes)?))
}

/// A file of which pictures are shown.
struct Shown {
    path: PathBuf,
    stream: usize,
    info: MediaInfo,
    video: VideoInfo,
}

impl Shown {
    fn open(path: &Path, stream: usize) -> Result<Self, ApiError> {
        let info = cache::probe(&MediaLocation::file(path))?;
        let count = info.video.len();
        let Some(video) = info.video.get(stream).cloned() else {
            let message = match count {
                0 => format!("{}: there is no picture in it", path.display()),
                _ => format!("{}: there is no video stream {stream}; it has {count}, from 0", path.display()),
            };
            return Err(ApiError::new("media.no_picture", message).field("stream").file(path));
        };
        if let Some(defect) = &video.defect {
            return Err(ApiError::from(defect.clone()));
        }
        Ok(Self { path: path.to_owned(), stream, info, video })
    }

    /// The displayed size, or the largest within the limits.
    fn size(&self, width: Option<u32>, height: Option<u32>) -> Result<Size, ApiError> {
        let whole = upright_size(&self.video);
        let (w, h) = (f64::from(whole.width.max(1)), f64::from(whole.height.max(1)));
        let scales = [width.map(|x| f64::from(x) / w), height.map(|x| f64::from(x) / h)];
        let scale = scales.into_iter().flatten().reduce(f64::min).unwrap_or(1.0);
        let side = |x: f64| (x * scale).round().max(1.0);
        let (width, height) = (side(w), side(h));
        if scale > 0.0 && width.max(height) <= f64::from(MAX_SIDE_PX) {
            return Ok(Size { width: width as u32, height: height as u32 });
        }
        let what = if scale > 0.0 { format!("a picture of {width}x{height} pixels") } else { "a picture without pixels".into() };
        let error = ApiError::new("usage.picture_size", what);
        Err(error.hint(format!("sides are from 1 to {MAX_SIDE_PX} pixels")).field("width").field("height"))
    }

    fn time(&self, at: &str) -> Result<Time, ApiError> {
        let usual = || FrameRate::from_f64(25.0);
        let Some(rate) = probe::frame_rate(&self.video).or_else(usual) else { return Ok(Time::ZERO) };
        let time = match cutroom_types::TimeText::parse(at.trim()) {
            // Of files without a constant rate times are exact, too.
            Ok(cutroom_types::TimeText::Flicks(flicks)) if flicks >= 0 => Time(flicks),
            _ => rate.time_of_frame(parse_frame(at, rate).map_err(|e| e.field("at"))?),
        };
        if self.info.is_still || time < self.video.span.end() {
            return Ok(if self.info.is_still { Time::ZERO } else { time });
        }
        let secs = time.as_secs_f64();
        let message = format!("{}: {secs:.3} s is past its end", self.path.display());
        let hint = format!("its picture ends at {:.3} s", self.video.span.end().as_secs_f64());
        Err(ApiError::new("usage.position", message).hint(hint).field("at").file(&self.path))
    }

    fn key(&self, store: &Store, kind: &str, times: &[Time], size: Size, format: StillFormat) -> Option<Key> {
        let key = content_key(store, kind, &self.path)?.with(self.stream.to_le_bytes()).with(ffmpeg_identity());
        let key = key.with(format!("{format:?}")).with(size.width.to_le_bytes()).with(size.height.to_le_bytes());
        Some(times.iter().fold(key, |key, time| key.with(time.0.to_le_bytes())).key())
    }

    /// Frames side by side.
    fn stills(
        &self,
        kind: &str,
        times: &[Time],
        size: Size,
        format: StillFormat,
        cancel: &CancelToken,
    ) -> Result<Stills, Vec<ApiError>> {
        let store = cache::store();
        let key = self.key(&store, kind, times, size, format);
        let known = key.and_then(|key| store.get(kind, key));
        let cached = known.is_some();
        let bytes = match known {
            Some(bytes) => bytes,
            None => self.drawn(times, size, format, cancel)?,
        };
        if let (Some(key), false) = (key, cached) {
            store.put(kind, key, &bytes);
        }
        let strip = Size { width: size.width * times.len() as u32, ..size };
        Ok(Stills {
            bytes,
            report: StillsReport { size: strip, times_secs: times.iter().map(|t| t.as_secs_f64()).collect(), cached },
        })
    }

    fn drawn(&self, times: &[Time], size: Size, format: StillFormat, cancel: &CancelToken) -> Result<Vec<u8>, Vec<ApiError>> {
        let one = |e: ApiError| vec![e];
        let session = self.session(times, size).map_err(one)?;
        let id = session.composition(None).map_err(one)?;
        let opened = session.open_composition(&id, 0, cancel)?;
        let options = RenderOptions { backend: Backend::Cpu, ..RenderOptions::default() };
        let failed = |e: PipelineError| vec![ApiError::from(e)];
        let mut renderer = Renderer::new(options).map_err(|e| failed(e.into()))?;
        let spec = format.spec(opened.composition(), self.video.alpha);
        let mut frames = opened.frames(0..times.len() as i64);
        let mut pictures = Vec::with_capacity(times.len());
        for _ in times {
            if cancel.is_cancelled() {
                return Err(one(cutroom_media::MediaError::Stopped { path: self.path.clone() }.into()));
            }
            pictures.push(frames.next_picture(&mut renderer, &spec).map_err(failed)?);
        }
        let strip = beside(&pictures).map_err(one)?;
        let encode = match format {
            StillFormat::Png => cutroom_media::write::encode_png,
            StillFormat::Jpeg => cutroom_media::write::encode_jpeg,
        };
        encode(&strip).map_err(|e| one(e.into()))
    }

    /// A film of clips of a thousandth of a second, one for each time.
    fn session(&self, times: &[Time], size: Size) -> Result<Session, ApiError> {
        let Some(name) = self.path.file_name().and_then(|name| name.to_str()) else {
            let message = format!("{}: the name is not Unicode", self.path.display());
            return Err(ApiError::new("usage.path", message).field("file").file(&self.path));
        };
        let Some(rate) = FrameRate::new(1000, 1) else { return Err(ApiError::new("usage.fps", "1000 is no rate")) };
        let mut film = Composition::new("main", size, rate);
        film.background = if self.video.alpha { [0.0; 4] } else { film.background };
        let mut track = Track::new("v", TrackKind::Video);
        let mut start = Time::ZERO;
        for (n, time) in times.iter().enumerate() {
            let media = MediaSource {
                media: "m".into(),
                video_stream: StreamChoice::Index(self.stream),
                audio_stream: StreamChoice::None,
                repeat: false,
                extra: Default::default(),
            };
            let end = rate.time_of_frame(n as i64 + 1);
            let mut clip = Clip::new(&format!("c{n}"), ClipSource::Media(media), start, end - start);
            clip.source_in = *time;
            track.clips.push(clip.into());
            start = end;
        }
        film.tracks.push(track);
        let mut project = Project::new("stills", film);
        let kind = if self.info.is_still { MediaKind::Image } else { MediaKind::Video };
        project.media = vec![Media::new("m", name, kind)];
        // No file has this name; it stands for the folder of the medium.
        Session::from_json(&cutroom_project::to_json(&project), &self.path.with_extension("thumbnail"))
    }
}

/// Pictures of one size and format side by side.
fn beside(pictures: &[Picture]) -> Result<Picture, ApiError> {
    let Some(first) = pictures.first() else { return Err(ApiError::new("usage.picture_size", "a strip without frames")) };
    let rows = |plane: usize| {
        let all = (0..first.size.height as usize).flat_map(move |y| pictures.iter().map(move |p| p.planes[plane].row(y)));
        all.flatten().copied().collect::<Vec<u8>>()
    };
    let size = Size { width: first.size.width * pictures.len() as u32, ..first.size };
    let strip = Picture::from_planes(first.format, size, first.color, (0..first.planes.len()).map(rows).collect());
    strip.ok_or_else(|| ApiError::new("media.write.failed", "frames of one film differ in size"))
}
