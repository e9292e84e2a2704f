//! 3GPP timed text (ETSI TS 126 245), the subtitles of MP4 and MOV.
use super::{document::Cue, issues::Issues};

/// Size of letters in pixels of the track, as FFmpeg writes it where nothing is stated.
const SIZE: u8 = 16;
/// Number of the only font.
const FONT: u16 = 1;
/// Name of the only font, as FFmpeg writes it where nothing is stated.
const FONT_NAME: &[u8] = b"Arial";
const WHITE: [u8; 4] = [255; 4];
/// All samples are forced (QuickTime File Format, Subtitle Sample Description).
const ALL_FORCED: u32 = 0xC000_0000;

/// A box: its size, its type and what it holds.
fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = (body.len() as u32 + 8).to_be_bytes().to_vec();
    out.extend_from_slice(kind);
    out.extend_from_slice(body);
    out
}

/// `StyleRecord` (§5.17): first character and the one after the last, font, face, size, colour.
fn record(range: [u16; 2], face: u8, color: [u8; 4]) -> Vec<u8> {
    let mut out = Vec::with_capacity(12);
    for n in [range[0], range[1], FONT] {
        out.extend_from_slice(&n.to_be_bytes());
    }
    out.extend_from_slice(&[face, SIZE]);
    out.extend_from_slice(&color);
    out
}

/// The sample description behind its fields that all share: `TextSampleEntry` (§5.16) from the
/// display flags on.
pub(super) fn header(forced: bool) -> Vec<u8> {
    let mut out = if forced { ALL_FORCED } else { 0 }.to_be_bytes().to_vec();
    // In the middle, at the bottom; no background; the box of the whole track.
    out.extend_from_slice(&[1, 0xff]);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&[0; 8]);
    out.extend(record([0, 0], 0, WHITE));
    let mut fonts = 1u16.to_be_bytes().to_vec();
    fonts.extend_from_slice(&FONT.to_be_bytes());
    fonts.push(FONT_NAME.len() as u8);
    fonts.extend_from_slice(FONT_NAME);
    out.extend(boxed(b"ftab", &fonts));
    out
}

/// A sample (§5.17): the text, and a record for each piece that does not look like the rest.
pub(super) fn sample(cue: &Cue, losses: &mut Issues) -> Vec<u8> {
    let (mut text, mut records) = (String::new(), Vec::new());
    let mut letters = 0usize;
    for run in &cue.runs {
        let count = run.text.chars().count();
        if text.len() + run.text.len() > usize::from(u16::MAX) {
            losses.count(0, "texts of more than 65535 bytes");
            break;
        }
        text.push_str(&run.text);
        let style = &run.style;
        let on = |flag: Option<bool>, bit: u8| if flag == Some(true) { bit } else { 0 };
        let face = on(style.bold, 1) | on(style.italic, 2) | on(style.underline, 4);
        let color = style.color.unwrap_or(WHITE);
        if (face != 0 || color != WHITE) && count > 0 {
            records.push(record([letters, letters + count].map(|n| n as u16), face, color));
        }
        letters += count;
    }
    let mut out = (text.len() as u16).to_be_bytes().to_vec();
    out.extend_from_slice(text.as_bytes());
    if !records.is_empty() {
        let mut body = (records.len() as u16).to_be_bytes().to_vec();
        records.iter().for_each(|r| body.extend_from_slice(r));
        out.extend(boxed(b"styl", &body));
    }
    out
}

/// Counts what a cue has and a sample has not.
pub(super) fn count_losses(cue: &Cue, losses: &mut Issues) {
    let any = |is: &dyn Fn(&super::RunStyle) -> bool| cue.runs.iter().any(|r| is(&r.style));
    for (is_there, what) in [
        (cue.layout.is_some(), "movements, fades and other layout"),
        (cue.position.is_some() || cue.alignment.is_some_and(|a| a != super::Alignment::BOTTOM), "positions"),
        (cue.region.is_some() || !cue.settings.is_empty(), "regions and settings"),
        (cue.style.is_some(), "styles that cues name"),
        (cue.speaker.is_some(), "names of speakers"),
        (cue.runs.iter().any(|r| r.sung.is_some()), "karaoke times"),
        (any(&|s| s.strike == Some(true)), "struck-through text"),
        (any(&|s| s.font.is_some() || s.size.is_some()), "fonts and sizes"),
    ] {
        if is_there {
            losses.count(0, what);
        }
    }
}
