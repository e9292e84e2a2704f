//! `cargo xtask farm-test`: exports on a Slurm cluster of one machine, while its parts are killed.
mod slurm_cluster;

use crate::{Outcome, process, processes, setup, workspace};
use slurm_cluster::Cluster;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const NODES: usize = 4;
/// Seconds of the film, and of a segment.
const FILM_SECS: usize = 60;
/// An export that is not done by then has failed.
const LONGEST: Duration = Duration::from_secs(300);
/// Share of the time of an export that planning and assembling may take.
const OVERHEAD: f64 = 0.1;

/// What happens while a film is exported.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Trial {
    Undisturbed,
    NodeDaemonKilled,
    NodeKilled,
    ControllerKilled,
    TaskKilled,
    Cancelled,
}

const TRIALS: &[(&str, Trial)] = &[
    ("undisturbed", Trial::Undisturbed),
    ("daemon", Trial::NodeDaemonKilled),
    ("node", Trial::NodeKilled),
    ("controller", Trial::ControllerKilled),
    ("task", Trial::TaskKilled),
    ("cancel", Trial::Cancelled),
];

/// Runs all trials, or those that are named.
pub fn test(args: &[String]) -> Outcome {
    let known = || TRIALS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let chosen = args.iter().map(|name| TRIALS.iter().find(|(known, _)| known == name).ok_or(name)).collect::<Result<Vec<_>, _>>();
    let chosen = chosen.map_err(|name| format!("cargo xtask farm-test has no trial \"{name}\"; there are {}", known()))?;
    let chosen = if chosen.is_empty() { TRIALS.iter().collect() } else { chosen };
    setup::setup()?;
    setup::farm_packages(&Cluster::missing_packages())?;
    let program = workspace::dist_program()?;
    let folder = PathBuf::from(format!("/tmp/cutroom-farm-{}", std::process::id()));
    let outcome = run(&folder, &program, &chosen);
    match &outcome {
        Ok(()) => fs::remove_dir_all(&folder).map_err(|e| format!("cannot remove {}: {e}", folder.display()))?,
        Err(_) => println!("   what was made, with logs, is in {}", folder.display()),
    }
    outcome
}

fn run(folder: &Path, program: &Path, trials: &[&(&str, Trial)]) -> Outcome {
    fs::create_dir_all(folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
    let farm = Farm { folder: folder.to_owned(), program: program.to_owned() };
    farm.material()?;
    println!("== the film as this machine exports it alone");
    let began = Instant::now();
    farm.cutroom(&["export", "film.json", "-o", "alone.mkv", "--threads", "1", "--segment-secs", "1"])?;
    println!("   {:.1} s", began.elapsed().as_secs_f64());
    let alone = fs::read(folder.join("alone.mkv")).map_err(|e| e.to_string())?;
    for (name, trial) in trials {
        println!("== {name}");
        let mut cluster = Cluster::start(&folder.join("slurm"), NODES)?;
        cluster.wait_ready(Duration::from_secs(60))?;
        let took = farm.export(&mut cluster, *trial)?;
        let made = fs::read(folder.join("film.mkv")).map_err(|e| e.to_string())?;
        if made != alone {
            return Err(format!("{name}: the film of the farm is not the one that this machine makes alone"));
        }
        let left = fs::read_dir(folder).map_err(|e| e.to_string())?.filter_map(Result::ok).map(|e| e.file_name());
        let left: Vec<_> = left.filter(|name| name.to_string_lossy().contains(".cutroom-export")).collect();
        if !left.is_empty() {
            return Err(format!("{name}: left behind: {left:?}"));
        }
        println!("   {took:.1} s, the same {} bytes", made.len());
        fs::remove_file(folder.join("film.mkv")).map_err(|e| e.to_string())?;
    }
    Ok(())
}

struct Farm {
    folder: PathBuf,
    program: PathBuf,
}

impl Farm {
    fn material(&self) -> Outcome {
        let picture = format!("testsrc2=size=640x360:rate=25:duration={FILM_SECS}");
        let sound = format!("sine=frequency=440:sample_rate=48000:duration={FILM_SECS}");
        let mut command = process::ffmpeg();
        command.args(["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &sound, "-pix_fmt", "yuv420p", "-g", "25"]);
        process::run(command.arg(self.folder.join("clip.mp4")))?;
        self.cutroom(&["new", "film.json", "clip.mp4"]).map(drop)
    }

    fn cutroom(&self, args: &[&str]) -> Outcome<String> {
        process::capture(Command::new(&self.program).current_dir(&self.folder).args(args))
    }

    /// On a machine of the cluster.
    fn on(&self, cluster: &Cluster, args: &[&str]) -> Outcome<String> {
        let mut command = cluster.command("env");
        process::capture(command.arg(&self.program).args(args).current_dir(&self.folder))
    }

    /// Exports `film.mkv`; returns the time in seconds.
    fn export(&self, cluster: &mut Cluster, trial: Trial) -> Outcome<f64> {
        let began = Instant::now();
        let submit = ["farm", "submit", "film.json", "-o", "film.mkv", "--backend", "slurm", "--cpus", "1", "--segment-secs", "1"];
        let said = self.on(cluster, &submit)?;
        let planned = began.elapsed().as_secs_f64();
        println!("   {}", said.lines().next().unwrap_or_default());
        if trial != Trial::Undisturbed {
            self.wait_for_segments(FILM_SECS / 6)?;
            if trial == Trial::ControllerKilled {
                // It saves its state every 5 s, and forgets what came since.
                thread::sleep(Duration::from_secs(7));
            }
            println!("   {} segments are there after {:.1} s", self.segments(), began.elapsed().as_secs_f64());
        }
        match trial {
            Trial::Undisturbed => {}
            Trial::NodeDaemonKilled => cluster.kill_node_daemon(2)?,
            Trial::NodeKilled => cluster.kill_node(2)?,
            Trial::ControllerKilled => {
                cluster.kill_controller()?;
                thread::sleep(Duration::from_secs(3));
                cluster.start_controller()?;
            }
            Trial::TaskKilled => self.kill_a_task()?,
            Trial::Cancelled => {
                println!("   {}", self.on(cluster, &["farm", "cancel", "-o", "film.mkv"])?.lines().next().unwrap_or_default());
                println!("   {}", self.on(cluster, &submit)?.lines().next().unwrap_or_default());
            }
        }
        let (mut all_there, parts) = (None, self.folder.join(".film.mkv.cutroom-export"));
        while !self.folder.join("film.mkv").exists() || parts.exists() {
            if all_there.is_none() && self.segments() >= FILM_SECS {
                all_there = Some(Instant::now());
            }
            if began.elapsed() > LONGEST {
                let status = self.on(cluster, &["farm", "status", "-o", "film.mkv"]).unwrap_or_else(|e| e);
                let jobs = cluster.jobs().map(|jobs| format!("{jobs:?}")).unwrap_or_else(|e| e);
                return Err(format!("{trial:?}: the film is not there after {} s\n{status}\n{jobs}", LONGEST.as_secs()));
            }
            thread::sleep(Duration::from_millis(50));
        }
        let took = began.elapsed().as_secs_f64();
        if trial == Trial::Undisturbed {
            let waited = all_there.map_or(0.0, |at| at.elapsed().as_secs_f64());
            // The wait for the scheduler is not in it.
            let assembled = self.time_of_assembling()?;
            println!(
                "   planned in {planned:.2} s; from the last segment to the film {waited:.2} s, assembling alone {assembled:.2} s"
            );
            if planned + assembled > OVERHEAD * took {
                return Err(format!(
                    "planning {planned:.2} s and assembling {assembled:.2} s are more than a tenth of {took:.1} s"
                ));
            }
        }
        Ok(took)
    }

    /// How long the film takes to assemble when all parts are there.
    fn time_of_assembling(&self) -> Outcome<f64> {
        let args = ["export", "film.json", "-o", "again.mkv", "--threads", "1", "--segment-secs", "1"];
        let mut export = Command::new(&self.program);
        let export = export.current_dir(&self.folder).args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut export = export.map_err(|e| format!("cannot run {}: {e}", self.program.display()))?;
        let parts = self.folder.join(".again.mkv.cutroom-export");
        let (mut joined, began) = (None, Instant::now());
        while matches!(export.try_wait(), Ok(None)) {
            if joined.is_none() && count(&parts) >= FILM_SECS {
                joined = Some(Instant::now());
            }
            if began.elapsed() > LONGEST {
                // It is reported as missing below.
                let _ = export.kill();
            }
            thread::sleep(Duration::from_millis(5));
        }
        fs::remove_file(self.folder.join("again.mkv")).map_err(|e| format!("the film was not made again: {e}"))?;
        Ok(joined.map_or(0.0, |at| at.elapsed().as_secs_f64()))
    }

    fn segments(&self) -> usize {
        count(&self.folder.join(".film.mkv.cutroom-export"))
    }

    fn wait_for_segments(&self, wanted: usize) -> Outcome {
        let began = Instant::now();
        while self.segments() < wanted {
            if began.elapsed() > LONGEST {
                return Err(format!("{wanted} segments are not there after {} s", LONGEST.as_secs()));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Kills the program of a task that runs, and what it has started.
    fn kill_a_task(&self) -> Outcome {
        let began = Instant::now();
        while began.elapsed() < LONGEST {
            let all = processes::all();
            let is_task = |pid: &u32| {
                let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
                let mut words = line.split(|b| *b == 0).skip(1);
                words.next() == Some(b"farm") && words.next() == Some(b"work")
            };
            if let Some(task) = all.keys().copied().find(is_task) {
                let started = processes::descendants(&all, &[task]);
                return processes::kill(&[vec![task], started.into_iter().collect()].concat());
            }
        }
        Err("no task runs".into())
    }
}

/// Number of finished segments in a folder.
fn count(parts: &Path) -> usize {
    let names = fs::read_dir(parts).into_iter().flatten().flatten().map(|e| e.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with("segment-") && name.ends_with(".json") && !name.contains(".tmp.")).count()
}
