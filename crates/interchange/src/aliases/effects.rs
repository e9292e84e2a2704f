//! The 39 effects of Timeline Studio as chains of effects of the catalogue. Settings and defaults
//! are those of its `src/features/effects/data/effects.json` 2.1.0 (read at commit b9eed013 of
//! <https://github.com/thucvu97/timeline-studio>, a copy of chatman-media/timeline-studio), those
//! of FFmpeg are from <https://ffmpeg.org/ffmpeg-filters.html>.
use super::{
    Entry,
    css::{
        Tone, blur, brightness, contrast, grayscale, hue_matrix, hue_rotate, invert, limit, mixer, product, saturate, sepia,
        sepia_matrix,
    },
    like, link, same,
};

/// The effects, in the order of the original's list.
pub static EFFECTS: &[Entry] = &[
    same(
        "brightness",
        &[("intensity", 1.2)],
        "CSS multiplies display-encoded colour, which is the wheels' gain; the export adds the same number as an offset, which 1.2 turns white",
        |s| brightness(s.of("intensity")),
    ),
    same("contrast", &[("intensity", 1.5)], "the same formula, about 0.5 of display-encoded colour", |s| {
        contrast(s.of("intensity"))
    }),
    same(
        "saturation",
        &[("intensity", 2.0)],
        "CSS mixes display-encoded colour: up to 1 that is a tint of black and white, above it a matrix; `saturation` would mix linear light",
        |s| saturate(s.of("intensity")),
    ),
    same("sepia", &[("intensity", 0.8)], "the same matrix, mixed in by the same amount", |s| sepia(s.of("intensity"))),
    same("grayscale", &[], "BT.709 luma of display-encoded colour, a tint of black and white", |_| grayscale(1.0)),
    same("vintage", &[], "preview: sepia, contrast, brightness, saturation", |_| {
        [sepia(0.5), Tone::NONE.contrast(1.2).brightness(0.9).links(), saturate(0.8)].concat()
    }),
    same(
        "neon",
        &[("intensity", 0.5)],
        "preview: brightness, contrast, saturation, hue; only the export's colour balance reads intensity",
        |_| [Tone::NONE.brightness(1.2).contrast(1.4).links(), saturate(2.0), limit(), hue_rotate(180.0)].concat(),
    ),
    like(
        "vignette",
        &[("intensity", 0.3), ("radius", 0.8)],
        "darkness by intensity, as its preview's shadow; it begins at the radius, in half sides here and halves of the shorter side there",
        |s| link("vignette", &[("amount", s.of("intensity")), ("size", s.of("radius"))]),
    ),
    like(
        "sunset",
        &[],
        "preview: brightness, contrast, saturation, hue, sepia; hue and sepia are one matrix, without the limit between them",
        |_| {
            let color = product(sepia_matrix(0.3), hue_matrix(30.0));
            [Tone::NONE.brightness(1.1).contrast(1.2).links(), saturate(1.5), limit(), mixer(color, [0.0; 3])].concat()
        },
    ),
    same(
        "lomo",
        &[],
        "preview: contrast, brightness, sepia, saturation; the vignette of its description is drawn by neither",
        |_| [Tone::NONE.contrast(1.4).brightness(0.9).links(), sepia(0.3), saturate(1.5)].concat(),
    ),
    same("twilight", &[], "preview: brightness, contrast, saturation, hue", |_| {
        [Tone::NONE.brightness(0.9).contrast(1.1).links(), saturate(0.8), hue_rotate(-20.0)].concat()
    }),
    like(
        "sharpen",
        &[("intensity", 1.0)],
        "the export's unsharp mask of 5 pixels is binomial, a standard deviation of 1 px, on luma only; CSS cannot sharpen",
        |s| link("sharpen", &[("amount", s.of("intensity")), ("radius", 1.0)]),
    ),
    like(
        "chromatic-aberration",
        &[("intensity", 0.5)],
        "red and blue apart as the name says, 0.01 of the raster at the default; preview and export only turn the hue",
        |s| link("rgb-split", &[("amount", 0.02 * s.of("intensity"))]),
    ),
    like(
        "lens-flare",
        &[("intensity", 0.5)],
        "reflections in a lens as the name says, twice the intensity as their brightness; preview and export only brighten and saturate",
        |s| link("lens-flare", &[("brightness", 2.0 * s.of("intensity"))]),
    ),
    like(
        "glow",
        &[("intensity", 0.5)],
        "the export's blur (standard deviation twice the intensity) and opacity, but added above a threshold, not screened everywhere",
        |s| link("glow", &[("amount", s.of("intensity")), ("radius", 4.0 * s.of("intensity"))]),
    ),
    like(
        "film-grain",
        &[("intensity", 0.02), ("amount", 0.5)],
        "intensity as the noise's standard deviation at middle grey, a quarter of our amount; the contrast by amount stands in for grain and is left out",
        |s| link("grain", &[("amount", 4.0 * s.of("intensity"))]),
    ),
    same(
        "invert",
        &[("intensity", 0.8)],
        "CSS inverts in part, which is levels with black and white changed over; the export does so in full",
        |s| invert(s.of("intensity")),
    ),
    same(
        "hue-rotate",
        &[("angle", 90.0)],
        "CSS turns hue at constant luma by a matrix; `hue-shift` keeps HSV value instead",
        |s| hue_rotate(s.of("angle")),
    ),
    like(
        "blur",
        &[("radius", 2.0)],
        "its radius is the standard deviation, half of ours; CSS averages display-encoded colour, here the blending space decides",
        |s| blur(s.of("radius")),
    ),
    same("duotone", &[], "preview: grey, brightness, contrast, half a sepia", |_| {
        [grayscale(1.0), Tone::NONE.brightness(1.2).contrast(1.5).links(), sepia(0.5)].concat()
    }),
    same("noir", &[], "preview: grey, contrast, brightness", |_| {
        [grayscale(1.0), Tone::NONE.contrast(1.5).brightness(0.8).links()].concat()
    }),
    same("cyberpunk", &[], "preview: hue, saturation, contrast, brightness", |_| {
        [hue_rotate(180.0), limit(), saturate(2.0), Tone::NONE.contrast(1.3).brightness(1.2).links()].concat()
    }),
    same("dreamy", &[], "preview: brightness, contrast, saturation, hue", |_| {
        [Tone::NONE.brightness(1.1).contrast(0.9).links(), saturate(0.8), hue_rotate(30.0)].concat()
    }),
    same("infrared", &[], "preview: hue, saturation, contrast, brightness; neither swaps channels as infrared film does", |_| {
        [hue_rotate(-30.0), limit(), saturate(2.0), Tone::NONE.contrast(1.5).brightness(1.2).links()].concat()
    }),
    same("matrix", &[], "preview: brightness, saturation, hue; it draws no falling characters", |_| {
        [Tone::NONE.brightness(1.2).links(), saturate(1.5), limit(), hue_rotate(100.0)].concat()
    }),
    same("arctic", &[], "preview: brightness, saturation, contrast, hue", |_| {
        [Tone::NONE.brightness(1.2).links(), saturate(0.8), Tone::NONE.contrast(1.1).links(), hue_rotate(180.0)].concat()
    }),
    like(
        "noise-reduction",
        &[("intensity", 3.0)],
        "intensity as the noise's deviation in 8-bit steps; the bilateral filter takes twice that (it grows with the noise: Zhang and Gunturk, IEEE TIP 17, 2008)",
        |s| link("denoise", &[("strength", 2.0 * s.of("intensity") / 255.0)]),
    ),
    like(
        "stabilization",
        &[],
        "there the export's filter measures while it runs; here the stabiliser measures the whole clip once and writes keyframes, until when the effect changes nothing",
        |_| link("stabilize", &[]),
    ),
    like(
        "temperature",
        &[("temperature", 0.0)],
        "-100..=100 there, -1..=1 here; the preview turns the hue, the export's coefficients pass FFmpeg's 2 above 20",
        |s| link("temperature", &[("temperature", 0.01 * s.of("temperature"))]),
    ),
    like(
        "tint",
        &[("tint", 0.0)],
        "green against magenta, -100..=100 there, is the second number of our `temperature`; our `tint` maps to two colours",
        |s| link("temperature", &[("tint", 0.01 * s.of("tint"))]),
    ),
    same(
        "exposure",
        &[("exposure", 0.0)],
        "not in stops: 1 is a brightness of 1.2 with a contrast of 1.1, -1 a brightness of 0.8 with the same contrast",
        |s| {
            let exposure = s.of("exposure");
            Tone::NONE.brightness(1.0 + 0.2 * exposure).contrast(1.0 + 0.1 * exposure.abs()).links()
        },
    ),
    like(
        "motion-blur",
        &[("radius", 2.0), ("angle", 180.0)],
        "along one direction, the radius to both sides; blur by the movement of things would need other frames, and FFmpeg has no `mblur`",
        |s| link("directional-blur", &[("length", 2.0 * s.of("radius")), ("angle", s.of("angle"))]),
    ),
    like(
        "glitch",
        &[("intensity", 50.0)],
        "colours apart by 0.02 of the raster at the default, with the export's noise (normal, deviation strength / √3 in 8-bit steps, as of libavfilter/vf_noise.c); \
         blocks that jump are in the catalogue as a transition only",
        |s| {
            let intensity = s.of("intensity");
            // Uniform noise that is mixed in with an amount has a standard deviation of amount /
            // √12.
            let noise = 0.1 * intensity / 255.0 * 2.0;
            [link("rgb-split", &[("amount", 0.0004 * intensity)]), link("noise", &[("amount", noise)])].concat()
        },
    ),
    like("pixelate", &[("pixelSize", 4.0)], "blocks of as many pixels; their mean here, one of their pixels in the export", |s| {
        link("pixelate", &[("size", s.of("pixelSize"))])
    }),
    like(
        "edge-enhance",
        &[("intensity", 0.5)],
        "stronger contours as its description says, the default on our default; the export shows edges alone, which is `edge-detect`",
        |s| link("unsharp", &[("amount", s.of("intensity"))]),
    ),
    like(
        "emboss",
        &[("intensity", 0.8)],
        "a relief of that strength; the preview is contrast, the export's matrix no valid one",
        |s| link("emboss", &[("strength", s.of("intensity"))]),
    ),
    like("solarize", &[("threshold", 0.5)], "components above the threshold turned round; the preview inverts all in part", |s| {
        link("solarize", &[("threshold", s.of("threshold"))])
    }),
    like(
        "zoom-blur",
        &[("intensity", 2.0)],
        "towards the centre as its description says, the default on our default; the preview blurs evenly, the export zooms",
        |s| link("zoom-blur", &[("amount", 0.15 * s.of("intensity"))]),
    ),
    same("hologram", &[("intensity", 0.5)], "preview: hue, saturation, brightness, contrast; it draws no scan lines", |s| {
        let k = s.of("intensity");
        let tone = Tone::NONE.brightness(1.0 + 0.3 * k).contrast(1.0 + 0.2 * k);
        [hue_rotate(180.0), limit(), saturate(1.0 + 2.0 * k), tone.links()].concat()
    }),
];
