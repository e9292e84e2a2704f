//! Sound that is stretched and keeps its pitch, as a project plays it: pitch, time and level of
//! tones, speech and music, and speeds that change. Expected values follow from what is played.
use crate::support::{
    memory, noise,
    projects::{clip, largest, mixed, project_at, track},
    rms_db, sine,
    synthetic::{CHORD_HZ, cents, frequency, harmonic, music, pitch, speech},
};
use cutroom_audio::MemorySource;
use realfft::RealFftPlanner;
use serde_json::{Value, json};

const HZ: u32 = 48_000;
const RATE: f64 = HZ as f64;
const SPEEDS: [f64; 7] = [0.5, 0.75, 1.25, 1.5, 2.0, -0.75, -1.5];
/// Seconds of source on either side of what a clip plays.
const SOURCE_SECS: usize = 16;

/// A clip from 1 s on that plays "a" from `source_in` on, at a speed or by a map.
fn stretched(source_in: f64, duration: f64, pace: &Value) -> Value {
    let mut c = clip("c", "1s", &format!("{duration}s"), json!({"preserve_pitch": true}));
    c["source_in"] = json!(format!("{source_in}s"));
    for (name, value) in pace.as_object().unwrap() {
        c[name] = value.clone();
    }
    c
}

/// The left channel of such a clip, from 1 s before it to 1 s after it.
fn played(source: &mut MemorySource, source_in: f64, duration: f64, pace: &Value) -> Vec<f32> {
    let p = project_at(HZ, json!([track("t", json!([stretched(source_in, duration, pace)]), json!({}))]), json!({}));
    let end = ((duration + 2.0) * RATE) as i64;
    mixed(&p, source, (0, end), &[48_000]).remove(0)
}

fn at_speed(sound: &[f32], speed: f64, duration: f64) -> Vec<f32> {
    let source_in = if speed < 0.0 { SOURCE_SECS as f64 / 2.0 + 4.0 } else { 1.0 };
    played(&mut memory(HZ, vec![sound.to_vec(); 2]), source_in, duration, &json!({"speed": speed}))
}

fn seconds(x: &[f32], from: f64, to: f64) -> &[f32] {
    &x[(from * RATE).round() as usize..(to * RATE).round() as usize]
}

fn level_db(x: &[f32]) -> f64 {
    rms_db(x.iter().map(|x| f64::from(*x)))
}

#[test]
fn tones_keep_their_pitch() {
    let mut worst = (0.0f64, 0.0f64);
    for speed in SPEEDS {
        for hz in [110.0, 220.0, 440.0, 880.0, 1760.0, 3520.0] {
            let out = at_speed(&sine(hz, RATE, SOURCE_SECS * HZ as usize, 0.25), speed, 1.5);
            let part = seconds(&out, 1.5, 2.0);
            let off = cents(frequency(part, RATE, hz), hz).abs();
            let level = (level_db(part) - 20.0 * (0.25 / 2f64.sqrt()).log10()).abs();
            assert!(off < 5.0 && level < 0.5, "{hz} Hz at {speed}: {off:.2} cents, {level:.2} dB");
            worst = (worst.0.max(off), worst.1.max(level));
        }
        let out = at_speed(&harmonic(HZ, SOURCE_SECS * HZ as usize, 220.0, 12, 0.15), speed, 1.5);
        let part = seconds(&out, 1.5, 2.0);
        for k in 1..=12 {
            let hz = 220.0 * f64::from(k);
            let off = cents(frequency(part, RATE, hz), hz).abs();
            assert!(off < 5.0, "partial {k} at {speed}: {off:.2} cents");
            worst.0 = worst.0.max(off);
        }
    }
    println!("tones: {:.3} cents, {:.3} dB", worst.0, worst.1);
}

#[test]
fn speech_and_music_keep_their_pitch() {
    let mut worst = [0.0f64; 2];
    let (words, song) = (speech(HZ, SOURCE_SECS, 120.0), music(HZ, SOURCE_SECS));
    let (words_db, song_db) = (level_db(&words), level_db(&song));
    for speed in SPEEDS {
        let out = at_speed(&words, speed, 3.0);
        let part = seconds(&out, 1.5, 3.5);
        let off = cents(pitch(part, RATE, 120.0), 120.0).abs();
        assert!(off < 5.0, "speech at {speed}: {off:.2} cents");
        worst[0] = worst[0].max(off);
        let level = level_db(part) - words_db;
        assert!(level.abs() < 1.5, "speech at {speed}: {level:.2} dB");
        let out = at_speed(&song, speed, 3.0);
        let part = seconds(&out, 1.5, 3.5);
        for hz in CHORD_HZ {
            let off = cents(frequency(part, RATE, hz), hz).abs();
            assert!(off < 5.0, "{hz} Hz of music at {speed}: {off:.2} cents");
            worst[1] = worst[1].max(off);
        }
        let level = level_db(part) - song_db;
        assert!(level.abs() < 1.5, "music at {speed}: {level:.2} dB");
    }
    println!("speech {:.3}, music {:.3} cents", worst[0], worst[1]);
}

/// A stretched clip sounds from its first to its last sample, at its level.
#[test]
fn the_whole_clip_sounds() {
    let sound = noise(3, SOURCE_SECS * HZ as usize, 0.5);
    for speed in SPEEDS {
        let out = at_speed(&sound, speed, 2.0);
        let (before, rest) = out.split_at(HZ as usize);
        let (clip, after) = rest.split_at(2 * HZ as usize);
        assert!(before.iter().chain(after).all(|x| *x == 0.0), "{speed}");
        let usual = level_db(&clip[9600..clip.len() - 9600]);
        for end in [&clip[..480], &clip[clip.len() - 480..]] {
            let level = level_db(end) - usual;
            // Of 480 samples of noise the level is known to 0.3 dB.
            assert!(level.abs() < 1.5, "{level:.2} dB at {speed}");
        }
    }
}

/// Where a click lands: the middle of its energy, and of what is louder than a tenth of its peak the
/// extent in seconds.
fn landing(out: &[f32], expected: f64) -> (f64, f64) {
    let from = ((expected - 0.15) * RATE).max(0.0) as usize;
    let part = &out[from..(from + (0.3 * RATE) as usize).min(out.len())];
    let power: Vec<f64> = part.iter().map(|x| f64::from(*x).powi(2)).collect();
    let energy: f64 = power.iter().sum();
    let middle = power.iter().enumerate().map(|(n, p)| n as f64 * p).sum::<f64>() / energy;
    let peak = power.iter().fold(0.0f64, |a, p| a.max(*p));
    let loud = |p: &&f64| **p > 0.01 * peak;
    let first = power.iter().position(|p| loud(&p)).unwrap();
    let last = power.iter().rposition(|p| loud(&p)).unwrap();
    ((from as f64 + middle) / RATE, (last - first) as f64 / RATE)
}

/// Clicks shortly after a clip's start, in its middle and before its end are where they belong.
#[test]
fn clicks_stay_in_their_place() {
    let mut worst = (0.0f64, 0.0f64);
    for speed in SPEEDS {
        let source_in = if speed < 0.0 { 10.0 } else { 1.0 };
        let mut sound = vec![0f32; SOURCE_SECS * HZ as usize];
        let due = [0.25, 1.5, 2.75];
        for due in due {
            let at = ((source_in + speed * due) * RATE).round() as usize;
            // 2 ms of noise.
            sound[at - 48..at + 48].copy_from_slice(&noise(9, 96, 0.9));
        }
        let out = played(&mut memory(HZ, vec![sound; 2]), source_in, 3.0, &json!({"speed": speed}));
        for due in due {
            let (middle, extent) = landing(&out, 1.0 + due);
            let late = (middle - 1.0 - due) * 1000.0;
            assert!(late.abs() < 5.0, "the click at {due} s at {speed}: {late:.2} ms late");
            worst = (worst.0.max(late.abs()), worst.1.max(extent * 1000.0));
        }
    }
    println!("clicks: {:.2} ms late, {:.1} ms long", worst.0, worst.1);
}

/// 0.5, then 2, then 1, in straight lines of two seconds.
fn ramp() -> Value {
    let key = |time: &str, value: f64| json!({"time": time, "value": value});
    json!({"time_map": {"speed": {"keyframes": [key("1s", 0.5), key("3s", 2.0), key("5s", 1.0)]}}})
}

/// Source time since the clip's start at time `t` of [`ramp`].
fn ramped(t: f64) -> f64 {
    let (a, b) = ((t.min(3.0) - 1.0).max(0.0), (t.min(5.0) - 3.0).max(0.0));
    0.5 * t.min(1.0) + (0.5 * a + 0.375 * a * a) + (2.0 * b - 0.25 * b * b) + (t - 5.0).max(0.0)
}

/// For frames of 1024 samples every 256: time of the middle, the rise of magnitudes over all bins, and
/// the power above 6 kHz.
fn frames(x: &[f32]) -> Vec<(f64, f64, f64)> {
    const FRAME: usize = 1024;
    let fft = RealFftPlanner::<f64>::new().plan_fft_forward(FRAME);
    let (mut input, mut spectrum) = (fft.make_input_vec(), fft.make_output_vec());
    let mut last: Option<Vec<f64>> = None;
    let mut out = Vec::new();
    for start in (0..x.len() - FRAME).step_by(256) {
        for (n, (to, from)) in input.iter_mut().zip(&x[start..]).enumerate() {
            let window = 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / FRAME as f64).cos();
            *to = f64::from(*from) * window;
        }
        fft.process(&mut input, &mut spectrum).unwrap();
        let magnitudes: Vec<f64> = spectrum.iter().map(|c| c.norm()).collect();
        let rise = last.as_ref().map_or(0.0, |last| magnitudes.iter().zip(last).map(|(a, b)| (a - b).max(0.0)).sum());
        let high = magnitudes[FRAME / 8..].iter().map(|m| m * m).sum();
        out.push(((start + FRAME / 2) as f64 / RATE, rise, high));
        last = Some(magnitudes);
    }
    out
}

/// A held tone under a speed ramp: at no keyframe does the spectrum change more, or have more at high
/// frequencies, than twice what constant speeds have.
#[test]
fn a_ramp_does_not_click_at_keyframes() {
    let tone = harmonic(HZ, 24 * HZ as usize, 220.0, 8, 0.2);
    let mut source = memory(HZ, vec![tone; 2]);
    let most = |frames: &[(f64, f64, f64)], from: f64, to: f64| {
        let inside = frames.iter().filter(|f| (from..to).contains(&f.0));
        inside.fold((0.0f64, 0.0f64), |most, f| (most.0.max(f.1), most.1.max(f.2)))
    };
    let mut constant = (0.0f64, 0.0f64);
    for speed in [0.5, 0.75, 1.25, 1.5, 2.0] {
        let out = played(&mut source, 1.0, 3.0, &json!({"speed": speed}));
        let (flux, high) = most(&frames(&out), 1.1, 3.9);
        println!("constant {speed}: flux {flux:.3}, high {high:.3e}");
        constant = (constant.0.max(flux), constant.1.max(high));
    }
    let out = played(&mut source, 1.0, 7.0, &ramp());
    let all = frames(&out);
    for key in [1.0, 3.0, 5.0] {
        let (flux, high) = most(&all, 1.0 + key - 0.25, 1.0 + key + 0.25);
        println!("keyframe at {key}: flux {flux:.3}, high {high:.3e}");
        assert!(flux < 2.0 * constant.0 && high < 2.0 * constant.1, "{key}: {flux}, {high} against {constant:?}");
    }
    let (flux, high) = most(&all, 1.1, 7.9);
    println!("anywhere: flux {flux:.3}, high {high:.3e}");
    assert!(flux < 2.0 * constant.0 && high < 2.0 * constant.1, "{flux}, {high} against {constant:?}");
    // The pitch stays, too.
    for from in [1.5, 2.5, 4.5, 6.5] {
        let off = cents(pitch(seconds(&out, from, from + 0.5), RATE, 220.0), 220.0);
        assert!(off.abs() < 5.0, "{from}: {off:.2} cents");
    }
}

/// Under a ramp, clicks land where the map plays them.
#[test]
fn a_ramp_plays_clicks_when_they_are_due() {
    let mut sound = vec![0f32; 24 * HZ as usize];
    let due = [0.3, 1.0, 1.8, 2.6, 3.0, 3.9, 5.0, 6.6];
    for due in due {
        let at = ((1.0 + ramped(due)) * RATE).round() as usize;
        sound[at - 48..at + 48].copy_from_slice(&noise(9, 96, 0.9));
    }
    let out = played(&mut memory(HZ, vec![sound; 2]), 1.0, 7.0, &ramp());
    for due in due {
        let late = (landing(&out, 1.0 + due).0 - 1.0 - due) * 1000.0;
        assert!(late.abs() < 8.0, "the click at {due} s: {late:.2} ms late");
    }
}

/// The same samples, however a project with stretched clips is divided.
#[test]
fn stretched_projects_do_not_depend_on_division() {
    let mut source = memory(HZ, vec![noise(1, 24 * HZ as usize, 0.3), noise(2, 24 * HZ as usize, 0.3)]);
    let p = project_at(HZ, json!([track("t", json!([stretched(1.0, 7.0, &ramp())]), json!({}))]), json!({}));
    let all = mixed(&p, &mut source, (0, 400_000), &[48_000]);
    let part = mixed(&p, &mut source, (100_001, 200_000), &[1, 4000, 777]);
    for (part, all) in part.iter().zip(&all) {
        assert_eq!(part[..], all[100_001..200_000]);
    }
    assert!(largest(&all, &vec![vec![0.0; 400_000]; 2]) > 0.1);
}
