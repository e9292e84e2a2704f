//! How the program fails: the printed errors and the exit code. Errors name an operation and the
//! fields of its request; here these names are replaced by those of the command line.
use crate::text;
use cutroom_api::{ApiError, ErrorClass};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use std::{error::Error, fmt, io::IsTerminal};

/// One or more errors that end a command.
#[derive(Debug)]
pub struct Failure {
    /// Errors in the order found; never empty.
    pub errors: Vec<ApiError>,
    /// Printed after the last error.
    pub summary: Option<String>,
    /// Whether the errors have already been printed to standard output.
    pub shown: bool,
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self { errors: vec![error], summary: None, shown: false }
    }
}

impl From<Vec<ApiError>> for Failure {
    fn from(errors: Vec<ApiError>) -> Self {
        let summary = (errors.len() > 1).then(|| format!("{} problems", errors.len()));
        Self { errors, summary, shown: false }
    }
}

/// A command line that clap refuses.
pub fn of_arguments(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let said = text.trim_start_matches("error: ").split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = said.split_whitespace().collect();
    ApiError::new("usage.arguments", words.join(" ")).hint("`--help` shows all commands and options").into()
}

/// Names of the fields of an operation's request on the command line: pairs of field and option or
/// argument. Each command has such a list.
pub type Words = [(&'static str, &'static str)];

/// `text` with each of `fields` that it names in backticks replaced by its name on the command
/// line.
pub fn worded(text: &str, fields: &[String], words: &Words) -> String {
    let named = words.iter().filter(|(field, _)| fields.iter().any(|f| f == field));
    named.fold(text.to_owned(), |text, (field, word)| text.replace(&format!("`{field}`"), word))
}

/// Name of an operation's command.
fn command(operation: &str) -> &str {
    match operation {
        "import_media" => "import-media",
        "make_proxies" => "proxy",
        "new_project" => "new",
        "render_frame" => "frame",
        "file_loudness" => "loudness",
        "cut_silence" | "silences" => "cut-silence",
        "mark_beats" => "beats",
        "sound_devices" | "sound_latency" => "devices",
        "sound_segments" => "segments",
        "split_scenes" => "scenes",
        "prune_cache" => "cache prune",
        "verify_cache" => "cache verify",
        "split_add" => "split add",
        "split_change" => "split change",
        "split_layouts" => "split list",
        "split_new" => "split new",
        "split_preview" => "split preview",
        "title_add" => "title add",
        "title_preview" => "title preview",
        "titles" => "title list",
        "add_subtitles" | "check_subtitles" | "convert_subtitles" | "export_subtitles" | "fit_subtitles" | "show_subtitles" => {
            "subtitles"
        }
        same => same,
    }
}

/// An error with the names of the command line.
pub fn in_words(error: ApiError, words: &Words) -> ApiError {
    let said = |text: &String| {
        let text = worded(text, &error.fields, words);
        match &error.operation {
            Some(operation) => text.replace(&format!("`{operation}`"), &format!("`cutroom {}`", command(operation))),
            None => text,
        }
    };
    let word =
        |field: &String| words.iter().find(|(f, _)| f == field).map_or_else(|| field.clone(), |(_, word)| (*word).to_owned());
    ApiError {
        message: said(&error.message),
        causes: error.causes.iter().map(said).collect(),
        hint: error.hint.as_ref().map(said),
        fields: error.fields.iter().map(word).collect(),
        operation: error.operation.as_ref().map(|o| format!("cutroom {}", command(o))),
        ..error
    }
}

impl Failure {
    /// The errors of an operation, with the names of the command line.
    pub fn of(met: impl Into<Self>, words: &Words) -> Self {
        let met = met.into();
        Self { errors: met.errors.into_iter().map(|error| in_words(error, words)).collect(), ..met }
    }

    /// The documented exit code. If the errors have several classes, cancelled precedes usage,
    /// project, media and failed, in this order.
    pub fn exit_code(&self) -> u8 {
        use ErrorClass::{Cancelled, Media, Project, Usage};
        let has = |class| self.errors.iter().any(|e| e.class() == class);
        [(Cancelled, 130), (Usage, 2), (Project, 3), (Media, 4)]
            .into_iter()
            .find(|(class, _)| has(*class))
            .map_or(1, |(_, code)| code)
    }

    /// Marks the errors as printed with the answer, so that only the exit code remains.
    pub fn already_shown(self) -> Self {
        Self { shown: true, ..self }
    }

    /// Prints the errors to standard error: with `json` as one object with the list `errors`.
    pub fn print(&self, json: bool) {
        if self.shown {
            return;
        }
        if json {
            // Errors consist of texts and finite numbers, so this cannot fail.
            let text = serde_json::to_string_pretty(&serde_json::json!({ "errors": self.errors })).unwrap_or_default();
            return text::say(&format!("{text}\n"));
        }
        let terminal = std::io::stderr().is_terminal();
        let color = terminal && std::env::var_os("NO_COLOR").is_none();
        let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false);
        // Programs and `grep` read whole lines.
        let handler = handler.with_wrap_lines(terminal);
        for error in &self.errors {
            let mut text = String::new();
            match handler.render_report(&mut text, &Shown::of(error)) {
                Ok(()) => text::say(&text),
                Err(fmt::Error) => text::say(&format!("{}: {error}\n", error.code)),
            }
        }
        if let Some(summary) = &self.summary {
            text::say(&format!("{summary}\n"));
        }
    }
}

/// An [`ApiError`] in the form that miette prints.
#[derive(Debug)]
struct Shown {
    message: String,
    code: String,
    hint: Option<String>,
    cause: Option<Box<Cause>>,
}

#[derive(Debug)]
struct Cause {
    message: String,
    next: Option<Box<Cause>>,
}

impl Shown {
    fn of(e: &ApiError) -> Self {
        let mut message = String::new();
        if let Some(path) = &e.json_path {
            message = format!("{path}: ");
        }
        if let Some(clip) = &e.clip {
            message.push_str(&format!("clip \"{clip}\": "));
        }
        message.push_str(&e.message);
        let file = e.file.as_ref().map(|f| f.display().to_string()).filter(|f| !e.message.contains(f.as_str()));
        if let Some(file) = file {
            message = format!("{message} (in {file})");
        }
        if let Some(secs) = e.time_secs.filter(|secs| !e.message.contains(&format!("{secs:.3} s"))) {
            message = format!("{message} (at {secs:.3} s)");
        }
        let cause = e.causes.iter().rev().fold(None, |next, c| Some(Box::new(Cause { message: c.clone(), next })));
        Self { message, code: e.code.clone(), hint: e.hint.clone(), cause }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Shown {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|c| c as &(dyn Error + 'static))
    }
}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.hint.as_ref().map(|h| Box::new(h) as Box<dyn fmt::Display>)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.next.as_deref().map(|c| c as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Cli;
    use clap::CommandFactory;

    #[test]
    fn every_operation_is_a_command() {
        for operation in cutroom_api::OPERATIONS {
            let found = command(operation.name).split(' ').try_fold(Cli::command(), |c, name| c.find_subcommand(name).cloned());
            assert!(found.is_some(), "{}", operation.name);
        }
    }

    #[test]
    fn only_the_fields_and_the_operation_named_get_other_words() {
        let error = ApiError::new("usage.streams", "`audio.dither` has no meaning here; `audio.bits` is a name of the project")
            .hint_at("render_frame", "leave it out, or let `render_frame` write one")
            .field("audio.dither");
        let worded = in_words(error, &[("audio.dither", "--dither"), ("audio.bits", "--audio-bits")]);
        assert_eq!(worded.message, "--dither has no meaning here; `audio.bits` is a name of the project");
        assert_eq!(worded.hint.as_deref(), Some("leave it out, or let `cutroom frame` write one"));
        assert_eq!((worded.fields, worded.operation), (vec!["--dither".to_owned()], Some("cutroom frame".to_owned())));
    }
}
