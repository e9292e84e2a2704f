//! Copies a project with all files that it reads into a folder of its own, from which it runs on any
//! machine.
use crate::{
    ApiError, Session,
    machine_check::free_bytes,
    media_content::{Content, is_there},
    session,
};
use cutroom_effects::{Catalog, ParamKind};
use cutroom_media::{Fingerprint, MediaLocation};
use cutroom_pipeline::{ProxyScale, proxy_path};
use cutroom_project::{Animated, ClipSource, EffectInstance, Project};
use cutroom_types::{CancelToken, MediaId, ParamValue, Progress};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// Bytes that are copied at a time.
const PIECE: usize = 8 << 20;
/// Bytes that must stay free on the disk.
const SPARE: u64 = 16 << 20;

/// Where a project is collected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectRequest {
    /// The folder to make; it must not exist yet, or be empty.
    pub to: PathBuf,
    /// Leave out media that no clip uses.
    #[serde(default)]
    pub trim_unused: bool,
    /// Copy the proxies of the media, too.
    #[serde(default)]
    pub include_proxies: bool,
}

/// Result of collecting a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CollectReport {
    /// The project file in the folder.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub project: PathBuf,
    /// Number of files copied, the project itself not included.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Ids of media that were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// What may differ on another machine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// Names in the new folder, and the files that are copied under them.
#[derive(Default)]
struct Copies {
    /// Path in the new folder, in lower case: no two names may differ only in case.
    taken: HashSet<String>,
    /// Source and path in the new folder.
    files: Vec<(PathBuf, PathBuf)>,
    /// Path in the new folder by source, so that nothing is copied twice.
    known: BTreeMap<PathBuf, String>,
}

impl Copies {
    /// The path in the new folder for a file, in `folder` under its own name, or a similar one if that
    /// is taken.
    fn add(&mut self, from: &Path, folder: &str) -> String {
        let key = from.canonicalize().unwrap_or_else(|_| from.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let name = from.file_name().unwrap_or_default().to_string_lossy().replace('\u{fffd}', "_");
        let (stem, extension) = match name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
            Some((stem, extension)) => (stem.to_owned(), format!(".{extension}")),
            None => (name.clone(), String::new()),
        };
        let path = self.free(|n| if n == 1 { format!("{folder}/{name}") } else { format!("{folder}/{stem}-{n}{extension}") });
        self.files.push((from.to_owned(), PathBuf::from(&path)));
        self.known.insert(key, path.clone());
        path
    }

    /// The pattern in the new folder for numbered pictures, in a folder of their own.
    fn add_row(&mut self, location: &MediaLocation) -> String {
        if let Some(known) = self.known.get(&location.path) {
            return known.clone();
        }
        let pattern = location.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let parent = location.path.parent().and_then(Path::file_name);
        let parent = parent.map_or_else(|| "pictures".to_owned(), |name| name.to_string_lossy().replace('\u{fffd}', "_"));
        let folder = self.free(|n| if n == 1 { format!("media/{parent}") } else { format!("media/{parent}-{n}") });
        for file in location.files() {
            let name = file.file_name().unwrap_or_default().to_owned();
            self.files.push((file, Path::new(&folder).join(name)));
        }
        let path = format!("{folder}/{pattern}");
        self.known.insert(location.path.clone(), path.clone());
        path
    }

    fn free(&mut self, name: impl Fn(usize) -> String) -> String {
        let mut n = 1;
        while !self.taken.insert(name(n).to_lowercase()) {
            n += 1;
        }
        name(n)
    }
}

/// Copies a project with all files that it reads. Every copy is compared with its source.
///
/// # Errors
/// Problems of the document, files that are missing, a folder that is not empty, a disk that is full,
/// failures of reading and writing. Nothing is left then.
pub fn collect(
    session: &Session,
    request: &CollectRequest,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(Progress),
) -> Result<CollectReport, Vec<ApiError>> {
    let one = |e| vec![e];
    session.check()?;
    check_target(&request.to).map_err(one)?;
    let mut project = session.project.clone();
    let mut left_out = Vec::new();
    if request.trim_unused {
        let used = used_media(&project);
        project.media.retain(|m| {
            let is_used = used.contains(&m.id);
            left_out.extend((!is_used).then(|| m.id.to_string()));
            is_used
        });
    }
    let (copies, contents) = plan(session, &mut project, request.include_proxies)?;
    let bytes = copies.files.iter().map(|(from, _)| fs::metadata(from).map_or(0, |m| m.len())).sum();
    check_space(&request.to, bytes).map_err(one)?;
    // Beside the target, so that the last step is a rename.
    let parent = session::folder(&request.to);
    let partial = tempfile::Builder::new().prefix(".cutroom-collect-").tempdir_in(parent);
    let partial = partial.map_err(|e| one(unwritten(parent, &e)))?;
    let mut shown = Progress::bytes(0, bytes);
    for (from, to) in &copies.files {
        copy(from, &partial.path().join(to), cancel, &mut |n| {
            shown.done += n;
            progress(shown);
        })
        .map_err(one)?;
    }
    for (location, content) in contents {
        let copied = MediaLocation { path: partial.path().join(&location.path), ..location };
        if Content::of(&copied).ok() != Some(content) {
            let message = format!(
                "{}: the copy is not what was copied; its source changed meanwhile, or the disk is damaged",
                copied.path.display()
            );
            return Err(one(ApiError::new("collect.differs", message).hint("nothing was left; try again")));
        }
    }
    let name = session.path().file_name().unwrap_or_else(|| "film.json".as_ref());
    let file = partial.path().join(name);
    cutroom_project::save(&project, &file).map_err(|e| one(ApiError::of("project.save", &e).file(request.to.join(name))))?;
    let made = partial.keep();
    finish(&made, &request.to).map_err(|e| {
        let _ = fs::remove_dir_all(&made);
        one(unwritten(&request.to, &e))
    })?;
    let warnings = machine_fonts(session);
    Ok(CollectReport { project: request.to.join(name), files: copies.files.len(), bytes, left_out, warnings })
}

/// Gives the folder its name, and the permissions of a usual folder instead of those of a temporary
/// one.
fn finish(made: &Path, to: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(made, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    match fs::remove_dir(to) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    fs::rename(made, to)
}

fn unwritten(path: &Path, e: &io::Error) -> ApiError {
    let error = ApiError::new("collect.write", format!("{}: cannot be written: {e}", path.display())).field("to").file(path);
    error.hint("nothing was left; choose another folder in `to`")
}

fn check_target(to: &Path) -> Result<(), ApiError> {
    let wrong = |code, reason: String| Err(ApiError::new(code, format!("{}: {reason}", to.display())).field("to").file(to));
    match fs::read_dir(to) {
        Ok(mut entries) => match entries.next() {
            Some(_) => wrong("usage.exists", "the folder is not empty".into()),
            None => Ok(()),
        },
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let parent = session::folder(to);
            if parent.is_dir() { Ok(()) } else { wrong("usage.path", format!("there is no folder {}", parent.display())) }
        }
        Err(e) => wrong("usage.path", e.to_string()),
    }
}

/// Refuses what does not fit on the disk.
fn check_space(to: &Path, bytes: u64) -> Result<(), ApiError> {
    let Some(free) = free_bytes(session::folder(to)) else { return Ok(()) };
    if bytes.saturating_add(SPARE) <= free {
        return Ok(());
    }
    let mib = |n: u64| n.div_ceil(1 << 20);
    let message = format!("{}: {} MiB are needed, and {} MiB are free", to.display(), mib(bytes.saturating_add(SPARE)), mib(free));
    Err(ApiError::new("collect.space", message).hint("make room, or choose a folder on another disk in `to`").field("to").file(to))
}

/// Folder of the sounds that effects use.
const SOUNDS: &str = "sounds";

/// The media that clips, effects and transitions name, those that are switched off included.
fn used_media(project: &Project) -> BTreeSet<MediaId> {
    let mut used = BTreeSet::new();
    for clip in project.clips() {
        if let ClipSource::Media(source) = &clip.source {
            used.insert(source.media.clone());
        }
    }
    let effects = project.effects().map(|e| &e.params);
    let transitions = project.tracks().flat_map(|t| &t.transitions).map(|x| &x.params);
    for value in effects.chain(transitions).flat_map(BTreeMap::values).flat_map(Animated::values) {
        if let ParamValue::Text(text) = value {
            used.insert(MediaId::from(text.as_ref()));
        }
    }
    used
}

/// What is copied, with the content that each copied medium must have; the paths of `project` become
/// those in the new folder.
type Plan = (Copies, Vec<(MediaLocation, Content)>);

fn plan(session: &Session, project: &mut Project, include_proxies: bool) -> Result<Plan, Vec<ApiError>> {
    let (mut copies, mut contents, mut errors) = (Copies::default(), Vec::new(), Vec::new());
    let lost = |path: &Path, what: String| {
        let error = ApiError::new("media.open.not_found", format!("{what}: {}: no such file", path.display())).file(path);
        error
            .hint_at("relink", "`relink` finds files that were moved; `trim_unused` leaves out what no clip uses")
            .field("trim_unused")
    };
    for media in &mut project.media {
        let location = session.location(media);
        if !is_there(&location) {
            errors.push(lost(&location.path, format!("media \"{}\"", media.id)));
            continue;
        }
        let content = match Content::of(&location) {
            Ok(content) => content,
            Err(e) => {
                errors
                    .push(ApiError::new("media.open.unreadable", format!("{}: {e}", location.path.display())).file(&location.path));
                continue;
            }
        };
        media.path = if location.numbered.is_some() { copies.add_row(&location) } else { copies.add(&location.path, "media") };
        media.facts = Some(content.into_facts(media.facts.clone().unwrap_or_default()));
        contents.push((MediaLocation { path: PathBuf::from(&media.path), numbered: location.numbered }, content));
        if include_proxies {
            add_proxies(session, &content.fingerprint, &mut copies);
        }
    }
    let mut named = |copies: &mut Copies, path: &str, folder: &str, what: &str| {
        let from = session.library().path(path);
        if !from.is_file() {
            errors.push(lost(&from, what.to_owned()));
            return path.to_owned();
        }
        copies.add(&from, folder)
    };
    for font in &mut project.fonts {
        *font = named(&mut copies, font, "fonts", "a font of the project");
    }
    let catalog = session.catalog.clone();
    let mut of = |effects: &mut [EffectInstance], folder: &str, place: &str| {
        for effect in effects {
            for (_, value) in effect.params.iter_mut().filter(|(id, _)| is_file(&catalog, &effect.effect, id)) {
                for value in value.values_mut() {
                    if let ParamValue::Text(path) = value
                        && !path.is_empty()
                    {
                        *path = named(&mut copies, path, folder, &format!("effect \"{}\" of {place}", effect.id)).into();
                    }
                }
            }
        }
    };
    for composition in &mut project.compositions {
        of(&mut composition.audio.effects, SOUNDS, "the output");
        composition.audio.buses.iter_mut().for_each(|bus| of(&mut bus.effects, SOUNDS, &format!("bus \"{}\"", bus.id)));
        for track in &mut composition.tracks {
            of(&mut track.audio.effects, SOUNDS, &format!("track \"{}\"", track.id));
            for clip in &mut track.clips {
                let mut effects = clip.video.effects.iter().chain(&clip.audio.effects);
                if effects.any(|e| e.params.keys().any(|param| is_file(&catalog, &e.effect, param))) {
                    let clip = std::sync::Arc::make_mut(clip);
                    let place = format!("clip \"{}\"", clip.id);
                    of(&mut clip.video.effects, "luts", &place);
                    of(&mut clip.audio.effects, SOUNDS, &place);
                }
            }
        }
    }
    if errors.is_empty() { Ok((copies, contents)) } else { Err(errors) }
}

fn is_file(catalog: &Catalog, effect: &str, param: &str) -> bool {
    let pictures = catalog.effect(effect).map(|e| e.spec().params);
    let tables = pictures.into_iter().chain(catalog.sound_effect(effect).map(|e| e.spec().params));
    tables.flatten().any(|p| p.id == param && matches!(p.kind, ParamKind::File { .. }))
}

/// Adds the proxies of a file, with their rows, under the names that they have.
fn add_proxies(session: &Session, fingerprint: &Fingerprint, copies: &mut Copies) {
    let folder = session.library().proxy_folder();
    // Streams are numbered without gaps that matter: those that have proxies are few.
    for stream in 0..8 {
        for scale in ProxyScale::ALL {
            let film = proxy_path(&folder, fingerprint, stream, scale);
            for from in [film.with_extension("json"), film.clone()] {
                if film.is_file() && from.is_file() && !copies.known.contains_key(&from) {
                    let name = from.file_name().unwrap_or_default().to_owned();
                    let to = Path::new(cutroom_pipeline::PROXY_FOLDER).join(name);
                    copies.known.insert(from.clone(), to.to_string_lossy().into_owned());
                    copies.files.push((from, to));
                }
            }
        }
    }
}

/// Copies a file and syncs it.
fn copy(from: &Path, to: &Path, cancel: &CancelToken, copied: &mut dyn FnMut(u64)) -> Result<(), ApiError> {
    let reading = |e: io::Error| ApiError::new("media.open.unreadable", format!("{}: {e}", from.display())).file(from);
    let writing = |e: io::Error| unwritten(to, &e);
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(writing)?;
    }
    let mut source = File::open(from).map_err(reading)?;
    let mut target = File::create_new(to).map_err(writing)?;
    let mut piece = vec![0; PIECE];
    loop {
        if cancel.is_cancelled() {
            return Err(ApiError::new("collect.cancelled", "stopped while copying; nothing was left"));
        }
        let read = source.read(&mut piece).map_err(reading)?;
        if read == 0 {
            break;
        }
        target.write_all(&piece[..read]).map_err(writing)?;
        copied(read as u64);
    }
    target.sync_all().map_err(writing)
}

/// The warnings about fonts that are taken from this machine.
fn machine_fonts(session: &Session) -> Vec<String> {
    let opened =
        session.composition(None).map_err(|e| vec![e]).and_then(|id| session.open_composition(&id, 1, &CancelToken::new()));
    let warnings = opened.map(|c| c.warnings()).unwrap_or_default();
    warnings.into_iter().filter(|w| w.contains("may differ on other machines")).collect()
}
