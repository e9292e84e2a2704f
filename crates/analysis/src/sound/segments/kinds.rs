//! How well features fit each kind.
use super::features::{FEATURES, Frame, Syllables, features};

/// Mean and standard deviation of each feature of a kind, in the order of [`features`].
type Model = [(f64, f64); FEATURES];

/// Measured, and widened where there was little to measure, on: speech of ten voices (read by two
/// synthesisers in three languages, and a recorded public address), some with music 15 dB below; a
/// piece of jazz; and noise of several colours and short recordings of cameras outdoors.
const SPEECH: Model = [(0.22, 0.05), (0.40, 0.08), (-2.7, 0.7), (0.43, 0.035), (0.78, 0.09), (0.18, 0.055), (-3.8, 0.8)];
const MUSIC: Model = [(0.11, 0.05), (0.19, 0.11), (-4.1, 0.7), (0.65, 0.11), (0.58, 0.19), (0.28, 0.11), (-5.3, 1.3)];
const OTHER: Model = [(0.035, 0.035), (0.04, 0.08), (-3.8, 0.6), (0.41, 0.035), (0.24, 0.17), (0.15, 0.07), (-2.6, 1.6)];
/// Features depend on each other, so that each counts less than its likelihood.
const WEIGHT: f64 = 0.5;
/// Deviations that count at most, in standard deviations: no single feature decides.
const FARTHEST: f64 = 3.5;
/// Level of silence in dBFS, and how fast its likelihood changes: by a factor of e for so many dB.
const SILENCE_DBFS: f64 = -60.0;
const SILENCE_DB: f64 = 2.0;
/// Silence is at most this likely or unlikely (logarithm).
const SILENCE_LIMIT: f64 = 12.0;

/// Logarithms of likelihoods of speech, music, silence and others. Features are of the frames
/// around a moment, and the level of those at it.
pub(super) fn scores(around: &[Frame], here: &[Frame], syllables: &mut Syllables) -> [f64; 4] {
    let values = features(around, syllables);
    let fit = |model: &Model| -> f64 {
        let of_feature = |(x, (mean, deviation)): (&f64, &(f64, f64))| {
            let z = ((x - mean) / deviation).clamp(-FARTHEST, FARTHEST);
            -0.5 * z * z - libm::log(*deviation)
        };
        WEIGHT * values.iter().zip(model).map(of_feature).sum::<f64>()
    };
    let (speech, music, other) = (fit(&SPEECH), fit(&MUSIC), fit(&OTHER));
    let square = here.iter().map(|f| f64::from(f.level) * f64::from(f.level)).sum::<f64>() / here.len().max(1) as f64;
    let below_db = SILENCE_DBFS - 10.0 * libm::log10(square + 1e-20);
    let silence = (below_db / SILENCE_DB).clamp(-SILENCE_LIMIT, SILENCE_LIMIT);
    [speech, music, speech.max(music).max(other) + silence, other]
}
