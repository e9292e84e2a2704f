//! Films in PQ and HLG: what is written, and what is said.
use crate::support::{Bench, ffmpeg, ffprobe};
use cutroom_test_support::media;
use std::{path::Path, process::Command};

/// Side data of the first picture of a file, as ffprobe prints it: `red_x=34000/50000` and so on.
fn side_data(file: &Path) -> String {
    let args = ["-v", "error", "-select_streams", "v", "-read_intervals", "%+#1", "-show_frames", "-show_streams"];
    String::from_utf8(Command::new("ffprobe").args(args).arg(file).output().unwrap().stdout).unwrap()
}

/// The fraction that follows `key=`.
fn fraction(text: &str, key: &str) -> f64 {
    let found = text.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix('=')).unwrap_or_else(|| panic!("{key}: {text}"));
    let (n, d) = found.split_once('/').unwrap_or((found, "1"));
    n.parse::<f64>().unwrap() / d.parse::<f64>().unwrap()
}

/// Ten grey frames of one 10-bit code, tagged BT.2020 with a transfer, with SMPTE ST 2086 and
/// CTA-861.3 data in the pictures alone.
fn clip(b: &Bench, name: &str, luma: u32, transfer: &str) {
    let x265 = "log-level=none:lossless=1:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)\
                :max-cll=1000,400";
    ffmpeg(
        &[
            &["-f", "lavfi", "-i", "color=s=128x96:r=25,trim=end_frame=10,format=yuv420p10le"][..],
            &["-vf", &format!("geq=lum={luma}:cb=512:cr=512"), "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", x265],
            &["-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc", "-color_range", "tv"],
        ]
        .concat(),
        &b.path(name),
    );
}

/// P3 in 1000 to 0.005 cd/m², as the clip states it.
const MASTERED: [(&str, f64); 12] = [
    ("red_x", 0.68),
    ("red_y", 0.32),
    ("green_x", 0.265),
    ("green_y", 0.69),
    ("blue_x", 0.15),
    ("blue_y", 0.06),
    ("white_point_x", 0.3127),
    ("white_point_y", 0.329),
    ("min_luminance", 0.005),
    ("max_luminance", 1000.0),
    ("max_content", 1000.0),
    ("max_average", 400.0),
];

#[test]
fn mastering_data_reaches_every_file() {
    let b = Bench::new();
    clip(&b, "a.mp4", 500, "smpte2084");
    let probed = b.ok(&["probe", "a.mp4"]).out;
    assert!(probed.contains("mastered at 0.005 to 1000 cd/m²"), "{probed}");
    assert!(probed.contains("light level 1000 (frame average 400) cd/m²"), "{probed}");
    b.ok(&["new", "film.json", "a.mp4"]);
    let color = &b.read_json("film.json")["compositions"][0]["color"];
    assert_eq!((&color["mastering_display"]["max_cd_m2"], &color["content_light"]["max_cd_m2"]), (&1000.0.into(), &1000.into()));
    // HDR by default: ten bits, in a codec that players show so.
    for (name, options, codec) in [
        ("x.mp4", &["--preset", "ultrafast"][..], "hevc"),
        ("x.mkv", &["--preset", "ultrafast"], "hevc"),
        ("x.webm", &["--preset", "8"], "vp9"),
        ("y.mkv", &["--video-codec", "av1", "--preset", "13"], "av1"),
        ("y.mp4", &["--video-codec", "av1", "--preset", "13"], "av1"),
        ("z.mp4", &["--video-codec", "h264", "--preset", "ultrafast"], "h264"),
    ] {
        let ran = b.ok(&[&["export", "film.json", "-o", name][..], options].concat());
        let file = b.path(name);
        assert_eq!(ffprobe(&file, "v", "codec_name"), codec, "{name}");
        assert_eq!(
            (ffprobe(&file, "v", "pix_fmt"), ffprobe(&file, "v", "color_transfer")),
            ("yuv420p10le".into(), "smpte2084".into())
        );
        assert_eq!(ran.err.contains("few players"), codec == "h264", "{}", ran.err);
        let side = side_data(&file);
        for (key, want) in MASTERED {
            let got = fraction(&side, key);
            // AV1 counts luminance in 1/16384 cd/m² and the rest in 1/65536.
            assert!((got - want).abs() < 1.0 / 16384.0, "{name}: {key} is {got}, not {want}");
        }
    }
}

/// A phone that wrote the mastering display's white in the wrong unit, as ffprobe shows.
#[test]
fn an_impossible_mastering_display_is_left_out() {
    let Some(file) = media("pixel_pq_hevc10_sdr_container.mp4") else { return };
    let side = side_data(&file);
    assert_eq!((fraction(&side, "max_luminance"), fraction(&side, "max_content")), (0.1, 1000.0));
    let b = Bench::new();
    let probed = b.ok(&["probe", file.to_str().unwrap()]).out;
    assert!(probed.contains("0.005 to 0.1 cd/m², which there is not"), "{probed}");
    assert!(!probed.contains("mastered at") && probed.contains("light level 1000 (frame average 200)"), "{probed}");
}

#[test]
fn eight_bits_are_warned_of() {
    let b = Bench::new();
    clip(&b, "a.mp4", 500, "arib-std-b67");
    b.ok(&["new", "film.json", "a.mp4"]);
    let said = |options: &[&str]| {
        let ran = b.ok(&[&["export", "film.json", "-o", "x.mp4", "--preset", "ultrafast", "--overwrite"][..], options].concat());
        ran.err.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(!said(&[]).contains("warning"), "{}", said(&[]));
    let text = said(&["--pix-fmt", "yuv420p"]);
    assert!(text.contains("HDR (arib-std-b67), and 8 bits") && text.contains("leave out --pix-fmt"), "{text}");
    let text = said(&["--profile", "main"]);
    assert!(text.contains("leave out --profile"), "{text}");
}

/// The 16-bit samples of a PNG file, or its 8-bit ones, as FFmpeg reads them.
fn png_pixel(file: &Path) -> (String, Vec<u8>) {
    let args = ["-v", "error", "-i", file.to_str().unwrap(), "-f", "rawvideo", "-"];
    (ffprobe(file, "v", "pix_fmt"), Command::new("ffmpeg").args(args).output().unwrap().stdout)
}

/// Code 723 of ten bits is 1000 cd/m² in PQ (BT.2100: 0.7518), code 572 is 203 cd/m² (0.5807), the
/// reference white of BT.2408.
#[test]
fn a_frame_is_shown_as_it_is() {
    let b = Bench::new();
    for (name, luma, transfer, code) in [("pq", 723, "smpte2084", 16), ("hlg", 721, "arib-std-b67", 18)] {
        clip(&b, &format!("{name}.mp4"), luma, transfer);
        b.ok(&["new", &format!("{name}.json"), &format!("{name}.mp4")]);
        let ran = b.ok(&["frame", &format!("{name}.json"), "-o", &format!("{name}.png")]);
        assert!(ran.out.contains(&format!("rgb 16-bit, in bt2020/{transfer}")), "{}", ran.out);
        let bytes = std::fs::read(b.path(&format!("{name}.png"))).unwrap();
        // PNG, third edition, §11.3.2.6: length, name, primaries, transfer, matrix, full range.
        assert_eq!(bytes[33..45], [0, 0, 0, 4, b'c', b'I', b'C', b'P', 9, code, 0, 1]);
        let (format, pixels) = png_pixel(&b.path(&format!("{name}.png")));
        let want = f64::from(luma - 64) / 876.0 * 65535.0;
        let got = f64::from(u16::from_be_bytes([pixels[0], pixels[1]]));
        assert_eq!(format, "rgb48be");
        assert!((got - want).abs() < 65.0, "{got}, not {want}");
    }
    // A PNG with cICP is read as what it is: in the film it shows the same pixels.
    let film = b.read("pq.json").replace("pq.mp4", "pq.png").replace("\"video\",\n", "\"image\",\n");
    b.write("still.json", &film);
    assert!(b.ok(&["probe", "pq.png"]).out.contains("bt2020/smpte2084/"), "{}", b.ok(&["probe", "pq.png"]).out);
    b.ok(&["frame", "still.json", "-o", "again.png"]);
    assert_eq!(png_pixel(&b.path("again.png")).1[..6], png_pixel(&b.path("pq.png")).1[..6]);
    // CRC-32 of these eight bytes, by zlib.
    assert_eq!(std::fs::read(b.path("pq.png")).unwrap()[45..49], 0x4d23_23fe_u32.to_be_bytes());

    let shown = |name: &str| {
        let ran = b.ok(&["frame", &format!("{name}.json"), "-o", "sdr.png", "--display", "sdr", "--overwrite"]);
        assert!(ran.out.contains("rgb 8-bit, tone-mapped to sRGB"), "{}", ran.out);
        let (format, pixels) = png_pixel(&b.path("sdr.png"));
        assert_eq!(format, "rgb24");
        assert!(!std::fs::read(b.path("sdr.png")).unwrap().windows(4).any(|w| w == b"cICP"));
        pixels[0]
    };
    // The peak that is assumed becomes white; reference white keeps about three quarters of the
    // light (docs/color.md).
    assert!(shown("pq") >= 253, "{}", shown("pq"));
    clip(&b, "pq.mp4", 572, "smpte2084");
    let light = |code: u8| (f64::from(code) / 255.0 + 0.099).powf(1.0 / 0.45) / 1.099_f64.powf(1.0 / 0.45);
    assert!((0.7..0.8).contains(&light(shown("pq"))), "{}", light(shown("pq")));
}
