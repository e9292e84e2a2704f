//! A list that the states of a document share until one of them changes it.
//!
//! Editors keep several states of a document and change one list of a few elements at a time. A copy
//! of a [`SharedList`] costs as much as counting a reference, and what is found out about its elements
//! (where an id is, when the last clip ends) is kept with it until it changes, so that a search
//! through a document asks each list instead of each element.
//!
//! Otherwise it is a `Vec`: it derefs to one and looks like one in JSON and in the JSON Schema.
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{
    borrow::Cow,
    fmt::{self, Debug, Formatter},
    hash::{DefaultHasher, Hasher},
    ops::{Deref, DerefMut},
    sync::{Arc, OnceLock},
};

/// An element of a [`SharedList`].
pub trait Listed: Clone {
    /// What is known about all elements of a list together.
    type Facts: Clone + Debug + PartialEq + Send + Sync;

    /// The id of the element, by which it is found. An invalid document has it several times.
    fn id(&self) -> &str;

    /// Calls `each` with every id that other elements must not have: its own and of what belongs to it.
    fn each_name<'a>(&'a self, each: impl FnMut(&'a str));

    /// The facts of a list.
    fn facts(items: &[Self]) -> Self::Facts;

    /// Changes the facts of a list to which an element is added.
    fn note(facts: &mut Self::Facts, item: &Self);

    /// Changes the facts of a list from which an element is removed.
    fn forget(facts: &mut Self::Facts, item: &Self);
}

/// An id to be looked for in many lists.
#[derive(Clone, Copy, Debug)]
pub struct IdKey<'a> {
    text: &'a str,
    hash: u64,
}

impl<'a> IdKey<'a> {
    /// Prepares an id.
    pub fn new(text: &'a str) -> Self {
        Self { text, hash: hash(text) }
    }

    /// The id.
    pub fn text(self) -> &'a str {
        self.text
    }
}

/// The same in all lists; two ids that share it are told apart by their texts.
fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// A list whose copies share its elements until one of them is changed.
pub struct SharedList<T: Listed>(Arc<Inner<T>>);

struct Inner<T: Listed> {
    items: Vec<T>,
    /// Hash of each name and index of the element that has it, sorted.
    names: OnceLock<Vec<(u64, usize)>>,
    facts: OnceLock<T::Facts>,
}

impl<T: Listed> Inner<T> {
    fn new(items: Vec<T>) -> Self {
        Self { items, names: OnceLock::new(), facts: OnceLock::new() }
    }

    /// Adds what is to be known about a new element to what is known.
    fn note(&mut self, at: usize) {
        let item = &self.items[at];
        if let Some(names) = self.names.get_mut() {
            item.each_name(|name| put(names, (hash(name), at)));
        }
        if let Some(facts) = self.facts.get_mut() {
            T::note(facts, item);
        }
    }

    /// Removes what is known about an element that was at an index.
    fn forget(&mut self, at: usize, item: &T) {
        if let Some(names) = self.names.get_mut() {
            item.each_name(|name| pull(names, &(hash(name), at)));
        }
        if let Some(facts) = self.facts.get_mut() {
            T::forget(facts, item);
        }
    }

    fn names(&self) -> &[(u64, usize)] {
        self.names.get_or_init(|| {
            let mut names = Vec::with_capacity(self.items.len());
            for (at, item) in self.items.iter().enumerate() {
                item.each_name(|name| names.push((hash(name), at)));
            }
            names.sort_unstable();
            names
        })
    }
}

impl<T: Listed> SharedList<T> {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether both are one list, so that nothing differs. Lists with equal elements may be two.
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.0.items.is_empty()
    }

    /// Indices of the elements with an id, in ascending order: at most one in a valid document.
    pub fn places_of(&self, id: IdKey<'_>) -> impl Iterator<Item = usize> {
        self.places_naming(id).filter(move |at| self.0.items[*at].id() == id.text)
    }

    /// Indices, in ascending order, of all elements that have an id or to which something belongs that
    /// has it. Others may be among them.
    pub fn places_naming(&self, id: IdKey<'_>) -> impl Iterator<Item = usize> {
        let names = self.0.names();
        let from = names.partition_point(|(hash, _)| *hash < id.hash);
        let found = names[from..].iter().take_while(move |(hash, _)| *hash == id.hash).map(|(_, at)| *at);
        let mut last = None;
        found.filter(move |at| last.replace(*at) != Some(*at))
    }

    /// Index of the first element with an id.
    pub fn place_of(&self, id: IdKey<'_>) -> Option<usize> {
        self.places_of(id).next()
    }

    /// The first element with an id.
    pub fn with_id(&self, id: &str) -> Option<&T> {
        self.place_of(IdKey::new(id)).map(|at| &self.0.items[at])
    }

    /// What is known about all elements together.
    pub fn facts(&self) -> &T::Facts {
        self.0.facts.get_or_init(|| T::facts(&self.0.items))
    }

    /// Replaces the element at an index and returns the old one.
    ///
    /// # Panics
    /// If the index is out of range.
    pub fn replace(&mut self, at: usize, item: T) -> T {
        let inner = self.changing();
        let old = std::mem::replace(&mut inner.items[at], item);
        inner.forget(at, &old);
        inner.note(at);
        old
    }

    /// Inserts an element before the one at an index.
    ///
    /// # Panics
    /// If the index is greater than the length.
    pub fn insert(&mut self, at: usize, item: T) {
        let inner = self.changing();
        inner.items.insert(at, item);
        if let Some(names) = inner.names.get_mut() {
            names.iter_mut().filter(|(_, place)| *place >= at).for_each(|(_, place)| *place += 1);
        }
        inner.note(at);
    }

    /// Removes the element at an index and returns it.
    ///
    /// # Panics
    /// If the index is out of range.
    pub fn remove(&mut self, at: usize) -> T {
        let inner = self.changing();
        let item = inner.items.remove(at);
        inner.forget(at, &item);
        if let Some(names) = inner.names.get_mut() {
            names.iter_mut().filter(|(_, place)| *place > at).for_each(|(_, place)| *place -= 1);
        }
        item
    }

    /// The list for changing it, no longer shared. What is known must be kept right.
    fn changing(&mut self) -> &mut Inner<T> {
        if Arc::get_mut(&mut self.0).is_none() {
            let Inner { items, names, facts } = &*self.0;
            self.0 = Arc::new(Inner { items: items.clone(), names: names.clone(), facts: facts.clone() });
        }
        self.unshared()
    }

    /// The list, which nothing else has.
    fn unshared(&mut self) -> &mut Inner<T> {
        Arc::get_mut(&mut self.0).expect("a new list is not shared, and there are no weak references")
    }
}

/// Adds a value to sorted ones.
pub(crate) fn put<T: Ord>(sorted: &mut Vec<T>, value: T) {
    sorted.insert(sorted.partition_point(|v| *v < value), value);
}

/// Removes a value from sorted ones, once.
pub(crate) fn pull<T: Ord>(sorted: &mut Vec<T>, value: &T) {
    if let Ok(at) = sorted.binary_search(value) {
        sorted.remove(at);
    }
}

impl<T: Listed> Deref for SharedList<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0.items
    }
}

impl<T: Listed> DerefMut for SharedList<T> {
    /// The elements for changing them in any way; what is known about them is forgotten.
    fn deref_mut(&mut self) -> &mut Vec<T> {
        match Arc::get_mut(&mut self.0) {
            Some(inner) => (inner.names, inner.facts) = Default::default(),
            None => *self = self.0.items.clone().into(),
        }
        &mut self.unshared().items
    }
}

impl<T: Listed> Clone for SharedList<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Listed> Default for SharedList<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T: Listed + Debug> Debug for SharedList<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.items.fmt(f)
    }
}

impl<T: Listed + PartialEq> PartialEq for SharedList<T> {
    fn eq(&self, other: &Self) -> bool {
        self.same(other) || self.0.items == other.0.items
    }
}

impl<T: Listed> From<Vec<T>> for SharedList<T> {
    fn from(items: Vec<T>) -> Self {
        Self(Arc::new(Inner::new(items)))
    }
}

impl<T: Listed> FromIterator<T> for SharedList<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Vec::from_iter(items).into()
    }
}

impl<T: Listed> IntoIterator for SharedList<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        Arc::try_unwrap(self.0).map_or_else(|shared| shared.items.clone(), |inner| inner.items).into_iter()
    }
}

impl<'a, T: Listed> IntoIterator for &'a SharedList<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.items.iter()
    }
}

impl<'a, T: Listed> IntoIterator for &'a mut SharedList<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T: Listed + Serialize> Serialize for SharedList<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.items.serialize(serializer)
    }
}

impl<'de, T: Listed + Deserialize<'de>> Deserialize<'de> for SharedList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

impl<T: Listed + JsonSchema> JsonSchema for SharedList<T> {
    fn inline_schema() -> bool {
        Vec::<T>::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        Vec::<T>::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<T>::json_schema(generator)
    }
}
