//! One free function per command.
pub mod catalog;
pub mod completions;
pub mod doctor;
pub mod export;
pub mod frame;
pub mod graph;
pub mod man;
pub mod new;
pub mod probe;
pub mod schema;
pub mod stabilize;
pub mod validate;

use crate::{args::BackendArg, failure::Failure};
use cutroom_api::{ApiError, BackendChoice};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::io::{IsTerminal, Write};

impl From<BackendArg> for BackendChoice {
    fn from(arg: BackendArg) -> Self {
        match arg {
            BackendArg::Auto => Self::Auto,
            BackendArg::Cpu => Self::Cpu,
            BackendArg::Gpu => Self::Gpu,
        }
    }
}

/// A bar of frames on standard error, hidden where that is no terminal unless it is wanted all the same.
fn frames_bar(always: bool) -> ProgressBar {
    let shown = always || std::io::stderr().is_terminal();
    let target = if shown { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(0), target);
    match ProgressStyle::with_template("{bar:32} {pos}/{len} frames  {msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Prints to standard output; a reader that went away (`| head`) is not an error.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(ApiError::new("cli.stdout", format!("cannot write to standard output: {e}")).into())
        }
        _ => Ok(()),
    }
}

/// Prints as indented JSON.
fn print_json<T: Serialize>(value: &T) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|e| ApiError::of("cli.json", &e))?;
    print(&format!("{text}\n"))
}
