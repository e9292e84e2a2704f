//! The document as the panels draw it: plain data, made from a state of the session on its thread.
//!
//! Rows whose lists have not changed are taken over from the film before, so that an edit of one
//! clip among many costs that clip's row.
use cutroom_api::{Clip, ClipSource, Composition, FrameRate, Media, MediaState, Project, Session, Size, Track, TrackKind};
use std::sync::Arc;

/// A state of the document.
#[derive(Clone)]
pub struct Film {
    /// Revision of the document.
    pub revision: u64,
    /// Title, or the name of the file.
    pub name: String,
    /// Whether the project file lacks some of it.
    pub unsaved: bool,
    /// Id of the composition that is shown.
    pub composition: String,
    /// Ids of all compositions.
    pub compositions: Vec<String>,
    /// Size of its pictures in pixels.
    pub size: Size,
    /// Its frame rate.
    pub rate: FrameRate,
    /// Tracks from top to bottom: pictures above sound, the topmost layer first.
    pub rows: Vec<Arc<Row>>,
    /// Markers, in order of time.
    pub markers: Vec<Mark>,
    /// Source files.
    pub media: Arc<Vec<Medium>>,
}

/// A track.
pub struct Row {
    /// Id of the track.
    pub id: String,
    /// Title, or the id.
    pub name: String,
    /// Whether it has sound only.
    pub is_sound: bool,
    /// Whether editors refuse changes of it.
    pub locked: bool,
    /// Whether it is neither seen nor heard.
    pub off: bool,
    /// Clips in order of time; they do not overlap.
    pub pieces: Vec<Piece>,
    /// Transitions in order of time.
    pub joints: Vec<Joint>,
    /// What it was made from.
    track: Track,
}

/// A clip.
#[derive(Clone)]
pub struct Piece {
    /// What it is called.
    pub name: String,
    /// What kind of source it has.
    pub kind: Kind,
    /// First frame.
    pub start: i64,
    /// Frame after the last one.
    pub end: i64,
    /// The clip.
    pub clip: Arc<Clip>,
}

impl Piece {
    /// Id of the clip.
    pub fn id(&self) -> &str {
        self.clip.id.as_str()
    }
}

/// A transition, in frames.
pub struct Joint {
    /// Id of its kind in the catalogue.
    pub kind: String,
    /// First frame.
    pub start: i64,
    /// Frame after the last one.
    pub end: i64,
}

/// A marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its frame.
    pub frame: i64,
    /// Title.
    pub name: String,
    /// Red, green, blue.
    pub color: [u8; 3],
}

/// What a clip shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file, on a track with pictures.
    Picture,
    /// A file, on a track for sound.
    Sound,
    /// Another composition.
    Nested,
    /// A colour.
    Solid,
    /// Text or subtitles.
    Text,
    /// A shape.
    Shape,
    /// An adjustment layer or a null object.
    Helper,
}

impl Kind {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Picture => "video",
            Self::Sound => "sound",
            Self::Nested => "composition",
            Self::Solid => "colour",
            Self::Text => "text",
            Self::Shape => "shape",
            Self::Helper => "layer without picture",
        }
    }
}

/// A source file.
#[derive(Clone, Debug, PartialEq)]
pub struct Medium {
    /// Id.
    pub id: String,
    /// Name of the file.
    pub file: String,
    /// Size of its pictures, if it is known.
    pub size: Option<Size>,
    /// Frames per second, if they are known.
    pub rate: Option<f64>,
    /// Length in seconds, if it is known.
    pub secs: Option<f64>,
    /// Bytes of the file; `None` if it is offline.
    pub bytes: Option<u64>,
    /// Why it cannot be read.
    pub offline: Option<String>,
}

impl Film {
    /// The film of a state of the session. `media` are its files, see [`media_of`].
    pub fn new(
        session: &Session,
        shown: Option<&str>,
        revision: u64,
        unsaved: bool,
        media: Arc<Vec<Medium>>,
        before: Option<&Self>,
    ) -> Option<Self> {
        let project = session.project();
        let composition = shown.and_then(|id| project.compositions.iter().find(|c| c.id.as_str() == id));
        let composition = composition.or_else(|| project.main_composition())?;
        Some(Self {
            revision,
            name: title(session),
            unsaved,
            composition: composition.id.to_string(),
            compositions: project.compositions.iter().map(|c| c.id.to_string()).collect(),
            size: composition.size,
            rate: composition.frame_rate,
            rows: rows(composition, before),
            markers: marks(composition),
            media,
        })
    }

    /// The clip of an id, with its row.
    pub fn piece(&self, id: &str) -> Option<(&Row, &Piece)> {
        self.rows.iter().find_map(|row| row.pieces.iter().find(|piece| piece.id() == id).map(|piece| (&**row, piece)))
    }

    /// Frame after the last clip.
    pub fn end(&self) -> i64 {
        self.rows.iter().filter_map(|row| row.pieces.last()).map(|piece| piece.end).max().unwrap_or(0)
    }

    /// Number of clips.
    pub fn clip_count(&self) -> usize {
        self.rows.iter().map(|row| row.pieces.len()).sum()
    }
}

impl Row {
    /// The clips that have a frame between `from` and `to`.
    pub fn between(&self, from: i64, to: i64) -> &[Piece] {
        let first = self.pieces.partition_point(|piece| piece.end <= from);
        let last = self.pieces.partition_point(|piece| piece.start < to);
        self.pieces.get(first..last).unwrap_or_default()
    }

    /// The clip at a frame.
    pub fn at(&self, frame: i64) -> Option<&Piece> {
        self.between(frame, frame + 1).first()
    }
}

fn rows(composition: &Composition, before: Option<&Film>) -> Vec<Arc<Row>> {
    let same_rate = |film: &&Film| film.rate == composition.frame_rate && film.composition == composition.id.as_str();
    let before = before.filter(same_rate);
    let row = |track: &Track| {
        let known = before.and_then(|film| film.rows.iter().find(|row| row.id == track.id.as_str()));
        match known.filter(|row| is_same(&row.track, track)) {
            Some(row) => Arc::clone(row),
            None => Arc::new(row_of(track, composition.frame_rate)),
        }
    };
    let is_sound = |track: &&Track| track.kind == TrackKind::Audio;
    let pictures = composition.tracks.iter().rev().filter(|track| !is_sound(track));
    pictures.chain(composition.tracks.iter().filter(is_sound)).map(row).collect()
}

fn is_same(a: &Track, b: &Track) -> bool {
    a.clips.same(&b.clips)
        && a.transitions.same(&b.transitions)
        && (&a.name, a.kind, a.enabled, a.muted, a.locked) == (&b.name, b.kind, b.enabled, b.muted, b.locked)
}

fn row_of(track: &Track, rate: FrameRate) -> Row {
    let is_sound = track.kind == TrackKind::Audio;
    let piece = |clip: &Arc<Clip>| {
        let (start, end) = (rate.frame_at(clip.start), rate.frame_at(clip.span().end()));
        Piece { name: name_of(clip), kind: kind_of(clip, is_sound), start, end: end.max(start + 1), clip: Arc::clone(clip) }
    };
    let mut pieces: Vec<Piece> = track.clips.iter().map(piece).collect();
    pieces.sort_by(|a, b| (a.clip.start, a.id()).cmp(&(b.clip.start, b.id())));
    let span_of =
        |id: &Option<_>| id.as_ref().and_then(|id: &cutroom_api::ClipId| track.clips.with_id(id.as_str())).map(|clip| clip.span());
    let joint = |transition: &cutroom_api::Transition| {
        let span = transition.span_between(span_of(&transition.from), span_of(&transition.to))?;
        Some(Joint { kind: transition.kind.clone(), start: rate.frame_at(span.start), end: rate.frame_at(span.end()) })
    };
    let mut joints: Vec<Joint> = track.transitions.iter().filter_map(joint).collect();
    joints.sort_by_key(|joint| joint.start);
    Row {
        id: track.id.to_string(),
        name: if track.name.is_empty() { track.id.to_string() } else { track.name.clone() },
        is_sound,
        locked: track.locked,
        off: !track.enabled || is_sound && track.muted,
        pieces,
        joints,
        track: track.clone(),
    }
}

fn name_of(clip: &Clip) -> String {
    if !clip.name.is_empty() {
        return clip.name.clone();
    }
    match &clip.source {
        ClipSource::Media(source) => source.media.to_string(),
        ClipSource::Composition(source) => source.composition.to_string(),
        _ => clip.id.to_string(),
    }
}

fn kind_of(clip: &Clip, is_sound: bool) -> Kind {
    match clip.source {
        ClipSource::Media(_) if is_sound => Kind::Sound,
        ClipSource::Media(_) => Kind::Picture,
        ClipSource::Composition(_) => Kind::Nested,
        ClipSource::Solid(_) => Kind::Solid,
        ClipSource::Text(_) | ClipSource::Subtitles(_) => Kind::Text,
        ClipSource::Shape(_) => Kind::Shape,
        ClipSource::Adjustment(_) | ClipSource::Null(_) => Kind::Helper,
    }
}

fn marks(composition: &Composition) -> Vec<Mark> {
    let mark = |marker: &cutroom_api::Marker| Mark {
        frame: composition.frame_rate.frame_at(marker.time),
        name: marker.name.clone(),
        color: color(&marker.color).unwrap_or([240, 180, 60]),
    };
    composition.markers.iter().map(mark).collect()
}

/// The title of a project, or the name of its file.
pub fn title(session: &Session) -> String {
    match session.name() {
        "" => session.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        title => title.to_owned(),
    }
}

/// A colour as `"#rrggbb"`.
fn color(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#')?;
    let byte = |at: usize| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    Some([byte(0)?, byte(2)?, byte(4)?])
}

/// The files of a session. Whether they are there is looked up, so that this takes its time.
pub fn media_of(session: &Session) -> Vec<Medium> {
    let states = session.media_states();
    let medium = |(media, state): (&Media, MediaState)| {
        let file = media.path.rsplit(['/', '\\']).next().unwrap_or(&media.path).to_owned();
        let known = Medium { id: state.id, file, size: None, rate: None, secs: None, bytes: state.bytes, offline: state.reason };
        known.with_facts(media)
    };
    session.project().media.iter().zip(states).map(medium).collect()
}

/// The same files with what is known of them in a document; `None` if nothing is new.
pub fn with_facts(media: &[Medium], project: &Project) -> Option<Vec<Medium>> {
    let of = |medium: &Medium| {
        let media = project.media.iter().find(|media| media.id.as_str() == medium.id);
        media.map_or_else(|| medium.clone(), |media| medium.clone().with_facts(media))
    };
    let known: Vec<Medium> = media.iter().map(of).collect();
    (known != media).then_some(known)
}

impl Medium {
    /// With the facts that a document has of it; what it lacks stays.
    fn with_facts(self, media: &Media) -> Self {
        let Some(facts) = &media.facts else { return self };
        Self {
            size: facts.size.or(self.size),
            rate: facts.frame_rate.map(FrameRate::as_f64).or(self.rate),
            secs: facts.duration.map(|duration| duration.as_secs_f64()).or(self.secs),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_markers_are_read() {
        assert_eq!(color("#ff8000"), Some([255, 128, 0]));
        assert_eq!((color("red"), color("#12"), color("#é1234")), (None, None, None));
    }
}
