//! The named workloads: the commands of each program.
use super::footage::Footage;
use crate::process;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Frame rate of every workload.
pub(super) const FPS: i64 = 60;
/// Frames of every clip of the dissolve workload, and how many of them overlap.
const DISSOLVE_CLIP_FRAMES: i64 = 240;
const DISSOLVE_FRAMES: i64 = 60;
const DISSOLVE_CLIPS: i64 = 6;

/// A competitor's command, and the maximum ratio of cutroom's time to its time.
pub struct Peer {
    /// `"ffmpeg"`, `"melt"`, `"ffmpeg, by hand"`.
    pub name: &'static str,
    /// The command, including its output file.
    pub command: Command,
    /// Maximum ratio, if one is set.
    pub limit: Option<f64>,
}

/// The rows of one workload, one per peer.
pub struct Workload {
    /// Name on the command line.
    pub name: &'static str,
    /// Short description.
    pub what: &'static str,
    /// The command of cutroom.
    pub ours: Command,
    /// The commands that it is compared with.
    pub peers: Vec<Peer>,
    /// Processor time is compared instead of wall time.
    pub processor: bool,
}

/// A scene drawn from frames held in memory.
pub struct Scene {
    /// Name on the command line.
    pub name: &'static str,
    /// Short description.
    pub what: &'static str,
    /// Name of the compositor's scene.
    pub scene: &'static str,
    /// Whether it is blended in linear light instead of gamma.
    pub linear: bool,
    /// Name of the peer.
    pub peer: &'static str,
    /// The peer's filter graph; `None`: the peer is the compositor's own scene `one`.
    pub graph: Option<String>,
    /// Maximum ratio.
    pub limit: f64,
}

/// A filter graph for the compositor's scene `five`: each layer is blended only where it is placed.
fn five_layers() -> String {
    let gain = ["r", "g", "b"].map(|c| format!("{c}='clip(val*1.231,0,255)'")).join(":");
    let mut graph = format!("[0]split=3[a0][a2][a4];[1]split[b1][b3];[a0]format=gbrp,lutrgb={gain}[c0];");
    for (k, source, mode, (x, y)) in [
        (1, "b1", "normal", (112, 68)),
        (2, "a2", "screen", (192, 108)),
        (3, "b3", "multiply", (272, 148)),
        (4, "a4", "overlay", (352, 188)),
    ] {
        let grade = if k % 2 == 1 { "eq=saturation=1.1,format=gbrp".to_owned() } else { format!("format=gbrp,lutrgb={gain}") };
        graph += &format!("[{source}]scale=1536:864:flags=bilinear,{grade}[l{k}];[c{}]split[m{k}][n{k}];", k - 1);
        graph += &format!("[n{k}]crop=1536:864:{x}:{y}[o{k}];[l{k}][o{k}]blend=all_mode={mode}:all_opacity=0.8[p{k}];");
        graph += &format!("[m{k}][p{k}]overlay={x}:{y}:format=gbrp[c{k}];");
    }
    graph + "[c4]format=yuv420p"
}

/// The programs and files of the workloads.
pub struct Tools<'a> {
    /// The program, profile `dist`.
    pub cutroom: &'a Path,
    /// Folder for temporary files.
    pub dir: &'a Path,
    /// The clips and example programs.
    pub footage: &'a Footage,
}

/// Scale to 60 %, opacity 0.8, in the lower right; in planar integer formats throughout.
const INSET: &str = "[1:v]scale=1152:648:flags=bilinear,format=yuva420p,lutyuv=a=204[b];[0:v][b]overlay=684:376";
/// The same with colour correction on the inset.
const GRADED: &str = "[1:v]scale=1152:648:flags=bilinear,exposure=exposure=0.3,eq=saturation=1.1,format=yuva420p,lutyuv=a=204[b];[0:v][b]overlay=684:376";
/// Blended in linear light: whole frames are converted, with 8 bits of linear light because
/// `overlay` supports no more.
const LINEAR: &str = "[0:v]zscale=t=linear:m=gbr,format=gbrp[a];[1:v]zscale=w=1152:h=648:f=bilinear:t=linear:m=gbr,format=gbrap,lutrgb=a=204[b];[a][b]overlay=684:376:format=gbrp,zscale=t=709:m=709:r=tv,format=yuv420p";
/// The same, optimised by hand: only what is under the inset is converted, to 16 bits.
const LINEAR_BY_HAND: &str = "[0:v]split[a][a2];[a2]crop=1152:648:684:376,zscale=t=linear:m=gbr,format=gbrp16[ac];[1:v]zscale=w=1152:h=648:f=bilinear:t=linear:m=gbr,format=gbrp16[b];[ac][b]blend=all_mode=normal:all_opacity=0.2,zscale=t=709:m=709:r=tv,format=yuv420p[c];[a][c]overlay=684:376";

impl Tools<'_> {
    /// The workloads whose complete run is timed, in the table's order.
    pub fn timed(&self) -> Result<Vec<Workload>, String> {
        let (a, b) = (&self.footage.a, &self.footage.b);
        let both = |filter: &str, out: &[&str]| self.filtered_clips(filter, out);
        let file = self.dir.join("peer.mp4").display().to_string();
        let x264 = ["-an", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", &file];
        let null = ["-an", "-f", "null", "-"];
        let mut transcode = process::ffmpeg();
        transcode.arg("-i").arg(a).args(x264);
        let peer = |name, command, limit| Peer { name, command, limit };
        let geometry = "geometry=684/376:1152x648:80";
        let mut all = vec![
            Workload {
                name: "transcode",
                what: "one clip, x264 veryfast crf 23",
                ours: self.encode("transcode", &self.film("gamma", &[self.whole("a", json!({}))]))?,
                peers: vec![
                    peer("ffmpeg", transcode, Some(1.05)),
                    peer("melt", self.melt(&[&a.display().to_string()]), Some(0.80)),
                ],
                processor: false,
            },
            Workload {
                name: "pip",
                what: "a second clip at 60 % with opacity 0.8, x264",
                ours: self.encode("pip", &self.film("gamma", &[self.whole("a", json!({})), self.inset(&[])]))?,
                peers: vec![
                    peer("ffmpeg", both(INSET, &x264), Some(1.0)),
                    peer(
                        "melt",
                        self.melt(&[
                            &a.display().to_string(),
                            "-track",
                            &b.display().to_string(),
                            "-transition",
                            "composite",
                            "a_track=0",
                            "b_track=1",
                            geometry,
                            "progressive=1",
                            "distort=1",
                        ]),
                        Some(0.95),
                    ),
                ],
                processor: false,
            },
            Workload {
                name: "pip-linear",
                what: "the same blended in linear light, x264",
                ours: self.encode("pip-linear", &self.film("linear", &[self.whole("a", json!({})), self.inset(&[])]))?,
                peers: vec![
                    peer("ffmpeg zscale", both(LINEAR, &x264), Some(0.6)),
                    peer("ffmpeg zscale, by hand", both(LINEAR_BY_HAND, &x264), None),
                ],
                processor: false,
            },
            Workload {
                name: "dissolves",
                what: "six shots of 4 s with dissolves of 1 s, x264",
                ours: self.encode("dissolves", &self.dissolves())?,
                peers: vec![peer("ffmpeg xfade", self.xfade(&x264), None), peer("melt mix", self.melt_mix(), None)],
                processor: false,
            },
            Workload {
                name: "pip-linear-only",
                what: "the inset in linear light, nothing encoded",
                ours: self.null("pip-linear-only", &self.film("linear", &[self.whole("a", json!({})), self.inset(&[])]))?,
                peers: vec![
                    peer("ffmpeg zscale", both(LINEAR, &null), Some(0.6)),
                    peer("ffmpeg zscale, by hand", both(LINEAR_BY_HAND, &null), None),
                ],
                processor: false,
            },
            Workload {
                name: "composite-only",
                what: "the inset with +0.3 stop of exposure and saturation 1.1, nothing encoded",
                ours: self.null("composite-only", &self.film("gamma", &[self.whole("a", json!({})), self.inset(&grade())]))?,
                peers: vec![peer("ffmpeg", both(GRADED, &null), Some(0.9))],
                processor: false,
            },
        ];
        all.extend(self.delivered()?);
        all.extend(self.framed()?);
        all.extend(self.turned()?);
        all.push(self.mix());
        Ok(all)
    }

    /// The tracks with an equalizer and a compressor each, which ffmpeg has as filters with the same settings.
    fn mix(&self) -> Workload {
        let mut ours = Command::new(&self.footage.mixer);
        ours.arg("once");
        let mut theirs = process::ffmpeg();
        // As cutroom, on one thread.
        theirs.args(["-filter_complex_threads", "1"]);
        let equalizer = "highpass=f=80,equalizer=f=250:t=q:w=1:g=4,equalizer=f=2500:t=q:w=2:g=-6";
        let compressor = "acompressor=threshold=-24dB:ratio=3:attack=10:release=120:knee=2:detection=peak:link=maximum";
        let (mut graph, mut inputs) = (String::new(), String::new());
        for n in 0..Footage::TRACKS {
            let length = Footage::MIX_SECS.to_string();
            theirs.args(["-stream_loop", "-1", "-t", &length, "-i"]).arg(self.footage.tracks.join(format!("m{n}.wav")));
            graph += &format!("[{n}]{equalizer},{compressor},volume=-15dB[t{n}];");
            inputs += &format!("[t{n}]");
        }
        graph += &format!("{inputs}amix=inputs={}:normalize=0", Footage::TRACKS);
        theirs.args(["-filter_complex", &graph, "-f", "null", "-"]);
        Workload {
            name: "mix",
            what: "60 s of 32 stereo tracks with an equalizer of three bands and a compressor each, on one thread",
            ours,
            peers: vec![Peer { name: "ffmpeg amix", command: theirs, limit: Some(1.0) }],
            processor: true,
        }
    }

    /// Both clips through a filter graph of ffmpeg.
    pub(super) fn filtered_clips(&self, graph: &str, out: &[&str]) -> Command {
        let mut c = process::ffmpeg();
        c.arg("-i").arg(&self.footage.a).arg("-i").arg(&self.footage.b).args(["-filter_complex", graph]).args(out);
        c
    }

    /// The scenes that are drawn from frames held in memory.
    pub fn scenes(&self) -> Result<Vec<Scene>, String> {
        let look = self.dir.join("look.cube");
        process::run(Command::new(&self.footage.compositor).arg("--write-look").arg(&look))?;
        let gamma = |name, what, scene, peer, graph: &str, limit| Scene {
            name,
            what,
            scene,
            linear: false,
            peer,
            graph: Some(graph.to_owned()),
            limit,
        };
        let bright = |c: char| format!("{c}='clip((val-153)*2.5,0,255)'");
        let glow = format!(
            "[0]format=gbrp,split[s][t];[t]lutrgb={}:{}:{},gblur=sigma=10[u];[s][u]blend=all_mode=addition,format=yuv420p",
            bright('r'),
            bright('g'),
            bright('b')
        );
        let linear = "[0]zscale=t=linear:m=gbr,format=gbrp[a];[1]zscale=w=1152:h=648:f=bilinear:t=linear:m=gbr,format=gbrpf32,exposure=exposure=0.3,format=gbrp,hue=s=1.1,format=gbrap,lutrgb=a=204[b];[a][b]overlay=684:376:format=gbrp,zscale=t=709:m=709:r=tv,format=yuv420p";
        let graded = GRADED.replace("[0:v]", "[0]").replace("[1:v]", "[1]");
        Ok(vec![
            gamma("compositor", "the graded inset on frames in memory", "inset", "ffmpeg", &graded, 0.5),
            Scene {
                name: "compositor-linear",
                what: "the graded inset on frames in memory, in linear light",
                scene: "inset",
                linear: true,
                peer: "ffmpeg zscale",
                graph: Some(linear.to_owned()),
                limit: 0.3,
            },
            gamma(
                "lut",
                "a 3D look of 33³ entries, tetrahedral, frames in memory",
                "lut",
                "ffmpeg lut3d",
                &format!("[0]format=gbrp,lut3d={}:interp=tetrahedral,format=yuv420p", look.display()),
                0.7,
            ),
            gamma(
                "gaussian-blur",
                "radius 20 (deviation 10), frames in memory",
                "gaussian-blur",
                "ffmpeg gblur",
                "[0]gblur=sigma=10",
                0.7,
            ),
            gamma("glow", "radius 20, frames in memory", "glow", "ffmpeg lutrgb, gblur, blend", &glow, 0.7),
            gamma(
                "chroma-key",
                "green keyed over black with spill suppression, frames in memory",
                "chroma-key",
                "ffmpeg chromakey, despill",
                "[0]chromakey=0x00ff00:0.2:0.1,despill=green,format=yuva420p[k];color=black:s=1920x1080:r=60[b];[b][k]overlay=shortest=1,format=yuv420p",
                0.7,
            ),
            gamma(
                "curves",
                "a curve for all channels and one for red, frames in memory",
                "curves",
                "ffmpeg curves",
                "[0]format=gbrp,curves=master='0/0 0.25/0.2 0.75/0.82 1/1':red='0/0.02 0.5/0.55 1/1',format=yuv420p",
                0.7,
            ),
            gamma(
                "five-layers",
                "four layers at 80 % with opacity, blend mode and a colour effect over a fifth, frames in memory",
                "five",
                "ffmpeg crop, blend, overlay",
                &five_layers(),
                0.5,
            ),
            Scene {
                name: "six-effects",
                what: "six point effects on frames in memory",
                scene: "six",
                linear: false,
                peer: "one of them",
                graph: None,
                limit: 1.6,
            },
        ])
    }

    /// The compositor's command for a scene.
    pub fn drawn(&self, scene: &str, linear: bool, frames: u32) -> Command {
        let [a, b] = [&self.footage.raw_a, &self.footage.raw_b];
        let mut ours = Command::new(&self.footage.compositor);
        let space = if linear { "linear" } else { "gamma" };
        ours.args(["--scene", scene, "--space", space, "--frames", &frames.to_string(), "--raw"]).arg(a).arg(b);
        ours
    }

    /// A filter graph over looped frames; the caller subtracts the start-up time.
    pub fn filtered(&self, graph: &str, frames: u32) -> Command {
        let raw = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "1920x1080", "-r", "60"];
        let held = format!("loop=-1:size={}", Footage::RAW_FRAMES);
        let tags = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709";
        let mut theirs = process::ffmpeg();
        let mut inputs = String::new();
        for (i, path) in [&self.footage.raw_a, &self.footage.raw_b].into_iter().enumerate() {
            if graph.contains(&format!("[{i}]")) {
                theirs.args(raw).arg("-i").arg(path);
                inputs += &format!("[{i}:v]{tags},{held}[x{i}];");
            }
        }
        let graph = graph.replace("[0]", "[x0]").replace("[1]", "[x1]");
        theirs.args(["-filter_complex", &(inputs + &graph), "-frames:v", &frames.to_string(), "-f", "null", "-"]);
        theirs
    }

    /// An export of `minutes` from repeated clips, with cuts and an inset, at 25 fps.
    pub fn long(&self, minutes: i64) -> Result<Command, String> {
        const SHOT: i64 = 450;
        let frames = |n: i64| json!(format!("{n}f@25"));
        let total = minutes * 60 * 25;
        let shots: Vec<Value> = (0..total.div_euclid(SHOT) + 1)
            .map(|i| (i, i * SHOT))
            .filter(|(_, start)| *start < total)
            .map(|(i, start)| {
                json!({"id": format!("s{i}"), "source": {"type": "media", "media": if i % 2 == 0 { "a" } else { "b" }},
                    "start": frames(start), "duration": frames(SHOT.min(total - start)), "video": {}})
            })
            .collect();
        let insets: Vec<Value> = shots
            .iter()
            .map(|s| {
                let mut s = s.clone();
                s["id"] = json!(format!("i{}", s["id"].as_str().unwrap_or_default()));
                s["source"]["media"] = json!("b");
                s["video"] = json!({"transform": inset_transform(), "opacity": 0.8});
                s
            })
            .collect();
        let tracks = json!([{"id": "t0", "kind": "video", "clips": shots}, {"id": "t1", "kind": "video", "clips": insets}]);
        let mut document = self.document("gamma", tracks);
        document["compositions"][0]["frame_rate"] = json!("25");
        let name = format!("long-{minutes}");
        let mut command = self.export(&name, &document)?;
        command.args(["--video-codec", "h264", "--preset", "ultrafast", "--crf", "30", "-o"]).arg(self.dir.join("long.mp4"));
        Ok(command)
    }

    pub(super) fn export(&self, name: &str, document: &Value) -> Result<Command, String> {
        let project = self.dir.join(format!("{name}.json"));
        std::fs::write(&project, format!("{document:#}\n")).map_err(|e| format!("cannot write {}: {e}", project.display()))?;
        let mut command = Command::new(self.cutroom);
        command.arg("export").arg(project).args(["--backend", "cpu", "--progress", "none", "--overwrite"]);
        Ok(command)
    }

    pub(super) fn encode(&self, name: &str, document: &Value) -> Result<Command, String> {
        let mut command = self.export(name, document)?;
        command.args(["--video-codec", "h264", "--preset", "veryfast", "--crf", "23", "-o"]).arg(self.dir.join("ours.mp4"));
        Ok(command)
    }

    pub(super) fn null(&self, name: &str, document: &Value) -> Result<Command, String> {
        let mut command = self.export(name, document)?;
        command.arg("--null");
        Ok(command)
    }

    pub(super) fn document(&self, space: &str, tracks: Value) -> Value {
        let path = |p: &PathBuf| json!(p.display().to_string());
        json!({
            "schema_version": 2,
            "name": "bench",
            "main": "main",
            "media": [{"id": "a", "path": path(&self.footage.a)}, {"id": "b", "path": path(&self.footage.b)}],
            "compositions": [{
                "id": "main", "size": {"width": 1920, "height": 1080}, "frame_rate": FPS.to_string(),
                "sample_rate_hz": 48_000, "channels": 2, "blend_space": space, "tracks": tracks,
            }],
        })
    }

    pub(super) fn film(&self, space: &str, clips: &[Value]) -> Value {
        let track = |(i, c): (usize, &Value)| json!({"id": format!("t{i}"), "kind": "video", "clips": [c]});
        self.document(space, clips.iter().enumerate().map(track).collect())
    }

    pub(super) fn whole(&self, media: &str, video: Value) -> Value {
        json!({"id": media, "source": {"type": "media", "media": media}, "start": frames(0), "duration": frames(Footage::FRAMES), "video": video})
    }

    fn inset(&self, effects: &[Value]) -> Value {
        self.whole("b", json!({"transform": inset_transform(), "opacity": 0.8, "effects": effects}))
    }

    pub(super) fn dissolves(&self) -> Value {
        let step = DISSOLVE_CLIP_FRAMES - DISSOLVE_FRAMES;
        let half = DISSOLVE_FRAMES / 2;
        // Neighbours meet in the middle of their dissolve; the clip handles are the overlap.
        let clips: Vec<Value> = (0..DISSOLVE_CLIPS)
            .map(|i| {
                let start = if i == 0 { 0 } else { i * step + half };
                let end = (i + 1) * step + if i + 1 == DISSOLVE_CLIPS { DISSOLVE_FRAMES } else { half };
                json!({"id": format!("s{i}"), "source": {"type": "media", "media": shot_media(i)},
                    "start": frames(start), "duration": frames(end - start), "source_in": frames(start - i * step)})
            })
            .collect();
        let transitions: Vec<Value> = (1..DISSOLVE_CLIPS)
            .map(|i| json!({"id": format!("d{i}"), "kind": "crossfade", "from": format!("s{}", i - 1), "to": format!("s{i}"), "duration": frames(DISSOLVE_FRAMES)}))
            .collect();
        self.document("gamma", json!([{"id": "t0", "kind": "video", "clips": clips, "transitions": transitions}]))
    }

    fn xfade(&self, out: &[&str]) -> Command {
        let secs = |n: i64| format!("{}", n as f64 / FPS as f64);
        let mut command = process::ffmpeg();
        for i in 0..DISSOLVE_CLIPS {
            command.args(["-t", &secs(DISSOLVE_CLIP_FRAMES), "-i"]).arg(self.shot(i));
        }
        let step = DISSOLVE_CLIP_FRAMES - DISSOLVE_FRAMES;
        let mut graph = String::new();
        let mut below = "0:v".to_owned();
        for i in 1..DISSOLVE_CLIPS {
            let name = format!("x{i}");
            graph += &format!(
                "[{below}][{i}:v]xfade=transition=fade:duration={}:offset={}[{name}];",
                secs(DISSOLVE_FRAMES),
                secs(step * i)
            );
            below = name;
        }
        command.args(["-filter_complex", graph.trim_end_matches(';'), "-map", &format!("[{below}]")]).args(out);
        command
    }

    fn melt_mix(&self) -> Command {
        let last = (DISSOLVE_CLIP_FRAMES - 1).to_string();
        let mut words = Vec::new();
        for i in 0..DISSOLVE_CLIPS {
            words.extend([self.shot(i).display().to_string(), "in=0".into(), format!("out={last}")]);
            if i > 0 {
                words.extend(["-mix".into(), DISSOLVE_FRAMES.to_string(), "-mixer".into(), "luma".into()]);
            }
        }
        self.melt(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn shot(&self, i: i64) -> &Path {
        if shot_media(i) == "a" { &self.footage.a } else { &self.footage.b }
    }

    fn melt(&self, graph: &[&str]) -> Command {
        let mut command = Command::new("melt");
        command.args(["-silent", "-profile", "atsc_1080p_60"]).args(graph);
        command.args(["-consumer", &format!("avformat:{}", self.dir.join("melt.mp4").display())]);
        // One rendering thread and no dropped frames: two threads were slower on two cores.
        command.args(["vcodec=libx264", "preset=veryfast", "crf=23", "an=1", "real_time=-1", "threads=0"]);
        command
    }
}

fn shot_media(i: i64) -> &'static str {
    if i % 2 == 0 { "a" } else { "b" }
}

pub(super) fn frames(n: i64) -> Value {
    json!(format!("{n}f@{FPS}"))
}

pub(super) fn inset_transform() -> Value {
    json!({"scale": [0.6, 0.6], "position_px": [300, 160]})
}

fn grade() -> Vec<Value> {
    vec![
        json!({"id": "e1", "effect": "exposure", "params": {"exposure": 0.3}}),
        json!({"id": "e2", "effect": "saturation", "params": {"amount": 1.1}}),
    ]
}
