//! Runs other programs. Every error contains the command line.
use crate::Outcome;
use std::process::{Command, Stdio};

/// The command line as one would type it, for messages.
pub fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let quoted = words.map(|w| {
        let w = w.to_string_lossy();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
        if !w.is_empty() && w.chars().all(plain) { w.into_owned() } else { format!("'{w}'") }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

/// Runs a command whose output goes to the terminal.
pub fn run(command: &mut Command) -> Outcome {
    let status = command.stdin(Stdio::null()).status().map_err(|e| format!("cannot run {}: {e}", line(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed ({status})", line(command))) }
}

/// Runs a command and returns its standard output; the error contains its standard error.
pub fn capture(command: &mut Command) -> Outcome<String> {
    capture_both(command).map(|(out, _)| out)
}

/// Runs a command and returns its standard output and standard error.
pub fn capture_both(command: &mut Command) -> Outcome<(String, String)> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("cannot run {}: {e}", line(command)))?;
    let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
    if output.status.success() {
        return Ok((text(&output.stdout), text(&output.stderr)));
    }
    Err(format!("{} failed ({})\n{}", line(command), output.status, text(&output.stderr).trim_end()))
}

/// Whether a program can be run.
pub fn exists(program: &str, version_flag: &str) -> bool {
    Command::new(program)
        .arg(version_flag)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// `ffmpeg` that overwrites, does not prompt and prints only errors.
pub fn ffmpeg() -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-nostdin", "-loglevel", "error", "-y"]);
    command
}
