//! The permitted dependencies between crates: the table of ARCHITECTURE.md, and its check against
//! `cargo metadata`.
use serde_json::Value;
use std::{path::Path, process::Command};

/// One workspace member.
pub struct Layer {
    /// Package name.
    pub package: &'static str,
    /// Directory relative to the repository root.
    pub dir: &'static str,
    /// Responsibility, in one line.
    pub owns: &'static str,
    /// Workspace packages that it may use, without the prefix `cutroom-`.
    pub may_use: &'static [&'static str],
    /// What it must not depend on.
    pub never_knows: &'static str,
}

const SUPPORT: &str = "cutroom-test-support";

/// Every workspace member, from the lowest to the highest. A package uses only packages above it in
/// the list.
pub const LAYERS: &[Layer] = &[
    Layer {
        package: "cutroom-types",
        dir: "crates/types",
        owns: "time, pictures, colour tags, sound, ids, progress and cancelling of work: plain values",
        may_use: &[],
        never_knows: "files, GPU, FFmpeg",
    },
    Layer {
        package: "cutroom-project",
        dir: "crates/project",
        owns: "the document: media, compositions, tracks, clips, keyframes; file, schema, validation, migrations; edits and their inverses",
        may_use: &["types"],
        never_knows: "how anything is decoded or rendered",
    },
    Layer {
        package: "cutroom-cache",
        dir: "crates/cache",
        owns: "content-addressed caches in memory and on disk, with budgets",
        may_use: &["types"],
        never_knows: "what the values mean",
    },
    Layer {
        package: "cutroom-devices",
        dir: "crates/devices",
        owns: "sound devices: playback with the device's clock as master, recording in time with it, timers in their place",
        may_use: &["types"],
        never_knows: "projects, files, how sound is made",
    },
    Layer {
        package: "cutroom-kernel",
        dir: "crates/kernel",
        owns: "pixel arithmetic written once: SIMD lanes on the CPU, WGSL on the GPU",
        may_use: &[],
        never_knows: "what an effect means",
    },
    Layer {
        package: "cutroom-effects",
        dir: "crates/effects",
        owns: "the catalogue: effects, blend modes, transitions, colour spaces, each a parameter table and a kernel",
        may_use: &["types", "kernel"],
        never_knows: "devices, projects",
    },
    Layer {
        package: "cutroom-interchange",
        dir: "crates/interchange",
        owns: "what other editors call things, their projects as ours, subtitle files",
        may_use: &["types", "project", "kernel", "effects"],
        never_knows: "how anything is decoded or rendered",
    },
    Layer {
        package: "cutroom-timeline",
        dir: "crates/timeline",
        owns: "planning: project and time become a `FramePlan`, a run of samples becomes an `AudioPlan`",
        may_use: &["types", "project", "effects"],
        never_knows: "files, GPU, threads",
    },
    Layer {
        package: "cutroom-media",
        dir: "crates/media",
        owns: "FFmpeg both ways: probe, index, decode, encode, mux",
        may_use: &["types"],
        never_knows: "projects, plans",
    },
    Layer {
        package: "cutroom-drawing",
        dir: "crates/drawing",
        owns: "text and shapes of a plan become rasters: fonts, layout, outlines, coverage",
        may_use: &["types", "timeline", "effects"],
        never_knows: "FFmpeg, GPU, clips",
    },
    Layer {
        package: "cutroom-render",
        dir: "crates/render",
        owns: "`FramePlan` and source pictures become a picture, on the CPU or the GPU",
        may_use: &["drawing", "types", "timeline", "effects", "kernel"],
        never_knows: "FFmpeg, files, clips",
    },
    Layer {
        package: "cutroom-audio",
        dir: "crates/audio",
        owns: "`AudioPlan` and samples become mixed blocks: buses, effects, latency; resampling, stretching, meters",
        may_use: &["types", "effects", "timeline"],
        never_knows: "FFmpeg, GPU",
    },
    Layer {
        package: "cutroom-analysis",
        dir: "crates/analysis",
        owns: "measures what pictures show: how the camera moves and a smooth path beside it, where pixels, points and surfaces move, what is between two pictures, where shots begin; in sound, silence, beats, speech and music, how recordings of one event lie to each other, spectra and levels",
        may_use: &["types"],
        never_knows: "files, projects, devices",
    },
    Layer {
        package: "cutroom-pipeline",
        dir: "crates/pipeline",
        owns: "joins them: decoder pool, prefetch; \"frame n\" and \"sound block n\" of a project",
        may_use: &["types", "project", "cache", "effects", "timeline", "media", "drawing", "render", "analysis", "audio"],
        never_knows: "processes, windows, HTTP",
    },
    Layer {
        package: "cutroom-export",
        dir: "crates/export",
        owns: "runs a project through the pipeline into a file: bounded queues, presets, safe naming",
        may_use: &["types", "project", "timeline", "media", "render", "audio", "pipeline"],
        never_knows: "HTTP, the command line",
    },
    Layer {
        package: "cutroom-engine",
        dir: "crates/engine",
        owns: "the running editor: the open document with its journal, stages on `bevy_ecs`, jobs, caches, transport",
        may_use: &[
            "types", "project", "cache", "effects", "timeline", "media", "render", "audio", "devices", "analysis", "pipeline",
            "export",
        ],
        never_knows: "HTTP, JSON, windows",
    },
    Layer {
        package: "cutroom-upload",
        dir: "crates/upload",
        owns: "sends bytes to HTTP addresses and S3-compatible storage while they are made",
        may_use: &[],
        never_knows: "what the bytes are",
    },
    Layer {
        package: "cutroom-api",
        dir: "crates/api",
        owns: "one function and one pair of wire types per operation; error codes",
        may_use: &[
            "types",
            "project",
            "cache",
            "effects",
            "interchange",
            "drawing",
            "timeline",
            "media",
            "render",
            "audio",
            "devices",
            "analysis",
            "pipeline",
            "export",
            "engine",
            "upload",
        ],
        never_knows: "sockets, terminals",
    },
    Layer {
        package: "cutroom-server",
        dir: "apps/server",
        owns: "running sessions behind HTTP and WebSocket: routes, tokens, limits, the `live/1` protocol",
        may_use: &["api"],
        never_knows: "how anything is done",
    },
    Layer {
        package: "cutroom-preview",
        dir: "apps/preview",
        owns: "the preview window: viewer, timeline, media, inspector, scopes and log of a running session, on the device that draws",
        may_use: &["api"],
        never_knows: "how anything is done",
    },
    Layer {
        package: "cutroom-cli",
        dir: "apps/cli",
        owns: "the `cutroom` program: arguments, progress, exit codes",
        may_use: &["api", "server"],
        never_knows: "how anything is done",
    },
    Layer {
        package: "cutroom-identity",
        dir: "tests/identity",
        owns: "test footage whose frames carry their number, its reader, and tests that drive the built program",
        may_use: &[],
        never_knows: "any cutroom crate: it is an outside witness",
    },
    Layer {
        package: SUPPORT,
        dir: "tests/support",
        owns: "what tests of several crates need; every crate may use it as a development dependency, and only so",
        may_use: &[],
        never_knows: "any cutroom crate",
    },
    Layer {
        package: "cutroom-fuzz",
        dir: "fuzz",
        owns: "every parser under any bytes: targets of libFuzzer, their seeds, a short run as a test",
        may_use: &["types", "project", "effects", "interchange", "media"],
        never_knows: "rendering, exporting",
    },
    Layer {
        package: "cutroom-rules",
        dir: "tests/rules",
        owns: "the repository's rules as data and tests; this table",
        may_use: &[],
        never_knows: "editing",
    },
    Layer {
        package: "xtask",
        dir: "xtask",
        owns: "set-up, demo, test, bench, generated documents",
        may_use: &["rules"],
        never_knows: "any cutroom crate: it drives the program",
    },
];

/// Third-party crates that only the named packages may use, each a boundary of licence, `unsafe` or
/// framework.
pub const ONLY_IN: &[(&str, &[&str])] = &[
    ("ffmpeg-next", &["cutroom-media"]),
    ("ffmpeg-sys-next", &["cutroom-media"]),
    ("cpal", &["cutroom-devices"]),
    ("wgpu", &["cutroom-render"]),
    ("ash", &["cutroom-render"]),
    ("libloading", &["cutroom-media", "cutroom-render"]),
    ("bevy_ecs", &["cutroom-engine"]),
    ("bevy_app", &["cutroom-engine"]),
    ("axum", &["cutroom-server"]),
    ("tokio", &["cutroom-server"]),
    ("ureq", &["cutroom-upload"]),
    ("rusty-s3", &["cutroom-upload"]),
    ("clap", &["cutroom-cli", "cutroom-preview"]),
    ("eframe", &["cutroom-preview"]),
    ("egui_tiles", &["cutroom-preview"]),
    ("winit", &["cutroom-preview"]),
    ("indicatif", &["cutroom-cli"]),
    ("miette", &["cutroom-cli"]),
    ("anyhow", &["cutroom-cli"]),
];

/// Violations of the table in the workspace at `root`, one line each; empty if there are none.
///
/// # Errors
/// If `cargo metadata` cannot be run or read.
pub fn violations(root: &Path) -> Result<Vec<String>, String> {
    let packages = members(root)?;
    let mut found = Vec::new();
    for (package, manifest) in &packages {
        match LAYERS.iter().find(|l| l.package == package.name) {
            None => found.push(format!("{} is not in the table: add a row to tests/rules/src/layers.rs", package.name)),
            Some(layer) if *manifest != root.join(layer.dir).join("Cargo.toml") => {
                found.push(format!("{} belongs in {}, not at {}", package.name, layer.dir, manifest.display()));
            }
            Some(layer) => found.extend(package.broken_by(layer)),
        }
    }
    for layer in LAYERS.iter().filter(|l| !packages.iter().any(|(p, _)| p.name == l.package)) {
        found.push(format!("{} is in the table but not in the workspace", layer.package));
    }
    found.sort();
    Ok(found)
}

/// A package and its dependencies.
pub struct Package {
    /// Package name.
    pub name: String,
    /// Package names of its dependencies of every kind, except the tests' support package as a
    /// development dependency.
    pub uses: Vec<String>,
}

impl Package {
    /// Violations of one row of the table.
    pub fn broken_by(&self, layer: &Layer) -> Vec<String> {
        let mut found = Vec::new();
        for used in &self.uses {
            let ours = used.strip_prefix("cutroom-");
            if ours.is_some_and(|short| !layer.may_use.contains(&short)) {
                found.push(format!("{} may not use {used}: it must never know {}", self.name, layer.never_knows));
            }
            if ONLY_IN.iter().any(|(name, places)| name == used && !places.contains(&self.name.as_str())) {
                found.push(format!("{} may not use {used}, which has one place of its own", self.name));
            }
        }
        found
    }
}

fn members(root: &Path) -> Result<Vec<(Package, std::path::PathBuf)>, String> {
    let json = cargo_metadata(root, &["--no-deps"])?;
    let list = json["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let package = |p: &Value| {
        let for_tests = |d: &&Value| d["name"] == SUPPORT && d["kind"] == "dev";
        let uses = p["dependencies"].as_array().into_iter().flatten().filter(|d| !for_tests(d)).map(|d| text(&d["name"])).collect();
        (Package { name: text(&p["name"]), uses }, text(&p["manifest_path"]).into())
    };
    Ok(list.iter().map(package).collect())
}

/// Output of `cargo metadata` for the workspace at `root`.
///
/// # Errors
/// If cargo cannot be run or fails; the message contains its standard error.
pub fn cargo_metadata(root: &Path, args: &[&str]) -> Result<Value, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root).args(["metadata", "--format-version", "1"]).args(args);
    let output = command.output().map_err(|e| format!("cannot run cargo metadata: {e}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim_end()));
    }
    serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata gave no JSON: {e}"))
}
