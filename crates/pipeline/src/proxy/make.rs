//! Makes proxies: reads the frames of a stream one after the other, draws each at the smaller size and
//! encodes it with the time of its source.
use super::{PROXY_FOLDER, ProxyRow, ProxyScale, VERSION, coding, proxy_color, proxy_path, proxy_size, row_path, times_hash};
use crate::{
    error::PipelineError,
    facts::{read_options, upright_size},
};
use cutroom_media::{
    Fingerprint, MediaError, MediaIndex, MediaLocation, VideoReader,
    write::{Rate, VideoSettings, WriteSettings, Writer},
};
use cutroom_project::Media;
use cutroom_render::{OutputSpec, Renderer, SourcePictures};
use cutroom_timeline::{BlendSpace, Canvas, Content, FramePlan, Layer, SourceFrame};
use cutroom_types::{CancelToken, ClipId, FLICKS_PER_SECOND, Fit, FrameRate, MediaId, Picture, Size, Span, Time};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Ticks per second where the times of a source are not multiples of a longer one.
const FINE_TICKS: i64 = 720_000;
/// Longest unit that is used exactly, and longest frame in ticks: containers store 32 bits.
const MAX_TICKS: i64 = 1 << 30;

/// Why a proxy was not made.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// There is nothing that a proxy would make faster.
    #[error("{reason}")]
    Needless {
        /// Why.
        reason: String,
    },
    /// It was cancelled; nothing was written.
    #[error("stopped; the proxy that was being made was removed")]
    Cancelled,
    /// Reading, drawing or encoding failed.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    /// The folder or the row cannot be written.
    #[error("{}: cannot be written: {source}", .path.display())]
    Write {
        /// The folder or file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// What was written does not fit its source: a defect.
    #[error("{}: the proxy that was made does not fit its source: {reason}", .path.display())]
    Mismatch {
        /// The source.
        path: PathBuf,
        /// How it differs.
        reason: String,
    },
}

impl ProxyError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Needless { .. } => "proxy.needless",
            Self::Cancelled => "proxy.cancelled",
            Self::Pipeline(e) => e.code(),
            Self::Write { .. } => "proxy.write",
            Self::Mismatch { .. } => "proxy.mismatch",
        }
    }
}

impl From<MediaError> for ProxyError {
    fn from(e: MediaError) -> Self {
        match e {
            MediaError::Stopped { .. } => Self::Cancelled,
            e => Self::Pipeline(e.into()),
        }
    }
}

/// A proxy that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeProxy {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// Size of its pictures in pixels.
    pub size: Size,
    /// Number of frames.
    pub frames: usize,
    /// Codec and profile.
    pub codec: String,
}

/// The picture of a source as the only source of a plan.
struct One<'a>(&'a Picture);

impl SourcePictures for One<'_> {
    fn picture(&self, _: &SourceFrame) -> Option<Picture> {
        Some(self.0.clone())
    }
}

/// Makes the proxy of a video stream, which replaces an older one. `progress` is called after each
/// frame.
///
/// # Errors
/// See [`ProxyError`]. Nothing is left then, and an older proxy stays.
pub fn make(
    media: &Media,
    location: &MediaLocation,
    index: &Arc<MediaIndex>,
    stream: usize,
    scale: ProxyScale,
    folder: &Path,
    (renderer, threads): (&mut Renderer, usize),
    cancel: &CancelToken,
    progress: &mut dyn FnMut(),
) -> Result<MadeProxy, ProxyError> {
    let needless = |reason: String| ProxyError::Needless { reason };
    let shown = location.path.display();
    let info = index.info().video.get(stream).ok_or_else(|| needless(format!("{shown}: it has no picture")))?;
    if index.info().is_still {
        return Err(needless(format!("{shown}: a still needs no proxy")));
    }
    let format = info.format.ok_or_else(|| needless(format!("{shown}: its pictures cannot be read as {}", info.codec)))?;
    let upright = upright_size(info);
    let size = proxy_size(upright, scale);
    if size.width >= upright.width || size.height >= upright.height {
        return Err(needless(format!("{shown}: {}x{} pixels are no less work at {}", upright.width, upright.height, scale.text())));
    }
    let fingerprint =
        Fingerprint::of(location).map_err(|e| MediaError::Unreadable { path: location.path.clone(), reason: e.to_string() })?;
    let path = proxy_path(folder, &fingerprint, stream, scale);
    let writing = |path: &Path| {
        let path = path.to_owned();
        move |source| ProxyError::Write { path, source }
    };
    fs::create_dir_all(folder).map_err(writing(folder))?;
    let spans: Vec<Span> = index.frame_spans(stream).collect();
    let (ticks_per_second, times) = ticks(&spans);
    let rate = info.nominal_rate.or(info.average_rate).filter(|r| r.as_f64() <= 240.0).or(FrameRate::new(25, 1));
    let rate = rate.ok_or_else(|| needless(format!("{shown}: it has no frame rate")))?;
    let (codec, profile, coded) = coding(format);
    let color = proxy_color(info);
    let settings = VideoSettings {
        codec: codec.into(),
        size,
        // The times come with the pictures; the encoder needs some rate.
        frame_rate: rate,
        format: coded,
        color,
        hdr: info.hdr,
        sample_aspect: (1, 1),
        rate: Rate::CodecDefault,
        preset: None,
        profile: Some(profile.into()),
        gop_frames: None,
        stacked_alpha: false,
        threads: u32::try_from(threads).unwrap_or(0),
        max_kbps: None,
        extra: Vec::new(),
    };
    let settings = WriteSettings { container: "mov".into(), video: Some(settings), sound: None, metadata: Vec::new() };
    let mut reader = VideoReader::open_indexed(Arc::clone(index), stream, read_options(media, threads))?;
    let mut writer = Writer::create_timed(&path, &settings, ticks_per_second, true)?;
    let draw = Draw { size, output: OutputSpec { format: coded, color }, alpha: coded.alpha };
    for (n, (start, length)) in times.iter().enumerate() {
        if cancel.is_cancelled() {
            return Err(ProxyError::Cancelled);
        }
        let picture = reader.frame(n)?.picture;
        if picture.display_size() != upright {
            let now = picture.display_size();
            return Err(needless(format!(
                "{shown}: its pictures change their size, from {}x{} to {}x{} at frame {n}; a proxy would show them differently",
                upright.width, upright.height, now.width, now.height
            )));
        }
        writer.push_picture_at(&draw.picture(&picture, renderer)?, *start, *length)?;
        progress();
    }
    // The row of an older proxy must not describe the new one, not even for a moment.
    let row_path = row_path(&path);
    match fs::remove_file(&row_path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(writing(&row_path)(e)),
        _ => {}
    }
    let written = writer.finish()?;
    let discard = |error| {
        let _ = fs::remove_file(&path);
        error
    };
    let made = MediaIndex::scan_until(&path, cancel).map_err(|e| discard(e.into()))?;
    made.with_times_of(index, stream).map_err(|reason| discard(ProxyError::Mismatch { path: location.path.clone(), reason }))?;
    let row = ProxyRow {
        version: VERSION,
        source: fingerprint.to_string(),
        stream,
        scale,
        frames: spans.len(),
        times: times_hash(index, stream),
        source_size: upright,
        deinterlace: media.deinterlace,
        field_order: media.field_order,
        color,
    };
    write_row(&row, &row_path).map_err(|e| discard(writing(&row_path)(e)))?;
    Ok(MadeProxy { path, bytes: written.bytes, size, frames: spans.len(), codec: format!("{codec} {profile}") })
}

/// The folder of proxies of a project that has no other.
pub(crate) fn usual_folder(project: &Path) -> PathBuf {
    project.join(PROXY_FOLDER)
}

fn write_row(row: &ProxyRow, path: &Path) -> io::Result<()> {
    let text = serde_json::to_string_pretty(row)?;
    let partial = path.with_extension("json.partial");
    fs::write(&partial, text + "\n")?;
    fs::rename(&partial, path).inspect_err(|_| {
        let _ = fs::remove_file(&partial);
    })
}

/// How the pictures of a proxy are drawn.
struct Draw {
    size: Size,
    output: OutputSpec,
    alpha: bool,
}

impl Draw {
    /// The picture, upright and stretched to the proxy's size, in its own colours.
    fn picture(&self, picture: &Picture, renderer: &mut Renderer) -> Result<Picture, PipelineError> {
        let canvas = Canvas {
            size: self.size,
            blend_space: BlendSpace::Gamma,
            primaries: self.output.color.primaries,
            transfer: self.output.color.transfer,
            background: [0.0, 0.0, 0.0, if self.alpha { 0.0 } else { 1.0 }],
        };
        let frame = SourceFrame::nearest(MediaId::from("source"), 0, Time::ZERO);
        let mut layer = Layer::new(ClipId::from("source"), Content::Media(frame));
        layer.transform.fit = Fit::Stretch;
        let plan = FramePlan { canvas, time: Time::ZERO, layers: vec![layer] };
        Ok(renderer.render(&plan, &One(picture), &self.output)?)
    }
}

/// Start and length of each frame in ticks, and the number of ticks per second: the longest unit of
/// which all times are multiples, if a container can store it.
fn ticks(spans: &[Span]) -> (i32, Vec<(i64, i64)>) {
    let unit = spans.iter().fold(FLICKS_PER_SECOND, |unit, s| gcd(gcd(unit, s.start.0), s.end().0));
    let longest = spans.iter().map(|s| s.duration.0).max().unwrap_or(0);
    let exact = FLICKS_PER_SECOND / unit;
    let per_second = if exact <= MAX_TICKS && longest / unit < MAX_TICKS { exact } else { FINE_TICKS };
    let of = |t: i64| {
        (i128::from(t) * i128::from(per_second) * 2 + i128::from(FLICKS_PER_SECOND)).div_euclid(2 * i128::from(FLICKS_PER_SECOND))
            as i64
    };
    let first = of(spans.first().map_or(0, |s| s.start.0)).min(0);
    let mut times: Vec<(i64, i64)> = Vec::with_capacity(spans.len());
    for span in spans {
        let earliest = times.last().map_or(i64::MIN, |(start, _)| start + 1);
        times.push(((of(span.start.0) - first).max(earliest), 1));
    }
    for n in 0..times.len() {
        let end = times.get(n + 1).map_or_else(|| of(spans[n].end().0) - first, |next| next.0);
        times[n].1 = (end - times[n].0).max(1);
    }
    (i32::try_from(per_second).unwrap_or(i32::MAX), times)
}

fn gcd(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_types::TimeDelta;

    #[test]
    fn times_are_exact_where_a_container_can_store_them() {
        let frame = FLICKS_PER_SECOND * 1001 / 30_000;
        let spans: Vec<Span> = (0..3).map(|n| Span::new(Time(5 + n * frame - 5), Time((n + 1) * frame))).collect();
        assert_eq!(ticks(&spans), (30_000, vec![(0, 1001), (1001, 1001), (2002, 1001)]));
        // A late start is kept.
        let late: Vec<Span> =
            (0..2).map(|n| Span { start: Time(FLICKS_PER_SECOND / 200 + n * frame), duration: TimeDelta(frame) }).collect();
        let (per_second, times) = ticks(&late);
        assert_eq!((per_second, times[0]), (30_000, (150, 1001)));
        // No unit divides them: rounded, in order.
        let odd = [Span::new(Time(0), Time(7)), Span::new(Time(7), Time(8)), Span::new(Time(8), Time(13 * FLICKS_PER_SECOND))];
        assert_eq!(ticks(&odd), (720_000, vec![(0, 1), (1, 1), (2, 13 * 720_000 - 2)]));
    }
}
