//! Events of the session in words, for the log.
use crate::link::{Note, Weight};
use cutroom_api::{JobResult, MediaChange, SessionEvent};

/// A number of things: "1 file", "2 files".
pub fn count(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// The notes of an event; none for those that are seen otherwise.
pub fn of(event: &SessionEvent) -> Vec<Note> {
    let info = |text: String| vec![Note::new(Weight::Info, text)];
    match event {
        SessionEvent::Applied { step, .. } => info(step.replace('_', " ")),
        SessionEvent::Undone { steps, .. } => info(format!("undone: {}", steps.join(", "))),
        SessionEvent::Redone { steps, .. } => info(format!("done again: {}", steps.join(", "))),
        SessionEvent::Restored { step, .. } => info(format!("restored step {step}")),
        SessionEvent::VersionNamed { name, .. } => info(format!("named this state \"{name}\"")),
        SessionEvent::Saved { path } => info(format!("saved {}", path.display())),
        SessionEvent::Played { figures } => {
            let text = format!(
                "played {:.1} s: {} pictures shown, {} left out, {} late",
                figures.played_secs, figures.shown, figures.dropped, figures.late
            );
            vec![Note::new(if figures.dropped > 0 { Weight::Warning } else { Weight::Info }, text)]
        }
        SessionEvent::JobDone { job, result } => {
            let what = match **result {
                JobResult::Export(_) => "export",
                JobResult::MakeProxies(_) => "proxies",
                JobResult::Import(_) => "import",
            };
            info(format!("job {job} ({what}) is done"))
        }
        SessionEvent::JobFailed { errors, .. } | SessionEvent::Failed { errors } => {
            errors.iter().map(|e| Note::of(Weight::Error, e)).collect()
        }
        SessionEvent::MediaChanged { media, path, change } => {
            let (weight, what) = match change {
                MediaChange::Changed => (Weight::Info, "was changed".to_owned()),
                MediaChange::Replaced => (Weight::Warning, "was replaced by another file".to_owned()),
                MediaChange::Offline { reason } => (Weight::Warning, format!("cannot be read any more: {reason}")),
                MediaChange::Back { .. } => (Weight::Info, "is there again".to_owned()),
            };
            vec![Note::new(weight, format!("{media} ({}) {what}", path.display()))]
        }
        SessionEvent::Skipped { command } => info(format!("`{command}` was left out: nothing is written")),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_api::PlaybackFigures;

    #[test]
    fn pictures_that_were_left_out_are_a_warning() {
        let weight = |dropped| {
            let figures = PlaybackFigures { dropped, ..PlaybackFigures::default() };
            of(&SessionEvent::Played { figures }).first().map(|note| note.weight)
        };
        assert_eq!((weight(0), weight(3)), (Some(Weight::Info), Some(Weight::Warning)));
    }
}
