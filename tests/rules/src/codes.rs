//! Error codes: compares those in the source text with those in docs/errors.md.
use crate::sources::Source;
use std::collections::BTreeSet;

/// The page that lists all codes.
pub const PAGE: &str = "docs/errors.md";

/// The list that the page is generated from; it is not searched for codes.
pub const LIST: &str = "crates/api/src/codes.rs";

/// Literals that look like codes but are not: locations in the project file, fields of requests.
pub const NOT_CODES: &[&str] = &[
    "audio.effects",
    "audio.gain_db",
    "audio.sends",
    "audio.pan",
    "audio.fade_in",
    "audio.fade_out",
    "audio.bitrate_bps",
    "audio.bits",
    "audio.channels",
    "audio.center_mix_db",
    "audio.lfe_mix_db",
    "audio.codec",
    "audio.lead",
    "audio.tail",
    "journal.sqlite",
    "farm.json",
    "audio.dither",
    "audio.loudness_lufs",
    "audio.true_peak_dbtp",
    "audio.off",
];

/// Codes on the page: the first cell of each table row.
pub fn documented(sources: &[Source]) -> BTreeSet<&str> {
    let page = sources.iter().filter(|s| s.path == PAGE);
    page.flat_map(|s| s.text.lines()).filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(code, _)| code).collect()
}

/// Codes in the program's source without its test modules: whole string literals whose first word
/// is the area of a documented code.
pub fn stated(sources: &[Source]) -> BTreeSet<&str> {
    let areas: BTreeSet<&str> = documented(sources).into_iter().filter_map(|code| code.split('.').next()).collect();
    let is_code = |text: &&str| {
        let plain =
            |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let mut words = text.split('.');
        words.next().is_some_and(|area| areas.contains(area)) && text.contains('.') && words.all(plain) && !NOT_CODES.contains(text)
    };
    let of_program = |s: &&Source| {
        let inside = s.path.starts_with("crates/") || s.path.starts_with("apps/");
        let is_test = s.path.ends_with("/tests.rs");
        inside && s.path.contains("/src/") && s.path.ends_with(".rs") && !is_test && s.path != LIST
    };
    let end = |s: &Source| s.text.find("#[cfg(test)]\nmod tests").unwrap_or(s.text.len());
    sources.iter().filter(of_program).flat_map(|s| s.text[..end(s)].split('"')).filter(is_code).collect()
}

/// One line for each code that is only in the source or only on the page.
pub fn differences(sources: &[Source]) -> Vec<String> {
    let (documented, stated) = (documented(sources), stated(sources));
    let missing = stated.difference(&documented).map(|code| {
        format!("{code} is not in {PAGE}: give it a row in {LIST} (or in tests/rules/src/codes.rs, if it is no error code)")
    });
    let left =
        documented.difference(&stated).map(|code| format!("{code} is in {PAGE} and no error has it: remove its row in {LIST}"));
    missing.chain(left).collect()
}
