//! The journal: what was acknowledged is there after every end of a session, undo is exact across
//! sessions, two sessions never edit one project, and damage never keeps a project from opening.
use crate::operations::{film, step};
use cutroom_project::{
    Journal, JournalError, JournalOptions, Keep, Operation, Project, Step, from_json,
    journal::{Note, Opened, journal_folder, list_backups},
    save, to_json,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{
    fs,
    path::PathBuf,
    time::{Duration, SystemTime},
};

struct Film {
    _dir: tempfile::TempDir,
    path: PathBuf,
}

impl Film {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("film.json");
        save(&film(), &path).unwrap();
        Self { _dir: dir, path }
    }

    fn database(&self) -> PathBuf {
        journal_folder(&self.path).join("journal.sqlite")
    }

    fn try_open(&self, options: JournalOptions) -> Result<Opened, JournalError> {
        let text = fs::read_to_string(&self.path).unwrap();
        Journal::open(&self.path, &text, &from_json(&text).unwrap(), options)
    }

    fn open(&self) -> Session {
        Session::of(self.try_open(JournalOptions::default()).unwrap())
    }
}

/// A journal with its document.
struct Session {
    journal: Journal,
    project: Project,
    notes: Vec<Note>,
}

impl Session {
    fn of(opened: Opened) -> Self {
        Self { journal: opened.journal, project: opened.project, notes: opened.notes }
    }

    fn try_step(&mut self, json: &Value, key: Option<&str>) -> bool {
        let operation = Operation::from_json(&self.project, json.clone()).unwrap();
        let Ok(plan) = operation.plan(&self.project) else { return false };
        let label = json.as_object().unwrap().keys().next().unwrap().clone();
        let step = Step { label, key: key.map(str::to_owned), edits: plan.edits, inverse: plan.inverse };
        self.journal.record(&step, &plan.project).unwrap();
        self.project = plan.project;
        true
    }

    fn step(&mut self, json: Value) {
        assert!(self.try_step(&json, None), "{json}");
    }

    fn undo(&mut self, steps: usize) -> Option<Vec<String>> {
        let moved = self.journal.undo(&self.project, steps).unwrap()?;
        self.project = moved.project;
        Some(moved.labels)
    }

    fn redo(&mut self, steps: usize) -> Option<Vec<String>> {
        let moved = self.journal.redo(&self.project, steps).unwrap()?;
        self.project = moved.project;
        Some(moved.labels)
    }

    fn text(&self) -> String {
        to_json(&self.project)
    }
}

fn split(at: &str) -> Value {
    json!({"split": {"at": at}})
}

#[test]
fn undo_and_redo_survive_the_session() {
    let film = Film::new();
    let before = film.open().text();
    let mut session = film.open();
    assert_eq!(session.notes, []);
    session.step(split("1s"));
    let one = session.text();
    // A drag: three moves, undone together.
    for _ in 0..3 {
        assert!(session.try_step(&json!({"move": {"clips": ["t"], "by": "1f"}}), Some("drag 1")));
    }
    let two = session.text();
    session.step(split("3s"));
    let three = session.text();
    assert_eq!(session.undo(1).unwrap(), ["split"]);
    drop(session);
    let mut session = film.open();
    assert_eq!(session.notes, [Note::Restored { steps: 4 }]);
    assert_eq!(session.text(), two);
    assert_eq!(session.undo(1).unwrap(), ["move"]);
    assert_eq!(session.text(), one);
    drop(session);
    let mut session = film.open();
    assert_eq!(session.undo(9).unwrap(), ["split"]);
    assert_eq!(session.text(), before);
    assert_eq!(session.undo(1), None);
    assert_eq!(session.redo(2).unwrap(), ["split", "move"]);
    assert_eq!(session.text(), two);
    drop(session);
    let mut session = film.open();
    assert_eq!(session.redo(5).unwrap(), ["split"]);
    assert_eq!(session.text(), three);
    assert_eq!(session.redo(1), None);
    // A step after an undo: what was undone cannot be done again, but is not lost.
    session.undo(1);
    session.step(split("7s"));
    let four = session.text();
    assert_eq!(session.redo(1), None);
    session.undo(1);
    assert_eq!(session.redo(1).unwrap(), ["split"]);
    assert_eq!(session.text(), four);
    session.project = session.journal.go_to(&session.project, 5).unwrap().project;
    assert_eq!(session.text(), three);
    let history = session.journal.history(100).unwrap();
    let shown: Vec<_> = history.iter().map(|e| (e.step, e.parent, e.label.as_str(), e.is_done, e.is_saved)).collect();
    assert_eq!(
        shown,
        [
            (6, 4, "split", false, false),
            (5, 4, "split", true, false),
            (4, 3, "move", true, false),
            (3, 2, "move", true, false),
            (2, 1, "move", true, false),
            (1, 0, "split", true, false),
            (0, 0, "begun", true, true)
        ]
    );
    assert!(matches!(session.journal.go_to(&session.project, 7), Err(JournalError::NoSuch { .. })));
}

#[test]
fn saving_versions_and_backups() {
    let film = Film::new();
    let first = fs::read_to_string(&film.path).unwrap();
    let mut session = film.open();
    session.step(split("1s"));
    session.journal.name_version("first cut", &session.project).unwrap();
    let cut = session.text();
    assert!(session.journal.is_unsaved());
    session.journal.save(&session.project, &film.path, false).unwrap();
    assert!(!session.journal.is_unsaved());
    assert_eq!(fs::read_to_string(&film.path).unwrap(), cut);
    session.step(split("2s"));
    // Another file is a copy; the project is still unsaved.
    session.journal.save(&session.project, &film.path.with_file_name("copy.json"), false).unwrap();
    assert!(session.journal.is_unsaved());
    session.journal.save(&session.project, &film.path, false).unwrap();
    let backups: Vec<String> = list_backups(&film.path).unwrap().iter().map(|b| fs::read_to_string(&b.path).unwrap()).collect();
    assert_eq!(backups, [first, cut.clone()]);
    session.step(split("3s"));
    drop(session);
    let mut session = film.open();
    assert_eq!(session.notes, [Note::Restored { steps: 1 }]);
    let version = session.journal.version("first cut").unwrap();
    assert_eq!(version, 1);
    session.project = session.journal.go_to(&session.project, version).unwrap().project;
    assert_eq!(session.text(), cut);
    assert!(matches!(session.journal.version("second cut"), Err(JournalError::NoSuch { .. })));
    let soon = SystemTime::now() + Duration::from_secs(5);
    assert_eq!(session.journal.step_at(soon).unwrap(), 3);
    assert_eq!(session.journal.step_at(SystemTime::UNIX_EPOCH).unwrap(), 0);
}

#[test]
fn one_session_at_a_time() {
    let film = Film::new();
    let session = film.open();
    let Err(JournalError::Locked { holder, elsewhere, .. }) = film.try_open(JournalOptions::default()) else { panic!() };
    assert_eq!((holder.process, elsewhere), (std::process::id(), false));
    // A lock that is held is not broken.
    let force = JournalOptions { break_lock: true, ..JournalOptions::default() };
    assert!(matches!(film.try_open(force), Err(JournalError::Locked { .. })));
    drop(session);
    assert_eq!(film.open().notes, []);
    // A holder that was killed leaves its name and no lock.
    let lock = journal_folder(&film.path).join("lock");
    assert_eq!(fs::read(&lock).unwrap(), b"");
    let machine = String::from_utf8(std::process::Command::new("uname").arg("-n").output().unwrap().stdout).unwrap();
    let left = |machine: &str| json!({"process": 4242, "machine": machine, "since": "2026-01-01T00:00:00Z"}).to_string();
    fs::write(&lock, left(machine.trim())).unwrap();
    let notes = film.open().notes;
    assert!(matches!(&notes[..], [Note::Killed(holder)] if holder.process == 4242), "{notes:?}");
    // One on another machine may still run.
    fs::write(&lock, left("far-away")).unwrap();
    let error = film.try_open(JournalOptions::default()).unwrap_err();
    assert!(error.to_string().contains("process 4242 on far-away since 2026-01-01"), "{error}");
    assert!(error.hint().unwrap().contains("break the lock"));
    assert!(film.try_open(force).is_ok());
}

#[test]
fn changes_by_other_programs_are_steps_or_conflicts() {
    let film = Film::new();
    drop(film.open());
    let text = fs::read_to_string(&film.path).unwrap();
    let changed = text.replace("\"width\": 64", "\"width\": 128");
    fs::write(&film.path, &changed).unwrap();
    let mut session = film.open();
    assert_eq!(session.notes, [Note::ChangedOutside]);
    assert_eq!(session.text(), changed);
    assert_eq!(session.undo(1).unwrap(), ["changed outside"]);
    assert_eq!(session.text(), text);
    session.redo(1);
    session.step(split("1s"));
    let edited = session.text();
    // While it is open.
    let third = text.replace("\"width\": 64", "\"width\": 256");
    fs::write(&film.path, &third).unwrap();
    let refused = session.journal.save(&session.project, &film.path, false);
    assert!(matches!(refused, Err(JournalError::ChangedOutside { .. })));
    assert_eq!(fs::read_to_string(&film.path).unwrap(), third);
    drop(session);
    // And when it is opened again.
    assert!(matches!(film.try_open(JournalOptions::default()), Err(JournalError::Conflict { unsaved: 1, .. })));
    let keep = |keep| JournalOptions { keep: Some(keep), ..JournalOptions::default() };
    let mut session = Session::of(film.try_open(keep(Keep::File)).unwrap());
    assert_eq!(session.text(), third);
    session.undo(1);
    assert_eq!(session.text(), edited);
    drop(session);
    fs::write(&film.path, &text).unwrap();
    let mut session = Session::of(film.try_open(keep(Keep::Journal)).unwrap());
    assert_eq!(session.text(), edited);
    assert_eq!(fs::read_to_string(&list_backups(&film.path).unwrap().last().unwrap().path).unwrap(), text);
    session.journal.save(&session.project, &film.path, false).unwrap();
    assert_eq!(fs::read_to_string(&film.path).unwrap(), edited);
    // A file that is formatted otherwise is the same project.
    drop(session);
    let compact = serde_json::to_string(&serde_json::from_str::<Value>(&edited).unwrap()).unwrap();
    fs::write(&film.path, compact).unwrap();
    assert_eq!(film.open().notes, []);
}

#[test]
fn a_folder_that_cannot_be_written_and_newer_journals_are_refused() {
    let film = Film::new();
    let folder = film.path.with_file_name(".cutroom");
    fs::write(&folder, "no folder").unwrap();
    let error = film.try_open(JournalOptions::default()).unwrap_err();
    assert_eq!(error.code(), "journal.folder");
    fs::remove_file(&folder).unwrap();
    drop(film.open());
    let db = rusqlite::Connection::open(film.database()).unwrap();
    db.pragma_update(None, "user_version", 7).unwrap();
    drop(db);
    let before = fs::read(film.database()).unwrap();
    assert!(matches!(film.try_open(JournalOptions::default()), Err(JournalError::Version { version: 7, .. })));
    assert_eq!(fs::read(film.database()).unwrap(), before);
}

/// A journal of 30 steps, and the texts of the document after each.
fn edited() -> (Film, Vec<String>) {
    let film = Film::new();
    let mut session = film.open();
    let mut texts = vec![session.text()];
    for i in 0..30 {
        session.step(split(&format!("{}f", 3 + 5 * i)));
        texts.push(session.text());
    }
    drop(session);
    (film, texts)
}

/// Puts a damaged database in place, opens the project, and returns the number of steps that are
/// there.
fn opened_with(film: &Film, content: &[u8], texts: &[String]) -> (usize, bool) {
    let folder = journal_folder(&film.path);
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().is_some_and(|n| n != "lock" && n != "backups") {
            fs::remove_file(path).unwrap();
        }
    }
    fs::write(film.database(), content).unwrap();
    fs::write(folder.join("lock"), "").unwrap();
    let mut session = film.open();
    let at = texts.iter().position(|t| *t == session.text()).expect("a state that was acknowledged");
    // It goes on from there, and the next session has that.
    session.step(json!({"set_marker": {"composition": "film", "marker": {"id": "here", "time": "1s"}}}));
    let (text, damaged) = (session.text(), session.notes.iter().any(|n| matches!(n, Note::Damaged { .. })));
    let set_aside =
        fs::read_dir(&folder).unwrap().filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().starts_with("damaged-"));
    assert_eq!(set_aside.count() > 0, damaged);
    drop(session);
    assert_eq!(film.open().text(), text);
    (at, damaged)
}

#[test]
fn damage_never_keeps_a_project_from_opening() {
    let (film, texts) = edited();
    let whole = fs::read(film.database()).unwrap();
    assert_eq!(opened_with(&film, &whole, &texts), (30, false));
    assert_eq!(opened_with(&film, b"", &texts), (0, false));
    assert_eq!(opened_with(&film, b"no database at all, and longer than a header", &texts), (0, true));
    // Torn pages: zeros, noise, and the rest missing, at every page.
    let mut restored = 0;
    let pages = whole.len() / 4096;
    for page in 0..pages {
        let range = page * 4096..(page + 1) * 4096;
        for fill in 0..3_u32 {
            let mut content = whole.clone();
            match fill {
                0 => content[range.clone()].fill(0),
                1 => content[range.clone()].iter_mut().enumerate().for_each(|(i, b)| *b = (i * 97 + page * 31) as u8),
                _ => content.truncate(range.start + 1000),
            }
            let (at, damaged) = opened_with(&film, &content, &texts);
            assert!(damaged || at == 30, "page {page}, fill {fill}: {at} steps");
            restored += usize::from(at > 0);
        }
    }
    // Most damage is not in what is needed to read a part of the steps.
    assert!(restored > pages, "{restored} of {}", 3 * pages);
}

#[test]
fn a_changed_record_is_found() {
    let (film, texts) = edited();
    let db = rusqlite::Connection::open(film.database()).unwrap();
    // A valid database with another content.
    db.execute("UPDATE steps SET edits = replace(edits, 'start', 'start ') WHERE id = 20", []).unwrap();
    drop(db);
    let session = film.open();
    let [Note::Damaged { lost: Some(11), .. }] = &session.notes[..] else { panic!("{:?}", session.notes) };
    assert!(session.text() == texts[19]);
}

/// What a random session does beside operations.
#[derive(Clone, Debug)]
enum Act {
    Step(Value, Option<u8>),
    Undo(usize),
    Redo(usize),
    Reopen,
    Save,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (step(), prop::option::weighted(0.3, 0u8..2)).prop_map(|(s, key)| Act::Step(s, key)),
        2 => (1usize..4).prop_map(Act::Undo),
        2 => (1usize..4).prop_map(Act::Redo),
        1 => Just(Act::Reopen),
        1 => Just(Act::Save),
    ]
}

fn check(acts: Vec<Act>) -> Result<(), TestCaseError> {
    let film = Film::new();
    let mut session = film.open();
    // The model: texts of states that can be undone to and done again, each with its key.
    let mut done: Vec<(String, Option<u8>)> = vec![(session.text(), None)];
    let mut undone: Vec<(String, Option<u8>)> = Vec::new();
    for act in acts {
        match act {
            Act::Step(json, key) => {
                let name = key.map(|k| k.to_string());
                if session.try_step(&json, name.as_deref()) {
                    undone.clear();
                    if done.len() > 1 && key.is_some() && done.last().unwrap().1 == key {
                        done.pop();
                    }
                    done.push((session.text(), key));
                }
            }
            Act::Undo(n) => {
                session.undo(n);
                (0..n.min(done.len() - 1)).for_each(|_| undone.extend(done.pop()));
            }
            Act::Redo(n) => {
                session.redo(n);
                (0..n.min(undone.len())).for_each(|_| done.extend(undone.pop()));
            }
            Act::Reopen => {
                drop(session);
                session = film.open();
            }
            Act::Save => {
                session.journal.save(&session.project, &film.path, false).unwrap();
                prop_assert!(!session.journal.is_unsaved());
            }
        }
        prop_assert_eq!(&session.text(), &done.last().unwrap().0);
    }
    let last = session.text();
    session.undo(usize::MAX);
    prop_assert_eq!(session.text(), to_json(&self::film()));
    session.redo(done.len() - 1);
    prop_assert_eq!(session.text(), last);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Against lists of states: any sequence of steps, undo, redo, saving and sessions.
    #[test]
    fn sessions_agree_with_a_list_of_states(acts in prop::collection::vec(act(), 1..60)) {
        check(acts)?;
    }
}

/// Thousands of steps in one session.
#[test]
fn thousands_of_steps_are_undone_and_done_again() {
    let film = Film::new();
    let mut session = film.open();
    let first = session.text();
    let mut made = 0;
    for i in 0..1500 {
        let at = format!("{}f", 1 + (i * 7) % 190);
        let step = match i % 3 {
            0 => split(&at),
            1 => json!({"set_marker": {"composition": "film", "marker": {"id": format!("m{i}"), "time": at}}}),
            _ => json!({"set": {"of": {"clip": "b"}, "field": "name", "value": format!("name {i}")}}),
        };
        made += usize::from(session.try_step(&step, None));
    }
    assert!(made > 1000, "{made}");
    let last = session.text();
    assert_eq!(session.undo(usize::MAX).unwrap().len(), made);
    assert_eq!(session.text(), first);
    drop(session);
    let mut session = film.open();
    assert_eq!(session.redo(usize::MAX).unwrap().len(), made);
    assert_eq!(session.text(), last);
}
