//! Films of copied and encoded pieces in decoders other than ffmpeg's program: GStreamer with decoders
//! of its own kind, and Chromium, which also seeks.
use crate::copy_film::{HEIGHT, WIDTH, film_of, number, numbered, open};
use cutroom_test_support::skipped;
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Whether a program, and an element of GStreamer, are there.
fn has(program: &str, arguments: &[&str]) -> bool {
    let found = Command::new(program).args(arguments).output().is_ok_and(|o| o.status.success());
    if !found {
        skipped("impossible here", &format!("{program} {}", arguments.join(" ")));
    }
    found
}

/// A film of many seams, and the numbers of its frames.
fn film(dir: &Path, codec: &[&str], spans: &[std::ops::Range<usize>]) -> (PathBuf, Vec<usize>) {
    let path = numbered(dir, "source.mp4", 150, codec);
    let mut footage = open(&path, None).unwrap();
    let (_, film) = film_of(&mut footage, dir, spans).unwrap();
    (film, spans.iter().cloned().flatten().collect())
}

fn h264(dir: &Path) -> (PathBuf, Vec<usize>) {
    let params = "keyint=25:min-keyint=25:scenecut=0:bframes=3:b-pyramid=normal";
    film(dir, &["-c:v", "libx264", "-x264-params", params], &[75..125, 10..60, 100..140, 3..40])
}

/// Numbers of the frames that a pipeline of GStreamer gives.
fn by_gstreamer(film: &Path, elements: &str) -> Vec<usize> {
    let out = film.with_extension("gray");
    let pipeline = format!(
        "filesrc location={} ! qtdemux ! {elements} ! videoconvert ! video/x-raw,format=GRAY8,width={WIDTH},height={HEIGHT} ! \
         filesink location={}",
        film.display(),
        out.display()
    );
    let run = Command::new("timeout").args(["60", "gst-launch-1.0", "-q"]).args(pipeline.split_whitespace()).output().unwrap();
    assert!(run.status.success(), "{elements}: {}", String::from_utf8_lossy(&run.stderr));
    std::fs::read(out).unwrap().chunks_exact(WIDTH * HEIGHT).map(number).collect()
}

#[test]
fn gstreamer_shows_every_frame_once() {
    if !has("gst-launch-1.0", &["--version"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (path, wanted) = h264(dir.path());
    // Not openh264dec: it also confuses frames of a single stream of x264 with a pyramid of B pictures.
    if has("gst-inspect-1.0", &["avdec_h264"]) {
        assert_eq!(by_gstreamer(&path, "h264parse ! avdec_h264"), wanted);
    }
    for params in ["open-gop=0:bframes=3", "open-gop=1:bframes=4"] {
        let params = format!("keyint=25:min-keyint=25:scenecut=0:log-level=none:{params}");
        let codec = ["-c:v", "libx265", "-x265-params", &params];
        let (path, wanted) = film(dir.path(), &codec, &[75..125, 10..60, 50..90, 75..100]);
        for decoder in ["avdec_h265", "libde265dec"] {
            if has("gst-inspect-1.0", &[decoder]) {
                assert_eq!(by_gstreamer(&path, &format!("h265parse ! {decoder}")), wanted, "{decoder}: {params}");
            }
        }
    }
}

/// Shows the film, then seeks to each frame, forwards and in a jumble, and reads its number.
const PAGE: &str = r"<!doctype html><body>waiting<script>
const rate = 25, order = ORDER;
const video = document.createElement('video'), canvas = document.createElement('canvas');
canvas.width = 128; canvas.height = 96;
const context = canvas.getContext('2d', {willReadFrequently: true});
const done = text => console.log('{' + text + '}');
const until = name => new Promise(r => video.addEventListener(name, r, {once: true}));
const read = () => {
  context.drawImage(video, 0, 0, 128, 96);
  let n = 0;
  for (let k = 0; k < 8; k++) if (context.getImageData(k * 16 + 8, 16, 1, 1).data[1] > 125) n |= 1 << k;
  return n;
};
video.addEventListener('error', () => done('error ' + video.error.message));
video.muted = true;
video.src = 'data:video/mp4;base64,FILM';
(async () => {
  await until('loadeddata');
  const found = [];
  for (const n of order) {
    const seeked = until('seeked');
    const drawn = new Promise(r => video.requestVideoFrameCallback(r));
    video.currentTime = (n + 0.5) / rate;
    await seeked;
    // The new picture may come a little later; none comes where the same one stays.
    await Promise.race([drawn, new Promise(r => setTimeout(r, 500))]);
    found.push(read());
  }
  const ended = until('ended');
  video.currentTime = 0;
  video.playbackRate = 4;
  await video.play();
  await ended;
  done(found.join(' ') + ' ended ' + Math.round(video.currentTime * rate));
})().catch(e => done('error ' + e));
</script>";

#[test]
fn chromium_seeks_to_every_frame() {
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".into());
    if !has(&chromium, &["--version"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (path, wanted) = h264(dir.path());
    let count = wanted.len();
    // Each frame in order, then each by steps of 37 frames, which has no factor in common with it.
    assert!(!count.is_multiple_of(37));
    let order: Vec<usize> = (0..count).chain((0..count).map(|n| n * 37 % count)).collect();
    let page = dir.path().join("page.html");
    let coded = base64(&std::fs::read(path).unwrap());
    std::fs::write(&page, PAGE.replace("ORDER", &format!("{order:?}")).replace("FILM", &coded)).unwrap();
    let profile = format!("--user-data-dir={}", dir.path().join("profile").display());
    let mut run = Command::new("timeout")
        .args(["90", &chromium, "--headless", "--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"])
        .args([&profile, "--enable-logging=stderr", &format!("file://{}", page.display())])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The page's message is a line of its log.
    let lines = BufReader::new(run.stderr.take().unwrap()).lines().map_while(Result::ok);
    let said = lines.filter(|l| l.contains("CONSOLE")).find_map(|l| Some(l.split_once('{')?.1.split_once('}')?.0.to_owned()));
    // The wrapper passes it on.
    Command::new("kill").arg(run.id().to_string()).status().unwrap();
    run.wait().unwrap();
    let found = said.expect("an answer within 90 s");
    let (numbers, end) = found.split_once(" ended ").unwrap_or_else(|| panic!("{found}"));
    let numbers: Vec<usize> = numbers.split(' ').map(|n| n.parse().unwrap()).collect();
    assert_eq!(numbers, order.iter().map(|n| wanted[*n]).collect::<Vec<_>>());
    assert_eq!(end.trim(), count.to_string(), "where it ended, in frames");
}

/// RFC 4648 §4.
fn base64(bytes: &[u8]) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |b: &[u8]| {
        let n = b.iter().chain([&0; 2]).take(3).fold(0usize, |n, b| n << 8 | usize::from(*b));
        (0..4).map(move |k| if k <= b.len() { char::from(letters[n >> (18 - 6 * k) & 63]) } else { '=' }).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}
