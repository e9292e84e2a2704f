//! A film with every entry of the catalogue, a few frames each, one after the other, blended in
//! gamma or in linear light.
use crate::{Outcome, process};
use serde_json::{Value, json};
use std::{fmt::Write as _, fs, path::Path};

const FPS: usize = 25;
/// Frames of an effect, so that effects over time can read two earlier ones.
const EFFECT_FRAMES: usize = 3;
/// Frames of a transition, and of each of its two clips.
const TRANSITION_FRAMES: usize = 4;
const SIDE_FRAMES: usize = 6;
/// Source frame at which clips start, so that there are frames before it.
const SOURCE_IN: usize = 10;

/// The film's project, and the entry that each frame shows.
pub struct CatalogFilm {
    /// Text of the project file.
    pub json: String,
    /// Name of each frame's entry.
    pub names: Vec<String>,
}

/// Writes the media of the film to `dir`: two moving pictures with sound, one of them smaller, and
/// a LUT.
pub fn make_media(dir: &Path) -> Outcome {
    for (name, picture, sound) in [
        ("a.mkv", "testsrc2=s=320x180:r=25", "sine=f=440:r=48000"),
        ("b.mkv", "mandelbrot=s=240x150:r=25:end_scale=0.3:end_pts=50", "sine=f=660:r=44100"),
    ] {
        let mut command = process::ffmpeg();
        command.args(["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-t", "1.6"]);
        command.args(["-pix_fmt", "yuv420p", "-c:v", "ffv1", "-c:a", "pcm_s16le"]);
        command.args(["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"]);
        process::run(command.arg(dir.join(name)))?;
    }
    let mut cube = String::from("LUT_3D_SIZE 2\n");
    for i in 0..8 {
        let (r, g, b) = (f64::from(i & 1), f64::from(i >> 1 & 1), f64::from(i >> 2));
        // Writing to a String cannot fail.
        let _ = writeln!(cube, "{} {} {}", 0.1 + 0.9 * r, 0.15 + 0.7 * g + 0.1 * r, 0.3 + 0.4 * b + 0.2 * g);
    }
    let path = dir.join("look.cube");
    fs::write(&path, cube).map_err(|e| format!("cannot write {}: {e}", path.display()))
}

/// The film of a catalogue in the form of `cutroom catalog --json`; `blend_space` is "gamma" or
/// "linear".
pub fn film(catalog: &Value, blend_space: &str) -> Outcome<CatalogFilm> {
    let mut film = Tracks::default();
    for effect in entries(catalog, "effects")? {
        film.effect(effect);
    }
    for mode in entries(catalog, "blend_modes")? {
        film.blend_mode(mode);
    }
    for transition in entries(catalog, "transitions")? {
        film.transition(transition);
    }
    Ok(CatalogFilm { json: format!("{:#}\n", film.project(blend_space)), names: film.names })
}

fn entries<'a>(catalog: &'a Value, list: &str) -> Outcome<&'a Vec<Value>> {
    catalog[list].as_array().ok_or_else(|| format!("the catalogue has no {list}"))
}

/// Tracks of the film so far.
#[derive(Default)]
struct Tracks {
    maps: Vec<Value>,
    below: Vec<Value>,
    above: Vec<Value>,
    transitions: Vec<Value>,
    names: Vec<String>,
}

impl Tracks {
    fn clip(&self, media: &str, length: usize, video: Value) -> Value {
        let at = self.names.len();
        json!({
            "id": format!("{media}{at}"),
            "source": {"type": "media", "media": media},
            "start": frames(at),
            "duration": frames(length),
            "source_in": frames(SOURCE_IN),
            "video": video,
        })
    }

    fn named(&mut self, kind: &str, entry: &Value, count: usize) {
        let id = entry["id"].as_str().unwrap_or_default();
        self.names.extend(std::iter::repeat_n(format!("{kind} {id}"), count));
    }

    /// Adds an effect on a picture that does not fill the canvas, over another picture.
    fn effect(&mut self, entry: &Value) {
        let used = json!({"id": format!("fx{}", self.names.len()), "effect": entry["id"], "params": values(entry)});
        let place = json!({"scale": [0.8, 0.8], "position_px": [3, -2]});
        self.below.push(self.clip("b", EFFECT_FRAMES, json!({})));
        self.above.push(self.clip("a", EFFECT_FRAMES, json!({"effects": [used], "transform": place})));
        if params(entry).any(|p| p["kind"] == "track") {
            let mut map = self.clip("b", EFFECT_FRAMES, json!({"transform": {"fit": "stretch"}}));
            map["id"] = json!(format!("map{}", self.names.len()));
            self.maps.push(map);
        }
        self.named("effect", entry, EFFECT_FRAMES);
    }

    fn blend_mode(&mut self, entry: &Value) {
        let video = json!({"blend": entry["id"], "opacity": 0.8, "transform": {"scale": [0.9, 0.9]}});
        self.below.push(self.clip("a", 1, json!({})));
        self.above.push(self.clip("b", 1, video));
        self.named("blend mode", entry, 1);
    }

    fn transition(&mut self, entry: &Value) {
        let from = self.clip("a", SIDE_FRAMES, json!({}));
        let id = format!("x{}", self.names.len());
        self.named("transition", entry, SIDE_FRAMES);
        let to = self.clip("b", SIDE_FRAMES, json!({}));
        self.named("transition", entry, SIDE_FRAMES);
        self.transitions.push(json!({
            "id": id,
            "kind": entry["id"],
            "from": from["id"],
            "to": to["id"],
            "duration": frames(TRANSITION_FRAMES),
            "params": values(entry),
        }));
        self.below.extend([from, to]);
    }

    fn project(&self, blend_space: &str) -> Value {
        let media = ["a", "b"].map(|id| json!({"id": id, "path": format!("{id}.mkv")}));
        let composition = json!({
            "id": "catalog",
            "size": {"width": 320, "height": 180},
            "frame_rate": FPS.to_string(),
            "blend_space": blend_space,
            "tracks": [
                {"id": "maps", "matte_only": true, "clips": self.maps},
                {"id": "below", "clips": self.below, "transitions": self.transitions},
                {"id": "above", "clips": self.above},
            ],
        });
        json!({"schema_version": 2, "main": "catalog", "media": media, "compositions": [composition]})
    }
}

fn params(entry: &Value) -> impl Iterator<Item = &Value> {
    entry["params"].as_array().into_iter().flatten()
}

/// Values that are not neutral: a number is its default plus a third of the distance to its
/// maximum.
fn values(entry: &Value) -> Value {
    let value = |p: &Value| match p["kind"].as_str() {
        Some("number") => {
            let of = |key: &str| p[key].as_f64().unwrap_or_default();
            json!(of("default") + (of("max") - of("default")) / 3.0)
        }
        Some("curve") => json!("0,0.1 0.3,0.45 0.7,0.6 1,0.9"),
        Some("file") => json!("look.cube"),
        Some("track") => json!("maps"),
        Some("media") => json!("b"),
        _ => p["default"].clone(),
    };
    params(entry).map(|p| (p["id"].as_str().unwrap_or_default().to_owned(), value(p))).collect::<serde_json::Map<_, _>>().into()
}

/// A number of frames, as the document writes it.
fn frames(n: usize) -> String {
    format!("{n}f@{FPS}")
}
