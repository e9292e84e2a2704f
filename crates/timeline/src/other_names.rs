//! Names that users of other programs try first, and what they are called here.

/// What is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Effect,
    SoundEffect,
    Transition,
    BlendMode,
}

use Named::{BlendMode, Effect, SoundEffect, Transition};

/// Kind, name elsewhere, what to write instead.
const TABLE: &[(Named, &str, &str)] = &[
    (Effect, "blur", "\"gaussian-blur\""),
    (Effect, "boxblur", "\"box-blur\""),
    (Effect, "gblur", "\"gaussian-blur\""),
    (Effect, "chromakey", "\"chroma-key\""),
    (Effect, "green-screen", "\"chroma-key\""),
    (Effect, "keyer", "\"chroma-key\""),
    (Effect, "lumakey", "\"luma-key\""),
    (Effect, "color-balance", "\"lift-gamma-gain\""),
    (Effect, "hue", "\"hue-shift\""),
    (Effect, "gamma", "\"levels\""),
    (Effect, "grayscale", "\"saturation\" with the value 0"),
    (Effect, "greyscale", "\"saturation\" with the value 0"),
    (Effect, "black-and-white", "\"saturation\" with the value 0"),
    (Effect, "lut3d", "\"lut\""),
    (Effect, "shadow", "\"drop-shadow\""),
    (Effect, "border", "\"stroke\""),
    (Effect, "mosaic", "\"pixelate\" or \"mosaic-region\""),
    (Effect, "stabilise", "\"stabilize\""),
    (Effect, "deshake", "\"stabilize\""),
    (Effect, "scale", "the field `video.transform.scale` of the clip"),
    (Effect, "position", "the field `video.transform.position_px` of the clip"),
    (Effect, "rotate", "the field `video.transform.rotation_degrees` of the clip"),
    (Effect, "rotation", "the field `video.transform.rotation_degrees` of the clip"),
    (Effect, "crop-left", "the field `video.transform.crop_left` of the clip"),
    (Effect, "transform", "the field `video.transform` of the clip"),
    (Effect, "opacity", "the field `video.opacity` of the clip"),
    (Effect, "fade", "keyframes of the field `video.opacity` of the clip"),
    (Effect, "mask", "the field `video.masks` of the clip"),
    (Effect, "volume", "the field `audio.gain_db` of the clip"),
    (Transition, "dissolve", "\"crossfade\""),
    (Transition, "cross-dissolve", "\"crossfade\""),
    (Transition, "cross-fade", "\"crossfade\""),
    (Transition, "xfade", "\"crossfade\""),
    (Transition, "fade", "\"crossfade\", or \"dip-to-black\""),
    (Transition, "mix", "\"crossfade\""),
    (Transition, "fade-to-black", "\"dip-to-black\""),
    (Transition, "fade-black", "\"dip-to-black\""),
    (Transition, "dip", "\"dip-to-black\""),
    (Transition, "wipe", "\"wipe-left\", \"wipe-right\", \"wipe-up\" or \"wipe-down\""),
    (Transition, "slide", "\"slide-left\", \"slide-right\", \"slide-up\" or \"slide-down\""),
    (Transition, "push", "\"push-left\", \"push-right\", \"push-up\" or \"push-down\""),
    (BlendMode, "plus", "\"add\""),
    (BlendMode, "additive", "\"add\""),
    (BlendMode, "over", "\"normal\""),
    (BlendMode, "none", "\"normal\""),
    (SoundEffect, "highpass", "\"audio-high-pass\""),
    (SoundEffect, "lowpass", "\"audio-low-pass\""),
    (SoundEffect, "bandpass", "\"audio-band-pass\""),
    (SoundEffect, "bass", "\"audio-low-shelf\""),
    (SoundEffect, "treble", "\"audio-high-shelf\""),
    (SoundEffect, "equalizer", "\"audio-parametric-eq\""),
    (SoundEffect, "eq", "\"audio-eq\""),
    (SoundEffect, "compressor", "\"audio-compressor\""),
    (SoundEffect, "acompressor", "\"audio-compressor\""),
    (SoundEffect, "sidechaincompress", "\"audio-compressor\""),
    (SoundEffect, "limiter", "\"audio-limiter\""),
    (SoundEffect, "alimiter", "\"audio-limiter\""),
    (SoundEffect, "gate", "\"audio-noise-gate\""),
    (SoundEffect, "agate", "\"audio-noise-gate\""),
    (SoundEffect, "ducking", "\"audio-duck\""),
    (SoundEffect, "loudnorm", "\"audio-normalize\""),
    (SoundEffect, "normalize", "\"audio-normalize\""),
    (SoundEffect, "volume", "\"audio-volume\""),
    (SoundEffect, "gain", "\"audio-volume\""),
    (SoundEffect, "pan", "\"audio-pan\""),
    (SoundEffect, "balance", "\"audio-pan\""),
    (SoundEffect, "deesser", "\"audio-de-esser\""),
];

/// What to write for a name of another program.
pub(crate) fn here(kind: Named, name: &str) -> Option<&'static str> {
    let plain: String = name.trim().to_lowercase().replace(['_', ' '], "-");
    TABLE.iter().find(|(k, other, _)| *k == kind && *other == plain).map(|(_, _, here)| *here)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_effects::Catalog;

    /// No row hides an entry of the catalogue, and every id in quotes is one.
    #[test]
    fn the_table_agrees_with_the_catalogue() {
        let catalog = Catalog::builtin();
        for (kind, other, here) in TABLE {
            let exists = |id: &str| match kind {
                Effect => catalog.effect(id).is_some(),
                SoundEffect => catalog.sound_effect(id).is_some(),
                Transition => catalog.transition(id).is_some(),
                BlendMode => catalog.blend_mode(id).is_some(),
            };
            assert!(!exists(other), "{other}");
            for id in here.split('"').skip(1).step_by(2) {
                assert!(exists(id), "{other}: {id}");
            }
        }
        assert_eq!(super::here(Effect, "Gaussian Blur"), None);
        assert_eq!(super::here(Transition, "Cross Dissolve"), Some("\"crossfade\""));
    }
}
