//! Backups of the project file, made before it is replaced.
//!
//! Of the last day one an hour is kept, of the last week one a day, of the last half year one a week:
//! the latest of each, and always the newest five.
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Number of newest backups that are always kept.
const NEWEST: usize = 5;
const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

/// A backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// When the file was replaced.
    pub time: SystemTime,
    /// Its path.
    pub path: PathBuf,
}

/// Keeps a copy of `file`, unless the newest backup is the same, and removes superfluous ones.
pub(super) fn keep(file: &Path, folder: &Path, now: SystemTime) -> io::Result<()> {
    let content = match fs::read(file) {
        Ok(content) => content,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(e),
    };
    fs::create_dir_all(folder)?;
    let known = list(folder)?;
    if let Some(newest) = known.last()
        && fs::read(&newest.path).is_ok_and(|old| old == content)
    {
        return Ok(());
    }
    let name = humantime::format_rfc3339_millis(now).to_string().replace(':', "-");
    let mut copy = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut copy, &content)?;
    copy.as_file().sync_all()?;
    copy.persist(folder.join(format!("{name}.json"))).map_err(|e| e.error)?;
    let known = list(folder)?;
    for at in superfluous(&known.iter().map(|b| b.time).collect::<Vec<_>>(), now) {
        fs::remove_file(&known[at].path)?;
    }
    Ok(())
}

/// The backups in a folder, the oldest first. Other files are left alone.
pub(super) fn list(folder: &Path) -> io::Result<Vec<Backup>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|s| s.to_str()).filter(|_| path.extension().is_some_and(|e| e == "json"));
        let time = stem.and_then(|s| s.split_once('T')).map(|(day, time)| format!("{day}T{}", time.replace('-', ":")));
        if let Some(time) = time.and_then(|t| humantime::parse_rfc3339(&t).ok()) {
            found.push(Backup { time, path });
        }
    }
    found.sort_by(|a, b| (a.time, &a.path).cmp(&(b.time, &b.path)));
    Ok(found)
}

/// Positions of backups, the oldest first, that are not kept.
fn superfluous(times: &[SystemTime], now: SystemTime) -> Vec<usize> {
    let secs = |t: SystemTime| t.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut kept = BTreeSet::new();
    let mut remove = Vec::new();
    for (at, time) in times.iter().enumerate().rev() {
        let age = now.duration_since(*time).unwrap_or(Duration::ZERO).as_secs();
        let unit = match age {
            0..DAY => HOUR,
            DAY..WEEK => DAY,
            _ => WEEK,
        };
        let is_latest = kept.insert((unit, secs(*time) / unit)) && age < 26 * WEEK;
        if !is_latest && times.len() - at > NEWEST {
            remove.push(at);
        }
    }
    remove
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_an_hour_a_day_and_a_week_is_kept() {
        // One every ten minutes for a year.
        let now = UNIX_EPOCH + Duration::from_secs(2000 * WEEK);
        let times: Vec<_> = (0..52_560_u64).rev().map(|i| now - Duration::from_secs(i * 600)).collect();
        let gone: BTreeSet<_> = superfluous(&times, now).into_iter().collect();
        let ages: Vec<u64> = times
            .iter()
            .enumerate()
            .filter(|(i, _)| !gone.contains(i))
            .map(|(_, t)| now.duration_since(*t).unwrap().as_secs())
            .collect();
        let between = |from: u64, to: u64| ages.iter().filter(|a| (from..to).contains(*a)).count();
        // The newest five, of which two begin an hour, and 23 hours before.
        assert_eq!(between(0, HOUR), 5);
        assert_eq!(between(HOUR, DAY), 23);
        assert_eq!(between(DAY, WEEK), 7);
        assert_eq!(between(WEEK, 26 * WEEK), 26);
        assert_eq!(between(26 * WEEK, 60 * WEEK), 0);
    }

    #[test]
    fn equal_files_are_kept_once_and_foreign_ones_left() {
        let dir = tempfile::tempdir().unwrap();
        let (file, folder) = (dir.path().join("f.json"), dir.path().join("backups"));
        let at = |secs| UNIX_EPOCH + Duration::from_secs(secs);
        keep(&file, &folder, at(1_000_000)).unwrap();
        assert!(list(&folder).unwrap().is_empty());
        fs::write(&file, "one").unwrap();
        keep(&file, &folder, at(1_000_000)).unwrap();
        keep(&file, &folder, at(1_000_050)).unwrap();
        fs::write(&file, "two").unwrap();
        fs::write(folder.join("notes.json"), "mine").unwrap();
        keep(&file, &folder, at(1_000_100)).unwrap();
        let found = list(&folder).unwrap();
        assert_eq!(found.iter().map(|b| b.time).collect::<Vec<_>>(), [at(1_000_000), at(1_000_100)]);
        assert_eq!(found[0].path, folder.join("1970-01-12T13-46-40.000Z.json"));
        assert!(folder.join("notes.json").exists());
    }
}
