//! Transitions that read the two pictures at positions other than the pixel's own: glitches,
//! lenses, tiles.
use super::{PLAIN, SEEDED, instead, mixed, on_canvas};
use crate::{noise::value_noise, spec::*};
use cutroom_kernel::{
    At, Edge, K, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba,
    real::{atan2, smoothstep},
    rgb,
};

fn peak(p: f32) -> f32 {
    1.0 - (2.0 * p - 1.0).abs()
}

fn eased(p: f32) -> f32 {
    p * p * (3.0 - 2.0 * p)
}

/// 0 in the first half, 1 in the second.
fn second(p: f32) -> f32 {
    f32::from(u8::from(p >= 0.5))
}

fn late(p: f32, from: f32, to: f32) -> f32 {
    eased(((p - from) / (to - from)).clamp(0.0, 1.0))
}

/// Samples both pictures at one position and mixes them.
#[inline(always)]
fn both<R: Real, S: Reads<R>>(s: S, x: R, y: R, k: R) -> Rgba<R> {
    mixed(s.sample(0, x, y), s.sample(1, x, y), k)
}

#[inline(always)]
fn scaled<R: Real>(c: Rgba<R>, k: R) -> Rgba<R> {
    Rgba { c: c.c.scale(k), a: c.a * k }
}

macro_rules! fields {
    ($($(#[$doc:meta])* $spec:ident $kernel:ident $id:literal $name:literal $family:ident $params:ident $edge:ident
        |$v:ident, $p:ident, $r:ident| $u:expr => |$q:ident, $s:ident, $at:ident| $body:expr;)*) => { $(
        $(#[$doc])*
        pub static $spec: TransitionSpec = TransitionSpec::new($id, $name, $params, TransitionFamily::$family, TransitionKind::Sampled(&Read($kernel), Edge::$edge), |$v, $p, $r| Uniforms::new(&$u));
        struct $kernel;
        impl ReadKernel for $kernel {
            #[inline(always)]
            fn eval<R: Real, S: Reads<R>>($q: &[R; MAX_UNIFORMS], _: Rgba<R>, $at: At<R>, $s: S) -> Rgba<R> {
                $body
            }
        }
    )* };
}

fields! {
    /// Blocks jump sideways, most in the middle, and change one by one.
    BLOCK_GLITCH BlockGlitch "block-glitch" "Block Glitch" Glitch SEEDED Repeat
        |v, p, r| [24.0 / r.width_px, peak(p), p, frame_seed((p * 20.0).floor(), v.number(0)), 0.2 * r.width_px] => |q, s, at| {
        let (i, j) = ((at.x * q[0] * 0.5).floor(), (at.y * q[0]).floor());
        let (n, m) = (i.hash(j, q[3]), i.hash(j, q[3] + 1.0));
        let jump = R::select(n.lt(q[1] * 0.6), (m - 0.5) * q[4] * q[1], 0.0);
        both(s, at.x + jump, at.y, R::select(j.hash(i, q[3] + 2.0).lt(q[2]), 1.0, 0.0))
    };
    /// The outgoing picture collapses to a line and a dot like that of a tube switched off; the
    /// incoming one opens the same way.
    CRT_COLLAPSE CrtCollapse "crt-collapse" "CRT Collapse" Glitch PLAIN Transparent
        |_v, p, r| {
            let q = if p < 0.5 { p * 2.0 } else { 2.0 - 2.0 * p };
            let (sx, sy) = (1.0 - late(q, 0.6, 1.0) * 0.99, 1.0 - late(q, 0.0, 0.7) * 0.995);
            [second(p), 0.5 * r.width_px, 0.5 * r.height_px, 1.0 / sx, 1.0 / sy, late(q, 0.3, 0.9), late(q, 0.0, 0.1)]
        } => |q, s, at| {
        let (x, y) = ((at.x - q[1]) * q[3] + q[1], (at.y - q[2]) * q[4] + q[2]);
        let c = both(s, x, y, q[0]);
        // The line glows as it narrows; the rest of the tube is black.
        Rgba { c: rgb(q[5].mad(c.a, c.c.r), q[5].mad(c.a, c.c.g), q[5].mad(c.a, c.c.b)), a: c.a.max(q[6]) }
    };
    /// Both pictures become a mosaic of blocks that grow until the middle and shrink again.
    MOSAIC_GLITCH MosaicGlitch "mosaic-glitch" "Mosaic Glitch" Glitch PLAIN Clamp
        |_v, p, r| {
            let size = (peak(p) * 0.08 * r.height_px).floor().max(1.0);
            [second(p), size, 1.0 / size]
        } => |q, s, at| {
        let (x, y) = (((at.x * q[2]).floor() + 0.5) * q[1], ((at.y * q[2]).floor() + 0.5) * q[1]);
        both(s, x, y, q[0])
    };
    /// The colour components separate and come together again.
    RGB_SPLIT_GLITCH RgbSplitGlitch "rgb-split-glitch" "RGB Split Glitch" Glitch SEEDED Clamp
        |v, p, r| {
            let n = frame_seed((p * 15.0).floor(), v.number(0)) / 16_777_216.0;
            [late(p, 0.4, 0.6), 0.06 * r.width_px * peak(p) * (0.4 + 0.6 * n), 0.02 * r.height_px * peak(p) * (n - 0.5)]
        } => |q, s, at| {
        let (r, g) = (both(s, at.x + q[1], at.y + q[2], q[0]), both(s, at.x, at.y, q[0]));
        let b = both(s, at.x - q[1], at.y - q[2], q[0]);
        Rgba { c: rgb(r.c.r, g.c.g, b.c.b), a: r.a.max(g.a).max(b.a) }
    };
    /// Lines and bands of lines shift sideways.
    SCANLINE_GLITCH ScanlineGlitch "scanline-glitch" "Scanline Glitch" Glitch SEEDED Repeat
        |v, p, r| [late(p, 0.4, 0.6), 0.15 * r.width_px * peak(p), 180.0 / r.height_px, frame_seed((p * 25.0).floor(), v.number(0))] => |q, s, at| {
        let line = (at.y * q[2]).floor();
        let slip = (line.hash(R::from(0.0), q[3]) - 0.5) * q[1];
        let band = ((line * 0.1).floor().hash(R::from(1.0), q[3]) - 0.5) * q[1];
        both(s, at.x + slip + band, at.y, q[0])
    };
    /// The picture rolls up like film in a projector until the incoming picture arrives.
    FILM_ROLL FilmRoll "film-roll" "Film Roll" Light PLAIN Repeat
        |_v, p, r| [eased(p) * 3.0 * r.height_px, 1.0 / r.height_px, r.height_px] => |q, s, at| {
        // Three frames pass; the last is the incoming picture.
        let y = at.y + q[0];
        let frame = (y * q[1]).floor();
        let c = both(s, at.x, y - frame * q[2], R::select(frame.ge(3.0), 1.0, 0.0));
        // A dark bar between frames.
        let d = (y * q[1]).fract();
        let bar = R::select((d.lt(0.02) | d.gt(0.98)) & q[0].gt(0.0) & q[0].lt(q[2] * 3.0), 0.0, 1.0);
        Rgba { c: c.c.scale(bar), a: c.a }
    };
    /// Rows of the incoming picture slide in from alternate sides, each with its own delay.
    MAGNETIC_TILES MagneticTiles "magnetic-tiles" "Magnetic Tiles" Pattern SEEDED Transparent
        |v, p, r| [10.0 / r.width_px, p * 1.5, frame_seed(5.0, v.number(0)), r.width_px, r.height_px] => |q, s, at| {
        // Even rows come in from the left, odd ones from the right, after a random delay.
        let j = (at.y * q[0]).floor();
        let delay = j.hash(R::from(0.0), q[2]) * 0.5;
        let k = (q[1] - delay).saturate();
        let k = k * k * (K(3.0) - k * 2.0);
        let from_right = R::select((j * 0.5).fract().gt(0.25), 1.0, -1.0);
        let x = at.x - (K(1.0) - k) * q[3] * from_right;
        instead(s.sample(1, x, at.y), on_canvas(x, at.y, q[3], q[4]), s.sample(0, at.x, at.y))
    };
    /// Neighbouring strips are pushed out to opposite sides.
    PUZZLE_PUSH PuzzlePush "puzzle-push" "Puzzle Push" Pattern PLAIN Transparent
        |_v, p, r| [6.0 / r.height_px, eased(p) * r.width_px, r.width_px] => |q, s, at| {
        let side = R::select(((at.y * q[0]).floor() * 0.5).fract().gt(0.25), 1.0, -1.0);
        let (f, t) = (s.sample(0, at.x + q[1] * side, at.y), s.sample(1, at.x + (q[1] - q[2]) * side, at.y));
        Rgba { c: rgb(f.c.r + t.c.r, f.c.g + t.c.g, f.c.b + t.c.b), a: f.a + t.a }
    };
    /// The outgoing picture bursts into shards that fall.
    SHATTER_GLASS ShatterGlass "shatter-glass" "Shatter Glass" Pattern SEEDED Transparent
        |v, p, r| {
            let fall = (p - 0.1).max(0.0) / 0.9;
            [12.0 / r.width_px, fall * fall * 1.6 * r.height_px, fall, frame_seed(6.0, v.number(0)), r.width_px * 0.15, f32::from(u8::from(p > 0.05)), r.width_px, r.height_px]
        } => |q, s, at| {
        // Shards are cells of a slanted grid. The speed of the fall is random per column of the
        // canvas, so that the pixel alone determines which shard has reached it.
        let speed = K(0.6) + (at.x * q[0]).floor().hash(R::from(3.0), q[3]) * 0.8;
        let y = at.y - q[1] * speed;
        let slant = (at.x + y) * q[0];
        let shard = slant.floor().hash((y * q[0]).floor(), q[3]);
        let x = at.x + (shard - 0.5) * q[4] * q[2];
        let f = s.sample(0, x, y);
        // Cracks are lighter.
        let (a, b) = (slant.fract(), (y * q[0]).fract());
        let near = a.min(K(1.0) - a).min(b).min(K(1.0) - b);
        let crack = R::select(near.lt(0.02), q[5], 0.0);
        let f = Rgba { c: rgb(f.c.r.mix(f.a, crack * 0.5), f.c.g.mix(f.a, crack * 0.5), f.c.b.mix(f.a, crack * 0.5)), a: f.a };
        let whole = R::select(shard.lt(q[2] * 1.4 - 0.4), 0.0, 1.0);
        instead(scaled(f, whole), on_canvas(x, y, q[6], q[7]) * whole, s.sample(1, at.x, at.y))
    };
    /// Ripples spread from the centre.
    WATER_DROP WaterDrop "water-drop" "Water Drop" Stylize PLAIN Mirror
        |_v, p, r| [0.5 * r.width_px, 0.5 * r.height_px, p * 40.0, 60.0 / r.height_px, 0.03 * r.height_px * peak(p), late(p, 0.2, 0.8)] => |q, s, at| {
        let (x, y) = (at.x - q[0], at.y - q[1]);
        let d = (x * x + y * y).sqrt().max(1e-3);
        let push = (d * q[3] - q[2]).sin() * q[4] / d;
        both(s, at.x + x * push, at.y + y * push, q[5])
    };
    /// Both are twirled: clockwise about the centre for seed 0; other seeds move the centre by up
    /// to a quarter of the canvas and decide the direction.
    SWIRL Swirl "swirl" "Swirl" Stylize SEEDED Mirror
        |v, p, r| {
            let seed = v.number(0).round();
            let moved = if seed == 0.0 { 0.0 } else { 1.0 };
            let n = |step: f32| frame_seed(step, seed) / 16_777_216.0 - 0.5;
            let sense = if moved * n(11.0) < 0.0 { -1.0 } else { 1.0 };
            let (x, y) = ((0.5 + 0.5 * moved * n(9.0)) * r.width_px, (0.5 + 0.5 * moved * n(10.0)) * r.height_px);
            [x, y, 8.0 * sense * peak(p) * peak(p), 2.0 / r.height_px.max(r.width_px), late(p, 0.35, 0.65)]
        } => |q, s, at| {
        let (x, y) = (at.x - q[0], at.y - q[1]);
        let k = K(1.0) - ((x * x + y * y).sqrt() * q[3]).saturate();
        let a = k * k * q[2];
        let (c, d) = (a.cos(), a.sin());
        both(s, q[0] + x * c - y * d, q[1] + x * d + y * c, q[4])
    };
    /// A kaleidoscope of six mirrored sectors, strongest in the middle.
    KALEIDOSCOPE KaleidoscopeChange "kaleidoscope" "Kaleidoscope" Stylize PLAIN Mirror
        |_v, p, r| [0.5 * r.width_px, 0.5 * r.height_px, late(p, 0.4, 0.6), late(peak(p), 0.0, 0.6), p * 2.0] => |q, s, at| {
        let (x, y) = (at.x - q[0], at.y - q[1]);
        let radius = (x * x + y * y).sqrt();
        let sector = core::f32::consts::TAU / 6.0;
        let a = (((atan2(y, x) + q[4]) * (1.0 / sector)).fract() - 0.5).abs() * sector;
        let (u, v) = (q[0] + radius * a.cos(), q[1] + radius * a.sin());
        mixed(both(s, at.x, at.y, q[2]), both(s, u, v, q[2]), q[3])
    };
    /// Both are blurred radially, most in the middle.
    ZOOM_BLUR ZoomBlurChange "zoom-blur" "Zoom Blur" Zoom PLAIN Mirror
        |_v, p, r| [24.0, 1.0 / 24.0, 0.4 * peak(p) / 24.0, 0.5 * r.width_px, 0.5 * r.height_px, late(p, 0.3, 0.7)] => |q, s, at| {
        let (x, y) = (at.x - q[3], at.y - q[4]);
        let sum = s.sum(0, #[inline(always)] |i| {
            let k = K(1.0) - i * q[2];
            both(s, q[3] + x * k, q[4] + y * k, q[5])
        });
        scaled(sum, q[1])
    };
    /// Both are blurred horizontally, most in the middle.
    DIRECTIONAL_BLUR DirectionalBlurChange "directional-blur" "Directional Blur" Zoom PLAIN Mirror
        |_v, p, r| [32.0, 1.0 / 32.0, 0.3 * r.width_px * peak(p) / 32.0, late(p, 0.3, 0.7)] => |q, s, at| {
        let sum = s.sum(0, #[inline(always)] |i| both(s, at.x + (i - 15.5) * q[2], at.y, q[3]));
        scaled(sum, q[1])
    };
    /// A whip pan of the camera to the side, over two widths of the canvas.
    WHIP_PAN WhipPan "whip-pan" "Whip Pan" Zoom PLAIN Repeat
        |_v, p, r| [32.0, 1.0 / 32.0, 0.25 * r.width_px * peak(p) / 32.0, eased(eased(p)) * 2.0 * r.width_px, r.width_px] => |q, s, at| {
        let sum = s.sum(0, #[inline(always)] |i| {
            let x = at.x + q[3] + (i - 15.5) * q[2];
            // From the second width on, the incoming picture is read.
            both(s, x, at.y, R::select(x.ge(q[4]), 1.0, 0.0))
        });
        scaled(sum, q[1])
    };
    /// Waves displace both pictures while they dissolve.
    RIPPLE Ripple "ripple" "Ripple" Stylize PLAIN Mirror
        |_v, p, r| [0.02 * r.height_px * peak(p), 50.0 / r.height_px, p * 12.0, late(p, 0.2, 0.8)] => |q, s, at|
        both(s, at.x + (at.y * q[1] + q[2]).sin() * q[0], at.y + (at.x * q[1] + q[2]).cos() * q[0], q[3]);
    /// Smooth noise displaces both pictures while they dissolve.
    LIQUID_MELT LiquidMelt "liquid-melt" "Liquid Melt" Stylize SEEDED Mirror
        |v, p, r| [6.0 / r.height_px, 0.25 * r.height_px * peak(p), frame_seed(8.0, v.number(0)), late(p, 0.25, 0.75)] => |q, s, at| {
        let (x, y) = (at.x * q[0], at.y * q[0]);
        let (u, v) = (value_noise(x, y, q[2]) - 0.5, value_noise(x, y, q[2] + 1.0));
        both(s, at.x + u * q[1], at.y - v * q[1], q[3])
    };
    /// The facets of an insect's eye distort both pictures, the outgoing one more and more, the
    /// incoming one less and less.
    FLY_EYE FlyEye "fly-eye" "Fly Eye" Stylize PLAIN Mirror
        |_v, p, r| [0.06 * r.height_px * p, 0.06 * r.height_px * (1.0 - p), 50.0 / r.height_px, eased(p)] => |q, s, at| {
        let (x, y) = ((at.x * q[2]).cos(), (at.y * q[2]).sin());
        mixed(s.sample(0, at.x + x * q[0], at.y + y * q[0]), s.sample(1, at.x + x * q[1], at.y + y * q[1]), q[3])
    };
    /// A mosaic of hexagons, largest in the middle.
    HEX_PIXELIZE HexPixelize "hex-pixelize" "Hex Pixelize" Pattern PLAIN Clamp
        |_v, p, r| {
            let side = (0.005 + 0.07 * peak(p)) * r.height_px;
            let (across, down) = (3.0f32.sqrt() * side, 3.0 * side);
            [second(p), across, 1.0 / across, down, 1.0 / down, late(peak(p), 0.0, 0.2)]
        } => |q, s, at| {
        // The centres form two rectangular grids, offset by half a cell from each other.
        let (ax, ay) = (((at.x * q[2]).floor() + 0.5) * q[1], ((at.y * q[4]).floor() + 0.5) * q[3]);
        let (bx, by) = ((at.x * q[2] + 0.5).floor() * q[1], (at.y * q[4] + 0.5).floor() * q[3]);
        let (du, dv) = ((at.x - ax) * (at.x - ax) + (at.y - ay) * (at.y - ay), (at.x - bx) * (at.x - bx) + (at.y - by) * (at.y - by));
        let (x, y) = (R::select(du.lt(dv), ax, bx), R::select(du.lt(dv), ay, by));
        mixed(both(s, at.x, at.y, q[0]), both(s, x, y, q[0]), q[5])
    };
    /// Smoke rises over the outgoing picture and clears over the incoming one.
    SMOKE_REVEAL SmokeReveal "smoke-reveal" "Smoke Reveal" Stylize SEEDED Mirror
        |v, p, r| [4.0 / r.height_px, 0.12 * r.height_px * peak(p), frame_seed(12.0, v.number(0)), p * 1.4 - 0.2, p * 2.0] => |q, s, at| {
        // Two layers of noise that move upward at their own speeds.
        let (x, y) = (at.x * q[0], at.y * q[0] + 8.0);
        let (a, b) = (value_noise(x, y + q[4], q[2]), value_noise(x * 2.5, y * 2.5 + q[4] * 2.0, q[2] + 1.0));
        let n = a * 0.65 + b * 0.35;
        let k = smoothstep(R::from(-0.2), R::from(0.2), q[3] - n);
        let (f, t) = (s.sample(0, at.x + (b - 0.5) * q[1], at.y + a * q[1]), s.sample(1, at.x + (b - 0.5) * q[1], at.y + a * q[1]));
        mixed(f, t, k)
    };
    /// Bands of lines tear sideways and change one by one.
    SIGNAL_TEAR SignalTear "signal-tear" "Signal Tear" Glitch SEEDED Repeat
        |v, p, r| [14.0 / r.height_px, 0.6 * r.width_px * peak(p) * peak(p), frame_seed(13.0, v.number(0)), p, frame_seed((p * 12.0).floor() + 20.0, v.number(0))] => |q, s, at| {
        let band = (at.y * q[0] + (at.y * q[0] * 0.7).sin() * 0.4 + 1.0).floor();
        let slip = (band.hash(R::from(0.0), q[4]) - 0.5) * q[1];
        both(s, at.x + slip, at.y, R::select(band.hash(R::from(1.0), q[2]).lt(q[3]), 1.0, 0.0))
    };
    /// Blocks like those of a damaged file: some are read from elsewhere, some of these with
    /// exchanged colour components.
    DATA_CORRUPT DataCorrupt "data-corrupt" "Data Corrupt" Glitch SEEDED Clamp
        |v, p, r| [30.0 / r.width_px, r.width_px / 30.0, 0.7 * peak(p), p, frame_seed((p * 10.0).floor() + 40.0, v.number(0)), frame_seed(14.0, v.number(0))] => |q, s, at| {
        let (i, j) = ((at.x * q[0]).floor(), (at.y * q[0]).floor());
        let bad = i.hash(j, q[4]).lt(q[2]);
        let (u, v) = (((i.hash(j, q[4] + 1.0) - 0.5) * 12.0).floor() * q[1], ((i.hash(j, q[4] + 2.0) - 0.5) * 12.0).floor() * q[1]);
        let (dx, dy) = (R::select(bad, u, 0.0), R::select(bad, v, 0.0));
        let c = both(s, at.x + dx, at.y + dy, R::select(i.hash(j, q[5]).lt(q[3]), 1.0, 0.0));
        let swap = bad & i.hash(j, q[4] + 3.0).lt(0.4);
        Rgba { c: rgb(R::select(swap, c.c.b, c.c.r), R::select(swap, c.c.r, c.c.g), R::select(swap, c.c.g, c.c.b)), a: c.a }
    };
    /// Head switching of a video tape: lines bend and jitter from the lower edge upward, and the
    /// picture jumps when it changes.
    VHS_HEAD_SWITCH VhsHeadSwitch "vhs-head-switch" "VHS Head Switch" Glitch SEEDED Repeat
        |v, p, r| {
            let reach = peak(p) * 0.9 * r.height_px;
            [second(p), r.height_px - reach, 1.0 / reach.max(1.0), 0.35 * r.width_px * peak(p), frame_seed((p * 25.0).floor() + 60.0, v.number(0)),
                late(peak(p), 0.7, 1.0) * 0.12 * r.height_px]
        } => |q, s, at| {
        let depth = ((at.y - q[1]) * q[2]).saturate();
        let shiver = (at.y * 0.5).floor().hash(R::from(0.0), q[4]) - 0.5;
        both(s, at.x - depth * depth * (K(0.7) + shiver * 0.3) * q[3], at.y + q[5], q[0])
    };
    /// The outgoing picture is folded back like a page, from the lower right corner.
    PAGE_PEEL PagePeel "page-peel" "Page Peel" Space PLAIN Transparent
        |_v, p, r| {
            let length = (r.width_px * r.width_px + r.height_px * r.height_px).sqrt();
            // Towards the upper left corner; the fold moves along the diagonal and slightly past
            // it.
            let (nx, ny) = (-r.width_px / length, -r.height_px / length);
            [nx, ny, r.width_px, r.height_px, eased(p) * (length * 1.1 + 2.0) - 1.0, 1.0 / (0.05 * length)]
        } => |q, s, at| {
        // Distance from the fold along its direction of motion; positive on the side not yet
        // folded.
        let d = (at.x - q[2]) * q[0] + (at.y - q[3]) * q[1] - q[4];
        let front = s.sample(0, at.x, at.y);
        let below = s.sample(1, at.x, at.y);
        // The folded-over part covers this side with the back of the page: the picture mirrored at
        // the fold.
        let back = s.sample(0, at.x - q[0] * d * 2.0, at.y - q[1] * d * 2.0);
        let shade = K(1.0) - (K(1.0) - d.abs() * q[5]).saturate() * 0.35;
        let paper = Rgba {
            c: rgb(
                (back.c.r * 0.35 + back.a * 0.6) * shade,
                (back.c.g * 0.35 + back.a * 0.6) * shade,
                (back.c.b * 0.35 + back.a * 0.6) * shade,
            ),
            a: back.a,
        };
        let keep = K(1.0) - paper.a;
        let unfolded = d.gt(0.0);
        let over = Rgba {
            c: rgb(front.c.r.mad(keep, paper.c.r), front.c.g.mad(keep, paper.c.g), front.c.b.mad(keep, paper.c.b)),
            a: front.a.mad(keep, paper.a),
        };
        Rgba {
            c: rgb(
                R::select(unfolded, over.c.r, below.c.r * shade),
                R::select(unfolded, over.c.g, below.c.g * shade),
                R::select(unfolded, over.c.b, below.c.b * shade),
            ),
            a: R::select(unfolded, over.a, below.a),
        }
    };
}
