//! Scene cuts, on films whose cuts are known; ffmpeg's scene filter on the same films for comparison.
use crate::support::{Bench, ffmpeg};
use serde_json::Value;
use std::process::Command;

/// Moving scenes of 320x180 at 25 frames a second that have nothing in common.
const SCENES: [&str; 6] = [
    "testsrc2=s=320x180:r=25",
    "mandelbrot=s=320x180:r=25:start_scale=1:end_scale=0.2:end_pts=200",
    "cellauto=s=320x180:r=25:rule=110:random_seed=7",
    "life=s=320x180:r=25:ratio=0.2:mold=20:seed=3:life_color=#e0c040:death_color=#203060:mold_color=#203010",
    "gradients=s=320x180:r=25:c0=#402010:c1=#ffd0a0:c2=#104080:n=3:seed=5:speed=0.02",
    "smptehdbars=s=320x180:r=25,rotate=t*0.4:c=gray",
];

fn scenes(bench: &Bench, args: &[&str]) -> Value {
    serde_json::from_str(&bench.ok(&[&["scenes"], args, &["--json"]].concat()).out).unwrap()
}

/// A film of shots of these lengths in frames, and the frames at which its cuts are.
fn film(bench: &Bench, name: &str, lengths: &[usize], more: &[&str]) -> Vec<usize> {
    let mut args: Vec<String> = Vec::new();
    let mut graph = String::new();
    for (n, length) in lengths.iter().enumerate() {
        args.extend(["-f".into(), "lavfi".into(), "-i".into(), SCENES[n % SCENES.len()].into()]);
        graph += &format!("[{n}]trim=start_frame=10:end_frame={},setpts=PTS-STARTPTS,format=yuv420p,setsar=1[v{n}];", length + 10);
    }
    graph += &(0..lengths.len()).map(|n| format!("[v{n}]")).collect::<String>();
    graph += &format!("concat=n={}:v=1:a=0", lengths.len());
    args.extend(["-filter_complex".into(), graph]);
    let args: Vec<&str> = args.iter().map(String::as_str).chain(["-c:v", "libx264", "-preset", "veryfast"]).collect();
    ffmpeg(&[&args, more].concat(), &bench.path(name));
    let mut at = 0;
    let mut starts = lengths.iter().map(|length| {
        at += length;
        at
    });
    starts.by_ref().take(lengths.len() - 1).collect()
}

/// First frames of all shots but the first.
fn cuts(report: &Value) -> Vec<usize> {
    let shots = report["shots"].as_array().unwrap();
    shots.iter().skip(1).map(|s| s["first_frame"].as_u64().unwrap() as usize).collect()
}

/// Kind, first and next frame of all transitions.
fn transitions(report: &Value) -> Vec<(String, usize, usize)> {
    let frame = |t: &Value, name: &str| t[name].as_u64().unwrap() as usize;
    let all = report["transitions"].as_array().unwrap().iter();
    all.map(|t| (t["kind"].as_str().unwrap().to_owned(), frame(t, "first_frame"), frame(t, "next_frame"))).collect()
}

/// The cuts that ffmpeg's `select='gt(scene,0.3)'` finds.
fn of_ffmpeg(bench: &Bench, name: &str) -> Vec<usize> {
    let filter = "select='gt(scene,0.3)+eq(n,0)',metadata=print:key=lavfi.scene_score:file=-";
    let film = bench.path(name);
    let args = ["-v", "error", "-i", film.to_str().unwrap(), "-vf", filter, "-f", "null", "-"];
    let text = String::from_utf8(Command::new("ffmpeg").args(args).output().unwrap().stdout).unwrap();
    let time = |l: &str| l.split("pts_time:").nth(1).and_then(|t| t.trim().parse::<f64>().ok());
    text.lines().filter_map(time).map(|t| (t * 25.0).round() as usize).filter(|n| *n > 0).collect()
}

/// Precision and recall.
fn judged(known: &[usize], found: &[usize]) -> (f64, f64) {
    let right = found.iter().filter(|f| known.contains(f)).count() as f64;
    (right / found.len().max(1) as f64, right / known.len().max(1) as f64)
}

#[test]
fn hard_cuts_are_found_to_the_frame() {
    let bench = Bench::new();
    let lengths = [30, 22, 41, 17, 26, 35, 12, 50, 19, 28, 33, 24, 15, 44, 21, 38, 27, 31];
    let known = film(&bench, "a.mp4", &lengths, &["-crf", "28"]);
    let report = scenes(&bench, &["a.mp4"]);
    let (ours, theirs) = (judged(&known, &cuts(&report)), judged(&known, &of_ffmpeg(&bench, "a.mp4")));
    println!("{} cuts: precision and recall {ours:?}, ffmpeg {theirs:?}", known.len());
    assert_eq!(ours, (1.0, 1.0), "{known:?} {:?}", cuts(&report));
    // Shots lie beside each other, times are those of the frames.
    let shots = report["shots"].as_array().unwrap();
    assert_eq!((report["frames"].as_u64(), shots.len()), (Some(lengths.iter().sum::<usize>() as u64), lengths.len()));
    for pair in shots.windows(2) {
        assert_eq!(pair[0]["last_frame"].as_u64().unwrap() + 1, pair[1]["first_frame"].as_u64().unwrap());
        assert_eq!(pair[0]["end_secs"], pair[1]["start_secs"]);
        assert_eq!(pair[1]["start_secs"].as_f64().unwrap(), pair[1]["first_frame"].as_f64().unwrap() / 25.0);
    }
    // What is shorter than asked is joined to its neighbours.
    let longer = scenes(&bench, &["a.mp4", "--min-length", "20f"]);
    assert!(
        longer["shots"].as_array().unwrap().iter().all(|s| s["end_secs"].as_f64() >= s["start_secs"].as_f64().map(|t| t + 0.8))
    );
    assert!(scenes(&bench, &["a.mp4", "--threshold", "1"])["shots"].as_array().unwrap().len() < 6);
}

#[test]
fn movement_flashes_and_noise_are_no_cuts() {
    let bench = Bench::new();
    let still = bench.path("still.png");
    ffmpeg(&["-f", "lavfi", "-i", "mandelbrot=size=1280x720:end_scale=0.3", "-frames:v", "1"], &still);
    let of_still = |name: &str, filter: &str| {
        let input = ["-loop", "1", "-framerate", "25", "-t", "6", "-i", still.to_str().unwrap(), "-vf", filter];
        ffmpeg(&[&input[..], &["-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast"]].concat(), &bench.path(name));
    };
    of_still("pan.mp4", "crop=320:180:'(iw-ow)*(0.5+0.5*sin(PI*t/3))':'(ih-oh)*(0.5+0.5*cos(2*PI*t/5))'");
    of_still("whip.mp4", "crop=320:180:'(iw-ow)*(0.5+0.5*sin(PI*t))':200");
    let cut_out = "crop=320:180:400:200";
    of_still("flash.mp4", &format!("{cut_out},format=yuv420p,lutyuv=y='min(235\\,val*1.8+90)':enable='eq(n,20)+between(n,60,63)'"));
    of_still("light.mp4", &format!("{cut_out},format=yuv420p,lutyuv=y='16+(val-16)*0.4':enable='gte(n,70)'"));
    of_still("noise.mp4", &format!("{cut_out},noise=alls=60:allf=t"));
    for name in ["pan", "whip", "flash", "light", "noise"] {
        let name = format!("{name}.mp4");
        let found = transitions(&scenes(&bench, &[&name]));
        println!("{name}: ffmpeg finds {} cuts", of_ffmpeg(&bench, &name).len());
        assert!(found.is_empty(), "{name}: {found:?}");
    }
}

/// A film whose scenes go over into each other by `kind`, of `frames` frames each; between them 45 frames.
fn crossed(bench: &Bench, name: &str, kind: &str, frames: usize, order: &[usize]) -> Vec<(usize, usize)> {
    let mut args: Vec<String> = Vec::new();
    let (mut graph, mut last, mut known, mut length) = (String::new(), "v0".to_owned(), Vec::new(), 45 + frames);
    for (n, scene) in order.iter().enumerate() {
        args.extend(["-f".into(), "lavfi".into(), "-i".into(), SCENES[*scene].into()]);
        let cut = 45 + 2 * frames;
        graph += &format!("[{n}]settb=1/25,trim=end_frame={cut},setpts=PTS-STARTPTS,format=yuv420p,setsar=1[v{n}];");
    }
    for n in 1..order.len() {
        let (at, secs) = (length as f64 / 25.0, frames as f64 / 25.0);
        graph += &format!("[{last}][v{n}]xfade=transition={kind}:duration={secs}:offset={at}[x{n}];");
        known.push((length, length + frames));
        (last, length) = (format!("x{n}"), length + frames + 45);
    }
    let map = format!("[{last}]");
    args.extend(["-filter_complex".into(), graph.trim_end_matches(';').into(), "-map".into(), map]);
    let args: Vec<&str> = args.iter().map(String::as_str).chain(["-c:v", "libx264", "-preset", "veryfast"]).collect();
    ffmpeg(&args, &bench.path(name));
    known
}

#[test]
fn dissolves_and_fades_are_found() {
    let bench = Bench::new();
    for (kind, wanted, frames) in [
        ("fade", "dissolve", 10),
        ("fade", "dissolve", 20),
        ("fade", "dissolve", 36),
        ("fadeblack", "fade", 16),
        ("fadeblack", "fade", 30),
    ] {
        let known = crossed(&bench, "x.mp4", kind, frames, &[0, 4, 5, 1, 0, 5]);
        let found = transitions(&scenes(&bench, &["x.mp4"]));
        let near = |(a, b): &(usize, usize), (_, c, d): &(String, usize, usize)| {
            // A fade's first and last frames are hardly darker.
            a.abs_diff(*c) <= 2 + frames / 3 && b.abs_diff(*d) <= 2 + frames / 3
        };
        let hit = known.iter().filter(|k| found.iter().any(|f| f.0 == wanted && near(k, f))).count();
        let ffmpeg = of_ffmpeg(&bench, "x.mp4").len();
        println!("{wanted} of {frames} frames: {hit} of {}, {} found, ffmpeg {ffmpeg}", known.len(), found.len());
        assert!(hit + 1 >= known.len() && found.len() <= hit + 1, "{known:?} {found:?}");
        std::fs::remove_file(bench.path("x.mp4")).unwrap();
    }
    // From black, and to black at the end: one shot.
    let fades = "testsrc2=s=320x180:r=25,trim=end_frame=100,fade=in:5:15,fade=out:80:15";
    ffmpeg(&["-f", "lavfi", "-i", fades, "-pix_fmt", "yuv420p"], &bench.path("ends.mp4"));
    let report = scenes(&bench, &["ends.mp4"]);
    let kinds: Vec<String> = transitions(&report).into_iter().map(|t| t.0).collect();
    assert_eq!((kinds, cuts(&report)), (vec!["fade_in".to_owned(), "fade_out".to_owned()], vec![]));
}

/// Frames of unequal lengths, of odd sizes, of more bits, and turned: numbers and times are those of the file.
#[test]
fn frames_and_times_are_exact_in_any_file() {
    let bench = Bench::new();
    let known = film(&bench, "a.mp4", &[30, 22, 41, 25, 30], &["-g", "50"]);
    let a = bench.path("a.mp4");
    let from = |name: &str, args: &[&str]| ffmpeg(&[&["-i", a.to_str().unwrap()], args].concat(), &bench.path(name));
    // Every third frame of the first two seconds is left out, and later ones last longer.
    let some = "select='gt(n,50)+mod(n,3)',setpts='if(gt(T,3),PTS*1.5-1.5/TB,PTS)',scale=161:91,format=yuv444p10le";
    from("vfr.mkv", &["-vf", some, "-fps_mode", "vfr", "-c:v", "ffv1"]);
    from("gbr.mkv", &["-vf", "scale=99:177,format=gbrp", "-c:v", "ffv1"]);
    from("gray.mkv", &["-vf", "format=gray", "-c:v", "ffv1"]);
    from("turned.mp4", &["-c", "copy", "-metadata:s:v:0", "rotate=90"]);
    let kept = |frame: usize| (0..frame).filter(|n| *n > 50 || n % 3 > 0).count();
    for (name, wanted) in [
        ("vfr.mkv", known.iter().map(|k| kept(*k)).collect::<Vec<_>>()),
        ("gbr.mkv", known.clone()),
        ("gray.mkv", known.clone()),
        ("turned.mp4", known.clone()),
    ] {
        let report = scenes(&bench, &[name]);
        assert_eq!(cuts(&report), wanted, "{name}");
        let film = bench.path(name);
        let args = ["-v", "error", "-select_streams", "v", "-show_entries", "frame=best_effort_timestamp_time", "-of", "csv=p=0"];
        let out = Command::new("ffprobe").args(args).arg(film).output().unwrap().stdout;
        let times: Vec<f64> =
            String::from_utf8(out).unwrap().lines().filter_map(|l| l.trim_end_matches(',').parse().ok()).collect();
        assert_eq!(report["frames"].as_u64().unwrap() as usize, times.len(), "{name}");
        for shot in report["shots"].as_array().unwrap() {
            let at = times[shot["first_frame"].as_u64().unwrap() as usize] - times[0];
            assert!((shot["start_secs"].as_f64().unwrap() - at).abs() < 1e-3, "{name}: {shot} {at}");
        }
    }
}

/// Parts of real clips, one after the other. Two of the clips have cuts of their own.
#[test]
fn cuts_between_real_clips_are_found() {
    let clips = [
        ("alpha_vp9_ui_1598x833.webm", 60),
        ("bbb_1080p60_h264_bframes_aac6ch.mp4", 50),
        ("carpark_12.5fps_aac.mp4", 60),
        ("gopro_max_heromode.mp4", 60),
        ("graffiti_1080p60_h264_dovi9.mp4", 30),
        ("iphone_hlg_hevc10_rot90_editlist.mp4", 50),
        ("kodak_mjpeg_pcm.avi", 60),
        ("phone_ducks_720p_h264.mp4", 60),
        ("phone_fire_720p_vfr_rot180.mp4", 50),
        ("pixel_pq_hevc10_sdr_container.mp4", 25),
        ("portrait_pq_av1_10bit.mp4", 60),
        ("roadtrip_vp9_10bit_23976.webm", 60),
        ("prores_proxy_1080p25_SYNTHETIC.mov", 60),
    ];
    let (bench, mut list) = (Bench::new(), String::new());
    let (mut known, mut at) = (Vec::new(), 0);
    for (n, (clip, frames)) in clips.iter().enumerate() {
        let Some(path) = cutroom_test_support::media(clip) else { return };
        let fit = "fps=25,scale=320:180:force_original_aspect_ratio=decrease,pad=320:180:-1:-1,setsar=1,format=yuv420p";
        let count = frames.to_string();
        let args = ["-i", path.to_str().unwrap(), "-map", "0:v:0", "-vf", fit, "-frames:v", &count, "-an", "-c:v", "ffv1"];
        ffmpeg(&args, &bench.path(&format!("{n}.mkv")));
        list += &format!("file {n}.mkv\n");
        if n > 0 {
            known.push(at);
        }
        known.extend(match *clip {
            "bbb_1080p60_h264_bframes_aac6ch.mp4" => Some(at + 9),
            "roadtrip_vp9_10bit_23976.webm" => Some(at + 44),
            _ => None,
        });
        at += frames;
    }
    bench.write("list.txt", &list);
    let list = bench.path("list.txt");
    let args = ["-f", "concat", "-i", list.to_str().unwrap(), "-c:v", "libx264", "-preset", "veryfast", "-crf", "28"];
    ffmpeg(&args, &bench.path("real.mkv"));
    let found = cuts(&scenes(&bench, &["real.mkv"]));
    let (ours, theirs) = (judged(&known, &found), judged(&known, &of_ffmpeg(&bench, "real.mkv")));
    println!("{} cuts: precision and recall {ours:?}, ffmpeg {theirs:?}", known.len());
    assert!(ours.0 >= 0.9 && ours.1 >= 0.9, "{known:?} {found:?}");
    assert!(ours.0 + ours.1 >= theirs.0 + theirs.1, "{ours:?} {theirs:?}");
}

#[test]
fn clips_are_divided_and_marked() {
    let bench = Bench::new();
    let sound = ["-f", "lavfi", "-i", "sine=d=6", "-map", "5", "-shortest"];
    let known = film(&bench, "silent.mp4", &[30, 22, 41, 27, 30], &[]);
    let silent = bench.path("silent.mp4");
    let args = ["-i", silent.to_str().unwrap(), sound[0], sound[1], sound[2], sound[3], "-c:v", "copy", "-shortest"];
    ffmpeg(&args, &bench.path("a.mp4"));
    bench.ok(&["new", "film.json", "a.mp4"]);
    let clips = |project: &Value| {
        let track = project["compositions"][0]["tracks"].as_array().unwrap();
        let of = |t: &Value| t["clips"].as_array().unwrap().iter().map(|c| c["start"].as_f64().unwrap() / 705_600_000.0).collect();
        track.iter().map(of).collect::<Vec<Vec<f64>>>()
    };
    let before = bench.read_json("film.json");
    let id = before["compositions"][0]["tracks"][0]["clips"][0]["id"].as_str().unwrap().to_owned();
    let wanted: Vec<f64> = std::iter::once(0).chain(known.clone()).map(|n| n as f64 / 25.0).collect();
    bench.ok(&["scenes", "film.json", "--clip", &id, "-o", "shots.json"]);
    for track in clips(&bench.read_json("shots.json")) {
        assert_eq!(track, wanted);
    }
    assert_eq!(bench.read_json("film.json"), before);
    bench.ok(&["validate", "shots.json"]);
    // Half of it, at double speed and from the second shot on.
    let mut fast = before.clone();
    for track in fast["compositions"][0]["tracks"].as_array_mut().unwrap() {
        let clip = &mut track["clips"][0];
        clip["source_in"] = "1.6s".into();
        clip["speed"] = 2.0.into();
        clip["duration"] = "2s".into();
        clip["start"] = "1s".into();
    }
    bench.write("fast.json", &fast.to_string());
    for _ in 0..2 {
        bench.ok(&["scenes", "fast.json", "--clip", &id, "--markers", "--in-place"]);
    }
    let marked = bench.read_json("fast.json");
    let markers = marked["compositions"][0]["markers"].as_array().unwrap();
    let times: Vec<f64> = markers.iter().map(|m| m["time"].as_f64().unwrap() / 705_600_000.0).collect();
    // Frames 52, 93 and 120 of the file are shown from 1.24, 2.06 and 2.6 s on, in whole frames.
    assert_eq!(times, [1.24, 2.08, 2.6]);
    assert_eq!(clips(&marked)[0], [1.0]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let bench = Bench::new();
    film(&bench, "a.mp4", &[20, 20], &[]);
    ffmpeg(&["-f", "lavfi", "-i", "sine=d=1"], &bench.path("tone.wav"));
    bench.ok(&["new", "film.json", "a.mp4"]);
    for (args, code, said) in [
        (vec!["a.mp4", "--threshold", "2"], 2, "threshold of 2"),
        (vec!["a.mp4", "--min-length", "5"], 2, "not a length of a shot"),
        (vec!["a.mp4", "--stream", "3"], 4, "no video stream 3"),
        (vec!["tone.wav"], 4, "video stream"),
        (vec!["none.mp4"], 4, "none.mp4"),
        (vec!["film.json", "--clip", "nobody", "--in-place"], 2, "no clip \"nobody\""),
        (vec!["film.json", "--clip", "a"], 2, "--in-place"),
        (vec!["a.mp4", "--markers"], 2, "--clip"),
    ] {
        let ran = bench.run(&[&["scenes"], &args[..]].concat());
        assert!(ran.code == code && ran.err.contains(said), "{args:?}: {} {}", ran.code, ran.err);
    }
}
