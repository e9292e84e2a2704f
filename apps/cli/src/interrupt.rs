//! Ctrl-C and termination signals: the first asks the work to stop cleanly, the second ends the
//! program at once, taking with it what is unfinished.
use cutroom_api::{ApiError, CancelToken, UnfinishedFiles};

/// A token that is cancelled on Ctrl-C, and the list of what the second one removes; under Unix on
/// SIGINT, SIGTERM and SIGHUP, but for those that whoever started the program had it ignore,
/// as `nohup` and shells for background work do.
///
/// # Errors
/// `cli.signals` when the system refuses the handler.
pub fn cancellation() -> Result<(CancelToken, UnfinishedFiles), ApiError> {
    let token = CancelToken::new();
    let unfinished = UnfinishedFiles::default();
    let (of_handler, files) = (token.clone(), unfinished.clone());
    listen(move || {
        if of_handler.is_cancelled() {
            files.remove();
            std::process::exit(130);
        }
        of_handler.cancel();
    })
    .map_err(|e| ApiError::new("cli.signals", format!("cannot listen for Ctrl-C: {e}")))?;
    Ok((token, unfinished))
}

#[cfg(unix)]
fn listen(act: impl Fn() + Send + 'static) -> std::io::Result<()> {
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGTERM},
        low_level::pipe,
    };
    let ignored = ignored();
    // A byte for each signal, so that two in quick succession are two.
    let (mut reader, writer) = std::os::unix::net::UnixStream::pair()?;
    for signal in [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0) {
        pipe::register(signal, writer.try_clone()?)?;
    }
    let listening = move || {
        // Ends only should the pair break, which nothing here does.
        while std::io::Read::read_exact(&mut reader, &mut [0]).is_ok() {
            act();
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(listening).map(drop)
}

/// The signals that the program was started to ignore: bit n - 1 stands for signal n. Linux tells
/// them as a file; elsewhere none.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|l| l.strip_prefix("SigIgn:"));
    mask.and_then(|m| u64::from_str_radix(m.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(not(unix))]
fn listen(act: impl Fn() + Send + 'static) -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(act)
}
