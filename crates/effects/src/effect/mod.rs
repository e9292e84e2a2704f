//! One file per effect, and the list of them.
use crate::spec::EffectSpec;

/// Declares the modules and gathers their `SPEC`s: one line here and one file make an effect.
macro_rules! effects {
    ($($name:ident,)*) => {
        $(pub mod $name;)*
        /// Every effect.
        pub static EFFECTS: &[&EffectSpec] = &[$(&$name::SPEC,)*];
    };
}

effects! {
    blur_region,
    box_blur,
    brightness,
    bulge,
    channel_mixer,
    checkerboard,
    chroma_key,
    contrast,
    corner_pin,
    crop,
    curves,
    deband,
    denoise,
    directional_blur,
    displacement_map,
    drop_shadow,
    edge_detect,
    emboss,
    exposure,
    flip,
    gaussian_blur,
    glow,
    gradient,
    grain,
    hsl,
    hue_shift,
    invert,
    kaleidoscope,
    lens_distortion,
    letterbox,
    levels,
    lift_gamma_gain,
    luma_key,
    lut,
    mirror,
    mosaic_region,
    motion_blur,
    noise,
    pixelate,
    posterize,
    qualifier,
    radial_blur,
    rgb_split,
    saturation,
    scanlines,
    sepia,
    sharpen,
    solarize,
    stroke,
    temperature,
    threshold,
    tint,
    turbulent_displace,
    twirl,
    unsharp,
    vibrance,
    vignette,
    wave,
    white_balance,
    zoom_blur,
}
