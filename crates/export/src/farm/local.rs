//! This machine as a farm: one process in the background that makes all parts.
use super::{Accepted, FarmBackend, FarmError, FarmWork, JobStates, command_line, logs};
use std::{
    fs::File,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A process that was asked to end is given this long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Processes of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Local;

impl Local {
    fn args(work: &FarmWork) -> Vec<String> {
        let jobs = work.resources.parallel.unwrap_or(1).to_string();
        [work.command("assemble"), vec!["--jobs".into(), jobs]].concat()
    }
}

impl FarmBackend for Local {
    fn check(&self, _: &FarmWork) -> Result<(), FarmError> {
        Ok(())
    }

    fn describe(&self, work: &FarmWork) -> String {
        command_line(&work.program, &Self::args(work)) + " &\n"
    }

    fn submit(&self, work: &FarmWork, accepted: &mut Accepted) -> Result<(), FarmError> {
        let path = logs(work)?.join(format!("{}.log", work.round));
        let open = || File::options().create(true).append(true).open(&path);
        let log = open().and_then(|log| Ok((log.try_clone()?, log)));
        let (log, errors) = log.map_err(|source| FarmError::Folder { path: path.clone(), source })?;
        let mut command = Command::new(&work.program);
        command.args(Self::args(work)).stdin(Stdio::null()).stdout(log).stderr(errors);
        #[cfg(unix)]
        {
            // The end of the terminal, and interrupts at it, do not reach it.
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
        }
        let child = command.spawn().map_err(|source| FarmError::Program { program: "cutroom", source })?;
        let job = format!("{}/{}", crate::folder::machine(), process::name(child.id()));
        // Whoever waits for it gets its end; otherwise it would stay in the list of processes.
        thread::spawn(move || child.wait_with_output());
        accepted(job.clone()).inspect_err(|_| drop(self.cancel(&[job])))
    }

    fn states(&self, jobs: &[String]) -> Result<JobStates, FarmError> {
        let here = here(jobs)?;
        Ok(JobStates { waiting: 0, running: here.filter(|job| process::runs(job)).count() })
    }

    fn cancel(&self, jobs: &[String]) -> Result<(), FarmError> {
        let asked = Instant::now();
        for job in here(jobs)? {
            process::end(job);
            while process::runs(job) {
                if asked.elapsed() > PATIENCE {
                    let said = format!("process {job} does not end");
                    return Err(FarmError::Refused { program: "cutroom", said });
                }
                thread::sleep(Duration::from_millis(20));
            }
        }
        Ok(())
    }
}

/// The processes of jobs, which must be of this machine.
fn here(jobs: &[String]) -> Result<impl Iterator<Item = &str>, FarmError> {
    let ours = crate::folder::machine();
    let host = |job: &'_ String| job.rsplit_once('/').map(|(host, _)| host.to_owned()).unwrap_or_default();
    if let Some(host) = jobs.iter().map(host).find(|host| host != ours) {
        let said = format!("the process runs on {host}; ask there");
        return Err(FarmError::Refused { program: "cutroom", said });
    }
    Ok(jobs.iter().map(|job| job.rsplit_once('/').map_or(job.as_str(), |(_, process)| process)))
}

/// Processes by names that no later process has: number and time of beginning.
#[cfg(target_os = "linux")]
mod process {
    use std::fs;

    /// When a process began, in ticks since the system did; `None` once it has ended.
    fn began(number: &str) -> Option<String> {
        let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
        // Behind the name, which is in parentheses and may hold anything: state, and 18 fields later the time.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        let state = fields.next()?;
        (state != "Z").then(|| fields.nth(18).map(str::to_owned))?
    }

    pub fn name(number: u32) -> String {
        format!("{number}@{}", began(&number.to_string()).unwrap_or_default())
    }

    pub fn runs(job: &str) -> bool {
        job.split_once('@').is_some_and(|(number, time)| began(number).is_some_and(|began| began == time))
    }

    pub fn end(job: &str) {
        let number = job.split_once('@').and_then(|(number, _)| rustix::process::Pid::from_raw(number.parse().ok()?));
        if let Some(number) = number.filter(|_| runs(job)) {
            let _ = rustix::process::kill_process(number, rustix::process::Signal::TERM);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod process {
    use std::process::{Command, Stdio};

    pub fn name(number: u32) -> String {
        number.to_string()
    }

    fn kill(args: &[&str]) -> bool {
        Command::new("kill").args(args).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    pub fn runs(job: &str) -> bool {
        kill(&["-0", job])
    }

    pub fn end(job: &str) {
        kill(&["-TERM", job]);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_seen_and_ended() {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("program");
        std::fs::write(&program, "#!/bin/sh\necho \"$@\"\nexec sleep 60\n").unwrap();
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let work = FarmWork { folder: dir.path().to_owned(), program, ..super::super::work() };
        let mut jobs = Vec::new();
        let mut accepted = |job| {
            jobs.push(job);
            Ok(())
        };
        Local.submit(&work, &mut accepted).unwrap();
        assert_eq!(Local.states(&jobs).unwrap(), JobStates { waiting: 0, running: 1 });
        let log = dir.path().join("logs/a1b2c3d4.log");
        while std::fs::read(&log).unwrap().is_empty() {
            thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(
            std::fs::read_to_string(log).unwrap().trim(),
            format!("farm assemble {} --round a1b2c3d4 --jobs 8", dir.path().display())
        );
        Local.cancel(&jobs).unwrap();
        assert!(Local.states(&jobs).unwrap().is_over());
        // A number that another process has now is not taken for the job.
        let other = format!("{}/{}@1", crate::folder::machine(), std::process::id());
        assert!(Local.states(std::slice::from_ref(&other)).unwrap().is_over());
        Local.cancel(&[other]).unwrap();
        assert!(matches!(Local.states(&["elsewhere/1@1".into()]), Err(FarmError::Refused { .. })));
    }
}
