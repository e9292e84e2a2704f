//! An open project: the document, the catalogue that it is checked against, and its files.
//! Operations use a session and a request; a request names files on disk only for what the
//! operation itself writes.
use crate::{
    ApiError, cache,
    overwrite_guard::{self, Inputs, WrittenFile},
    position, settings,
};
use cutroom_effects::Catalog;
use cutroom_engine::DocumentState;
use cutroom_media::MediaLocation;
use cutroom_pipeline::{FileRoots, Library, OpenComposition, OpenOptions, PipelineError};
use cutroom_project::{Clip, Composition, Inspection, MAX_COMPOSITION_SIDE_PX, Media, Problem, Project, Track};
use cutroom_timeline::{RenderScale, Timeline};
use cutroom_types::{CancelToken, ClipId, CompositionId, FrameRate, Timecode};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// An open project. Opening checks only the form of the document; operations check the rest.
pub struct Session {
    /// The document.
    pub(crate) project: Project,
    /// The catalogue of effects, blend modes and transitions.
    pub(crate) catalog: Catalog,
    /// Its media files, each scanned once and shared by all operations.
    library: Arc<Library>,
    path: PathBuf,
    /// The text as it was read, for finding the lines of problems. Kept because a pipe can be read
    /// only once.
    text: Arc<str>,
    /// Errors of form that [`Self::inspect`] found; the document lacks the values at fault.
    pub(crate) form: Option<Inspection>,
}

impl Session {
    /// Reads a project file. Relative media paths start at its folder.
    ///
    /// # Errors
    /// `project.read`, `project.too_large`, `project.not_utf8`, `project.syntax`, `project.form`,
    /// `project.version_missing` or `project.version_too_new`.
    pub fn open(path: &Path) -> Result<Self, ApiError> {
        let text = Self::text_of(path)?;
        Self::from_text(text, path).map_err(|e| ApiError::from_load(&e, path))
    }

    /// Opens a project from the text of its file, as a server receives it. `path` is its assumed
    /// location, for messages and for relative media paths.
    ///
    /// # Errors
    /// The same as [`Self::open`].
    pub fn from_json(text: &str, path: &Path) -> Result<Self, ApiError> {
        Self::from_text(text.to_owned(), path).map_err(|e| ApiError::from_load(&e, path))
    }

    /// A session with another document, which shares what is known about its files.
    pub(crate) fn with_project(&self, project: Project) -> Self {
        Self {
            project,
            catalog: self.catalog.clone(),
            library: Arc::clone(&self.library),
            path: self.path.clone(),
            text: Arc::clone(&self.text),
            form: None,
        }
    }

    /// Reads a project file whose values may be of wrong forms, for [`crate::validate`], which
    /// reports all of them. Other operations must not use such a session.
    ///
    /// # Errors
    /// Those of [`Self::open`]; all errors of form, if without the values at fault there is no
    /// project left.
    pub fn inspect(path: &Path) -> Result<Self, Vec<ApiError>> {
        let failed = |e| vec![ApiError::from_load(&e, path)];
        let text = Self::text_of(path).map_err(|e| vec![e])?;
        let mut form = cutroom_project::inspect(&text).map_err(failed)?;
        let Some(project) = form.project.take() else { return Err(errors(&form.problems, path, &text)) };
        let form = (!form.problems.is_empty()).then_some(form);
        let library = Arc::new(Library::with_store(folder(path), cache::store()));
        Ok(Self { project, catalog: Catalog::builtin(), library, path: path.into(), text: text.into(), form })
    }

    fn text_of(path: &Path) -> Result<String, ApiError> {
        if path.is_dir() {
            return Err(ApiError::new("project.read", format!("{} is a folder, not a project file", path.display())).file(path));
        }
        cutroom_project::read_text(path).map_err(|e| ApiError::from_load(&e, path))
    }

    fn from_text(text: String, path: &Path) -> Result<Self, cutroom_project::LoadError> {
        let project = cutroom_project::from_json(&text)?;
        let library = Arc::new(Library::with_store(folder(path), cache::store()));
        Ok(Self { project, catalog: Catalog::builtin(), library, path: path.into(), text: text.into(), form: None })
    }

    /// Opens a document that another process was asked to export. `text`: that of its file, in which the
    /// lines of problems are found.
    ///
    /// # Errors
    /// The same as [`Self::open`].
    pub(crate) fn from_snapshot(project: &str, text: String, path: &Path) -> Result<Self, ApiError> {
        let opened = Self::from_json(project, path)?;
        Ok(Self { text: text.into(), ..opened })
    }

    /// The folders that files must be in; `None`: any.
    pub(crate) fn roots(&self) -> Option<Vec<PathBuf>> {
        self.library.roots()
    }

    /// The same session with another document; scanned files are shared.
    pub(crate) fn changed(&self, project: Project) -> Self {
        Self {
            project,
            catalog: self.catalog.clone(),
            library: Arc::clone(&self.library),
            path: self.path.clone(),
            text: Arc::clone(&self.text),
            form: None,
        }
    }

    /// The document as the first state of an engine.
    pub(crate) fn state(&self, composition: &CompositionId) -> DocumentState {
        let project = Arc::new(self.project.clone());
        DocumentState { project, composition: composition.clone(), revision: 1, touched: None }
    }

    /// The text of the project file as it was read.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The document.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The project file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The title of the project; empty if it has none.
    pub fn name(&self) -> &str {
        &self.project.name
    }

    /// The document as it is saved.
    pub fn document_json(&self) -> String {
        cutroom_project::to_json(&self.project)
    }

    /// Reads files of the document in these folders only from now on, whatever it names; only the first
    /// call counts. Media elsewhere are offline; other files elsewhere are errors.
    pub fn limit_files(&self, roots: FileRoots) {
        self.library.limit(roots);
    }

    /// The file of a medium, or the pattern of its numbered pictures; `None` if there is no such medium.
    ///
    /// # Errors
    /// `media.open.outside` if it may not be read.
    pub fn readable_media(&self, media: &str) -> Option<Result<PathBuf, ApiError>> {
        let media = self.project.media.iter().find(|m| m.id.as_str() == media)?;
        let location = self.location(media);
        Some(self.library.check(&location).map(|()| location.path).map_err(ApiError::from))
    }

    /// Whether a file may be read.
    pub(crate) fn may_read(&self, location: &MediaLocation) -> bool {
        self.library.check(location).is_ok()
    }

    /// The files that the document names and that are there: media, all of numbered pictures, look-up
    /// tables and fonts.
    pub fn named_files(&self) -> Vec<PathBuf> {
        let fonts = self.project.fonts.iter().map(|font| self.library.path(font));
        self.inputs().paths().chain(fonts).filter(|path| path.is_file()).collect()
    }

    /// The folder that relative media paths start at.
    pub(crate) fn folder(&self) -> &Path {
        self.library.folder()
    }

    /// The files of the session.
    pub(crate) fn library(&self) -> &Arc<Library> {
        &self.library
    }

    /// Where a media's file, or its numbered pictures, are.
    pub(crate) fn location(&self, media: &Media) -> MediaLocation {
        self.library.location(media)
    }

    /// Rejects a project file to be written, the request's field `name`, in another folder: its media
    /// paths would start elsewhere.
    ///
    /// # Errors
    /// `usage.path`.
    pub(crate) fn check_beside(&self, name: &'static str, output: &Path) -> Result<(), ApiError> {
        if folder(output).canonicalize().ok() == self.folder().canonicalize().ok() {
            return Ok(());
        }
        let message = format!("{}: media paths start at the project's folder", output.display());
        Err(ApiError::new("usage.path", message).hint("write beside the project that is read").field(name).file(output))
    }

    /// Rejects writing `output`, the request's field `name`, if that would replace the project or a
    /// file that it reads, or, without `overwrite`, any file.
    ///
    /// # Errors
    /// `usage.replaces_input`, `usage.exists`, `usage.path`.
    pub fn check_output(&self, name: &'static str, output: &Path, overwrite: bool) -> Result<(), ApiError> {
        overwrite_guard::check(&[WrittenFile::file(name, output)], &self.inputs(), overwrite)
    }

    /// All files that the project reads.
    pub(crate) fn inputs(&self) -> Inputs {
        Inputs::of_project(&self.project, &self.path, self.folder())
    }

    /// Id of the requested composition, or of the main one.
    pub(crate) fn composition(&self, asked: Option<&str>) -> Result<CompositionId, ApiError> {
        let id = asked.map_or_else(|| self.project.main.clone(), CompositionId::from);
        if asked.is_some() && self.project.composition(&id).is_none() {
            let known: Vec<&str> = self.project.compositions.iter().map(|c| c.id.as_str()).collect();
            let error = ApiError::new("usage.composition", format!("the project has no composition \"{id}\""));
            return Err(error.hint(format!("it has {}", known.join(", "))).file(&self.path));
        }
        Ok(id)
    }

    /// A clip by its id, with its composition and track.
    pub(crate) fn clip(&self, id: &str) -> Result<(&Composition, &Track, &Clip), ApiError> {
        let mut tracks = self.project.compositions.iter().flat_map(|c| c.tracks.iter().map(move |t| (c, t)));
        let found = tracks.find_map(|(c, t)| Some((c, t, t.clip(&ClipId::from(id))?)));
        found.ok_or_else(|| {
            let error = ApiError::new("usage.clip", format!("the project has no clip \"{id}\""));
            error.hint("clips are named by their `id` in the project file").field("clip")
        })
    }

    /// Problems of the document itself, without reading its media files.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        // Stored facts may be outdated; planning replaces them.
        let mut project = self.project.clone();
        project.media.iter_mut().for_each(|m| m.facts = None);
        cutroom_timeline::validate(&project, &self.catalog)
    }

    /// Validates the document itself, without reading its media files.
    pub(crate) fn check(&self) -> Result<(), Vec<ApiError>> {
        let problems = self.problems();
        if problems.is_empty() { Ok(()) } else { Err(self.errors(&problems)) }
    }

    /// The scale at which a composition is drawn, from the request's field `name`.
    ///
    /// # Errors
    /// `usage.scale`.
    pub(crate) fn scale(&self, id: &CompositionId, asked: Option<f64>, name: &'static str) -> Result<RenderScale, ApiError> {
        let Some(value) = asked else { return Ok(RenderScale::FULL) };
        let error = |message: String| ApiError::new("usage.scale", message).field(name);
        let scale = RenderScale::new(value).ok_or_else(|| {
            error(format!("`{name}` {value} is no scale"))
                .hint("write a number from 0.015625 (1/64) to 4; 0.5 draws half of the width and height")
        })?;
        let size = self.project.composition(id).map(|c| scale.size(c.size)).unwrap_or_default();
        if size.width.max(size.height) > MAX_COMPOSITION_SIDE_PX {
            let message = format!("at `{name}` {value} a frame would have {}x{} pixels", size.width, size.height);
            return Err(error(message).hint(format!("sides go up to {MAX_COMPOSITION_SIDE_PX} pixels")));
        }
        Ok(scale)
    }

    /// Frame rate of a composition and its number of frames.
    pub(crate) fn frames(&self, composition: &CompositionId) -> Result<(FrameRate, i64), ApiError> {
        let timeline = Timeline::new(&self.project, composition, &self.catalog).map_err(PipelineError::from)?;
        Ok((timeline.composition().frame_rate, timeline.frame_count()))
    }

    /// Opens a composition and checks the document against its files, until `cancel` is cancelled.
    pub(crate) fn open_composition(
        &self,
        composition: &CompositionId,
        threads: usize,
        cancel: &CancelToken,
    ) -> Result<Arc<OpenComposition>, Vec<ApiError>> {
        self.open_with(composition, OpenOptions { decode_threads: threads, ..OpenOptions::default() }, cancel)
    }

    /// As [`Self::open_composition`], with proxies, or with slates for missing files.
    pub(crate) fn open_with(
        &self,
        composition: &CompositionId,
        options: OpenOptions,
        cancel: &CancelToken,
    ) -> Result<Arc<OpenComposition>, Vec<ApiError>> {
        settings::check_threads(options.decode_threads).map_err(|e| vec![e])?;
        settings::check_decode(options.decode, options.card).map_err(|e| vec![e])?;
        let opened = OpenComposition::open(self.project.clone(), composition, &self.catalog, &self.library, options, cancel);
        if cancel.is_cancelled() {
            let message = "stopped while the media files were scanned; nothing was written under the output's name";
            return Err(vec![ApiError::new("export.cancelled", message)]);
        }
        opened.map(Arc::new).map_err(|mut problems| {
            // What a replaced value may have caused is not a problem of the document.
            if let Some(form) = &self.form {
                problems.retain(|problem| !form.may_be_due_to(problem));
            }
            self.errors(&problems)
        })
    }

    /// Notes about the document that are not errors: unknown fields, times that look like a mistake.
    pub(crate) fn notes(&self) -> Vec<Problem> {
        let mut notes = cutroom_project::unknown_fields(&self.project);
        notes.extend(cutroom_project::tiny_times(&self.text));
        notes
    }

    /// Problems with their lines.
    pub(crate) fn errors(&self, problems: &[Problem]) -> Vec<ApiError> {
        errors(problems, &self.path, &self.text)
    }
}

fn errors(problems: &[Problem], path: &Path, text: &str) -> Vec<ApiError> {
    let line = |p: &Problem| cutroom_project::locate(text, &p.json_path).map(|at| at.line);
    problems.iter().map(|p| ApiError::from_problem(p, path, line(p))).collect()
}

/// The folder that relative media paths start at.
pub(crate) fn folder(project: &Path) -> &Path {
    project.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Frame number of the position `at`, which must be inside the `total` frames.
pub(crate) fn frame_inside(at: &str, rate: FrameRate, total: i64) -> Result<i64, ApiError> {
    let frame = crate::parse_frame(at, rate)?;
    if frame < total {
        return Ok(frame);
    }
    let error = ApiError::new("usage.position", format!("frame {frame} is past the end of the composition"));
    let last = Timecode { frame: total - 1, rate };
    Err(if total < 1 {
        error.hint("it has no frames")
    } else {
        error.hint(format!("it has {}; the last is {} ({last})", position::count(total), total - 1))
    })
}

/// Warnings about a checked composition: notes about the document, damage in files.
pub(crate) fn warnings(session: &Session, composition: &OpenComposition) -> Vec<String> {
    let unsaved = crate::journal::unsaved_note(session.path());
    session.notes().iter().map(ToString::to_string).chain(unsaved).chain(composition.warnings()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_media::write::{AudioSettings, WriteSettings, Writer};
    use cutroom_types::AudioBlock;

    #[test]
    fn scanning_stops_when_cancelled() {
        let dir = tempfile::tempdir().unwrap();
        let (sound, project) = (dir.path().join("s.wav"), dir.path().join("film.json"));
        let settings = AudioSettings::new("pcm", 8000, 1);
        let settings = WriteSettings { container: "wav".into(), video: None, sound: Some(settings), metadata: vec![] };
        let mut writer = Writer::create(&sound, &settings, false).unwrap();
        writer.push_audio(&AudioBlock { rate_hz: 8000, channels: vec![vec![0.25; 80_000]] }).unwrap();
        writer.finish().unwrap();
        let text = r#"{"schema_version": 2, "main": "m", "media": [{"id": "s", "path": "s.wav", "kind": "audio"}], "compositions": [
            {"id": "m", "size": {"width": 64, "height": 36}, "frame_rate": 25, "tracks": [{"id": "a", "kind": "audio", "clips": [
                {"id": "c", "source": {"type": "media", "media": "s"}, "start": 0, "duration": "1s"}]}]}]}"#;
        std::fs::write(&project, text).unwrap();
        let session = Session::open(&project).unwrap();
        let (id, cancel) = (session.composition(None).unwrap(), CancelToken::new());
        assert_eq!(session.open_composition(&id, 1, &cancel).map(|f| f.frame_count()).unwrap(), 25);
        cancel.cancel();
        let errors = session.open_composition(&id, 1, &cancel).err().unwrap();
        assert_eq!(errors.iter().map(|e| e.code.as_str()).collect::<Vec<_>>(), ["export.cancelled"]);
    }
}
