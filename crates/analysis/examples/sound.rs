//! Analyses raw samples: `sound KIND RATE CHANNELS FILE [RATE FILE]`, where files have interleaved
//! 32-bit floats (`ffmpeg -f f32le`) and kinds are `silence`, `beats`, `segments`, `align`,
//! `spectrogram` and `meters`. Prints the results, and how much faster than real time they were
//! made.
use cutroom_analysis::sound::{align, beats, meters, segments, silence, spectrogram, spectrum};
use std::{convert::Infallible, time::Instant};

/// Channels of a file.
fn channels(path: &str, count: usize) -> Vec<Vec<f32>> {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let all: Vec<f32> = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    (0..count).map(|c| all.iter().skip(c).step_by(count).copied().collect()).collect()
}

/// Gives blocks of a second to `each`.
fn blocks(planes: &[Vec<f32>], mut each: impl FnMut(&[&[f32]])) {
    let length = planes[0].len();
    for from in (0..length).step_by(48_000) {
        let part: Vec<&[f32]> = planes.iter().map(|p| &p[from..(from + 48_000).min(length)]).collect();
        each(&part);
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [kind, rate, count, path, second @ ..] = args.as_slice() else { panic!("KIND RATE CHANNELS FILE [RATE FILE]") };
    let (rate, count): (u32, usize) = (rate.parse().unwrap(), count.parse().unwrap());
    let planes = channels(path, count);
    let secs = planes[0].len() as f64 / f64::from(rate);
    let time = |sample: u64| sample as f64 / f64::from(rate);
    let start = Instant::now();
    match kind.as_str() {
        "silence" => {
            let absolute = std::env::var("DBFS").ok().and_then(|d| d.parse().ok());
            let settings = absolute.map_or_else(silence::SilenceSettings::default, |d| silence::SilenceSettings {
                threshold: silence::Threshold::Dbfs(d),
                level: silence::Level::Peak,
                hysteresis_db: 0.0,
                min_silence_secs: 0.3,
                min_sound_secs: 0.0,
                pad_before_secs: 0.0,
                pad_after_secs: 0.0,
            });
            let mut detector = silence::SilenceDetector::new(rate, settings);
            blocks(&planes, |b| detector.add(b));
            let found = detector.finish();
            println!("threshold {:.1} dBFS, noise {:.1} dBFS", found.threshold_dbfs, found.noise_floor_dbfs);
            for r in found.silence {
                println!("silence {:.4} to {:.4}", time(r.start), time(r.end));
            }
        }
        "beats" => {
            let mut finder = beats::BeatFinder::new(rate);
            blocks(&planes, |b| finder.add(b));
            let found = finder.finish();
            println!("{:.2} bpm, confidence {:.2}, {} onsets", found.bpm, found.confidence, found.onsets.len());
            println!("beats {:?}", found.beats.iter().map(|b| (time(b.sample) * 1e3).round() / 1e3).collect::<Vec<_>>());
            println!("tempos {:?}", found.tempos_bpm.iter().map(|t| t.round()).collect::<Vec<_>>());
        }
        "segments" => {
            let mut finder = segments::SegmentFinder::new(rate);
            blocks(&planes, |b| finder.add(b));
            for s in finder.finish() {
                println!("{:?} {:.2} to {:.2}, confidence {:.2}", s.kind, time(s.samples.start), time(s.samples.end), s.confidence);
            }
        }
        "align" => {
            let [other_rate, other] = second else { panic!("a second rate and file") };
            let other_rate: u32 = other_rate.parse().unwrap();
            let other = channels(other, 1);
            let print = |planes: &[Vec<f32>], rate| {
                let mut made = align::Fingerprinter::new(rate);
                blocks(planes, |b| made.add(b));
                made.finish()
            };
            let (a, b) = (print(&planes, rate), print(&other, other_rate));
            println!("fingerprints after {:.3} s", start.elapsed().as_secs_f64());
            let read = |x: &[f32], r: std::ops::Range<u64>| Ok::<_, Infallible>(x[r.start as usize..r.end as usize].to_vec());
            println!("{:?}", align::align(&a, &b, |r| read(&planes[0], r), |r| read(&other[0], r)));
        }
        "spectrogram" => {
            let mut made = spectrogram::Spectrogram::new(rate, spectrogram::SpectrogramSettings::default());
            let mut columns = Vec::new();
            blocks(&planes, |b| made.add(b, |c| columns.push(spectrogram::brightness(c, (-100.0, 0.0)))));
            made.finish(|c| columns.push(spectrogram::brightness(c, (-100.0, 0.0))));
            let picture = spectrogram::draw(&columns);
            let mut file = format!("P6 {} {} 255\n", picture.width, picture.height).into_bytes();
            file.extend(picture.rgb);
            std::fs::write(format!("{path}.ppm"), file).unwrap();
            let mut average = spectrum::AverageSpectrum::new(rate, 4_096, spectrum::Window::BlackmanHarris);
            blocks(&planes, |b| average.add(b));
            println!("{:.1} dBFS at {:.0} Hz", average.mean_dbfs()[100], average.frequency_hz(100));
        }
        "meters" => {
            let mut peaks: Vec<_> =
                planes.iter().map(|_| meters::PeakHold::new(rate, meters::PeakHoldSettings::default())).collect();
            let mut rms: Vec<_> = planes.iter().map(|_| meters::Rms::new(rate, 0.3)).collect();
            let mut ppm: Vec<_> = planes.iter().map(|_| meters::QuasiPeak::new(rate, meters::PpmType::II)).collect();
            let mut field = meters::StereoField::new(rate, 0.1);
            blocks(&planes, |b| {
                for (c, x) in b.iter().enumerate() {
                    peaks[c].add(x);
                    rms[c].add(x);
                    ppm[c].add(x);
                }
                field.add(b[0], b[b.len() - 1]);
            });
            println!("max {:.2} dBFS, RMS {:.2} dBFS, PPM {:.2} dBFS", peaks[0].max_dbfs(), rms[0].dbfs(), ppm[0].dbfs());
            println!("correlation {:.2}, balance {:.2}", field.correlation(), field.balance());
        }
        other => panic!("{other}?"),
    }
    let elapsed = start.elapsed().as_secs_f64();
    println!("{secs:.1} s of sound in {elapsed:.3} s: {:.0} times real time", secs / elapsed);
}
