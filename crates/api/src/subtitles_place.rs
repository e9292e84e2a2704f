//! Places of cues, as files count them and as projects name them.
use cutroom_interchange::subtitles::Alignment;
use cutroom_project::subtitles::CuePlace;

/// The place of an alignment, which counts like the keys of a keypad.
pub(crate) fn place(alignment: Alignment) -> CuePlace {
    match alignment.number() {
        1 => CuePlace::BottomLeft,
        3 => CuePlace::BottomRight,
        4 => CuePlace::Left,
        5 => CuePlace::Center,
        6 => CuePlace::Right,
        7 => CuePlace::TopLeft,
        8 => CuePlace::Top,
        9 => CuePlace::TopRight,
        _ => CuePlace::Bottom,
    }
}

/// The alignment of a place; `None` for the usual one, which files do not state.
pub(crate) fn alignment(place: CuePlace) -> Option<Alignment> {
    let number = match place {
        CuePlace::Bottom => return None,
        CuePlace::BottomLeft => 1,
        CuePlace::BottomRight => 3,
        CuePlace::Left => 4,
        CuePlace::Center => 5,
        CuePlace::Right => 6,
        CuePlace::TopLeft => 7,
        CuePlace::Top => 8,
        CuePlace::TopRight => 9,
    };
    Alignment::new(number)
}
