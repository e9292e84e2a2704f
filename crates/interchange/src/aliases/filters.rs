//! The 15 filters of Timeline Studio as chains of effects of the catalogue. Settings are those of
//! its `src/features/filters/data/filters.json` 1.0.0 (read at commit a1804ad0 of
//! <https://github.com/thucvu97/timeline-studio>, a copy of chatman-media/timeline-studio). Each
//! filter sets some of the 16 settings of one colour correction. They are interpreted as by the
//! original's export, FFmpeg's `eq` (brightness −1..=1 is added; contrast, saturation and gamma are
//! neutral at 1), since the preview ignores gamma, grain and vignette.
use super::{
    Entry, Link, Settings, converted,
    css::{hue_matrix, mixer, product, saturation_matrix},
    like, link,
};

/// The filters, in the order of the original's list.
pub static FILTERS: &[Entry] = &[
    like("s-log", &[], "Sony's S-Log3 curve and gamut, as named; the original only lowers contrast and saturation", |_| {
        converted("s-log3")
    }),
    like("d-log", &[], "DJI's curve and gamut, as named; the original only lowers contrast and saturation", |_| converted("d-log")),
    like("v-log", &[], "Panasonic's curve and gamut, as named; the original only lowers contrast and saturation", |_| {
        converted("v-log")
    }),
    like("hlg", &[], "HLG of ITU-R BT.2100, as named; the original only brightens", |_| converted("hlg")),
    like("rec709", &[], "changes nothing at its defaults; BT.709 itself is set by colour tags", grade),
    like("rec2020", &[], "the curve and primaries of ITU-R BT.2020, as named; the original only brightens and saturates", |_| {
        converted("rec2020")
    }),
    like(
        "cinestyle",
        &[("brightness", 0.05), ("contrast", 0.9), ("saturation", 0.8), ("gamma", 1.15), ("shadows", 0.05), ("highlights", -0.05)],
        "a flat grade by the wheels and a colour matrix; not the curve of the picture style of this name",
        grade,
    ),
    like(
        "flat",
        &[("contrast", 0.7), ("saturation", 0.7)],
        "contrast and saturation lowered, by the wheels and a colour matrix",
        grade,
    ),
    like("neutral", &[], "changes nothing at its defaults", grade),
    like(
        "portrait",
        &[
            ("brightness", 0.1),
            ("contrast", 1.1),
            ("saturation", 0.9),
            ("gamma", 1.05),
            ("temperature", 10.0),
            ("tint", 5.0),
            ("clarity", -0.2),
            ("vibrance", 0.1),
        ],
        "wheels and a colour matrix; negative clarity is left out (the export's blur by 0.4 px rounds to none)",
        grade,
    ),
    like(
        "landscape",
        &[
            ("brightness", 0.05),
            ("contrast", 1.2),
            ("saturation", 1.3),
            ("gamma", 1.1),
            ("temperature", -5.0),
            ("tint", -2.0),
            ("clarity", 0.3),
            ("vibrance", 0.2),
            ("dehaze", 0.1),
        ],
        "wheels (with dehaze as contrast), a colour matrix, and clarity as the export's unsharp mask",
        grade,
    ),
    like(
        "vintage-film",
        &[
            ("brightness", -0.1),
            ("contrast", 0.9),
            ("saturation", 0.8),
            ("gamma", 1.1),
            ("temperature", 15.0),
            ("tint", 8.0),
            ("vignette", 0.3),
            ("grain", 0.2),
            ("highlights", -0.2),
            ("shadows", 0.1),
        ],
        "wheels, a colour matrix, a vignette of that darkness and the export's amount of noise as grain",
        grade,
    ),
    like(
        "warm-sunset",
        &[
            ("brightness", 0.1),
            ("contrast", 1.1),
            ("saturation", 1.2),
            ("gamma", 1.05),
            ("temperature", 25.0),
            ("tint", 10.0),
            ("hue", 10.0),
            ("vibrance", 0.2),
            ("highlights", -0.1),
        ],
        "wheels and a colour matrix",
        grade,
    ),
    like(
        "cold-blue",
        &[
            ("brightness", -0.05),
            ("contrast", 1.1),
            ("saturation", 0.9),
            ("temperature", -20.0),
            ("tint", -10.0),
            ("hue", -15.0),
            ("vibrance", 0.1),
            ("shadows", 0.1),
        ],
        "wheels and a colour matrix",
        grade,
    ),
    like(
        "dramatic-contrast",
        &[
            ("brightness", 0.05),
            ("contrast", 1.4),
            ("saturation", 1.1),
            ("gamma", 0.9),
            ("shadows", -0.2),
            ("highlights", 0.1),
            ("blacks", -0.1),
            ("whites", 0.1),
            ("clarity", 0.3),
        ],
        "wheels, a colour matrix, and clarity as the export's unsharp mask",
        grade,
    ),
];

/// The chain for all 16 settings: `lift-gamma-gain` for tone and `channel-mixer` for colour,
/// followed by clarity, vignette and grain, if set.
fn grade(s: &Settings<'_>) -> Vec<Link> {
    let mut links = [tone(s), color(s)].concat();
    let (clarity, vignette, grain) = (s.of("clarity"), s.of("vignette"), s.of("grain"));
    if clarity > 0.0 {
        // unsharp=5:5:amount, as in the effect `sharpen`.
        links.extend(link("sharpen", &[("amount", 5.0 * clarity), ("radius", 1.0)]));
    }
    if vignette > 0.0 {
        links.extend(link("vignette", &[("amount", vignette)]));
    }
    if grain > 0.0 {
        // Normal noise of strength 50 · grain has a standard deviation of strength / √3 in 8-bit
        // steps (libavfilter/vf_noise.c); that of `grain` at middle grey is amount / 4.
        links.extend(link("grain", &[("amount", 4.0 * 50.0 * grain / 3f64.sqrt() / 255.0)]));
    }
    links
}

/// `((c − 0.5) · contrast + 0.5 + brightness)^(1 / gamma)` (libavfilter/vf_eq.c, where it applies
/// to luma only: greys are the same). Dehaze adds to contrast and brightness as in the export.
/// Shadows and blacks become a lift of a tenth of their value, highlights a gain of a tenth; whites
/// move the white point down by a tenth. Positive values are brighter for all four, as the filters
/// intend (preview and export invert highlights).
fn tone(s: &Settings<'_>) -> Vec<Link> {
    let contrast = s.get("contrast").unwrap_or(1.0) * (1.0 + 0.3 * s.of("dehaze"));
    let brightness = s.of("brightness") + 0.1 * s.of("dehaze");
    let white = 1.0 - 0.1 * s.of("whites").min(5.0);
    let params = [
        ("lift", 0.1 * (s.of("shadows") + s.of("blacks"))),
        ("gamma", s.get("gamma").unwrap_or(1.0)),
        ("gain", contrast * (1.0 + 0.1 * s.of("highlights")) / white),
        ("offset", 0.5 - 0.5 * contrast + brightness),
    ];
    link("lift-gamma-gain", &params)
}

/// Saturation (vibrance adds half of itself, as in preview and export), then hue in degrees, then
/// temperature and tint of ±100 as in the effect `temperature`; the export's factors of red and
/// blue are the same at middle grey. Luma weights and hue rotation are those of CSS.
fn color(s: &Settings<'_>) -> Vec<Link> {
    let saturation = s.get("saturation").unwrap_or(1.0).max(0.0) * (1.0 + 0.5 * s.of("vibrance"));
    let (warm, magenta) = (0.001 * s.of("temperature"), 0.001 * s.of("tint"));
    mixer(product(hue_matrix(s.of("hue")), saturation_matrix(saturation)), [warm, -magenta, -warm])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(links: &[Link], effect: &str, param: &str) -> f64 {
        let link = links.iter().find(|l| l.effect == effect).unwrap_or_else(|| panic!("no {effect}"));
        link.params.iter().find(|(n, _)| *n == param).unwrap_or_else(|| panic!("no {param}")).1
    }

    /// By hand, from the values of the filters.
    #[test]
    fn grades_by_hand() {
        let chain = |id: &str| super::super::filter(id).map(|e| e.chain(&|_| None).links).unwrap_or_default();
        for (id, effect, param, want) in [
            // 0.5 − 0.5 · 0.7
            ("flat", "lift-gamma-gain", "offset", 0.15),
            ("flat", "lift-gamma-gain", "gain", 0.7),
            ("flat", "lift-gamma-gain", "gamma", 1.0),
            // 0.213 + 0.787 · 0.7
            ("flat", "channel-mixer", "redRed", 0.7639),
            // 1.2 · 1.03, and 0.5 − 0.5 · 1.236 + 0.05 + 0.01
            ("landscape", "lift-gamma-gain", "gain", 1.236),
            ("landscape", "lift-gamma-gain", "offset", -0.058),
            // 0.213 + 0.787 · 1.3 · 1.1
            ("landscape", "channel-mixer", "redRed", 1.338_41),
            ("landscape", "channel-mixer", "redConstant", -0.005),
            ("landscape", "channel-mixer", "greenConstant", 0.002),
            ("landscape", "sharpen", "amount", 1.5),
            // 0.1 · (−0.2 − 0.1), and 1.4 · 1.01 / 0.99
            ("dramatic-contrast", "lift-gamma-gain", "lift", -0.03),
            ("dramatic-contrast", "lift-gamma-gain", "gain", 1.428_282_828),
            ("vintage-film", "vignette", "amount", 0.3),
            // 4 · 10 / (1.732051 · 255)
            ("vintage-film", "grain", "amount", 0.090_565_1),
            ("vintage-film", "lift-gamma-gain", "gain", 0.882),
            ("cinestyle", "lift-gamma-gain", "lift", 0.005),
            ("neutral", "lift-gamma-gain", "gain", 1.0),
        ] {
            let got = value(&chain(id), effect, param);
            assert!((got - want).abs() < 1e-6, "{id}: {effect}.{param} is {got}, expected {want}");
        }
        assert!(!chain("portrait").iter().any(|l| l.effect == "sharpen"));
    }
}
