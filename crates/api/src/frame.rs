//! Renders one frame as a picture.
use crate::{
    ApiError, BackendChoice, DecodeChoice, DeviceLost, DisplayChoice, ProxyChoice, Session, device_lost, session, settings,
};
use cutroom_pipeline::{OpenComposition, OpenOptions, PipelineError, RenderOptions, Renderer, as_srgb, output_spec};
use cutroom_timeline::RenderScale;
use cutroom_types::{CancelToken, Picture, PictureFormat, Primaries, Size, Timecode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// The frame to render.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrameRequest {
    /// Seconds, timecode or frame number; see [`crate::parse_frame`].
    pub at: String,
    /// Composition id; absent: the project's main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// The display that the picture is for.
    #[serde(default)]
    pub display: DisplayChoice,
    /// Pixels drawn for each pixel of the film, 1/64..=4; absent: 1.
    #[serde(default)]
    pub scale: Option<f64>,
    /// Which proxies are drawn instead of their sources.
    #[serde(default)]
    pub proxies: ProxyChoice,
    /// The folder of proxies; absent: `.cutroom/proxies` beside the project.
    #[serde(default)]
    pub proxy_folder: Option<PathBuf>,
    /// Draw a slate for files that are missing; otherwise they are errors.
    #[serde(default)]
    pub offline: bool,
    /// What draws.
    #[serde(default)]
    pub backend: BackendChoice,
    /// What decodes video streams.
    #[serde(default)]
    pub decode: DecodeChoice,
    /// Number of the graphics card that draws and decodes, as `cutroom doctor` lists them; absent: the best one.
    #[serde(default)]
    pub gpu: Option<usize>,
    /// Threads; 0 for one per core.
    #[serde(default)]
    pub threads: usize,
}

/// Result of rendering a frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FrameReport {
    /// Frame number.
    pub frame: i64,
    /// Time of the frame as a timecode.
    pub timecode: String,
    /// Time of the frame in seconds.
    pub time_secs: f64,
    /// Size in pixels.
    pub size: Size,
    /// Bits, planes and colour of the picture, human-readable.
    pub format: String,
    /// Back end, SIMD level and threads.
    pub drawn_by: String,
    /// The failure of a graphics card, if there was one; what was drawn is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_lost: Option<DeviceLost>,
    /// Problems that did not prevent drawing.
    pub warnings: Vec<String>,
}

/// A rendered frame: RGB of 8 bits, of 16 if the film is PQ or HLG; with alpha if its background is
/// transparent.
pub struct Frame {
    picture: Picture,
    /// What was drawn, and how.
    pub report: FrameReport,
}

impl Frame {
    /// The frame as the bytes of a PNG file.
    ///
    /// # Errors
    /// An error of the encoder.
    pub fn png(&self) -> Result<Vec<u8>, ApiError> {
        Ok(cutroom_media::write::encode_png(&self.picture)?)
    }

    /// The mean of its pixels, for checks: red, green and blue in units of 8 bits.
    pub(crate) fn mean_rgb(&self) -> [f64; 3] {
        let Size { width, height } = self.picture.size;
        let count = f64::from(width) * f64::from(height);
        let largest = f64::from((1_u32 << self.picture.format.bits) - 1);
        let mut sums = [0.0; 3];
        for (n, sum) in sums.iter_mut().enumerate() {
            for y in 0..height as usize {
                *sum += (0..width as usize).map(|x| f64::from(self.picture.sample(n, x, y))).sum::<f64>();
            }
        }
        sums.map(|sum| sum / count.max(1.0) * 255.0 / largest)
    }

    /// Writes a PNG file completely or not at all, replacing an existing one.
    ///
    /// # Errors
    /// An error of encoding or writing.
    pub fn write_png(&self, path: &Path) -> Result<(), ApiError> {
        Ok(cutroom_media::write::write_png(path, &self.picture)?)
    }
}

/// Draws one frame of a composition.
///
/// # Errors
/// Problems of the project, a position outside the composition, or a failure of drawing.
pub fn render_frame(session: &Session, request: &FrameRequest, cancel: &CancelToken) -> Result<Frame, Vec<ApiError>> {
    let one = |e| vec![e];
    let id = session.composition(request.composition.as_deref()).map_err(one)?;
    session.check()?;
    let (rate, total) = session.frames(&id).map_err(one)?;
    let scale = session.scale(&id, request.scale, "scale").map_err(one)?;
    let frame = session::frame_inside(&request.at, rate, total).map_err(one)?;
    if let Some(folder) = &request.proxy_folder {
        session.library().set_proxy_folder(folder);
    }
    let options = OpenOptions {
        decode_threads: request.threads,
        others: 0,
        proxies: request.proxies.into(),
        offline: request.offline,
        decode: request.decode.into(),
        card: settings::card(request.gpu).map_err(one)?,
    };
    let composition = session.open_with(&id, options, cancel)?;
    draw(session, request, &composition, frame, scale).map_err(one)
}

fn draw(
    session: &Session,
    request: &FrameRequest,
    opened: &Arc<OpenComposition>,
    frame: i64,
    scale: RenderScale,
) -> Result<Frame, ApiError> {
    let composition = opened.composition();
    let rate = composition.frame_rate;
    let options =
        RenderOptions { backend: request.backend.into(), threads: request.threads, card: request.gpu, ..RenderOptions::default() };
    let mut renderer = Renderer::new(options).map_err(PipelineError::from)?;
    let failures = device_lost::count(opened);
    let (color, alpha) = (&composition.color, composition.background[3] < 1.0);
    let bits = if color.transfer.is_hdr() { 16 } else { 8 };
    let spec = output_spec(composition, PictureFormat { bits, alpha, ..PictureFormat::RGB8 });
    let mut picture = opened.frame_at_scale(frame, scale, &mut renderer, &spec)?;
    let is_srgb = color.primaries == Primaries::Bt709 && !color.transfer.is_hdr();
    let mut shown = format!("in {}/{}", color.primaries, color.transfer);
    if request.display == DisplayChoice::Sdr && !is_srgb {
        picture = as_srgb(&picture, &mut renderer)?;
        shown = format!("{} to sRGB", if color.transfer.is_hdr() { "tone-mapped" } else { "converted" });
    }
    let lost = device_lost::since(opened, failures);
    let report = FrameReport {
        frame,
        timecode: Timecode { frame, rate }.to_string(),
        time_secs: rate.time_of_frame(frame).as_secs_f64(),
        size: picture.size,
        format: format!("{}, {shown}", picture.format),
        drawn_by: opened.drawn_by(&renderer),
        warnings: session::warnings(session, opened).into_iter().chain(lost.as_ref().map(DeviceLost::warning)).collect(),
        device_lost: lost,
    };
    Ok(Frame { picture, report })
}
