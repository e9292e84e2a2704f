//! Workloads of clips that are framed, turned or mirrored: ten seconds, of which nothing is encoded.
//! Processor time is compared, since decoding and drawing overlap.
use super::workloads::{Peer, Tools, Workload, inset_transform};
use crate::{Outcome, process};
use serde_json::{Value, json};
use std::process::Command;

/// Length of the films.
const FRAMES: i64 = 600;
/// Corner radius of the inset, in pixels of its source, and its scale on the canvas.
const RADIUS_PX: f64 = 40.0;
const SCALE: f64 = 0.6;
/// Size of the inset on the canvas, its position, and the margin in which border and shadow lie.
const INSET: [f64; 2] = [1152.0, 648.0];
const PLACE: [i32; 2] = [684, 376];
const MARGIN: i32 = 64;
/// Displacement of the shadow along both axes on the canvas: 24 pixels of the source at 45°.
const SHADOW: i32 = 10;

/// The filter graph for an inset with round corners and a white border of `width` pixels of its
/// source, over a soft shadow if there is to be one. The mask, and border and shadow as one
/// picture, are drawn once and held.
fn framed_inset(width: f64, shadow: bool) -> String {
    // Coverage of a box with round corners, by the distance of a pixel's centre to it.
    let round = |grown: f64, code: u32| {
        let r = RADIUS_PX * SCALE + grown;
        let beyond = |axis: char, side: char, length: f64| format!("max(abs({axis}-({side}-1)/2)-{},0)", length / 2.0 + grown - r);
        let (x, y) = (beyond('X', 'W', INSET[0]), beyond('Y', 'H', INSET[1]));
        format!("format=gray,geq=lum='{code}*clip({r}+0.5-hypot({x},{y}),0,1)',trim=end_frame=1")
    };
    let grown = width * SCALE;
    let whole = INSET.map(|v| v as i32 + 2 * MARGIN);
    let part = |name: char, color: &str, alpha: String| {
        let plain = |color: &str| format!("color={color}:s={}x{}:r=60", whole[0], whole[1]);
        format!(
            "{},format=gbrp,trim=end_frame=1[{name}c];{},{alpha}[{name}a];[{name}c][{name}a]alphamerge[{name}];",
            plain(color),
            plain("black")
        )
    };
    let mut graph = part('f', "white", round(grown, 255));
    let held = "format=yuva420p,loop=-1:1[d];";
    let mut at = PLACE.map(|v| v - MARGIN);
    if shadow {
        graph += &part('s', "black", format!("{},gblur=sigma=9", round(grown, 128)));
        graph += &format!("[s][f]overlay=-{SHADOW}:-{SHADOW}:format=auto,{held}");
        at = at.map(|v| v + SHADOW);
    } else {
        graph += &format!("[f]{held}");
    }
    graph += &format!("color=black:s={}x{}:r=60,{},loop=-1:1[m];", INSET[0], INSET[1], round(0.0, 255));
    let ([x, y], [px, py]) = (at, PLACE);
    graph
        + &format!("[1:v]scale={}:{}:flags=bilinear[i];[i][m]alphamerge[c];", INSET[0], INSET[1])
        + &format!("[0:v][d]overlay={x}:{y}:shortest=1[b];[b][c]overlay={px}:{py}")
}

const NULL: [&str; 6] = ["-frames:v", "600", "-an", "-f", "null", "-"];

impl Tools<'_> {
    /// An inset with round corners and a border, and with a shadow, too.
    pub(super) fn framed(&self) -> Outcome<Vec<Workload>> {
        let stroke = |width: u32| json!({"id": "e1", "effect": "stroke", "params": {"width": width}});
        let shadow = json!({"id": "e2", "effect": "drop-shadow", "params": {"distance": 24, "softness": 30}});
        let film = |effects: &[Value]| self.short_film(&[self.whole("a", json!({})), self.framed_clip(effects)]);
        let mut rows = Vec::new();
        for (name, what, width) in [
            ("stroke-2", "an inset with round corners and a border of 2 pixels, nothing encoded", 2),
            ("stroke-10", "the same with a border of 10 pixels", 10),
            ("stroke-40", "the same with a border of 40 pixels", 40),
        ] {
            let ffmpeg = self.filtered_clips(&framed_inset(f64::from(width), false), &NULL);
            rows.push(Workload {
                name,
                what,
                ours: self.null(name, &film(&[stroke(width)]))?,
                peers: vec![
                    Peer { name: "ffmpeg, stills drawn once", command: ffmpeg, limit: Some(1.0) },
                    Peer { name: "cutroom, the mask alone", command: self.null("mask-alone", &film(&[]))?, limit: None },
                ],
                processor: true,
            });
        }
        rows.push(Workload {
            name: "framed-inset",
            what: "an inset with round corners, a border of 12 pixels and a soft shadow, nothing encoded",
            ours: self.null("framed-inset", &film(&[stroke(12), shadow]))?,
            peers: vec![Peer {
                name: "ffmpeg, stills drawn once",
                command: self.filtered_clips(&framed_inset(12.0, true), &NULL),
                limit: Some(1.0),
            }],
            processor: true,
        });
        Ok(rows)
    }

    fn short_film(&self, clips: &[Value]) -> Value {
        let short = |c: &Value| {
            let mut c = c.clone();
            c["duration"] = json!(format!("{FRAMES}f@60"));
            c
        };
        self.film("gamma", &clips.iter().map(short).collect::<Vec<_>>())
    }

    /// The inset of [`framed_inset`]; lengths are pixels of the source.
    fn framed_clip(&self, effects: &[Value]) -> Value {
        let corners = json!({"type": "rectangle", "center": [0.5, 0.5], "size": [1.0, 1.0], "corner_radius_px": RADIUS_PX});
        self.whole("b", json!({"transform": inset_transform(), "masks": [{"id": "m1", "shape": corners}], "effects": effects}))
    }

    /// Clips that are turned by quarter turns, or mirrored.
    pub(super) fn turned(&self) -> Outcome<Vec<Workload>> {
        let row = |name, what, filter: &str, transform: Value| -> Outcome<Workload> {
            let mut film = self.short_film(&[self.whole("a", json!({"transform": transform}))]);
            if filter.starts_with("transpose") {
                film["compositions"][0]["size"] = json!({"width": 1080, "height": 1920});
            }
            let mut command: Command = process::ffmpeg();
            command.arg("-i").arg(&self.footage.a).args(["-vf", filter]).args(NULL);
            let peers = vec![Peer { name: "ffmpeg", command, limit: Some(1.3) }];
            Ok(Workload { name, what, ours: self.null(name, &film)?, peers, processor: true })
        };
        let turn = |degrees: i32| json!({"fit": "native", "rotation_degrees": degrees});
        Ok(vec![
            row("turn-90", "one clip turned by 90° in an upright film, nothing encoded", "transpose=clock", turn(90))?,
            row("turn-180", "the same turned by 180°", "hflip,vflip", turn(180))?,
            row("turn-270", "the same turned by 270°", "transpose=cclock", turn(270))?,
            row("flip", "the same mirrored", "hflip", json!({"flip_horizontal": true}))?,
        ])
    }
}
