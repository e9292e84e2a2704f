//! Exports on farms. The scheduler is this test: programs named like Slurm's keep what they are given, and
//! the test runs it in the order that it likes.
#![cfg(target_os = "linux")]
use crate::support::{Bench, Ran, frame_md5};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const SUBMIT: [&str; 8] = ["farm", "submit", "film.json", "-o", "film.mkv", "--segment-secs", "1", "--preset=veryfast"];

struct Farm(Bench);

impl Farm {
    /// A film of 6 s, and programs of a scheduler.
    fn new() -> Self {
        let b = Bench::new();
        let source = ["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=6"];
        let sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=6", "-pix_fmt", "yuv420p", "-g", "25"];
        crate::support::ffmpeg(&[source.as_slice(), sound.as_slice()].concat(), &b.path("a.mp4"));
        b.ok(&["new", "film.json", "a.mp4"]);
        let programs = [
            (
                "sbatch",
                r#"n=$(($(ls "$FARM" | grep -c args) + 1)); printf '%s\n' "$@" >"$FARM/$n.args"; cat >"$FARM/$n.script"; echo "$n""#,
            ),
            ("squeue", r#"cat "$FARM/states" 2>/dev/null; true"#),
            ("scancel", r#"printf '%s\n' "$@" >"$FARM/cancelled""#),
        ];
        fs::create_dir(b.path(".bin")).unwrap();
        fs::create_dir(b.path(".farm")).unwrap();
        for (name, script) in programs {
            let path = b.path(".bin").join(name);
            fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self(b)
    }

    fn with_scheduler(&self, mut command: Command) -> Command {
        let path = format!("{}:{}", self.0.path(".bin").display(), std::env::var("PATH").unwrap());
        command.env("PATH", path).env("FARM", self.0.path(".farm"));
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        let out = self.with_scheduler(self.0.command(args)).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: out.status.code().unwrap(), out: text(out.stdout), err: text(out.stderr) }
    }

    fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}\n{}{}", ran.out, ran.err);
        ran.out
    }

    fn args(&self, job: usize) -> Vec<String> {
        let text = fs::read_to_string(self.0.path(&format!(".farm/{job}.args"))).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    fn jobs(&self) -> usize {
        fs::read_dir(self.0.path(".farm"))
            .unwrap()
            .filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|e| e == "args"))
            .count()
    }

    /// Runs the script of a job, as a task if it is an array.
    fn job(&self, job: usize, task: Option<usize>) -> std::process::Child {
        let mut command = Command::new("sh");
        command.arg(self.0.path(&format!(".farm/{job}.script"))).current_dir("/");
        if let Some(task) = task {
            command.env("SLURM_ARRAY_TASK_ID", task.to_string());
        }
        self.with_scheduler(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn does(&self, job: usize, task: Option<usize>) {
        let out = self.job(job, task).wait_with_output().unwrap();
        assert!(out.status.success(), "{job} {task:?}: {}", String::from_utf8_lossy(&out.stderr));
    }

    fn status(&self) -> Value {
        serde_json::from_str(&self.ok(&["farm", "status", "-o", "film.mkv", "--json"])).unwrap()
    }

    fn slurm(&self, more: &[&str]) -> Ran {
        self.run(&[&SUBMIT[..], &["--backend", "slurm", "--json"], more].concat())
    }

    fn farm_file(&self) -> PathBuf {
        self.0.path(".film.mkv.cutroom-export/farm.json")
    }
}

#[test]
fn parts_of_many_machines_are_the_film_of_one() {
    let farm = Farm::new();
    let alone = ["export", "film.json", "-o", "alone.mkv", "--segment-secs", "1", "--preset=veryfast", "--threads", "2"];
    farm.ok(&alone);
    let report: Value = serde_json::from_str(&farm.slurm(&[]).out).unwrap();
    // Six segments and the sound; an array, an end, and a way back.
    assert_eq!(
        (&report["segments"], &report["tasks"], &report["jobs"]),
        (&6.into(), &7.into(), &serde_json::json!(["1", "2", "3"]))
    );
    assert!(farm.args(1).contains(&"--array=0-6".to_owned()));
    assert!(farm.args(2).contains(&"--dependency=afterok:1".to_owned()));
    // One is killed before it has done anything; another is done twice at the same time.
    for task in [0, 1, 3, 4] {
        farm.does(1, Some(task));
    }
    let twins = [farm.job(1, Some(5)), farm.job(1, Some(5))];
    twins.into_iter().for_each(|twin| assert!(twin.wait_with_output().unwrap().status.success()));
    farm.does(1, Some(6));
    let status = farm.status();
    assert_eq!((&status["finished"], &status["missing"], &status["tries"]), (&5.into(), &1.into(), &serde_json::json!([1, 4])));
    assert!(farm.args(3).contains(&"--dependency=afternotok:2".to_owned()));
    // What is missing is handed in again, once.
    farm.does(3, None);
    farm.does(3, None);
    assert_eq!(farm.jobs(), 6);
    // A try-out changes nothing, whatever else it would make.
    assert_eq!(farm.slurm(&["--dry-run", "--crf", "30"]).code, 0);
    assert_eq!(farm.status()["finished"], 5);
    // Jobs of a former handing in have nothing to do.
    let old = farm.job(1, Some(2)).wait_with_output().unwrap();
    assert!(old.status.success() && String::from_utf8_lossy(&old.stdout).contains("nothing to do"));
    assert_eq!(farm.status()["finished"], 5);
    assert!(farm.args(4).contains(&"--array=0-0".to_owned()));
    farm.does(4, Some(0));
    farm.does(5, None);
    let [ours, theirs] = ["film.mkv", "alone.mkv"].map(|name| fs::read(farm.0.path(name)).unwrap());
    assert!(ours == theirs, "{} and {} bytes", ours.len(), theirs.len());
    // Late jobs of a finished export find nothing to do.
    for (job, task) in [(4, Some(0)), (5, None), (6, None)] {
        let late = farm.job(job, task).wait_with_output().unwrap();
        assert!(String::from_utf8_lossy(&late.stdout).contains("nothing to do"), "{job}");
    }
    let shown = farm.ok(&["farm", "status", "-o", "film.mkv"]);
    assert!(shown.contains("the file is there"), "{shown}");
    let names: Vec<String> =
        farm.0.names().into_iter().filter(|name| !name.starts_with(".bin") && !name.starts_with(".farm")).collect();
    assert_eq!(names, ["a.mp4", "alone.mkv", "film.json", "film.mkv"]);
}

/// Whoever dies: a submission amid the scheduler's answers, a job that mends, the end after the film has its
/// name.
#[test]
fn what_is_killed_is_gone_on_with() {
    let farm = Farm::new();
    farm.ok(&["export", "film.json", "-o", "alone.mkv", "--segment-secs", "1", "--preset=veryfast", "--threads", "2"]);
    // The scheduler accepts two jobs; the third is not known.
    farm.slurm(&[]);
    let forget = |rounds: usize, jobs: usize| {
        let mut stored: Value = serde_json::from_str(&fs::read_to_string(farm.farm_file()).unwrap()).unwrap();
        let round = &mut stored["rounds"][rounds - 1];
        round["is_whole"] = false.into();
        round["jobs"].as_array_mut().unwrap().truncate(jobs);
        fs::write(farm.farm_file(), stored.to_string()).unwrap();
    };
    forget(1, 2);
    farm.does(1, Some(1));
    // The same command hands in the rest anew, and the jobs that are forgotten do nothing.
    let report: Value = serde_json::from_str(&farm.slurm(&[]).out).unwrap();
    assert_eq!((&report["finished"], &report["tasks"]), (&1.into(), &6.into()));
    farm.does(1, Some(2));
    farm.does(3, None);
    assert_eq!((farm.status()["finished"].clone(), farm.jobs()), (1.into(), 6));
    (0..5).for_each(|task| farm.does(4, Some(task)));
    // One that mends is killed amid its handing in, and is begun again by the scheduler.
    farm.does(6, None);
    forget(2, 0);
    farm.does(6, None);
    assert_eq!((farm.jobs(), farm.args(10).contains(&"--array=0-0".to_owned())), (12, true));
    farm.does(10, Some(0));
    // The end is killed after the film has its name; begun again, it removes what is left.
    let parts = farm.0.path(".film.mkv.cutroom-export");
    farm.does(11, None);
    assert!(!parts.exists());
    let film = fs::read(farm.0.path("film.mkv")).unwrap();
    assert!(film == fs::read(farm.0.path("alone.mkv")).unwrap());
    fs::remove_file(farm.0.path("film.mkv")).unwrap();
    farm.slurm(&[]);
    fs::write(farm.0.path("film.mkv"), &film).unwrap();
    farm.does(14, None);
    assert!(!parts.exists() && farm.0.path("film.mkv").exists());
}

#[test]
fn bit_rates_are_shared_in_two_stages() {
    let farm = Farm::new();
    let passes = ["--bitrate", "200k", "--two-passes"];
    farm.ok(&[
        &["export", "film.json", "-o", "alone.mkv", "--segment-secs", "1", "--preset=veryfast", "--threads", "2"],
        &passes[..],
    ]
    .concat());
    let report: Value = serde_json::from_str(&farm.slurm(&[&passes[..], &["--batch", "2"]].concat()).out).unwrap();
    assert_eq!(report["tasks"], 7, "{report}");
    assert!(farm.args(2).contains(&"--dependency=afterok:1".to_owned()) && farm.args(2).contains(&"--array=0-2".to_owned()));
    (0..4).for_each(|task| farm.does(1, Some(task)));
    (0..3).for_each(|task| farm.does(2, Some(task)));
    farm.does(3, None);
    assert!(fs::read(farm.0.path("film.mkv")).unwrap() == fs::read(farm.0.path("alone.mkv")).unwrap());
}

fn code(ran: &Ran) -> String {
    assert_ne!(ran.code, 0, "{}", ran.out);
    let text = if ran.out.trim().is_empty() { &ran.err } else { &ran.out };
    let all: Value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"));
    all["errors"][0]["code"].as_str().unwrap().to_owned()
}

#[test]
fn what_cannot_be_is_refused() {
    let farm = Farm::new();
    assert_eq!(code(&farm.slurm(&["--cpus", "5000"])), "usage.farm");
    assert_eq!(code(&farm.slurm(&["--priority", "high"])), "usage.farm");
    assert_eq!(code(&farm.run(&[&SUBMIT[..], &["--backend", "k8s", "--json"]].concat())), "usage.farm");
    assert_eq!(
        code(&farm.run(&["farm", "submit", "film.json", "-o", "film.mkv", "--json"])),
        "usage.farm",
        "too short for segments"
    );
    let none = [&SUBMIT[..], &["--backend", "slurm", "--json"]].concat();
    let out = farm.0.command(&none).env("PATH", "/nowhere").output().unwrap();
    assert!(String::from_utf8_lossy(&out.stderr).contains("farm.program"), "{out:?}");
    let dry = farm.slurm(&["--dry-run"]);
    let report: Value = serde_json::from_str(&dry.out).unwrap();
    assert!(report["script"].as_str().unwrap().contains("--array=0-6"));
    assert_eq!(farm.jobs(), 0);
    assert!(!farm.0.path(".film.mkv.cutroom-export").exists());
    // While it runs.
    assert_eq!(farm.slurm(&["--tries", "2"]).code, 0);
    fs::write(farm.0.path(".farm/states"), "RUNNING\nPENDING\nCOMPLETED\n").unwrap();
    assert_eq!(code(&farm.slurm(&[])), "farm.busy");
    let status = farm.status();
    assert_eq!((&status["running"], &status["waiting"]), (&1.into(), &1.into()));
    assert_eq!(code(&farm.run(&["export", "--clean", "-o", "film.mkv", "--json"])), "farm.busy");
    assert_eq!(code(&farm.run(&["export", "film.json", "-o", "film.mkv", "--json"])), "farm.busy");
    farm.ok(&["farm", "cancel", "-o", "film.mkv"]);
    assert_eq!(fs::read_to_string(farm.0.path(".farm/cancelled")).unwrap(), "3\n2\n1\n");
    assert_eq!(farm.status()["cancelled"], true);
    farm.does(3, None);
    assert_eq!(farm.jobs(), 3, "what was cancelled is not handed in again");
    fs::remove_file(farm.0.path(".farm/states")).unwrap();
    assert_eq!(farm.slurm(&["--tries", "2"]).code, 0);
    // Another build.
    let text = fs::read_to_string(farm.farm_file()).unwrap();
    let mut stored: Value = serde_json::from_str(&text).unwrap();
    stored["init"]["build"] = "another".into();
    fs::write(farm.farm_file(), stored.to_string()).unwrap();
    let out = farm.job(4, Some(2)).wait_with_output().unwrap();
    assert!(String::from_utf8_lossy(&out.stderr).contains("another build"), "{out:?}");
    let status = farm.status();
    assert_eq!(status["failures"][0]["error"]["code"], "export.build", "{status}");
    // As often as it may be tried.
    farm.does(6, None);
    let out = farm.job(9, None).wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!out.status.success() && said.contains("7 parts of the export are not finished after 2 tries"), "{said}");
    farm.ok(&["export", "--clean", "-o", "film.mkv"]);
}

#[test]
fn this_machine_is_a_farm_too() {
    let farm = Farm::new();
    farm.ok(&["export", "film.json", "-o", "alone.mkv", "--segment-secs", "1", "--preset=veryfast", "--threads", "2"]);
    farm.ok(&[&SUBMIT[..], &["--wait"]].concat());
    assert!(fs::read(farm.0.path("film.mkv")).unwrap() == fs::read(farm.0.path("alone.mkv")).unwrap());
    fs::remove_file(farm.0.path("film.mkv")).unwrap();
    farm.ok(&SUBMIT);
    farm.ok(&["farm", "cancel", "-o", "film.mkv"]);
    // Cancelled or finished, but nothing in between; the same command goes on.
    let deadline = Instant::now() + Duration::from_secs(60);
    if !farm.0.path("film.mkv").exists() {
        assert_eq!(farm.status()["running"], 0);
        farm.ok(&[&SUBMIT[..], &["--wait"]].concat());
    }
    while farm.0.path(".film.mkv.cutroom-export").exists() {
        assert!(Instant::now() < deadline, "the folder stays");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(frame_md5(&farm.0.path("film.mkv")), frame_md5(&farm.0.path("alone.mkv")));
}
