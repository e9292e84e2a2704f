//! `cargo xtask test`: everything CI checks, in the order in which it fails fastest. The test runner's own summary is
//! the last thing printed.
use crate::{Outcome, format, process, setup, workspace, workspace::cargo};
use std::{process::Command, time::Instant};

/// Runs all checks; `--fast` leaves out documentation tests.
pub fn test(args: &[String]) -> Outcome {
    let mut fast = false;
    for arg in args {
        match arg.as_str() {
            "--fast" => fast = true,
            other => return Err(format!("cargo xtask test does not know \"{other}\"; it takes --fast")),
        }
    }
    let mut clock = Clock::default();
    clock.step("set-up", setup::setup)?;
    clock.step("format", || format::format(true))?;
    clock.step("licences", || {
        let report = cutroom_rules::licences::check(&workspace::root())?;
        println!("{report}");
        Ok(())
    })?;
    clock.step("lint", || run(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    clock.step("build", || run(&["build", "--workspace", "--bins"]))?;
    let program = workspace::target_dir()?.join("debug").join(workspace::program_name());
    if !fast {
        clock.step("documentation tests", || run(&["test", "--quiet", "--workspace", "--doc"]))?;
    }
    let mut tests = cargo();
    if setup::nextest() {
        tests.args(["nextest", "run", "--workspace", "--no-fail-fast", "--status-level", "fail", "--final-status-level", "fail"]);
    } else {
        tests.args(["test", "--quiet", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"]);
    }
    tests.env("CUTROOM_BIN", program);
    clock.report();
    process::run(&mut tests)
}

fn run(args: &[&str]) -> Outcome {
    let mut command: Command = cargo();
    process::run(command.args(args))
}

/// Wall time of each step.
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
