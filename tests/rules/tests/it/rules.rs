//! The repository obeys its rules. Each failure states what to do.
use cutroom_rules::{architecture, codes, cycles, layers, licences, sources};
use std::path::PathBuf;

fn root() -> PathBuf {
    // Found at run time: a build cache may be shared by clones in different folders.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    manifest.ancestors().nth(2).expect("tests/rules lies two folders below the root").to_path_buf()
}

fn none(found: Vec<String>) {
    assert!(found.is_empty(), "{} broken rule(s):\n{}", found.len(), found.join("\n"));
}

#[test]
fn arrows_point_one_way() {
    none(layers::violations(&root()).expect("cargo metadata"));
}

#[test]
fn modules_of_a_crate_form_no_cycle() {
    none(cycles::found(&sources::read_all(&root()).expect("sources")));
}

#[test]
fn cycles_are_seen_through_re_exports_and_not_in_tests() {
    let source = |path: &str, text: &str| sources::Source { path: format!("crates/x/src/{path}"), text: text.into() };
    let crate_of = |a: &str, b: &str| {
        [
            source("lib.rs", "mod a; mod b; pub use b::deep::Named; // use b::Unused"),
            source("a.rs", a),
            source("b/mod.rs", "pub mod deep; pub use deep::Named as Other;"),
            source("b/deep.rs", b),
        ]
    };
    let cycles = |a, b| cycles::of_crate("crates/x", &crate_of(a, b));
    let ring =
        cycles("use crate::{Named, c::D}; /* nested /* */ */ const Q: char = '\\''; ", "fn f() { super::super::a::g(\"'\") }");
    assert_eq!(ring.len(), 1, "{ring:?}");
    assert_eq!(ring[0].modules, ["a", "b"]);
    assert_eq!(
        ring[0].ring,
        ["a → b (crates/x/src/a.rs names crate::Named)", "b → a (crates/x/src/b/deep.rs names super::super::a::g)"]
    );
    assert_eq!(cycles("use crate::b; fn f() { b::Other }", "use crate::a::*;").len(), 1);
    assert_eq!(cycles("use crate::b; fn f() { b::Other }", "use super::Other; #[cfg(test)] mod tests { use crate::a::*; }"), []);
    assert_eq!(cycles("use std::b; fn f<'b>() { \"crate::b\"; r#\"crate::b\"# }", "use crate::a;"), []);
}

#[test]
fn architecture_is_generated_from_the_table() {
    let current = architecture::is_current(&root()).expect("ARCHITECTURE.md");
    assert!(current, "ARCHITECTURE.md is not what tests/rules/src/layers.rs says: run `cargo xtask architecture`");
}

#[test]
fn unsafe_is_where_it_belongs() {
    let sources = sources::read_all(&root()).expect("sources");
    none(sources::misplaced_unsafe(&sources));
    none(sources::unguarded_roots(&sources));
}

#[test]
fn no_machine_paths_and_nothing_left_for_later() {
    let sources = sources::read_all(&root()).expect("sources");
    none(sources::machine_paths(&sources));
    none(sources::unfinished(&sources));
}

#[test]
fn long_files_have_a_reason() {
    none(sources::long_files(&sources::read_all(&root()).expect("sources")));
}

#[test]
fn examples_are_tests() {
    none(sources::documentation_tests(&sources::read_all(&root()).expect("sources")));
}

#[test]
fn error_codes_are_documented() {
    let sources = sources::read_all(&root()).expect("sources");
    assert!(codes::documented(&sources).len() > 50, "the page of codes is not found");
    none(codes::differences(&sources));
}

#[test]
fn licences_are_allowed() {
    licences::check(&root()).unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn the_rules_can_fail() {
    let source = |path: &str, text: &str| sources::Source { path: path.into(), text: text.into() };
    let bad = [
        source("crates/audio/src/lib.rs", &["fn f() { uns", "afe { g() } }"].concat()),
        source("docs/a.md", &["see /ro", "ot/x"].concat()),
        source("crates/audio/src/b.rs", &["// TO", "DO later"].concat()),
        source("crates/audio/src/c.rs", &"\n".repeat(601)),
        source("crates/media/src/lib.rs", &["uns", "afe { ok() }"].concat()),
        source("crates/render/src/lib.rs", "//! no guard"),
        source("crates/audio/src/d.rs", "/// ```\n/// f();\n/// ```\n/// ```text\n/// a\n/// ```"),
    ];
    assert_eq!(sources::misplaced_unsafe(&bad).len(), 1);
    assert_eq!(sources::unguarded_roots(&bad).len(), 2);
    assert_eq!(sources::machine_paths(&bad).len(), 1);
    assert_eq!(sources::unfinished(&bad).len(), 1);
    assert_eq!(sources::long_files(&bad).len(), 1);
    assert_eq!(sources::documentation_tests(&bad).len(), 1);
    let codes = [
        source(codes::PAGE, "| `media.gone` | media | gone |\n| `media.there` | media | there |"),
        source("crates/media/src/error.rs", "(\"media.there\", \"media.new_one\")\n#[cfg(test)]\nmod tests { \"media.gone\" }"),
    ];
    assert_eq!(codes::differences(&codes).len(), 2, "{:?}", codes::differences(&codes));
    assert!(!sources::has_unsafe("#![forbid(unsafe_code)] // unsafe { }"));
    let audio = layers::LAYERS.iter().find(|l| l.package == "cutroom-audio").expect("a row");
    let uses = ["cutroom-types", "cutroom-media", "wgpu"].map(String::from).to_vec();
    assert_eq!(layers::Package { name: "cutroom-audio".into(), uses }.broken_by(audio).len(), 2);
}

#[test]
fn licence_expressions() {
    let allowed =
        licences::allow_list("[licenses]\nallow = [\"MIT\", # the usual\n \"Apache-2.0 WITH LLVM-exception\"]").expect("a list");
    let ok = |e: &str| licences::satisfies(e, &allowed);
    assert_eq!(ok("MIT"), Ok(true));
    assert_eq!(ok("GPL-3.0 OR MIT"), Ok(true));
    assert_eq!(ok("Apache-2.0/MIT"), Ok(true));
    assert_eq!(ok("MIT AND GPL-3.0"), Ok(false));
    assert_eq!(ok("(GPL-2.0 OR MIT) AND (Apache-2.0 WITH LLVM-exception)"), Ok(true));
    assert_eq!(ok("Apache-2.0"), Ok(false));
    assert!(ok("MIT OR").is_err() && ok("(MIT").is_err() && ok("MIT MIT").is_err());
}

#[test]
fn the_table_has_no_cycle_and_names_only_rows() {
    for (row, layer) in layers::LAYERS.iter().enumerate() {
        for used in layer.may_use {
            let below = layers::LAYERS[..row].iter().any(|l| l.package.trim_start_matches("cutroom-") == *used);
            assert!(below, "{} uses {used}, which is not a row above it", layer.package);
        }
    }
}
