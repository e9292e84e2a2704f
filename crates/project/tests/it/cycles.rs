//! Cycles of pictures, compared with their definition: clips that reach themselves.
use cutroom_project::{
    AdjustmentSource, Clip, ClipSource, Composition, Matte, MatteChannel, NullSource, Project, Track, TrackKind, cycle::Cycles,
    validate,
};
use cutroom_types::{FrameRate, Size, Time, TimeDelta};
use proptest::prelude::*;

/// Start, length, whether it is an adjustment layer, index of the track that is its matte (none if
/// out of range), whether it is enabled.
type Piece = (i64, i64, bool, usize, bool);

fn composition(tracks: &[(Vec<Piece>, bool)]) -> Composition {
    let mut c = Composition::new("c", Size { width: 16, height: 9 }, FrameRate::new(25, 1).unwrap());
    for (j, (pieces, matte_only)) in tracks.iter().enumerate() {
        let mut track = Track::new(&format!("t{j}"), TrackKind::Video);
        track.matte_only = *matte_only;
        for (k, &(start, length, adjusts, matte, enabled)) in pieces.iter().enumerate() {
            let source = if adjusts { ClipSource::Adjustment(AdjustmentSource::default()) } else { ClipSource::solid([1.0; 4]) };
            let mut clip = Clip::new(&format!("c{j}-{k}"), source, Time(start), TimeDelta(length));
            clip.enabled = enabled;
            clip.video.matte = (matte < tracks.len()).then(|| Matte {
                track: format!("t{matte}").as_str().into(),
                channel: MatteChannel::Alpha,
                inverted: false,
                extra: cutroom_project::Extra::default(),
            });
            track.clips.push(clip.into());
        }
        c.tracks.push(track);
    }
    c
}

fn tracks() -> impl Strategy<Value = Vec<(Vec<Piece>, bool)>> {
    let piece = (0i64..40, 1i64..15, any::<bool>(), 0usize..8, any::<bool>());
    prop::collection::vec((prop::collection::vec(piece, 0..5), any::<bool>()), 1..6)
}

proptest! {
    #[test]
    fn clips_that_reach_themselves_are_found(tracks in tracks()) {
        let c = composition(&tracks);
        let circles = Cycles::new(&c, |clip| clip.video.matte.iter().map(|m| m.track.clone()).collect());
        let clips: Vec<(usize, usize, Piece)> = tracks
            .iter()
            .enumerate()
            .flat_map(|(j, (pieces, _))| pieces.iter().enumerate().map(move |(k, p)| (j, k, *p)))
            .collect();
        let together = |a: &Piece, b: &Piece| a.4 && b.4 && a.0 < b.0 + b.1 && b.0 < a.0 + a.1;
        let matte = |a: &(usize, usize, Piece), b: &(usize, usize, Piece)| together(&a.2, &b.2) && a.2.3 == b.0;
        let uses = |a: &(usize, usize, Piece), b: &(usize, usize, Piece)| {
            matte(a, b) || together(&a.2, &b.2) && a.2.2 && b.0 < a.0 && !tracks[b.0].1
        };
        // Transitive closure by Warshall's algorithm.
        let mut reaches: Vec<Vec<bool>> = clips.iter().map(|a| clips.iter().map(|b| uses(a, b)).collect()).collect();
        for via in 0..clips.len() {
            for from in 0..clips.len() {
                for to in 0..clips.len() {
                    reaches[from][to] |= reaches[from][via] && reaches[via][to];
                }
            }
        }
        for (n, a) in clips.iter().enumerate().filter(|(_, a)| a.2.3 < tracks.len()) {
            let is_circular = clips.iter().enumerate().any(|(m, b)| matte(a, b) && (m == n || reaches[m][n]));
            prop_assert_eq!(circles.would_cycle(a.0, a.1, &c.tracks[a.2.3].id), is_circular, "{}-{}", a.0, a.1);
        }
    }
}

#[test]
fn only_clips_on_a_cycle_of_parents_are_reported() {
    let mut c = composition(&[]);
    let mut track = Track::new("t", TrackKind::Video);
    // a, b and c lead to the cycle of d and e; f is its own parent; g leads to h, which has none.
    let parents = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", "d"), ("f", "f"), ("g", "h"), ("h", "")];
    for (start, (id, parent)) in (0..).zip(parents) {
        let mut clip = Clip::new(id, ClipSource::Null(NullSource::default()), Time(start * 10), TimeDelta(10));
        clip.video.parent = (!parent.is_empty()).then(|| parent.into());
        track.clips.push(clip.into());
    }
    c.tracks.push(track);
    let found: Vec<_> = validate(&Project::new("p", c)).into_iter().map(|p| (p.code, p.clip.unwrap().to_string())).collect();
    assert_eq!(found, ["d", "e", "f"].map(|id| ("project.cycle", id.to_owned())));
}
