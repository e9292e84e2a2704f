//! Ctrl-C and termination signals. The first signal requests that the work stop cleanly; the second
//! removes unfinished files and ends the program at once.
use cutroom_api::{ApiError, CancelToken, UnfinishedFiles};

/// Returns a token that is cancelled on the first Ctrl-C, and the list of files that the second one
/// removes. On Unix, SIGINT, SIGTERM and SIGHUP have this effect, and SIGQUIT (Ctrl-\\) ends the
/// program at once, as always, after it has removed the files; except for those that the program was
/// started to ignore, as `nohup` and shells with background jobs do.
///
/// # Errors
/// `cli.signals` if the system refuses the handler.
pub fn cancellation() -> Result<(CancelToken, UnfinishedFiles), ApiError> {
    let token = CancelToken::new();
    let unfinished = UnfinishedFiles::default();
    let (of_handler, files) = (token.clone(), unfinished.clone());
    #[cfg(unix)]
    let of_quit = unfinished.clone();
    #[cfg(unix)]
    quit::listen(move || of_quit.remove()).map_err(|e| ApiError::new("cli.signals", format!("cannot listen for SIGQUIT: {e}")))?;
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
mod quit {
    use signal_hook::{
        consts::SIGQUIT,
        low_level::{emulate_default_handler, pipe},
    };
    use std::{io::Read, os::unix::net::UnixStream};

    /// Calls `act` on SIGQUIT, then ends the program by that signal.
    pub fn listen(act: impl Fn() + Send + 'static) -> std::io::Result<()> {
        if super::ignored() >> (SIGQUIT - 1) & 1 == 1 {
            return Ok(());
        }
        let (mut reader, writer) = UnixStream::pair()?;
        pipe::register(SIGQUIT, writer)?;
        let listening = move || {
            if reader.read_exact(&mut [0]).is_ok() {
                act();
                // Ends the program with a core dump where the system makes one; the exit code is
                // for systems that do not end it.
                let _ = emulate_default_handler(SIGQUIT);
                std::process::exit(131);
            }
        };
        std::thread::Builder::new().name("quit".into()).spawn(listening).map(drop)
    }
}

#[cfg(unix)]
fn listen(act: impl Fn() + Send + 'static) -> std::io::Result<()> {
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGTERM},
        low_level::pipe,
    };
    let ignored = ignored();
    // One byte per signal, so that two signals in quick succession count as two.
    let (mut reader, writer) = std::os::unix::net::UnixStream::pair()?;
    for signal in [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0) {
        pipe::register(signal, writer.try_clone()?)?;
    }
    let listening = move || {
        // The loop ends only if the socket pair breaks, which nothing here causes.
        while std::io::Read::read_exact(&mut reader, &mut [0]).is_ok() {
            act();
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(listening).map(drop)
}

/// The signals that the program was started to ignore: bit n - 1 is signal n. Linux reports them in
/// a file; on other systems the result is 0.
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
