//! Split screens: lists the layouts, and shows one as a picture. [`crate::split_film`] puts clips into
//! them.
use crate::{
    ApiError, BackendChoice, DecodeChoice, DisplayChoice, FrameReport, FrameRequest, ProxyChoice, Session, overwrite_guard,
    render_frame,
};
use cutroom_project::{
    Clip, ClipSource, Color, Composition, Paint, Project, TextSource, Track, TrackKind,
    split::{CellClip, CellFit, LAYOUTS, Layout, MAX_LENGTH_PX, SplitError, SplitScreen, SplitStyle},
    text::TextStyle,
};
use cutroom_types::{CancelToken, Fit, FrameRate, Size, Time, param::hex_color};
use overwrite_guard::WrittenFile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Size of a preview, in pixels.
const PREVIEW_SIZE: Size = Size { width: 1920, height: 1080 };
/// Colours of a preview's cells in turn, straight RGBA, display-encoded.
const PREVIEW_COLORS: [[f64; 4]; 6] = [
    [0.16, 0.36, 0.60, 1.0],
    [0.77, 0.35, 0.17, 1.0],
    [0.22, 0.52, 0.36, 1.0],
    [0.53, 0.30, 0.58, 1.0],
    [0.72, 0.56, 0.16, 1.0],
    [0.18, 0.53, 0.58, 1.0],
];

/// Layouts of split screens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SplitLayoutList {
    /// Layouts, in menu order. Numbers and weights in their names may be others.
    pub layouts: Vec<SplitLayoutEntry>,
}

/// A layout of a split screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SplitLayoutEntry {
    /// How it is written.
    pub layout: String,
    /// What it is, in a few words.
    pub about: String,
    /// Number of its cells.
    pub cells: usize,
    /// Corners of each cell, clockwise, as fractions of the canvas's width and height, without gaps
    /// on a canvas of 16:9.
    pub corners: Vec<Vec<[f64; 2]>>,
}

/// Lists layouts of split screens.
pub fn split_layouts() -> SplitLayoutList {
    // Large enough that whole pixels do not show.
    const CANVAS: Size = Size { width: 16_000, height: 9000 };
    let entry = |(text, about): &(&str, &str)| {
        let cells = Layout::parse(text).and_then(|layout| layout.cells(CANVAS, 0, 0)).unwrap_or_default();
        let rounded = |v: f64, side: u32| (v / f64::from(side) * 1e4).round() / 1e4;
        let fraction = |[x, y]: &[f64; 2]| [rounded(*x, CANVAS.width), rounded(*y, CANVAS.height)];
        SplitLayoutEntry {
            layout: (*text).to_owned(),
            about: (*about).to_owned(),
            cells: cells.len(),
            corners: cells.iter().map(|c| c.corners.iter().map(fraction).collect()).collect(),
        }
    };
    SplitLayoutList { layouts: LAYOUTS.iter().map(entry).collect() }
}

/// Gaps, corners, borders and background of a split screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitLook {
    /// Distance between cells in pixels, 0..=2000.
    #[serde(default)]
    pub gap_px: u32,
    /// Distance between the cells and the edges of the canvas in pixels, 0..=2000.
    #[serde(default)]
    pub margin_px: u32,
    /// Radius of the cells' corners in pixels, 0..=2000.
    #[serde(default)]
    pub radius_px: f64,
    /// Width of a line along the inside of the cells' edges in pixels, 0..=1000; 0: none.
    #[serde(default)]
    pub border_px: f64,
    /// Colour of that line, `#rrggbb` or `#rrggbbaa`; absent: white.
    #[serde(default)]
    pub border_color: Option<String>,
    /// What is seen between the cells: `#rrggbb`, `#rrggbbaa`, or `none` for what is below. Absent:
    /// black in a new film and a preview, what is below in a film that exists.
    #[serde(default)]
    pub background: Option<String>,
}

impl SplitLook {
    /// The style without a layout.
    pub(crate) fn style(&self) -> Result<SplitStyle, ApiError> {
        let most = f64::from(MAX_LENGTH_PX);
        let lengths = [
            ("look.gap_px", f64::from(self.gap_px), most),
            ("look.margin_px", f64::from(self.margin_px), most),
            ("look.radius_px", self.radius_px, most),
            ("look.border_px", self.border_px, 1000.0),
        ];
        if let Some((field, value, most)) = lengths.into_iter().find(|(_, v, most)| !(0.0..=*most).contains(v)) {
            let message = format!("`{field}` {value} is no length of 0 to {most} pixels");
            return Err(ApiError::new("usage.split_value", message).field(field));
        }
        Ok(SplitStyle {
            layout: String::new(),
            gap_px: self.gap_px,
            margin_px: self.margin_px,
            radius_px: self.radius_px,
            border_px: self.border_px,
            border_color: Color(match &self.border_color {
                Some(text) => color(text, "look.border_color")?,
                None => [1.0; 4],
            }),
            cells: Vec::new(),
        })
    }

    /// Colour of the background; `None` if there is none.
    pub(crate) fn ground(&self, absent: Option<[f64; 4]>) -> Result<Option<[f64; 4]>, ApiError> {
        match self.background.as_deref() {
            None => Ok(absent),
            Some("none") => Ok(None),
            Some(text) => color(text, "look.background").map(Some),
        }
    }
}

fn color(text: &str, field: &'static str) -> Result<[f64; 4], ApiError> {
    hex_color(text).ok_or_else(|| {
        let error = ApiError::new("usage.split_value", format!("`{field}`: \"{text}\" is no colour"));
        error.hint("a colour is written #rrggbb or #rrggbbaa").field(field)
    })
}

/// The error of a layout, of its clips or of a change.
pub(crate) fn error_of(e: &SplitError, field: &str) -> ApiError {
    match e {
        SplitError::Layout { nearest, .. } => {
            let near = nearest.map_or_else(String::new, |near| format!("the nearest is {near}; "));
            ApiError::of("usage.split_layout", e)
                .hint_at("split_layouts", format!("{near}`split_layouts` shows layouts"))
                .field(field)
        }
        SplitError::NoRoom { .. } => {
            ApiError::of("usage.split_layout", e).hint("make the canvas larger, or the gap and the margin smaller").field(field)
        }
        SplitError::Clips { cells, clips, .. } => {
            let hint =
                if clips < cells { "name a clip for each cell" } else { "leave clips out, or choose a layout with more cells" };
            ApiError::of("usage.split_clips", e).hint(hint).field("clips").field(field)
        }
        SplitError::NoSplit { .. } => ApiError::of("usage.split_change", e).field("composition"),
        SplitError::Later { clip, .. } => {
            let mut error = ApiError::of("usage.split_change", e).hint("choose a later `at`").field("at");
            error.clip = Some(clip.clone());
            error
        }
    }
}

/// A layout to be shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitPreviewRequest {
    /// The layout.
    pub layout: String,
    /// The PNG file to write.
    pub output: PathBuf,
    /// Size in pixels; absent: 1920×1080.
    #[serde(default)]
    pub size: Option<Size>,
    /// Gaps, corners and borders.
    #[serde(default)]
    pub look: SplitLook,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// Draws a layout with numbered cells into a PNG file.
///
/// # Errors
/// The layout does not exist or has no room, the output exists or cannot be written.
pub fn split_preview(request: &SplitPreviewRequest, cancel: &CancelToken) -> Result<FrameReport, Vec<ApiError>> {
    let one = |e| vec![e];
    if !request.output.extension().is_some_and(|e| e.eq_ignore_ascii_case("png")) {
        let message = format!("{}: a preview is a PNG picture", request.output.display());
        return Err(one(ApiError::new("usage.path", message).hint("name a file that ends in .png").field("output")));
    }
    let session = preview_session(request).map_err(one)?;
    let target = [WrittenFile::file("output", &request.output)];
    overwrite_guard::check(&target, &session.inputs(), request.overwrite).map_err(one)?;
    let frame = FrameRequest {
        proxies: ProxyChoice::Off,
        proxy_folder: None,
        offline: false,
        at: "0".into(),
        composition: None,
        display: DisplayChoice::default(),
        backend: BackendChoice::Cpu,
        decode: DecodeChoice::Software,
        gpu: None,
        scale: None,
        threads: 0,
    };
    let frame = render_frame(&session, &frame, cancel)?;
    frame.write_png(&request.output).map_err(one)?;
    Ok(frame.report)
}

fn preview_session(request: &SplitPreviewRequest) -> Result<Session, ApiError> {
    let layout = Layout::parse(&request.layout).map_err(|e| error_of(&e, "layout"))?;
    let (size, style) = (request.size.unwrap_or(PREVIEW_SIZE), request.look.style()?);
    let rate = FrameRate::new(25, 1).unwrap_or_else(|| unreachable!("25 is a rate"));
    let duration = rate.time_of_frame(1).since_zero();
    let clip = |n: usize| CellClip {
        name: String::new(),
        source: ClipSource::solid(PREVIEW_COLORS[n % PREVIEW_COLORS.len()]),
        source_in: Time::ZERO,
        duration,
        is_heard: false,
        fit: CellFit { fit: Fit::Cover, focus: [0.5; 2], size: None },
    };
    let clips: Vec<CellClip> = (0..layout.cell_count()).map(clip).collect();
    let screen = SplitScreen { layout: &layout, style: &style, size, frame_rate: rate, duration };
    let cells = layout.cells(size, style.gap_px, style.margin_px).map_err(|e| error_of(&e, "layout"))?;
    let made = screen.composition("split", &clips).map_err(|e| error_of(&e, "layout"))?;
    let mut film = Composition::new("preview", size, rate);
    film.background = request.look.ground(Some([0.0, 0.0, 0.0, 1.0]))?.unwrap_or([0.0; 4]);
    let on_track = |id: &str, clip: Clip| {
        let mut track = Track::new(id, TrackKind::Video);
        track.clips.push(clip.into());
        track
    };
    film.tracks.push(on_track("split-track", Clip::new("split-clip", ClipSource::composition("split"), Time::ZERO, duration)));
    for (n, cell) in cells.iter().enumerate() {
        let [l, t, r, b] = cell.bounds();
        // The middle of the corners is inside of slanted cells, too.
        let count = cell.corners.len() as f64;
        let middle = [0, 1].map(|k| cell.corners.iter().map(|c| c[k]).sum::<f64>() / count);
        let text = TextSource {
            text: (n + 1).to_string(),
            style: TextStyle {
                size_px: Some((0.4 * (r - l).min(b - t)).clamp(1.0, 5000.0)),
                fill: Some(Paint::solid([1.0, 1.0, 1.0, 0.9])),
                ..TextStyle::default()
            },
            line_height: 1.0,
            ..TextSource::default()
        };
        let mut number = Clip::new(&format!("number-{n}"), ClipSource::Text(Box::new(text)), Time::ZERO, duration);
        let half = [f64::from(size.width) / 2.0, f64::from(size.height) / 2.0];
        number.video.transform.position_px = [middle[0] - half[0], middle[1] - half[1]].into();
        film.tracks.push(on_track(&format!("number-{n}-track"), number));
    }
    let mut project = Project::new("split screen", film);
    project.compositions.push(made);
    // No file has this name; it stands for the folder of the output.
    Session::from_json(&cutroom_project::to_json(&project), &request.output.with_extension("split-preview"))
}
