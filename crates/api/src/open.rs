//! From a project file to checked footage.
use crate::ApiError;
use cutroom_pipeline::Footage;
use cutroom_project::{Problem, Project};
use cutroom_types::{CompositionId, Timecode};
use std::path::Path;

/// Reads the file; nothing is checked but its form.
pub(crate) fn project(path: &Path) -> Result<Project, ApiError> {
    if path.is_dir() {
        return Err(ApiError::new("project.read", format!("{} is a folder, not a project file", path.display())).file(path));
    }
    cutroom_project::load(path).map_err(|e| ApiError::from_load(&e, path))
}

/// The folder that relative media paths start at.
pub(crate) fn folder(project: &Path) -> &Path {
    project.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A composition of a project file, checked with its media files; `composition` absent means the main one.
pub(crate) fn footage(path: &Path, composition: Option<&str>, threads: usize) -> Result<Footage, Vec<ApiError>> {
    let project = project(path).map_err(|e| vec![e])?;
    let id = composition.map_or_else(|| project.main.clone(), CompositionId::from);
    if composition.is_some() && project.composition(&id).is_none() {
        let known: Vec<&str> = project.compositions.iter().map(|c| c.id.as_str()).collect();
        let error = ApiError::new("usage.composition", format!("the project has no composition \"{id}\""));
        return Err(vec![error.hint(format!("it has {}", known.join(", "))).file(path)]);
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    Footage::open(project, folder(path), &id, threads).map_err(|problems| of_problems(&problems, path, &text))
}

/// The frame that a place names; it must lie inside the composition.
pub(crate) fn frame_number(at: &str, footage: &Footage) -> Result<i64, ApiError> {
    let (rate, total) = (footage.composition().frame_rate, footage.frame_count());
    let frame = crate::parse_frame(at, rate)?;
    if frame < total {
        return Ok(frame);
    }
    let end = Timecode { frame: total, rate };
    Err(ApiError::new("usage.position", format!("frame {frame} lies past the end of the composition"))
        .hint(format!("it has {total} frames, 0 to {} ({end})", total - 1)))
}

/// What is odd about checked footage: fields that mean nothing here, damage in files.
pub(crate) fn warnings(footage: &Footage) -> Vec<String> {
    let fields = cutroom_project::unknown_fields(footage.project());
    fields.iter().map(ToString::to_string).chain(footage.warnings()).collect()
}

fn of_problems(problems: &[Problem], path: &Path, text: &str) -> Vec<ApiError> {
    let line = |p: &Problem| cutroom_project::locate(text, &p.json_path).map(|at| at.line);
    problems.iter().map(|p| ApiError::from_problem(p, path, line(p))).collect()
}
