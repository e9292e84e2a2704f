//! What reading did not understand, and writing did not keep.
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something in a file that was not understood, or not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Line of the file, from 1; 0 for the whole file.
    pub line: usize,
    /// What it is, and what was done.
    pub message: String,
}

/// Collects issues; of each kind that is counted only the first line is named.
#[derive(Default)]
pub(super) struct Issues {
    list: Vec<Issue>,
    counted: BTreeMap<String, (usize, usize)>,
}

impl Issues {
    /// Issues of one file that are named; further ones are counted.
    const NAMED: usize = 200;

    pub fn add(&mut self, line: usize, message: impl Into<String>) {
        if self.list.len() < Self::NAMED {
            self.list.push(Issue { line, message: message.into() });
        } else {
            self.count(line, "further problems");
        }
    }

    /// Something that may occur in every line: named once, with how often it occurs.
    pub fn count(&mut self, line: usize, what: &str) {
        let has_room = self.counted.len() < Self::NAMED;
        match self.counted.get_mut(what) {
            Some((_, times)) => *times += 1,
            None if has_room => {
                self.counted.insert(what.to_owned(), (line, 1));
            }
            None => {}
        }
    }

    pub fn into_list(self) -> Vec<Issue> {
        let mut all = self.list;
        all.extend(self.counted.into_iter().map(|(what, (line, times))| {
            let often = if times > 1 { format!(" ({times} times)") } else { String::new() };
            Issue { line, message: format!("{what}{often}") }
        }));
        all.sort_by_key(|i| i.line);
        all
    }
}

/// The beginning of a line, for messages.
pub(super) fn shortened(line: &str) -> String {
    let line = line.trim();
    if line.chars().count() > 40 { format!("{}…", line.chars().take(40).collect::<String>()) } else { line.to_owned() }
}
