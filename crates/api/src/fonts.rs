//! The font files of this machine.
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Maximum depth of folders below a font folder that are searched.
const DEPTH: usize = 6;
/// Maximum number of directory entries that are read per search; more than any font folder has.
const MAX_ENTRIES: usize = 200_000;

/// Font folders of the freedesktop.org base directories, macOS and Windows that exist.
pub(crate) fn folders() -> Vec<PathBuf> {
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

/// Names of the font files in `folders`, without extensions, sorted and without duplicates.
pub(crate) fn names(folders: &[PathBuf]) -> Vec<String> {
    let mut open: Vec<(PathBuf, usize)> = folders.iter().map(|f| (f.clone(), DEPTH)).collect();
    let (mut names, mut seen) = (BTreeSet::new(), 0);
    'folders: while let Some((folder, depth)) = open.pop() {
        // A folder that cannot be read has no fonts for this user.
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            seen += 1;
            if seen > MAX_ENTRIES {
                break 'folders;
            }
            let path = entry.path();
            if path.is_dir() && depth > 0 {
                open.push((path, depth - 1));
            } else if is_font(&path) {
                names.extend(path.file_stem().map(|s| s.to_string_lossy().into_owned()));
            }
        }
    }
    names.into_iter().collect()
}

fn is_font(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|e| ["ttf", "otf", "ttc", "otc"].contains(&e.as_str())) && path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_are_found_in_folders_of_folders() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("a/b")).unwrap();
        for name in ["a/b/Serif.TTF", "a/Sans.otf", "Sans.ttf", "readme.txt", "a/b/map.gz"] {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        assert_eq!(names(&[dir.path().to_owned(), dir.path().join("none")]), ["Sans", "Serif"]);
    }
}
