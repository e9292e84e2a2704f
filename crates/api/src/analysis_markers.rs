//! Markers that an analysis sets for a clip.
use crate::ApiError;
use cutroom_project::{Clip, Composition, CompositionFields, Edit, Extra, Marker, Project};
use cutroom_types::{Time, TimeDelta};

/// The project with markers `word n` at times of a composition, numbered from `first` on. Markers of the
/// same word that an earlier run set for the same clip are replaced.
///
/// # Errors
/// Those of the edit, such as a composition that is not in the project.
pub(crate) fn marked(
    project: &Project,
    composition: &Composition,
    clip: &Clip,
    (id_word, word): (&str, &str),
    first: usize,
    times: &[Time],
) -> Result<Project, ApiError> {
    let mut fields = CompositionFields::of(composition);
    let prefix = format!("{id_word}-{}-", clip.id);
    fields.markers.retain(|m| !m.id.starts_with(&prefix));
    fields.markers.extend((first..).zip(times).map(|(n, time)| Marker {
        id: format!("{prefix}{n}"),
        time: *time,
        duration: TimeDelta::ZERO,
        name: format!("{word} {n}"),
        note: String::new(),
        color: String::new(),
        extra: Extra::default(),
    }));
    fields.markers.sort_by_key(|m| m.time);
    let mut project = project.clone();
    let edit = Edit::SetCompositionFields { id: composition.id.clone(), fields: Box::new(fields) };
    edit.apply(&mut project).map_err(|e| ApiError::of(e.code(), &e))?;
    Ok(project)
}
