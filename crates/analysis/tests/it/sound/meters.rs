use super::signals::{in_blocks, noise, sine};
use cutroom_analysis::sound::meters::{PeakHold, PeakHoldSettings, PpmType, QuasiPeak, Rms, StereoField, goniometer};

const RATE: u32 = 48_000;

fn near(value: f64, expected: f64, within: f64) {
    assert!((value - expected).abs() <= within, "{value}, {expected} expected");
}

#[test]
fn peak_bar_falls_evenly_after_a_click_and_the_held_peak_waits() {
    let mut meter = PeakHold::new(RATE, PeakHoldSettings { fall_db_per_sec: 20.0, hold_secs: 1.0, overload_samples: 3 });
    meter.add(&[0.5, 0.0]);
    in_blocks(&vec![0.0; 48_000 - 1], |block| meter.add(block));
    near(meter.dbfs(), -6.0206 - 20.0, 0.001);
    near(meter.held_dbfs(), -6.0206, 0.001);
    in_blocks(&vec![0.0; 24_000], |block| meter.add(block));
    near(meter.held_dbfs(), -6.0206 - 10.0, 0.001);
    near(meter.max_dbfs(), -6.0206, 0.001);
    assert_eq!(meter.overloads(), 0);
    meter.add(&[1.0, -1.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
    assert_eq!(meter.overloads(), 1);
    near(meter.dbfs(), 0.0, 0.001);
}

/// Bursts of 5 kHz, in dB below the steady tone (IEC 60268-10, with its tolerances).
#[test]
fn quasi_peaks_read_bursts_as_the_standard_says() {
    let bursts = |kind| -> &'static [(f64, f64, f64)] {
        match kind {
            PpmType::I => &[(10.0, -1.0, 0.5), (5.0, -2.0, 1.0), (3.0, -4.0, 1.0), (0.4, -15.0, 4.0)],
            PpmType::II => &[(10.0, -2.5, 0.5), (5.0, -4.0, 0.5), (1.5, -9.0, 1.0), (0.5, -17.0, 2.0)],
        }
    };
    for rate in [44_100, 48_000, 96_000] {
        for kind in PpmType::ALL {
            near(QuasiPeak::new(rate, kind).add(&sine(5_000.0, rate, rate as usize, 1.0)), 0.0, 0.1);
            near(QuasiPeak::new(rate, kind).add(&sine(1_000.0, rate, rate as usize, 0.1)), -20.0, 0.3);
            for (ms, expected, within) in bursts(kind) {
                let tone = sine(5_000.0, rate, (ms * f64::from(rate) / 1e3).round() as usize, 1.0);
                let reading = QuasiPeak::new(rate, kind).add(&tone);
                println!("{kind:?} {rate} Hz {ms} ms: {reading:.2} dB, {expected} asked for");
                near(reading, *expected, *within);
            }
        }
    }
}

#[test]
fn quasi_peaks_fall_as_the_standard_says() {
    for (kind, db, secs) in [(PpmType::I, 20.0, 1.7), (PpmType::II, 24.0, 2.8)] {
        let mut meter = QuasiPeak::new(RATE, kind);
        meter.add(&sine(1_000.0, RATE, RATE as usize, 1.0));
        let before = meter.dbfs();
        meter.add(&vec![0.0; (secs * f64::from(RATE)) as usize]);
        near(meter.dbfs(), before - db, 0.1);
    }
}

#[test]
fn rms_is_the_mean_of_the_window() {
    let mut meter = Rms::new(RATE, 0.3);
    assert_eq!(meter.dbfs(), f64::NEG_INFINITY);
    in_blocks(&sine(1_000.0, RATE, RATE as usize, 1.0), |block| meter.add(block));
    near(meter.dbfs(), -3.0103, 0.01);
    // After 150 ms of silence half of the power is left; after 310 ms nothing.
    meter.add(&vec![0.0; 7_200]);
    near(meter.dbfs(), -6.0206, 0.1);
    meter.add(&vec![0.0; 7_680]);
    assert_eq!(meter.dbfs(), f64::NEG_INFINITY);
}

#[test]
fn correlation_and_balance_of_known_pairs() {
    let (a, b) = (noise(1, RATE as usize, 0.5), noise(2, RATE as usize, 0.5));
    let inverted: Vec<f32> = a.iter().map(|x| -x).collect();
    let louder: Vec<f32> = a.iter().map(|x| 2.0 * x).collect();
    let mixed: Vec<f32> = a.iter().zip(&b).map(|(a, b)| (a + b) / 2.0f32.sqrt()).collect();
    let silent = vec![0.0; RATE as usize];
    let cases = [
        (&a[..], &a[..], 1.0, 0.0, 1e-9),
        (&a, &inverted, -1.0, 0.0, 1e-9),
        (&a, &louder, 1.0, 0.6, 1e-9),
        (&a, &b, 0.0, 0.0, 0.03),
        (&a, &mixed, 0.5f64.sqrt(), 0.0, 0.03),
        (&a, &silent, 0.0, -1.0, 1e-9),
    ];
    for window in [0.05, 0.1, 0.3] {
        for (left, right, correlation, balance, within) in cases {
            let mut field = StereoField::new(RATE, window);
            for (l, r) in left.chunks(777).zip(right.chunks(777)) {
                field.add(l, r);
            }
            near(field.correlation(), correlation, within);
            near(field.balance(), balance, within);
        }
    }
}

#[test]
fn goniometer_shows_mono_upright_and_left_at_the_upper_left() {
    assert!(
        goniometer(&[0.5, -0.5], &[0.5, -0.5], 100)
            .iter()
            .all(|p| p[0] == 0.0 && (p[1].abs() - std::f32::consts::FRAC_1_SQRT_2).abs() < 1e-6)
    );
    let [x, y] = goniometer(&[1.0], &[0.0], 1)[0];
    assert!(x < 0.0 && y > 0.0 && x == -y);
    assert_eq!(goniometer(&[0.0; 1_000], &[0.0; 1_000], 100).len(), 100);
}
