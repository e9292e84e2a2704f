//! SVG files: stills whose size is known from their first element, and which FFmpeg does not read. The
//! crate `drawing` parses and draws them; FFmpeg's own reader, librsvg, takes fonts of the machine and
//! has no limits.
use crate::{
    error::MediaError,
    info::{MediaInfo, ScanOrder, VideoInfo},
    tags::GuessedTags,
    video_index::{FrameEntry, VideoIndex},
};
use cutroom_types::{ColorTags, HdrMetadata, Orientation, PictureFormat, Size, Span, Time, TimeDelta};
use std::{io::Read, path::Path};

/// Name of the container and of the codec.
pub(crate) const NAME: &str = "svg";
/// Bytes in which the first element must begin and end.
const HEAD: u64 = 1 << 20;
/// Size of a file that states none (CSS 2.1 §10.3.2), as most programs have it.
const DEFAULT_SIZE: [f64; 2] = [100.0, 100.0];
/// Largest side in pixels.
const MAX_SIDE_PX: f64 = 16_384.0;
/// Pixels of the units of CSS (CSS Values 4 §6.2); an em is that of the default font size of 12.
const UNITS: [(&str, f64); 8] = [
    ("px", 1.0),
    ("in", 96.0),
    ("cm", 96.0 / 2.54),
    ("mm", 96.0 / 25.4),
    ("pt", 96.0 / 72.0),
    ("pc", 16.0),
    ("em", 12.0),
    ("ex", 6.0),
];

/// Whether a file is an SVG by its name.
pub(crate) fn is_svg(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("svg"))
}

/// The description of an SVG file, and the index of its picture.
pub(crate) fn describe(path: &Path) -> Result<(MediaInfo, VideoIndex), MediaError> {
    let unreadable = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => MediaError::NotFound { path: path.into() },
        _ => MediaError::Unreadable { path: path.into(), reason: e.to_string() },
    };
    let mut head = Vec::new();
    std::fs::File::open(path).map_err(unreadable)?.take(HEAD).read_to_end(&mut head).map_err(unreadable)?;
    let text = String::from_utf8_lossy(&head);
    let Some(root) = root(&text) else {
        return Err(MediaError::NotMedia { path: path.into(), reason: "it has no element <svg>".into() });
    };
    let size = size(root);
    if size.iter().any(|s| !(*s > 0.0 && *s <= MAX_SIDE_PX)) {
        let what = format!("an SVG of {}×{} pixels; sides go up to {MAX_SIDE_PX}; it", size[0], size[1]);
        return Err(MediaError::Unsupported { path: path.into(), what });
    }
    let [width, height] = size.map(|s| (s - 1e-3).ceil().max(1.0) as u32);
    let (start, end) = (Time::ZERO, Time::ZERO + TimeDelta(1));
    let video = VideoIndex {
        stream: 0,
        packets: Vec::new(),
        frames: vec![FrameEntry { start, packet: 0 }],
        end,
        is_constant_rate: true,
        first_key: 0,
        begins_late: false,
        seek_by_pts: false,
        is_joined: false,
        is_still: true,
        sets: Vec::new(),
        has_layers: false,
        tick: TimeDelta(1),
    };
    let info = VideoInfo {
        stream_index: 0,
        codec: NAME.into(),
        has_decoder: true,
        profile: None,
        size: Size { width, height },
        pixel_format: "rgba".into(),
        format: Some(PictureFormat::RGB8.with_alpha()),
        color: ColorTags::SRGB,
        guessed: GuessedTags::default(),
        hdr: HdrMetadata::default(),
        sample_aspect: (1, 1),
        orientation: Orientation::UPRIGHT,
        scan_order: ScanOrder::Progressive,
        average_rate: None,
        nominal_rate: None,
        is_constant_rate: true,
        frame_duration: None,
        frames: 1,
        span: Span::new(start, end),
        bits: 8,
        alpha: true,
        defect: None,
    };
    let info = MediaInfo {
        path: path.into(),
        container: NAME.into(),
        duration: TimeDelta::ZERO,
        start_in_file: Time::ZERO,
        is_still: true,
        video: vec![info],
        audio: Vec::new(),
        attached_pictures: Vec::new(),
        texts: Vec::new(),
        other: Vec::new(),
        warnings: Vec::new(),
    };
    Ok((info, video))
}

/// The attributes of the element `svg`.
fn root(text: &str) -> Option<&str> {
    let tag = text.match_indices("<svg").find(|(at, _)| text[at + 4..].starts_with(|c: char| c.is_whitespace() || c == '>'))?.0;
    let rest = &text[tag + 4..];
    let mut quote = None;
    let end = rest.char_indices().find(|(_, c)| match (quote, c) {
        (None, '"' | '\'') => {
            quote = Some(*c);
            false
        }
        (Some(q), c) if q == *c => {
            quote = None;
            false
        }
        (None, '>') => true,
        _ => false,
    })?;
    Some(&rest[..end.0])
}

/// Value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let at = tag.match_indices(name).find(|(at, _)| {
        let before = tag[..*at].chars().next_back();
        before.is_some_and(char::is_whitespace) && tag[at + name.len()..].trim_start().starts_with('=')
    })?;
    let value = tag[at.0 + name.len()..].trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next()
}

/// Width and height in pixels: those of the attributes, or of the view box.
fn size(root: &str) -> [f64; 2] {
    let view: Vec<f64> = attribute(root, "viewBox").map_or_else(Vec::new, |v| {
        v.split(|c: char| c == ',' || c.is_whitespace()).filter(|n| !n.is_empty()).filter_map(|n| n.parse().ok()).collect()
    });
    let view = (view.len() == 4).then(|| [view[2], view[3]]);
    let stated = ["width", "height"].map(|name| attribute(root, name).and_then(length));
    match (stated, view) {
        ([Some(w), Some(h)], _) => [w, h],
        // The other side keeps the view box's aspect ratio.
        ([Some(w), None], Some([vw, vh])) => [w, w * vh / vw],
        ([None, Some(h)], Some([vw, vh])) => [h * vw / vh, h],
        ([None, None], Some(view)) => view,
        ([w, h], None) => [w.unwrap_or(DEFAULT_SIZE[0]), h.unwrap_or(DEFAULT_SIZE[1])],
    }
}

/// A length in pixels; `None` for percentages, and for what is no length.
fn length(text: &str) -> Option<f64> {
    let text = text.trim();
    let (number, factor) = UNITS.iter().find_map(|(unit, px)| Some((text.strip_suffix(unit)?, *px))).unwrap_or((text, 1.0));
    number.trim().parse::<f64>().ok().map(|v| v * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the definitions of CSS: an inch has 96 pixels and 72 points.
    #[test]
    fn sizes_are_those_of_the_first_element() {
        for (text, want) in [
            (r#"<svg width="160" height="90px">"#, [160.0, 90.0]),
            (r#"<?xml version="1.0"?><!-- <svgx> --><svg xmlns='x' width='2in' height = '36pt'/>"#, [192.0, 48.0]),
            (r#"<svg viewBox="0 0 400,300">"#, [400.0, 300.0]),
            (r#"<svg stroke-width="3" viewBox="0 0 40 30" width="80">"#, [80.0, 60.0]),
            (r#"<svg width="100%" height="100%" viewBox="0 0 4 3">"#, [4.0, 3.0]),
            ("<svg>", [100.0, 100.0]),
        ] {
            assert_eq!(root(text).map(size), Some(want), "{text}");
        }
        assert_eq!(root("<svg width='1'"), None);
    }
}
