//! Every codec in every container that FFmpeg writes: what is read are the samples of a plain
//! decode by the ffmpeg program, none lost, none moved. Matroska, ASF and program streams state a
//! packet's length rounded to their tick or not at all, which must not show.

use cutroom_media::{AudioReader, MediaIndex};
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

/// Encoder, its options, sample rates in Hz.
const LOSSLESS: &[(&str, &[&str], &[u32])] = &[
    ("pcm_s16le", &[], &[44_100, 48_000]),
    ("pcm_s24le", &[], &[48_000]),
    ("pcm_f32le", &[], &[44_100]),
    ("pcm_s16be", &[], &[44_100]),
    ("pcm_dvd", &[], &[48_000]),
    ("pcm_bluray", &[], &[48_000]),
    ("s302m", &["-strict", "-2"], &[48_000]),
    ("flac", &[], &[44_100, 48_000, 96_000]),
    ("alac", &[], &[44_100]),
    ("wavpack", &[], &[44_100]),
    ("tta", &[], &[44_100]),
    ("mlp", &["-strict", "-2"], &[48_000]),
    ("truehd", &["-strict", "-2"], &[48_000]),
];
/// The same.
const LOSSY: &[(&str, &[&str], &[u32])] = &[
    ("adpcm_ms", &[], &[44_100]),
    ("adpcm_ima_wav", &[], &[44_100]),
    ("dca", &["-strict", "-2"], &[44_100, 48_000]),
    ("wmav1", &[], &[44_100]),
    ("wmav2", &[], &[44_100, 48_000]),
    ("aac", &[], &[44_100, 48_000]),
    ("ac3", &[], &[44_100, 48_000]),
    ("eac3", &[], &[44_100, 48_000]),
    ("mp2", &[], &[44_100, 48_000]),
    ("libmp3lame", &[], &[22_050, 44_100]),
    ("libvorbis", &[], &[44_100]),
    ("libopus", &[], &[48_000]),
    ("libspeex", &[], &[16_000]),
    ("g722", &[], &[16_000]),
    ("nellymoser", &[], &[44_100]),
];

/// Container, by extension.
const CONTAINERS: &[&str] = &[
    "mka", "webm", "mp4", "mov", "avi", "asf", "vob", "ts", "m2ts", "ogg", "flv", "nut", "wav", "w64", "aiff", "caf", "au", "mxf",
    "gxf", "flac", "tta", "wv", "mp3", "aac", "wtv",
];

/// Length of the source, tenths of a second.
const SOURCE_TENTHS: i64 = 11;

/// Encodes a tone once and writes it into every container that takes it: `tone.EXTENSION` in the
/// folder. The tone sweeps, so that a sample moved by one does not pass for its neighbour.
fn encode(codec: &str, options: &[&str], rate_hz: u32, dir: &Path) {
    let source = format!("aevalsrc=0.4*sin(2*PI*(300*t+200*t*t))|0.3*sin(2*PI*(500*t+150*t*t)):s={rate_hz}:d=1.1");
    let channels = if codec == "nellymoser" || codec == "libspeex" || codec == "g722" { "1" } else { "2" };
    // A muxer that refuses the codec does not stop the others.
    let outputs: Vec<String> = CONTAINERS.iter().map(|c| format!("[onfail=ignore]tone.{c}")).collect();
    let out = Command::new("ffmpeg")
        .args(["-v", "fatal", "-nostdin", "-y", "-f", "lavfi", "-i", &source, "-map", "0:a", "-ac", channels, "-c:a", codec])
        .args(options)
        .args(["-f", "tee", &outputs.join("|")])
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(out.status.success(), "{codec}: {}", String::from_utf8_lossy(&out.stderr));
}

/// The samples that the ffmpeg program decodes from each file, interleaved; `None` for files that it
/// cannot read cleanly. All are decoded by one process, and one by one only when something is wrong.
fn plain_decodes(paths: &[PathBuf]) -> Vec<Option<Vec<f32>>> {
    let raw = |path: &Path| path.with_extension(format!("{}.raw", path.extension().unwrap().to_string_lossy()));
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y"]);
    for path in paths {
        command.arg("-i").arg(path);
    }
    for (n, path) in paths.iter().enumerate() {
        command.args(["-map", &format!("{n}:a:0"), "-f", "f32le", "-c:a", "pcm_f32le"]).arg(raw(path));
    }
    let out = command.output().unwrap();
    let is_clean = out.status.success() && out.stderr.is_empty();
    match paths {
        [_] if !is_clean => vec![None],
        _ if !is_clean => paths.iter().flat_map(|p| plain_decodes(std::slice::from_ref(p))).collect(),
        _ => {
            let samples = |bytes: Vec<u8>| bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
            paths.iter().map(|p| Some(samples(std::fs::read(raw(p)).unwrap()))).collect()
        }
    }
}

/// FFmpeg's name of what an encoder writes.
fn codec_of(encoder: &str) -> &str {
    match encoder {
        "dca" => "dts",
        "libmp3lame" => "mp3",
        "g722" => "adpcm_g722",
        other => other.strip_prefix("lib").unwrap_or(other),
    }
}

/// The index of a file whose sound can be found again: raw formats take any packet and name no codec.
fn index_of(encoder: &str, path: &Path) -> Option<Arc<MediaIndex>> {
    let index = MediaIndex::scan(path).ok()?;
    let is_own = index.info().audio.first().is_some_and(|a| a.codec == codec_of(encoder));
    is_own.then_some(index)
}

/// How many samples of the plain decode are not the reader's; `None` when there are none.
fn differing(index: Arc<MediaIndex>, want: &[f32], path: &Path) -> Result<Option<usize>, String> {
    let info = index.info().audio[0].clone();
    let channels = info.channels;
    if want.is_empty() {
        return Ok(None);
    }
    let total = want.len() / channels;
    let lead = info.span.start.to_sample(info.rate_hz).max(0);
    let mut reader = AudioReader::open_indexed(index, 0).map_err(|e| e.to_string())?;
    let block = reader.read(lead, total + 4096).map_err(|e| e.to_string())?;
    let differs = |n: usize| (0..channels).any(|c| block.channels[c][n] != want[n * channels + c]);
    let wrong = (0..total).filter(|&n| differs(n)).count();
    let counted = info.samples as usize;
    let beyond = (total..total + 4096).filter(|&n| (0..channels).any(|c| block.channels[c][n] != 0.0)).count();
    // The source's own length where the container states it, which the ffmpeg program does not use.
    let source = i64::from(info.rate_hz) * SOURCE_TENTHS / 10;
    if counted as i64 == source && source < total as i64 && beyond == 0 {
        return Ok(Some((0..counted).filter(|&n| differs(n)).count()));
    }
    // An edit list of FFmpeg's ends at a whole millisecond.
    let is_edited =
        path.extension().is_some_and(|e| e == "mov") && (0..=info.rate_hz as i64 / 1000).contains(&(total as i64 - counted as i64));
    if is_edited && beyond == 0 {
        return Ok(Some((0..counted).filter(|&n| differs(n)).count()));
    }
    if counted != total || beyond > 0 {
        return Err(format!("{counted} samples counted, ffmpeg gives {total}; {wrong} differ, {beyond} follow"));
    }
    Ok(Some(wrong))
}

/// All codecs of a list in all containers; returns how many files were compared.
fn compare(codecs: &[(&str, &[&str], &[u32])]) -> usize {
    let (mut compared, mut faults) = (0, Vec::new());
    for (codec, options, rates) in codecs {
        for rate_hz in *rates {
            let dir = tempfile::tempdir().unwrap();
            encode(codec, options, *rate_hz, dir.path());
            let paths = CONTAINERS.iter().map(|c| dir.path().join(format!("tone.{c}")));
            let (paths, indexes): (Vec<_>, Vec<_>) = paths.filter_map(|p| index_of(codec, &p).map(|i| (p, i))).unzip();
            for ((path, index), want) in paths.iter().zip(indexes).zip(plain_decodes(&paths)) {
                let Some(want) = want else { continue };
                let name = format!("{codec} at {rate_hz} Hz in {}", path.extension().unwrap().to_string_lossy());
                match differing(index, &want, path) {
                    Ok(None) => continue,
                    Ok(Some(0)) => {}
                    Ok(Some(wrong)) => faults.push(format!("{name}: {wrong} samples differ")),
                    Err(e) => faults.push(format!("{name}: {e}")),
                }
                compared += 1;
            }
        }
    }
    assert!(faults.is_empty(), "{} of {compared} files:\n{}", faults.len(), faults.join("\n"));
    compared
}

#[test]
fn lossless_codecs_give_the_samples_of_a_plain_decode_in_every_container() {
    let compared = compare(LOSSLESS);
    assert!(compared >= 80, "only {compared} files could be compared");
}

#[test]
fn lossy_codecs_give_the_samples_of_a_plain_decode_in_every_container() {
    let compared = compare(LOSSY);
    assert!(compared >= 214, "only {compared} files could be compared");
}
