//! Converts the errors of all layers into [`ApiError`].
use crate::ApiError;
use cutroom_engine::EngineError;
use cutroom_export::{ExportError, SettingsError, farm::FarmError};
use cutroom_media::MediaError;
use cutroom_pipeline::PipelineError;
use cutroom_project::{JournalError, LoadError, Problem};
use cutroom_upload::UploadError;
use std::path::Path;

impl ApiError {
    pub(crate) fn from_load(e: &LoadError, path: &Path) -> Self {
        let mut error = Self::of(e.code(), e).file(path);
        if let LoadError::Form { path, line, reason } = e {
            error.json_path = Some(path.clone());
            error.message = format!("{reason} (line {line})");
        }
        if let (Some(program), false) = (other_program(path), matches!(e, LoadError::Read { .. })) {
            let found =
                format!("this is a file of {program}, which cannot be imported yet; `new_project` makes a project from clips");
            return error.hint_at("new_project", found);
        }
        match e {
            LoadError::Version(_) => error.hint_at("new_project", "`new_project` makes a project from clips"),
            LoadError::Syntax { .. } | LoadError::NotUtf8 { .. } => {
                error.hint_at("new_project", "a project is a JSON file; `new_project` makes one")
            }
            LoadError::Form { .. } => error.hint_at("schema", "`schema` prints what the file may hold"),
            _ => error,
        }
    }

    pub(crate) fn from_journal(e: &JournalError, project: &Path) -> Self {
        let error = Self::of(e.code(), e).file(project);
        match (e, e.hint()) {
            (JournalError::NoSuch { .. }, Some(hint)) => error.hint_at("history", hint),
            (JournalError::Conflict { .. } | JournalError::Read { .. } | JournalError::Damaged { .. }, Some(hint)) => {
                error.hint_at("recover", hint)
            }
            (JournalError::Locked { elsewhere: true, .. }, Some(hint)) => error.hint_at("recover", hint),
            (_, Some(hint)) => error.hint(hint),
            (_, None) => error,
        }
    }

    pub(crate) fn from_problem(p: &Problem, path: &Path, line: Option<usize>) -> Self {
        let line = line.map_or(String::new(), |n| format!(" (line {n})"));
        let mut error = Self::new(p.code, format!("{}{line}", p.message)).file(path);
        error.json_path = Some(p.json_path.clone());
        error.clip = p.clip.as_ref().map(ToString::to_string);
        match p.code {
            "project.form" => error.hint_at("schema", "`schema` prints what the file may hold"),
            "media.open.not_found" => error.hint("put the file back, or correct the path; it starts at the project's folder"),
            "project.unknown_effect" | "project.unknown_transition" | "project.unknown_blend_mode" => {
                error.hint_at("catalog", "`catalog` lists all")
            }
            _ => error,
        }
    }
}

/// The program or format whose projects have this file extension.
fn other_program(path: &Path) -> Option<&'static str> {
    const PROGRAMS: [(&str, &str); 12] = [
        ("otio", "OpenTimelineIO"),
        ("otioz", "OpenTimelineIO"),
        ("edl", "an edit decision list"),
        ("fcpxml", "Final Cut Pro"),
        ("xml", "Final Cut Pro or Premiere (XML)"),
        ("mlt", "MLT or Shotcut"),
        ("kdenlive", "Kdenlive"),
        ("prproj", "Premiere Pro"),
        ("drp", "DaVinci Resolve"),
        ("aep", "After Effects"),
        ("osp", "OpenShot"),
        ("aaf", "Avid (AAF)"),
    ];
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    PROGRAMS.iter().find(|(e, _)| *e == extension).map(|(_, program)| *program)
}

impl From<MediaError> for ApiError {
    fn from(e: MediaError) -> Self {
        let mut error = Self::of(e.code(), &e);
        error.file = e.path().map(Into::into);
        error
    }
}

impl From<PipelineError> for ApiError {
    fn from(e: PipelineError) -> Self {
        let mut error = Self::of(e.code(), &e);
        if let PipelineError::Media(m) = &e {
            error.file = m.path().map(Into::into);
        }
        error
    }
}

impl From<&EngineError> for ApiError {
    fn from(e: &EngineError) -> Self {
        let mut error = Self::of(e.code(), e);
        if let EngineError::Pipeline(PipelineError::Media(m)) = e {
            error.file = m.path().map(Into::into);
        }
        error
    }
}

impl From<SettingsError> for ApiError {
    fn from(e: SettingsError) -> Self {
        let mut error = Self::of(e.code(), &e);
        error.file = e.path().map(Into::into);
        error.fields = e.fields().into_iter().map(str::to_owned).collect();
        match (&e, e.hint()) {
            (SettingsError::Pattern { .. }, Some(hint)) => {
                error.hint_at("render_frame", format!("{hint}; `render_frame` writes a single one"))
            }
            (_, hint) => Self { hint, ..error },
        }
    }
}

impl From<ExportError> for ApiError {
    fn from(e: ExportError) -> Self {
        let mut error = Self::of(e.code(), &e);
        error.time_secs = e.time().map(cutroom_types::Time::as_secs_f64);
        match &e {
            ExportError::Open { source } | ExportError::Write { source, .. } | ExportError::Finish { source } => {
                error.file = source.path().map(Into::into);
            }
            ExportError::Frame { source: PipelineError::Media(m), .. }
            | ExportError::Sound { source: PipelineError::Media(m), .. } => {
                error.file = m.path().map(Into::into);
            }
            ExportError::Gone { folder } => error.file = Some(folder.clone()),
            ExportError::Busy { folder } => {
                error.hint = Some("wait for it, stop it, or choose another output".into());
                error.file = Some(folder.clone());
            }
            _ => {}
        }
        error
    }
}

impl From<UploadError> for ApiError {
    fn from(e: UploadError) -> Self {
        let code = match &e {
            UploadError::Address { .. } => "usage.address",
            UploadError::Exists { .. } => "usage.exists",
            UploadError::Credentials { .. } => "upload.credentials",
            UploadError::Connection { .. } | UploadError::Certificates { .. } => "upload.connection",
            UploadError::Aborted { .. } => "upload.aborted",
            UploadError::Thread { .. } => "export.thread",
            _ => "upload.refused",
        };
        let error = Self::of(code, &e);
        match e {
            UploadError::Exists { .. } => error.hint("choose another name, or add `overwrite`").field("overwrite"),
            _ => error,
        }
    }
}

impl From<FarmError> for ApiError {
    fn from(e: FarmError) -> Self {
        let mut error = Self::of(e.code(), &e);
        match &e {
            FarmError::Setting { field, .. } => error.fields = vec![(*field).to_owned()],
            FarmError::Program { program: program @ ("sbatch" | "squeue" | "scancel"), .. } => {
                error.hint =
                    Some(format!("run it on a machine of the cluster that has {program}; on Debian it is in slurm-client"));
            }
            FarmError::Program { program: "kubectl", .. } => {
                error.hint = Some("install it, or print the manifests with a dry run and apply them elsewhere".into());
            }
            FarmError::Folder { path, .. } => error.file = Some(path.clone()),
            _ => {}
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorClass;
    use cutroom_timeline::PlanError;
    use cutroom_types::Time;

    /// The code and class of an error do not depend on which error types wrapped it.
    #[test]
    fn a_plan_error_is_the_same_from_every_operation() {
        let plan = || PipelineError::from(PlanError::Nesting { composition: "main".into(), reason: "it contains itself" });
        let frame = ApiError::from(plan());
        for export in [ExportError::Pipeline(plan()), ExportError::Frame { frame: 3, time: Time::ZERO, source: plan() }] {
            let export = ApiError::from(export);
            assert_eq!((export.code.as_str(), export.class()), ("project.nesting", ErrorClass::Project));
            assert_eq!((&export.code, export.class()), (&frame.code, frame.class()));
        }
    }

    #[test]
    fn what_is_not_read_but_written_is_no_fault_of_media() {
        let path = || "a.mp4".into();
        let class = |e: MediaError| ApiError::from(e).class();
        assert_eq!(class(MediaError::NotFound { path: path() }), ErrorClass::Media);
        assert_eq!(class(MediaError::Write { path: path(), reason: "the disk is full".into() }), ErrorClass::Failed);
        assert_eq!(class(MediaError::Stopped { path: path() }), ErrorClass::Cancelled);
        let elsewhere = ApiError { code: "project.of_another_version".into(), ..ApiError::default() };
        assert_eq!(elsewhere.class(), ErrorClass::Failed);
    }
}
