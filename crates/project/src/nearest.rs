//! Which of the known names was meant by a misspelt one.

/// The known name that is most similar to `name`; `None` if none is similar.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// Similarity (Jaro–Winkler, 0 to 1) from which on two names may be the same word.
    const SIMILAR: f64 = 0.82;
    let plain = |name: &str| name.to_lowercase().replace(['-', ' '], "_");
    let wanted = plain(name);
    let like = |k: &'a str| (strsim::jaro_winkler(&wanted, &plain(k)), k);
    let best = known.map(like).filter(|(likeness, _)| *likeness > SIMILAR);
    best.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1))).map(|(_, k)| k)
}

/// The end of a message about an unknown field: the one that is meant, if a known one is similar.
pub(crate) fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(name, known).map_or_else(String::new, |near| format!("; the nearest is `{near}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names() {
        let known = ["position_px", "scale", "rotation_degrees", "anchor", "crop_left", "crop_right"];
        for (name, expected) in [
            ("sclae", Some("scale")),
            ("Scale", Some("scale")),
            ("positionPx", Some("position_px")),
            ("rotation-degrees", Some("rotation_degrees")),
            ("rotation", Some("rotation_degrees")),
            ("cropleft", Some("crop_left")),
            ("colour", None),
            ("x", None),
        ] {
            assert_eq!(nearest(name, known.into_iter()), expected, "{name}");
        }
    }
}
