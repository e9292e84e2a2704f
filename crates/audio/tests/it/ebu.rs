//! The minimum requirements of EBU Tech 3341 (2016, table 1) and Tech 3342 (2016, table 1), with
//! signals made from their descriptions. Left out are cases 7 and 8 of the first and 5 and 6 of the
//! second, which are files with authentic programmes.
use crate::support::signals::{Tone, inter_sample_period, inter_sample_sine, silence, tone, tones};
use cutroom_audio::{LoudnessReport, Meter, Speaker, speakers};
use cutroom_types::AudioBlock;

const RATES_HZ: [u32; 3] = [44_100, 48_000, 96_000];
const STEREO_DB: [f64; 2] = [0.0, 0.0];
const TOLERANCE_LU: f64 = 0.1;

fn measured(block: &AudioBlock) -> LoudnessReport {
    let mut meter = Meter::new(block.rate_hz, speakers(block.channels.len()).unwrap()).unwrap();
    meter.add(block).unwrap();
    meter.report().unwrap()
}

/// Momentary and short-term loudness as a live meter shows them, every 10 ms.
fn live(block: &AudioBlock) -> Vec<(f64, f64)> {
    let mut meter = Meter::new(block.rate_hz, speakers(block.channels.len()).unwrap()).unwrap();
    let step = block.rate_hz as usize / 100;
    let part = |from: usize| AudioBlock {
        rate_hz: block.rate_hz,
        channels: block.channels.iter().map(|c| c[from..(from + step).min(c.len())].to_vec()).collect(),
    };
    (0..block.len())
        .step_by(step)
        .map(|from| {
            meter.add(&part(from)).unwrap();
            (meter.momentary_lufs(), meter.short_term_lufs())
        })
        .collect()
}

fn near(what: &str, rate_hz: u32, value: f64, expected: f64, tolerance: f64) {
    println!("{what} at {rate_hz} Hz: {value:.3}, {expected} asked for");
    assert!((value - expected).abs() <= tolerance, "{what} at {rate_hz} Hz: {value}, {expected} asked for");
}

#[test]
fn ebu_3341_cases_1_and_2_steady_tones() {
    for rate in RATES_HZ {
        for (case, level) in [(1, -23.0), (2, -33.0)] {
            let block = tones(rate, &STEREO_DB, &[tone(level, 20.0)]);
            let report = measured(&block);
            near(&format!("case {case} I"), rate, report.integrated_lufs, level, TOLERANCE_LU);
            near(&format!("case {case} M"), rate, report.max_momentary_lufs, level, TOLERANCE_LU);
            near(&format!("case {case} S"), rate, report.max_short_term_lufs, level, TOLERANCE_LU);
        }
    }
}

#[test]
fn ebu_3341_cases_3_to_5_gating() {
    let cases: [(u32, &[Tone]); 3] = [
        (3, &[tone(-36.0, 10.0), tone(-23.0, 60.0), tone(-36.0, 10.0)]),
        (4, &[tone(-72.0, 10.0), tone(-36.0, 10.0), tone(-23.0, 60.0), tone(-36.0, 10.0), tone(-72.0, 10.0)]),
        (5, &[tone(-26.0, 20.0), tone(-20.0, 20.1), tone(-26.0, 20.0)]),
    ];
    for rate in RATES_HZ {
        for (case, parts) in cases {
            near(&format!("case {case} I"), rate, measured(&tones(rate, &STEREO_DB, parts)).integrated_lufs, -23.0, TOLERANCE_LU);
        }
    }
}

/// With 5 channels in the order of Tech 3341, and with the two kinds of surround speakers.
#[test]
fn ebu_3341_case_6_weights_of_channels() {
    use Speaker::{BackLeft, BackRight, Center, Left, Right, SideLeft, SideRight};
    for rate in RATES_HZ {
        let block = tones(rate, &[-28.0, -28.0, -24.0, -30.0, -30.0], &[tone(0.0, 20.0)]);
        for layout in [[Left, Right, Center, SideLeft, SideRight], [Left, Right, Center, BackLeft, BackRight]] {
            let mut meter = Meter::new(rate, &layout).unwrap();
            meter.add(&block).unwrap();
            near("case 6 I", rate, meter.report().unwrap().integrated_lufs, -23.0, TOLERANCE_LU);
        }
    }
}

/// Each loudness is the same at every moment, because its window is as long as a repetition.
#[test]
fn ebu_3341_cases_9_and_12_lengths_of_windows() {
    for rate in RATES_HZ {
        let repeated = |parts: [Tone; 2], times| tones(rate, &STEREO_DB, &parts.repeat(times));
        let short_term = live(&repeated([tone(-20.0, 1.34), tone(-30.0, 1.66)], 5));
        let momentary = live(&repeated([tone(-20.0, 0.18), tone(-30.0, 0.22)], 25));
        for (_, s) in &short_term[300..] {
            assert!((s + 23.0).abs() <= TOLERANCE_LU, "case 9 S at {rate} Hz: {s}");
        }
        for (m, _) in &momentary[100..] {
            assert!((m + 23.0).abs() <= TOLERANCE_LU, "case 12 M at {rate} Hz: {m}");
        }
    }
}

#[test]
fn ebu_3341_cases_10_and_13_maxima_of_files() {
    for rate in RATES_HZ {
        for i in 0..20 {
            let i = f64::from(i);
            let long = measured(&tones(rate, &STEREO_DB, &[silence(i * 0.15), tone(-23.0, 3.0), silence(1.0)]));
            near("case 10 max S", rate, long.max_short_term_lufs, -23.0, TOLERANCE_LU);
            let short = measured(&tones(rate, &STEREO_DB, &[silence(i * 0.02), tone(-23.0, 0.4), silence(1.0)]));
            near("case 13 max M", rate, short.max_momentary_lufs, -23.0, TOLERANCE_LU);
        }
    }
}

#[test]
fn ebu_3341_cases_11_and_14_maxima_of_live_meters() {
    for rate in RATES_HZ {
        let part = |i: i32, step: f64, length: f64| {
            let before = f64::from(i) * step;
            [silence(before), tone(-38.0 + f64::from(i), length), silence(length - before)]
        };
        let short_term = live(&tones(rate, &STEREO_DB, &(0..20).flat_map(|i| part(i, 0.15, 3.0)).collect::<Vec<_>>()));
        let momentary = live(&tones(rate, &STEREO_DB, &(0..20).flat_map(|i| part(i, 0.02, 0.4)).collect::<Vec<_>>()));
        for i in 0..20 {
            let level = -38.0 + i as f64;
            let s = short_term[i * 600..(i + 1) * 600].iter().fold(f64::NEG_INFINITY, |a, v| a.max(v.1));
            near("case 11 max S", rate, s, level, TOLERANCE_LU);
            let m = momentary[i * 80..(i + 1) * 80].iter().fold(f64::NEG_INFINITY, |a, v| a.max(v.0));
            near("case 14 max M", rate, m, level, TOLERANCE_LU);
        }
    }
}

fn true_peak(case: usize, block: &AudioBlock, expected: f64) {
    let peak = measured(block).true_peak_dbtp;
    println!("case {case} at {} Hz: {peak:.3} dBTP, {expected} asked for", block.rate_hz);
    assert!((-0.4..=0.2).contains(&(peak - expected)), "case {case} at {} Hz: {peak} dBTP", block.rate_hz);
}

#[test]
fn ebu_3341_cases_15_to_19_peaks_between_samples() {
    for rate in RATES_HZ {
        for (case, period, amplitude, degrees, expected) in [
            (15, 4.0, 0.5, 0.0, -6.0),
            (16, 4.0, 0.5, 45.0, -6.0),
            (17, 6.0, 0.5, 60.0, -6.0),
            (18, 8.0, 0.5, 67.5, -6.0),
            (19, 4.0, 1.41, 45.0, 3.0),
        ] {
            true_peak(case, &inter_sample_sine(rate, period, amplitude, degrees), expected);
        }
    }
}

/// Not at 96 kHz, where meters need to interpolate by 2 only (ITU-R BS.1770-4, annex 2): there a
/// peak may be missed that is so short that it has much power at 24 kHz and above.
#[test]
fn ebu_3341_cases_20_to_23_peak_of_one_period() {
    for rate in [44_100, 48_000] {
        for offset in 0..4 {
            true_peak(20 + offset, &inter_sample_period(rate, offset), 0.0);
        }
    }
}

#[test]
fn ebu_3342_cases_1_to_4_loudness_range() {
    let cases: [(u32, &[f64], f64); 4] = [
        (1, &[-20.0, -30.0], 10.0),
        (2, &[-20.0, -15.0], 5.0),
        (3, &[-40.0, -20.0], 20.0),
        (4, &[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
    ];
    for rate in RATES_HZ {
        for (case, levels, expected) in cases {
            let parts: Vec<Tone> = levels.iter().map(|level| tone(*level, 20.0)).collect();
            near(&format!("3342 case {case} LRA"), rate, measured(&tones(rate, &STEREO_DB, &parts)).range_lu, expected, 1.0);
        }
    }
}
