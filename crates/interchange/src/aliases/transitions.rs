//! Transitions of other editors as transitions of the catalogue: those of Timeline Studio, with ids
//! and directions of its `src/features/transitions/data/transitions.json` 1.0.0 (read at commit
//! 372101c8 of <https://github.com/thucvu97/timeline-studio>), and those that MasterSelects plans
//! under other names than the catalogue's.

/// A transition of another editor.
#[derive(Clone, Copy)]
pub struct Transition {
    /// Its id in the other editor.
    pub id: &'static str,
    /// Its default direction in the other editor.
    pub direction: &'static str,
    /// Pairs of direction and id in the catalogue. A direction that is not listed counts as the
    /// default one; if that is not listed either, the first pair counts.
    by_direction: &'static [(&'static str, &'static str)],
}

impl Transition {
    /// The catalogue's id for a direction as written in the other editor (`left`, `right`, `up`,
    /// `down`, `center`, `horizontal`, `vertical`, `in`, `out`); a direction without meaning for
    /// this transition counts as none.
    pub fn transition(&self, direction: Option<&str>) -> &'static str {
        let by = |word: &str| self.by_direction.iter().find(|(d, _)| *d == word).map(|(_, id)| *id);
        direction.and_then(by).or_else(|| by(self.direction)).unwrap_or(self.by_direction[0].1)
    }

    /// Pairs of direction and id in the catalogue; the direction is `""` if the transition has
    /// none.
    pub fn directions(&self) -> &'static [(&'static str, &'static str)] {
        self.by_direction
    }

    /// All ids of the catalogue that it can become.
    pub fn all(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.by_direction.iter().map(|(_, id)| *id)
    }
}

const fn one(id: &'static str, here: &'static [(&'static str, &'static str); 1]) -> Transition {
    Transition { id, direction: "", by_direction: here }
}

const fn by(id: &'static str, direction: &'static str, by_direction: &'static [(&'static str, &'static str)]) -> Transition {
    Transition { id, direction, by_direction }
}

const SLIDES: &[(&str, &str)] = &[("left", "slide-left"), ("right", "slide-right"), ("up", "slide-up"), ("down", "slide-down")];
const PUSHES: &[(&str, &str)] = &[("left", "push-left"), ("right", "push-right"), ("up", "push-up"), ("down", "push-down")];
const WIPES: &[(&str, &str)] = &[("left", "wipe-left"), ("right", "wipe-right"), ("up", "wipe-up"), ("down", "wipe-down")];
const FLIPS: &[(&str, &str)] = &[
    ("left", "flip-horizontal"),
    ("right", "flip-horizontal"),
    ("horizontal", "flip-horizontal"),
    ("up", "flip-vertical"),
    ("down", "flip-vertical"),
    ("vertical", "flip-vertical"),
];
const BLINDS: &[(&str, &str)] = &[
    ("horizontal", "venetian-blinds-h"),
    ("up", "venetian-blinds-h"),
    ("down", "venetian-blinds-h"),
    ("vertical", "venetian-blinds-v"),
    ("left", "venetian-blinds-v"),
    ("right", "venetian-blinds-v"),
];

/// The 30 transitions of Timeline Studio, in the order of its list.
pub static TRANSITIONS: &[Transition] = &[
    by("zoom", "center", &[("center", "zoom-in"), ("in", "zoom-in"), ("out", "zoom-out")]),
    one("fade", &[("", "crossfade")]),
    by("slide", "left", SLIDES),
    by("scale", "center", &[("center", "zoom-out"), ("out", "zoom-out"), ("in", "zoom-in")]),
    by("rotate", "center", &[("center", "rotate-right"), ("right", "rotate-right"), ("left", "rotate-left")]),
    by("flip", "left", FLIPS),
    by("push", "right", PUSHES),
    one("squeeze", &[("", "squeeze")]),
    one("diagonal", &[("", "diagonal-wipe")]),
    one("spiral", &[("", "spiral-wipe")]),
    by("wipe-horizontal", "right", WIPES),
    by("wipe-vertical", "down", WIPES),
    one("wipe-diagonal", &[("", "diagonal-wipe")]),
    one("radial-wipe", &[("", "clock-wipe")]),
    by("cube-3d", "horizontal", &[("horizontal", "cube-3d"), ("vertical", "roll-3d"), ("up", "roll-3d"), ("down", "roll-3d")]),
    one("page-turn", &[("", "page-peel")]),
    one("ripple", &[("", "ripple")]),
    one("pixelize", &[("", "mosaic-glitch")]),
    one("dissolve", &[("", "noise-dissolve")]),
    one("morph", &[("", "optical-flow")]),
    one("glitch", &[("", "block-glitch")]),
    one("kaleidoscope", &[("", "kaleidoscope")]),
    one("shatter", &[("", "shatter-glass")]),
    one("burn", &[("", "film-burn")]),
    by("blinds", "horizontal", BLINDS),
    one("iris", &[("", "circle-iris")]),
    one("swirl", &[("", "swirl")]),
    one("zoom-blur", &[("", "zoom-blur")]),
    one("wave", &[("", "ripple")]),
    one("tv-static", &[("", "tv-static")]),
];

/// Transitions of MasterSelects that have other names in the catalogue.
pub static PLANNED: &[Transition] = &[one("smooth-cut", &[("", "optical-flow")]), one("flow", &[("", "optical-flow")])];

#[cfg(test)]
mod tests {
    use super::*;

    /// The ids of transitions.json 1.0.0, in its order.
    const IDS: &str = "zoom fade slide scale rotate flip push squeeze diagonal spiral wipe-horizontal wipe-vertical wipe-diagonal radial-wipe cube-3d \
        page-turn ripple pixelize dissolve morph glitch kaleidoscope shatter burn blinds iris swirl zoom-blur wave tv-static";

    #[test]
    fn every_alias_names_an_entry() {
        assert_eq!(TRANSITIONS.iter().map(|t| t.id).collect::<Vec<_>>(), IDS.split_whitespace().collect::<Vec<_>>());
        for t in TRANSITIONS.iter().chain(PLANNED) {
            assert!(
                t.all().all(|id| cutroom_effects::TRANSITIONS.iter().any(|t| t.id == id)),
                "{}: {:?}",
                t.id,
                t.all().collect::<Vec<_>>()
            );
        }
    }

    /// The direction is that of the movement, in the other editor as in the catalogue.
    #[test]
    fn directions_are_kept() {
        for (id, direction, want) in [
            ("slide", Some("right"), "slide-right"),
            ("slide", Some("left"), "slide-left"),
            ("slide", Some("up"), "slide-up"),
            ("slide", Some("down"), "slide-down"),
            ("slide", None, "slide-left"),
            ("push", None, "push-right"),
            ("push", Some("down"), "push-down"),
            ("wipe-horizontal", Some("left"), "wipe-left"),
            ("wipe-horizontal", None, "wipe-right"),
            ("wipe-vertical", Some("up"), "wipe-up"),
            ("wipe-vertical", None, "wipe-down"),
            ("flip", Some("up"), "flip-vertical"),
            ("zoom", Some("out"), "zoom-out"),
            ("zoom", Some("center"), "zoom-in"),
            ("rotate", Some("left"), "rotate-left"),
            ("blinds", Some("vertical"), "venetian-blinds-v"),
            ("fade", Some("left"), "crossfade"),
            ("slide", Some("sideways"), "slide-left"),
        ] {
            assert_eq!(crate::aliases::transition(id, direction), Some(want), "{id} {direction:?}");
        }
        assert_eq!(crate::aliases::transition("smooth-cut", None), Some("optical-flow"));
        assert_eq!(crate::aliases::transition("no-such", None), None);
    }
}
