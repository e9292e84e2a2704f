//! Positions of elements in a project, as plain values that are formatted as JSON paths only when
//! they are displayed.
use crate::{Clip, Project, Track, Transition};
use std::{
    fmt::{self, Display, Formatter},
    sync::Arc,
};

/// Position of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackPlace {
    /// Index of its composition.
    pub composition: usize,
    /// Index in the composition.
    pub track: usize,
}

/// Position of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClipPlace {
    /// Position of its track.
    pub track: TrackPlace,
    /// Index on the track.
    pub clip: usize,
}

/// Position of a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransitionPlace {
    /// Position of its track.
    pub track: TrackPlace,
    /// Index on the track.
    pub transition: usize,
}

/// Position of an element of the project. Valid until the project changes. Displayed as a JSON path
/// such as `compositions[0].tracks[1].clips[2]`, the whole project as the empty text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The whole project.
    Project,
    /// A media, by its index.
    Media(usize),
    /// A composition, by its index.
    Composition(usize),
    /// A track.
    Track(TrackPlace),
    /// A clip.
    Clip(ClipPlace),
    /// A transition.
    Transition(TransitionPlace),
}

impl Project {
    /// The tracks of all compositions, in document order, with their positions.
    pub fn placed_tracks(&self) -> impl Iterator<Item = (TrackPlace, &Track)> {
        self.compositions
            .iter()
            .enumerate()
            .flat_map(|(composition, c)| c.tracks.iter().enumerate().map(move |(track, t)| (TrackPlace { composition, track }, t)))
    }
}

impl TrackPlace {
    /// The position of a clip on this track.
    pub fn clip(self, clip: usize) -> ClipPlace {
        ClipPlace { track: self, clip }
    }

    /// The position of a transition on this track.
    pub fn transition(self, transition: usize) -> TransitionPlace {
        TransitionPlace { track: self, transition }
    }

    /// The track at this position, if there is one.
    pub fn get(self, project: &Project) -> Option<&Track> {
        project.compositions.get(self.composition)?.tracks.get(self.track)
    }
}

impl ClipPlace {
    /// The clip at this position, if there is one.
    pub fn get(self, project: &Project) -> Option<&Clip> {
        self.track.get(project)?.clips.get(self.clip).map(Arc::as_ref)
    }
}

impl TransitionPlace {
    /// The transition at this position, if there is one.
    pub fn get(self, project: &Project) -> Option<&Transition> {
        self.track.get(project)?.transitions.get(self.transition)
    }
}

impl Place {
    /// The JSON path of a field of this element, such as `video.opacity`.
    pub fn field(self, field: impl Display) -> impl Display {
        Field { place: self, field }
    }
}

impl From<TrackPlace> for Place {
    fn from(place: TrackPlace) -> Self {
        Self::Track(place)
    }
}

impl From<ClipPlace> for Place {
    fn from(place: ClipPlace) -> Self {
        Self::Clip(place)
    }
}

impl From<TransitionPlace> for Place {
    fn from(place: TransitionPlace) -> Self {
        Self::Transition(place)
    }
}

impl Display for TrackPlace {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "compositions[{}].tracks[{}]", self.composition, self.track)
    }
}

impl Display for ClipPlace {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.clips[{}]", self.track, self.clip)
    }
}

impl Display for TransitionPlace {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.transitions[{}]", self.track, self.transition)
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Project => Ok(()),
            Self::Media(media) => write!(f, "media[{media}]"),
            Self::Composition(composition) => write!(f, "compositions[{composition}]"),
            Self::Track(place) => place.fmt(f),
            Self::Clip(place) => place.fmt(f),
            Self::Transition(place) => place.fmt(f),
        }
    }
}

struct Field<F> {
    place: Place,
    field: F,
}

impl<F: Display> Display for Field<F> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Project => self.field.fmt(f),
            place => write!(f, "{place}.{}", self.field),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_json_paths() {
        let track = TrackPlace { composition: 3, track: 1 };
        let path = "compositions[3].tracks[1]";
        assert_eq!(Place::from(track).to_string(), path);
        assert_eq!(Place::from(track.clip(12)).field("source.media").to_string(), format!("{path}.clips[12].source.media"));
        assert_eq!(
            Place::from(track.transition(0)).field("params.image").to_string(),
            format!("{path}.transitions[0].params.image")
        );
        assert_eq!(Place::Composition(2).field("size").to_string(), "compositions[2].size");
        assert_eq!(Place::Media(7).field("path").to_string(), "media[7].path");
        assert_eq!(Place::Project.field("main").to_string(), "main");
        assert_eq!(Place::Project.to_string(), "");
    }
}
