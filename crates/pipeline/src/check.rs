//! What is wrong between a project and its files, found before any work starts.
use crate::footage::Scanned;
use cutroom_project::{Problem, Project};
use cutroom_timeline::{SourceUse, StreamKind, User};
use cutroom_types::{FrameRate, MediaId, Time};
use std::collections::BTreeMap;

/// All problems with files: those that cannot be used first, then clips that want what their file has not, in document order.
/// `rate` is the composition's.
pub(crate) fn check_media(
    project: &Project,
    uses: &[SourceUse],
    scanned: &BTreeMap<MediaId, Scanned>,
    rate: FrameRate,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (i, media) in project.media.iter().enumerate() {
        if let Some(Scanned { index: Err(error), .. }) = scanned.get(&media.id) {
            let mut clips: Vec<&str> = uses.iter().filter(|u| u.media == media.id).map(|u| u.clip.as_str()).collect();
            clips.dedup();
            let more = clips.len().saturating_sub(3);
            clips.truncate(3);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            problems.push(Problem {
                json_path: format!("media[{i}].path"),
                clip: None,
                code: error.code(),
                message: format!("media \"{}\", used by {}{more}: {error}", media.id, clips.join(", ")),
            });
        }
    }
    for of_clip in uses.chunk_by(|a, b| a.json_path == b.json_path) {
        check_clip(project, of_clip, scanned, rate, &mut problems);
    }
    problems
}

/// `uses` are those of one clip (its picture, its sound or both) or of one parameter; never empty.
fn check_clip(
    project: &Project,
    uses: &[SourceUse],
    scanned: &BTreeMap<MediaId, Scanned>,
    rate: FrameRate,
    problems: &mut Vec<Problem>,
) {
    let first = &uses[0];
    let Some(Scanned { index: Ok(index), path }) = scanned.get(&first.media) else { return };
    let (info, file) = (index.info(), path.display());
    let parameter = first.user == User::Parameter;
    let mut report = |field: &str, code, message: String| {
        let json_path = if parameter { first.json_path.clone() } else { format!("{}.{field}", first.json_path) };
        problems.push(Problem { json_path, clip: Some(first.clip.clone()), code, message });
    };
    // How far the streams reach; `None` for a picture that lasts for ever.
    let mut end = Some(Time::ZERO);
    let mut found = false;
    for u in uses {
        let (count, kind) = match u.kind {
            StreamKind::Video => (info.video.len() + info.attached_pictures.len(), "picture"),
            StreamKind::Audio => (info.audio.len(), "sound"),
        };
        if u.stream >= count {
            if u.required && count == 0 {
                let hint = match u.kind {
                    StreamKind::Video if parameter => "",
                    StreamKind::Video => "; put the clip on an audio track, or set the media's kind to \"audio\"",
                    StreamKind::Audio => "",
                };
                let code = if u.kind == StreamKind::Video { "media.no_picture" } else { "media.no_sound" };
                let who = if parameter { "transition" } else { "clip" };
                report("source.media", code, format!("{file} has no {kind}, but the {who} needs it{hint}"));
            } else if u.required {
                let field = if u.kind == StreamKind::Video { "source.video_stream" } else { "source.audio_stream" };
                report(field, "media.no_stream", format!("{file} has no {kind} stream {}; it has {count}", u.stream));
            }
            continue;
        }
        found = true;
        // A file of a picture's name that holds none is found out by its size.
        if let Some(v) =
            info.video.get(u.stream).filter(|v| u.kind == StreamKind::Video && (v.size.width == 0 || v.size.height == 0))
        {
            report("source.media", "media.no_picture", format!("{file} holds no picture that can be read as {}", v.codec));
        }
        let stream_end = match u.kind {
            StreamKind::Video if u.still || info.is_still => None,
            StreamKind::Video => info.video.get(u.stream).map(|v| v.span.end()),
            StreamKind::Audio => info.audio.get(u.stream).map(|a| a.span.end()),
        };
        end = match (end, stream_end) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
    }
    // What is shorter than a transition holds its last frame.
    if parameter {
        return;
    }
    let span = first.span;
    if span.start < Time::ZERO {
        let message = format!("the clip starts {:.3} s before the beginning of {file}", -span.start.as_secs_f64());
        report("source_in", "media.before_start", message);
    }
    // The last frame is chosen at its first instant; a part of a frame beyond the end is not seen.
    let speed = project_speed(project, first);
    let slack = (rate.frame_duration().0 as f64 * speed).round() as i64;
    if let Some(end) = end.filter(|_| found)
        && span.end().0 >= end.0.saturating_add(slack)
    {
        let message = format!(
            "the clip wants {:.3} s to {:.3} s of {file}, which is {:.3} s long; shorten it by {:.3} s",
            span.start.as_secs_f64(),
            span.end().as_secs_f64(),
            end.as_secs_f64(),
            (span.end() - end).as_secs_f64() / speed,
        );
        report("duration", "media.past_end", message);
    }
}

/// Source seconds per timeline second of the clip, positive.
fn project_speed(project: &Project, of: &SourceUse) -> f64 {
    let clips = project.compositions.iter().flat_map(|c| &c.tracks).flat_map(|t| &t.clips);
    clips.filter(|c| c.id == of.clip).map(|c| c.speed.abs()).next().unwrap_or(1.0)
}
