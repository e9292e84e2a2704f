//! The edit of the film: which clip is shown when, and the project document. Times are in frames of
//! the film.
use super::{Footage, Material};
use serde_json::{Value, json};
use std::path::Path;

const FPS: i64 = 30;
const LONGEST_SHOT_FRAMES: i64 = 135;
const SHORTEST_SHOT_FRAMES: i64 = 10;
const DISSOLVE_FRAMES: i64 = 24;
const SPEECH_START_FRAMES: i64 = 3 * FPS;

/// A part of one clip.
struct Shot {
    clip: usize,
    start: i64,
    frames: i64,
    source_in: i64,
}

/// The edit of the film.
pub struct Film {
    shots: Vec<Shot>,
    speech_frames: i64,
}

impl Film {
    /// Plans each clip once, one after the other.
    pub fn plan(material: &Material) -> Result<Self, String> {
        let mut shots = Vec::new();
        let mut start = 0;
        for (clip, footage) in material.clips.iter().enumerate() {
            let available = (footage.secs * FPS as f64) as i64 - 1;
            // Clip handles at both ends, for dissolves.
            let handle = if available >= 2 * FPS { DISSOLVE_FRAMES / 2 } else { 0 };
            let frames = LONGEST_SHOT_FRAMES.min(available - 2 * handle);
            if frames < SHORTEST_SHOT_FRAMES {
                return Err(format!("{} is too short for a shot", footage.path.display()));
            }
            shots.push(Shot { clip, start, frames, source_in: handle });
            start += frames;
        }
        let speech_frames = ((material.speech_secs * FPS as f64) as i64).min(start - SPEECH_START_FRAMES);
        Ok(Self { shots, speech_frames })
    }

    fn frames(&self) -> i64 {
        self.shots.iter().map(|s| s.frames).sum()
    }

    /// Length in seconds.
    pub fn secs(&self) -> f64 {
        self.frames() as f64 / FPS as f64
    }

    /// The project document. Paths are relative to `dir`, in which it is saved.
    pub fn json(&self, material: &Material, dir: &Path) -> String {
        let path = |p: &Path| p.strip_prefix(dir).unwrap_or(p).to_string_lossy().replace('\\', "/");
        let mut media: Vec<Value> =
            material.clips.iter().enumerate().map(|(i, c)| json!({"id": clip_media(i), "path": path(&c.path)})).collect();
        media.push(json!({"id": "speech", "path": path(&material.speech), "kind": "audio"}));
        media.push(json!({"id": "music", "path": path(&material.music), "kind": "audio"}));
        let subtitles = self.subtitles(material);
        let tracks =
            [Some(self.pictures(material)), self.inset(material), Some(self.title()), subtitles, self.speech(), Some(self.music())];
        let document = json!({
            "schema_version": 2,
            "name": "cutroom demo",
            "main": "film",
            "media": media,
            "compositions": [{
                "id": "film",
                "size": {"width": 1920, "height": 1080},
                "frame_rate": FPS.to_string(),
                "sample_rate_hz": 48_000,
                "channels": 2,
                "tracks": tracks.into_iter().flatten().collect::<Vec<_>>(),
            }],
        });
        format!("{document:#}\n")
    }

    /// The shots: a fade from black, alternating dissolves and cuts, a fade to black. One slows down to
    /// half its speed and goes on.
    fn pictures(&self, material: &Material) -> Value {
        let mut clips: Vec<Value> = self.shots.iter().map(|s| shot_json(s, &material.clips[s.clip])).collect();
        if let Some((slow, shot)) = clips.get_mut(1).zip(self.shots.get(1)) {
            let points =
                [(0, json!(1.0)), (shot.frames / 3, json!(0.5)), (shot.frames * 2 / 3, json!(0.5)), (shot.frames, json!(1.0))];
            slow["time_map"] = json!({"speed": curve(&points, "in_out_sine")});
            slow["audio"]["preserve_pitch"] = json!(true);
        }
        if let Some((last, shot)) = clips.last_mut().zip(self.shots.last()) {
            let fade = shot.frames.min(FPS);
            last["video"]["opacity"] = curve(&[(shot.frames - fade, json!(1.0)), (shot.frames, json!(0.0))], "linear");
            last["audio"]["fade_out"] = frames(fade);
        }
        let mut transitions = vec![json!({"id": "open", "kind": "crossfade", "to": shot_id(0), "duration": frames(FPS / 2)})];
        for (i, pair) in self.shots.windows(2).enumerate().step_by(2) {
            if pair[0].frames.min(pair[1].frames) > 2 * DISSOLVE_FRAMES {
                let (from, to) = (shot_id(i), shot_id(i + 1));
                transitions.push(json!({"id": format!("dissolve-{}", i + 1), "kind": "crossfade", "from": from, "to": to, "duration": frames(DISSOLVE_FRAMES)}));
            }
        }
        json!({"id": "pictures", "kind": "video", "clips": clips, "transitions": transitions})
    }

    /// A smaller picture over the middle shot, which moves in from the side.
    fn inset(&self, material: &Material) -> Option<Value> {
        let over = &self.shots[self.shots.len() / 2];
        let shown = &self.shots[(over.clip + 1) % self.shots.len()];
        let length = (over.frames - FPS).min(shown.frames);
        if length < FPS {
            return None;
        }
        let mut clip = shot_json(&Shot { start: over.start + FPS / 2, frames: length, ..*shown }, &material.clips[shown.clip]);
        clip["id"] = json!("inset");
        clip["audio"] = json!({"enabled": false});
        let fade = FPS / 2;
        clip["video"] = json!({
            "transform": {
                "scale": [0.4, 0.4],
                "position_px": curve(&[(0, json!([760.0, 250.0])), (fade, json!([500.0, 250.0]))], "out_cubic"),
            },
            "opacity": curve(&[(0, json!(0.0)), (fade, json!(0.9)), (length - fade, json!(0.9)), (length, json!(0.0))], "linear"),
            "effects": [{"id": "inset-vignette", "effect": "vignette", "params": {"amount": 0.4}}],
        });
        Some(json!({"id": "inset-track", "kind": "video", "clips": [clip]}))
    }

    /// Two lines over the first shot, whose words come one after the other.
    fn title(&self) -> Value {
        let length = (self.shots[0].frames - FPS).max(SHORTEST_SHOT_FRAMES);
        let fade = (length / 4).min(20);
        json!({"id": "titles", "kind": "video", "clips": [{
            "id": "title-1",
            "source": {
                "type": "text",
                "text": "cutroom\n",
                "runs": [{"text": "the exported file is the timeline", "style": {"size_px": 48, "weight": 400, "fill": "#ffd27f"}}],
                "style": {"size_px": 150, "weight": 800},
                "shadows": [{"color": "#000000b3", "offset_px": [5, 5], "blur_px": 12}],
                "animations": [{"unit": "word", "duration": "0.4s", "stagger": "0.1s", "offset_px": [0, 40], "ease": "out_cubic"}],
            },
            "start": frames(self.shots[0].frames - length - (FPS / 2).min(self.shots[0].frames - length)),
            "duration": frames(length),
            "video": {
                "opacity": curve(&[(length - fade, json!(1.0)), (length, json!(0.0))], "in_out_sine"),
                "transform": {"scale": curve(&[(0, json!([1.0, 1.0])), (length, json!([1.06, 1.06]))], "linear")},
            },
        }]})
    }

    /// What the voice says, a phrase at a time, each as long as its share of the letters.
    fn subtitles(&self, material: &Material) -> Option<Value> {
        let phrases: Vec<&str> = material.spoken.split_inclusive([',', '.']).map(str::trim).filter(|p| !p.is_empty()).collect();
        let letters = material.spoken.len().max(1);
        let mut before = 0;
        let cues: Vec<Value> = phrases
            .iter()
            .map(|phrase| {
                let at = |letters_before: usize| frames(self.speech_frames * letters_before as i64 / letters as i64);
                let cue = json!({"start": at(before), "end": at(before + phrase.len()), "text": phrase});
                before += phrase.len() + 1;
                cue
            })
            .collect();
        let style = json!({"size_px": 46, "strokes": [{"paint": "#000000", "width_px": 6, "position": "outside"}]});
        (self.speech_frames > 0).then(|| {
            json!({"id": "subtitles", "kind": "video", "clips": [{
                "id": "subtitles-1",
                "source": {"type": "subtitles", "cues": cues, "look": {"style": style}},
                "start": frames(SPEECH_START_FRAMES),
                "duration": frames(self.speech_frames),
            }]})
        })
    }

    fn speech(&self) -> Option<Value> {
        (self.speech_frames > 0).then(|| {
            json!({"id": "voice", "kind": "audio", "clips": [{
                "id": "speech-1",
                "source": {"type": "media", "media": "speech"},
                "start": frames(SPEECH_START_FRAMES),
                "duration": frames(self.speech_frames),
                "audio": {"gain_db": -1.0, "fade_out": frames(3)},
            }]})
        })
    }

    /// Music that is lowered while the voice speaks.
    fn music(&self) -> Value {
        let length = self.frames();
        let (loud, soft, ramp) = (json!(-11.0), json!(-23.0), FPS / 2);
        let end = SPEECH_START_FRAMES + self.speech_frames;
        let mut points = vec![(0, loud.clone())];
        if self.speech_frames > 0 {
            points.push((SPEECH_START_FRAMES - ramp, loud.clone()));
            points.push((SPEECH_START_FRAMES, soft.clone()));
            points.push((end, soft));
            points.push((end + ramp, loud));
        }
        json!({"id": "music-track", "kind": "audio", "clips": [{
            "id": "music-1",
            "source": {"type": "media", "media": "music"},
            "start": frames(0),
            "duration": frames(length),
            "audio": {"gain_db": curve(&points, "linear"), "fade_in": frames(FPS / 2), "fade_out": frames(length.min(2 * FPS))},
        }]})
    }
}

fn shot_json(shot: &Shot, footage: &Footage) -> Value {
    let mut clip = json!({
        "id": shot_id(shot.clip),
        "source": {"type": "media", "media": clip_media(shot.clip)},
        "start": frames(shot.start),
        "duration": frames(shot.frames),
        "source_in": frames(shot.source_in),
        "video": {},
        "audio": {},
    });
    if footage.has_audio {
        clip["audio"]["gain_db"] = json!(-6.0);
    }
    clip
}

fn clip_media(clip: usize) -> String {
    format!("clip-{}", clip + 1)
}

fn shot_id(clip: usize) -> String {
    format!("shot-{}", clip + 1)
}

/// A number of frames, as the document writes it.
fn frames(n: i64) -> Value {
    json!(format!("{n}f@{FPS}"))
}

fn curve(points: &[(i64, Value)], ease: &str) -> Value {
    let keyframes: Vec<Value> = points.iter().map(|(n, value)| json!({"time": frames(*n), "value": value, "ease": ease})).collect();
    json!({"keyframes": keyframes})
}
