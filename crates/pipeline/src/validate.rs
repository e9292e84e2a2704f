//! Validates a project against its media files before any work starts.
use crate::composition::Scanned;
use cutroom_audio::{ChannelLayout, MAX_RATE_HZ, MIN_RATE_HZ, speakers};
use cutroom_effects::color;
use cutroom_media::MediaIndex;
use cutroom_project::{Problem, Project};
use cutroom_timeline::{SourceUse, SourceUser, StreamKind};
use cutroom_types::{MediaId, Time, TimeDelta};
use std::{collections::BTreeMap, sync::Arc};

/// Audio that ends less than this before its picture is not reported: blocks and interleaving of
/// common formats cause as much.
const AUDIO_SLACK: TimeDelta = TimeDelta(cutroom_types::FLICKS_PER_SECOND / 10);

/// Problems, and warnings that are not errors.
#[derive(Default)]
pub(crate) struct Found {
    /// First files that cannot be used, then clips that need something their file does not have,
    /// both in document order.
    pub problems: Vec<Problem>,
    /// One sentence each.
    pub warnings: Vec<String>,
}

/// Validates every file in use, and all of its uses.
pub(crate) fn validate_media(project: &Project, uses: &[SourceUse], scanned: &BTreeMap<MediaId, Scanned>) -> Found {
    let mut found = Found::default();
    for (i, media) in project.media.iter().enumerate() {
        if let Some(Scanned { index: Err(error), .. }) = scanned.get(&media.id) {
            let mut clips: Vec<&str> = uses.iter().filter(|u| u.media == media.id).map(|u| u.clip.as_str()).collect();
            clips.dedup();
            let more = clips.len().saturating_sub(3);
            clips.truncate(3);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            found.problems.push(Problem {
                json_path: format!("media[{i}].path"),
                clip: None,
                code: error.code(),
                message: format!("media \"{}\", used by {}{more}: {error}", media.id, clips.join(", ")),
            });
        }
    }
    for of_clip in uses.chunk_by(|a, b| (a.place, a.user) == (b.place, b.user)) {
        validate_clip(of_clip, scanned, &mut found);
    }
    found
}

/// Validates the uses of one clip (its picture, its audio or both) or of one parameter; `uses` must
/// not be empty.
fn validate_clip(uses: &[SourceUse], scanned: &BTreeMap<MediaId, Scanned>, all: &mut Found) {
    let first = &uses[0];
    let Some(Scanned { index: Ok(index), path }) = scanned.get(&first.media) else { return };
    let (info, file) = (index.info(), path.display());
    let parameter = matches!(first.user, SourceUser::Parameter(_));
    let mut report = |field: &str, code, message: String| {
        let json_path = if parameter { first.json_path() } else { first.place.field(field).to_string() };
        all.problems.push(Problem { json_path, clip: Some(first.clip.clone()), code, message });
    };
    // Ends of the streams that exist; `None` also for a still, which has no end.
    let (mut picture_end, mut audio_end, mut has_picture) = (None, None, false);
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
        // A file with the name of an image that does not contain one has size 0.
        if let Some(v) =
            info.video.get(u.stream).filter(|v| u.kind == StreamKind::Video && (v.size.width == 0 || v.size.height == 0))
        {
            report("source.media", "media.no_picture", format!("{file} holds no picture that can be read as {}", v.codec));
        } else if let Some((code, message)) = unusable(index, u) {
            report("source.media", code, message);
        }
        match u.kind {
            StreamKind::Video => {
                has_picture = true;
                let moving = info.video.get(u.stream).filter(|_| !u.still && !info.is_still);
                picture_end = moving.map(|v| v.span.end());
            }
            StreamKind::Audio => {
                audio_end = info.audio.get(u.stream).map(|a| a.span.end());
                let lacking = info.audio.get(u.stream).filter(|a| a.channels < u.channels);
                if let Some(a) = lacking {
                    let (there, wanted) = (a.channels, u.channels - 1);
                    let message =
                        format!("{file}: sound stream {} has {there} channels, 0 to {}; there is no {wanted}", u.stream, there - 1);
                    report("audio.channels", "media.no_channel", message);
                }
            }
        }
    }
    let sound = uses.iter().filter(|u| u.kind == StreamKind::Audio).filter_map(|u| Some((u.stream, info.audio.get(u.stream)?)));
    for (stream, a) in sound {
        // The scan reports channels without names.
        if a.channels > 1 && a.channels <= 8 && a.channel_mask.is_some_and(|mask| ChannelLayout::from_mask(mask).is_none()) {
            let warning = format!(
                "{file}: sound stream {stream}: its layout {} has unknown speakers; its channels are treated as the usual {}",
                a.layout, a.channels
            );
            if !all.warnings.contains(&warning) {
                all.warnings.push(warning);
            }
        }
    }
    // A source that is shorter than its transition holds its last frame.
    if parameter || first.repeats {
        return;
    }
    let span = first.span;
    if span.start < Time::ZERO {
        let message = format!("the clip starts {:.3} s before the beginning of {file}", -span.start.as_secs_f64());
        report("source_in", "media.before_start", message);
    }
    // The last frame is sampled at its first instant, so a part of a frame after the end is not
    // visible.
    let frame = TimeDelta((first.frame_rate.frame_duration().0 as f64 * first.speed).round() as i64);
    let is_past = |end: Time, slack: TimeDelta| span.end() >= end.saturating_add(slack);
    let lacking = |end: Time| (span.end() - end).as_secs_f64() / first.speed;
    let wanted = format!("{:.3} s to {:.3} s of {file}", span.start.as_secs_f64(), span.end().as_secs_f64());
    if let Some((end, of)) = picture_end.map(|e| (e, "picture")).or(audio_end.filter(|_| !has_picture).map(|e| (e, "sound")))
        && is_past(end, frame)
    {
        let message =
            format!("the clip uses {wanted}, whose {of} is {:.3} s long; shorten it by {:.3} s", end.as_secs_f64(), lacking(end),);
        report("duration", "media.past_end", message);
    } else if let Some(end) = audio_end.filter(|e| has_picture && is_past(*e, frame.max(AUDIO_SLACK))) {
        all.warnings.push(format!(
            "{}: clip \"{}\" uses {wanted}, whose sound ends at {:.3} s; the last {:.3} s of the clip are silent",
            first.place,
            first.clip,
            end.as_secs_f64(),
            lacking(end.max(span.start)),
        ));
    }
}

/// Why an existing stream cannot be used: a code, and a message with a remedy. `None` if it can.
fn unusable(index: &Arc<MediaIndex>, u: &SourceUse) -> Option<(&'static str, String)> {
    let file = index.info().path.display();
    let error = match u.kind {
        StreamKind::Video => index.check_picture(u.stream).err(),
        StreamKind::Audio => index.check_audio(u.stream).err(),
    };
    let leave_out = match u.kind {
        StreamKind::Video if index.info().audio.is_empty() => "",
        StreamKind::Video => ", or set the media's kind to \"audio\" to use only its sound",
        StreamKind::Audio => ", or set the clip's source.audio_stream to \"none\" to leave its sound out",
    };
    if let Some(e) = error {
        let ffmpeg = if e.code() == "media.open.no_decoder" { "install an FFmpeg that has it, " } else { "" };
        return Some((e.code(), format!("{e}; {ffmpeg}convert the file to a usual format{leave_out}")));
    }
    let unsupported = |what: String| Some(("media.open.unsupported", format!("{file}: {what}")));
    match u.kind {
        StreamKind::Video => {
            let what = index.info().video.get(u.stream).and_then(|v| color::unsupported(v.color))?;
            unsupported(format!("{what} is not supported; convert the file to another one, such as bt2020nc{leave_out}"))
        }
        StreamKind::Audio => {
            let a = index.info().audio.get(u.stream)?;
            if !(MIN_RATE_HZ..=MAX_RATE_HZ).contains(&a.rate_hz) {
                let range = format!("{MIN_RATE_HZ} to {MAX_RATE_HZ} Hz");
                return unsupported(format!("sound at {} Hz is not supported ({range}); resample it{leave_out}", a.rate_hz));
            }
            if let Err(e) = speakers(a.channels) {
                return unsupported(format!("{e}; fold its channels{leave_out}"));
            }
            None
        }
    }
}
