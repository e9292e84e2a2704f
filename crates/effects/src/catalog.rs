//! The catalogue as a value: the built-in entries and those registered at run time.
//!
//! Names are looked up once, when a timeline is opened. Plans carry references to the entries, so
//! that later stages do not look names up.
use crate::{
    BLEND_MODES, EFFECTS, SOUND_EFFECTS, SoundSpec, TRANSITIONS,
    probe::mistake,
    spec::{BlendSpec, EffectKind, EffectSpec, Entry, ParamKind, ParamSpec, TransitionSpec},
};
use std::{
    collections::HashMap,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
    sync::Arc,
};

/// A copyable reference to a catalogue entry. References are equal, and have equal hashes, if id
/// and version are equal.
pub struct EntryRef<T: Entry>(&'static T);

/// An effect in a plan.
pub type EffectRef = EntryRef<EffectSpec>;
/// A blend mode in a plan.
pub type BlendRef = EntryRef<BlendSpec>;
/// A transition in a plan.
pub type TransitionRef = EntryRef<TransitionSpec>;

impl<T: Entry> EntryRef<T> {
    /// Creates a reference to an entry that lives as long as the program.
    pub const fn new(entry: &'static T) -> Self {
        Self(entry)
    }

    /// Returns the entry.
    pub fn spec(self) -> &'static T {
        self.0
    }
}

impl<T: Entry> Clone for EntryRef<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Entry> Copy for EntryRef<T> {}

impl<T: Entry> Deref for EntryRef<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0
    }
}

impl<T: Entry> PartialEq for EntryRef<T> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0) || (self.0.id(), self.0.version()) == (other.0.id(), other.0.version())
    }
}

impl<T: Entry> Eq for EntryRef<T> {}

impl<T: Entry> Hash for EntryRef<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0.id(), self.0.version()).hash(state);
    }
}

impl<T: Entry> fmt::Debug for EntryRef<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} v{}", self.0.id(), self.0.version())
    }
}

/// A sound effect in a plan.
pub type SoundRef = EntryRef<SoundSpec>;

/// The reason why an entry was not registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogError {
    /// The id belongs to an entry that may not be replaced: a built-in one, or one of the same or a
    /// newer version.
    Taken {
        /// The id.
        id: &'static str,
        /// Version of the existing entry.
        version: u32,
    },
    /// The parameter table, or the code that reads it, is wrong.
    Invalid {
        /// Its id.
        id: &'static str,
        /// Human-readable description.
        reason: String,
    },
}

impl CatalogError {
    /// Stable error code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Taken { .. } => "catalog.taken",
            Self::Invalid { .. } => "catalog.invalid",
        }
    }
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken { id, version } => write!(f, "\"{id}\" is registered already, in version {version}"),
            Self::Invalid { id, reason } => write!(f, "\"{id}\" cannot be registered: {reason}"),
        }
    }
}

impl std::error::Error for CatalogError {}

/// Entries of one kind, indexed by id. Built-in entries come first, in the order of their list,
/// then registered ones in the order of registration.
struct Entries<T: Entry> {
    list: Vec<EntryRef<T>>,
    /// Indices into `list`.
    by_id: HashMap<&'static str, usize>,
    /// Number of built-in entries at the start of `list`.
    built_in: usize,
}

impl<T: Entry> Clone for Entries<T> {
    fn clone(&self) -> Self {
        Self { list: self.list.clone(), by_id: self.by_id.clone(), built_in: self.built_in }
    }
}

impl<T: Entry> Entries<T> {
    fn new(list: &[&'static T]) -> Self {
        let list: Vec<_> = list.iter().map(|e| EntryRef::new(*e)).collect();
        let by_id = list.iter().enumerate().map(|(i, e)| (e.id(), i)).collect();
        let built_in = list.len();
        Self { list, by_id, built_in }
    }

    fn get(&self, id: &str) -> Option<EntryRef<T>> {
        self.by_id.get(id).map(|&i| self.list[i])
    }

    /// Adds an entry or replaces a registered one of a lower version. The spec is leaked, since
    /// entries live as long as the program: some kilobytes for each version of each entry.
    fn register(&mut self, spec: T) -> Result<EntryRef<T>, CatalogError> {
        let (id, version) = (spec.id(), spec.version());
        let place = self.by_id.get(id).copied();
        if let Some(place) = place
            && (place < self.built_in || self.list[place].version() >= version)
        {
            return Err(CatalogError::Taken { id, version: self.list[place].version() });
        }
        let entry = EntryRef::new(&*Box::leak(Box::new(spec)));
        match place {
            Some(place) => self.list[place] = entry,
            None => {
                self.by_id.insert(id, self.list.len());
                self.list.push(entry);
            }
        }
        Ok(entry)
    }
}

/// All effects, blend modes and transitions that a project may name. Clones share the entries, at
/// the cost of a pointer, until one of them registers an effect.
#[derive(Clone)]
pub struct Catalog(Arc<Lists>);

#[derive(Clone)]
struct Lists {
    effects: Entries<EffectSpec>,
    blend_modes: Entries<BlendSpec>,
    transitions: Entries<TransitionSpec>,
    sound_effects: Entries<SoundSpec>,
}

impl Catalog {
    /// Returns the catalogue of built-in entries.
    pub fn builtin() -> Self {
        Self(Arc::new(Lists {
            effects: Entries::new(EFFECTS),
            blend_modes: Entries::new(BLEND_MODES),
            transitions: Entries::new(TRANSITIONS),
            sound_effects: Entries::new(SOUND_EFFECTS),
        }))
    }

    /// Returns the effect with this id.
    pub fn effect(&self, id: &str) -> Option<EffectRef> {
        self.0.effects.get(id)
    }

    /// Returns the blend mode with this id.
    pub fn blend_mode(&self, id: &str) -> Option<BlendRef> {
        self.0.blend_modes.get(id)
    }

    /// Returns the transition with this id.
    pub fn transition(&self, id: &str) -> Option<TransitionRef> {
        self.0.transitions.get(id)
    }

    /// Returns the sound effect with this id.
    pub fn sound_effect(&self, id: &str) -> Option<SoundRef> {
        self.0.sound_effects.get(id)
    }

    /// Returns all sound effects, by id.
    pub fn sound_effects(&self) -> &[SoundRef] {
        &self.0.sound_effects.list
    }

    /// Returns all effects: built-in ones by id, then registered ones in the order of registration.
    pub fn effects(&self) -> &[EffectRef] {
        &self.0.effects.list
    }

    /// Returns all blend modes, in the order of menus.
    pub fn blend_modes(&self) -> &[BlendRef] {
        &self.0.blend_modes.list
    }

    /// Returns all transitions, in the order of menus.
    pub fn transitions(&self) -> &[TransitionRef] {
        &self.0.transitions.list
    }

    /// Registers an effect, or replaces one that was registered with a lower version. Open
    /// timelines keep the entries that they have.
    ///
    /// # Errors
    /// [`CatalogError::Taken`] if the id is taken; [`CatalogError::Invalid`] if the parameter table
    /// or the code that reads it is wrong.
    pub fn register_effect(&mut self, spec: EffectSpec) -> Result<EffectRef, CatalogError> {
        check_table(spec.id, spec.params)?;
        if let EffectKind::Temporal { .. } | EffectKind::Layered { .. } = spec.kind {
            check_tracks(&spec)?;
        }
        if let Some(reason) = mistake(&spec) {
            return Err(CatalogError::Invalid { id: spec.id, reason });
        }
        Arc::make_mut(&mut self.0).effects.register(spec)
    }
}

/// Checks that the id is lower-case words and digits joined by hyphens or dots, that parameter ids
/// are unique, and that defaults are allowed values (references have none).
fn check_table(id: &'static str, table: &[ParamSpec]) -> Result<(), CatalogError> {
    let refuse = |reason: String| Err(CatalogError::Invalid { id, reason });
    let is_word = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !id.split(['-', '.']).all(is_word) {
        return refuse("an id is lower-case words and digits, joined by hyphens or dots".into());
    }
    for (i, param) in table.iter().enumerate() {
        if table[..i].iter().any(|p| p.id == param.id) {
            return refuse(format!("the parameter \"{}\" is in its table twice", param.id));
        }
        if !param.kind.is_reference()
            && let Some(reason) = param.kind.problem(&param.kind.default_value())
        {
            return refuse(format!("the default of \"{}\": {reason}", param.id));
        }
    }
    Ok(())
}

fn check_tracks(spec: &EffectSpec) -> Result<(), CatalogError> {
    let names_tracks = spec.params.iter().any(|p| p.kind == ParamKind::Track);
    match spec.kind {
        EffectKind::Layered { .. } if !names_tracks => {
            Err(CatalogError::Invalid { id: spec.id, reason: "it works on other tracks, and no parameter names one".into() })
        }
        EffectKind::Temporal { .. } if names_tracks => Err(CatalogError::Invalid {
            id: spec.id,
            reason: "a temporal effect cannot name tracks; make it a run-time one".into(),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_the_lists_are_found_and_unique() {
        let c = Catalog::builtin();
        assert_eq!(
            (c.effects().len(), c.blend_modes().len(), c.transitions().len()),
            (EFFECTS.len(), BLEND_MODES.len(), TRANSITIONS.len())
        );
        assert!(c.effects().iter().all(|e| std::ptr::eq(c.effect(e.id).unwrap().spec(), e.spec())));
        assert!(c.blend_modes().iter().all(|e| std::ptr::eq(c.blend_mode(e.id).unwrap().spec(), e.spec())));
        assert!(c.transitions().iter().all(|e| std::ptr::eq(c.transition(e.id).unwrap().spec(), e.spec())));
    }

    /// The checks of run-time entries also hold for built-in ones.
    #[test]
    fn built_in_entries_pass_the_checks_of_registration() {
        for e in EFFECTS {
            assert_eq!(check_table(e.id, e.params).and_then(|()| check_tracks(e)), Ok(()));
            assert_eq!(mistake(e), None, "{}", e.id);
        }
        for e in SOUND_EFFECTS {
            assert_eq!(check_table(e.id, e.params), Ok(()));
        }
        for t in TRANSITIONS {
            assert_eq!(check_table(t.id, t.params), Ok(()));
            assert_eq!(crate::probe::transition_mistake(t), None, "{}", t.id);
        }
    }
}
