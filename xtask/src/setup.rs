//! Installs only what is missing: system packages by apt-get, Rust components by rustup,
//! cargo-nextest.
use crate::{Outcome, process, workspace::cargo};
use std::{
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

/// Debian 12 packages, and why each is needed.
const PACKAGES: &[(&str, &str)] = &[
    ("ffmpeg", "test oracle, demo footage"),
    ("libavcodec-dev", "linked"),
    ("libavformat-dev", "linked"),
    ("libavutil-dev", "linked"),
    ("libswscale-dev", "linked"),
    ("libswresample-dev", "linked"),
    ("libavfilter-dev", "linked"),
    ("libavdevice-dev", "linked"),
    ("libasound2-dev", "linked: sound devices"),
    ("g++", "builds the stretcher that keeps pitch"),
    ("clang", "FFmpeg bindings are generated at build time"),
    ("libclang-dev", "FFmpeg bindings are generated at build time"),
    ("pkg-config", "finds FFmpeg"),
    ("mesa-vulkan-drivers", "software Vulkan for the GPU tests"),
    ("libvulkan1", "Vulkan loader"),
    ("fonts-dejavu-core", "title of the demo"),
    ("espeak-ng", "speech of the demo"),
];

/// Packages that only the tests need.
const TEST_PACKAGES: &[(&str, &str)] = &[
    ("gstreamer1.0-tools", "a second decoder of what is exported"),
    ("gstreamer1.0-plugins-base", "a second decoder of what is exported"),
    ("gstreamer1.0-plugins-good", "a second decoder of what is exported"),
    ("gstreamer1.0-plugins-bad", "a second decoder of what is exported"),
    ("gstreamer1.0-libav", "a second decoder of what is exported"),
    ("python3-venv", "the S3 server of the tests"),
];

/// The browser that tests the editor, where none is installed.
const BROWSER: &[(&str, &str)] = &[("chromium", "the browser that tests the editor")];

/// Packages that only the benchmarks need.
const BENCH_PACKAGES: &[(&str, &str)] = &[("melt", "peer of the benches"), ("python3-av", "peer of the seek bench")];

/// Packages that only the test of farms needs.
const FARM_PACKAGES: &[(&str, &str)] = &[
    ("munge", "keys of the cluster"),
    ("slurm-client", "hands jobs to the cluster"),
    ("slurmctld", "controller of the cluster"),
    ("slurmd", "nodes of the cluster"),
];

/// The S3 server of the tests, a Python package, and where it is installed below the user's cache.
const S3_SERVER: &str = "moto[s3,server]==5.2.5";
const S3_FOLDER: &str = "cutroom/moto";

const ATTEMPTS: u32 = 3;

/// Installs what tests, demo and builds need, and reports what it does.
pub fn setup() -> Outcome {
    system_packages(PACKAGES)?;
    rust_components()
}

/// Installs what the tests need.
pub fn setup_tests() -> Outcome {
    setup()?;
    system_packages(TEST_PACKAGES)?;
    if chromium().is_none() {
        system_packages(BROWSER)?;
    }
    s3_server()
}

/// Installs what the test of farms needs, if packages are missing.
pub fn farm_packages(missing: &[&str]) -> Outcome {
    if missing.is_empty() { Ok(()) } else { system_packages(FARM_PACKAGES) }
}

/// Installs the S3 server of the tests in a Python environment of its own.
fn s3_server() -> Outcome {
    if std::env::var_os("CUTROOM_S3_SERVER").or_else(|| std::env::var_os("CUTROOM_MOTO")).is_some() {
        return Ok(());
    }
    let var = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = var("XDG_CACHE_HOME").or_else(|| Some(var("HOME")?.join(".cache"))).ok_or("HOME is not set")?;
    let folder = cache.join(S3_FOLDER);
    if folder.join("installed").exists() {
        return Ok(());
    }
    println!("setup: installing {S3_SERVER} in {}", folder.display());
    process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "3", S3_SERVER];
    process::run(Command::new(folder.join("bin/python")).args(pip))?;
    std::fs::write(folder.join("installed"), S3_SERVER).map_err(|e| format!("cannot write in {}: {e}", folder.display()))
}

/// The browser that tests the editor: that of `CHROMIUM`, or the first of the usual names.
pub fn chromium() -> Option<String> {
    let named = std::env::var("CHROMIUM").ok();
    let usual = ["chromium", "chromium-browser", "google-chrome"].map(str::to_owned);
    let program = named.into_iter().chain(usual).find(|name| process::exists(name, "--version"))?;
    // Playwright wants a path.
    process::capture(Command::new("sh").args(["-c", "command -v \"$0\"", &program])).ok().map(|path| path.trim().to_owned())
}

/// Installs what the benchmarks need.
pub fn setup_bench() -> Outcome {
    system_packages(PACKAGES)?;
    system_packages(BENCH_PACKAGES)
}

fn system_packages(packages: &[(&str, &str)]) -> Outcome {
    let list = packages.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" ");
    if !Path::new("/etc/debian_version").exists() || !process::exists("apt-get", "--version") {
        if process::exists("ffmpeg", "-version") && process::exists("pkg-config", "--version") {
            println!("setup: this is not Debian; going on with the FFmpeg that is installed");
            return Ok(());
        }
        return Err(format!(
            "this is not a Debian system, so nothing can be installed for you. Needed, by Debian's names: {list}. See CONTRIBUTING.md."
        ));
    }
    let missing: Vec<_> = packages.iter().filter(|(name, _)| !is_installed(name)).collect();
    if missing.is_empty() {
        println!("setup: all {} system packages are installed", packages.len());
        return Ok(());
    }
    println!("setup: installing {} system packages by apt-get", missing.len());
    for (name, why) in &missing {
        println!("  {name:<22} {why}");
    }
    let prefix = privileges(&list)?;
    apt(&prefix, &["update", "-qq"])?;
    let mut install = vec!["install", "-qq", "--yes", "--no-install-recommends"];
    install.extend(missing.iter().map(|(name, _)| *name));
    apt(&prefix, &install)?;
    match missing.iter().find(|(name, _)| !is_installed(name)) {
        Some((name, _)) => Err(format!("apt-get succeeded, yet the package {name} is still missing")),
        None => Ok(()),
    }
}

fn is_installed(package: &str) -> bool {
    let query = process::capture(Command::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", package]));
    query.is_ok_and(|status| status.trim() == "installed")
}

/// The prefix of commands that need privileges: empty for root, `sudo -n` for users who may use
/// sudo without a password.
fn privileges(list: &str) -> Outcome<Vec<&'static str>> {
    if process::capture(Command::new("id").arg("-u"))?.trim() == "0" {
        return Ok(Vec::new());
    }
    if process::capture(Command::new("sudo").args(["-n", "true"])).is_ok() {
        return Ok(vec!["sudo", "-n"]);
    }
    Err(format!("system packages are missing and this user may not install them. Run once: sudo apt-get install {list}"))
}

fn apt(prefix: &[&str], args: &[&str]) -> Outcome {
    let mut words: Vec<&str> = prefix.to_vec();
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120"]);
    words.extend(args);
    let mut last = String::new();
    for attempt in 1..=ATTEMPTS {
        match process::capture(Command::new(words[0]).args(&words[1..])) {
            Ok(_) => return Ok(()),
            Err(message) => last = message,
        }
        if attempt < ATTEMPTS {
            println!("setup: apt-get {} failed, attempt {attempt} of {ATTEMPTS}; trying again", args[0]);
            thread::sleep(Duration::from_secs(5 * u64::from(attempt)));
        }
    }
    Err(last)
}

fn rust_components() -> Outcome {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if process::capture(cargo().args([subcommand, "--version"])).is_err() {
            println!("setup: rustup component add {component}");
            process::run(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

/// Whether tests can run under cargo-nextest. Installs it if it is missing, and reports if that
/// fails.
pub fn nextest() -> bool {
    if process::capture(cargo().args(["nextest", "--version"])).is_ok() {
        return true;
    }
    println!("setup: cargo install cargo-nextest --locked (once; takes some minutes)");
    match process::run(cargo().args(["install", "cargo-nextest", "--locked", "--quiet"])) {
        Ok(()) => true,
        Err(message) => {
            println!("setup: cargo-nextest could not be installed, using cargo test instead: {message}");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_is_listed_for_those_who_install_by_hand() {
        let page = std::fs::read_to_string(crate::workspace::root().join("CONTRIBUTING.md")).unwrap();
        for (package, _) in PACKAGES.iter().chain(BENCH_PACKAGES).chain(TEST_PACKAGES).chain(BROWSER).chain(FARM_PACKAGES) {
            assert!(page.contains(&format!("`{package}`")), "CONTRIBUTING.md does not name {package}");
        }
    }
}
