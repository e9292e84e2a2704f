//! Times of frames in AVI, which stores packets in decoding order and no presentation times.
//!
//! Each chunk of a video stream, an empty one too, takes one slot of the stream's rate; an empty
//! chunk repeats the picture before. A stream that reorders its frames needs a delay of some
//! packets, and the frame that is shown as number n comes out when packet n + delay has been
//! decoded: its time is the slot of that packet, less the slots by which the delay postpones the
//! first frame. (The last frames, for which no packet follows, take one slot each.) Encoders derive
//! decoding times in this way, so skipped frames are at their places, and a player that starts
//! picture and sound together shows them together.

/// Presentation times, in slots, of the frames in the order in which they are shown. `slots`: those
/// of the packets in decoding order, rising; `shown`: the ordinals of the packets in the order in
/// which they are shown; `delay`: number of frames that the codec states as its reordering delay.
pub(crate) fn presentation(slots: &[i64], shown: &[u32], delay: usize) -> Vec<i64> {
    let needed = shown.iter().enumerate().map(|(n, &packet)| (packet as usize).saturating_sub(n)).max().unwrap_or(0);
    let delay = needed.max(delay).min(slots.len().saturating_sub(1));
    let (Some(first), Some(last)) = (slots.first(), slots.last()) else { return Vec::new() };
    let postponed = slots[delay] - first;
    let slot = |n: usize| slots.get(n).copied().unwrap_or_else(|| last + (n + 1 - slots.len()) as i64);
    (0..shown.len()).map(|n| slot(n + delay) - postponed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An encoder whose decoding times are the sorted presentation times, `delay` frames later.
    #[test]
    fn slots_of_an_encoder_give_its_times_back() {
        // I P B B, twice, with a pyramid in between: packets in decoding order by shown number.
        for (order, delay) in
            [(&[0, 3, 1, 2, 6, 4, 5][..], 1), (&[0, 4, 2, 1, 3, 8, 6, 5, 7], 2), (&[0, 1, 2, 3], 0), (&[0, 1, 2, 3], 2)]
        {
            for skipped in [&[][..], &[3], &[1], &[4, 5, 6]] {
                let times: Vec<i64> = (0..40).filter(|t| !skipped.contains(t)).take(order.len()).collect();
                let postponed = times[delay] - times[0];
                let slots: Vec<i64> =
                    (0..order.len()).map(|n| if n < delay { times[n] } else { times[n - delay] + postponed }).collect();
                let mut shown = vec![0u32; order.len()];
                order.iter().enumerate().for_each(|(packet, &n)| shown[n] = packet as u32);
                let found = presentation(&slots, &shown, delay);
                let known = order.len() - delay;
                assert_eq!(found[..known], times[..known], "{order:?} without {skipped:?}");
                assert!(found.windows(2).all(|w| w[0] < w[1]));
            }
        }
        assert_eq!(presentation(&[], &[], 2), [] as [i64; 0]);
        assert_eq!(presentation(&[7], &[0], 2), [7]);
    }
}
