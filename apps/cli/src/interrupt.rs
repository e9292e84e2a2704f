//! Ctrl-C and termination signals: the first asks the work to stop cleanly, the second ends the program at once, taking with
//! it what is unfinished.
use cutroom_api::{ApiError, Cancellation};

/// A flag that is raised on SIGINT, SIGTERM and SIGHUP.
///
/// # Errors
/// `cli.signals` when the system refuses the handler.
pub fn cancellation() -> Result<Cancellation, ApiError> {
    let flag = Cancellation::default();
    let raised = flag.clone();
    ctrlc::set_handler(move || {
        if raised.is_raised() {
            raised.remove_unfinished();
            std::process::exit(130);
        }
        raised.raise();
    })
    .map_err(|e| ApiError::new("cli.signals", format!("cannot listen for Ctrl-C: {e}")))?;
    Ok(flag)
}
