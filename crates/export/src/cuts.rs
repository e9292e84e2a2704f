//! Where a film is divided into segments, decided from the document alone, so that every run divides it
//! alike.
use cutroom_project::Composition;
use cutroom_types::{FLICKS_PER_SECOND, FrameRate, Time};
use std::ops::Range;

/// Usual length of a segment, seconds.
pub const USUAL_SECS: f64 = 10.0;

/// Divides `frames` into segments of `secs` seconds, give or take a half: each ends at the edge of a clip
/// of a visible track where one is in that range, the one nearest to `secs`, because a keyframe costs
/// least where the picture changes anyway. A rest shorter than half of `secs` belongs to the segment
/// before it. `secs` 0 or not finite: one segment.
pub fn segments(composition: &Composition, frames: Range<i64>, secs: f64) -> Vec<Range<i64>> {
    let rate = composition.frame_rate;
    let usual = (secs * rate.num() as f64 / rate.den() as f64).round();
    if !(1.0..1e15).contains(&usual) {
        return vec![frames];
    }
    divided(frames, usual as i64, &edges(composition, rate))
}

/// Frames at which a clip of a visible track begins or ends, in order.
fn edges(composition: &Composition, rate: FrameRate) -> Vec<i64> {
    let visible = composition.tracks.iter().filter(|track| track.enabled);
    let spans = visible.flat_map(|track| track.clips.iter().map(|clip| clip.span()));
    let mut found: Vec<i64> = spans.flat_map(|span| [span.start, span.end()]).map(|t| first_frame_at(rate, t)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The first frame that is shown at or after a time.
fn first_frame_at(rate: FrameRate, t: Time) -> i64 {
    let (num, den) = (i128::from(rate.num()), i128::from(rate.den()) * i128::from(FLICKS_PER_SECOND));
    let frame = -(-i128::from(t.0) * num).div_euclid(den);
    i64::try_from(frame).unwrap_or(i64::MAX)
}

fn divided(frames: Range<i64>, usual: i64, edges: &[i64]) -> Vec<Range<i64>> {
    let (shortest, longest) = ((usual - usual / 2).max(1), usual + usual / 2);
    let mut found = Vec::new();
    let mut start = frames.start;
    while frames.end - start > longest {
        let places = start + shortest..start + longest + 1;
        let from = edges.partition_point(|edge| *edge < places.start);
        let near = edges[from..].iter().copied().take_while(|edge| places.contains(edge) && frames.end - edge >= shortest);
        let end = near.min_by_key(|edge| (edge - start - usual).abs()).unwrap_or(start + usual);
        found.push(start..end);
        start = end;
    }
    // Between the longest segment and one and a half of it there are two.
    found.push(start..frames.end);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_touch_and_have_the_lengths_stated() {
        for (frames, usual, edges) in [
            (0..1000, 100, vec![]),
            (0..1000, 100, vec![130, 160, 161, 300, 333, 420, 990]),
            (7..1007, 24, (0..1007).collect()),
            (0..149, 100, vec![75]),
            (0..151, 100, vec![75]),
            (0..10, 1, vec![]),
            (0..1, 250, vec![]),
        ] {
            let parts = divided(frames.clone(), usual, &edges);
            assert_eq!((parts[0].start, parts[parts.len() - 1].end), (frames.start, frames.end));
            assert!(parts.windows(2).all(|w| w[0].end == w[1].start), "{parts:?}");
            assert!(parts.iter().all(|p| p.end - p.start <= usual + usual / 2), "{parts:?}");
            let whole = frames.end - frames.start < usual / 2;
            assert!(whole || parts.iter().all(|p| p.end - p.start >= usual / 2), "{parts:?}");
        }
    }

    #[test]
    fn the_edge_nearest_to_the_usual_length_is_taken() {
        assert_eq!(divided(0..400, 100, &[60, 120, 149]), [0..120, 120..220, 220..320, 320..400]);
        // At the edges of the range that is allowed, and just outside of it.
        assert_eq!(divided(0..400, 100, &[50])[0], 0..50);
        assert_eq!(divided(0..400, 100, &[49])[0], 0..100);
        assert_eq!(divided(0..400, 100, &[150])[0], 0..150);
        assert_eq!(divided(0..400, 100, &[151])[0], 0..100);
    }

    #[test]
    fn a_time_between_two_frames_belongs_to_the_second() {
        let rate = FrameRate::new(30000, 1001).unwrap();
        for frame in [0, 1, 2, 299, 1_000_001] {
            let t = rate.time_of_frame(frame);
            assert_eq!(first_frame_at(rate, t), frame);
            assert_eq!(first_frame_at(rate, Time(t.0 + 1)), frame + 1);
            assert_eq!(first_frame_at(rate, Time(t.0 - 1)), frame);
        }
    }
}
