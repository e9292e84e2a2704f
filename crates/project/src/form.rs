//! Finds every error of form in a document, not only the first one.
//!
//! The document is deserialized in parts (each clip, track, media by itself). Where a part fails,
//! the error is noted, the value at fault is left out or replaced by one that can be read, and the
//! part is tried again. So the errors are those of the deserializer itself, and what remains is a
//! project whose other problems can be looked for.
use crate::{
    Clip, Composition, Media, Problem, Project, Track, Transition,
    form_text::{named_in_backticks, plain},
    validate::report,
};
use cutroom_types::ClipId;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use serde_path_to_error::Segment;
use std::fmt::Write;

/// The errors of form in a document, and the document without them.
pub struct Inspection {
    /// The project, with each value at fault left out or replaced; `None` if it does not resemble
    /// one.
    pub project: Option<Project>,
    /// Errors of form, code `project.form`, in document order.
    pub problems: Vec<Problem>,
}

impl Inspection {
    /// Whether a problem of the mended project may be due to a replaced value rather than to the
    /// document.
    pub fn may_be_due_to(&self, problem: &Problem) -> bool {
        // Of a media, composition, track or clip; nothing refers to masks and effects.
        let is_id = |path: &str| path.ends_with("].id") && !path.contains(".video.");
        let inside =
            |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|r| r.is_empty() || r.starts_with(['.', '[']));
        match problem.code {
            // What has the id may have been replaced.
            "project.dangling" if self.problems.iter().any(|p| is_id(&p.json_path)) => true,
            // The times of a clip decide about its neighbours.
            "project.overlap" | "project.not_at_a_cut" | "project.transition_too_long" | "project.two_transitions" => {
                let track = part_of(&problem.json_path, "tracks[");
                self.problems.iter().any(|p| track.is_some_and(|track| inside(&p.json_path, track)))
            }
            "media.past_end" | "media.before_start" | "project.past_source_end" | "project.fade" => {
                let clip = part_of(&problem.json_path, "clips[");
                self.problems.iter().any(|p| clip.is_some_and(|clip| inside(&p.json_path, clip)))
            }
            _ => self.problems.iter().any(|p| inside(&p.json_path, &problem.json_path) || inside(&problem.json_path, &p.json_path)),
        }
    }
}

/// The path up to the item of `list` that it leads into.
fn part_of<'a>(path: &'a str, list: &str) -> Option<&'a str> {
    let at = path.find(list)?;
    Some(&path[..at + path[at..].find(']')? + 1])
}

/// Maximum number of errors that are listed for one part.
const MAX_PER_PART: usize = 50;

/// Inspects a document of the current version in which times are resolved.
pub(crate) fn inspect(mut document: Value) -> Inspection {
    let mut form = Form { problems: Vec::new(), mended: true };
    let mut media = detach(&mut document, "media");
    let mut compositions = detach(&mut document, "compositions");
    form.part::<Project>(&mut document, "", None);
    for (i, m) in media.iter_mut().flatten().enumerate() {
        form.part::<Media>(m, &format!("media[{i}]"), None);
    }
    for (i, composition) in compositions.iter_mut().flatten().enumerate() {
        let path = format!("compositions[{i}]");
        let mut tracks = detach(composition, "tracks");
        form.part::<Composition>(composition, &path, None);
        for (j, track) in tracks.iter_mut().flatten().enumerate() {
            let path = format!("{path}.tracks[{j}]");
            let mut clips = detach(track, "clips");
            let mut transitions = detach(track, "transitions");
            form.part::<Track>(track, &path, None);
            for (k, clip) in clips.iter_mut().flatten().enumerate() {
                let id = clip["id"].as_str().map(ClipId::from);
                form.part::<Clip>(clip, &format!("{path}.clips[{k}]"), id.as_ref());
            }
            for (k, transition) in transitions.iter_mut().flatten().enumerate() {
                form.part::<Transition>(transition, &format!("{path}.transitions[{k}]"), None);
            }
            attach(track, "clips", clips);
            attach(track, "transitions", transitions);
        }
        attach(composition, "tracks", tracks);
    }
    attach(&mut document, "media", media);
    attach(&mut document, "compositions", compositions);
    let project = form.mended.then(|| serde_json::from_value(document).ok()).flatten();
    Inspection { project, problems: form.problems }
}

/// Takes a list out of an object and leaves an empty one.
fn detach(object: &mut Value, name: &str) -> Option<Vec<Value>> {
    object.get_mut(name)?.as_array_mut().map(std::mem::take)
}

fn attach(object: &mut Value, name: &str, list: Option<Vec<Value>>) {
    if let Some(list) = list {
        object[name] = list.into();
    }
}

/// A step of a path inside a part.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Field(String),
    Item(usize),
}

/// An error of a part.
struct Fault {
    at: Vec<Step>,
    reason: String,
    /// Whether the value at `at` is absent.
    missing: bool,
}

struct Form {
    problems: Vec<Problem>,
    /// Whether all parts can be read now.
    mended: bool,
}

impl Form {
    /// Reports the errors of one part and mends it.
    fn part<T: DeserializeOwned>(&mut self, value: &mut Value, path: &str, clip: Option<&ClipId>) {
        for _ in 0..MAX_PER_PART {
            let Some(fault) = fault::<T>(value) else { return };
            let found = get(value, &fault.at).filter(|_| !fault.missing);
            let mut at = path.to_owned();
            for step in &fault.at {
                match step {
                    Step::Item(i) => _ = write!(at, "[{i}]"),
                    Step::Field(name) if at.is_empty() => at.push_str(name),
                    Step::Field(name) => _ = write!(at, ".{name}"),
                }
            }
            let at = if at.is_empty() { ".".to_owned() } else { at };
            report(&mut self.problems, at, clip, "project.form", plain(&fault.reason, found));
            if !mend::<T>(value, &fault) {
                break;
            }
        }
        // Too many errors, or one that nothing replaces.
        self.mended = false;
    }
}

/// The first error of a part; `None` if it can be read.
fn fault<T: DeserializeOwned>(value: &Value) -> Option<Fault> {
    let error = serde_path_to_error::deserialize::<_, T>(value).err()?;
    let mut at: Vec<Step> = error.path().iter().filter_map(step).collect();
    let mut reason = error.into_inner().to_string();
    // Values that are inspected before they are deserialized name their inner path in the message.
    while let Some((inner, rest)) = reason.strip_prefix('`').and_then(|r| r.split_once("`: ")) {
        at.extend(steps(inner));
        reason = rest.to_owned();
    }
    let missing = reason.starts_with("missing field ");
    if let Some(name) = named_in_backticks(&reason).filter(|_| missing || reason.starts_with("unknown field "))
        && at.last() != Some(&Step::Field(name.to_owned()))
    {
        at.push(Step::Field(name.to_owned()));
    }
    Some(Fault { at, reason, missing })
}

fn step(segment: &Segment) -> Option<Step> {
    match segment {
        Segment::Seq { index } => Some(Step::Item(*index)),
        Segment::Map { key } => Some(Step::Field(key.clone())),
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}

/// The steps of a path such as `keyframes[1].value`.
fn steps(path: &str) -> Vec<Step> {
    let part =
        |part: &str| part.strip_suffix(']').and_then(|i| i.parse().ok()).map_or_else(|| Step::Field(part.into()), Step::Item);
    path.split(['.', '[']).filter(|p| !p.is_empty()).map(part).collect()
}

fn get<'a>(value: &'a Value, at: &[Step]) -> Option<&'a Value> {
    at.iter().try_fold(value, |value, step| match step {
        Step::Field(name) => value.get(name),
        Step::Item(i) => value.get(i),
    })
}

fn get_mut<'a>(value: &'a mut Value, at: &[Step]) -> Option<&'a mut Value> {
    at.iter().try_fold(value, |value, step| match step {
        Step::Field(name) => value.get_mut(name),
        Step::Item(i) => value.get_mut(i),
    })
}

/// Replaces the value at fault by one that can be read, or leaves it out, or does so with what
/// contains it. Whether that succeeded.
fn mend<T: DeserializeOwned>(value: &mut Value, fault: &Fault) -> bool {
    (1..=fault.at.len()).rev().any(|depth| mend_at::<T>(value, &fault.at[..depth]))
}

/// The same for the value at one place.
fn mend_at<T: DeserializeOwned>(value: &mut Value, at: &[Step]) -> bool {
    let Some((last, parent)) = at.split_last() else { return false };
    let mended = |value: &Value| self::fault::<T>(value).is_none_or(|next| !next.at.starts_with(at));
    let before = get(value, at).cloned();
    for other in replacements() {
        match (get_mut(value, parent), last) {
            (Some(Value::Object(fields)), Step::Field(name)) => _ = fields.insert(name.clone(), other),
            (Some(Value::Array(items)), Step::Item(i)) if *i < items.len() => items[*i] = other,
            _ => return false,
        }
        if mended(value) {
            return true;
        }
    }
    // What nothing replaces, such as an unknown field, is left out.
    if let (Some(Value::Object(fields)), Step::Field(name)) = (get_mut(value, parent), last) {
        fields.shift_remove(name);
        if mended(value) {
            return true;
        }
        if let (Some(before), Some(Value::Object(fields))) = (before, get_mut(value, parent)) {
            fields.insert(name.clone(), before);
        }
    }
    false
}

/// One value of each form that a project contains.
fn replacements() -> [Value; 12] {
    [
        json!(1),
        json!("1s"),
        json!("25"),
        json!(true),
        json!([]),
        json!([1, 1]),
        json!([0, 0, 0, 1]),
        json!({"type": "null"}),
        json!({"type": "rectangle", "center": [0.5, 0.5], "size": [1, 1]}),
        json!({"width": 16, "height": 16}),
        json!({"primaries": "bt709", "transfer": "bt709"}),
        json!({"keyframes": [{"time": 0, "value": 0}]}),
    ]
}
