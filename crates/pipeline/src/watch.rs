//! Watches the files of a project's media: which have changed, were replaced, are gone or came back.
//!
//! ```text
//! system's notices ──┐
//! polling ───────────┼─▶ watching thread ──probe a folder──▶ its own thread ──stamps──┐
//! new list of files ─┘          ▲                                                     │
//!                               └─────────────────────────────────────────────────────┘
//! ```
//!
//! Notices only say that a folder has to be looked at; what counts are size, time and identity of
//! files. A difference is reported once it has stayed the same for a while, so that a file that is being
//! copied is reported once and one that is replaced by a rename is never gone. Folders of which the
//! system sends no notices (network folders, too many watches) are polled more often. Each folder is
//! looked at on a thread of its own: one that gives no answer (a stuck network folder) makes its files
//! offline and holds up no other.
use crossbeam_channel::{Receiver, Sender, after, never, select, unbounded};
use cutroom_media::MediaLocation;
use cutroom_types::MediaId;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant, SystemTime},
};

/// When files are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchOptions {
    /// How long a file must stay as it is before a change is reported.
    pub settled: Duration,
    /// How often folders are looked at of which the system sends notices.
    pub poll_watched: Duration,
    /// How often the others are.
    pub poll_others: Duration,
    /// After how long without an answer the files of a folder are offline.
    pub stuck_after: Duration,
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self {
            settled: Duration::from_millis(300),
            poll_watched: Duration::from_secs(30),
            poll_others: Duration::from_secs(2),
            stuck_after: Duration::from_secs(2),
        }
    }
}

/// What happened to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileChange {
    /// Its content was changed in place.
    Changed,
    /// Another file has its name now.
    Replaced,
    /// It is not there any more, or its folder does not answer; in words why.
    Offline(String),
    /// It is there again; whether it is as it was before.
    Back {
        /// Whether size and time are those from before it was gone.
        unchanged: bool,
    },
}

/// Something that happened to the file of a medium.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaEvent {
    /// The medium.
    pub media: MediaId,
    /// Its file, or the pattern of its numbered pictures.
    pub path: PathBuf,
    /// What happened.
    pub change: FileChange,
}

/// Identifies the version of a file: size, time of modification and identity on the disk; of numbered
/// pictures a number that stands for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version {
    bytes: u64,
    modified: Option<SystemTime>,
    identity: u64,
}

/// Looks at a file; `None` if it is not there.
type Look = dyn Fn(&MediaLocation) -> Option<Version> + Send + Sync;

fn look(location: &MediaLocation) -> Option<Version> {
    if location.numbered.is_some() {
        return Some(Version { bytes: location.stamp()?, modified: None, identity: 0 });
    }
    let found = std::fs::metadata(&location.path).ok().filter(std::fs::Metadata::is_file)?;
    #[cfg(unix)]
    let identity = std::os::unix::fs::MetadataExt::ino(&found);
    #[cfg(not(unix))]
    let identity = 0;
    Some(Version { bytes: found.len(), modified: found.modified().ok(), identity })
}

/// Watches files until it is dropped.
pub struct MediaWatcher {
    events: Receiver<MediaEvent>,
    files: Option<Sender<Files>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// The media and where their files are.
type Files = Vec<(MediaId, MediaLocation)>;

impl MediaWatcher {
    /// Starts watching the files of media. What is there at the beginning is not reported, what is not
    /// is reported as offline.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn new(files: Files, options: WatchOptions) -> std::io::Result<Self> {
        Self::looking_with(files, options, Arc::new(look))
    }

    fn looking_with(files: Files, options: WatchOptions, look: Arc<Look>) -> std::io::Result<Self> {
        let (to_user, events) = unbounded();
        let (sender, new_files) = unbounded();
        let _ = sender.send(files);
        let thread = thread::Builder::new().name("watch media".into()).spawn(move || {
            let (to_self, notices) = unbounded();
            // Without notices every folder is polled.
            let notifier = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                let _ = event.map(|event| event.paths.into_iter().for_each(|path| drop(to_self.send(path))));
            });
            let (answer, answers) = unbounded();
            let watching = Watching { options, look, notifier: notifier.ok(), folders: BTreeMap::new(), answer, events: to_user };
            watching.run(&new_files, &notices, &answers);
        })?;
        Ok(Self { events, files: Some(sender), thread: Some(thread) })
    }

    /// What happens to the files, in the order in which it was noticed.
    pub fn events(&self) -> &Receiver<MediaEvent> {
        &self.events
    }

    /// Watches other files from now on, as after an edit. Those that were watched before are not
    /// reported again.
    pub fn watch(&self, files: Files) {
        if let Some(sender) = &self.files {
            // Fails only when the thread has ended, which it does at the drop alone.
            let _ = sender.send(files);
        }
    }
}

impl Drop for MediaWatcher {
    fn drop(&mut self) {
        self.files = None;
        let _ = self.thread.take().map(thread::JoinHandle::join);
    }
}

/// A watched file.
struct WatchedFile {
    location: MediaLocation,
    /// What was reported last; `None` before the first look.
    known: Option<Seen>,
    /// A difference that has not stayed long enough, and since when.
    pending: Option<(Option<Version>, Instant)>,
    /// Version before it was gone.
    before: Option<Version>,
}

/// What is known about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    There(Version),
    Gone,
    /// Its folder gives no answer.
    Stuck,
}

/// A folder that is looked at.
struct Folder {
    files: BTreeMap<MediaId, WatchedFile>,
    /// Whether the system sends notices about it.
    is_watched: bool,
    /// When it is looked at next.
    due: Instant,
    /// When the look that runs was begun.
    running: Option<Instant>,
}

/// Versions of a folder's files.
struct Answer {
    folder: PathBuf,
    /// Whether the folder itself is there.
    is_there: bool,
    versions: Vec<(MediaId, Option<Version>)>,
}

struct Watching {
    options: WatchOptions,
    look: Arc<Look>,
    notifier: Option<RecommendedWatcher>,
    folders: BTreeMap<PathBuf, Folder>,
    answer: Sender<Answer>,
    events: Sender<MediaEvent>,
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

impl Watching {
    /// Runs until the sender of lists of files is dropped.
    fn run(mut self, new_files: &Receiver<Files>, notices: &Receiver<PathBuf>, answers: &Receiver<Answer>) {
        loop {
            let timer = self.next_timer().map_or_else(never, |at| after(at.saturating_duration_since(Instant::now())));
            select! {
                recv(new_files) -> files => match files {
                    Ok(files) => self.take(files),
                    Err(_) => return,
                },
                recv(notices) -> path => {
                    if let Ok(path) = path {
                        self.notice(&path);
                    }
                }
                recv(answers) -> answer => {
                    if let Ok(answer) = answer {
                        self.seen(answer);
                    }
                }
                recv(timer) -> _ => {}
            }
            self.act();
        }
    }

    /// When something has to be done next without any notice.
    fn next_timer(&self) -> Option<Instant> {
        let of = |f: &Folder| match f.running {
            Some(since) if f.files.values().any(|file| file.known != Some(Seen::Stuck)) => Some(since + self.options.stuck_after),
            Some(_) => None,
            None => Some(f.due),
        };
        self.folders.values().filter_map(of).min()
    }

    /// Takes another list of files; what is known about those that stay is kept.
    fn take(&mut self, files: Files) {
        let mut old: BTreeMap<(MediaId, MediaLocation), WatchedFile> = BTreeMap::new();
        for folder in self.folders.values_mut() {
            let files = std::mem::take(&mut folder.files);
            old.extend(files.into_iter().map(|(id, file)| ((id, file.location.clone()), file)));
        }
        let now = Instant::now();
        for (id, location) in files {
            let file = old.remove(&(id.clone(), location.clone()));
            let is_new = file.is_none();
            let file = file.unwrap_or(WatchedFile { location: location.clone(), known: None, pending: None, before: None });
            let folder = self.folders.entry(folder_of(&location.path));
            let folder = folder.or_insert_with(|| Folder { files: BTreeMap::new(), is_watched: false, due: now, running: None });
            if is_new {
                folder.due = now;
            }
            folder.files.insert(id, file);
        }
        let unused: Vec<PathBuf> = self.folders.iter().filter(|(_, f)| f.files.is_empty()).map(|(path, _)| path.clone()).collect();
        for path in unused {
            if let (Some(folder), Some(notifier)) = (self.folders.remove(&path), &mut self.notifier)
                && folder.is_watched
            {
                let _ = notifier.unwatch(&path);
            }
        }
    }

    /// The system says that something happened at a path, in a watched folder or to it.
    fn notice(&mut self, path: &Path) {
        let soon = Instant::now() + self.options.settled / 4;
        let parent = folder_of(path);
        for (folder, state) in &mut self.folders {
            if *folder == parent || folder == path || same_folder(folder, &parent) {
                state.due = state.due.min(soon);
            }
        }
    }

    /// Begins looks that are due, and gives up waiting for those that take too long.
    fn act(&mut self) {
        let now = Instant::now();
        for (path, folder) in &mut self.folders {
            match folder.running {
                Some(since) if now >= since + self.options.stuck_after => {
                    for (media, file) in &mut folder.files {
                        if let Some(Seen::There(version)) = file.known {
                            file.before = Some(version);
                        }
                        if file.known != Some(Seen::Stuck) {
                            let why = format!(
                                "{} has given no answer for {:.0} s",
                                path.display(),
                                self.options.stuck_after.as_secs_f64()
                            );
                            let was_gone = file.known == Some(Seen::Gone);
                            file.known = Some(Seen::Stuck);
                            file.pending = None;
                            if !was_gone {
                                send(&self.events, media, file, FileChange::Offline(why));
                            }
                        }
                    }
                }
                None if now >= folder.due => {
                    let files: Files = folder.files.iter().map(|(id, file)| (id.clone(), file.location.clone())).collect();
                    let (look, answer, path) = (Arc::clone(&self.look), self.answer.clone(), path.clone());
                    let spawned = thread::Builder::new().name("look at media".into()).spawn(move || {
                        let versions = files.into_iter().map(|(id, location)| (id, look(&location))).collect();
                        let is_there = path.is_dir();
                        let _ = answer.send(Answer { folder: path, is_there, versions });
                    });
                    // Without a thread it is tried again later.
                    folder.running = spawned.is_ok().then_some(now);
                    folder.due = now + self.options.poll_others;
                }
                _ => {}
            }
        }
    }

    /// A look is done.
    fn seen(&mut self, answer: Answer) {
        let now = Instant::now();
        let Some(folder) = self.folders.get_mut(&answer.folder) else { return };
        folder.running = None;
        if !answer.is_there {
            folder.is_watched = false;
        } else if !folder.is_watched
            && let Some(notifier) = &mut self.notifier
        {
            folder.is_watched = notifier.watch(&answer.folder, RecursiveMode::NonRecursive).is_ok();
        }
        let mut is_unsettled = false;
        for (media, version) in answer.versions {
            let Some(file) = folder.files.get_mut(&media) else { continue };
            let is_as_known = match (file.known, version) {
                (Some(Seen::There(known)), Some(version)) => known == version,
                (Some(Seen::Gone), None) => true,
                _ => false,
            };
            if is_as_known {
                file.pending = None;
                continue;
            }
            // The first look, and one after no answer, need not settle.
            let is_first = matches!(file.known, None | Some(Seen::Stuck));
            let since = match file.pending {
                Some((pending, since)) if pending == version => since,
                _ => now,
            };
            if !is_first && now < since + self.options.settled {
                file.pending = Some((version, since));
                is_unsettled = true;
                continue;
            }
            report(&self.events, &media, file, version, answer.is_there);
        }
        let poll = if folder.is_watched { self.options.poll_watched } else { self.options.poll_others };
        folder.due = now + if is_unsettled { self.options.settled / 2 } else { poll };
    }
}

/// Whether two paths lead to one folder: the system may name it by its real path.
fn same_folder(a: &Path, b: &Path) -> bool {
    a.canonicalize().is_ok_and(|a| a == *b)
}

/// Reports what a look has shown.
fn report(events: &Sender<MediaEvent>, media: &MediaId, file: &mut WatchedFile, version: Option<Version>, has_folder: bool) {
    file.pending = None;
    let was = file.known;
    file.known = Some(version.map_or(Seen::Gone, Seen::There));
    let change = match (was, version) {
        (None, Some(_)) => return,
        (Some(Seen::There(known)), Some(version)) if known.identity == version.identity => FileChange::Changed,
        (Some(Seen::There(_)), Some(_)) => FileChange::Replaced,
        (Some(Seen::Gone | Seen::Stuck), Some(version)) => FileChange::Back { unchanged: file.before == Some(version) },
        // It was reported as offline already.
        (Some(Seen::Stuck), None) => return,
        (was, None) => {
            if let Some(Seen::There(known)) = was {
                file.before = Some(known);
            }
            FileChange::Offline(if has_folder { "there is no such file".into() } else { "its folder is gone".into() })
        }
    };
    send(events, media, file, change);
}

fn send(events: &Sender<MediaEvent>, media: &MediaId, file: &WatchedFile, change: FileChange) {
    // Fails only while the watcher is dropped.
    let _ = events.send(MediaEvent { media: media.clone(), path: file.location.path.clone(), change });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        fs,
        sync::atomic::{AtomicBool, Ordering},
    };

    const QUICK: WatchOptions = WatchOptions {
        settled: Duration::from_millis(150),
        poll_watched: Duration::from_secs(60),
        poll_others: Duration::from_millis(50),
        stuck_after: Duration::from_secs(2),
    };

    fn files(paths: &[&Path]) -> Files {
        paths.iter().enumerate().map(|(n, path)| (format!("m{n}").as_str().into(), MediaLocation::file(path))).collect()
    }

    /// The next event: the number of the medium and what happened.
    fn next(watcher: &MediaWatcher) -> (String, FileChange) {
        let event = watcher.events().recv_timeout(Duration::from_secs(10)).expect("an event");
        (event.media.to_string(), event.change)
    }

    fn is_quiet(watcher: &MediaWatcher) -> bool {
        watcher.events().recv_timeout(Duration::from_millis(450)).is_err()
    }

    #[test]
    fn changes_replacements_and_removals_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        fs::write(&a, "one").unwrap();
        let watcher = MediaWatcher::new(files(&[&a, &b]), QUICK).unwrap();
        let offline = |why: &str| FileChange::Offline(why.into());
        assert_eq!(next(&watcher), ("m1".into(), offline("there is no such file")));
        assert!(is_quiet(&watcher));
        fs::write(&a, "longer").unwrap();
        assert_eq!(next(&watcher), ("m0".into(), FileChange::Changed));
        // Another file under the name, by a rename: never gone.
        fs::write(dir.path().join("new"), "another").unwrap();
        fs::rename(dir.path().join("new"), &a).unwrap();
        assert_eq!(next(&watcher), ("m0".into(), FileChange::Replaced));
        fs::rename(&a, dir.path().join("away")).unwrap();
        assert_eq!(next(&watcher), ("m0".into(), offline("there is no such file")));
        fs::rename(dir.path().join("away"), &a).unwrap();
        assert_eq!(next(&watcher), ("m0".into(), FileChange::Back { unchanged: true }));
        fs::write(&b, "new").unwrap();
        assert_eq!(next(&watcher), ("m1".into(), FileChange::Back { unchanged: false }));
        assert!(is_quiet(&watcher));
        // A file that is being written is reported once.
        for n in 0..8 {
            fs::write(&a, "x".repeat(n * 100)).unwrap();
            thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(next(&watcher), ("m0".into(), FileChange::Changed));
        assert!(is_quiet(&watcher));
    }

    #[test]
    fn a_folder_that_disappears_takes_its_files_along_until_it_is_back() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("disk");
        fs::create_dir(&folder).unwrap();
        let a = folder.join("a");
        fs::write(&a, "one").unwrap();
        let watcher = MediaWatcher::new(files(&[&a]), QUICK).unwrap();
        assert!(is_quiet(&watcher));
        for _ in 0..2 {
            fs::rename(&folder, dir.path().join("unplugged")).unwrap();
            assert_eq!(next(&watcher), ("m0".into(), FileChange::Offline("its folder is gone".into())));
            fs::rename(dir.path().join("unplugged"), &folder).unwrap();
            assert_eq!(next(&watcher), ("m0".into(), FileChange::Back { unchanged: true }));
        }
        // Other files from now on; the old ones are not looked at any more.
        let b = dir.path().join("b");
        fs::write(&b, "b").unwrap();
        watcher.watch(vec![("other".into(), MediaLocation::file(&b))]);
        assert!(is_quiet(&watcher));
        fs::remove_file(&a).unwrap();
        fs::remove_file(&b).unwrap();
        assert_eq!(next(&watcher).0, "other");
        assert!(is_quiet(&watcher));
    }

    /// A look that does not return makes the files of its folder offline, and holds up no other folder.
    #[test]
    fn a_stuck_folder_is_offline_and_blocks_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let [stuck, fine] = ["stuck", "fine"].map(|name| dir.path().join(name));
        for folder in [&stuck, &fine] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("a"), "one").unwrap();
        }
        let (s, f) = (stuck.join("a"), fine.join("a"));
        let is_stuck = Arc::new(AtomicBool::new(false));
        let (switch, of) = (Arc::clone(&is_stuck), stuck.clone());
        let looking = move |location: &MediaLocation| {
            while location.path.starts_with(&of) && switch.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(5));
            }
            look(location)
        };
        let options = WatchOptions { stuck_after: Duration::from_millis(700), poll_watched: Duration::from_millis(50), ..QUICK };
        let watcher = MediaWatcher::looking_with(files(&[&s, &f]), options, Arc::new(looking)).unwrap();
        assert!(is_quiet(&watcher));
        is_stuck.store(true, Ordering::SeqCst);
        let (media, change) = next(&watcher);
        assert_eq!(media, "m0");
        assert!(matches!(&change, FileChange::Offline(why) if why.contains("has given no answer for")), "{change:?}");
        fs::write(&f, "changed").unwrap();
        assert_eq!(next(&watcher), ("m1".into(), FileChange::Changed));
        is_stuck.store(false, Ordering::SeqCst);
        assert_eq!(next(&watcher), ("m0".into(), FileChange::Back { unchanged: true }));
        assert!(is_quiet(&watcher));
    }
}
