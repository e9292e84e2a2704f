//! Gathers the fonts of a project's texts, before any frame is drawn.
use crate::Library;
use cutroom_cache::{Key, KeyHasher};
use cutroom_drawing::{
    FontSet,
    fonts::{MAX_FONT_BYTES, system_folders},
};
use cutroom_media::MediaLocation;
use cutroom_project::{ClipSource, Problem, Project, TextSource, subtitles::Cue};
use std::{collections::BTreeSet, path::Path};

/// The fonts that the texts of `compositions` (indices in the document) need: the shipped ones, those of
/// the project, and, for families and letters that neither has, those of this machine. Files that cannot be
/// read are added to `problems`; what was taken from the machine or is missing, to `notes`. Also a hash of the
/// files that are not shipped.
pub(crate) fn gather(
    project: &Project,
    compositions: &[usize],
    library: &Library,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) -> (FontSet, Key) {
    let mut fonts = FontSet::shipped();
    let mut content = KeyHasher::new("fonts");
    let texts = texts(project, compositions);
    if texts.is_empty() {
        return (fonts, content.key());
    }
    let identity = |file: &Path| library.content(&MediaLocation::file(file)).map_or([0; 32], |content| content.0);
    for (i, path) in project.fonts.iter().enumerate() {
        let resolved = library.path(path);
        let allowed = library.check(&MediaLocation::file(&resolved)).map_err(|e| (e.code(), e.to_string()));
        content = content.with(if allowed.is_ok() { identity(&resolved) } else { [0; 32] });
        if let Err((code, reason)) = allowed.and_then(|()| add(&mut fonts, path, &resolved)) {
            problems.push(Problem { json_path: format!("fonts[{i}]"), clip: None, code, message: format!("{path}: {reason}") });
        }
    }
    let folders = system_folders();
    for words in &texts {
        let clip = words.clip;
        for family in words.families() {
            if fonts.origin(family).is_some() {
                continue;
            }
            let file = fonts.add_from_system(family, &folders);
            content = content.with(family.as_bytes()).with(file.as_deref().map_or([0; 32], identity));
            notes.push(match file {
                Some(file) => format!(
                    "clip \"{clip}\": the font \"{family}\" is taken from {} and may differ on other machines; name the file in `fonts`",
                    file.display()
                ),
                None => format!("clip \"{clip}\": there is no font \"{family}\"; {} is used instead", cutroom_drawing::SHIPPED_FAMILIES[0]),
            });
        }
    }
    let mut known: BTreeSet<char> = BTreeSet::new();
    for words in &texts {
        let clip = words.clip;
        let letters: BTreeSet<char> = words.letters(project).filter(|c| known.insert(*c)).collect();
        let mut missing = fonts.missing(&letters);
        while let Some((family, file)) = (!missing.is_empty()).then(|| fonts.add_fallback_from_system(&missing, &folders)).flatten()
        {
            content = content.with(identity(&file));
            let left = fonts.missing(&missing);
            let found: String = missing.difference(&left).take(10).collect();
            notes.push(format!(
                "clip \"{clip}\": \"{found}\" is drawn with the font \"{family}\" of {} and may differ on other machines; name the file in `fonts`",
                file.display()
            ));
            if left.len() == missing.len() {
                break;
            }
            missing = left;
        }
        if !missing.is_empty() {
            let missing: Vec<String> = missing.iter().take(10).map(|c| format!("{c} (U+{:04X})", u32::from(*c))).collect();
            notes.push(format!("clip \"{clip}\": no font has {}; add one that has to `fonts`", missing.join(", ")));
        }
    }
    (fonts, content.key())
}

fn add(fonts: &mut FontSet, name: &str, path: &Path) -> Result<(), (&'static str, String)> {
    let unreadable = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => ("media.open.not_found", "no such file".to_owned()),
        _ => ("media.open.failed", e.to_string()),
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_FONT_BYTES {
        return Err(("drawing.font", format!("a file of {} MiB is too large for a font", size >> 20)));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    fonts.add(name, bytes).map(|_| ()).map_err(|e| (e.code(), "it is not a font that can be read (TrueType, OpenType)".into()))
}

/// The words of a clip.
struct Words<'a> {
    clip: &'a str,
    look: &'a TextSource,
    cues: &'a [Cue],
}

/// The visible texts.
fn texts<'a>(project: &'a Project, compositions: &[usize]) -> Vec<Words<'a>> {
    let tracks = compositions.iter().flat_map(|i| &project.compositions[*i].tracks).filter(|t| t.enabled);
    let clips = tracks.flat_map(|t| &t.clips).filter(|c| c.enabled);
    clips
        .filter_map(|c| match &c.source {
            ClipSource::Text(text) => Some(Words { clip: c.id.as_str(), look: text, cues: &[] }),
            ClipSource::Subtitles(s) => Some(Words { clip: c.id.as_str(), look: &s.look, cues: &s.cues }),
            _ => None,
        })
        .collect()
}

impl<'a> Words<'a> {
    /// The font families that are named, with repetitions.
    fn families(&self) -> impl Iterator<Item = &'a str> {
        let own = std::iter::once(&self.look.style).chain(self.look.runs.iter().map(|r| &r.style));
        let styles = own.chain(self.cues.iter().flat_map(|c| &c.runs).map(|r| &r.style));
        styles.flat_map(|s| s.font.iter().flat_map(|f| f.names())).map(String::as_str)
    }

    /// The letters, those of the project's variables included.
    fn letters(&self, project: &'a Project) -> impl Iterator<Item = char> + 'a {
        let own = std::iter::once(&self.look.text).chain(self.look.runs.iter().map(|r| &r.text));
        let names = own.clone().any(|t| t.contains('{'));
        let cues = self.cues.iter().flat_map(|c| std::iter::once(&c.text).chain(c.runs.iter().map(|r| &r.text)));
        own.chain(cues).chain(project.variables.values().filter(move |_| names)).flat_map(|t| t.chars())
    }
}
