//! Makes the composition of a split screen.
use super::{Cell, CellFit, Layout, SplitError, SplitStyle};
use crate::{
    Animated, Clip, ClipSource, Composition, Matte, MatteChannel, Paint, ShapeSource, Stroke, Track, TrackKind,
    paint::{StrokeCap, StrokeJoin, StrokePosition},
    shape::{CombinedOutline, Outline, Shape},
};
use cutroom_types::{BezierPath, Fit, FrameRate, MaskMode, Size, Time, TimeDelta};

/// A clip for a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct CellClip {
    /// Title.
    pub name: String,
    /// Its source.
    pub source: ClipSource,
    /// Source time at its start.
    pub source_in: Time,
    /// Its length.
    pub duration: TimeDelta,
    /// Whether its sound is heard.
    pub is_heard: bool,
    /// How its picture lies in the cell.
    pub fit: CellFit,
}

/// What a split screen is made for.
#[derive(Clone, Copy, Debug)]
pub struct SplitScreen<'a> {
    /// The layout.
    pub layout: &'a Layout,
    /// Gaps, corners and borders; its layout and cells are not used.
    pub style: &'a SplitStyle,
    /// Size of the canvas in pixels.
    pub size: Size,
    /// Frames per second.
    pub frame_rate: FrameRate,
    /// Length.
    pub duration: TimeDelta,
}

impl SplitScreen<'_> {
    /// The composition of this id that shows the clips in the cells of the layout; its background is
    /// transparent. The ids of its tracks and clips begin with `id` and a hyphen.
    ///
    /// # Errors
    /// There is no room for the cells, or not a clip for each.
    pub fn composition(&self, id: &str, clips: &[CellClip]) -> Result<Composition, SplitError> {
        let cells = self.layout.cells(self.size, self.style.gap_px, self.style.margin_px)?;
        if cells.len() != clips.len() {
            return Err(SplitError::Clips { layout: self.layout.text().to_owned(), cells: cells.len(), clips: clips.len() });
        }
        let mut made = Composition::new(id, self.size, self.frame_rate);
        made.name = format!("Split screen {}", self.layout.text());
        made.duration = Some(self.duration);
        made.background = [0.0; 4];
        made.split = Some(Box::new(SplitStyle {
            layout: self.layout.text().to_owned(),
            cells: clips.iter().map(|c| c.fit).collect(),
            ..self.style.clone()
        }));
        for (n, (cell, clip)) in cells.iter().zip(clips).enumerate() {
            let tracks = cell_tracks(id, n, cell, clip, Time::ZERO, self.duration, self.style, self.size);
            made.tracks.extend(tracks);
        }
        Ok(made)
    }
}

/// Ids of the clips of cell `n`: its picture, its shape, its border.
pub(super) fn clip_ids(id: &str, n: usize) -> [String; 3] {
    ["cell", "shape", "border"].map(|part| format!("{id}-{part}-{}", n + 1))
}

/// The tracks of cell `n` of a composition: its shape, its picture, and its border if it has one.
#[allow(clippy::too_many_arguments)]
pub(super) fn cell_tracks(
    id: &str,
    n: usize,
    cell: &Cell,
    content: &CellClip,
    start: Time,
    length: TimeDelta,
    style: &SplitStyle,
    canvas: Size,
) -> Vec<Track> {
    let [own, shape, border] = clip_ids(id, n);
    let on_track = |clip: Clip| {
        let mut track = Track::new(&format!("{}-track", clip.id), TrackKind::Video);
        track.clips.push(clip.into());
        track
    };
    let radius = style.radius_px.clamp(0.0, f64::from(super::MAX_LENGTH_PX));
    let drawn = |id: &str, fill: Paint, strokes: Vec<Stroke>| {
        let outline = Outline::Path { path: Animated::Constant(outline(cell, canvas)), open: false };
        let shape = Shape {
            outlines: vec![CombinedOutline { mode: MaskMode::default(), outline }],
            fill,
            strokes,
            trim: None,
            round_px: radius.into(),
            opacity: Animated::one(),
            copies: None,
        };
        Clip::new(id, ClipSource::Shape(Box::new(ShapeSource { shapes: vec![shape], ..ShapeSource::default() })), start, length)
    };
    let mut shape = on_track(drawn(&shape, Paint::solid([1.0; 4]), Vec::new()));
    shape.matte_only = true;
    let mut clip = Clip::new(&own, content.source.clone(), start, content.duration.min(length));
    clip.name.clone_from(&content.name);
    clip.source_in = content.source_in;
    clip.audio.enabled = content.is_heard;
    let matte = Matte { track: shape.id.clone(), channel: MatteChannel::Alpha, inverted: false, extra: crate::Extra::default() };
    clip.video.matte = Some(matte);
    clip.video.blend = "alpha-add".into();
    let Placed { position, scale } = place(cell, &content.fit, canvas, false);
    clip.video.transform.fit = if content.fit.size.is_some() { Fit::Cover } else { Fit::Contain };
    clip.video.transform.position_px = position.into();
    clip.video.transform.scale = [scale; 2].into();
    let mut tracks = vec![shape, on_track(clip)];
    if style.border_px > 0.0 {
        let line = Stroke {
            paint: Paint::Color(Animated::Constant(style.border_color)),
            width_px: style.border_px.min(1000.0).into(),
            position: StrokePosition::Inside,
            join: StrokeJoin::Miter,
            cap: StrokeCap::default(),
            dashes_px: Vec::new(),
            dash_offset_px: Animated::default(),
        };
        tracks.push(on_track(drawn(&border, Paint::None, vec![line])));
    }
    tracks
}

/// The outline of a cell in canvas pixels from the middle of the canvas.
pub(super) fn outline(cell: &Cell, canvas: Size) -> BezierPath {
    let (x, y) = (f64::from(canvas.width) / 2.0, f64::from(canvas.height) / 2.0);
    BezierPath::polygon(&cell.moved([-x, -y]).corners)
}

/// Position and scale of a picture that covers the canvas at scale 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Placed {
    pub position: [f64; 2],
    pub scale: f64,
}

/// How far a picture that fills a cell reaches beyond it on each side, in pixels: the pixels at an
/// edge between whole ones are then covered by the cell's shape alone.
const OVERHANG: f64 = 1.0;

/// The place of a picture in a cell as `fit` says. One that fits the cell pixel for pixel is not
/// enlarged, unless it is `moving`.
pub(super) fn place(cell: &Cell, fit: &CellFit, canvas: Size, moving: bool) -> Placed {
    let Some(size) = fit.size.filter(|s| s.width > 0 && s.height > 0) else { return Placed { position: [0.0; 2], scale: 1.0 } };
    let [l, t, r, b] = cell.bounds();
    let own = [f64::from(size.width), f64::from(size.height)];
    let whole = [f64::from(canvas.width), f64::from(canvas.height)];
    let ratio = |room: [f64; 2]| [room[0] / own[0], room[1] / own[1]];
    let larger = |[x, y]: [f64; 2]| x.max(y);
    let covering = larger(ratio(whole));
    let room = [r - l, b - t];
    // A picture that covers the canvas pixel for pixel may be moved by half a pixel to whole ones.
    let is_exact = larger(ratio(room)) == 1.0 && (covering != 1.0 || own == whole);
    let slack = if is_exact && !moving { 0.0 } else { 2.0 * OVERHANG };
    let factor = match fit.fit {
        Fit::Contain => ratio(room)[0].min(ratio(room)[1]),
        _ => larger(ratio([room[0] + slack, room[1] + slack])),
    };
    let middle = [(l + r) / 2.0, (t + b) / 2.0];
    let position = [0, 1].map(|k| {
        let length = own[k] * factor;
        // How far the picture may be moved without uncovering the cell.
        let free = ((length - room[k] - slack) / 2.0).max(0.0);
        let wanted = (0.5 - fit.focus[k].clamp(0.0, 1.0)) * length;
        let offset = if fit.fit == Fit::Contain { 0.0 } else { wanted.clamp(-free, free) };
        middle[k] + offset - whole[k] / 2.0
    });
    Placed { position, scale: factor / covering }
}
