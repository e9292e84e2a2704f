//! All integration tests of the crate in one binary, one module per subject.
mod adjustment;
mod blend_modes;
mod catalogue;
mod color_chart;
mod costs;

mod cpu;
mod device_pictures;
mod drawings;
mod effects;
mod effects_alpha;
mod effects_beyond;
mod effects_color;
mod effects_geometry;
mod effects_layers;
mod effects_time;
mod golden;
mod gpu_cases;
mod gpu_parity;
mod gpu_shaders;
mod graph;
mod kept;
mod lengths;
mod levels;
mod masks;
mod matrix;
mod oracles;
mod render_scale;
mod runtime_effect;
mod stack;
mod support;
mod transitions;
mod turned;
mod worked_example;

/// What the worked example's file imports as `crate::spec`, as files of the catalogue do.
mod spec {
    pub use cutroom_effects::spec::*;
}
