//! Lists of elements with ids: finding, inserting, moving.
use super::{EditError, EntityKind};
use crate::{Clip, Composition, Media, Project, Track, Transition};
use cutroom_types::{ClipId, CompositionId, MediaId, TrackId, TransitionId};
use std::{collections::HashSet, fmt::Display, hash::Hash, sync::Arc};

/// An element of a list of the project, identified by its id.
pub(super) trait Entity {
    type Id: Clone + Eq + Hash + Display;
    const KIND: EntityKind;

    fn id(&self) -> &Self::Id;
}

impl Entity for Media {
    type Id = MediaId;
    const KIND: EntityKind = EntityKind::Media;

    fn id(&self) -> &MediaId {
        &self.id
    }
}

impl Entity for Composition {
    type Id = CompositionId;
    const KIND: EntityKind = EntityKind::Composition;

    fn id(&self) -> &CompositionId {
        &self.id
    }
}

impl Entity for Track {
    type Id = TrackId;
    const KIND: EntityKind = EntityKind::Track;

    fn id(&self) -> &TrackId {
        &self.id
    }
}

impl Entity for Arc<Clip> {
    type Id = ClipId;
    const KIND: EntityKind = EntityKind::Clip;

    fn id(&self) -> &ClipId {
        &self.id
    }
}

impl Entity for Transition {
    type Id = TransitionId;
    const KIND: EntityKind = EntityKind::Transition;

    fn id(&self) -> &TransitionId {
        &self.id
    }
}

pub(super) fn no_such<T: Entity>(id: &T::Id) -> EditError {
    EditError::NoSuch { kind: T::KIND, id: id.to_string() }
}

pub(super) fn duplicate<T: Entity>(id: &T::Id) -> EditError {
    EditError::DuplicateId { kind: T::KIND, id: id.to_string() }
}

/// The position of the only element with this id; `all` yields positions and elements.
pub(super) fn only<'a, T: Entity + 'a, P>(all: impl Iterator<Item = (P, &'a T)>, id: &T::Id) -> Result<P, EditError> {
    let mut found = all.filter(|(_, item)| item.id() == id).map(|(place, _)| place);
    match (found.next(), found.next()) {
        (Some(place), None) => Ok(place),
        (Some(_), Some(_)) => Err(duplicate::<T>(id)),
        (None, _) => Err(no_such::<T>(id)),
    }
}

/// The index of the only element with this id in a list.
pub(super) fn find<T: Entity>(list: &[T], id: &T::Id) -> Result<usize, EditError> {
    only(list.iter().enumerate(), id)
}

/// Checks that no element has an id.
pub(super) fn absent<'a, T: Entity + 'a>(mut all: impl Iterator<Item = &'a T>, id: &T::Id) -> Result<(), EditError> {
    if all.any(|item| item.id() == id) { Err(duplicate::<T>(id)) } else { Ok(()) }
}

/// Checks that the ids of `some` differ from each other and from those of `others`.
pub(super) fn distinct<'a, T: Entity + 'a>(
    some: impl Iterator<Item = &'a T>,
    mut others: impl Iterator<Item = &'a T>,
) -> Result<(), EditError> {
    let mut ids = HashSet::new();
    for item in some {
        if !ids.insert(item.id()) {
            return Err(duplicate::<T>(item.id()));
        }
    }
    match others.find(|item| ids.contains(item.id())) {
        Some(item) => Err(duplicate::<T>(item.id())),
        None => Ok(()),
    }
}

/// Inserts an element into a list after another, or first.
pub(super) fn insert<T: Entity>(list: &mut Vec<T>, item: T, after: Option<&T::Id>) -> Result<(), EditError> {
    let at = slot(list, item.id(), after)?;
    list.insert(at, item);
    Ok(())
}

/// Removes an element from a list. Returns it and the id of the one before it.
pub(super) fn take<T: Entity>(list: &mut Vec<T>, at: usize) -> Result<(T, Option<T::Id>), EditError> {
    let after = before(list, at)?;
    Ok((list.remove(at), after))
}

/// Moves the element at index `at` of list `from` to list `to`, which may be the same one, after
/// another element or first. Returns the id of the one that was before it. `list` resolves a list.
pub(super) fn carry<T: Entity, L: Copy + Eq>(
    project: &mut Project,
    list: fn(&mut Project, L) -> &mut Vec<T>,
    (from, at): (L, usize),
    to: L,
    after: Option<&T::Id>,
) -> Result<Option<T::Id>, EditError> {
    let id = list(project, from)[at].id().clone();
    let stood_after = before(list(project, from), at)?;
    let slot = slot(list(project, to), &id, after)?;
    let item = list(project, from).remove(at);
    let slot = if from == to && slot > at { slot - 1 } else { slot };
    list(project, to).insert(slot, item);
    Ok(stood_after)
}

/// The index in a list for an element that is placed after another.
fn slot<T: Entity>(list: &[T], id: &T::Id, after: Option<&T::Id>) -> Result<usize, EditError> {
    let Some(after) = after else { return Ok(0) };
    match find(list, after) {
        Ok(at) if after != id => Ok(at + 1),
        Err(error @ EditError::DuplicateId { .. }) => Err(error),
        _ => Err(EditError::NoSuchPosition { kind: T::KIND, id: id.to_string(), after: after.to_string() }),
    }
}

/// The id of the element before the one at an index.
fn before<T: Entity>(list: &[T], at: usize) -> Result<Option<T::Id>, EditError> {
    let Some(before) = at.checked_sub(1) else { return Ok(None) };
    let id = list[before].id();
    find(list, id)?;
    Ok(Some(id.clone()))
}
