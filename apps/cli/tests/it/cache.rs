//! What is kept on disk about files, as the user sees it.
use crate::support::{Bench, Ran, ffmpeg};
use serde_json::Value;

/// A bench with a cache of its own.
struct Cached(Bench);

impl Cached {
    fn new() -> Self {
        Self(Bench::new())
    }

    fn run(&self, args: &[&str]) -> Ran {
        let out = self.0.command(args).env("CUTROOM_CACHE", self.0.path("cache")).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ran { code: out.status.code().unwrap_or(-1), out: text(out.stdout), err: text(out.stderr) }
    }

    fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "cutroom {args:?}\n{}\n{}", ran.out, ran.err);
        ran.out
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.ok(&[args, &["--json"]].concat())).unwrap()
    }
}

/// Raw RGB pixels of a picture, as ffmpeg reads them.
fn pixels(bench: &Bench, name: &str) -> Vec<u8> {
    let raw = bench.path("pixels.raw");
    ffmpeg(&["-i", bench.path(name).to_str().unwrap(), "-f", "rawvideo", "-pix_fmt", "rgb24"], &raw);
    std::fs::read(raw).unwrap()
}

fn largest_difference(a: &[u8], b: &[u8]) -> u8 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

#[test]
fn the_cache_is_shown_pruned_and_verified() {
    let bench = Cached::new();
    bench.0.clip("a.mp4", 25, "25");
    let first = bench.ok(&["probe", "a.mp4"]);
    assert_eq!(bench.ok(&["probe", "a.mp4"]), first);
    let shown = bench.json(&["cache", "show"]);
    let kinds: Vec<&str> = shown["kinds"].as_array().unwrap().iter().map(|k| k["kind"].as_str().unwrap()).collect();
    // The file was written a moment ago and may change again without another time.
    assert_eq!(kinds, ["probe"]);
    assert_eq!(shown["budget_bytes"], 20_u64 << 30);
    let text = bench.ok(&["cache", "show"]);
    assert!(text.contains("20.0 GiB") && text.contains("probe") && text.contains("30 days"), "{text}");
    assert!(bench.ok(&["cache", "prune"]).starts_with("removed 0 entries"), "nothing is old");
    assert!(bench.ok(&["cache", "prune", "--older-than", "1d", "--kind", "probe"]).starts_with("removed 0 entries"));
    for (bad, says) in [(["--older-than", "soon"], "soon"), (["--kind", "frames"], "there are probe")] {
        let ran = bench.run(&[&["cache", "prune"][..], &bad].concat());
        assert_eq!(ran.code, 2, "{bad:?}");
        assert!(ran.err.contains("usage.cache") && ran.err.contains(says), "{}", ran.err);
    }
    let entry = std::fs::read_dir(bench.0.path("cache/probe")).unwrap().next().unwrap().unwrap().path();
    let file = std::fs::read_dir(entry).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&file, b"not any more").unwrap();
    let verified = bench.json(&["cache", "verify"]);
    assert_eq!((&verified["good"], &verified["removed"]), (&Value::from(0), &Value::from(1)));
    assert_eq!(bench.ok(&["probe", "a.mp4"]), first);
    assert!(bench.ok(&["cache", "prune", "--all"]).starts_with("removed 1 entries"));
    // Without a cache all works, and says so.
    let off = bench.0.command(&["cache", "show"]).env("CUTROOM_CACHE", "off").output().unwrap();
    assert!(String::from_utf8_lossy(&off.stdout).contains("there is no cache on disk"));
    let nowhere = bench.0.command(&["probe", "a.mp4"]).env("CUTROOM_CACHE", "/proc/nowhere").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&nowhere.stdout), first);
    assert!(bench.ok(&["doctor"]).contains("cache: 0.0 MiB in 0 entries"));
}

/// Two programs at once write the same entries.
#[test]
fn processes_share_the_cache() {
    let bench = Cached::new();
    bench.0.clip("a.mp4", 25, "25");
    let start = || {
        bench.0.command(&["probe", "a.mp4"]).env("CUTROOM_CACHE", bench.0.path("cache")).stdout(std::process::Stdio::null()).spawn()
    };
    let mut running: Vec<_> = (0..4).map(|_| start().unwrap()).collect();
    assert!(running.iter_mut().all(|p| p.wait().unwrap().success()));
    let verified = bench.json(&["cache", "verify"]);
    assert_eq!(verified, serde_json::json!({"good": 1, "removed": 0, "foreign": 0}));
}

/// A thumbnail is the frame of a film of that one clip; it comes from the cache the second time, and is
/// another one when the file is.
#[test]
fn a_thumbnail_is_the_frame_of_a_film() {
    let bench = Cached::new();
    bench.0.clip("a.mp4", 50, "25");
    bench.ok(&["new", "film.json", "a.mp4"]);
    for at in ["0", "1s", "31"] {
        bench.ok(&["frame", "film.json", "--at", at, "-o", "frame.png", "--overwrite"]);
        let drawn = bench.json(&["thumbnail", "a.mp4", "--at", at, "-o", "t.png", "--overwrite"]);
        assert_eq!((&drawn["cached"], &drawn["size"]["width"]), (&Value::from(false), &Value::from(320)));
        let apart = largest_difference(&pixels(&bench.0, "frame.png"), &pixels(&bench.0, "t.png"));
        assert!(apart <= 2, "{at}: {apart}");
        let again = bench.json(&["thumbnail", "a.mp4", "--at", at, "-o", "u.png", "--overwrite"]);
        assert_eq!(again["cached"], true);
        assert_eq!(std::fs::read(bench.0.path("u.png")).unwrap(), std::fs::read(bench.0.path("t.png")).unwrap());
    }
    // JPEG, as FFmpeg reads it.
    assert_eq!(bench.json(&["thumbnail", "a.mp4", "--at", "31", "-o", "t.jpg"])["cached"], false);
    let (png, jpeg) = (pixels(&bench.0, "t.png"), pixels(&bench.0, "t.jpg"));
    let mean = png.iter().zip(&jpeg).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / png.len() as f64;
    assert!(png.len() == jpeg.len() && mean < 2.0, "{mean} codes apart");
    bench.0.clip("a.mp4", 40, "25");
    assert_eq!(bench.json(&["thumbnail", "a.mp4", "--at", "1s", "-o", "t.png", "--overwrite"])["cached"], false);
    let past = bench.run(&["thumbnail", "a.mp4", "--at", "1.6s", "-o", "v.png"]);
    assert_eq!(past.code, 2);
    assert!(past.err.contains("its picture ends at 1.600 s"), "{}", past.err);
    for (args, code) in [(["-o", "v.gif"], 2), (["-o", "a.mp4"], 2), (["-o", "t.png"], 2), (["--stream", "3"], 4)] {
        let args = [&["thumbnail", "a.mp4"][..], &args, &["-o", "v.png"][..if args[0] == "-o" { 0 } else { 2 }]].concat();
        assert_eq!(bench.run(&args).code, code, "{args:?}");
    }
}

/// Rotation and sample aspect are applied, by FFmpeg's reading of the same file.
#[test]
fn thumbnails_are_upright_with_square_pixels() {
    let bench = Cached::new();
    let source = "color=red:size=64x96:rate=25:duration=1,pad=128:96:0:0:color=blue,setsar=3/2,format=yuv444p";
    ffmpeg(&["-f", "lavfi", "-i", source, "-c:v", "libx264", "-qp", "1"], &bench.0.path("flat.mp4"));
    let flat = bench.0.path("flat.mp4");
    ffmpeg(&["-i", flat.to_str().unwrap(), "-c", "copy", "-metadata:s:v:0", "rotate=90"], &bench.0.path("a.mp4"));
    let report = bench.json(&["thumbnail", "a.mp4", "--height", "96", "-o", "t.png"]);
    assert_eq!(report["size"], serde_json::json!({"width": 48, "height": 96}));
    let shown = ["-i", bench.0.path("a.mp4").to_str().unwrap(), "-frames:v", "1", "-vf", "scale=48:96"].map(str::to_owned);
    ffmpeg(&shown.iter().map(String::as_str).collect::<Vec<_>>(), &bench.0.path("shown.png"));
    let (ours, theirs) = (pixels(&bench.0, "t.png"), pixels(&bench.0, "shown.png"));
    let mut colors = std::collections::BTreeSet::new();
    for y in [8, 40, 56, 88] {
        let [a, b] = [&ours, &theirs].map(|p| &p[(y * 48 + 24) * 3..][..3]);
        assert!(largest_difference(a, b) <= 4, "row {y}: {a:?}, FFmpeg shows {b:?}");
        colors.insert((a[0] > 200, a[2] > 200));
    }
    assert_eq!(colors.len(), 2, "one half is red, the other blue");
}

#[test]
fn a_filmstrip_has_the_middles_of_equal_parts() {
    let bench = Cached::new();
    bench.0.clip("a.mp4", 50, "25");
    let report = bench.json(&["filmstrip", "a.mp4", "--count", "4", "--height", "90", "-o", "s.png"]);
    assert_eq!(report["times_secs"], serde_json::json!([0.25, 0.75, 1.25, 1.75]));
    assert_eq!(report["size"], serde_json::json!({"width": 640, "height": 90}));
    let strip = pixels(&bench.0, "s.png");
    for n in 0..4_usize {
        let at = format!("{}ms", 250 + 500 * n);
        bench.ok(&["thumbnail", "a.mp4", "--at", &at, "--height", "90", "-o", "t.png", "--overwrite"]);
        let one = pixels(&bench.0, "t.png");
        for y in 0..90 {
            let row = &strip[(y * 640 + n * 160) * 3..][..160 * 3];
            assert_eq!(row, &one[y * 160 * 3..][..160 * 3], "picture {n}, row {y}");
        }
    }
    assert_eq!(bench.json(&["filmstrip", "a.mp4", "--count", "4", "--height", "90", "-o", "t.png", "--overwrite"])["cached"], true);
    for wrong in [["--count", "0"], ["--count", "1001"], ["--height", "0"], ["--height", "5000"]] {
        let ran = bench.run(&[&["filmstrip", "a.mp4", "-o", "v.png"][..], &wrong].concat());
        assert!(ran.code == 2 && ran.err.contains("usage.picture_size"), "{wrong:?}: {}", ran.err);
    }
}

/// A sine of 0.5 has peaks of ±0.5 and an effective value of 0.5/√2; a click is in the bucket of its sample.
#[test]
fn waveforms_show_known_signals() {
    let bench = Cached::new();
    let signal = "aevalsrc=0.5*sin(2*PI*375*t)|0.8*eq(n\\,30000):sample_rate=48000:duration=2";
    ffmpeg(&["-f", "lavfi", "-i", signal, "-c:a", "pcm_f32le"], &bench.0.path("a.wav"));
    let columns = bench.json(&["waveform", "a.wav", "--width", "10"]);
    assert_eq!((&columns["samples"], &columns["samples_per_peak"]), (&Value::from(96_000), &Value::from(9600.0)));
    let list = |report: &Value, channel: usize, of: &str| -> Vec<f64> {
        report["channels"][channel][of].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
    };
    let near = |values: Vec<f64>, want: f64| assert!(values.iter().all(|v| (v - want).abs() < 1e-4), "{want}: {values:?}");
    near(list(&columns, 0, "max"), 0.5);
    near(list(&columns, 0, "min"), -0.5);
    near(list(&columns, 0, "rms"), 0.5 / 2_f64.sqrt());
    // Sample 30000 is in the fourth tenth, and in bucket 117 of 256 samples.
    assert_eq!(list(&columns, 1, "max").iter().position(|v| *v > 0.79), Some(3));
    let finest = bench.json(&["waveform", "a.wav", "--level", "0"]);
    let clicks: Vec<usize> = list(&finest, 1, "max").iter().enumerate().filter(|(_, v)| **v > 0.79).map(|(n, _)| n).collect();
    assert_eq!((clicks, list(&finest, 1, "max").len()), (vec![30_000 / 256], 375));
    assert_eq!(finest["levels"], serde_json::json!([256, 1024, 4096, 16384, 65536, 262_144]));
    let coarsest = bench.json(&["waveform", "a.wav", "--level", "5"]);
    near(list(&coarsest, 1, "rms"), 0.8 / 96_000_f64.sqrt());
    assert!(bench.ok(&["cache", "show"]).contains("waveform"));
    // In a picture full scale is the row's height: the sine's column covers its middle half.
    bench.ok(&["waveform", "a.wav", "--width", "40", "--height", "80", "-o", "w.png"]);
    let raw = bench.0.path("alpha.raw");
    let alpha =
        ["-i", bench.0.path("w.png").to_str().unwrap(), "-vf", "alphaextract,format=gray", "-f", "rawvideo"].map(str::to_owned);
    ffmpeg(&alpha.iter().map(String::as_str).collect::<Vec<_>>(), &raw);
    let alpha = std::fs::read(raw).unwrap();
    let covered: Vec<usize> = (0..80).filter(|y| alpha[y * 40 + 20] == 255).collect();
    assert_eq!((covered.iter().filter(|y| **y < 40).min(), covered.iter().filter(|y| **y < 40).max()), (Some(&10), Some(&30)));
    assert_eq!(bench.run(&["waveform", "a.wav", "--level", "9", "--json"]).code, 2);
    assert_eq!(bench.run(&["waveform", "a.wav", "--stream", "1", "--json"]).code, 4);
}

/// Loudness comes from the cache as it was measured.
#[test]
fn loudness_is_kept() {
    let bench = Cached::new();
    bench.0.clip("a.mp4", 100, "25");
    let measured = bench.json(&["loudness", "a.mp4"]);
    assert_eq!(bench.json(&["loudness", "a.mp4"]), measured);
    let without: Value = serde_json::from_str(&bench.0.ok(&["loudness", "a.mp4", "--json"]).out).unwrap();
    assert_eq!(without, measured);
    assert!(bench.ok(&["cache", "show"]).contains("loudness"));
}
