//! Slurm: an array of tasks for each stage, a job that assembles when all succeeded, and one that mends
//! when some did not.
use super::{Accepted, FarmBackend, FarmError, FarmWork, JobStates, command_line, logs, run};
use crate::folder::LOGS;
use std::path::Path;

/// Ends a job whose dependency can never be met, instead of keeping it for ever.
const NEVER: &str = "--kill-on-invalid-dep=yes";

/// The Slurm cluster that `sbatch` on this machine reaches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slurm;

/// A job as `sbatch` gets it.
struct Job {
    args: Vec<String>,
    script: String,
}

impl Slurm {
    /// The jobs, in order. `after`: name of a job from its place in the list.
    fn job(work: &FarmWork, which: Which, after: Option<&str>) -> Job {
        let resources = &work.resources;
        // A percent sign begins a pattern there.
        let logs = work.folder.join(LOGS).display().to_string().replace('%', "%%");
        let log = |name: &str| format!("--output={logs}/{name}");
        // The last jobs of a round need a core, whatever the tasks need.
        let mut args: Vec<String> = vec!["--parsable".into(), "--requeue".into(), "--open-mode=append".into()];
        args.push(format!("--chdir={}", work.folder.display()));
        args.extend(resources.queue.iter().map(|queue| format!("--partition={queue}")));
        args.extend(resources.priority.iter().map(|priority| format!("--priority={priority}")));
        let line = match which {
            Which::Stage(stage) => {
                let last = work.stages.get(stage).map_or(0, |tasks| tasks.saturating_sub(1));
                let most = resources.parallel.map_or_else(String::new, |most| format!("%{most}"));
                args.push(format!("--job-name={}", work.name));
                args.push(format!("--array=0-{last}{most}"));
                args.push(log("%A-%a.log"));
                args.push(format!("--cpus-per-task={}", resources.cpus.max(1)));
                args.extend(resources.limit_mins.iter().map(|mins| format!("--time={mins}")));
                args.extend(resources.memory_mib.map(|mib| format!("--mem={mib}M")));
                args.extend((resources.gpus > 0).then(|| format!("--gres=gpu:{}", resources.gpus)));
                args.extend(after.map(|job| format!("--dependency=afterok:{job}")));
                args.extend(after.map(|_| NEVER.to_owned()));
                format!("{} \"$SLURM_ARRAY_TASK_ID\"", command_line(&work.program, &work.task(stage)))
            }
            Which::Assemble => {
                args.push(format!("--job-name={}-assemble", work.name));
                args.push(log("%j.log"));
                args.extend(after.map(|job| format!("--dependency=afterok:{job}")));
                args.push(NEVER.into());
                command_line(&work.program, &work.command("assemble"))
            }
            Which::Mend => {
                args.push(format!("--job-name={}-mend", work.name));
                args.push(log("%j.log"));
                args.extend(after.map(|job| format!("--dependency=afternotok:{job}")));
                args.push(NEVER.into());
                command_line(&work.program, &work.command("mend"))
            }
        };
        args.extend(resources.options.iter().cloned());
        Job { args, script: format!("#!/bin/sh\nexec {line}\n") }
    }

    fn hand_in(job: &Job) -> Result<String, FarmError> {
        let said = run("sbatch", &job.args, &job.script)?;
        // "number" or "number;cluster".
        let number = said.split(';').next().unwrap_or_default().trim();
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| number.to_owned()).ok_or(FarmError::Answer { program: "sbatch", said })
    }

    fn all(work: &FarmWork) -> impl Iterator<Item = Which> {
        (0..work.stages.len()).map(Which::Stage).chain([Which::Assemble, Which::Mend])
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Which {
    Stage(usize),
    Assemble,
    Mend,
}

impl FarmBackend for Slurm {
    fn check(&self, work: &FarmWork) -> Result<(), FarmError> {
        if let Some(priority) = work.resources.priority.as_ref().filter(|p| p.parse::<u32>().is_err()) {
            let why = format!("`priority` \"{priority}\" is no number, which Slurm wants");
            return Err(FarmError::Setting { field: "priority", why });
        }
        if work.folder.to_string_lossy().contains('\\') {
            let why = format!("{}: Slurm takes no path with a backslash", work.folder.display());
            return Err(FarmError::Setting { field: "output", why });
        }
        Ok(())
    }

    fn describe(&self, work: &FarmWork) -> String {
        let stages = work.stages.len();
        let shown = |which| {
            let after = match which {
                Which::Stage(0) => None,
                Which::Stage(n) => Some(format!("JOB{n}")),
                Which::Assemble => Some(format!("JOB{stages}")).filter(|_| stages > 0),
                Which::Mend => Some(format!("JOB{}", stages + 1)),
            };
            let job = Self::job(work, which, after.as_deref());
            let script = job.script.trim_end();
            format!("{} <<'EOF'\n{script}\nEOF\n", command_line(Path::new("sbatch"), &job.args))
        };
        Self::all(work).map(shown).collect()
    }

    fn submit(&self, work: &FarmWork, accepted: &mut Accepted) -> Result<(), FarmError> {
        logs(work)?;
        let mut jobs: Vec<String> = Vec::new();
        let mut last = None;
        for which in Self::all(work) {
            let handed = Self::hand_in(&Self::job(work, which, last.as_deref())).and_then(|job| {
                jobs.push(job.clone());
                accepted(job.clone())?;
                Ok(job)
            });
            match handed {
                // Each waits for the one before; the way back for the end, which is cancelled when a task fails.
                Ok(job) => last = Some(job),
                Err(error) => {
                    // The first error is the one to tell.
                    let _ = self.cancel(&jobs);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn states(&self, jobs: &[String]) -> Result<JobStates, FarmError> {
        let listed = match run("squeue", ["--noheader", "--array", "--format=%T", "--jobs", &jobs.join(",")], "") {
            // Jobs that ended a while ago are not known any more.
            Err(FarmError::Refused { said, .. }) if said.contains("Invalid job id") => return Ok(JobStates::default()),
            other => other?,
        };
        let mut states = JobStates::default();
        for state in listed.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match state {
                "PENDING" | "REQUEUED" | "REQUEUE_HOLD" | "SPECIAL_EXIT" | "SUSPENDED" => states.waiting += 1,
                "COMPLETED" | "CANCELLED" | "FAILED" | "TIMEOUT" | "NODE_FAIL" | "OUT_OF_MEMORY" | "BOOT_FAIL" | "DEADLINE"
                | "PREEMPTED" | "REVOKED" => {}
                _ => states.running += 1,
            }
        }
        Ok(states)
    }

    fn cancel(&self, jobs: &[String]) -> Result<(), FarmError> {
        if jobs.is_empty() {
            return Ok(());
        }
        // Those that wait for others first: an end that never comes would begin a way back.
        run("scancel", jobs.iter().rev(), "").map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_arrays_with_an_end_and_a_way_back() {
        let work = super::super::work();
        let text = Slurm.describe(&work);
        let jobs: Vec<&str> = text.split_inclusive("EOF\n").filter(|part| part.starts_with("sbatch")).collect();
        assert_eq!(jobs.len(), 4, "{text}");
        assert!(jobs[0].contains("--array=0-2%8") && !jobs[0].contains("--dependency"), "{text}");
        assert!(jobs[1].contains("--array=0-1%8") && jobs[1].contains("--dependency=afterok:JOB1"), "{text}");
        assert!(jobs[2].contains("--dependency=afterok:JOB2") && jobs[2].contains(" assemble "), "{text}");
        assert!(jobs[3].contains("--dependency=afternotok:JOB3") && jobs[3].contains(" mend "), "{text}");
        for job in &jobs {
            assert!(job.contains("--partition=night") && job.contains("--account=films"), "{text}");
            assert!(job.contains(r"'/srv/it'\''s here/.film.mp4.cutroom-export'"), "{text}");
        }
        assert!(jobs[0].contains("--gres=gpu:1") && jobs[0].contains("--mem=8000M") && !jobs[2].contains("--gres"), "{text}");
        assert!(jobs[1].contains("--stage 1 --task \"$SLURM_ARRAY_TASK_ID\""), "{text}");
    }

    #[test]
    fn nothing_but_the_end_is_left() {
        let text = Slurm.describe(&FarmWork { stages: Vec::new(), ..super::super::work() });
        assert!(text.contains("assemble") && !text.contains("afterok") && !text.contains("--array"), "{text}");
    }

    #[test]
    fn names_of_priorities_are_refused() {
        let mut work = super::super::work();
        work.resources.priority = Some("high".into());
        assert!(matches!(Slurm.check(&work), Err(FarmError::Setting { field: "priority", .. })));
    }
}
