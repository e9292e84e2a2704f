//! Fonts: those of the project, those that are shipped, and those of the machine.
use crate::DrawingError;
use parley::{
    FontContext,
    fontique::{Blob, Collection, CollectionOptions, FontInfoOverride, GenericFamily, SourceCache},
};
use skrifa::{FontRef, MetadataProvider, string::StringId};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

/// Shipped font files and the family that each belongs to. Licences and sources are beside them.
pub(crate) const SHIPPED: [(&str, &[u8]); 11] = [
    ("Inter", include_bytes!("../fonts/Inter.ttf")),
    ("Inter", include_bytes!("../fonts/Inter-Italic.ttf")),
    ("Noto Serif", include_bytes!("../fonts/NotoSerif-Regular.ttf")),
    ("Noto Serif", include_bytes!("../fonts/NotoSerif-Bold.ttf")),
    ("Noto Sans JP", include_bytes!("../fonts/NotoSansJP-Regular.otf")),
    ("Noto Sans JP", include_bytes!("../fonts/NotoSansJP-Bold.otf")),
    ("Noto Sans Arabic", include_bytes!("../fonts/NotoSansArabic-Regular.ttf")),
    ("Noto Sans Arabic", include_bytes!("../fonts/NotoSansArabic-Bold.ttf")),
    ("Noto Sans Devanagari", include_bytes!("../fonts/NotoSansDevanagari-Regular.ttf")),
    ("Noto Sans Devanagari", include_bytes!("../fonts/NotoSansDevanagari-Bold.ttf")),
    ("Noto Color Emoji", include_bytes!("../fonts/NotoColorEmoji.ttf")),
];

/// The shipped families, in the order in which letters are looked for.
pub const SHIPPED_FAMILIES: [&str; 6] =
    ["Inter", "Noto Sans JP", "Noto Sans Arabic", "Noto Sans Devanagari", "Noto Color Emoji", "Noto Serif"];

/// Maximum size of a font file in bytes.
pub const MAX_FONT_BYTES: u64 = 64 << 20;
/// Maximum depth of folders below a font folder that are searched.
const DEPTH: usize = 6;
/// Maximum number of directory entries that are read; more than any font folder has.
const MAX_ENTRIES: usize = 200_000;

/// Where a font family comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FontOrigin {
    /// A font file of the project.
    Project,
    /// Shipped with the program.
    Shipped,
    /// A font file of this machine.
    System(PathBuf),
}

/// A collection of font families. Cloning is cheap.
#[derive(Clone)]
pub struct FontSet {
    context: FontContext,
    origins: BTreeMap<String, (String, FontOrigin)>,
    /// Families in which letters are looked for after those of the text's style.
    fallbacks: Vec<String>,
    /// Changes with the families.
    version: u64,
    /// The files, for looking up letters.
    files: Vec<Blob<u8>>,
}

impl Default for FontSet {
    fn default() -> Self {
        Self::shipped()
    }
}

impl FontSet {
    /// The shipped fonts.
    pub fn shipped() -> Self {
        Self::shipped_ref().clone()
    }

    /// The same, shared.
    pub fn shipped_ref() -> &'static Self {
        static SET: OnceLock<FontSet> = OnceLock::new();
        SET.get_or_init(|| {
            let collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
            let context = FontContext { collection, source_cache: SourceCache::default() };
            let fallbacks = SHIPPED_FAMILIES.iter().map(|f| (*f).to_owned()).collect();
            let mut set = Self { context, origins: BTreeMap::new(), fallbacks, version: 0, files: Vec::new() };
            for (family, bytes) in SHIPPED {
                let named = FontInfoOverride { family_name: Some(family), ..FontInfoOverride::default() };
                let blob = Blob::new(Arc::new(bytes));
                set.files.push(blob.clone());
                set.context.collection.register_fonts(blob, Some(named));
                set.origins.insert(family.to_lowercase(), (family.to_owned(), FontOrigin::Shipped));
            }
            let emoji = set.context.collection.family_id("Noto Color Emoji");
            set.context.collection.set_generic_families(GenericFamily::Emoji, emoji.into_iter());
            set
        })
    }

    /// Adds the families of a font file of the project; returns their names. They come before
    /// shipped ones of the same name.
    ///
    /// # Errors
    /// The file is not a font.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) -> Result<Vec<String>, DrawingError> {
        self.register(name, bytes, &FontOrigin::Project, None)
    }

    fn register(
        &mut self,
        name: &str,
        bytes: Vec<u8>,
        origin: &FontOrigin,
        only: Option<&str>,
    ) -> Result<Vec<String>, DrawingError> {
        let bad = || DrawingError::Font { name: name.to_owned() };
        // A font without characters or outlines is of no use.
        if !font_refs(&bytes).any(|f| f.charmap().has_map()) || font_refs(&bytes).any(|f| is_cut_off(&f, bytes.len())) {
            return Err(bad());
        }
        // A family that is already there is replaced, not mixed with the new one.
        for family in families_of(&bytes) {
            let key = family.to_lowercase();
            let replaces = self.origins.get(&key).is_some_and(|(_, was)| was != origin && *origin == FontOrigin::Project);
            if replaces && let Some(id) = self.context.collection.family_id(&family) {
                let fonts = self.context.collection.family(id).map(|f| f.fonts().to_vec()).unwrap_or_default();
                for font in fonts {
                    self.context.collection.unregister_font(id, font.width(), font.style(), font.weight());
                }
            }
        }
        let blob = Blob::new(Arc::new(bytes));
        self.files.push(blob.clone());
        let added = self.context.collection.register_fonts(blob, None);
        let mut names = Vec::new();
        for (id, _) in added {
            let Some(family) = self.context.collection.family_name(id).map(str::to_owned) else { continue };
            if only.is_none_or(|o| o.eq_ignore_ascii_case(&family)) {
                self.origins.insert(family.to_lowercase(), (family.clone(), origin.clone()));
                names.push(family);
            }
        }
        self.version += 1;
        if names.is_empty() { Err(bad()) } else { Ok(names) }
    }

    /// Where a family comes from; `None` if it is not in the set. Case does not matter.
    pub fn origin(&self, family: &str) -> Option<&FontOrigin> {
        self.origins.get(&family.to_lowercase()).map(|(_, origin)| origin)
    }

    /// The families of the set with their origins, by name.
    pub fn families(&self) -> impl Iterator<Item = (&str, &FontOrigin)> {
        self.origins.values().map(|(name, origin)| (name.as_str(), origin))
    }

    /// Looks for a family in the font files of this machine and adds it; returns its file.
    pub fn add_from_system(&mut self, family: &str, folders: &[PathBuf]) -> Option<PathBuf> {
        let mut found = None;
        for path in font_files(folders) {
            let Some(bytes) = read_font(&path) else { continue };
            if families_of(&bytes).iter().any(|f| f.eq_ignore_ascii_case(family)) {
                let origin = FontOrigin::System(found.clone().unwrap_or_else(|| path.clone()));
                let name = path.display().to_string();
                if self.register(&name, bytes, &origin, Some(family)).is_ok() {
                    found.get_or_insert(path);
                }
            }
        }
        found
    }

    /// Looks for letters in the font files of this machine, and adds the family of the first file
    /// that has the most of them; returns its name and file.
    pub fn add_fallback_from_system(&mut self, letters: &BTreeSet<char>, folders: &[PathBuf]) -> Option<(String, PathBuf)> {
        let mut best: Option<(usize, PathBuf, String)> = None;
        for path in font_files(folders) {
            let Some(bytes) = read_font(&path) else { continue };
            let Some(font) = font_refs(&bytes).next() else { continue };
            let map = font.charmap();
            let count = letters.iter().filter(|c| map.map(**c).is_some()).count();
            let Some(family) = families_of(&bytes).into_iter().next() else { continue };
            if count > 0 && best.as_ref().is_none_or(|(most, ..)| count > *most) {
                best = Some((count, path, family));
            }
        }
        let (_, path, family) = best?;
        let bytes = read_font(&path)?;
        let origin = FontOrigin::System(path.clone());
        self.register(&path.display().to_string(), bytes, &origin, Some(&family)).ok()?;
        self.fallbacks.push(family.clone());
        Some((family, path))
    }

    /// Those of some letters that no font of the set has. Letters that have no form of their own, such
    /// as joiners, are not missing.
    pub fn missing(&self, letters: &BTreeSet<char>) -> BTreeSet<char> {
        let mut missing: BTreeSet<char> = letters.iter().copied().filter(|c| !is_ignorable(*c)).collect();
        for font in self.files.iter().flat_map(|f| font_refs(f.as_ref())) {
            if missing.is_empty() {
                break;
            }
            let map = font.charmap();
            missing.retain(|c| map.map(*c).is_none());
        }
        missing
    }

    /// Families in which letters are looked for after those of the text's style.
    pub(crate) fn fallbacks(&self) -> &[String] {
        &self.fallbacks
    }

    pub(crate) fn context(&mut self) -> &mut FontContext {
        &mut self.context
    }

    /// A number that differs between sets of a program run that were changed.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }
}

/// Whether a letter needs no glyph: controls, spaces, joiners and selectors (Unicode,
/// Default_Ignorable_Code_Point).
pub(crate) fn is_ignorable(c: char) -> bool {
    c.is_control()
        || c.is_whitespace()
        || matches!(u32::from(c), 0xAD | 0x34F | 0x61C | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F
            | 0xFE00..=0xFE0F | 0xFEFF | 0xE0000..=0xE0FFF)
}

/// The fonts of a file: one, or those of a collection.
fn font_refs(bytes: &[u8]) -> impl Iterator<Item = FontRef<'_>> {
    FontRef::fonts(bytes).filter_map(Result::ok)
}

/// Whether the file ends before one of the font's tables: letters would be missing without a word.
fn is_cut_off(font: &FontRef<'_>, len: usize) -> bool {
    let tables = font.table_directory().table_records();
    tables.iter().any(|t| t.offset() as usize + t.length() as usize > len)
}

/// Family names of the fonts in a file, without duplicates.
fn families_of(bytes: &[u8]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for font in font_refs(bytes) {
        for id in [StringId::TYPOGRAPHIC_FAMILY_NAME, StringId::FAMILY_NAME] {
            for name in font.localized_strings(id).map(|s| s.to_string()) {
                if !name.is_empty() && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    names
}

fn read_font(path: &Path) -> Option<Vec<u8>> {
    let size = std::fs::metadata(path).ok()?.len();
    // A file that cannot be read is no font for this user.
    (size <= MAX_FONT_BYTES).then(|| std::fs::read(path).ok()).flatten()
}

/// The font files in folders and those below them, sorted.
fn font_files(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut open: Vec<(PathBuf, usize)> = folders.iter().map(|f| (f.clone(), DEPTH)).collect();
    let (mut files, mut seen) = (BTreeSet::new(), 0);
    while let Some((folder, depth)) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            seen += 1;
            if seen > MAX_ENTRIES {
                return files.into_iter().collect();
            }
            let path = entry.path();
            let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
            if path.is_dir() && depth > 0 {
                open.push((path, depth - 1));
            } else if extension.is_some_and(|e| ["ttf", "otf", "ttc", "otc"].contains(&e.as_str())) {
                files.insert(path);
            }
        }
    }
    files.into_iter().collect()
}

/// Font folders of the freedesktop.org base directories, macOS and Windows that exist.
pub fn system_folders() -> Vec<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).or_else(|| home.as_ref().map(|h| h.join(".local/share")));
    let mut folders: Vec<PathBuf> =
        ["/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts"].map(PathBuf::from).to_vec();
    folders.extend(data.map(|d| d.join("fonts")));
    folders.extend(home.map(|h| h.join("Library/Fonts")));
    folders.extend(std::env::var_os("WINDIR").map(|w| PathBuf::from(w).join("Fonts")));
    folders.retain(|f| f.is_dir());
    folders
}

/// Names of the font files in folders, without extensions, sorted and without duplicates.
pub fn file_names(folders: &[PathBuf]) -> Vec<String> {
    let names = font_files(folders).into_iter().filter_map(|p| Some(p.file_stem()?.to_string_lossy().into_owned()));
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_are_found_in_folders_of_folders() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("a/b")).unwrap();
        for name in ["a/b/Serif.TTF", "a/Sans.otf", "Sans.ttf", "readme.txt", "a/b/map.gz"] {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        assert_eq!(file_names(&[dir.path().to_owned(), dir.path().join("none")]), ["Sans", "Serif"]);
    }

    #[test]
    fn shipped_fonts_have_the_letters_that_they_promise() {
        let letters: BTreeSet<char> = "Aßğžя Ωあ漢ゔ،م क्षेत्र😀👍🏽🇯🇵".chars().collect();
        assert_eq!(FontSet::shipped().missing(&letters), BTreeSet::new());
        let korean: BTreeSet<char> = ['한'].into();
        assert_eq!(FontSet::shipped().missing(&korean), korean);
    }

    #[test]
    fn broken_fonts_are_refused() {
        let whole = SHIPPED[5].1;
        for bytes in [Vec::new(), b"no font".to_vec(), whole[..200].to_vec(), vec![0; 4096]] {
            assert!(FontSet::shipped().add("x.ttf", bytes).is_err());
        }
        // A font whose tables are cut off is either refused, or drawn without the lost letters.
        let mut set = FontSet::shipped();
        let _ = set.add("cut.otf", whole[..whole.len() / 2].to_vec());
    }
}
