//! `cargo xtask test`: all checks of CI, those that fail fastest first. Skipped tests are reported
//! after the summary of the test runner: tests append them to the file named by
//! `CUTROOM_SKIPPED_TESTS`.
use crate::{
    Outcome, format, process, setup, web, workspace,
    workspace::{WINDOW, cargo},
};
use std::{collections::BTreeMap, path::PathBuf, process::Command, time::Instant};

/// Runs all checks, or those of the window alone.
pub fn test(args: &[String]) -> Outcome {
    match args {
        [] => {}
        [one] if one == "preview" => return window(),
        [other, ..] => return Err(format!("cargo xtask test does not know \"{other}\"; it takes nothing, or \"preview\"")),
    }
    let mut clock = Clock::default();
    clock.step("set-up", setup::setup_tests)?;
    clock.step("format", || format::format(true))?;
    clock.step("licences", || {
        let report = cutroom_rules::licences::check(&workspace::root())?;
        println!("{report}");
        Ok(())
    })?;
    clock.step("editor", || web::build().and_then(|()| web::unit_tests()))?;
    clock.step("lint", || {
        run(&["clippy", "--quiet", "--workspace", "--exclude", WINDOW, "--all-targets", "--", "-D", "warnings"])
    })?;
    // Built together with the tests: alone, the program would be built with other features of its
    // dependencies, and so twice.
    clock.step("build", || run(&["test", "--workspace", "--exclude", WINDOW, "--no-run", "--quiet"]))?;
    clock.step("types", || web::written(true))?;
    clock.step("browser", web::browser_tests)?;
    let program = workspace::target_dir()?.join("debug").join(workspace::program_name());
    let mut tests = cargo();
    if setup::nextest() {
        tests.args(["nextest", "run", "--no-fail-fast", "--status-level", "fail", "--final-status-level", "fail"]);
    } else {
        tests.args(["test", "--quiet", "--lib", "--bins", "--tests", "--no-fail-fast"]);
    }
    tests.args(["--workspace", "--exclude", WINDOW]);
    tests.env("CUTROOM_BIN", program);
    let list = workspace::target_dir()?.join("skipped-tests.txt");
    match std::fs::remove_file(&list) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(format!("cannot remove {}: {e}", list.display())),
        _ => {}
    }
    tests.env("CUTROOM_SKIPPED_TESTS", &list);
    clock.report();
    let outcome = process::run(&mut tests);
    // Without a list, no test was skipped.
    let skips = Skips::of(&std::fs::read_to_string(&list).unwrap_or_default());
    print!("{skips}");
    outcome?;
    let media = std::env::var_os("CUTROOM_TEST_MEDIA").map_or_else(|| workspace::root().join("../shared/media"), PathBuf::from);
    let on_ci = std::env::var("CI").is_ok_and(|v| v == "true");
    if on_ci && media.is_dir() && skips.count("missing file") > 0 {
        return Err(format!("{} lacks files that tests need", media.display()));
    }
    if on_ci && skips.count("no device") > 0 {
        return Err("the GPU tests found no Vulkan device, though set-up installs a software one".into());
    }
    let start = Instant::now();
    window()?;
    println!("== preview: {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// Checks of the window: it is drawn by the software device, on no display.
fn window() -> Outcome {
    println!("== preview");
    run(&["clippy", "--quiet", "-p", WINDOW, "--all-targets", "--", "-D", "warnings"])?;
    if setup::nextest() {
        return run(&["nextest", "run", "-p", WINDOW, "--no-fail-fast", "--status-level", "fail", "--final-status-level", "fail"]);
    }
    run(&["test", "--quiet", "-p", WINDOW, "--lib", "--bins", "--tests", "--no-fail-fast"])
}

/// Skipped tests, one line each, sorted, with the number of times each was skipped.
struct Skips(BTreeMap<String, usize>);

impl Skips {
    fn of(list: &str) -> Self {
        let mut lines = BTreeMap::new();
        list.lines().for_each(|line| *lines.entry(line.to_owned()).or_default() += 1);
        Self(lines)
    }

    fn count(&self, kind: &str) -> usize {
        self.0.keys().filter(|line| line.starts_with(kind)).count()
    }
}

impl std::fmt::Display for Skips {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "== {} skips in tests", self.0.values().sum::<usize>())?;
        self.0.iter().try_for_each(|(line, times)| {
            writeln!(f, "   {line}{}", if *times > 1 { format!(" ({times} times)") } else { String::new() })
        })
    }
}

fn run(args: &[&str]) -> Outcome {
    let mut command: Command = cargo();
    process::run(command.args(args))
}

/// Wall time of each step in seconds.
#[derive(Default)]
struct Clock(Vec<(&'static str, f64)>);

impl Clock {
    fn step(&mut self, name: &'static str, work: impl FnOnce() -> Outcome) -> Outcome {
        println!("== {name}");
        let start = Instant::now();
        let outcome = work();
        self.0.push((name, start.elapsed().as_secs_f64()));
        outcome.map_err(|e| format!("{name}: {e}"))
    }

    fn report(&self) {
        let steps: Vec<_> = self.0.iter().map(|(name, secs)| format!("{name} {secs:.0} s")).collect();
        println!("== tests (before them: {})", steps.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skips_are_counted() {
        let skips = Skips::of("missing file: a.mp4\nimpossible here: no GPU\nmissing file: a.mp4\n");
        assert_eq!(skips.count("missing file"), 1);
        let text = "== 3 skips in tests\n   impossible here: no GPU\n   missing file: a.mp4 (2 times)\n";
        assert_eq!(skips.to_string(), text);
        assert_eq!(Skips::of("").to_string(), "== 0 skips in tests\n");
    }
}
