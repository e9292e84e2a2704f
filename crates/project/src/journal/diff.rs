//! The edits between two states of a project that are not steps of one history: a file that another
//! program changed, or a backup.
use crate::{Edit, EditError, Project, ProjectFields};

/// Edits that make `to` of `from`, and their inverses. Media and compositions that differ are replaced
/// as a whole.
///
/// # Errors
/// An element cannot be moved by edits, as in a document in which ids are ambiguous.
pub(super) fn diff(from: &Project, to: &Project) -> Result<(Vec<Edit>, Vec<Edit>), EditError> {
    let mut project = from.clone();
    let mut edits = Vec::new();
    let mut inverse = Vec::new();
    let mut apply = |project: &mut Project, edit: Edit| {
        let back = edit.clone().apply(project)?;
        edits.push(edit);
        inverse.push(back);
        Ok::<_, EditError>(())
    };
    for composition in &from.compositions {
        if to.composition(&composition.id).is_none_or(|new| new != composition) {
            apply(&mut project, Edit::RemoveComposition { id: composition.id.clone() })?;
        }
    }
    for media in &from.media {
        if to.media(&media.id).is_none() {
            apply(&mut project, Edit::RemoveMedia { id: media.id.clone() })?;
        }
    }
    for (at, media) in to.media.iter().enumerate() {
        let after = at.checked_sub(1).map(|before| to.media[before].id.clone());
        match project.media.iter().position(|m| m.id == media.id) {
            None => apply(&mut project, Edit::InsertMedia { media: Box::new(media.clone()), after })?,
            Some(is) => {
                if is != at {
                    apply(&mut project, Edit::MoveMedia { id: media.id.clone(), after })?;
                }
                if project.media[at] != *media {
                    apply(&mut project, Edit::ReplaceMedia { media: Box::new(media.clone()) })?;
                }
            }
        }
    }
    for (at, composition) in to.compositions.iter().enumerate() {
        let after = at.checked_sub(1).map(|before| to.compositions[before].id.clone());
        match project.compositions.iter().position(|c| c.id == composition.id) {
            None => apply(&mut project, Edit::InsertComposition { composition: Box::new(composition.clone()), after })?,
            Some(is) if is != at => apply(&mut project, Edit::MoveComposition { id: composition.id.clone(), after })?,
            Some(_) => {}
        }
    }
    let fields = ProjectFields::of(to);
    if fields != ProjectFields::of(&project) {
        apply(&mut project, Edit::SetProjectFields { fields: Box::new(fields) })?;
    }
    inverse.reverse();
    Ok((edits, inverse))
}
