//! What holds for everything that takes samples block by block.
use super::signals::{in_blocks, music, speech};
use cutroom_analysis::sound::{
    align::Fingerprinter,
    beats::BeatFinder,
    meters::{PpmType, QuasiPeak, Rms, StereoField},
    segments::SegmentFinder,
    silence::{SilenceDetector, SilenceSettings},
    spectrogram::{Spectrogram, SpectrogramSettings},
    spectrum::{AverageSpectrum, Window},
};

/// Everything that is found, as text.
fn found(x: &[f32], rate_hz: u32, feed: impl Fn(&[f32], &mut dyn FnMut(&[f32]))) -> Vec<String> {
    let mut silence = SilenceDetector::new(rate_hz, SilenceSettings::default());
    feed(x, &mut |b| silence.add(&[b]));
    let mut beats = BeatFinder::new(rate_hz);
    feed(x, &mut |b| beats.add(&[b]));
    let mut segments = SegmentFinder::new(rate_hz);
    feed(x, &mut |b| segments.add(&[b]));
    let mut prints = Fingerprinter::new(rate_hz);
    feed(x, &mut |b| prints.add(&[b]));
    let mut spectrogram = Spectrogram::new(rate_hz, SpectrogramSettings::default());
    let mut columns = Vec::new();
    feed(x, &mut |b| spectrogram.add(&[b], |c| columns.push(c.to_vec())));
    spectrogram.finish(|c| columns.push(c.to_vec()));
    let mut average = AverageSpectrum::new(rate_hz, 1_024, Window::Hann);
    feed(x, &mut |b| average.add(&[b]));
    let (mut ppm, mut rms, mut field) =
        (QuasiPeak::new(rate_hz, PpmType::I), Rms::new(rate_hz, 0.3), StereoField::new(rate_hz, 0.1));
    feed(x, &mut |b| {
        ppm.add(b);
        rms.add(b);
        field.add(b, b);
    });
    vec![
        format!("{:?}", silence.finish()),
        format!("{:?}", beats.finish()),
        format!("{:?}", segments.finish()),
        format!("{:?}", prints.finish()),
        format!("{columns:?}"),
        format!("{:?}", average.mean_dbfs()),
        format!("{} {:.9} {:.9}", ppm.dbfs(), rms.dbfs(), field.correlation()),
    ]
}

#[test]
fn results_do_not_depend_on_the_sizes_of_blocks() {
    for rate in [16_000, 44_100] {
        let mut x = speech(1, rate, 4.0);
        x.extend(music(2, rate, 4.0, 0.5));
        let whole = found(&x, rate, |x, each| each(x));
        for (i, part) in found(&x, rate, |x, each| in_blocks(x, each)).iter().enumerate() {
            assert!(*part == whole[i], "result {i} at {rate} Hz");
        }
    }
}

/// Rates that no sound has, values that are no numbers, and no samples or channels at all.
#[test]
fn nonsense_does_not_panic() {
    for rate in [0, 1, 7, 199, 1_000, 8_000, 768_000] {
        for x in [vec![], vec![0.5], vec![f32::NAN; 300], vec![f32::INFINITY; 300], vec![f32::MAX; 300], vec![1e-30; 300]] {
            found(&x, rate, |x, each| each(x));
        }
    }
    let none: [&[f32]; 0] = [];
    let mut silence = SilenceDetector::new(48_000, SilenceSettings::default());
    silence.add(&none);
    silence.finish();
    let mut beats = BeatFinder::new(48_000);
    beats.add(&none);
    beats.finish();
}
