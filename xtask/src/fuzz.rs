//! `cargo xtask fuzz`: runs the targets of `fuzz/` under libFuzzer. The compiler of this repository
//! counts coverage with stable options, so neither a nightly compiler nor `cargo-fuzz` is needed.
//! Inputs that were found stay in the build folder; only inputs that fail belong in `fuzz/corpus`.
use crate::{Outcome, process, workspace};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const SECS: u32 = 60;
/// Maximum length of a generated input in bytes.
const LONGEST: usize = 4096;
/// Shared test media files that are additional seeds: target and extension.
const MEDIA: &[(&str, &str)] =
    &[("cube", "cube"), ("three_dl", "3dl"), ("boxes", "mp4"), ("boxes", "mov"), ("boxes", "avif"), ("ogg", "ogv")];
/// Maximum length of such a seed in bytes.
const LONGEST_SEED: u64 = 128 << 10;
/// Counters for every edge and comparison, as libFuzzer reads them; overflows and debug assertions
/// panic.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions -Ccodegen-units=1";

/// Arguments: `[SECS] [TARGET…]`. Runs each target, or each of those named, for `SECS` seconds.
pub fn fuzz(args: &[String]) -> Outcome {
    let (secs, chosen) = match args.split_first() {
        Some((first, rest)) if first.starts_with(|c: char| c.is_ascii_digit()) => {
            (first.parse().map_err(|_| format!("\"{first}\" is no number of seconds"))?, rest)
        }
        _ => (SECS, args),
    };
    let corpus = workspace::root().join("fuzz/corpus");
    let mut targets = names(&corpus)?;
    if let Some(other) = chosen.iter().find(|c| !targets.contains(c)) {
        return Err(format!("there is no target \"{other}\"; there are {}", targets.join(", ")));
    }
    targets.retain(|t| chosen.is_empty() || chosen.contains(t));
    let dir = workspace::target_dir()?.join("fuzz");
    let program = build(&dir)?;
    let failed: Vec<&str> = targets
        .iter()
        .filter(|t| run(&program, t, secs, &corpus.join(t), &dir).map_err(|e| println!("  {e}")).is_err())
        .map(String::as_str)
        .collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

/// The file names in a folder, sorted.
fn names(folder: &Path) -> Outcome<Vec<String>> {
    let entries = fs::read_dir(folder).map_err(|e| format!("cannot list {}: {e}", folder.display()))?;
    let mut names: Vec<String> = entries.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

fn build(dir: &Path) -> Outcome<PathBuf> {
    let version = process::capture(Command::new("rustc").arg("-vV").current_dir(workspace::root()))?;
    let host = version.lines().find_map(|l| l.strip_prefix("host: ")).ok_or("rustc names no host")?;
    // With an explicit target, build scripts are built without the counters.
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--release", "--package", "cutroom-fuzz", "--features", "libfuzzer", "--bin", "fuzz", "--target", host]);
    process::run(cargo.arg("--target-dir").arg(dir).env("RUSTFLAGS", FLAGS))?;
    Ok(dir.join(host).join("release").join(format!("fuzz{}", std::env::consts::EXE_SUFFIX)))
}

fn run(program: &Path, target: &str, secs: u32, seeds: &Path, dir: &Path) -> Outcome {
    println!("== {target}, {secs} s");
    let found = dir.join("corpus").join(target);
    let failures = dir.join("failures");
    for folder in [&found, &failures] {
        fs::create_dir_all(folder).map_err(|e| format!("cannot create {}: {e}", folder.display()))?;
    }
    copy_media(target, &found)?;
    let words = dir.join(format!("{target}.dict"));
    fs::write(&words, dictionary(seeds)?).map_err(|e| format!("cannot write {}: {e}", words.display()))?;
    let mut command = Command::new(program);
    command.env("CUTROOM_FUZZ_TARGET", target);
    command.arg(format!("-max_total_time={secs}")).arg(format!("-max_len={LONGEST}")).arg(format!("-dict={}", words.display()));
    command.args(["-timeout=10", "-rss_limit_mb=2048", "-use_value_profile=1", "-print_final_stats=1"]);
    command.arg(format!("-artifact_prefix={}/{target}-", failures.display()));
    // libFuzzer writes new inputs to the first folder.
    command.arg(&found).arg(seeds);
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("cannot run {}: {e}", process::line(&command)))?;
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    let stat = |name: &str| log.lines().find_map(|l| l.strip_prefix(&format!("stat::{name}:"))).map_or("?", str::trim).to_owned();
    let cover =
        log.lines().rev().find_map(|l| l.split_once("cov: ")).map_or("?", |(_, rest)| rest.split(' ').next().unwrap_or("?"));
    println!("  {} inputs, {} a second, {cover} edges", stat("number_of_executed_units"), stat("average_exec_per_sec"));
    if output.status.success() {
        return Ok(());
    }
    let told =
        log.lines().filter(|l| l.contains("panicked") || l.contains("ERROR") || l.contains("Test unit") || l.contains("assertion"));
    let told: Vec<&str> = told.collect();
    Err(format!("{}\n  mend it, and keep the input in {}", told.join("\n  "), seeds.display()))
}

/// Copies the seeds among the shared media to the inputs that were found; the folder of shared
/// media is never written to.
fn copy_media(target: &str, found: &Path) -> Outcome {
    let media = std::env::var_os("CUTROOM_TEST_MEDIA").map_or_else(|| workspace::root().join("../shared/media"), PathBuf::from);
    for folder in [".", "lut", "broken", "found"].map(|f| media.join(f)) {
        // Missing media are not an error: the seeds of the repository remain.
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for path in entries.filter_map(|e| Some(e.ok()?.path())) {
            let ends = |ending: &str| path.extension().is_some_and(|e| e == ending);
            let wanted = MEDIA.iter().any(|(t, ending)| *t == target && ends(ending));
            let short = fs::metadata(&path).is_ok_and(|m| m.is_file() && m.len() <= LONGEST_SEED);
            if let (true, true, Some(name)) = (wanted, short, path.file_name()) {
                let bytes = fs::read(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
                fs::write(found.join(name), bytes).map_err(|e| format!("cannot write into {}: {e}", found.display()))?;
            }
        }
    }
    Ok(())
}

/// Words of the seeds in libFuzzer's dictionary format: one per line, in quotes.
fn dictionary(seeds: &Path) -> Outcome<String> {
    let mut words = BTreeSet::new();
    for name in names(seeds)? {
        let path = seeds.join(name);
        let bytes = fs::read(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        for word in bytes.split(|b| !b.is_ascii_alphanumeric() && *b != b'_') {
            if (2..=32).contains(&word.len()) {
                words.insert(format!("\"{}\"\n", String::from_utf8_lossy(word)));
            }
        }
    }
    Ok(words.into_iter().collect())
}
