//! `cargo xtask golden`: compares the frames of all comparison cases with
//! `tests/golden/hashes.txt`, or rewrites the file.
use crate::{Outcome, process, workspace};

/// Arguments: `[--bless]`.
pub fn golden(args: &[String]) -> Outcome {
    let bless = match args {
        [] => false,
        [flag] if flag == "--bless" => true,
        _ => return Err("cargo xtask golden takes nothing, or --bless to write the file anew".into()),
    };
    let mut test = workspace::cargo();
    test.args(["test", "--quiet", "--workspace", "--exclude", workspace::WINDOW, "--test", "it", "golden::"])
        .env_remove("CUTROOM_BLESS");
    if bless {
        test.env("CUTROOM_BLESS", "1");
    }
    process::run(&mut test)
}
