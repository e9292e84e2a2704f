//! Transitions of Timeline Studio.

/// What each is called here, by its id there.
pub static TRANSITIONS: &[(&str, &str)] = &[
    ("zoom", "zoom-in"),
    ("fade", "crossfade"),
    ("slide", "slide-left"),
    ("scale", "zoom-out"),
    ("rotate", "rotate-right"),
    ("flip", "flip-horizontal"),
    ("push", "push-left"),
    ("squeeze", "squeeze"),
    ("diagonal", "diagonal-wipe"),
    ("spiral", "spiral-wipe"),
    ("wipe-h", "wipe-right"),
    ("wipe-v", "wipe-down"),
    ("wipe-diagonal", "diagonal-wipe"),
    ("radial-wipe", "clock-wipe"),
    ("cube-3d", "cube-3d"),
    ("page-turn", "page-peel"),
    ("ripple", "ripple"),
    ("pixelize", "mosaic-glitch"),
    ("dissolve", "noise-dissolve"),
    ("morph", "liquid-melt"),
    ("glitch", "block-glitch"),
    ("kaleidoscope", "kaleidoscope"),
    ("shatter", "shatter-glass"),
    ("burn", "film-burn"),
    ("blinds", "venetian-blinds-h"),
    ("iris", "circle-iris"),
    ("swirl", "swirl"),
    ("zoom-blur", "zoom-blur"),
    ("wave", "ripple"),
    ("tv-static", "tv-static"),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_alias_names_an_entry() {
        assert_eq!(super::TRANSITIONS.len(), 30);
        for (alias, id) in super::TRANSITIONS {
            assert!(crate::transition(id).is_some(), "{alias} → {id}");
        }
    }
}
