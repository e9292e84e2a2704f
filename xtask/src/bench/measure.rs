//! Runs one command and measures it.
use crate::{
    Outcome, process,
    processes::{self, descendants},
};
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

/// Peak resident memory in MiB of a command and the processes that it starts, together: the kernel's
/// high-water marks (`VmHWM`), read until it ends.
pub fn peak_mib(command: &mut Command) -> Outcome<f64> {
    let spawn = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = spawn.map_err(|e| format!("cannot run {}: {e}", process::line(command)))?;
    let mut kib = 0.0f64;
    loop {
        let all = descendants(&processes::all(), &[child.id()]).into_iter().chain([child.id()]);
        kib = kib.max(all.filter_map(high_water_kib).sum());
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            return if status.success() { Ok(kib / 1024.0) } else { Err(format!("{} failed ({status})", process::line(command))) };
        }
        thread::sleep(MEMORY_POLL);
    }
}

/// The most memory that a process had resident, in KiB; `None` once it has ended.
fn high_water_kib(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

/// Median of a list; NaN if it is empty.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    if n == 0 { f64::NAN } else { (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0 }
}
