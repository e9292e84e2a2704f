//! A medium of a session as a film of its own, for looking at it.
use crate::{ApiError, Session, cache, new_project};
use cutroom_project::{
    ClipSource, Media,
    build::{self, Sequence, SequenceClip},
};
use cutroom_types::MediaId;
use std::sync::Arc;

/// Id of its composition.
const ID: &str = "source";
/// How long a still image is shown, in seconds.
const STILL_SECS: f64 = 5.0;

/// A session whose document has one composition of the medium's size and rate, with one clip of its whole
/// length. It shares what was read of files with `session`.
///
/// # Errors
/// `usage.media` for an unknown medium; those of reading its file.
pub(crate) fn of(session: &Session, media: &MediaId) -> Result<Session, ApiError> {
    let unknown = || ApiError::new("usage.media", format!("the project has no media \"{media}\""));
    let medium: &Media = session.project.media.iter().find(|m| m.id == *media).ok_or_else(unknown)?;
    let location = session.location(medium);
    session.library().check(&location)?;
    let info = cache::probe(&location)?;
    let facts = new_project::source(&location.path, session.folder(), &info, location.numbered)?;
    let composition = build::composition_for([&facts].into_iter(), None, None);
    let still_frames = ((STILL_SECS * composition.frame_rate.as_f64()).round() as i64).max(1);
    let sequence = Sequence {
        sources: std::slice::from_ref(&facts),
        clips: &[SequenceClip { source: 0, from: None, to: None }],
        still_frames,
        dissolve_frames: 0,
        fit: Default::default(),
        align: None,
    };
    let made = sequence.project(media.as_str(), composition);
    let mut project = made.map_err(|e| ApiError::new(e.code(), format!("{}: nothing to show", location.path.display())))?.project;
    project.main = ID.into();
    for composition in &mut project.compositions {
        composition.id = ID.into();
        for clip in composition.tracks.iter_mut().flat_map(|track| track.clips.iter_mut()) {
            if let ClipSource::Media(source) = &mut Arc::make_mut(clip).source {
                source.media = media.clone();
            }
        }
    }
    // What the session says about the file holds here, too.
    project.media = vec![medium.clone()];
    Ok(session.changed(project))
}
