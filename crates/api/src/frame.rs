//! One frame as a picture file.
use crate::{
    ApiError, BackendChoice,
    open::{self, Document},
    targets::{self, Inputs, Target},
};
use cutroom_pipeline::{PipelineError, RenderOptions, Renderer, output_spec};
use cutroom_types::{CancelToken, PictureFormat, Size, Timecode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Which frame, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FrameRequest {
    /// The project file.
    pub project: PathBuf,
    /// Seconds, timecode or frame number; see [`crate::parse_frame`].
    pub at: String,
    /// The PNG file.
    pub output: PathBuf,
    /// Composition id; absent: the project's main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// What draws.
    #[serde(default)]
    pub backend: BackendChoice,
    /// Threads; 0 for one per core.
    #[serde(default)]
    pub threads: usize,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// What was drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FrameReport {
    /// Frame number.
    pub frame: i64,
    /// The same as a timecode.
    pub timecode: String,
    /// The same in seconds.
    pub time_secs: f64,
    /// Pixels.
    pub size: Size,
    /// Back end, SIMD level and threads.
    pub drawn_by: String,
    /// What is not as it should be, though the frame was drawn.
    pub warnings: Vec<String>,
}

/// Draws one frame of a composition into an 8-bit RGB PNG.
///
/// # Errors
/// Problems of the project, a place outside the composition, or what drawing or writing met.
pub fn render_frame(request: &FrameRequest) -> Result<FrameReport, Vec<ApiError>> {
    let one = |e| vec![e];
    let document = Document::read(&request.project).map_err(one)?;
    let id = document.composition(request.composition.as_deref()).map_err(one)?;
    let inputs = Inputs::of_project(&document.project, &request.project, document.folder());
    targets::check(&[Target::file("-o", &request.output)], &inputs, request.overwrite).map_err(one)?;
    if !request.output.extension().is_some_and(|e| e.eq_ignore_ascii_case("png")) {
        let message = format!("{}: a frame is written as PNG", request.output.display());
        return Err(one(ApiError::new("usage.container", message).hint("choose a name that ends in .png").file(&request.output)));
    }
    document.check()?;
    let (rate, total) = document.frames(&id).map_err(one)?;
    let frame = open::frame_inside(&request.at, rate, total).map_err(one)?;
    let footage = document.footage(&id, request.threads, &CancelToken::new())?;
    draw(request, &footage, frame).map_err(one)
}

fn draw(request: &FrameRequest, footage: &cutroom_pipeline::Footage, frame: i64) -> Result<FrameReport, ApiError> {
    let composition = footage.composition();
    let rate = composition.frame_rate;
    let options = RenderOptions { backend: request.backend.into(), threads: request.threads };
    let mut renderer = Renderer::new(options).map_err(PipelineError::from)?;
    let picture = footage.frame(frame, &mut renderer, &output_spec(composition, PictureFormat::RGB8))?;
    cutroom_media::write::write_png(&request.output, &picture)?;
    Ok(FrameReport {
        frame,
        timecode: Timecode { frame, rate }.to_string(),
        time_secs: rate.time_of_frame(frame).as_secs_f64(),
        size: picture.size,
        drawn_by: renderer.describe(),
        warnings: open::warnings(footage),
    })
}
