//! Runs one command and measures it.
use crate::{Outcome, process};
use std::{
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Time between two readings of a process's memory.
const MEMORY_POLL: Duration = Duration::from_millis(20);

/// Runs a command and returns its wall time in seconds.
pub fn wall_secs(command: &mut Command) -> Outcome<f64> {
    let start = Instant::now();
    process::capture(command)?;
    Ok(start.elapsed().as_secs_f64())
}

/// Processor time in seconds, of all threads, in user and kernel mode: what the children of this
/// process used while the command ran. Nothing else may be started meanwhile.
pub fn cpu_secs(command: &mut Command) -> Outcome<f64> {
    let before = children_cpu_secs()?;
    process::capture(command)?;
    Ok(children_cpu_secs()? - before)
}

/// Processor time of ended children: `cutime` and `cstime` of `/proc/self/stat`, in ticks of 10 ms
/// (proc(5); Linux reports 100 a second to programs on all machines).
fn children_cpu_secs() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").map_err(|e| format!("cannot read processor times: {e}"))?;
    // The name in parentheses may hold spaces; the 3rd field of the manual follows it.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    let ticks: Vec<f64> = fields.skip(13).take(2).filter_map(|f| f.parse().ok()).collect();
    if ticks.len() == 2 { Ok(ticks.iter().sum::<f64>() / 100.0) } else { Err(format!("unexpected /proc/self/stat: {stat}")) }
}

/// The numbers after each of `names` in the command's standard output.
pub fn printed<const N: usize>(command: &mut Command, names: [&str; N]) -> Outcome<[f64; N]> {
    let out = process::capture(command)?;
    let words: Vec<&str> = out.split_whitespace().collect();
    let mut values = [0.0; N];
    for (value, name) in values.iter_mut().zip(names) {
        let at = words.iter().position(|w| *w == name).and_then(|i| words.get(i + 1)).and_then(|v| v.parse().ok());
        *value = at.ok_or_else(|| format!("{} printed no \"{name}\":\n{out}", process::line(command)))?;
    }
    Ok(values)
}

/// Peak resident memory in MiB: the kernel's high-water mark (`VmHWM`), read until the process
/// ends.
pub fn peak_mib(command: &mut Command) -> Outcome<f64> {
    let spawn = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = spawn.map_err(|e| format!("cannot run {}: {e}", process::line(command)))?;
    let path = format!("/proc/{}/status", child.id());
    let mut kib = 0.0f64;
    loop {
        if let Ok(status) = std::fs::read_to_string(&path)
            && let Some(line) = status.lines().find(|l| l.starts_with("VmHWM:"))
            && let Some(v) = line.split_whitespace().nth(1).and_then(|v| v.parse().ok())
        {
            kib = kib.max(v);
        }
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            return if status.success() { Ok(kib / 1024.0) } else { Err(format!("{} failed ({status})", process::line(command))) };
        }
        thread::sleep(MEMORY_POLL);
    }
}

/// Median of a list; NaN if it is empty.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    if n == 0 { f64::NAN } else { (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0 }
}
