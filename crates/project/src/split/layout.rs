//! Layouts and their cells.
use super::{Cell, SplitError, polygon};
use crate::nearest::nearest;
use cutroom_types::Size;
use std::ops::Range;

/// Maximum number of cells of a layout.
pub const MAX_CELLS: usize = 25;
/// Maximum number of corners of a cell.
const MAX_CORNERS: usize = 64;
/// Weights of columns and rows.
const WEIGHTS: std::ops::RangeInclusive<f64> = 0.01..=1000.0;
/// Share of the canvas that a main picture takes if nothing else is said.
const MAIN_SHARE: f64 = 2.0 / 3.0;
/// Tilt of diagonal edges if nothing else is said, in degrees.
const TILT_DEGREES: f64 = 15.0;

/// The layouts that are listed: what is written, and what it is in a few words. Numbers and weights
/// may be others.
pub const LAYOUTS: &[(&str, &str)] = &[
    ("columns:2", "two columns"),
    ("columns:3", "three columns"),
    ("columns:4", "four columns"),
    ("columns:5", "five columns"),
    ("columns:2,1", "two columns, the left one twice as wide"),
    ("columns:1,2", "two columns, the right one twice as wide"),
    ("columns:1,2,1", "three columns, the middle one twice as wide"),
    ("rows:2", "two rows"),
    ("rows:3", "three rows"),
    ("rows:4", "four rows"),
    ("rows:2,1", "two rows, the upper one twice as high"),
    ("rows:1,2", "two rows, the lower one twice as high"),
    ("rows:1,2,1", "three rows, the middle one twice as high"),
    ("grid:2x2", "two columns and two rows"),
    ("grid:3x2", "three columns and two rows"),
    ("grid:2x3", "two columns and three rows"),
    ("grid:3x3", "three columns and three rows"),
    ("grid:4x3", "four columns and three rows"),
    ("grid:4x4", "four columns and four rows"),
    ("grid:5x5", "five columns and five rows"),
    ("grid:2,1x1,1", "a grid whose left column is twice as wide"),
    ("main-left:2", "a large picture on the left, two on the right"),
    ("main-left:3", "a large picture on the left, three on the right"),
    ("main-right:3", "a large picture on the right, three on the left"),
    ("main-top:2", "a large picture at the top, two below"),
    ("main-top:3", "a large picture at the top, three below"),
    ("main-bottom:3", "a large picture at the bottom, three above"),
    ("main-left:4@0.8", "a large picture of 0.8 of the width, four on the right"),
    ("center:3x3", "a picture in the middle, eight around it"),
    ("center:4x4", "a large picture in the middle, twelve around it"),
    ("corner:3x3", "a large picture in the corner, five around it"),
    ("mosaic:1+2", "rows of one and two"),
    ("mosaic:2+1", "rows of two and one"),
    ("mosaic:2+3", "rows of two and three"),
    ("mosaic:3+2+3", "rows of three, two and three"),
    ("mosaic-columns:1+2", "columns of one and two"),
    ("mosaic-columns:2+3", "columns of two and three"),
    ("diagonal:2@15", "two halves with a slanted edge"),
    ("diagonal:2@-15", "two halves with an edge slanted to the other side"),
    ("diagonal:2@60", "an upper and a lower half with a slanted edge"),
    ("diagonal:3@15", "three slanted stripes"),
    ("diagonal:4@-20", "four slanted stripes"),
    ("custom:0,0,0.6,1;0.6,0,0.4,0.5;0.6,0.5,0.4,0.5", "rectangles by left, top, width and height as fractions"),
    ("[[[0,0],[1,0],[0,1]],[[1,0],[1,1],[0,1]]]", "polygons by their corners as fractions, in JSON"),
];

/// Kinds of layouts by the word before the colon, each with an example.
const KINDS: &[(&str, &str)] = &[
    ("columns", "columns:3"),
    ("rows", "rows:2"),
    ("grid", "grid:3x2"),
    ("main-left", "main-left:3"),
    ("main-right", "main-right:3"),
    ("main-top", "main-top:3"),
    ("main-bottom", "main-bottom:3"),
    ("center", "center:4x4"),
    ("corner", "corner:3x3"),
    ("mosaic", "mosaic:3+2"),
    ("mosaic-columns", "mosaic-columns:1+2"),
    ("diagonal", "diagonal:2@15"),
    ("custom", "custom:0,0,0.5,1;0.5,0,0.5,1"),
];

/// Places for pictures on a canvas of any size.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    text: String,
    form: Form,
}

#[derive(Clone, Debug, PartialEq)]
enum Form {
    /// Cells that cover columns and rows of a grid.
    Grid { columns: Vec<f64>, rows: Vec<f64>, cells: Vec<(Range<usize>, Range<usize>)> },
    /// Bands of equal width with a number of cells each; rows, or columns if `upright`.
    Bands { counts: Vec<usize>, upright: bool },
    /// Stripes of equal area, from left to right (or top to bottom). The edges lean to the right by
    /// `tilt_degrees` at their upper end.
    Stripes { count: usize, tilt_degrees: f64 },
    /// Polygons as fractions of the canvas.
    Custom(Vec<Vec<[f64; 2]>>),
}

impl Layout {
    /// Reads a layout: a word, a colon and numbers, see [`LAYOUTS`], or polygons in JSON.
    ///
    /// # Errors
    /// [`SplitError::Layout`].
    pub fn parse(text: &str) -> Result<Self, SplitError> {
        let text = text.trim();
        let error = |reason: String| SplitError::Layout { text: text.to_owned(), reason, nearest: None };
        let form = if text.starts_with('[') {
            json_polygons(text).map_err(error)?
        } else if !text.contains(':') && text.starts_with(|c: char| c.is_ascii_digit()) {
            rectangles(text).map_err(error)?
        } else {
            let (kind, numbers) = text.split_once(':').unwrap_or((text, ""));
            let Some((_, example)) = KINDS.iter().find(|(known, _)| *known == kind) else {
                let near = nearest(kind, KINDS.iter().map(|(known, _)| *known));
                let nearest = near.and_then(|near| KINDS.iter().find(|(known, _)| *known == near)).map(|(_, example)| *example);
                let known: Vec<&str> = KINDS.iter().map(|(known, _)| *known).collect();
                let reason = format!("it begins with none of {}", known.join(", "));
                return Err(SplitError::Layout { text: text.to_owned(), reason, nearest });
            };
            form(kind, numbers).map_err(|reason| error(format!("{reason}; write it like {example}")))?
        };
        let layout = Self { text: text.to_owned(), form };
        match layout.cell_count() {
            1..=MAX_CELLS => Ok(layout),
            n => Err(error(format!("it has {n} cells, and 1 to {MAX_CELLS} are possible"))),
        }
    }

    /// The text that it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Number of its cells.
    pub fn cell_count(&self) -> usize {
        match &self.form {
            Form::Grid { cells, .. } => cells.len(),
            Form::Bands { counts, .. } => counts.iter().sum(),
            Form::Stripes { count, .. } => *count,
            Form::Custom(polygons) => polygons.len(),
        }
    }

    /// The cells on a canvas, with `gap_px` between them and `margin_px` at the edges of the canvas.
    /// The sides of rectangles are on whole pixels.
    ///
    /// # Errors
    /// [`SplitError::NoRoom`].
    pub fn cells(&self, canvas: Size, gap_px: u32, margin_px: u32) -> Result<Vec<Cell>, SplitError> {
        let (gap, margin) = (f64::from(gap_px), f64::from(margin_px));
        let inner = [margin, margin, f64::from(canvas.width) - margin, f64::from(canvas.height) - margin];
        let found = match &self.form {
            Form::Grid { columns, rows, cells } => grid(inner, columns, rows, cells, gap),
            Form::Bands { counts, upright } => bands(inner, counts, *upright, gap),
            Form::Stripes { count, tilt_degrees } => stripes(inner, *count, *tilt_degrees, gap),
            Form::Custom(polygons) => polygons.iter().map(|p| custom(inner, p, gap_px)).collect(),
        };
        let found = found.filter(|cells| inner[2] - inner[0] >= 1.0 && inner[3] - inner[1] >= 1.0 && !cells.is_empty());
        let cells =
            found.ok_or_else(|| SplitError::NoRoom { layout: self.text.clone(), width: canvas.width, height: canvas.height })?;
        Ok(cells.into_iter().map(|corners| Cell { corners }).collect())
    }
}

/// Columns or rows along a length: start and end of each, on whole pixels. `None` if one has no
/// pixel.
fn lines(from: f64, to: f64, weights: &[f64], gap: f64) -> Option<Vec<[f64; 2]>> {
    let room = to - from - gap * (weights.len() as f64 - 1.0);
    let sum: f64 = weights.iter().sum();
    let mut before = 0.0;
    let mut found = Vec::with_capacity(weights.len());
    for (k, weight) in weights.iter().enumerate() {
        let at = |part: f64| from + gap * k as f64 + (room * part / sum).round();
        let line = [at(before), at(before + weight)];
        before += weight;
        if line[1] - line[0] < 1.0 {
            return None;
        }
        found.push(line);
    }
    Some(found)
}

type Polygons = Option<Vec<Vec<[f64; 2]>>>;

fn grid([l, t, r, b]: [f64; 4], columns: &[f64], rows: &[f64], cells: &[(Range<usize>, Range<usize>)], gap: f64) -> Polygons {
    let (columns, rows) = (lines(l, r, columns, gap)?, lines(t, b, rows, gap)?);
    let cell = |(x, y): &(Range<usize>, Range<usize>)| {
        polygon::rectangle([columns[x.start][0], rows[y.start][0], columns[x.end - 1][1], rows[y.end - 1][1]])
    };
    Some(cells.iter().map(cell).collect())
}

fn bands([l, t, r, b]: [f64; 4], counts: &[usize], upright: bool, gap: f64) -> Polygons {
    let (across, along) = if upright { ([l, r], [t, b]) } else { ([t, b], [l, r]) };
    let bands = lines(across[0], across[1], &vec![1.0; counts.len()], gap)?;
    let mut cells = Vec::new();
    for (band, &count) in bands.iter().zip(counts) {
        for cell in lines(along[0], along[1], &vec![1.0; count], gap)? {
            let (x, y) = if upright { (band, &cell) } else { (&cell, band) };
            cells.push(polygon::rectangle([x[0], y[0], x[1], y[1]]));
        }
    }
    Some(cells)
}

fn stripes(inner: [f64; 4], count: usize, tilt_degrees: f64, gap: f64) -> Polygons {
    let whole = polygon::rectangle(inner);
    // Across the edges.
    let tilt = tilt_degrees.to_radians();
    let normal = [libm::cos(tilt), libm::sin(tilt)];
    let along = |p: &[f64; 2]| normal[0] * p[0] + normal[1] * p[1];
    let reach = whole.iter().map(along).fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], v| [a.min(v), b.max(v)]);
    let total = polygon::area(&whole);
    // The edge with a part of the area before it, by bisection.
    let edge = |part: f64| {
        let [mut low, mut high] = reach;
        for _ in 0..64 {
            let middle = (low + high) / 2.0;
            if polygon::area(&polygon::cut(&whole, normal, middle)) < total * part { low = middle } else { high = middle }
        }
        (low + high) / 2.0
    };
    let edges: Vec<f64> = (1..count).map(|k| edge(k as f64 / count as f64)).collect();
    let stripe = |k: usize| {
        let mut corners = whole.clone();
        if k > 0 {
            corners = polygon::cut(&corners, normal.map(|v| -v), -(edges[k - 1] + gap / 2.0));
        }
        if k < edges.len() {
            corners = polygon::cut(&corners, normal, edges[k] - gap / 2.0);
        }
        (polygon::area(&corners) >= 1.0).then_some(corners)
    };
    (0..count).map(stripe).collect()
}

/// A polygon of fractions in pixels, its inner sides moved inwards by half of the gap.
fn custom([l, t, r, b]: [f64; 4], fractions: &[[f64; 2]], gap_px: u32) -> Option<Vec<[f64; 2]>> {
    let (w, h) = (r - l, b - t);
    if let Some([x0, y0, x1, y1]) = polygon::as_rectangle(fractions) {
        // An odd gap has its extra pixel on the right and lower cell.
        let (before, after) = (f64::from(gap_px / 2), f64::from(gap_px - gap_px / 2));
        let start = |at: f64, from: f64, length: f64| from + (at * length).round() + if at > 0.0 { after } else { 0.0 };
        let end = |at: f64, from: f64, length: f64| from + (at * length).round() - if at < 1.0 { before } else { 0.0 };
        let cell = [start(x0, l, w), start(y0, t, h), end(x1, l, w), end(y1, t, h)];
        return (cell[2] - cell[0] >= 1.0 && cell[3] - cell[1] >= 1.0).then(|| polygon::rectangle(cell));
    }
    let pixels: Vec<[f64; 2]> = fractions.iter().map(|[x, y]| [l + x * w, t + y * h]).collect();
    let n = fractions.len();
    let is_edge = |i: usize| {
        let (a, b) = (fractions[i], fractions[(i + 1) % n]);
        [0, 1].into_iter().any(|k| a[k] == b[k] && (a[k] == 0.0 || a[k] == 1.0))
    };
    let distances: Vec<f64> = (0..n).map(|i| if is_edge(i) { 0.0 } else { f64::from(gap_px) / 2.0 }).collect();
    polygon::inset(&pixels, &distances)
}

fn form(kind: &str, text: &str) -> Result<Form, String> {
    let side = |kind: &str, text: &str| -> Result<(usize, f64), String> {
        let (count, share) = match text.split_once('@') {
            Some((count, share)) => (count, number(share, 0.1..=0.9, "the share of the large picture")?),
            None => (text, MAIN_SHARE),
        };
        Ok((whole(count, 1..=MAX_CELLS - 1, &format!("the number of small pictures of {kind}"))?, share))
    };
    Ok(match kind {
        "columns" => whole_grid(weights(text, "columns")?, vec![1.0]),
        "rows" => whole_grid(vec![1.0], weights(text, "rows")?),
        "grid" => {
            let (columns, rows) = text.split_once(['x', '×']).ok_or("columns and rows are divided by an x")?;
            whole_grid(weights(columns, "columns")?, weights(rows, "rows")?)
        }
        "main-left" | "main-right" => {
            let (count, share) = side(kind, text)?;
            let (main, strip) = if kind == "main-left" { (0, 1) } else { (1, 0) };
            let columns = if main == 0 { vec![share, 1.0 - share] } else { vec![1.0 - share, share] };
            let small = (0..count).map(|i| (strip..strip + 1, i..i + 1));
            Form::Grid { columns, rows: vec![1.0; count], cells: [(main..main + 1, 0..count)].into_iter().chain(small).collect() }
        }
        "main-top" | "main-bottom" => {
            let (count, share) = side(kind, text)?;
            let (main, strip) = if kind == "main-top" { (0, 1) } else { (1, 0) };
            let rows = if main == 0 { vec![share, 1.0 - share] } else { vec![1.0 - share, share] };
            let small = (0..count).map(|i| (i..i + 1, strip..strip + 1));
            Form::Grid { columns: vec![1.0; count], rows, cells: [(0..count, main..main + 1)].into_iter().chain(small).collect() }
        }
        "center" | "corner" => {
            let (columns, rows) = text.split_once(['x', '×']).ok_or("columns and rows are divided by an x")?;
            let least = if kind == "center" { 3 } else { 2 };
            let [columns, rows] = [(columns, "columns"), (rows, "rows")].map(|(t, what)| whole(t, least..=MAX_CELLS, what));
            let (columns, rows) = (columns?, rows?);
            let from = usize::from(kind == "center");
            let (x, y) = (from..columns - 1, from..rows - 1);
            let small = (0..rows).flat_map(|j| (0..columns).map(move |i| (i, j)));
            let small = small.filter(|(i, j)| !(x.contains(i) && y.contains(j))).map(|(i, j)| (i..i + 1, j..j + 1));
            let cells: Vec<_> = [(x.clone(), y.clone())].into_iter().chain(small).collect();
            Form::Grid { columns: vec![1.0; columns], rows: vec![1.0; rows], cells }
        }
        "mosaic" | "mosaic-columns" => {
            let counts = text.split('+').map(|n| whole(n, 1..=MAX_CELLS, "the number of pictures"));
            Form::Bands { counts: counts.collect::<Result<_, _>>()?, upright: kind == "mosaic-columns" }
        }
        "diagonal" => {
            let (count, tilt) = match text.split_once('@') {
                Some((count, tilt)) => (count, number(tilt, -90.0..=90.0, "the tilt in degrees")?),
                None => (text, TILT_DEGREES),
            };
            Form::Stripes { count: whole(count, 2..=MAX_CELLS, "the number of stripes")?, tilt_degrees: tilt }
        }
        _ => rectangles(text)?,
    })
}

/// A grid with a cell for each column and row, row by row.
fn whole_grid(columns: Vec<f64>, rows: Vec<f64>) -> Form {
    let width = columns.len();
    let cells = (0..rows.len()).flat_map(|j| (0..width).map(move |i| (i..i + 1, j..j + 1))).collect();
    Form::Grid { columns, rows, cells }
}

/// A number of equal parts, or the weights of each.
fn weights(text: &str, what: &str) -> Result<Vec<f64>, String> {
    if !text.contains(',') {
        return Ok(vec![1.0; whole(text, 1..=MAX_CELLS, &format!("the number of {what}"))?]);
    }
    let all: Vec<f64> =
        text.split(',').map(|w| number(w, WEIGHTS, &format!("the width of one of the {what}"))).collect::<Result<_, _>>()?;
    if all.len() > MAX_CELLS { Err(format!("{} {what} are more than {MAX_CELLS}", all.len())) } else { Ok(all) }
}

fn whole(text: &str, range: std::ops::RangeInclusive<usize>, what: &str) -> Result<usize, String> {
    let fits = text.trim().parse::<usize>().ok().filter(|n| range.contains(n));
    fits.ok_or_else(|| format!("{what} is a whole number from {} to {}, not \"{}\"", range.start(), range.end(), text.trim()))
}

fn number(text: &str, range: std::ops::RangeInclusive<f64>, what: &str) -> Result<f64, String> {
    let fits = text.trim().parse::<f64>().ok().filter(|n| range.contains(n));
    fits.ok_or_else(|| format!("{what} is a number from {} to {}, not \"{}\"", range.start(), range.end(), text.trim()))
}

/// `left,top,width,height;…` as fractions of the canvas.
fn rectangles(text: &str) -> Result<Form, String> {
    let rectangle = |cell: &str| {
        let sides: Vec<f64> = cell.split(',').map(|v| number(v, 0.0..=1.0, "a fraction")).collect::<Result<_, _>>()?;
        let [x, y, w, h] = sides[..] else {
            return Err(format!("\"{cell}\" is not left,top,width,height"));
        };
        let end = |from: f64, length: f64| if (from + length - 1.0).abs() < 1e-6 { 1.0 } else { from + length };
        polygon_of(polygon::rectangle([x, y, end(x, w), end(y, h)]))
    };
    let cells = text.split(';').map(str::trim).filter(|cell| !cell.is_empty()).map(rectangle);
    cells.take(MAX_CELLS + 1).collect::<Result<_, _>>().map(Form::Custom)
}

fn json_polygons(text: &str) -> Result<Form, String> {
    let list: Vec<Vec<[f64; 2]>> = serde_json::from_str(text)
        .map_err(|e| format!("it is no JSON list of polygons such as [[[0,0],[1,0],[0,1]],[[1,0],[1,1],[0,1]]]: {e}"))?;
    list.into_iter().take(MAX_CELLS + 1).map(polygon_of).collect::<Result<_, _>>().map(Form::Custom)
}

/// A polygon of fractions, clockwise.
fn polygon_of(mut corners: Vec<[f64; 2]>) -> Result<Vec<[f64; 2]>, String> {
    if !(3..=MAX_CORNERS).contains(&corners.len()) {
        return Err(format!("a cell has {} corners, and 3 to {MAX_CORNERS} are possible", corners.len()));
    }
    if !corners.iter().flatten().all(|v| (0.0..=1.0).contains(v)) {
        return Err("a cell reaches beyond the canvas: fractions go from 0 to 1".into());
    }
    let area = polygon::area(&corners);
    if area.abs() < 1e-6 {
        return Err("a cell has no area".into());
    }
    corners.dedup();
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    if area < 0.0 {
        corners.reverse();
    }
    Ok(corners)
}
