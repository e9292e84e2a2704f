//! docs/cli.md is what `--help` says. `CUTROOM_BLESS=1` writes it anew.
mod common;
use common::Bench;
use std::path::{Path, PathBuf};

const COMMANDS: [&str; 11] =
    ["new", "probe", "validate", "frame", "export", "graph", "catalog", "schema", "doctor", "completions", "man"];

fn page() -> String {
    let b = Bench::new();
    let help = |args: &[&str]| b.ok(args).out.trim_end().to_owned();
    let mut text = String::from(
        "# The command line\n\nWritten from `--help` by `CUTROOM_BLESS=1 cargo nextest run -p cutroom-cli --test docs`; do not edit.\n\n\
         Results go to standard output; progress, notes and errors to standard error. `cutroom man DIR` writes these pages for `man`.\n",
    );
    text += &format!("\n## cutroom\n\n```text\n{}\n```\n", help(&["--help"]));
    for name in COMMANDS {
        text += &format!("\n## cutroom {name}\n\n```text\n{}\n```\n", help(&[name, "--help"]));
    }
    // No trailing blanks, whatever the terminal's width made of them.
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn the_command_line_is_documented_as_it_is() {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    let path = manifest.ancestors().nth(2).unwrap_or(Path::new(".")).join("docs/cli.md");
    let now = page();
    if std::env::var_os("CUTROOM_BLESS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let then = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(then == now, "docs/cli.md is old: run CUTROOM_BLESS=1 cargo nextest run -p cutroom-cli --test docs");
    for name in COMMANDS {
        assert!(now.contains(&format!("\n  {name} ")), "{name} is missing from cutroom --help");
    }
}
