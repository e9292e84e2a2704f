//! Lists of elements with ids: finding, inserting, moving.
use super::{EditError, EntityKind};
use crate::{Clip, Composition, IdKey, Listed, Media, Project, SharedList, Track, TrackPlace, Transition};
use cutroom_types::{ClipId, CompositionId, MediaId, TrackId, TransitionId};
use std::{collections::HashSet, fmt::Display, hash::Hash, sync::Arc};

/// Up to this many ids are looked for in each list; for more, the elements are gone through.
const FEW: usize = 16;

/// An element of a list of the project, identified by its id.
pub(super) trait Entity {
    type Id: Clone + Eq + Hash + Display;
    const KIND: EntityKind;

    fn id(&self) -> &Self::Id;
}

/// A list of the project. Indices are in range.
pub(super) trait List<T: Entity> {
    fn items(&self) -> &[T];
    fn find(&self, id: &T::Id) -> Result<usize, EditError>;
    fn put(&mut self, at: usize, item: T);
    fn pull(&mut self, at: usize) -> T;
}

impl<T: Entity> List<T> for Vec<T> {
    fn items(&self) -> &[T] {
        self
    }

    fn find(&self, id: &T::Id) -> Result<usize, EditError> {
        find(self, id)
    }

    fn put(&mut self, at: usize, item: T) {
        self.insert(at, item);
    }

    fn pull(&mut self, at: usize) -> T {
        self.remove(at)
    }
}

impl<T: Entity + Listed> List<T> for SharedList<T> {
    fn items(&self) -> &[T] {
        self
    }

    fn find(&self, id: &T::Id) -> Result<usize, EditError> {
        one::<T, _>(self.places_of(IdKey::new(&id.to_string())), id)
    }

    fn put(&mut self, at: usize, item: T) {
        self.insert(at, item);
    }

    fn pull(&mut self, at: usize) -> T {
        self.remove(at)
    }
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

/// The only place that is found for an id.
fn one<T: Entity, P>(mut found: impl Iterator<Item = P>, id: &T::Id) -> Result<P, EditError> {
    match (found.next(), found.next()) {
        (Some(place), None) => Ok(place),
        (Some(_), Some(_)) => Err(duplicate::<T>(id)),
        (None, _) => Err(no_such::<T>(id)),
    }
}

/// The position of the only element with this id; `all` yields positions and elements.
pub(super) fn only<'a, T: Entity + 'a, P>(all: impl Iterator<Item = (P, &'a T)>, id: &T::Id) -> Result<P, EditError> {
    one::<T, _>(all.filter(|(_, item)| item.id() == id).map(|(place, _)| place), id)
}

/// The track and index of the only element with this id in the lists of all tracks.
pub(super) fn only_on_tracks<T: Entity + Listed>(
    project: &Project,
    list: fn(&Track) -> &SharedList<T>,
    id: &T::Id,
) -> Result<(TrackPlace, usize), EditError> {
    let text = id.to_string();
    let key = IdKey::new(&text);
    one::<T, _>(project.placed_tracks().flat_map(|(place, track)| list(track).places_of(key).map(move |at| (place, at))), id)
}

/// The index of the only element with this id in a list.
pub(super) fn find<T: Entity>(list: &[T], id: &T::Id) -> Result<usize, EditError> {
    only(list.iter().enumerate(), id)
}

/// Checks that no element has an id.
pub(super) fn absent<'a, T: Entity + 'a>(mut all: impl Iterator<Item = &'a T>, id: &T::Id) -> Result<(), EditError> {
    if all.any(|item| item.id() == id) { Err(duplicate::<T>(id)) } else { Ok(()) }
}

/// Checks that no element of some lists has an id.
pub(super) fn absent_on_tracks<'a, T: Entity + Listed + 'a>(
    mut lists: impl Iterator<Item = &'a SharedList<T>>,
    id: &T::Id,
) -> Result<(), EditError> {
    let text = id.to_string();
    let key = IdKey::new(&text);
    if lists.any(|list| list.place_of(key).is_some()) { Err(duplicate::<T>(id)) } else { Ok(()) }
}

/// Checks that the ids of `some` differ from each other and from those of `others`.
pub(super) fn distinct<'a, T: Entity + 'a>(
    some: impl Iterator<Item = &'a T>,
    mut others: impl Iterator<Item = &'a T>,
) -> Result<(), EditError> {
    let ids = unique(some)?;
    match others.find(|item| ids.contains(item.id())) {
        Some(item) => Err(duplicate::<T>(item.id())),
        None => Ok(()),
    }
}

/// As [`distinct`], for the elements of lists.
pub(super) fn distinct_on_tracks<'a, T: Entity + Listed + 'a>(
    some: impl Iterator<Item = &'a T>,
    others: impl Iterator<Item = &'a SharedList<T>>,
) -> Result<(), EditError> {
    let ids = unique(some)?;
    let texts: Vec<String> = ids.iter().take(FEW + 1).map(ToString::to_string).collect();
    let keys: Vec<IdKey<'_>> = texts.iter().map(|id| IdKey::new(id)).collect();
    let mut lists = others.filter(|list| keys.len() > FEW || keys.iter().any(|id| list.place_of(*id).is_some()));
    match lists.find_map(|list| list.iter().find(|item| ids.contains(Entity::id(*item)))) {
        Some(item) => Err(duplicate::<T>(Entity::id(item))),
        None => Ok(()),
    }
}

/// The ids of some elements, which must differ.
fn unique<'a, T: Entity + 'a>(some: impl Iterator<Item = &'a T>) -> Result<HashSet<&'a T::Id>, EditError> {
    let mut ids = HashSet::new();
    for item in some {
        if !ids.insert(item.id()) {
            return Err(duplicate::<T>(item.id()));
        }
    }
    Ok(ids)
}

/// Inserts an element into a list after another, or first.
pub(super) fn insert<T: Entity>(list: &mut impl List<T>, item: T, after: Option<&T::Id>) -> Result<(), EditError> {
    let at = slot(list, item.id(), after)?;
    list.put(at, item);
    Ok(())
}

/// Removes an element from a list. Returns it and the id of the one before it.
pub(super) fn take<T: Entity>(list: &mut impl List<T>, at: usize) -> Result<(T, Option<T::Id>), EditError> {
    let after = before(list, at)?;
    Ok((list.pull(at), after))
}

/// Moves the element at index `at` of list `from` to list `to`, which may be the same one, after
/// another element or first. Returns the id of the one that was before it. `list` resolves a list.
pub(super) fn carry<T: Entity, V: List<T>, L: Copy + Eq>(
    project: &mut Project,
    list: fn(&mut Project, L) -> &mut V,
    (from, at): (L, usize),
    to: L,
    after: Option<&T::Id>,
) -> Result<Option<T::Id>, EditError> {
    let id = list(project, from).items()[at].id().clone();
    let stood_after = before(list(project, from), at)?;
    let slot = slot(list(project, to), &id, after)?;
    let item = list(project, from).pull(at);
    let slot = if from == to && slot > at { slot - 1 } else { slot };
    list(project, to).put(slot, item);
    Ok(stood_after)
}

/// The index in a list for an element that is placed after another.
fn slot<T: Entity>(list: &impl List<T>, id: &T::Id, after: Option<&T::Id>) -> Result<usize, EditError> {
    let Some(after) = after else { return Ok(0) };
    match list.find(after) {
        Ok(at) if after != id => Ok(at + 1),
        Err(error @ EditError::DuplicateId { .. }) => Err(error),
        _ => Err(EditError::NoSuchPosition { kind: T::KIND, id: id.to_string(), after: after.to_string() }),
    }
}

/// The id of the element before the one at an index.
fn before<T: Entity>(list: &impl List<T>, at: usize) -> Result<Option<T::Id>, EditError> {
    let Some(before) = at.checked_sub(1) else { return Ok(None) };
    let id = list.items()[before].id();
    list.find(id)?;
    Ok(Some(id.clone()))
}
