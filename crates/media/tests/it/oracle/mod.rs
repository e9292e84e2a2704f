//! The ffmpeg and ffprobe programs as the reference, and the checksum that both sides compute.
use cutroom_media::{VideoInfo, pixel};
use cutroom_types::{Picture, PictureFormat};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Runs ffmpeg quietly and returns its standard output; panics with its messages when it fails.
pub fn ffmpeg(args: &[&str]) -> Vec<u8> {
    let out = Command::new("ffmpeg").args(["-v", "error", "-nostdin", "-y"]).args(args).output().expect("ffmpeg runs");
    assert!(out.status.success(), "ffmpeg {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    out.stdout
}

/// Makes a file in `dir` with ffmpeg; `args` are all but the output. Returns its path.
pub fn make(dir: &Path, name: &str, args: &[&str]) -> PathBuf {
    let path = dir.join(name);
    let mut all = args.to_vec();
    all.push(path.to_str().unwrap());
    ffmpeg(&all);
    path
}

/// The values that ffprobe prints, one per line.
pub fn ffprobe(path: &Path, args: &[&str]) -> String {
    let out = Command::new("ffprobe")
        .args(["-v", "quiet", "-of", "default=nw=1:nk=1"])
        .args(args)
        .arg(path)
        .output()
        .expect("ffprobe runs");
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// Adler-32 starting from 0, as computed by ffmpeg's framecrc muxer, over all planes in FFmpeg's
/// order.
pub fn adler(p: &Picture) -> u32 {
    let (mut a, mut b) = (0u32, 0u32);
    let mut add = |bytes: &[u8]| add_adler(&mut a, &mut b, bytes);
    let mut order: Vec<usize> = (0..p.planes.len()).collect();
    order.sort_by_key(|&k| pixel::av_plane(p.format, k));
    for k in order {
        let plane = &p.planes[k];
        (0..plane.rows()).for_each(|y| add(plane.row(y)));
    }
    b << 16 | a
}

fn add_adler(a: &mut u32, b: &mut u32, bytes: &[u8]) {
    for chunk in bytes.chunks(5552) {
        for &v in chunk {
            *a += u32::from(v);
            *b += *a;
        }
        *a %= 65521;
        *b %= 65521;
    }
}

/// The same over samples interleaved as in a packed RGB format; for other formats as [`adler`].
pub fn adler_as(p: &Picture, pixel_format: &str) -> u32 {
    let order: &[usize] = match pixel_format {
        "argb" => &[3, 0, 1, 2],
        "rgba" | "rgba64le" => &[0, 1, 2, 3],
        "rgb24" | "rgb48le" => &[0, 1, 2],
        _ => return adler(p),
    };
    let (bytes, mut packed) = (p.format.bytes_per_sample(), Vec::new());
    for y in 0..p.size.height as usize {
        for x in 0..p.size.width as usize {
            for &k in order {
                packed.extend_from_slice(&p.planes[k].row(y)[x * bytes..(x + 1) * bytes]);
            }
        }
    }
    let (mut a, mut b) = (0, 0);
    add_adler(&mut a, &mut b, &packed);
    b << 16 | a
}

/// Checksums of the first `max` frames of a video stream, in the stored pixel format if that is
/// known.
pub fn ffmpeg_frames(path: &Path, stream: usize, decoder: &[&str], info: &VideoInfo, max: usize, filters: &[&str]) -> Vec<u32> {
    let format: PictureFormat = info.format.expect("a known format");
    let canonical = pixel::av_format(format).map_or("", pixel::name);
    // Unconverted: conversions of the ffmpeg program (range of `yuvj…`, packed RGB to planes) are
    // not exact.
    let pix_fmt = if info.pixel_format.is_empty() { canonical } else { info.pixel_format.as_str() };
    let (map, max) = (format!("0:v:{stream}"), max.to_string());
    let mut args = decoder.to_vec();
    args.extend(["-noautorotate", "-i", path.to_str().expect("a printable path"), "-map", &map, "-fps_mode", "passthrough"]);
    args.extend_from_slice(filters);
    args.extend(["-sws_flags", "accurate_rnd+full_chroma_int+full_chroma_inp+bitexact", "-frames:v", &max]);
    args.extend(["-pix_fmt", pix_fmt, "-c:v", "rawvideo", "-f", "framecrc", "-"]);
    String::from_utf8_lossy(&ffmpeg(&args))
        .lines()
        .filter(|l| !l.starts_with('#'))
        .map(|l| {
            u32::from_str_radix(l.rsplit("0x").next().expect("a checksum").split(',').next().expect("a checksum").trim(), 16)
                .expect("hexadecimal")
        })
        .collect()
}
