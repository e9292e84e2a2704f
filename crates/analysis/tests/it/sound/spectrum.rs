use super::signals::{in_blocks, noise, sine};
use cutroom_analysis::sound::{
    spectrogram::{FrequencyAxis, Spectrogram, SpectrogramSettings, brightness, draw, palette},
    spectrum::{AverageSpectrum, Spectrum, Window},
};

const RATE: u32 = 48_000;

#[test]
fn a_full_scale_sine_reads_0_dbfs() {
    for window in Window::ALL {
        for length in [256, 1_000, 4_096] {
            let mut spectrum = Spectrum::new(RATE, length, window);
            let bin = length / 8;
            let mut out = Vec::new();
            spectrum.decibels(&sine(spectrum.frequency_hz(bin), RATE, length, 1.0), &mut out);
            assert_eq!(out.len(), spectrum.bins());
            assert!(out[bin].abs() < 0.001, "{window:?} {length}: {}", out[bin]);
            let highest = out.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
            assert_eq!(highest, bin);
        }
    }
}

/// A constant 1 reads 0 dBFS at 0 Hz, and so does ±1 at half the rate.
#[test]
fn the_edges_read_their_peak() {
    for window in Window::ALL {
        let mut spectrum = Spectrum::new(RATE, 512, window);
        let mut out = Vec::new();
        spectrum.decibels(&[1.0; 512], &mut out);
        assert!(out[0].abs() < 0.001, "{}", out[0]);
        let alternating: Vec<f32> = (0..512).map(|n| if n % 2 == 0 { 1.0 } else { -1.0 }).collect();
        spectrum.decibels(&alternating, &mut out);
        assert!(out[256].abs() < 0.001, "{}", out[256]);
    }
}

/// Side lobes and equivalent noise bandwidths of Harris 1978, table I.
#[test]
fn windows_are_the_published_ones() {
    for (window, bandwidth, side_lobe_db, from_bin) in
        [(Window::Hann, 1.50, -31.0, 2.0), (Window::BlackmanHarris, 2.00, -92.0, 4.0)]
    {
        assert!((window.noise_bandwidth_bins() - bandwidth).abs() < 0.01, "{window:?}");
        let w = window.samples(256);
        let gain: f64 = w.iter().map(|x| f64::from(*x)).sum();
        let magnitude_db = |bins: f64| {
            let (mut re, mut im) = (0.0, 0.0);
            for (n, x) in w.iter().enumerate() {
                let angle = std::f64::consts::TAU * bins * n as f64 / 256.0;
                re += f64::from(*x) * angle.cos();
                im += f64::from(*x) * angle.sin();
            }
            20.0 * (re.hypot(im) / gain).log10()
        };
        let highest = (0..400).map(|i| magnitude_db(from_bin + f64::from(i) * 0.1)).fold(f64::MIN, f64::max);
        assert!((highest - side_lobe_db).abs() < 1.0, "{window:?}: {highest}");
    }
}

/// White noise of variance σ² has power σ² · 2 · (noise bandwidth) / length · 2 in each bin,
/// relative to a sine of power ½.
#[test]
fn the_average_of_noise_is_its_density() {
    let x = noise(7, 20 * RATE as usize, 0.5);
    let variance = 0.25 / 3.0;
    for window in Window::ALL {
        let mut average = AverageSpectrum::new(RATE, 1_024, window);
        in_blocks(&x, |block| average.add(&[block]));
        let mean = average.mean_dbfs();
        let expected = 10.0 * (variance * 4.0 * window.noise_bandwidth_bins() / 1_024.0).log10();
        for bin in [50, 200, 400] {
            let near: f64 = mean[bin..bin + 8].iter().sum::<f64>() / 8.0;
            assert!((near - expected).abs() < 0.3, "{window:?}: {near}, {expected}");
        }
        assert!(average.largest_dbfs()[100] > mean[100]);
    }
}

#[test]
fn a_tone_is_in_its_row_at_its_level_on_every_axis() {
    for axis in FrequencyAxis::ALL {
        for hz in [250.0, 1_000.0, 6_000.0] {
            for length in [1_024, 8_192] {
                let settings = SpectrogramSettings { axis, length, rows: 120, ..SpectrogramSettings::default() };
                let mut spectrogram = Spectrogram::new(RATE, settings);
                let row = (0..120).find(|r| {
                    (spectrogram.frequency_hz(f64::from(*r))..spectrogram.frequency_hz(f64::from(*r) + 1.0)).contains(&hz)
                });
                let mut columns: Vec<Vec<f32>> = Vec::new();
                in_blocks(&sine(hz, RATE, RATE as usize, 0.1), |block| spectrogram.add(&[block], |c| columns.push(c.to_vec())));
                spectrogram.finish(|c| columns.push(c.to_vec()));
                assert_eq!(columns.len(), 50);
                let column = &columns[25];
                let (highest, level) = column.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
                let bins = f64::from(RATE) / length as f64;
                let off = (spectrogram_hz(settings, highest as f64 + 0.5) - hz).abs();
                assert!(highest.abs_diff(row.unwrap() as usize) <= 1 || off < bins, "{axis:?} {hz} {length}: {highest} {row:?}");
                // Between bins Hann reads up to 1.42 dB less, and a row between bins 3 dB more.
                assert!((-25.0..=-19.9).contains(&f64::from(*level)), "{axis:?} {hz} {length}: {level}");
            }
        }
    }
}

fn spectrogram_hz(settings: SpectrogramSettings, row: f64) -> f64 {
    Spectrogram::new(RATE, settings).frequency_hz(row)
}

/// A click is brightest in the column at its time.
#[test]
fn columns_are_centred_on_their_times() {
    let settings = SpectrogramSettings { columns_per_sec: 100, length: 512, ..SpectrogramSettings::default() };
    let mut spectrogram = Spectrogram::new(44_100, settings);
    let mut x = vec![0.0; 44_100];
    x[22_050] = 1.0;
    let mut sums: Vec<f32> = Vec::new();
    spectrogram.add(&[x], |c| sums.push(c.iter().fold(f32::NEG_INFINITY, |a, b| a.max(*b))));
    spectrogram.finish(|c| sums.push(c.iter().fold(f32::NEG_INFINITY, |a, b| a.max(*b))));
    assert_eq!(sums.len(), 100);
    assert_eq!(sums.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0, 50);
}

#[test]
fn pictures_are_drawn_from_the_bottom_up_in_rising_lightness() {
    assert_eq!(brightness(&[-200.0, -100.0, -49.0, 0.0, 10.0, f32::NEG_INFINITY], (-100.0, 0.0)), [0, 0, 130, 255, 255, 0]);
    let picture = draw(&[vec![0, 255], vec![128, 0]]);
    assert_eq!((picture.width, picture.height, picture.rgb.len()), (2, 2, 12));
    let palette = palette();
    assert_eq!(picture.rgb[0..3], palette[255]);
    assert_eq!(picture.rgb[6..9], palette[0]);
    assert_eq!(picture.rgb[9..12], palette[128]);
    let luma = |c: &[u8; 3]| 0.2126 * f64::from(c[0]) + 0.7152 * f64::from(c[1]) + 0.0722 * f64::from(c[2]);
    for i in 8..256 {
        assert!(luma(&palette[i]) > luma(&palette[i - 8]), "{i}");
    }
}
