//! The clips that a new project is made from, as they are written: a file, a part of a file
//! (`a.mp4@2s..5s`), numbered files (`IMG_%04d.jpg`) or a wildcard (`shots/*.jpg`).
use crate::{ApiError, session};
use cutroom_media::numbered::numbers_beside;
use cutroom_types::{FrameRate, NumberPattern, Time, TimeText, missing_numbers};
use std::{
    cmp::Ordering,
    path::{Path, PathBuf},
};

/// A clip: a file, and the part of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NamedClip {
    pub path: PathBuf,
    /// The text between `@` and `..`, if any.
    pub from: Option<String>,
    /// The text after `..`, if any.
    pub to: Option<String>,
    /// Whether the path is a pattern of numbered pictures, which are one clip.
    pub is_row: bool,
}

/// The clips that a list of texts names, in order, and notes about them. With `as_film`, numbered
/// files are one clip whose path is the pattern.
///
/// # Errors
/// `media.open.not_found` if a pattern fits no file, `usage.path` if its folder cannot be listed.
pub(crate) fn named_clips(list: &[PathBuf], as_film: bool) -> Result<(Vec<NamedClip>, Vec<String>), ApiError> {
    let (mut clips, mut notes) = (Vec::new(), Vec::new());
    for written in list {
        let (path, part) = split_part(written);
        let (from, to) = part.map_or((None, None), |(a, b)| (side(a), side(b)));
        let name = name_of(&path).filter(|_| !path.exists());
        let pattern = name.and_then(NumberPattern::parse);
        let is_row = pattern.is_some() && as_film;
        let files = match (name, pattern) {
            (_, Some(pattern)) if !as_film => numbered(&path, &pattern, &mut notes)?,
            (Some(name), None) if name.contains(['*', '?']) => fitting(&path, name)?,
            _ => vec![path],
        };
        clips.extend(files.into_iter().map(|path| NamedClip { path, from: from.clone(), to: to.clone(), is_row }));
    }
    Ok((clips, notes))
}

fn name_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

fn side(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|t| !t.is_empty())
}

/// Splits `a.mp4@2s..5s`. A file of exactly that name goes first.
fn split_part(written: &Path) -> (PathBuf, Option<(&str, &str)>) {
    let part = written.to_str().filter(|_| !written.exists()).and_then(|text| {
        let (path, part) = text.rsplit_once('@')?;
        let (from, to) = part.split_once("..")?;
        (!path.is_empty() && !part.contains('/')).then_some((path, (from, to)))
    });
    part.map_or_else(|| (written.to_owned(), None), |(path, part)| (path.into(), Some(part)))
}

/// A time in a file, `frames` counted at the rate of the film.
///
/// # Errors
/// `usage.clip_part`.
pub(crate) fn time_in_file(text: &str, rate: FrameRate, file: &Path) -> Result<Time, ApiError> {
    let error = || {
        ApiError::new("usage.clip_part", format!("{}: \"{text}\" is not a time in the file", file.display()))
            .hint("write the part as FILE@A..B in seconds (a.mp4@2s..5s), a clock (1:02.5) or frames of the film (50f)")
            .field("clips")
            .file(file)
    };
    let time = match TimeText::parse(text).map_err(|_| error())? {
        // Whether frames, seconds or flicks are meant is not known.
        TimeText::Number(n) if n != 0 => return Err(error()),
        other => other.flicks(Some(rate)).map_err(|_| error())?,
    };
    if time < 0 { Err(error()) } else { Ok(Time(time)) }
}

/// The files of a numbered pattern, in order of their numbers. Missing numbers are noted.
fn numbered(path: &Path, pattern: &NumberPattern, notes: &mut Vec<String>) -> Result<Vec<PathBuf>, ApiError> {
    let numbers = numbers_beside(path, pattern).map_err(|e| unlisted(path, &e))?;
    if let Some(missing) = missing_numbers(&numbers) {
        notes.push(format!("{}: missing numbers are skipped: {missing}", path.display()));
    }
    let files: Vec<PathBuf> = numbers.into_iter().map(|n| path.with_file_name(pattern.name(n))).filter(|f| f.is_file()).collect();
    if files.is_empty() { Err(none(path)) } else { Ok(files) }
}

/// The files that a wildcard fits, in natural order (`a2` before `a10`).
fn fitting(path: &Path, name: &str) -> Result<Vec<PathBuf>, ApiError> {
    let pattern: Vec<char> = name.chars().collect();
    let fits =
        |file: &PathBuf| name_of(file).is_some_and(|f| fits(&pattern, &f.chars().collect::<Vec<_>>()) && !f.starts_with('.'));
    let mut found: Vec<PathBuf> = listing(path)?.into_iter().filter(fits).collect();
    found.sort_by(|a, b| natural(&a.to_string_lossy(), &b.to_string_lossy()));
    if found.is_empty() { Err(none(path)) } else { Ok(found) }
}

/// The files next to `path`.
fn listing(path: &Path) -> Result<Vec<PathBuf>, ApiError> {
    let folder = session::folder(path);
    let entries = std::fs::read_dir(folder).map_err(|e| unlisted(path, &e))?;
    // The path as it was written, not with "./" in front.
    let written = path.parent().unwrap_or(Path::new(""));
    Ok(entries.flatten().filter(|e| e.path().is_file()).map(|e| written.join(e.file_name())).collect())
}

fn unlisted(path: &Path, error: &std::io::Error) -> ApiError {
    let folder = session::folder(path);
    ApiError::new("usage.path", format!("{}: cannot list the folder: {error}", folder.display())).field("clips").file(folder)
}

fn none(path: &Path) -> ApiError {
    ApiError::new("media.open.not_found", format!("{}: no file has such a name", path.display()))
        .hint("`*` stands for any characters, `?` for one, `%04d` for a number of at least four digits")
        .field("clips")
        .file(path)
}

/// Whether a wildcard fits a name: `*` any characters, `?` one. Linear in practice: only the last
/// star is tried again.
fn fits(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                p = at + 1;
                n = from + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// Compares texts with runs of digits as numbers.
fn natural(a: &str, b: &str) -> Ordering {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (mut x, mut y) = (a, b);
    loop {
        let (Some(c), Some(d)) = (x.chars().next(), y.chars().next()) else { return x.len().cmp(&y.len()).then(a.cmp(b)) };
        let (n, m) = (digits(x), digits(y));
        let order = if n > 0 && m > 0 {
            let (i, j) = (x[..n].trim_start_matches('0'), y[..m].trim_start_matches('0'));
            let order = i.len().cmp(&j.len()).then(i.cmp(j));
            (x, y) = (&x[n..], &y[m..]);
            order
        } else {
            (x, y) = (&x[c.len_utf8()..], &y[d.len_utf8()..]);
            c.cmp(&d)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_parts() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for name in
            ["a@2s..5s", "b.mp4", "IMG_0009.jpg", "IMG_0010.jpg", "IMG_0013.jpg", "IMG_x.jpg", "s2.png", "s10.png", "s1.png"]
        {
            std::fs::write(at(name), "").unwrap();
        }
        let clips = |names: &[&str]| named_clips(&names.iter().map(|n| at(n)).collect::<Vec<_>>(), false);
        let named = |name: &str, from: Option<&str>, to: Option<&str>| NamedClip {
            path: at(name),
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            is_row: false,
        };
        let (found, notes) = clips(&["a@2s..5s", "b.mp4@2s..5s", "b.mp4@..50f", "b.mp4@1:00..", "b.mp4"]).unwrap();
        assert_eq!(
            found,
            [
                named("a@2s..5s", None, None),
                named("b.mp4", Some("2s"), Some("5s")),
                named("b.mp4", None, Some("50f")),
                named("b.mp4", Some("1:00"), None),
                named("b.mp4", None, None)
            ]
        );
        assert_eq!(notes, [""; 0]);
        let (found, notes) = clips(&["IMG_%04d.jpg"]).unwrap();
        assert_eq!(found, ["IMG_0009.jpg", "IMG_0010.jpg", "IMG_0013.jpg"].map(|n| named(n, None, None)));
        assert!(notes.len() == 1 && notes[0].ends_with(": missing numbers are skipped: 11 to 12"), "{notes:?}");
        let (found, notes) = named_clips(&[at("IMG_%04d.jpg@1s..2s")], true).unwrap();
        assert_eq!((found, notes.len()), (vec![NamedClip { is_row: true, ..named("IMG_%04d.jpg", Some("1s"), Some("2s")) }], 0));
        let (found, _) = clips(&["s*.png"]).unwrap();
        assert_eq!(found, ["s1.png", "s2.png", "s10.png"].map(|n| named(n, None, None)));
        for none in ["q*.png", "IMG_%05d.jpg"] {
            assert_eq!(clips(&[none]).unwrap_err().code, "media.open.not_found", "{none}");
        }
    }

    #[test]
    fn wildcards() {
        let fits = |p: &str, n: &str| super::fits(&p.chars().collect::<Vec<_>>(), &n.chars().collect::<Vec<_>>());
        for (pattern, name, expected) in
            [("*", "", true), ("a*b*c", "aXbYbZc", true), ("a?c", "abc", true), ("a?c", "ac", false), ("*.jpg", "a.jpeg", false)]
        {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
