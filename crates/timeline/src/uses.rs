//! What a composition needs of its source files, for those who can open them.
use crate::PlanError;
use cutroom_project::{ClipSource, MediaKind, Project, StreamChoice, TrackKind};
use cutroom_types::{ClipId, CompositionId, MediaId, Span};

/// Picture or sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamKind {
    /// Index among the file's video streams.
    Video,
    /// Index among the file's audio streams.
    Audio,
}

/// A stretch of a stream that a clip shows or plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceUse {
    /// Which file.
    pub media: MediaId,
    /// Picture or sound.
    pub kind: StreamKind,
    /// Index among the streams of the kind.
    pub stream: usize,
    /// Whether it is an error when the file has no such stream: always for a stream named by number and for the picture of media
    /// declared as image or as video on a video track; not for sound that is taken "if there is any".
    pub required: bool,
    /// Source time used by the clip itself. What transitions take beyond it is not listed: the edge frame is held there.
    pub span: Span,
    /// A still picture lasts for ever: the span does not matter.
    pub still: bool,
    /// The clip.
    pub clip: ClipId,
    /// The clip in the file.
    pub json_path: String,
}

/// Every stretch of every stream used by `composition` and what is nested in it, in document order. Disabled clips,
/// disabled and muted tracks are left out; each nested composition is listed once, with all its clips.
///
/// # Errors
/// The composition, or one nested in it, does not exist.
pub fn source_uses(project: &Project, composition: &CompositionId) -> Result<Vec<SourceUse>, PlanError> {
    let find = |id: &CompositionId| {
        project.compositions.iter().position(|c| c.id == *id).ok_or_else(|| PlanError::UnknownComposition(id.clone()))
    };
    let mut wanted = vec![false; project.compositions.len()];
    let mut open = vec![find(composition)?];
    let mut uses = Vec::new();
    while let Some(at) = open.pop() {
        if std::mem::replace(&mut wanted[at], true) {
            continue;
        }
        for (j, track) in project.compositions[at].tracks.iter().enumerate().filter(|(_, t)| t.enabled) {
            for (k, clip) in track.clips.iter().enumerate().filter(|(_, c)| c.enabled) {
                let source = match &clip.source {
                    ClipSource::Composition(s) => {
                        open.push(find(&s.composition)?);
                        continue;
                    }
                    ClipSource::Solid(_) | ClipSource::Null(_) => continue,
                    ClipSource::Media(s) => s,
                };
                let unknown = || PlanError::UnknownMedia { clip: clip.id.clone(), media: source.media.clone() };
                let media = project.media(&source.media).ok_or_else(unknown)?;
                let facts = media.facts.clone().unwrap_or_default();
                let mut note = |kind, choice: StreamChoice, required: bool, known: Option<usize>| {
                    let Some(stream) = choice.index() else { return };
                    if choice == StreamChoice::First && known == Some(0) && !required {
                        return;
                    }
                    uses.push((
                        (at, j, k),
                        SourceUse {
                            media: source.media.clone(),
                            kind,
                            stream,
                            required: required || matches!(choice, StreamChoice::Index(_)),
                            span: clip.source_span(),
                            still: media.kind == MediaKind::Image,
                            clip: clip.id.clone(),
                            json_path: format!("compositions[{at}].tracks[{j}].clips[{k}]"),
                        },
                    ));
                };
                if track.kind == TrackKind::Video && media.kind != MediaKind::Audio {
                    note(StreamKind::Video, source.video_stream, true, facts.video_streams);
                }
                if clip.audio.enabled && !track.muted && media.kind != MediaKind::Image {
                    let required = track.kind == TrackKind::Audio || media.kind == MediaKind::Audio;
                    note(StreamKind::Audio, source.audio_stream, required, facts.audio_streams);
                }
            }
        }
    }
    uses.sort_by_key(|u| u.0);
    Ok(uses.into_iter().map(|u| u.1).collect())
}
