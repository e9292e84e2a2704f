//! `cargo xtask types`: TypeScript types of everything that programs exchange with cutroom, made from the
//! program's own JSON Schema by `json-schema-to-typescript`.
use crate::{Outcome, process, workspace, workspace::cargo};
use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

/// Writes `web/src/api/types.ts`, or checks that it is up to date, and type-checks the examples.
pub fn types(args: &[String]) -> Outcome {
    let check = match args {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err("cargo xtask types takes only --check".into()),
    };
    process::run(cargo().args(["test", "--workspace", "--no-run", "--quiet"]))?;
    written(check)
}

/// As [`types`], with a program that is built already; then the tests of the editor for browsers.
pub fn written(check: bool) -> Outcome {
    let web = workspace::root().join("web");
    let lock = |path: &Path| std::fs::read(path).unwrap_or_default();
    // What is installed is that of the lock file.
    let installed = web.join("node_modules/.cutroom-lock");
    if lock(&installed) != lock(&web.join("package-lock.json")) {
        process::run(npm(&web).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
        std::fs::copy(web.join("package-lock.json"), &installed).map_err(|e| format!("{}: {e}", installed.display()))?;
    }
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
    process::run(npm(&web).args(["run", "--silent", "check"]))?;
    process::run(npm(&web).args(["test", "--silent", "--", "--reporter=dot"]))
}

fn npm(web: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(web);
    command
}
