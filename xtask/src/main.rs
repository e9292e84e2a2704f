//! Set-up, demo, tests, goldens, benchmarks and generated documents. It runs `cargo`, `ffmpeg` and
//! the built `cutroom` program as processes and links none of them, so that it builds in seconds on
//! a bare machine.
#![forbid(unsafe_code)]

mod bench;
mod compare;
mod demo;
mod farm;
mod format;
mod fuzz;
mod golden;
mod process;
mod processes;
mod setup;
mod test;
mod web;
mod workspace;

use std::process::ExitCode;

/// Result of a step; the error is a message for the user.
type Outcome<T = ()> = Result<T, String>;

const HELP: &str = "\
cargo xtask <command>

  demo [CLIP…]         install what is missing, build program and editor, make footage (or take the clips given), export demo/film.mp4
  test [preview]       install what is missing, then format, lint, repository rules, licences, all tests, those in a browser
                       too; or lint and tests of the preview window alone, which are otherwise the last step
  fmt [--check]        format all source files, those declared by macros too
  bench [--runs N] [--against FOLDER] [WORKLOAD…]
                       measure cutroom against ffmpeg and melt, write docs/benchmarks.md; or print the ratio to the
                       programs of a former version in FOLDER
  bench card [--programs FOLDER]
                       measure what a graphics card decodes and draws, compare it with the processor, write its section of
                       docs/benchmarks.md; FOLDER holds the examples card_speed and hardware_check, built before
  golden [--bless]     compare the frames of all comparison cases with tests/golden/hashes.txt, or write it anew
  compare OLD [NEW]    whether two builds of the program make the same films, frame by frame; NEW is built if not named
  fuzz [SECS] [TARGET…]
                       every parser under libFuzzer, 60 s each; failing inputs are kept
  farm-test [TRIAL…]   exports on a Slurm cluster of four virtual nodes on this machine, while its parts are killed
  types [--check]      write web/src/api/types.ts, the TypeScript types of what programs exchange with cutroom
  architecture         write the generated table of ARCHITECTURE.md
  setup                only install what is missing
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    let outcome = match args.first().map(String::as_str) {
        Some("demo") => demo::demo(rest),
        Some("test") => test::test(rest),
        Some("fmt") => format::format(rest.iter().any(|a| a == "--check")),
        Some("bench") => bench::bench(rest),
        Some("golden") => golden::golden(rest),
        Some("farm-test") => farm::test(rest),
        Some("fuzz") => fuzz::fuzz(rest),
        Some("compare") => compare::compare(rest),
        Some("types") => web::types(rest),
        Some("setup") => setup::setup(),
        Some("architecture") => {
            cutroom_rules::architecture::write(&workspace::root()).map(|()| println!("ARCHITECTURE.md is up to date"))
        }
        Some("help" | "--help" | "-h") | None => {
            print!("{HELP}");
            Ok(())
        }
        Some(other) => Err(format!("there is no command \"{other}\"\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nerror: {message}");
            ExitCode::FAILURE
        }
    }
}
