//! From a project file to checked footage.
use crate::{ApiError, settings};
use cutroom_effects::Catalog;
use cutroom_pipeline::{Footage, PipelineError};
use cutroom_project::{Problem, Project};
use cutroom_timeline::Timeline;
use cutroom_types::{CancelToken, CompositionId, FrameRate, Timecode};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// A project file as it was read, once: a pipe gives its text only once.
pub(crate) struct Document {
    /// What it says; nothing is checked but its form.
    pub project: Project,
    /// What it may name.
    pub catalog: Arc<Catalog>,
    path: PathBuf,
    text: String,
}

impl Document {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self, ApiError> {
        if path.is_dir() {
            return Err(ApiError::new("project.read", format!("{} is a folder, not a project file", path.display())).file(path));
        }
        let failed = |e| ApiError::from_load(&e, path);
        let text = cutroom_project::read_text(path).map_err(failed)?;
        let project = cutroom_project::from_json(&text).map_err(failed)?;
        Ok(Self { project, catalog: Arc::new(Catalog::builtin()), path: path.into(), text })
    }
    /// The same file with another content.
    pub fn changed(&self, project: Project) -> Self {
        Self { project, catalog: Arc::clone(&self.catalog), path: self.path.clone(), text: self.text.clone() }
    }
    /// The folder that relative media paths start at.
    pub fn folder(&self) -> &Path {
        folder(&self.path)
    }
    /// The composition asked for, or the main one.
    pub fn composition(&self, asked: Option<&str>) -> Result<CompositionId, ApiError> {
        let id = asked.map_or_else(|| self.project.main.clone(), CompositionId::from);
        if asked.is_some() && self.project.composition(&id).is_none() {
            let known: Vec<&str> = self.project.compositions.iter().map(|c| c.id.as_str()).collect();
            let error = ApiError::new("usage.composition", format!("the project has no composition \"{id}\""));
            return Err(error.hint(format!("it has {}", known.join(", "))).file(&self.path));
        }
        Ok(id)
    }
    /// What is wrong with the document itself, whatever its files hold.
    pub fn check(&self) -> Result<(), Vec<ApiError>> {
        // As the footage will be planned: facts noted in the file may be old.
        let mut project = self.project.clone();
        project.media.iter_mut().for_each(|m| m.facts = None);
        let mut problems = cutroom_project::validate(&project);
        problems.extend(cutroom_timeline::check(&project, &self.catalog));
        if problems.is_empty() { Ok(()) } else { Err(self.errors(&problems)) }
    }
    /// Frame rate of a composition and how many frames it has.
    pub fn frames(&self, composition: &CompositionId) -> Result<(FrameRate, i64), ApiError> {
        let timeline = Timeline::new(&self.project, composition, &self.catalog).map_err(PipelineError::from)?;
        Ok((timeline.composition().frame_rate, timeline.frame_count()))
    }
    /// Checks the document with its files, until `cancel` is cancelled.
    pub fn footage(&self, composition: &CompositionId, threads: usize, cancel: &CancelToken) -> Result<Footage, Vec<ApiError>> {
        settings::check_threads(threads).map_err(|e| vec![e])?;
        let opened = Footage::open_until(self.project.clone(), self.folder(), composition, &self.catalog, threads, cancel);
        if cancel.is_cancelled() {
            let message = "stopped while the media files were scanned; nothing was written under the output's name";
            return Err(vec![ApiError::new("export.cancelled", message)]);
        }
        opened.map_err(|problems| self.errors(&problems))
    }
    fn errors(&self, problems: &[Problem]) -> Vec<ApiError> {
        let line = |p: &Problem| cutroom_project::locate(&self.text, &p.json_path).map(|at| at.line);
        problems.iter().map(|p| ApiError::from_problem(p, &self.path, line(p))).collect()
    }
}

/// The folder that relative media paths start at.
pub(crate) fn folder(project: &Path) -> &Path {
    project.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A composition of a project file, checked with its media files; `composition` absent means the main one.
pub(crate) fn footage(path: &Path, composition: Option<&str>, threads: usize) -> Result<Footage, Vec<ApiError>> {
    let document = Document::read(path).map_err(|e| vec![e])?;
    let id = document.composition(composition).map_err(|e| vec![e])?;
    document.footage(&id, threads, &CancelToken::new())
}

/// The frame that a place names; it must lie inside the composition.
pub(crate) fn frame_number(at: &str, footage: &Footage) -> Result<i64, ApiError> {
    frame_inside(at, footage.composition().frame_rate, footage.frame_count())
}

/// The frame that a place names, of `total`.
pub(crate) fn frame_inside(at: &str, rate: FrameRate, total: i64) -> Result<i64, ApiError> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_media::write::{SoundSettings, WriteSettings, Writer};
    use cutroom_types::SoundBlock;

    #[test]
    fn scanning_stops_when_told() {
        let dir = tempfile::tempdir().unwrap();
        let (sound, project) = (dir.path().join("s.wav"), dir.path().join("film.json"));
        let settings = SoundSettings::new("pcm", 8000, 1);
        let settings = WriteSettings { container: "wav".into(), video: None, sound: Some(settings), metadata: vec![] };
        let mut writer = Writer::create(&sound, &settings, false).unwrap();
        writer.push_sound(&SoundBlock { rate_hz: 8000, channels: vec![vec![0.25; 80_000]] }).unwrap();
        writer.finish().unwrap();
        let text = r#"{"schema_version": 2, "main": "m", "media": [{"id": "s", "path": "s.wav", "kind": "audio"}], "compositions": [
            {"id": "m", "size": {"width": 64, "height": 36}, "frame_rate": 25, "tracks": [{"id": "a", "kind": "audio", "clips": [
                {"id": "c", "source": {"type": "media", "media": "s"}, "start": 0, "duration": "1s"}]}]}]}"#;
        std::fs::write(&project, text).unwrap();
        let document = Document::read(&project).unwrap();
        let (id, cancel) = (document.composition(None).unwrap(), CancelToken::new());
        assert_eq!(document.footage(&id, 1, &cancel).map(|f| f.frame_count()).unwrap(), 25);
        cancel.cancel();
        let errors = document.footage(&id, 1, &cancel).err().unwrap();
        assert_eq!(errors.iter().map(|e| e.code.as_str()).collect::<Vec<_>>(), ["export.cancelled"]);
    }
}
