//! The editor for browsers: its build, its tests, and the TypeScript types of everything that programs
//! exchange with cutroom, made from the program's own JSON Schema by `json-schema-to-typescript`.
use crate::{Outcome, process, setup, workspace, workspace::cargo};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

fn folder() -> PathBuf {
    workspace::root().join("web")
}

/// Installs the packages of the lock file, and builds the page into `web/dist`, where programs of the
/// profiles `release` and `dist` take it from when they are compiled.
pub fn build() -> Outcome {
    let web = folder();
    install(&web)?;
    process::run(npm(&web).args(["run", "--silent", "build", "--", "--logLevel", "warn"]))
}

/// `cargo xtask types`: writes `web/src/api/types.ts`, or checks that it is up to date.
pub fn types(args: &[String]) -> Outcome {
    let check = match args {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err("cargo xtask types takes only --check".into()),
    };
    process::run(cargo().args(["test", "--workspace", "--exclude", workspace::WINDOW, "--no-run", "--quiet"]))?;
    install(&folder())?;
    written(check)?;
    unit_tests()
}

/// Type-checks the editor, and runs its unit tests.
pub fn unit_tests() -> Outcome {
    let web = folder();
    process::run(npm(&web).args(["run", "--silent", "check"]))?;
    process::run(npm(&web).args(["test", "--silent", "--", "--reporter=dot"]))
}

/// Runs the tests in a browser, of the page that was built, with a program that is built.
pub fn browser_tests() -> Outcome {
    let web = folder();
    let program = workspace::target_dir()?.join("debug").join(workspace::program_name());
    let mut tests = npm(&web);
    tests.args(["run", "--silent", "browser"]).env("CUTROOM_BIN", program);
    if let Some(chromium) = setup::chromium() {
        tests.env("CHROMIUM", chromium);
    }
    process::run(&mut tests)
}

/// As [`types`], with a program that is built already.
pub fn written(check: bool) -> Outcome {
    let web = folder();
    let program = workspace::target_dir()?.join("debug").join(workspace::program_name());
    let schema = process::capture(Command::new(program).args(["schema", "--all"]))?;
    let failed = |e: std::io::Error| format!("cannot run npm: {e}; Node 20 or later is needed");
    let mut script = npm(&web);
    script.args(["run", "--silent", "types", "--"]).args(check.then_some("--check")).stdin(Stdio::piped());
    let mut running = script.spawn().map_err(failed)?;
    if let Some(mut input) = running.stdin.take() {
        input.write_all(schema.as_bytes()).map_err(failed)?;
    }
    if !running.wait().map_err(failed)?.success() {
        return Err("the TypeScript types are not up to date, or could not be made; see above".into());
    }
    Ok(())
}

/// What is installed is that of the lock file.
fn install(web: &Path) -> Outcome {
    let lock = |path: &Path| std::fs::read(path).unwrap_or_default();
    let installed = web.join("node_modules/.cutroom-lock");
    if lock(&installed) == lock(&web.join("package-lock.json")) {
        return Ok(());
    }
    if !process::exists("npm", "--version") {
        return Err("npm is missing; the editor for browsers needs Node 20 or later".into());
    }
    process::run(npm(web).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    std::fs::copy(web.join("package-lock.json"), &installed).map_err(|e| format!("{}: {e}", installed.display()))?;
    Ok(())
}

fn npm(web: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(web);
    command
}
