//! Frames of a composition as JPEG: one, or some of the whole film side by side and below each other.
use crate::{ApiError, FrameRequest, Session, Stills, StillsReport, session::frame_inside, settings};
use cutroom_pipeline::{OpenOptions, PipelineError, RenderOptions, Renderer, jpeg_spec};
use cutroom_timeline::RenderScale;
use cutroom_types::{CancelToken, CompositionId, Picture, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Greatest number of frames of a sheet.
const MAX_FRAMES: u32 = 400;
/// Greatest sides of a sheet in pixels.
const MAX_SIDE_PX: u32 = 8192;

/// The frames of a contact sheet: the middles of as many equal parts of the film.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetRequest {
    /// Composition id; absent: the project's main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// Frames beside each other.
    #[serde(default = "four")]
    pub columns: u32,
    /// Frames below each other; all of them at most 400.
    #[serde(default = "four")]
    pub rows: u32,
    /// Greatest width of the whole sheet in pixels, up to 8192.
    #[serde(default = "usual_width")]
    pub width: u32,
}

fn four() -> u32 {
    4
}

fn usual_width() -> u32 {
    1280
}

/// Draws a contact sheet as JPEG. Slates stand for files that are missing.
///
/// # Errors
/// Problems of the project, a size that is not possible, or a failure of drawing.
pub fn contact_sheet(session: &Session, request: &SheetRequest, cancel: &CancelToken) -> Result<Stills, Vec<ApiError>> {
    let one = |e| vec![e];
    let wrong = |what: String, field| one(ApiError::new("usage.picture_size", what).field(field));
    let count = u64::from(request.columns) * u64::from(request.rows);
    if count == 0 || count > u64::from(MAX_FRAMES) {
        let error = wrong(format!("a sheet of {} times {} frames", request.columns, request.rows), "columns");
        return Err(error.into_iter().map(|e| e.hint(format!("it can have 1 to {MAX_FRAMES}"))).collect());
    }
    let id = session.composition(request.composition.as_deref()).map_err(one)?;
    session.check()?;
    let (_, total) = session.frames(&id).map_err(one)?;
    if total < 1 {
        return Err(one(ApiError::new("usage.position", "the composition has no frames")));
    }
    let size = session.project.composition(&id).map(|c| c.size).unwrap_or_default();
    let wanted = f64::from(request.width.clamp(1, MAX_SIDE_PX)) / f64::from(request.columns);
    let fits = (wanted / f64::from(size.width.max(1))).min(1.0);
    let scale = RenderScale::new(fits.max(1.0 / 64.0)).unwrap_or(RenderScale::FULL);
    let cell = scale.size(size);
    if u64::from(cell.height) * u64::from(request.rows) > u64::from(MAX_SIDE_PX)
        || u64::from(cell.width) * u64::from(request.columns) > u64::from(MAX_SIDE_PX)
    {
        let what =
            format!("the sheet would be {}x{} frames of {}x{} pixels", request.columns, request.rows, cell.width, cell.height);
        return Err(wrong(what, "width"));
    }
    let middle = |n: u64| (i128::from(total) * (2 * i128::from(n) + 1) / (2 * i128::from(count))) as i64;
    let frames: Vec<i64> = (0..count).map(middle).collect();
    let (rate, _) = session.frames(&id).map_err(one)?;
    let pictures = draw(session, &id, &frames, scale, None, cancel)?;
    let sheet = grid(&pictures, request.columns as usize, request.rows as usize).map_err(one)?;
    let times_secs = frames.iter().map(|n| rate.time_of_frame(*n).as_secs_f64()).collect();
    let report = StillsReport { size: sheet.size, times_secs, cached: false };
    let bytes = cutroom_media::write::encode_jpeg(&sheet).map_err(|e| one(e.into()))?;
    Ok(Stills { bytes, report })
}

/// Draws one frame as JPEG, as [`crate::render_frame`] draws it; its display is not minded.
///
/// # Errors
/// As [`crate::render_frame`].
pub fn frame_jpeg(session: &Session, request: &FrameRequest, cancel: &CancelToken) -> Result<Vec<u8>, Vec<ApiError>> {
    let one = |e| vec![e];
    let id = session.composition(request.composition.as_deref()).map_err(one)?;
    session.check()?;
    let (rate, total) = session.frames(&id).map_err(one)?;
    let scale = session.scale(&id, request.scale, "scale").map_err(one)?;
    let frame = frame_inside(&request.at, rate, total).map_err(one)?;
    let pictures = draw(session, &id, &[frame], scale, Some(request), cancel)?;
    let Some(picture) = pictures.first() else { return Ok(Vec::new()) };
    cutroom_media::write::encode_jpeg(picture).map_err(|e| one(e.into()))
}

fn draw(
    session: &Session,
    id: &CompositionId,
    frames: &[i64],
    scale: RenderScale,
    request: Option<&FrameRequest>,
    cancel: &CancelToken,
) -> Result<Vec<Picture>, Vec<ApiError>> {
    let threads = request.map_or(0, |r| r.threads);
    let proxies = request.map(|r| r.proxies.into()).unwrap_or_default();
    let decode = request.map_or(cutroom_media::DecodeChoice::Software, |r| r.decode.into());
    let gpu = request.and_then(|r| r.gpu);
    let card = settings::card(gpu).map_err(|e| vec![e])?;
    let options = OpenOptions { decode_threads: threads, others: 0, proxies, offline: true, decode, card };
    let opened = session.open_with(id, options, cancel)?;
    let failed = |e: PipelineError| vec![ApiError::from(e)];
    let backend = request.map(|r| r.backend).unwrap_or_default();
    let options = RenderOptions { backend: backend.into(), threads, card: gpu, ..RenderOptions::default() };
    let mut renderer = Renderer::new(options).map_err(|e| failed(e.into()))?;
    let spec = jpeg_spec(opened.composition(), false);
    let mut pictures = Vec::with_capacity(frames.len());
    for frame in frames {
        if cancel.is_cancelled() {
            return Err(vec![ApiError::new("export.cancelled", "stopped while frames were drawn; nothing was written")]);
        }
        pictures.push(opened.frame_at_scale(*frame, scale, &mut renderer, &spec).map_err(failed)?);
    }
    Ok(pictures)
}

/// Pictures of one size and format, row by row.
fn grid(pictures: &[Picture], columns: usize, rows: usize) -> Result<Picture, ApiError> {
    let differ = || ApiError::new("media.write.failed", "frames of one film differ in size");
    let first = pictures.first().ok_or_else(differ)?;
    let plane = |plane: usize| {
        let mut all = Vec::new();
        for row in pictures.chunks(columns) {
            for y in 0..first.size.height as usize {
                row.iter().for_each(|picture| all.extend_from_slice(picture.planes[plane].row(y)));
            }
        }
        all
    };
    let size = Size { width: first.size.width * columns as u32, height: first.size.height * rows as u32 };
    let sheet = Picture::from_planes(first.format, size, first.color, (0..first.planes.len()).map(plane).collect());
    sheet.ok_or_else(differ)
}
