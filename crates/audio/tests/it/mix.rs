//! Tests of the mixer: exact copies, independence of blocks, gain, pan, fades, clipping, errors.
use crate::support::{memory, mix, noise, plan, rms_db, sine, voice};
use cutroom_audio::{AudioFormat, AudioSource, ChannelLayout, MAX_BLOCK_SAMPLES, MemorySource, Mixer, SourceError};
use cutroom_timeline::{Fade, FadeCurve, FoldLevels, NestedAudio, Voice};
use cutroom_types::{AudioBlock, MediaId, Time};
use proptest::prelude::*;

fn bits(block: &AudioBlock) -> Vec<Vec<u32>> {
    block.channels.iter().map(|c| c.iter().map(|x| x.to_bits()).collect()).collect()
}

#[test]
fn equal_rate_copies_bit_for_bit() {
    let (left, right) = (noise(1, 10_000, 1.0), noise(2, 10_000, 1.0));
    let mut source = memory(48_000, vec![left.clone(), right.clone()]);
    // Source sample 300 is played at composition sample 50.
    let v = Voice { source_start: Time::of_sample(300, 48_000), ..voice(50, 9_000) };
    let block = mix(&plan(48_000, 2, 0, 9_500, vec![v]), &mut source);
    for (out, input) in block.channels.iter().zip([&left, &right]) {
        assert!(out[..50].iter().all(|x| *x == 0.0), "silence before");
        assert_eq!(out[50..9_000], input[300..9_250]);
        assert!(out[9_000..].iter().all(|x| *x == 0.0), "silence after");
    }
}

#[test]
fn backwards_copies_bit_for_bit() {
    let input = noise(1, 10_000, 1.0);
    let mut source = memory(44_100, vec![input.clone()]);
    let v = Voice { source_start: Time::of_sample(8_999, 44_100), speed: -1.0, ..voice(-7, 8_000) };
    let block = mix(&plan(44_100, 1, -7, 8_007, vec![v]), &mut source);
    let want: Vec<f32> = input[..9_000].iter().rev().take(8_007).copied().collect();
    assert_eq!(block.channels[0], want);
}

/// A source start between samples is rounded by at most half a sample.
#[test]
fn odd_start_rounds_to_the_nearest_sample() {
    let mut click = vec![0.0; 100];
    click[10] = 1.0;
    for (flicks_off, at) in [(0, 10), (7_000, 10), (-7_000, 10), (7_400, 9), (-7_400, 11)] {
        let v = Voice { source_start: Time(flicks_off), ..voice(0, 50) };
        let block = mix(&plan(48_000, 1, 0, 50, vec![v]), &mut memory(48_000, vec![click.clone()]));
        assert_eq!(block.channels[0].iter().position(|x| *x == 1.0), Some(at), "{flicks_off}");
    }
}

/// A cut within a clip does not change any sample, at any rate and speed.
#[test]
fn cut_through_a_clip_is_seamless() {
    for (rate, speed) in [(48_000u32, 1.0), (44_100, 1.0), (44_100, -2.0), (96_000, 0.5)] {
        let mut source = memory(rate, vec![noise(3, 60_000, 0.5)]);
        let whole = Voice { speed, source_start: Time::of_sample(30_000, rate), ..voice(0, 4_000) };
        let cut = 1_600;
        let second_start = Time(whole.source_start.0 + (Time::of_sample(cut, 48_000).0 as f64 * speed) as i64);
        let first = Voice { end_sample: cut, ..whole.clone() };
        let second = Voice { first_sample: cut, source_start: second_start, ..whole.clone() };
        let (a, b) = (
            mix(&plan(48_000, 1, 0, 4_000, vec![whole]), &mut source),
            mix(&plan(48_000, 1, 0, 4_000, vec![first, second]), &mut source),
        );
        assert_eq!(bits(&a), bits(&b), "{rate} {speed}");
    }
}

#[test]
fn mono_plays_at_unity_in_both_speakers_and_pan_moves_it() {
    let input = noise(4, 1_000, 0.5);
    let at = |pan: f32| {
        mix(
            &plan(48_000, 2, 0, 1_000, vec![Voice { pan: vec![(0, pan)], ..voice(0, 1_000) }]),
            &mut memory(48_000, vec![input.clone()]),
        )
    };
    let center = at(0.0);
    assert_eq!((&center.channels[0], &center.channels[1]), (&input, &input));
    let left = at(-1.0);
    for (x, (l, r)) in input.iter().zip(left.channels[0].iter().zip(&left.channels[1])) {
        assert!((l - x * std::f32::consts::SQRT_2).abs() < 1e-6 && r.abs() < 1e-6);
    }
    let surround = mix(&plan(48_000, 6, 0, 1_000, vec![voice(0, 1_000)]), &mut memory(48_000, vec![input.clone()]));
    for (c, channel) in surround.channels.iter().enumerate() {
        assert!(if c == 2 { channel == &input } else { channel.iter().all(|x| *x == 0.0) }, "channel {c}");
    }
}

/// A nested composition is a source with its own channels: what is placed inside it is balanced
/// outside, and never moved to another channel.
#[test]
fn nested_compositions_place_first_and_balance_after() {
    let (l, r) = (noise(4, 1_000, 0.5), noise(5, 1_000, 0.5));
    let mono = memory(48_000, vec![l.clone()]);
    let stereo = memory(48_000, vec![l.clone(), r.clone()]);
    let mixed = |nested: &[(usize, f32)], pan: f32, mut source: MemorySource| {
        let nested = nested
            .iter()
            .map(|&(channels, pan)| NestedAudio { channels, fold: FoldLevels::default(), pan: vec![(0, pan)] })
            .collect();
        let v = Voice { nested, pan: vec![(0, pan)], ..voice(0, 1_000) };
        mix(&plan(48_000, 2, 0, 1_000, vec![v]), &mut source).channels
    };
    let scaled = |x: &[f32], by: f32| x.iter().map(|x| x * by).collect::<Vec<f32>>();
    let near = |got: &[f32], want: &[f32]| got.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-6);
    let root2 = std::f32::consts::SQRT_2;
    let silent = vec![0.0; 1_000];
    // Hard left inside, hard right outside: silence.
    for source in [mono.clone(), stereo.clone()] {
        let out = mixed(&[(2, -1.0)], 1.0, source);
        assert!(near(&out[0], &silent) && near(&out[1], &silent));
    }
    // Hard left inside, half right outside: the left channel at half its level.
    let out = mixed(&[(2, -1.0)], 0.5, mono.clone());
    assert!(near(&out[0], &scaled(&l, root2 * 0.5)) && near(&out[1], &silent));
    // A mono composition folds to one channel (BS.775, scaled so that it cannot clip), which is
    // placed like a mono source.
    let out = mixed(&[(1, -1.0)], 1.0, stereo.clone());
    let sum: Vec<f32> = l.iter().zip(&r).map(|(l, r)| (l + r) * 0.5 * root2).collect();
    assert!(near(&out[0], &silent) && near(&out[1], &sum));
    // Two levels of nesting.
    let out = mixed(&[(2, 0.5), (2, -0.5)], 0.5, stereo);
    assert!(near(&out[0], &scaled(&l, 0.25)) && near(&out[1], &scaled(&r, 0.5)));
}

#[test]
fn gain_and_fades_are_evaluated_at_absolute_samples() {
    let mut source = memory(48_000, vec![vec![0.5; 1_000]]);
    let v = Voice {
        gain: vec![(100, 0.0), (200, 1.0)],
        fades: vec![Fade { first_sample: 300, end_sample: 400, rising: false, curve: FadeCurve::Linear }],
        ..voice(0, 1_000)
    };
    let out = mix(&plan(48_000, 1, 0, 500, vec![v]), &mut source).channels.remove(0);
    for (n, want) in
        [(0, 0.0), (100, 0.0), (150, 0.25), (199, 0.495), (250, 0.5), (300, 0.5), (350, 0.25), (399, 0.005), (400, 0.0), (499, 0.0)]
    {
        assert!((out[n] - want).abs() < 1e-7, "sample {n}: {} not {want}", out[n]);
    }
}

/// A constant-power cross-fade of uncorrelated noise has a constant level (within 0.2 dB).
#[test]
fn constant_power_cross_fade_keeps_the_level() {
    let (n, from, to) = (480_000usize, 96_000i64, 384_000i64);
    let mut source = memory(48_000, vec![noise(5, n, 0.5)]);
    source.insert("b", 0, AudioBlock { rate_hz: 48_000, channels: vec![noise(6, n, 0.5)] });
    let fade = |rising, curve| Fade { first_sample: from, end_sample: to, rising, curve };
    let at = |curve, source: &mut MemorySource| {
        let outgoing = Voice { fades: vec![fade(false, curve)], ..voice(0, to) };
        let incoming = Voice { media: "b".into(), fades: vec![fade(true, curve)], ..voice(from, n as i64) };
        let out = mix(&plan(48_000, 1, 0, n, vec![outgoing, incoming]), source).channels.remove(0);
        out.chunks(24_000).map(|c| rms_db(c.iter().map(|x| f64::from(*x)))).collect::<Vec<_>>()
    };
    let expected = 20.0 * (0.5f64 / 3f64.sqrt()).log10();
    for level in at(FadeCurve::ConstantPower, &mut source) {
        assert!((level - expected).abs() < 0.2, "{level} dB, not {expected}");
    }
    let dip = at(FadeCurve::Linear, &mut source).into_iter().fold(0.0, f64::min);
    assert!(dip < expected - 2.5, "the test sees the 3 dB dip of a linear cross-fade: {dip}");
}

/// The largest ratio that rates and speeds allow: 19200 source samples per composition sample. A
/// constant stays constant, and little memory is used.
#[test]
fn the_highest_rate_at_the_highest_speed_in_the_lowest() {
    let mut source = memory(768_000, vec![vec![0.25; 8_000_000]]);
    let v = Voice { speed: 100.0, source_start: Time::from_ratio_secs(5, 1), ..voice(0, 100) };
    let out = mix(&plan(4_000, 1, 0, 100, vec![v]), &mut source).channels.remove(0);
    assert!(out.iter().all(|x| (x - 0.25).abs() < 1e-4), "{out:?}");
}

#[test]
fn overshoots_are_clamped_and_counted() {
    let mut input = vec![0.25; 1_000];
    input[500] = -0.75;
    input[501] = 0.5;
    let mut mixer = Mixer::new(48_000, 2).unwrap();
    let v = Voice { gain: vec![(0, 2.0)], ..voice(0, 1_000) };
    let block = mixer.mix(&plan(48_000, 2, 0, 1_000, vec![v]), &mut memory(48_000, vec![input])).unwrap();
    assert_eq!((block.channels[0][499], block.channels[0][500], block.channels[0][501]), (0.5, -1.0, 1.0));
    assert_eq!((mixer.report().clipped_samples, mixer.report().peak), (2, 1.5));
    // Full scale itself does not count as clipped, and samples stay finite with huge gains.
    let v = Voice { gain: vec![(0, f32::MAX)], ..voice(0, 10) };
    let block = mixer.mix(&plan(48_000, 2, 0, 10, vec![v.clone(), v]), &mut memory(48_000, vec![vec![1.0; 10]])).unwrap();
    assert!(block.channels.iter().flatten().all(|x| *x == 1.0));
}

#[test]
fn invalid_samples_are_silence_and_counted_once() {
    for (rate, speed) in [(48_000u32, 1.0), (44_100, 1.0), (96_000, -0.7)] {
        let mut input = vec![0.1; 20_000];
        input[9_000] = f32::NAN;
        input[9_600] = f32::INFINITY;
        let start = if speed < 0.0 { Time::of_sample(19_000, rate) } else { Time::ZERO };
        let v = Voice { speed, source_start: start, ..voice(0, 12_000) };
        for block_samples in [12_000, 777, 64] {
            let mut mixer = Mixer::new(48_000, 1).unwrap();
            let mut source = memory(rate, vec![input.clone()]);
            for first in (0..12_000).step_by(block_samples) {
                let p = plan(48_000, 1, first as i64, block_samples.min(12_000 - first), vec![v.clone()]);
                assert!(mixer.mix(&p, &mut source).unwrap().channels[0].iter().all(|x| x.is_finite()));
            }
            assert_eq!(mixer.report().invalid_source_samples, 2, "{rate} {speed} {block_samples}");
        }
    }
}

/// A source that returns one sample too few.
struct Short;

impl AudioSource for Short {
    fn format(&self, _: &MediaId, _: usize) -> Result<AudioFormat, SourceError> {
        Ok(AudioFormat { rate_hz: 48_000, layout: ChannelLayout::usual(2)? })
    }

    fn read(&mut self, _: &MediaId, _: usize, _: i64, samples: usize) -> Result<AudioBlock, SourceError> {
        Ok(AudioBlock::silent(48_000, 2, samples - 1))
    }
}

#[test]
fn nonsense_has_codes() {
    let mut source = memory(48_000, vec![sine(440.0, 48_000.0, 1_000, 0.5)]);
    let code = |v: Voice, source: &mut dyn AudioSource| {
        Mixer::new(48_000, 2).unwrap().mix(&plan(48_000, 2, 0, 100, vec![v]), source).unwrap_err().code()
    };
    let ok = voice(0, 100);
    for bad in [
        Voice { gain: vec![], ..ok.clone() },
        Voice { gain: vec![(0, f32::NAN)], ..ok.clone() },
        Voice { gain: vec![(5, 1.0), (0, 1.0)], ..ok.clone() },
        Voice { pan: vec![(0, 1.5)], ..ok.clone() },
        Voice { speed: 0.0, ..ok.clone() },
        Voice { speed: f64::NAN, ..ok.clone() },
        Voice { end_sample: -1, ..ok.clone() },
        Voice { first_sample: i64::MIN, ..ok.clone() },
        Voice { fades: vec![Fade { first_sample: 9, end_sample: 3, rising: true, curve: FadeCurve::Linear }], ..ok.clone() },
    ] {
        assert_eq!(code(bad, &mut source), "audio.plan.invalid_voice");
    }
    assert_eq!(code(Voice { media: "gone".into(), ..ok.clone() }, &mut source), "audio.source.failed");
    assert_eq!(code(Voice { stream: 7, ..ok.clone() }, &mut source), "audio.source.failed");
    assert_eq!(code(ok.clone(), &mut Short), "audio.source.contract");
    assert_eq!(code(ok.clone(), &mut memory(48_000, vec![vec![0.0]; 9])), "audio.source.failed", "no layout has 9 channels");
    assert_eq!(code(ok.clone(), &mut memory(1, vec![vec![0.0]])), "audio.rate.unsupported");
    let mut mixer = Mixer::new(48_000, 2).unwrap();
    assert_eq!(mixer.mix(&plan(44_100, 2, 0, 1, vec![]), &mut source).unwrap_err().code(), "audio.plan.mismatch");
    assert_eq!(
        mixer.mix(&plan(48_000, 2, 0, MAX_BLOCK_SAMPLES + 1, vec![]), &mut source).unwrap_err().code(),
        "audio.plan.block_too_long"
    );
    assert_eq!(Mixer::new(48_000, 0).unwrap_err().code(), "audio.channels.unsupported");
    assert_eq!(Mixer::new(0, 2).unwrap_err().code(), "audio.rate.unsupported");
    assert_eq!(mixer.report(), cutroom_audio::MixReport::default());
}

fn any_voice() -> impl Strategy<Value = Voice> {
    let speed = prop_oneof![Just(1.0), Just(-1.0), Just(2.0), Just(0.5), 0.2f64..5.0, -5.0f64..-0.2];
    let fade = (0i64..3_000, 0i64..2_000, any::<bool>(), any::<bool>()).prop_map(|(a, n, rising, power)| Fade {
        first_sample: a,
        end_sample: a + n,
        rising,
        curve: if power { FadeCurve::ConstantPower } else { FadeCurve::Linear },
    });
    let points = |low: f32, high: f32| {
        prop::collection::vec((0i64..4_000, low..high), 1..4).prop_map(|mut p| {
            p.sort_by_key(|p| p.0);
            p
        })
    };
    let media = prop::sample::select(vec!["a44", "m48", "s96", "x8"]);
    (
        media,
        -500i64..2_000,
        0i64..5_000,
        -1_000_000i64..100_000_000,
        speed,
        points(0.0, 1.5),
        points(-1.0, 1.0),
        prop::collection::vec((prop::sample::select(vec![1usize, 2, 6]), points(-1.0, 1.0)), 0..3),
        prop::collection::vec(fade, 0..3),
    )
        .prop_map(|(media, first, length, start, speed, gain, pan, nested, fades)| Voice {
            media: media.into(),
            source_start: Time(start),
            speed,
            gain,
            pan,
            nested: nested.into_iter().map(|(channels, pan)| NestedAudio { channels, fold: FoldLevels::default(), pan }).collect(),
            fades,
            ..voice(first, first + length)
        })
}

fn library() -> MemorySource {
    let mut source = MemorySource::new();
    for (id, rate_hz, channels) in [("a44", 44_100, 2), ("m48", 48_000, 1), ("s96", 96_000, 6), ("x8", 8_000, 1)] {
        source.insert(
            id,
            0,
            AudioBlock { rate_hz, channels: (0..channels).map(|c| noise(c + 10, rate_hz as usize / 5, 0.7)).collect() },
        );
    }
    source
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Samples and report do not depend on how the mix is divided into blocks.
    #[test]
    fn blocks_do_not_matter(voices in prop::collection::vec(any_voice(), 1..4), channels in prop::sample::select(vec![1usize, 2, 6]),
        cuts in prop::collection::vec(1usize..3_000, 1..12)) {
        let (first, samples) = (-300i64, 5_000usize);
        let mut source = library();
        let mut whole_mixer = Mixer::new(48_000, channels).unwrap();
        let whole = whole_mixer.mix(&plan(48_000, channels, first, samples, voices.clone()), &mut source).unwrap();
        let mut mixer = Mixer::new(48_000, channels).unwrap();
        let (mut done, mut cut) = (0, cuts.iter().cycle());
        let mut joined = vec![Vec::new(); channels];
        while done < samples {
            let n = (*cut.next().unwrap()).min(samples - done);
            let part = mixer.mix(&plan(48_000, channels, first + done as i64, n, voices.clone()), &mut source).unwrap();
            for (to, from) in joined.iter_mut().zip(&part.channels) { to.extend_from_slice(from); }
            done += n;
        }
        prop_assert_eq!(bits(&whole), bits(&AudioBlock { rate_hz: 48_000, channels: joined }));
        prop_assert_eq!(whole_mixer.report(), mixer.report());
        prop_assert!(whole.channels.iter().flatten().all(|x| x.abs() <= 1.0));
    }
}

/// The bits are the same on every machine and at every optimisation level: the hash was recorded
/// once (x86-64 baseline), as FNV-1a of the samples' bits.
#[test]
fn result_is_the_recorded_one() {
    let mut source = library();
    let fade =
        |rising, first_sample| Fade { first_sample, end_sample: first_sample + 1_500, rising, curve: FadeCurve::ConstantPower };
    let v = |media: &str, speed, pan| Voice {
        media: media.into(),
        speed,
        source_start: Time::from_ratio_secs(1, 10),
        gain: vec![(0, 0.3), (2_000, 0.9)],
        pan: vec![(100, -0.8), (3_000, pan)],
        fades: vec![fade(true, 0), fade(false, 2_500)],
        ..voice(0, 4_000)
    };
    let voices = vec![v("a44", 1.0, 0.7), v("m48", 1.1, 0.0), v("s96", -0.5, 1.0), v("x8", 1.0, -1.0)];
    let block = mix(&plan(48_000, 2, 0, 4_000, voices), &mut source);
    let hash = bits(&block)
        .iter()
        .flatten()
        .flat_map(|b| b.to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    assert_eq!(format!("{hash:016x}"), "c13793b88d1c38f1");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    /// Extreme values return an error or samples, and never panic.
    #[test]
    fn absurd_plans_do_not_panic(first in any::<i64>(), end in any::<i64>(), start in any::<i64>(), near in any::<bool>(),
        speed in prop_oneof![any::<f64>(), -150.0f64..150.0], gain in prop::collection::vec((any::<i64>(), any::<f32>()), 0..3),
        pan in -1.1f32..1.1, fade in any::<(i64, i64, bool)>(), at in prop_oneof![any::<i64>(), -1_000_000_000_000i64..1_000_000_000_000]) {
        let v = Voice {
            first_sample: if near { at.saturating_sub(50) } else { first },
            end_sample: if near { at.saturating_add(50) } else { end },
            source_start: Time(start),
            speed,
            gain: if near { vec![(0, 1.0)] } else { gain },
            pan: vec![(0, pan)],
            fades: vec![Fade { first_sample: fade.0, end_sample: fade.1, rising: fade.2, curve: FadeCurve::ConstantPower }],
            ..voice(0, 0)
        };
        let result = Mixer::new(48_000, 2).unwrap().mix(&plan(48_000, 2, at, 100, vec![v]), &mut memory(44_100, vec![vec![0.5; 1_000]]));
        if let Ok(block) = result {
            prop_assert!(block.channels.iter().flatten().all(|x| x.abs() <= 1.0));
        }
    }
}
