//! The built-in transitions, in one file per kind of kernel. Kernels mix premultiplied pictures
//! over the whole canvas.
mod cards;
mod crossfade;
mod dip;
mod flow;
mod light;
mod luma_wipe;
mod pattern;
mod sampled;
mod shape_wipe;
mod wipe;

use crate::spec::{ParamSpec, TransitionSpec, Unit};
use cutroom_kernel::{Real, Rgba, rgb};

/// Whether the audio cross-fades too; read when planning audio.
const INCLUDE_AUDIO: ParamSpec = ParamSpec::switch("includeAudio", "Include audio", true);
const PLAIN: &[ParamSpec] = &[INCLUDE_AUDIO];
const SOFT: &[ParamSpec] = &[ParamSpec::number("softness", "Softness", 0.0, 0.0, 1.0, Unit::None), INCLUDE_AUDIO];
const SEED: ParamSpec = ParamSpec::quality("seed", "Seed", 0.0, 0.0, 65_535.0);
const SEEDED: &[ParamSpec] = &[SEED, INCLUDE_AUDIO];
const COLORED: &[ParamSpec] = &[ParamSpec::color("color", "Colour", [1.0, 0.45, 0.1, 1.0]), SEED, INCLUDE_AUDIO];

/// `from·(1 − k) + to·k`.
#[inline(always)]
fn mixed<R: Real>(f: Rgba<R>, t: Rgba<R>, k: R) -> Rgba<R> {
    Rgba { c: rgb(f.c.r.mix(t.c.r, k), f.c.g.mix(t.c.g, k), f.c.b.mix(t.c.b, k)), a: f.a.mix(t.a, k) }
}

/// Returns how much of the pixel at a position is on a canvas of this size: the alpha of an opaque
/// picture sampled there with a transparent edge.
#[inline(always)]
fn on_canvas<R: Real>(x: R, y: R, width_px: R, height_px: R) -> R {
    let (left, right) = ((x + 0.5).saturate(), (width_px - x + 0.5).saturate());
    left * right * (y + 0.5).saturate() * (height_px - y + 0.5).saturate()
}

/// Composites `above`, whose canvas covers the share `lies` of the pixel, over `below`. The whole
/// canvas of a picture hides what is below it, its transparent parts included, so that a picture
/// that is smaller than the canvas, or absent, still enters and leaves as a whole.
#[inline(always)]
fn instead<R: Real>(above: Rgba<R>, lies: R, below: Rgba<R>) -> Rgba<R> {
    let keep = R::from(1.0) - lies;
    Rgba {
        c: rgb(below.c.r.mad(keep, above.c.r), below.c.g.mad(keep, above.c.g), below.c.b.mad(keep, above.c.b)),
        a: below.a.mad(keep, above.a),
    }
}

/// All built-in transitions, in the order of menus.
pub static TRANSITIONS: &[&TransitionSpec] = &[
    &crossfade::SPEC,
    &light::ADDITIVE,
    &light::NON_ADDITIVE,
    &light::BLUR_DISSOLVE,
    &luma_wipe::FADE,
    &flow::SPEC,
    &dip::TO_BLACK,
    &dip::TO_WHITE,
    &dip::TO_COLOR,
    &wipe::LEFT,
    &wipe::RIGHT,
    &wipe::UP,
    &wipe::DOWN,
    &shape_wipe::CENTER,
    &shape_wipe::CLOCK,
    &shape_wipe::BARN_DOOR_H,
    &shape_wipe::BARN_DOOR_V,
    &shape_wipe::CIRCLE,
    &shape_wipe::OVAL,
    &shape_wipe::DIAMOND,
    &shape_wipe::SQUARE,
    &shape_wipe::TRIANGLE,
    &shape_wipe::CROSS,
    &shape_wipe::STAR,
    &shape_wipe::DIAGONAL,
    &shape_wipe::SPIRAL,
    &luma_wipe::SPEC,
    &cards::PUSH_LEFT,
    &cards::PUSH_RIGHT,
    &cards::PUSH_UP,
    &cards::PUSH_DOWN,
    &cards::SLIDE_LEFT,
    &cards::SLIDE_RIGHT,
    &cards::SLIDE_UP,
    &cards::SLIDE_DOWN,
    &cards::SQUEEZE,
    &light::FLASH,
    &light::LIGHT_LEAK,
    &light::LIGHT_SWEEP,
    &light::CHROMA_LEAK,
    &light::LENS_FLARE,
    &light::FILM_BURN,
    &light::PROJECTOR_FLICKER,
    &sampled::FILM_ROLL,
    &light::VIGNETTE_BLOOM,
    &light::PORTAL_RING,
    &light::THERMAL_BLOOM,
    &sampled::BLOCK_GLITCH,
    &sampled::CRT_COLLAPSE,
    &sampled::MOSAIC_GLITCH,
    &sampled::RGB_SPLIT_GLITCH,
    &sampled::SCANLINE_GLITCH,
    &light::TV_STATIC,
    &sampled::SIGNAL_TEAR,
    &sampled::DATA_CORRUPT,
    &sampled::VHS_HEAD_SWITCH,
    &pattern::CHECKER,
    &pattern::DOOM_BARS,
    &pattern::PAINT_SPLATTER,
    &pattern::POLKA_DOT,
    &pattern::RANDOM_BLOCKS,
    &pattern::BLINDS_H,
    &pattern::BLINDS_V,
    &pattern::ZIG_ZAG,
    &sampled::HEX_PIXELIZE,
    &sampled::MAGNETIC_TILES,
    &sampled::PUZZLE_PUSH,
    &sampled::SHATTER_GLASS,
    &light::NOISE_DISSOLVE,
    &sampled::WATER_DROP,
    &sampled::SWIRL,
    &sampled::KALEIDOSCOPE,
    &sampled::RIPPLE,
    &sampled::LIQUID_MELT,
    &sampled::FLY_EYE,
    &sampled::SMOKE_REVEAL,
    &light::INK_BLEED,
    &cards::ROTATE_LEFT,
    &cards::ROTATE_RIGHT,
    &cards::ROTATE_90,
    &cards::ZOOM_IN,
    &cards::ZOOM_OUT,
    &cards::SPIN_ZOOM,
    &sampled::ZOOM_BLUR,
    &sampled::DIRECTIONAL_BLUR,
    &sampled::WHIP_PAN,
    &cards::FLIP_HORIZONTAL,
    &cards::FLIP_VERTICAL,
    &cards::CARD_SPIN,
    &cards::ROLL_3D,
    &cards::SPINBACK_3D,
    &cards::TUMBLE_AWAY,
    &cards::CUBE_3D,
    &cards::DOOR_3D,
    &sampled::PAGE_PEEL,
];
