//! Goldens: the hash of every comparison case's frame on the CPU, in `tests/golden/hashes.txt`.
//! They do not prove that pixels are right (oracles do that) but show when pixels change, between
//! two commits or between two machines. `cargo xtask golden --bless` writes the file again.
use crate::gpu_cases::{self, Case};
use crate::support::bytes;
use cutroom_render::cpu::CpuRenderer;
use std::{collections::BTreeMap, fmt::Write as _};

const FILE: &str = "tests/golden/hashes.txt";

const HEAD: &str = "\
# BLAKE3 of each case's frame on the CPU: rows of the planes in order, without padding. Cases: crates/render/tests/it/gpu_cases.
# Written by `cargo xtask golden --bless`; a change here is a change of pixels and belongs in the changelog.
";

/// All cases with unique names: the name of their list and their name in it.
fn cases() -> impl Iterator<Item = (String, Case)> {
    let lists = [
        ("gamma", gpu_cases::catalogue(false)),
        ("linear", gpu_cases::catalogue(true)),
        ("shapes", gpu_cases::shapes()),
        ("drawings", crate::drawings::cases()),
    ];
    lists.into_iter().flat_map(|(list, cases)| cases.into_iter().map(move |c| (format!("{list}: {}", c.name), c)))
}

fn hash(cpu: &CpuRenderer, case: &Case) -> String {
    let frame = cpu.run(&gpu_cases::program(case), &case.output).unwrap_or_else(|e| panic!("{}: {e}", case.name));
    blake3::hash(&bytes(&frame)).to_string()
}

/// The hashes of a golden file by name; each line is hash, two spaces, name.
fn parse(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().filter(|l| !l.starts_with('#'));
    lines.map(|l| l.split_once("  ").map(|(hash, name)| (name, hash)).unwrap_or_else(|| panic!("{FILE}: \"{l}\""))).collect()
}

#[test]
fn frames_have_the_hashes_of_the_golden_file() {
    let cpu = CpuRenderer::new(0).unwrap();
    let mut text = HEAD.to_owned();
    for (name, case) in cases() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}  {name}", hash(&cpu, &case));
    }
    let got = parse(&text);
    assert_eq!(got.len(), text.lines().count() - HEAD.lines().count(), "two cases have one name");
    if std::env::var_os("CUTROOM_BLESS").is_some() {
        let path = cutroom_test_support::root().join(FILE);
        std::fs::write(&path, &text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        return;
    }
    let file = cutroom_test_support::read(FILE);
    let want = parse(&file);
    let mut wrong = Vec::new();
    for (name, hash) in &got {
        match want.get(name) {
            None => wrong.push(format!("new: {name}")),
            Some(w) if w != hash => wrong.push(format!("changed: {name}")),
            Some(_) => {}
        }
    }
    wrong.extend(want.keys().filter(|name| !got.contains_key(*name)).map(|name| format!("gone: {name}")));
    assert!(
        wrong.is_empty(),
        "{} of {} cases; `cargo xtask golden --bless` once the change is meant\n{}",
        wrong.len(),
        got.len(),
        wrong.join("\n")
    );
}
