use cutroom_analysis::sound::{
    align::Alignment,
    arrange::{Pair, arrange},
};

fn pair(first: usize, second: usize, offset_secs: f64, drift_ppm: f64, found: usize) -> Pair {
    let alignment = Alignment {
        offset_secs,
        drift_ppm: Some(drift_ppm),
        inverted: false,
        found,
        compared: 16,
        peak_ratio: 3.0,
        spread_secs: 0.0,
    };
    Pair { first, second, alignment }
}

/// Starts and paces of four recordings; what pairs say follows.
fn truth() -> [(f64, f64); 4] {
    [(0.0, 1.0), (120.5, 1.0 + 40e-6), (-33.25, 1.0 - 25e-6), (700.0, 1.0 + 10e-6)]
}

fn true_pair(first: usize, second: usize, found: usize) -> Pair {
    let (a, b) = (truth()[first], truth()[second]);
    pair(first, second, (b.0 - a.0) / a.1, (b.1 / a.1 - 1.0) * 1e6, found)
}

#[test]
fn consistent_pairs_are_reproduced_from_any_tree() {
    let all = [(0, 1), (0, 2), (1, 2), (1, 3), (3, 0), (2, 3)];
    for missing in 0..all.len() {
        let kept = all.iter().enumerate().filter(|(i, _)| *i != missing);
        let pairs: Vec<Pair> = kept.map(|(i, (a, b))| true_pair(*a, *b, 5 + i * 7 % 11)).collect();
        for (placed, (start, pace)) in arrange(4, &pairs).iter().zip(truth()) {
            assert_eq!(placed.group, 0);
            assert!((placed.start_secs - start).abs() < 1e-6 && (placed.pace - pace).abs() < 1e-10, "{placed:?}");
        }
    }
}

#[test]
fn a_contradicting_pair_is_left_out() {
    let pairs = [true_pair(0, 1, 16), true_pair(1, 2, 16), true_pair(0, 2, 16), pair(2, 3, 5.0, 0.0, 1), true_pair(0, 3, 16)];
    for (placed, (start, _)) in arrange(4, &pairs).iter().zip(truth()) {
        assert!((placed.start_secs - start).abs() < 1e-6, "{placed:?}");
    }
}

/// Of three equally certain pairs around a triangle each takes a third of the contradiction.
#[test]
fn errors_are_shared() {
    let pairs = [pair(0, 1, 1.0, 0.0, 4), pair(1, 2, 1.0, 0.0, 4), pair(0, 2, 2.003, 0.0, 4)];
    let placed = arrange(3, &pairs);
    assert!((placed[1].start_secs - 1.001).abs() < 1e-9 && (placed[2].start_secs - 2.002).abs() < 1e-9, "{placed:?}");
}

#[test]
fn recordings_without_a_shared_sound_are_in_groups_of_their_own() {
    let placed = arrange(5, &[pair(1, 3, 7.0, 0.0, 4), pair(9, 1, 0.0, 0.0, 4)]);
    assert_eq!(placed.iter().map(|p| p.group).collect::<Vec<_>>(), [0, 1, 2, 1, 3]);
    assert!((placed[3].start_secs - 7.0).abs() < 1e-9 && placed[1].start_secs == 0.0);
    assert!(arrange(0, &[]).is_empty());
}
