//! Finds and kills processes by `/proc`; see proc(5).
use crate::Outcome;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    process::{Child, Command},
};

/// Kills a daemon and waits for its end; nothing is done if there is none.
pub fn end(child: &mut Option<Child>, name: &str) -> Outcome {
    let Some(mut child) = child.take() else { return Ok(()) };
    child.kill().and_then(|()| child.wait()).map(|_| ()).map_err(|e| format!("cannot kill {name}: {e}"))
}

/// Sends SIGKILL to processes; those that have already gone are no error.
pub fn kill(pids: &[u32]) -> Outcome {
    if pids.is_empty() {
        return Ok(());
    }
    let pids = pids.iter().map(u32::to_string);
    let status = Command::new("sh").args(["-c", "kill -KILL \"$@\" 2>/dev/null || true", "sh"]).args(pids).status();
    status.map(|_| ()).map_err(|e| format!("cannot run sh: {e}"))
}

/// Process ids, and the id of the parent of each; without processes that have ended and are not yet
/// waited for.
pub fn all() -> BTreeMap<u32, u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|e| e.file_name().to_str()?.parse().ok());
    let parent = |pid: u32| {
        // After the name, which is in parentheses: state, parent; see proc_pid_stat(5).
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        (fields.next()? != "Z").then_some((pid, fields.next()?.parse().ok()?))
    };
    pids.filter_map(parent).collect()
}

/// The processes that a process has started itself.
pub fn children_of(pid: u32) -> Vec<u32> {
    all().into_iter().filter(|(_, parent)| *parent == pid).map(|(child, _)| child).collect()
}

/// What processes have started, and what that has started in turn, as long as parents live.
pub fn descendants(processes: &BTreeMap<u32, u32>, roots: &[u32]) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let mut queue = roots.to_vec();
    while let Some(pid) = queue.pop() {
        let children = processes.iter().filter(|(_, parent)| **parent == pid).map(|(child, _)| *child);
        queue.extend(children.filter(|child| found.insert(*child)));
    }
    found
}

/// The files a process holds open; empty if it has ended or belongs to another user.
pub fn open_files(pid: u32) -> Vec<PathBuf> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    entries.filter_map(|e| fs::read_link(e.path()).ok()).collect()
}
