//! Moving test pictures, test audio, and calls of the reference programs.
use cutroom_media::write::{VideoSettings, WriteSettings, Writer};
use cutroom_types::{AudioBlock, ColorModel, ColorTags, Picture, PictureFormat, Size};
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

/// A picture whose every sample depends on plane, position and frame and which uses the whole range
/// of codes: moving gradients with a little noise.
pub fn picture(format: PictureFormat, size: Size, color: ColorTags, n: u64) -> Picture {
    let max = if format.bits > 16 { 65_535 } else { (1u64 << format.bits) - 1 };
    let buffers = (0..format.plane_count())
        .map(|k| {
            let s = format.plane_size(k, size);
            let mut bytes = Vec::with_capacity(s.width as usize * s.height as usize * format.bytes_per_sample());
            for y in 0..u64::from(s.height) {
                for x in 0..u64::from(s.width) {
                    let slope = (x * (2 + k as u64) + y + 5 * n) * max / 300;
                    let noise = ((x * 7919 + y * 104_729 + n * 1_299_709 + k as u64 * 15_485_863) * 2_654_435_761) >> 7;
                    let code = (slope + noise % 5) % (max + 1);
                    match format.bytes_per_sample() {
                        1 => bytes.push(code as u8),
                        4 => bytes.extend_from_slice(&(code as f32 / max as f32).to_le_bytes()),
                        _ => bytes.extend_from_slice(&(code as u16).to_le_bytes()),
                    }
                }
            }
            bytes
        })
        .collect();
    Picture::from_planes(format, size, color, buffers).unwrap()
}

/// Colour tags that suit a format.
pub fn tags(format: PictureFormat) -> ColorTags {
    if format.model == ColorModel::Rgb { ColorTags::SRGB } else { ColorTags::BT709 }
}

/// Channels of tones at −12 dBFS, each with another pitch.
pub fn tones(rate_hz: u32, channels: usize, start: usize, len: usize) -> AudioBlock {
    let channels = (0..channels)
        .map(|c| {
            let step = std::f64::consts::TAU * (330.0 + 110.0 * c as f64) / f64::from(rate_hz);
            (start..start + len).map(|i| (0.25 * (step * i as f64).sin()) as f32).collect()
        })
        .collect();
    AudioBlock { rate_hz, channels }
}

/// Writes `frames` pictures and the audio of the same time, in blocks.
pub fn write(path: &Path, settings: &WriteSettings, frames: u64) -> cutroom_media::write::WriteReport {
    let mut writer = Writer::create(path, settings, false).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut sounded = 0;
    for n in 0..frames {
        if let Some(v) = &settings.video {
            let mut picture = picture(v.format, v.size, v.color, n);
            picture.sample_aspect = v.sample_aspect;
            writer.push_picture(&picture).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        }
        if let Some(a) = &settings.sound {
            let end = a.rate_hz as usize * (n as usize + 1) / 25;
            writer.push_audio(&tones(a.rate_hz, a.channels as usize, sounded, end - sounded)).unwrap();
            sounded = end;
        }
    }
    writer.finish().unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Settings with defaults for a codec and format.
pub fn video(codec: &str, format: Option<PictureFormat>, size: Size) -> VideoSettings {
    let mut v = VideoSettings::new(codec, size, "25".parse().unwrap()).unwrap();
    if let Some(f) = format {
        v.format = f;
        v.color = tags(f);
    }
    v
}

/// Standard output of a program that must succeed.
pub fn output(program: &str, args: &[&str]) -> Vec<u8> {
    let out = Command::new(program).args(args).output().unwrap_or_else(|e| panic!("{program}: {e}"));
    assert!(out.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    out.stdout
}

/// One value of `ffprobe`, such as `("v:0", "stream=codec_name")`; an empty `stream` means the
/// container.
pub fn probe(path: &Path, stream: &str, entry: &str) -> String {
    let path = path.to_str().unwrap();
    let mut args = vec!["-v", "error", "-show_entries", entry, "-of", "default=nw=1:nk=1"];
    if !stream.is_empty() {
        args.extend(["-select_streams", stream, "-count_packets"]);
    }
    args.push(path);
    let text = String::from_utf8(output("ffprobe", &args)).unwrap().trim().to_owned();
    // Streams of a programme are listed twice.
    let lines: Vec<&str> = text.lines().collect();
    let (first, second) = lines.split_at(lines.len() / 2);
    if path.ends_with("ts") && entry.starts_with("stream") && first == second { first.join("\n") } else { text }
}

/// Everything that `ffprobe` says of a file, by keys such as `format.duration`, and `codec_name` of
/// the first stream of a kind.
pub struct Facts(HashMap<String, String>);

impl Facts {
    pub fn of(path: &Path) -> Self {
        let args = ["-v", "error", "-count_packets", "-show_format", "-show_streams", "-of", "flat", path.to_str().unwrap()];
        let text = String::from_utf8(output("ffprobe", &args)).unwrap();
        let entries = text.lines().filter_map(|line| line.split_once('='));
        Self(entries.map(|(k, v)| (k.to_owned(), v.trim_matches('"').to_owned())).collect())
    }

    /// A value of the container; empty if there is none.
    pub fn format(&self, key: &str) -> &str {
        self.0.get(&format!("format.{key}")).map_or("", String::as_str)
    }

    /// A value of the first stream of a kind; empty if there is none.
    pub fn stream(&self, kind: &str, key: &str) -> &str {
        let at = (0..9).find(|n| self.0.get(&format!("streams.stream.{n}.codec_type")).is_some_and(|k| k == kind));
        at.and_then(|n| self.0.get(&format!("streams.stream.{n}.{key}"))).map_or("", String::as_str)
    }
}

/// Names of the entries of a folder, sorted.
pub fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
