//! Pitch shift.
use super::onset::Onsets;
use super::peaks::{Peak, find_peaks};
use super::spectral_envelope::SpectralEnvelope;
use super::stft::{Bins, Stft, Window, frame_size};
use super::{SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Params, Unit};
use realfft::num_complex::Complex;
use std::f64::consts::TAU;

/// Raises or lowers the pitch and keeps the length, by a phase vocoder that moves the peaks of the
/// spectrum: J. Laroche and M. Dolson, "New phase-vocoder techniques for pitch-shifting,
/// harmonizing and other exotic effects" (WASPAA 1999). A peak with the bins around it is moved by
/// a multiple of its frequency, and turned by the phase that the difference of frequencies has
/// collected; that all bins of a peak turn alike keeps their phases locked (identity phase
/// locking), and that all channels turn alike keeps their differences. At onsets all phases start
/// from those of the sound.
///
/// A phase that is collected from the beginning would make the result depend on where that was. So
/// phases are collected twice, from the last and from the last but one multiple of 64 frames, and
/// what is used glides from one to the other, which detunes by less than 0.2 Hz (0.1 Hz with
/// `music`).
///
/// `material` chooses the frame: 21 ms for `drums`, 43 ms for `voice`, 85 ms for `music`, each with
/// a new one every eighth. `formants` keeps the spectral envelope where it was, so that voices keep
/// their character; `formantShift` then moves it.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("semitones", "Semitones", 0.0, -24.0, 24.0, Unit::Semitones),
        // Hundredths of a semitone.
        ParamSpec::number("cents", "Cents", 0.0, -100.0, 100.0, Unit::None),
        ParamSpec::choice("material", "Material", "voice", &["voice", "music", "drums"]),
        ParamSpec::switch("formants", "Preserve Formants", false),
        ParamSpec::number("formantShift", "Formant Shift", 0.0, -12.0, 12.0, Unit::Semitones),
        ParamSpec::fixed("onsets", "Onset Sensitivity", 50.0, 0.0, 100.0, Unit::Percent),
    ],
    neutral: |p| p.number(0) == 0.0 && p.number(1) == 0.0 && (!p.bool(3) || p.number(4) == 0.0),
    latency_samples: |p, format| Stft::latency(size(p, format)),
    settling_secs: |p, format| {
        let frames = 2 * SEGMENT_FRAMES + 2;
        (frames as usize * size(p, format)) as f64 / f64::from(format.rate_hz)
    },
    ..SoundSpec::new(
        "audio-pitch-shift",
        "Pitch Shift",
        SoundFamily::Color,
        "Raises or lowers the pitch without changing the speed.",
        |s| Box::new(PitchShift::new(s)),
    )
};

/// Frames (of their whole length) after which phases are collected anew.
const SEGMENT_FRAMES: i64 = 64;

/// Frames overlap by seven eighths.
const OVERLAP: usize = 8;

/// Spectra have twice as many bins as frames need, so that peaks can be moved by half a bin.
const PADDING: usize = 2;

fn size(p: Params<'_>, format: SoundFormat) -> usize {
    let secs = match p.text(2) {
        "drums" => 0.0213,
        "music" => 0.0853,
        _ => 0.0427,
    };
    frame_size(secs, format.rate_hz).max(512)
}

struct PitchShift {
    stft: Stft,
    onsets: Onsets,
    vocoder: Vocoder,
}

struct Vocoder {
    size: usize,
    hop: usize,
    power: Vec<f64>,
    peaks: Vec<Peak>,
    /// The spectra of the frame before, for each channel.
    last: Vec<Bins>,
    /// The phases collected since the last but one and since the last start, in radians, for each
    /// bin of the sound as it was.
    phases: Vec<[f64; 2]>,
    next: Vec<[f64; 2]>,
    segment: Option<i64>,
    moved: Vec<Bins>,
    envelope: Option<SpectralEnvelope>,
}

impl PitchShift {
    fn new(setup: SoundSetup<'_>) -> Self {
        let (channels, size) = (setup.format.channels, size(setup.params, setup.format));
        let (hop, padded) = (size / OVERLAP, size * PADDING);
        let bins = padded / 2 + 1;
        let spectra = vec![vec![Complex::default(); bins]; channels];
        let vocoder = Vocoder {
            size,
            hop,
            power: vec![0.0; bins],
            peaks: Vec::with_capacity(bins),
            last: spectra.clone(),
            phases: vec![[0.0; 2]; bins],
            next: vec![[0.0; 2]; bins],
            segment: None,
            moved: spectra,
            envelope: setup.params.bool(3).then(|| SpectralEnvelope::new(padded, setup.format.rate_hz)),
        };
        let sensitivity = f64::from(setup.params.number(5)) / 100.0;
        Self {
            stft: Stft::new(channels, size, hop, padded, Window::Hann),
            onsets: Onsets::new(size, setup.format, sensitivity),
            vocoder,
        }
    }
}

impl SoundProcessor for PitchShift {
    fn process(&mut self, block: SoundBlock<'_>) {
        let Self { stft, onsets, vocoder } = self;
        onsets.add(block.position, block.channels);
        let p = block.params;
        stft.process(block.position, block.channels, |end, bins| {
            let ratio = libm::exp2((p.end(0) + p.end(1) / 100.0) / 12.0);
            let formants = libm::exp2(p.end(4) / 12.0);
            let middle = end - (vocoder.size / 2) as i64;
            let half = (vocoder.hop / 2) as i64;
            vocoder.change(middle, ratio, formants, onsets.any(middle - half, middle + half), bins);
        });
    }
}

impl Vocoder {
    fn change(&mut self, middle: i64, ratio: f64, formants: f64, onset: bool, bins: &mut [Bins]) {
        // Frames are transformed from their beginning; turned to their middle, the bins of a peak
        // have the same phase.
        for spectrum in &mut *bins {
            spectrum.iter_mut().skip(1).step_by(2).for_each(|x| *x = -*x);
        }
        self.power.fill(0.0);
        for spectrum in &*bins {
            self.power.iter_mut().zip(spectrum).for_each(|(p, x)| *p += x.norm_sqr());
        }
        if let Some(envelope) = &mut self.envelope {
            envelope.estimate(&self.power);
        }
        find_peaks(&self.power, &mut self.peaks);
        let into = self.start_segment(middle);
        self.moved.iter_mut().for_each(|m| m.fill(Complex::default()));
        for i in 0..self.peaks.len() {
            let peak = self.peaks[i];
            let turned = (ratio - 1.0) * self.advance(peak.bin, bins);
            let phases = self.phases[peak.bin].map(|phase| if onset { 0.0 } else { wrapped(phase + turned) });
            self.next[peak.from..peak.to].fill(phases);
            let angle = phases[0] + into * wrapped(phases[1] - phases[0]);
            let shift = turned * (self.size * PADDING) as f64 / (self.hop as f64 * TAU);
            self.place(peak, shift, angle, formants, bins);
        }
        std::mem::swap(&mut self.phases, &mut self.next);
        for ((last, moved), spectrum) in self.last.iter_mut().zip(&mut self.moved).zip(bins) {
            std::mem::swap(last, spectrum);
            std::mem::swap(moved, spectrum);
            spectrum.iter_mut().skip(1).step_by(2).for_each(|x| *x = -*x);
        }
    }

    /// Returns how far the segment has come, 0..1. A new one begins to collect phases.
    fn start_segment(&mut self, middle: i64) -> f64 {
        let length = SEGMENT_FRAMES * self.size as i64;
        let segment = middle.div_euclid(length);
        if self.segment != Some(segment) {
            self.segment = Some(segment);
            self.phases.iter_mut().for_each(|p| *p = [p[1], 0.0]);
        }
        middle.rem_euclid(length) as f64 / length as f64
    }

    /// By how many radians the phase at a peak has advanced since the frame before, in the loudest
    /// channel: the advance of the bin's middle, and the wrapped rest.
    fn advance(&self, bin: usize, bins: &[Bins]) -> f64 {
        let expected = TAU * (bin * self.hop) as f64 / (self.size * PADDING) as f64;
        let (mut loudest, mut turn) = (-1.0, Complex::default());
        for (spectrum, last) in bins.iter().zip(&self.last) {
            if spectrum[bin].norm_sqr() > loudest {
                (loudest, turn) = (spectrum[bin].norm_sqr(), spectrum[bin] * last[bin].conj());
            }
        }
        if turn.norm_sqr() == 0.0 {
            return expected;
        }
        expected + wrapped(libm::atan2(turn.im, turn.re) - expected)
    }

    /// Adds the bins of a peak, `shift` bins higher and turned by `angle`. Between whole bins a sum
    /// of both neighbours has the right phase over the frame, nearly.
    fn place(&mut self, peak: Peak, shift: f64, angle: f64, formants: f64, bins: &[Bins]) {
        let whole = shift.floor();
        let part = shift - whole;
        let turn = Complex::new(libm::cos(angle), libm::sin(angle));
        let (whole, last) = (whole as i64, self.power.len() as i64 - 1);
        for k in peak.from..peak.to {
            let to = k as i64 + whole;
            if to < 0 || to > last {
                continue;
            }
            let (to, above) = (to as usize, (to + 1).min(last) as usize);
            let gain = self.envelope.as_ref().map_or(1.0, |e| e.gain(k as f64, k as f64 + shift, formants));
            let (low, high) = (turn * (gain * (1.0 - part)), turn * (gain * part));
            for (moved, spectrum) in self.moved.iter_mut().zip(bins) {
                moved[to] += spectrum[k] * low;
                moved[above] += spectrum[k] * high;
            }
        }
    }
}

/// An angle within −π..π.
fn wrapped(angle: f64) -> f64 {
    angle - TAU * libm::round(angle / TAU)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::{Trial, difference, rms, snr_db, tone, voice, white};

    /// The frequency of the strongest partial near `hz`, from the phases of two Hann-windowed
    /// spectra half a second apart, whose difference of phase is known from the first estimate.
    fn frequency(x: &[f32], hz: f64) -> f64 {
        let len = 8192;
        let phase = |at: usize, f: f64| {
            let (mut re, mut im) = (0.0, 0.0);
            for (i, v) in x[at..at + len].iter().enumerate() {
                let w = 0.5 - 0.5 * (TAU * i as f64 / len as f64).cos();
                let a = TAU * f * i as f64 / 48_000.0;
                (re, im) = (re + w * f64::from(*v) * a.cos(), im - w * f64::from(*v) * a.sin());
            }
            im.atan2(re)
        };
        let mut f = hz;
        for step in [256usize, 2048, 16_384] {
            let (a, b) = (phase(40_000, f), phase(40_000 + step, f));
            f += wrapped(b - a - TAU * f * step as f64 / 48_000.0) * 48_000.0 / (TAU * step as f64);
        }
        f
    }

    fn cents(f: f64, expected: f64) -> f64 {
        1200.0 * (f / expected).log2()
    }

    #[test]
    fn sines_have_the_right_pitch_and_level() {
        for material in ["voice", "music", "drums"] {
            for semitones in [-24.0, -12.0, -7.0, -3.5, -0.5, 1.0, 4.0, 7.0, 12.0, 24.0] {
                for hz in [220.0, 445.0, 1000.0, 3210.0] {
                    let input = tone(hz, 48_000.0, 0.5, 96_000);
                    let out = Trial::new(&SPEC).number("semitones", semitones).choice("material", material).mono(&input);
                    let expected = hz * (semitones / 12.0f64).exp2();
                    let off = cents(frequency(&out, expected), expected);
                    let level = 20.0 * (rms(&out[24_000..72_000]) / rms(&input)).log10();
                    let at = format!("{material} {semitones} {hz}: {off:.3} cents, {level:.2} dB");
                    println!("{at}");
                    assert!(off.abs() < 5.0 && level.abs() < 1.0, "{at}");
                }
            }
        }
    }

    #[test]
    fn harmonic_sounds_have_the_right_pitch() {
        for semitones in [-5.0, 5.0] {
            let input: Vec<f32> = (0..96_000)
                .map(|i| (1..12).map(|n| (0.1 * (TAU * 147.0 * f64::from(n) * f64::from(i) / 48_000.0).sin()) as f32).sum())
                .collect();
            let out = Trial::new(&SPEC).number("semitones", semitones).mono(&input);
            for n in 1..12 {
                let expected = 147.0 * f64::from(n) * (semitones / 12.0f64).exp2();
                let off = cents(frequency(&out, expected), expected);
                println!("{semitones} harmonic {n}: {off:.3} cents");
                assert!(off.abs() < 5.0);
            }
        }
    }

    #[test]
    fn without_shift_the_input_returns() {
        let input = white(1, 19_200);
        assert!(difference(&input, &Trial::new(&SPEC).mono(&input)) < 1e-6);
    }

    #[test]
    fn an_onset_stays_where_it_is() {
        // A click in silence: its energy must stay within a few milliseconds.
        let mut input = vec![0.0f32; 48_000];
        input[24_000] = 1.0;
        for semitones in [-7.0, 5.0] {
            let out = Trial::new(&SPEC).number("semitones", semitones).mono(&input);
            let all: f32 = out.iter().map(|x| x * x).sum();
            let near: f32 = out[24_000 - 240..24_000 + 240].iter().map(|x| x * x).sum();
            println!("{semitones}: {:.1} % within 5 ms", 100.0 * near / all);
            assert!(near / all > 0.8, "{}", near / all);
        }
    }

    #[test]
    fn formants_stay() {
        // A pulse train through a resonance at 1000 Hz, raised by seven semitones.
        let (r, w) = (0.985f64, TAU * 1000.0 / 48_000.0);
        let (mut a, mut b) = (0.0, 0.0);
        let input: Vec<f32> = (0..96_000)
            .map(|i| {
                let y = if i % 400 == 0 { 1.0 } else { 0.0 } + 2.0 * r * w.cos() * a - r * r * b;
                (b, a) = (a, y);
                (0.05 * y) as f32
            })
            .collect();
        let centroid = |x: &[f32]| {
            let level = |hz: f64| {
                let part: Vec<f64> = x[40_000..56_000].iter().map(|&v| f64::from(v)).collect();
                crate::sound::trial::magnitude(&part, hz / 48_000.0).powi(2)
            };
            let bands: Vec<(f64, f64)> = (20..250).map(|i| (10.0 * f64::from(i), level(10.0 * f64::from(i)))).collect();
            bands.iter().map(|(f, p)| f * p).sum::<f64>() / bands.iter().map(|(_, p)| p).sum::<f64>()
        };
        let plain = centroid(&Trial::new(&SPEC).number("semitones", 7.0).mono(&input));
        let kept = centroid(&Trial::new(&SPEC).number("semitones", 7.0).switch("formants", true).mono(&input));
        let before = centroid(&input);
        println!("centroid before {before:.0} Hz, shifted {plain:.0} Hz, with formants kept {kept:.0} Hz");
        assert!((kept / before - 1.0).abs() < 0.12 && plain / before > 1.25);
    }

    #[test]
    fn channels_keep_their_difference() {
        let a = voice(48_000.0, 96_000);
        let b: Vec<f32> = a.iter().map(|x| -0.5 * x).collect();
        let out = Trial::new(&SPEC).number("semitones", 3.0).run(&[a, b]);
        let scaled: Vec<f32> = out[0].iter().map(|x| -0.5 * x).collect();
        assert!(snr_db(&out[1], &scaled) > 100.0);
    }

    #[test]
    fn a_shift_is_the_same_wherever_it_begins() {
        let db = Trial::new(&SPEC).number("semitones", 3.0).difference_by_start_db(&[voice(48_000.0, 420_000)], 64_000);
        println!("difference {db:.1} dB");
        assert!(db < -119.0);
    }
}
