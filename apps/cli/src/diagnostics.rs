//! Looking into the program: spans of its stages for `--trace` and `stats`, and a report when it meets
//! a defect.
use cutroom_api::{ApiError, StageTimes};
use std::{
    backtrace::Backtrace,
    collections::VecDeque,
    panic::PanicHookInfo,
    path::{Path, PathBuf},
    sync::{
        LazyLock, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};
use tracing_chrome::{ChromeLayerBuilder, FlushGuard};
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

/// Number of commands of a session that a report has.
const LAST_COMMANDS: usize = 50;

static TIMES: LazyLock<StageTimes> = LazyLock::new(StageTimes::default);
static TRACING: AtomicBool = AtomicBool::new(false);
static COMMANDS: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// What collects the times of stages, once [`start`] was called with `collect`.
pub fn stage_times() -> &'static StageTimes {
    &TIMES
}

/// Writes the spans of the program's stages to a file that ui.perfetto.dev shows, and collects their
/// times. The file is complete once the guard is dropped.
///
/// # Errors
/// `cli.trace`: the file cannot be written.
pub fn start(trace: Option<&Path>, collect: bool) -> Result<Option<FlushGuard>, ApiError> {
    TRACING.store(trace.is_some() || collect, Ordering::Relaxed);
    let times = collect.then(|| TIMES.clone());
    let Some(path) = trace else {
        if times.is_some() {
            tracing_subscriber::registry().with(times).init();
        }
        return Ok(None);
    };
    let file = std::fs::File::create(path).map_err(|e| ApiError::of("cli.trace", &e).file(path))?;
    let (layer, guard) = ChromeLayerBuilder::new().writer(file).include_args(true).build();
    tracing_subscriber::registry().with(layer).with(times).init();
    Ok(Some(guard))
}

/// Whether spans of this process are recorded.
pub fn is_tracing() -> bool {
    TRACING.load(Ordering::Relaxed)
}

/// Remembers a command of a session, for a report.
pub fn remember(command: &str) {
    let mut commands = COMMANDS.lock().unwrap_or_else(PoisonError::into_inner);
    if commands.len() == LAST_COMMANDS {
        commands.pop_front();
    }
    commands.push_back(command.to_owned());
}

/// Writes a report whenever a thread meets a defect (a panic), whether or not the program goes on.
pub fn report_defects() {
    std::panic::set_hook(Box::new(|info| {
        let report = text_of(info);
        let path = report_path();
        let written = match std::fs::write(&path, &report) {
            Ok(()) => format!("A report was written to {}.", path.display()),
            Err(e) => format!("The report could not be written to {} ({e}):\n{report}", path.display()),
        };
        let what = message(info);
        eprintln!(
            "\ncutroom has met a defect of its own: {what}\n{written}\nEdits that were answered are in the project's journal."
        );
    }));
}

fn report_path() -> PathBuf {
    let time = humantime::format_rfc3339_millis(SystemTime::now()).to_string().replace(':', "-");
    let folder = std::env::var_os("CUTROOM_CRASHES").map_or_else(std::env::temp_dir, PathBuf::from);
    folder.join(format!("cutroom-crash-{time}-{}.txt", std::process::id()))
}

fn message(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let said = payload.downcast_ref::<&str>().map(|s| (*s).to_owned()).or_else(|| payload.downcast_ref::<String>().cloned());
    let at = info.location().map(|l| format!(" ({l})")).unwrap_or_default();
    format!("{}{at}", said.unwrap_or_else(|| "no message".into()))
}

/// An argument for a report: of addresses without what may be secret, and of headers nothing.
fn without_secrets(argument: &str) -> String {
    if argument.contains(": ") || argument.to_ascii_lowercase().contains("authorization") {
        return "(hidden)".into();
    }
    let Some((scheme, rest)) = argument.split_once("://") else { return format!("{argument:?}") };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    format!("{:?}", format!("{scheme}://{}{path}", host.rsplit('@').next().unwrap_or_default()))
}

fn text_of(info: &PanicHookInfo<'_>) -> String {
    let arguments: Vec<String> = std::env::args_os().map(|a| without_secrets(&a.to_string_lossy())).collect();
    // A thread may meet a defect while it holds the list.
    let commands: Vec<String> = COMMANDS.try_lock().map(|c| c.iter().cloned().collect()).unwrap_or_default();
    format!(
        "cutroom {} on {} {}\ntime: {}\narguments: {}\nthread: {}\ndefect: {}\n\nlast commands of the session, the last one at the end:\n{}\n\n{}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        humantime::format_rfc3339_millis(SystemTime::now()),
        arguments.join(" "),
        std::thread::current().name().unwrap_or("?"),
        message(info),
        commands.join("\n"),
        Backtrace::force_capture()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_hold_no_secrets() {
        assert_eq!(without_secrets("https://me:pass@host/a.mkv?token=1"), "\"https://host/a.mkv\"");
        assert_eq!(without_secrets("Authorization: Bearer x"), "(hidden)");
        assert_eq!(without_secrets("film.mp4"), "\"film.mp4\"");
    }
}
