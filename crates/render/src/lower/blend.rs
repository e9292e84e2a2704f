//! Blends a layer over the backdrop.
use super::{Drawn, PassBuilder};
use crate::program::Stage;
use cutroom_effects::{
    self as effects,
    color::{self, WorkingSpace},
};
use cutroom_timeline::Layer;

/// Blends a layer, straight in register 1, over the backdrop in register 0.
pub(super) fn blend(pass: &mut PassBuilder, layer: &Layer, drawn: &Drawn, working: WorkingSpace) {
    let spec = layer.blend.spec();
    if spec.display {
        pass.convert(1, color::display_from_working(working));
    }
    pass.stages.push(Stage::Blend {
        backdrop: 0,
        source: 1,
        kernel: spec.linear_kernel.filter(|_| working.linear).unwrap_or(spec.kernel),
        mode: layer.blend,
        opacity: layer.opacity,
        seed: noise_seed(layer, spec.time_dependent),
        opaque_backdrop: !pass.translucent,
        bounds: if spec.affects_transparent { pass.full() } else { drawn.bounds },
    });
    pass.translucent |= spec.lowers_backdrop_alpha;
}

/// Noise seed: a whole number below 2^24 that differs between clips and, if the noise is
/// `time_dependent`, between frames (up to 1000 per second). Computed from the clip's id, so that
/// moving a clip to another track changes nothing.
fn noise_seed(layer: &Layer, time_dependent: bool) -> f32 {
    let hash = blake3::hash(layer.clip.as_str().as_bytes());
    let [a, b, c, ..] = *hash.as_bytes();
    let clip = u32::from_le_bytes([a, b, c, 0]) as f32;
    let frame = (layer.time.as_secs_f64() * 1000.0).round() as f32;
    if time_dependent { effects::frame_seed(frame, clip) } else { clip }
}
