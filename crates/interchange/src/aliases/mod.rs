//! Aliases: tables that translate effects, filters and transitions of other editors into entries of
//! the catalogue, for importers.
//!
//! A transition becomes one of the catalogue's, depending on its direction. An effect or a filter
//! becomes a chain of effects of the catalogue: its recipe turns the original's settings into
//! links, and [`Entry::chain`] clamps their numbers to the catalogue's ranges and reports which it
//! changed.
//!
//! Timeline Studio defines each effect twice: as a CSS filter for its preview and as an FFmpeg
//! filter for its export, and the two often differ (a brightness of 1.2 is a factor in one and an
//! offset in the other). An entry follows the preview if that is arithmetic on colours, since it is
//! what users saw. If CSS cannot draw what the name says (a vignette, a mosaic, grain), the preview
//! is a substitute, and the entry follows the export, or the name if the export does something
//! else.
mod css;
mod effects;
mod filters;
mod transitions;

use cutroom_effects::{EFFECTS as OURS, EffectSpec, ParamKind};

pub use effects::EFFECTS;
pub use filters::FILTERS;
pub use transitions::{PLANNED, TRANSITIONS, Transition};

/// The effect of Timeline Studio with this id; the prefix `effect_` of its newer files is ignored.
pub fn effect(id: &str) -> Option<&'static Entry> {
    find(EFFECTS, id.strip_prefix("effect_").unwrap_or(id))
}

/// The filter of Timeline Studio with this id.
pub fn filter(id: &str) -> Option<&'static Entry> {
    find(FILTERS, id)
}

/// The id of the catalogue's transition for one of Timeline Studio or MasterSelects that has
/// another name, and for its direction there (see [`Transition::transition`]).
pub fn transition(id: &str, direction: Option<&str>) -> Option<&'static str> {
    TRANSITIONS.iter().chain(PLANNED).find(|t| t.id == id).map(|t| t.transition(direction))
}

fn find(list: &'static [Entry], id: &str) -> Option<&'static Entry> {
    list.iter().find(|e| e.id == id)
}

/// An effect or a filter of another editor.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its id in the other editor.
    pub id: &'static str,
    /// Its settings in the other editor and their defaults, on the original scale.
    pub settings: &'static [(&'static str, f64)],
    /// What it is translated into.
    pub alias: Alias,
}

/// The translation of an entry.
#[derive(Clone, Copy)]
pub enum Alias {
    /// The same arithmetic as the original's preview, in every blending space, including the clamp
    /// to 0..=1 between the functions.
    Same {
        /// Turns settings into links.
        recipe: Recipe,
        /// Why it is translated into these effects.
        reason: &'static str,
    },
    /// The same purpose with different arithmetic.
    Like {
        /// Turns settings into links.
        recipe: Recipe,
        /// Why it is translated into these effects, and what differs.
        reason: &'static str,
    },
}

/// A function that turns settings into links, in the order of drawing.
pub type Recipe = fn(&Settings<'_>) -> Vec<Link>;

/// One effect of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The effect's id in the catalogue.
    pub effect: &'static str,
    /// Numeric parameters by id; all other parameters have their defaults.
    pub params: Vec<(&'static str, f64)>,
    /// Choice parameters by id, each with one of its names.
    pub choices: Vec<(&'static str, &'static str)>,
}

/// The translation of an entry with given settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chain {
    /// Effects in the order of drawing.
    pub links: Vec<Link>,
    /// Numbers that were outside the catalogue's range and were clamped.
    pub limited: Vec<Limited>,
}

/// A number that was clamped to its parameter's range.
#[derive(Clone, Debug, PartialEq)]
pub struct Limited {
    /// The effect's id.
    pub effect: &'static str,
    /// The parameter's id.
    pub param: &'static str,
    /// The value before clamping.
    pub wanted: f64,
}

/// The settings of one use: those given, otherwise the entry's defaults.
pub struct Settings<'a> {
    defaults: &'static [(&'static str, f64)],
    given: &'a dyn Fn(&str) -> Option<f64>,
}

impl Settings<'_> {
    /// A setting; `None` if it is not given and has no default.
    fn get(&self, name: &str) -> Option<f64> {
        let default = || self.defaults.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
        (self.given)(name).filter(|v| v.is_finite()).or_else(default)
    }

    /// A setting; 0 if it is not given and has no default.
    fn of(&self, name: &str) -> f64 {
        self.get(name).unwrap_or(0.0)
    }
}

impl Entry {
    /// The effects into which this entry is translated with the given settings (numbers that are
    /// not finite count as not given).
    pub fn chain(&self, given: &dyn Fn(&str) -> Option<f64>) -> Chain {
        let (Alias::Same { recipe, .. } | Alias::Like { recipe, .. }) = self.alias;
        let mut chain = Chain { links: recipe(&Settings { defaults: self.settings, given }), limited: Vec::new() };
        for Link { effect, params, .. } in &mut chain.links {
            for (param, value) in params {
                let kind = built_in(effect).and_then(|e| e.param(param)).map(|p| p.kind);
                let Some(ParamKind::Number { min, max, .. }) = kind else { continue };
                let wanted = *value;
                *value = wanted.clamp(min, max);
                if *value != wanted {
                    chain.limited.push(Limited { effect, param, wanted });
                }
            }
        }
        chain
    }

    /// Why it is translated into these effects.
    pub fn reason(&self) -> &'static str {
        match self.alias {
            Alias::Same { reason, .. } | Alias::Like { reason, .. } => reason,
        }
    }
}

const fn same(id: &'static str, settings: &'static [(&'static str, f64)], reason: &'static str, recipe: Recipe) -> Entry {
    Entry { id, settings, alias: Alias::Same { recipe, reason } }
}

const fn like(id: &'static str, settings: &'static [(&'static str, f64)], reason: &'static str, recipe: Recipe) -> Entry {
    Entry { id, settings, alias: Alias::Like { recipe, reason } }
}

/// Converts a camera's curve and gamut to the composition's.
fn converted(curve: &'static str) -> Vec<Link> {
    vec![Link { effect: "log-convert", params: Vec::new(), choices: vec![("curve", curve)] }]
}

/// A chain of one effect.
fn link(effect: &'static str, params: &[(&'static str, f64)]) -> Vec<Link> {
    vec![Link { effect, params: params.to_vec(), choices: Vec::new() }]
}

/// The catalogue's effect with this id.
fn built_in(id: &str) -> Option<&'static EffectSpec> {
    OURS.iter().find(|e| e.id == id).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_effects::{Domain, EffectFrame, EffectKind, Params};
    use cutroom_kernel::{At, Rgba, rgb};
    use cutroom_types::ParamValue;
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    /// The ids of effects.json 2.1.0 and filters.json 1.0.0, in their order.
    const EFFECT_IDS: &str = "brightness contrast saturation sepia grayscale vintage neon vignette sunset lomo twilight sharpen \
        chromatic-aberration lens-flare glow film-grain invert hue-rotate blur duotone noir cyberpunk dreamy infrared matrix arctic noise-reduction \
        stabilization temperature tint exposure motion-blur glitch pixelate edge-enhance emboss solarize zoom-blur hologram";
    const FILTER_IDS: &str = "s-log d-log v-log hlg rec709 rec2020 cinestyle flat neutral portrait landscape vintage-film warm-sunset cold-blue \
        dramatic-contrast";

    fn none(_: &str) -> Option<f64> {
        None
    }

    #[test]
    fn the_lists_hold_exactly_these() {
        let ids = |list: &[Entry]| list.iter().map(|e| e.id).collect::<Vec<_>>();
        assert_eq!(ids(EFFECTS), EFFECT_IDS.split_whitespace().collect::<Vec<_>>());
        assert_eq!(ids(FILTERS), FILTER_IDS.split_whitespace().collect::<Vec<_>>());
        assert_eq!((EFFECTS.len(), FILTERS.len()), (39, 15));
        assert_eq!(effect("effect_film-grain").map(|e| e.id), Some("film-grain"));
        assert!(effect("sparkle").is_none() && filter("brightness").is_none());
        assert!(EFFECTS.iter().chain(FILTERS).all(|e| !e.reason().is_empty()));
    }

    #[test]
    fn names_of_curves_are_those_curves() {
        for (id, curve) in [("s-log", "s-log3"), ("d-log", "d-log"), ("v-log", "v-log"), ("hlg", "hlg"), ("rec2020", "rec2020")] {
            let chain = filter(id).map(|e| e.chain(&none)).unwrap_or_default();
            assert_eq!(chain.links, [Link { effect: "log-convert", params: vec![], choices: vec![("curve", curve)] }], "{id}");
        }
    }

    /// At the defaults no number is clamped. With extreme settings all numbers are in range, and
    /// the clamped ones are reported.
    #[test]
    fn every_link_names_an_effect_and_parameters_in_range() {
        for e in EFFECTS.iter().chain(FILTERS) {
            for wild in [None, Some(0.0), Some(1e9), Some(-1e9), Some(f64::NAN)] {
                let chain = e.chain(&|_| wild);
                let default = wild.is_none_or(f64::is_nan);
                let most = if default { 4 } else { 5 };
                assert!((1..=most).contains(&chain.links.len()), "{}: {} links", e.id, chain.links.len());
                assert!(!default || chain.limited.is_empty(), "{}: {:?}", e.id, chain.limited);
                for link in &chain.links {
                    let spec = built_in(link.effect).unwrap_or_else(|| panic!("{}: no effect {}", e.id, link.effect));
                    for (param, v) in &link.params {
                        let p = spec.param(param).unwrap_or_else(|| panic!("{}: {} has no {param}", e.id, link.effect));
                        let problem = p.kind.problem(&ParamValue::Number(*v));
                        assert_eq!(problem, None, "{} with {wild:?}: {}.{param}", e.id, link.effect);
                    }
                    for (param, name) in &link.choices {
                        let p = spec.param(param).unwrap_or_else(|| panic!("{}: {} has no {param}", e.id, link.effect));
                        let problem = p.kind.problem(&ParamValue::Text((*name).into()));
                        assert_eq!(problem, None, "{}: {}.{param}", e.id, link.effect);
                    }
                }
            }
        }
        let warm = effect("temperature").map(|e| e.chain(&|_| Some(300.0))).unwrap_or_default();
        assert_eq!(warm.links[0].params, [("temperature", 1.0)]);
        assert_eq!(warm.limited, [Limited { effect: "temperature", param: "temperature", wanted: 3.0 }]);
    }

    /// A recipe reads only the settings that its entry lists. The list at the end contains those
    /// that no recipe reads.
    #[test]
    fn recipes_read_their_settings() {
        let mut unread = Vec::new();
        for e in EFFECTS {
            let asked = RefCell::new(BTreeSet::new());
            e.chain(&|name| {
                asked.borrow_mut().insert(name.to_owned());
                None
            });
            let listed: BTreeSet<String> = e.settings.iter().map(|(n, _)| (*n).to_owned()).collect();
            assert!(asked.borrow().is_subset(&listed), "{} reads {:?}", e.id, asked.borrow());
            unread.extend(listed.difference(&asked.borrow()).map(|n| (e.id, n.clone())));
        }
        assert_eq!(unread, [("neon", "intensity".to_owned()), ("film-grain", "amount".to_owned())]);
    }

    /// By hand, from the formulas of the originals and the scales of the catalogue.
    #[test]
    fn conversions_by_hand() {
        for (id, given, effect_id, param, want) in [
            ("brightness", 1.2, "lift-gamma-gain", "gain", 1.2),
            ("contrast", 1.8, "contrast", "amount", 1.8),
            // 0.072 + 0.928 · 1.5
            ("saturation", 1.5, "channel-mixer", "blueBlue", 1.464),
            // √2.5 = 1.581139, twice: 0.072 + 0.928 · 1.581139
            ("saturation", 2.5, "channel-mixer", "blueBlue", 1.539_297),
            ("saturation", 0.7, "tint", "amount", 0.3),
            ("sepia", 0.8, "sepia", "amount", 0.8),
            ("invert", 0.8, "levels", "outputWhite", 0.2),
            ("hue-rotate", 90.0, "channel-mixer", "blueGreen", 1.43),
            ("blur", 5.0, "gaussian-blur", "radius", 10.0),
            ("sharpen", 1.5, "sharpen", "amount", 1.5),
            ("glow", 0.5, "glow", "radius", 2.0),
            ("film-grain", 0.02, "grain", "amount", 0.08),
            // 6 / 255
            ("noise-reduction", 3.0, "denoise", "strength", 0.023_529_4),
            ("temperature", -50.0, "temperature", "temperature", -0.5),
            ("tint", 25.0, "temperature", "tint", 0.25),
            // 1.2 · c, then 1.1 · c − 0.05: 1.32 · c − 0.05, 1 at 1.05 / 1.32
            ("exposure", 1.0, "levels", "inputWhite", 0.795_454_5),
            // 0.8 · c, then 1.1 · c − 0.05: 0.88 · c − 0.05, 0.83 at 1
            ("exposure", -1.0, "levels", "outputWhite", 0.83),
            ("glitch", 50.0, "rgb-split", "amount", 0.02),
            // 5 / √3 / 255 · √12
            ("glitch", 50.0, "noise", "amount", 0.039_215_7),
            ("chromatic-aberration", 0.5, "rgb-split", "amount", 0.01),
            ("pixelate", 4.0, "pixelate", "size", 4.0),
            ("edge-enhance", 0.5, "unsharp", "amount", 0.5),
            ("emboss", 0.8, "emboss", "strength", 0.8),
            ("solarize", 0.5, "solarize", "threshold", 0.5),
            ("zoom-blur", 2.0, "zoom-blur", "amount", 0.3),
        ] {
            let links = effect(id).map(|e| e.chain(&|_| Some(given))).unwrap_or_default().links;
            let link = links.iter().find(|l| l.effect == effect_id).unwrap_or_else(|| panic!("{id}: no {effect_id}"));
            let got = link.params.iter().find(|(n, _)| *n == param).map(|(_, v)| *v).unwrap_or(f64::NAN);
            assert!((got - want).abs() < 1e-6, "{id} {given}: {effect_id}.{param} is {got}, expected {want}");
        }
    }

    /// A CSS filter function.
    #[derive(Clone, Copy)]
    enum Css {
        Brightness(f64),
        Contrast(f64),
        Saturate(f64),
        HueRotate(f64),
        Grayscale(f64),
        Sepia(f64),
        Invert(f64),
    }

    impl Css {
        /// The functions as printed in Filter Effects Module Level 1 (under #ShorthandEquivalents
        /// and #feColorMatrixElement), followed by the clamp.
        fn apply(self, [r, g, b]: [f64; 3]) -> [f64; 3] {
            let rows = |m: [[f64; 3]; 3]| m.map(|[x, y, z]| x * r + y * g + z * b);
            let out = match self {
                Self::Brightness(k) => [k * r, k * g, k * b],
                Self::Contrast(k) => [r, g, b].map(|c| k * c - (0.5 * k) + 0.5),
                Self::Invert(k) => [r, g, b].map(|c| k + c * (1.0 - 2.0 * k)),
                Self::Saturate(s) => rows([
                    [0.213 + 0.787 * s, 0.715 - 0.715 * s, 0.072 - 0.072 * s],
                    [0.213 - 0.213 * s, 0.715 + 0.285 * s, 0.072 - 0.072 * s],
                    [0.213 - 0.213 * s, 0.715 - 0.715 * s, 0.072 + 0.928 * s],
                ]),
                Self::HueRotate(degrees) => {
                    let (s, c) = degrees.to_radians().sin_cos();
                    rows([
                        [0.213 + c * 0.787 - s * 0.213, 0.715 - c * 0.715 - s * 0.715, 0.072 - c * 0.072 + s * 0.928],
                        [0.213 - c * 0.213 + s * 0.143, 0.715 + c * 0.285 + s * 0.140, 0.072 - c * 0.072 - s * 0.283],
                        [0.213 - c * 0.213 - s * 0.787, 0.715 - c * 0.715 + s * 0.715, 0.072 + c * 0.928 + s * 0.072],
                    ])
                }
                Self::Grayscale(k) => {
                    let k = 1.0 - k;
                    rows([
                        [0.2126 + 0.7874 * k, 0.7152 - 0.7152 * k, 0.0722 - 0.0722 * k],
                        [0.2126 - 0.2126 * k, 0.7152 + 0.2848 * k, 0.0722 - 0.0722 * k],
                        [0.2126 - 0.2126 * k, 0.7152 - 0.7152 * k, 0.0722 + 0.9278 * k],
                    ])
                }
                Self::Sepia(k) => {
                    let k = 1.0 - k;
                    rows([
                        [0.393 + 0.607 * k, 0.769 - 0.769 * k, 0.189 - 0.189 * k],
                        [0.349 - 0.349 * k, 0.686 + 0.314 * k, 0.168 - 0.168 * k],
                        [0.272 - 0.272 * k, 0.534 - 0.534 * k, 0.131 + 0.869 * k],
                    ])
                }
            };
            out.map(|c| c.clamp(0.0, 1.0))
        }
    }

    /// Applies the chain's kernels to one display-encoded colour, and clamps the result.
    fn drawn(links: &[Link], c: [f64; 3]) -> [f64; 3] {
        let primaries = cutroom_types::Primaries::Bt709;
        let raster = EffectFrame { width_px: 16.0, height_px: 16.0, linear: false, primaries, time_secs: 0.0, margin_px: [0.0; 2] };
        let mut px = Rgba { c: rgb(c[0] as f32, c[1] as f32, c[2] as f32), a: 1.0 };
        for link in links {
            let spec = built_in(link.effect).unwrap_or_else(|| panic!("no effect {}", link.effect));
            assert_eq!(spec.domain, Domain::Display, "{} depends on the blending space", link.effect);
            let values: Vec<ParamValue> = spec
                .params
                .iter()
                .map(|p| {
                    let given = link.params.iter().find(|(n, _)| *n == p.id).map(|(_, v)| ParamValue::Number(*v));
                    given.unwrap_or_else(|| p.kind.default_value())
                })
                .collect();
            let params = Params::new(&values);
            let EffectKind::Point { kernel, prepare } = spec.kind else { panic!("{} is no point effect", link.effect) };
            if !(spec.neutral)(params) {
                px = kernel(params).eval_host(&prepare(params, &raster).values, px, At { x: 0.5, y: 0.5 });
            }
        }
        [px.c.r, px.c.g, px.c.b].map(|v| f64::from(v).clamp(0.0, 1.0))
    }

    /// The maximum and the mean difference from CSS over a grid of colours.
    fn difference(links: &[Link], css: &[Css]) -> (f64, f64) {
        let (mut most, mut sum) = (0.0f64, 0.0);
        for i in 0..9 * 9 * 9 {
            let c = [i % 9, i / 9 % 9, i / 81].map(|k| f64::from(k) / 8.0);
            let want = css.iter().fold(c, |c, f| f.apply(c));
            let got = drawn(links, c);
            for (a, b) in got.iter().zip(want) {
                most = most.max((a - b).abs());
                sum += (a - b).abs() / f64::from(9 * 9 * 9 * 3);
            }
        }
        (most, sum)
    }

    /// Compares every `Same`, at its defaults and at other settings, with CSS including the clamp
    /// after each function. The tolerance of 0.0005 allows for luma weights rounded to three digits
    /// (`saturate` below 1): 0.0004.
    #[test]
    fn the_same_is_the_same_as_css() {
        use Css::*;
        type Case = (&'static str, &'static [f64], fn(f64) -> Vec<Css>);
        let cases: &[Case] = &[
            ("brightness", &[1.2, 0.5, 1.6, 0.0], |k| vec![Brightness(k)]),
            ("contrast", &[1.5, 0.3, 1.8, 0.0], |k| vec![Contrast(k)]),
            ("saturation", &[2.0, 0.7, 1.0, 1.5, 2.5, 4.0, 0.0], |k| vec![Saturate(k)]),
            ("sepia", &[0.8, 0.2, 1.0], |k| vec![Sepia(k)]),
            ("grayscale", &[0.0], |_| vec![Grayscale(1.0)]),
            ("vintage", &[0.0], |_| vec![Sepia(0.5), Contrast(1.2), Brightness(0.9), Saturate(0.8)]),
            ("neon", &[0.0], |_| vec![Brightness(1.2), Contrast(1.4), Saturate(2.0), HueRotate(180.0)]),
            ("lomo", &[0.0], |_| vec![Contrast(1.4), Brightness(0.9), Sepia(0.3), Saturate(1.5)]),
            ("twilight", &[0.0], |_| vec![Brightness(0.9), Contrast(1.1), Saturate(0.8), HueRotate(-20.0)]),
            ("invert", &[0.8, 0.5, 1.0, 0.1], |k| vec![Invert(k)]),
            ("hue-rotate", &[90.0, 180.0, 240.0, 33.0, 0.0], |k| vec![HueRotate(k)]),
            ("duotone", &[0.0], |_| vec![Grayscale(1.0), Brightness(1.2), Contrast(1.5), Sepia(0.5)]),
            ("noir", &[0.0], |_| vec![Grayscale(1.0), Contrast(1.5), Brightness(0.8)]),
            ("cyberpunk", &[0.0], |_| vec![HueRotate(180.0), Saturate(2.0), Contrast(1.3), Brightness(1.2)]),
            ("dreamy", &[0.0], |_| vec![Brightness(1.1), Contrast(0.9), Saturate(0.8), HueRotate(30.0)]),
            ("infrared", &[0.0], |_| vec![HueRotate(-30.0), Saturate(2.0), Contrast(1.5), Brightness(1.2)]),
            ("matrix", &[0.0], |_| vec![Brightness(1.2), Saturate(1.5), HueRotate(100.0)]),
            ("arctic", &[0.0], |_| vec![Brightness(1.2), Saturate(0.8), Contrast(1.1), HueRotate(180.0)]),
            ("exposure", &[0.0, 1.0, -1.0, 3.0], |k| vec![Brightness(1.0 + 0.2 * k), Contrast(1.0 + 0.1 * k.abs())]),
            ("hologram", &[0.5, 0.2, 1.0], |k| {
                vec![HueRotate(180.0), Saturate(1.0 + 2.0 * k), Brightness(1.0 + 0.3 * k), Contrast(1.0 + 0.2 * k)]
            }),
        ];
        let same = EFFECTS.iter().filter(|e| matches!(e.alias, Alias::Same { .. })).map(|e| e.id);
        assert_eq!(cases.iter().map(|c| c.0).collect::<Vec<_>>(), same.collect::<Vec<_>>());
        for (id, settings, css) in cases {
            for k in *settings {
                let chain = effect(id).map(|e| e.chain(&|_| Some(*k))).unwrap_or_default();
                let (most, _) = difference(&chain.links, &css(*k));
                assert!(chain.limited.is_empty() && most < 5e-4, "{id} {k}: {most}, {:?}", chain.limited);
            }
        }
        // Four effects leave no room for the clamp between hue and sepia: the mean difference is
        // small, but some saturated colours differ by this much.
        let sunset = effect("sunset").map(|e| e.chain(&none)).unwrap_or_default();
        let (most, mean) = difference(&sunset.links, &[Brightness(1.1), Contrast(1.2), Saturate(1.5), HueRotate(30.0), Sepia(0.3)]);
        assert!(most < 0.21 && mean < 0.025, "sunset: {most}, {mean}");
    }

    /// Compares greys with the formula of FFmpeg's `eq` (libavfilter/vf_eq.c), for filters that set
    /// no other tone settings.
    #[test]
    fn filters_are_eq_on_grays() {
        for (id, brightness, contrast, gamma) in [("flat", 0.0, 0.7, 1.0), ("neutral", 0.0, 1.0, 1.0), ("rec709", 0.0, 1.0, 1.0)] {
            let links = filter(id).map(|e| e.chain(&none)).unwrap_or_default().links;
            for i in 0..=16 {
                let v = f64::from(i) / 16.0;
                let want = (contrast * (v - 0.5) + 0.5 + brightness).max(0.0).powf(1.0 / gamma).min(1.0);
                for got in drawn(&links, [v; 3]) {
                    assert!((got - want).abs() < 1e-5, "{id} {v}: {got}, expected {want}");
                }
            }
        }
        let given = |name: &str| {
            [("brightness", 0.1), ("contrast", 1.1), ("gamma", 1.4)].into_iter().find(|(n, _)| *n == name).map(|(_, v)| v)
        };
        let links = filter("neutral").map(|e| e.chain(&given)).unwrap_or_default().links;
        for i in 0..=16 {
            let v = f64::from(i) / 16.0;
            let want = (1.1 * (v - 0.5) + 0.6).max(0.0).powf(1.0 / 1.4).min(1.0);
            assert!((drawn(&links, [v; 3])[1] - want).abs() < 1e-5, "{v}");
        }
    }
}
