//! What the file of an export has beside pictures and sound.
use super::ExportRequest;
use crate::ApiError;
use cutroom_media::write::{Chapter, Cover, FileExtras, MAX_COVER_BYTES, TextTrack};
use cutroom_project::Composition;
use cutroom_types::{FrameRate, Time};
use std::{fs::File, io::Read, path::Path};

/// The extras of a request for the part `from..to` of a composition.
///
/// # Errors
/// `usage.path` for a cover that cannot be read, `usage.settings` for one that is no picture or a time code
/// that is none.
pub(super) fn extras(
    request: &ExportRequest,
    composition: &Composition,
    texts: Vec<TextTrack>,
    [from, to]: [Time; 2],
) -> Result<FileExtras, ApiError> {
    Ok(FileExtras {
        texts,
        chapters: if request.chapters { chapters(composition, from, to) } else { Vec::new() },
        cover: request.cover.as_deref().map(cover).transpose()?,
        timecode: request.timecode.as_deref().map(|text| timecode(text, composition.frame_rate)).transpose()?,
    })
}

/// The markers of a part as chapters: each lasts until the next, the last until the end.
fn chapters(composition: &Composition, from: Time, to: Time) -> Vec<Chapter> {
    let mut markers: Vec<_> = composition.markers.iter().filter(|m| (from..to).contains(&m.time)).collect();
    markers.sort_by_key(|m| m.time);
    let ends = markers.iter().skip(1).map(|m| m.time).chain([to]).collect::<Vec<_>>();
    let titled = |(n, (marker, end)): (usize, (&&cutroom_project::Marker, Time))| Chapter {
        start: Time((marker.time - from).0),
        end: Time((end - from).0),
        title: if marker.name.is_empty() { format!("Chapter {}", n + 1) } else { marker.name.clone() },
    };
    markers.iter().zip(ends).enumerate().map(titled).collect()
}

fn cover(path: &Path) -> Result<Cover, ApiError> {
    let failed = |e: std::io::Error| ApiError::new("usage.path", format!("{}: {e}", path.display())).field("cover").file(path);
    let mut bytes = Vec::new();
    let limit = MAX_COVER_BYTES as u64 + 1;
    File::open(path).map_err(failed)?.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    Cover::new(bytes).map_err(|e| ApiError::from(e).field("cover").file(path))
}

/// Checks a time code: `hh:mm:ss:ff`, with `;` before the frames for drop frame, which 29.97 and 59.94 frames
/// a second have (SMPTE ST 12-1).
fn timecode(text: &str, rate: FrameRate) -> Result<String, ApiError> {
    let error = |reason: &str| {
        let message = format!("`timecode` \"{text}\" {reason}");
        ApiError::new("usage.settings", message).field("timecode").hint("write hours:minutes:seconds:frames, such as 01:00:00:00")
    };
    let drop = text.contains(';');
    let parts: Vec<u32> =
        text.split([':', ';']).map(|part| part.parse().ok().filter(|_| part.len() == 2)).collect::<Option<_>>().unwrap_or_default();
    let [hours, minutes, seconds, frames] = parts[..] else { return Err(error("is no time code")) };
    let whole = rate.num().div_ceil(rate.den());
    if hours > 23 || minutes > 59 || seconds > 59 || u64::from(frames) >= u64::from(whole) {
        return Err(error("is beyond what a time code counts to"));
    }
    if drop && !(rate.den() == 1001 && whole.is_multiple_of(30)) {
        return Err(error("drops frames, which only 29.97 and 59.94 frames per second do"));
    }
    if drop && seconds == 0 && minutes % 10 != 0 && u64::from(frames) < u64::from(whole) / 15 {
        return Err(error("is one of those that are dropped"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_codes() {
        let (pal, ntsc) = (FrameRate::new(25, 1).unwrap(), FrameRate::new(30000, 1001).unwrap());
        for (text, rate, good) in [
            ("01:00:00:00", pal, true),
            ("23:59:59:24", pal, true),
            ("23:59:59:25", pal, false),
            ("24:00:00:00", pal, false),
            ("1:00:00:00", pal, false),
            ("01:00:00", pal, false),
            ("01:00:00;00", pal, false),
            ("01:00:00;00", ntsc, true),
            ("00:01:00;00", ntsc, false),
            ("00:01:00;02", ntsc, true),
            ("00:10:00;00", ntsc, true),
            ("00:00:00:29", ntsc, true),
        ] {
            assert_eq!(timecode(text, rate).is_ok(), good, "{text}");
        }
    }
}
