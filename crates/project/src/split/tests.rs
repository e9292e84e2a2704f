use super::*;
use crate::{Animated, Clip, ClipSource, Color, Ease, Project, shape::Outline};
use cutroom_types::{Fit, FrameRate, Time, TimeDelta};

const SHAPES: [(&str, Size); 4] = [
    ("landscape", Size { width: 1920, height: 1080 }),
    ("portrait", Size { width: 1080, height: 1920 }),
    ("square", Size { width: 1080, height: 1080 }),
    ("odd", Size { width: 641, height: 359 }),
];

fn cells(text: &str, size: Size, gap: u32, margin: u32) -> Vec<Cell> {
    Layout::parse(text).unwrap().cells(size, gap, margin).unwrap()
}

/// Overlap of two convex polygons: one cut by the sides of the other.
fn overlap(a: &Cell, b: &Cell) -> f64 {
    let mut left = a.corners.clone();
    for (p, q) in b.corners.iter().zip(b.corners.iter().cycle().skip(1)) {
        // Outward normal of a side, for corners in clockwise order.
        let normal = [q[1] - p[1], p[0] - q[0]];
        left = polygon::cut(&left, normal, normal[0] * p[0] + normal[1] * p[1]);
    }
    polygon::area(&left).max(0.0)
}

/// At least the 83 arrangements of the predecessors (columns, rows, diagonals, grids, free cells, up
/// to 25 of them, in three shapes): cells do not overlap, and without gaps their areas are the
/// canvas's.
#[test]
fn layouts_divide_every_canvas() {
    let mut names = std::collections::BTreeSet::new();
    for (text, _) in LAYOUTS {
        for (shape, size) in SHAPES {
            let layout = Layout::parse(text).unwrap();
            let all = layout.cells(size, 0, 0).unwrap();
            assert_eq!(all.len(), layout.cell_count(), "{text}");
            let (w, h) = (f64::from(size.width), f64::from(size.height));
            let sum: f64 = all.iter().map(Cell::area).sum();
            assert!((sum - w * h).abs() < 1e-3, "{text} {shape}: {sum}, the canvas has {}", w * h);
            for (i, a) in all.iter().enumerate() {
                let [l, t, r, b] = a.bounds();
                assert!(l >= 0.0 && t >= 0.0 && r <= w && b <= h, "{text} {shape}: cell {i} is {a:?}");
                for (j, other) in all.iter().enumerate().skip(i + 1) {
                    assert!(overlap(a, other) < 1e-3, "{text} {shape}: cells {i} and {j} overlap");
                }
            }
            if shape != "odd" {
                names.insert(format!("{text} {shape}"));
            }
        }
    }
    assert!(names.len() >= 83, "{}", names.len());
    let most = LAYOUTS.iter().map(|(text, _)| Layout::parse(text).unwrap().cell_count()).max();
    assert_eq!(most, Some(MAX_CELLS));
}

/// Gaps and margins by their own formulas: of `n` columns by `m` rows there are `n - 1` upright gaps
/// over the whole inner height and `m - 1` lying ones less the crossings; a slanted gap has the length
/// of the inner height divided by the cosine of its tilt.
#[test]
fn cells_gaps_and_margins_make_up_the_canvas() {
    for (_, size) in SHAPES {
        for (gap, margin) in [(0, 0), (1, 0), (7, 3), (16, 24)] {
            let (g, m) = (f64::from(gap), f64::from(margin));
            let (w, h) = (f64::from(size.width) - 2.0 * m, f64::from(size.height) - 2.0 * m);
            for (columns, rows) in [(1, 1), (3, 1), (1, 4), (3, 2), (5, 5)] {
                let all = cells(&format!("grid:{columns}x{rows}"), size, gap, margin);
                let gaps = f64::from(columns - 1) * g * h + f64::from(rows - 1) * g * (w - f64::from(columns - 1) * g);
                let sum: f64 = all.iter().map(Cell::area).sum();
                assert!((sum + gaps - w * h).abs() < 1e-6, "{columns}x{rows} {size:?} {gap} {margin}: {sum} {gaps}");
                let whole = all.iter().flat_map(|c| &c.corners).flatten().all(|v| v.fract() == 0.0);
                assert!(whole, "{columns}x{rows} {size:?}: not on whole pixels");
                // Equal columns differ by at most a pixel.
                let widths = all.iter().map(|c| c.bounds()[2] - c.bounds()[0]);
                let (least, most) = widths.fold((f64::MAX, 0.0f64), |(a, b), v| (a.min(v), b.max(v)));
                assert!(most - least <= 1.0, "{columns}x{rows} {size:?}: {least}..{most}");
            }
            for tilt in [-15.0f64, 0.0, 10.0] {
                let all = cells(&format!("diagonal:2@{tilt}"), size, gap, margin);
                let sum: f64 = all.iter().map(Cell::area).sum();
                let gaps = g * h / tilt.to_radians().cos();
                assert!((sum + gaps - w * h).abs() < 1.0, "{tilt} {size:?} {gap}: {sum} + {gaps}, not {}", w * h);
                assert!((all[0].area() - all[1].area()).abs() < 1.0, "{tilt}: halves");
            }
        }
    }
}

#[test]
fn weights_shares_and_spans_are_those_that_are_written() {
    let size = Size { width: 1200, height: 600 };
    let bounds = |text: &str| cells(text, size, 0, 0).iter().map(Cell::bounds).collect::<Vec<_>>();
    assert_eq!(bounds("columns:2,1"), [[0.0, 0.0, 800.0, 600.0], [800.0, 0.0, 1200.0, 600.0]]);
    assert_eq!(bounds("main-right:2@0.75")[..2], [[300.0, 0.0, 1200.0, 600.0], [0.0, 0.0, 300.0, 300.0]]);
    assert_eq!(bounds("main-bottom:3")[..2], [[0.0, 200.0, 1200.0, 600.0], [0.0, 0.0, 400.0, 200.0]]);
    assert_eq!(bounds("center:4x4")[0], [300.0, 150.0, 900.0, 450.0]);
    assert_eq!(bounds("corner:3x3")[0], [0.0, 0.0, 800.0, 400.0]);
    assert_eq!(bounds("mosaic:1+2")[1..], [[0.0, 300.0, 600.0, 600.0], [600.0, 300.0, 1200.0, 600.0]]);
    assert_eq!(bounds("mosaic-columns:1+2")[1], [600.0, 0.0, 1200.0, 300.0]);
    assert_eq!(bounds("0,0,0.5,1;0.5,0,0.5,0.5"), [[0.0, 0.0, 600.0, 600.0], [600.0, 0.0, 1200.0, 300.0]]);
    // With a gap, what spans several rows of a grid spans their gaps, too.
    let main = cells("main-left:3", size, 6, 0);
    assert_eq!(main[0].bounds(), [0.0, 0.0, 796.0, 600.0]);
    assert_eq!(main[1].bounds(), [802.0, 0.0, 1200.0, 196.0]);
    // The edge of a custom cell moves by half of the gap, that of the canvas stays.
    assert_eq!(cells("0,0,0.5,1;0.5,0,0.5,1", size, 5, 0)[1].bounds(), [603.0, 0.0, 1200.0, 600.0]);
    let triangles = cells("[[[0,0],[1,0],[0,1]],[[1,0],[1,1],[0,1]]]", size, 10, 0);
    // The distance of the parallel slanted sides is the gap: x/1200 + y/600 = 1 is 5 away from each.
    for cell in &triangles {
        let away = |p: &[f64; 2]| (p[0] / 1200.0 + p[1] / 600.0 - 1.0).abs() / (1.0f64 / 1200.0).hypot(1.0 / 600.0);
        let mut sorted: Vec<f64> = cell.corners.iter().map(away).collect();
        sorted.sort_by(f64::total_cmp);
        assert!((sorted[0] - 5.0).abs() < 1e-6 && (sorted[1] - 5.0).abs() < 1e-6, "{sorted:?}");
    }
}

#[test]
fn what_is_no_layout_is_explained() {
    for (text, said) in [
        ("collumns:2", "it begins with none of columns"),
        ("columns:0", "the number of columns is a whole number from 1 to 25"),
        ("columns:", "not \"\""),
        ("grid:3", "divided by an x"),
        ("grid:6x5", "it has 30 cells"),
        ("rows:1,-1", "is a number from 0.01 to 1000"),
        ("diagonal:2@95", "from -90 to 90"),
        ("main-left:2@2", "from 0.1 to 0.9"),
        ("center:2x3", "from 3 to 25"),
        ("custom:0,0,0.5", "is not left,top,width,height"),
        ("custom:0.5,0,0.6,1", "beyond the canvas"),
        ("custom:0,0,0,1", "no area"),
        ("custom:", "it has 0 cells"),
        ("[[[0,0],[1,1]]]", "2 corners"),
        ("[1]", "no JSON list of polygons"),
        ("mosaic:9+9+9", "it has 27 cells"),
        ("columns:nan,1", "is a number from"),
    ] {
        let error = Layout::parse(text).unwrap_err();
        assert!(error.to_string().contains(said), "{text}: {error}");
    }
    assert!(matches!(Layout::parse("collumns:2"), Err(SplitError::Layout { nearest: Some("columns:3"), .. })));
    let small = Size { width: 20, height: 20 };
    for (text, gap, margin) in
        [("columns:3", 10, 0), ("grid:5x5", 4, 0), ("rows:1", 0, 10), ("diagonal:2", 40, 0), ("columns:1000,0.01", 0, 0)]
    {
        let error = Layout::parse(text).unwrap().cells(small, gap, margin).unwrap_err();
        assert!(error.to_string().contains("has no room"), "{text}: {error}");
    }
}

fn content(fit: Fit, focus: [f64; 2], size: Size) -> CellClip {
    CellClip {
        name: String::new(),
        source: ClipSource::solid([1.0; 4]),
        source_in: Time::ZERO,
        duration: TimeDelta::from_secs_f64(4.0),
        is_heard: false,
        fit: CellFit { fit, focus, size: Some(size) },
    }
}

fn style() -> SplitStyle {
    SplitStyle {
        layout: String::new(),
        gap_px: 0,
        margin_px: 0,
        radius_px: 0.0,
        border_px: 0.0,
        border_color: Color([1.0; 4]),
        cells: Vec::new(),
    }
}

fn split(text: &str, size: Size, clips: &[CellClip]) -> Composition {
    let (layout, style) = (Layout::parse(text).unwrap(), style());
    let (frame_rate, duration) = (FrameRate::new(25, 1).unwrap(), TimeDelta::from_secs_f64(4.0));
    SplitScreen { layout: &layout, style: &style, size, frame_rate, duration }.composition("s", clips).unwrap()
}

/// The picture's box on the canvas at a time: left, top, right, bottom.
fn picture(clip: &Clip, source: Size, canvas: Size, t: TimeDelta) -> [f64; 4] {
    let (w, h) = (f64::from(canvas.width), f64::from(canvas.height));
    let covering = (w / f64::from(source.width)).max(h / f64::from(source.height));
    let (p, s) = (clip.video.transform.position_px.value_at(t), clip.video.transform.scale.value_at(t));
    let (x, y) = (w / 2.0 + p[0], h / 2.0 + p[1]);
    let (dx, dy) = (f64::from(source.width) * covering * s[0] / 2.0, f64::from(source.height) * covering * s[1] / 2.0);
    [x - dx, y - dy, x + dx, y + dy]
}

fn shape_bounds(clip: &Clip, canvas: Size, t: TimeDelta) -> [f64; 4] {
    let ClipSource::Shape(source) = &clip.source else { panic!() };
    let Outline::Path { path, .. } = &source.shapes[0].outlines[0].outline else { panic!() };
    let corners = path.value_at(t).0.iter().map(|v| v.point).collect();
    Cell { corners }.moved([f64::from(canvas.width) / 2.0, f64::from(canvas.height) / 2.0]).bounds()
}

/// Whatever the source's size, the picture covers its cell and no more than it must, and the focus is
/// in the middle of the cell as far as that goes.
#[test]
fn pictures_cover_their_cells_with_the_focus_in_the_middle() {
    let canvas = Size { width: 641, height: 360 };
    let sources = [(1920, 1080), (1080, 1920), (333, 251), (641, 359), (4096, 100), (1, 1)];
    for (width, height) in sources {
        let source = Size { width, height };
        for focus in [[0.5, 0.5], [0.0, 0.0], [1.0, 0.3], [0.4, 0.6]] {
            for fit in [Fit::Cover, Fit::Contain] {
                let made = split("mosaic:1+2", canvas, &vec![content(fit, focus, source); 3]);
                for cell in 0..3 {
                    let [shape, clip] = [&made.tracks[2 * cell].clips[0], &made.tracks[2 * cell + 1].clips[0]];
                    let [l, t, r, b] = shape_bounds(shape, canvas, TimeDelta::ZERO);
                    let at = picture(clip, source, canvas, TimeDelta::ZERO);
                    let what = format!("{source:?} {focus:?} {fit:?} {cell}: {at:?} in {:?}", [l, t, r, b]);
                    let (slack_x, slack_y) = ((at[2] - at[0]) - (r - l), (at[3] - at[1]) - (b - t));
                    if fit == Fit::Contain {
                        assert!(slack_x.max(slack_y).abs() < 1e-6, "{what}");
                        continue;
                    }
                    let covers = at[0] <= l + 1e-6 && at[1] <= t + 1e-6 && at[2] >= r - 1e-6 && at[3] >= b - 1e-6;
                    assert!(covers, "{what}");
                    assert!(slack_x.min(slack_y) <= 2.0 + 1e-6, "{what}");
                    for (k, (low, high)) in [(l, r), (t, b)].into_iter().enumerate() {
                        let point = at[k] + focus[k] * (at[k + 2] - at[k]);
                        let off = (low + high) / 2.0 - point;
                        let at_limit = (at[k] - low).abs() <= 1.0 + 1e-6 || (at[k + 2] - high).abs() <= 1.0 + 1e-6;
                        assert!(off.abs() < 1e-6 || at_limit, "{what}: the focus is off by {off}");
                    }
                }
            }
        }
    }
}

/// While cells move, pictures fill them; before and after, everything is as in the still ones.
#[test]
fn changes_lead_from_one_layout_to_the_other() {
    let canvas = Size { width: 640, height: 360 };
    let sources = [(640, 360), (360, 640), (200, 200), (1920, 800)].map(|(width, height)| Size { width, height });
    let clips: Vec<CellClip> = sources.iter().map(|s| content(Fit::Cover, [0.2, 0.7], *s)).collect();
    let rate = FrameRate::new(25, 1).unwrap();
    for (from, to) in [
        ("columns:1", "columns:2"),
        ("columns:2", "grid:2x2"),
        ("grid:2x2", "rows:2"),
        ("main-left:3", "diagonal:4@20"),
        ("rows:3", "columns:1,2,1"),
    ] {
        let (old, new) = (Layout::parse(from).unwrap(), Layout::parse(to).unwrap());
        let (before, after) = (old.cell_count(), new.cell_count());
        let mut made = split(from, canvas, &clips[..before]);
        let (at, duration) = (rate.time_of_frame(25), rate.time_of_frame(20).since_zero());
        let added = &clips[before.min(after)..after];
        change(&mut made, &Change { to: &new, at, duration, ease: Ease::InOutCubic }, added).unwrap();
        let still = [split(from, canvas, &clips[..before]), split(to, canvas, &clips[..after])];
        let clip = |c: &Composition, id: &str| c.clips().find(|c| c.id.as_str() == id).cloned();
        for (n, &source) in sources.iter().enumerate().take(before.max(after)) {
            let [own, shape, _] = screen::clip_ids("s", n);
            let (moving, moving_shape) = (clip(&made, &own).unwrap(), clip(&made, &shape).unwrap());
            let t = |frame: i64| rate.time_of_frame(frame) - moving.start;
            for (still, frame) in still.iter().zip([25, 45]) {
                let boxes = (shape_bounds(&moving_shape, canvas, t(frame)), picture(&moving, source, canvas, t(frame)));
                match (clip(still, &own), clip(still, &shape)) {
                    (Some(own), Some(shape)) => {
                        let wanted =
                            (shape_bounds(&shape, canvas, TimeDelta::ZERO), picture(&own, source, canvas, TimeDelta::ZERO));
                        assert_eq!(boxes, wanted, "{from} to {to}, cell {n}, frame {frame}");
                    }
                    _ => {
                        let [l, top, r, b] = boxes.0;
                        assert!(r <= 0.0 || b <= 0.0 || l >= 640.0 || top >= 360.0, "{from} to {to}: {boxes:?}");
                    }
                }
            }
            for frame in 26..45 {
                let [l, top, r, b] = shape_bounds(&moving_shape, canvas, t(frame));
                let at = picture(&moving, source, canvas, t(frame));
                // By a pixel more, for edges between pixels.
                let over = 1.0 - 1e-6;
                let covers = at[0] <= l - over && at[1] <= top - over && at[2] >= r + over && at[3] >= b + over;
                assert!(covers, "{from} to {to}, cell {n}, frame {frame}: {at:?} in {:?}", [l, top, r, b]);
            }
        }
        assert_eq!(made.split.as_ref().unwrap().layout, to);
        let problems = crate::validate(&Project::new("t", made.clone()));
        assert!(problems.is_empty(), "{from} to {to}: {problems:?}");
        let early = Change { to: &old, at: rate.time_of_frame(30), duration, ease: Ease::Linear };
        let error = change(&mut made, &early, &[]).unwrap_err();
        assert!(error.to_string().contains("already moves at 1.800 s"), "{error}");
        // And back: what has left comes again.
        let back = Change { to: &old, at: rate.time_of_frame(60), duration, ease: Ease::Linear };
        change(&mut made, &back, &[]).unwrap();
        for (n, &source) in sources.iter().enumerate().take(before) {
            let [own, _, _] = screen::clip_ids("s", n);
            let (moving, wanted) = (clip(&made, &own).unwrap(), clip(&still[0], &own).unwrap());
            let end = rate.time_of_frame(80).since_zero();
            assert_eq!(
                picture(&moving, source, canvas, end),
                picture(&wanted, source, canvas, TimeDelta::ZERO),
                "{from} to {to} and back, cell {n}"
            );
            assert_eq!(moving.video.opacity.value_at(end), 1.0);
        }
    }
    let mut other = Composition::new("other", canvas, rate);
    let layout = Layout::parse("rows:2").unwrap();
    let asked = Change { to: &layout, at: Time::ZERO, duration: TimeDelta(1), ease: Ease::Linear };
    assert!(matches!(change(&mut other, &asked, &[]), Err(SplitError::NoSplit { .. })));
    let mut two = split("columns:2", canvas, &clips[..2]);
    let layout = Layout::parse("rows:3").unwrap();
    let error = change(&mut two, &Change { to: &layout, ..asked }, &[]).unwrap_err();
    assert!(matches!(error, SplitError::Clips { cells: 3, clips: 2, .. }), "{error}");
    assert!(matches!(two.tracks[1].clips[0].video.opacity, Animated::Constant(_)));
}
