//! The program holds the editor's page: it is compiled again when the page is built again.
use std::path::Path;

const PAGE: &str = "../../web/dist";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Programs for development read the folder when they run, if it was there when they were compiled.
    let is_shipped = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if is_shipped || !Path::new(PAGE).exists() {
        println!("cargo:rerun-if-changed={PAGE}");
    }
}
