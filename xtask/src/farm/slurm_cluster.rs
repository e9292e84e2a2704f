//! A Slurm cluster on this machine, for tests: `munged`, `slurmctld` and a `slurmd` for each node,
//! all of them children of this process, without systemd. Keys, sockets, logs and state lie in one
//! folder, all ports are on 127.0.0.1, and neither `/etc/slurm` nor `/etc/munge` is read. Each node
//! claims one CPU, whatever the machine has; nothing enforces CPU or memory, and no accounting is
//! kept. What runs belongs to the user of this process, who need not be root.
//!
//! Timeouts are much shorter than on a real cluster: a dead node is noticed after about 12 s, not
//! 300 s, and its jobs may start anew `REQUEUE_WAIT_SECS` later, not 120 s.
use crate::{
    Outcome, process,
    processes::{self, children_of, descendants, end, kill, open_files},
};
use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Programs the cluster runs, and the Debian 12 packages they are in; `slurm-wlm` contains the last
/// three.
const PROGRAMS: &[(&str, &str)] =
    &[("munged", "munge"), ("mungekey", "munge"), ("sbatch", "slurm-client"), ("slurmctld", "slurmctld"), ("slurmd", "slurmd")];
/// Variables of these names change what Slurm's commands do, so they are not handed on.
const VARIABLES: &[&str] = &["SLURM", "SBATCH_", "SALLOC_", "SRUN_", "SQUEUE_", "SINFO_", "SCANCEL_", "SCONTROL_"];
/// A node that does not answer for so long is down. In fact that takes about 12 s, and no less if
/// this is smaller.
const SLURMD_TIMEOUT_SECS: u32 = 5;
/// A job whose node went down waits so long before it may start again.
const REQUEUE_WAIT_SECS: u32 = 5;
/// Longest path of the folder in bytes: 107 for a Unix socket (unix(7)), less the longest name that
/// slurmd gives to one, `/node1/node1_4294967295.4294967295`, and some nodes more.
const LONGEST_FOLDER: usize = 70;
/// First port that is tried; below those the system gives to outgoing connections.
const FIRST_PORT: u16 = 21_000;
const PORTS: u16 = 9_000;
/// Longest that a killed process may take to go.
const END_SECS: u64 = 10;

/// A running cluster. Dropping it kills all that it has started; its folder stays.
pub struct Cluster {
    folder: PathBuf,
    conf: PathBuf,
    munge: Option<Child>,
    controller: Option<Child>,
    /// Index 0 is `node1`.
    nodes: Vec<Option<Child>>,
}

impl Cluster {
    /// The Debian 12 packages that are needed and not installed.
    pub fn missing_packages() -> Vec<&'static str> {
        let missing = PROGRAMS.iter().filter(|(program, _)| find(program).is_none());
        missing.map(|(_, package)| *package).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Starts a cluster without jobs in the folder, with nodes `node1`, `node2` … of one CPU and
    /// 8000 MB each; `node1` has what Slurm takes for a GPU. What an earlier cluster in the same
    /// folder has left running is killed.
    pub fn start(folder: &Path, nodes: usize) -> Outcome<Cluster> {
        let missing = Self::missing_packages();
        if !missing.is_empty() {
            return Err(format!("packages are missing: {}", missing.join(", ")));
        }
        for sub in ["munge", "state"] {
            fs::create_dir_all(folder.join(sub)).map_err(|e| format!("cannot create {}/{sub}: {e}", folder.display()))?;
        }
        let folder = folder.canonicalize().map_err(|e| format!("cannot resolve {}: {e}", folder.display()))?;
        let conf = folder.join("slurm.conf");
        let none = Vec::from_iter((0..nodes).map(|_| None));
        let mut cluster = Cluster { conf, folder, munge: None, controller: None, nodes: none };
        cluster.end_leftovers()?;
        cluster.write_conf(nodes)?;
        cluster.start_munge()?;
        cluster.spawn_controller(&["-c"])?;
        for n in 1..=nodes {
            cluster.spawn_node(n, &["-c"])?;
        }
        Ok(cluster)
    }

    /// A command that talks to this cluster.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(find(program).unwrap_or_else(|| program.into()));
        for (name, _) in std::env::vars_os() {
            if VARIABLES.iter().any(|v| name.to_string_lossy().starts_with(v)) {
                command.env_remove(name);
            }
        }
        command.env("SLURM_CONF", &self.conf).stdin(Stdio::null());
        command
    }

    /// Kills the daemon of node `n`, counted from 1, and all jobs on it, as if it lost power.
    pub fn kill_node(&mut self, n: usize) -> Outcome {
        self.kill_node_daemon(n)?;
        self.end_jobs(Some(&node_name(n)))
    }

    /// Kills only the daemon of node `n`; its jobs go on.
    pub fn kill_node_daemon(&mut self, n: usize) -> Outcome {
        end(self.node(n)?, &node_name(n))
    }

    /// Kills the controller. It saves its state every 5 s; jobs that were submitted, started or
    /// ended since then may be forgotten or run twice.
    pub fn kill_controller(&mut self) -> Outcome {
        // It runs scripts by a process that outlives it for a moment.
        let helpers = self.controller.as_ref().map(|c| children_of(c.id()));
        end(&mut self.controller, "slurmctld")?;
        kill(&helpers.unwrap_or_default())
    }

    /// Starts the controller after [`Cluster::kill_controller`]; it reads its saved state.
    pub fn start_controller(&mut self) -> Outcome {
        self.spawn_controller(&[])
    }

    /// All jobs, also those that have ended: id (`7`, or `7_3` for a task of an array), state
    /// (`PENDING`, `RUNNING`, `COMPLETING`, `COMPLETED`, `FAILED`, `CANCELLED`, `NODE_FAIL` …) and
    /// node, which is empty for jobs that have not started.
    pub fn jobs(&self) -> Outcome<Vec<(String, String, String)>> {
        let mut command = self.command("squeue");
        let text = process::capture(command.args(["--all", "--array", "--noheader", "--states=all", "--format=%i|%T|%N"]))?;
        let row = |line: &str| {
            let mut fields = line.trim().split('|').map(str::to_owned);
            match (fields.next(), fields.next(), fields.next()) {
                (Some(id), Some(state), Some(node)) => Ok((id, state, node)),
                _ => Err(format!("squeue printed a line that is not understood: {line}")),
            }
        };
        text.lines().map(row).collect()
    }

    /// Waits until all nodes whose daemon was started accept jobs. For a new cluster: that a node
    /// was killed is noticed late.
    pub fn wait_ready(&self, longest: Duration) -> Outcome {
        let end = Instant::now() + longest;
        let running = Vec::from_iter((1..).zip(&self.nodes).filter(|(_, node)| node.is_some()).map(|(n, _)| node_name(n)));
        loop {
            let states = process::capture(self.command("sinfo").args(["--noheader", "--Node", "--format=%N %t"]));
            let ready = states.as_deref().is_ok_and(|text| {
                let good = |line: &str, name: &str| {
                    line.split_once(' ').is_some_and(|(n, s)| n == name && ["idle", "mix", "alloc"].contains(&s.trim()))
                };
                running.iter().all(|name| text.lines().any(|line| good(line, name)))
            });
            if ready {
                return Ok(());
            }
            if Instant::now() > end {
                let told = states.unwrap_or_else(|message| message);
                let logs = ["munge", "slurmctld", "node1"].map(|name| self.log_end(name)).join("\n");
                return Err(format!("the cluster is not ready after {longest:?}\n{told}\n{logs}"));
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn write_conf(&self, nodes: usize) -> Outcome {
        let folder = self.folder.to_string_lossy();
        if folder.len() > LONGEST_FOLDER || folder.contains([' ', ',', ';', '%', '#']) {
            return Err(format!("{folder}: this path is longer than {LONGEST_FOLDER} bytes or contains one of \" ,;%#\""));
        }
        let host = fs::read_to_string("/proc/sys/kernel/hostname").map_err(|e| format!("cannot read the host's name: {e}"))?;
        let host = host.trim().split('.').next().unwrap_or("localhost").to_owned();
        let user = process::capture(Command::new("id").arg("-un"))?;
        let ports = free_ports(nodes + 1)?;
        let mut text = CONF
            .replace("{host}", &host)
            .replace("{user}", user.trim())
            .replace("{folder}", &folder)
            .replace("{socket}", &self.socket().to_string_lossy())
            .replace("{port}", &ports[0].to_string())
            .replace("{slurmd_timeout}", &SLURMD_TIMEOUT_SECS.to_string())
            .replace("{requeue_wait}", &REQUEUE_WAIT_SECS.to_string());
        for (n, port) in (1..).zip(&ports[1..]) {
            let gpu = if n == 1 { " Gres=gpu:1" } else { "" };
            let name = node_name(n);
            // Writing to a string cannot fail.
            _ = writeln!(text, "NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=1 RealMemory=8000{gpu}");
        }
        text.push_str("PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n");
        for (name, text) in [("slurm.conf", text.as_str()), ("gres.conf", "NodeName=node1 Name=gpu File=/dev/null\n")] {
            fs::write(self.folder.join(name), text).map_err(|e| format!("cannot write {folder}/{name}: {e}"))?;
        }
        Ok(())
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("munge/socket")
    }

    fn start_munge(&mut self) -> Outcome {
        let folder = self.folder.join("munge");
        let option = |name: &str, file: &str| format!("--{name}={}", folder.join(file).display());
        if !folder.join("key").exists() {
            process::capture(self.command("mungekey").args(["--create".into(), option("keyfile", "key")]))?;
        }
        // By force: the folder may be writable by a group, and a socket may be left.
        let mut command = self.command("munged");
        command.args(["--foreground", "--force"]).args([option("key-file", "key"), option("socket", "socket")]);
        command.args([option("pid-file", "pid"), option("seed-file", "seed")]);
        _ = fs::remove_file(self.socket());
        self.munge = Some(self.spawn(&mut command, "munge")?);
        let end = Instant::now() + Duration::from_secs(END_SECS);
        while !self.socket().exists() {
            if Instant::now() > end {
                return Err(format!("munged does not listen\n{}", self.log_end("munge")));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn spawn_controller(&mut self, args: &[&str]) -> Outcome {
        let mut command = self.command("slurmctld");
        command.arg("-D").args(args);
        self.controller = Some(self.spawn(&mut command, "slurmctld")?);
        Ok(())
    }

    fn spawn_node(&mut self, n: usize, args: &[&str]) -> Outcome {
        let name = node_name(n);
        let mut command = self.command("slurmd");
        command.args(["-D", "-N", &name]).args(args);
        let child = self.spawn(&mut command, &name)?;
        *self.node(n)? = Some(child);
        Ok(())
    }

    fn node(&mut self, n: usize) -> Outcome<&mut Option<Child>> {
        n.checked_sub(1).and_then(|i| self.nodes.get_mut(i)).ok_or_else(|| format!("there is no {}", node_name(n)))
    }

    /// Starts a daemon whose output goes to `NAME.out`.
    fn spawn(&self, command: &mut Command, name: &str) -> Outcome<Child> {
        let path = self.folder.join(format!("{name}.out"));
        let open = || File::options().create(true).append(true).open(&path);
        let (out, err) =
            open().and_then(|f| Ok((f.try_clone()?, f))).map_err(|e| format!("cannot open {}: {e}", path.display()))?;
        command.current_dir(&self.folder).stdout(out).stderr(err);
        command.spawn().map_err(|e| format!("cannot run {}: {e}", process::line(command)))
    }

    fn log_end(&self, name: &str) -> String {
        let bytes = fs::read(self.folder.join(format!("{name}.out"))).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let lines = Vec::from_iter(text.lines());
        format!("== {name}\n{}", lines[lines.len().saturating_sub(12)..].join("\n"))
    }

    /// Kills the jobs of one node, or of all: first `slurmstepd`, which would report that a job
    /// failed, then what it had started.
    fn end_jobs(&self, node: Option<&str>) -> Outcome {
        let end = Instant::now() + Duration::from_secs(END_SECS);
        let mut calm = 0;
        // Twice, as a step that is just being started does not hold the log file yet.
        while calm < 2 {
            let processes = processes::all();
            let steps = Vec::from_iter(processes.keys().copied().filter(|pid| self.is_step(*pid, node)));
            let mut tasks: BTreeSet<u32> = processes.keys().copied().filter(|pid| self.is_task(*pid, node)).collect();
            tasks.extend(descendants(&processes, &steps));
            calm = if steps.is_empty() && tasks.is_empty() { calm + 1 } else { 0 };
            if Instant::now() > end {
                return Err(format!("processes of jobs do not end: {steps:?} {tasks:?}"));
            }
            kill(&steps)?;
            kill(&Vec::from_iter(tasks))?;
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Whether it is the `slurmstepd` of a job: that holds the log file of its node open.
    fn is_step(&self, pid: u32, node: Option<&str>) -> bool {
        let program = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
        let is_named = program.file_name().is_some_and(|n| n.to_string_lossy().starts_with("slurmstepd"));
        let is_log = |path: &Path| {
            let is_of_node = node.is_none_or(|n| path.file_stem().is_some_and(|stem| stem == n));
            path.parent() == Some(&self.folder) && path.extension().is_some_and(|e| e == "log") && is_of_node
        };
        is_named && open_files(pid).iter().any(|path| is_log(path))
    }

    /// Whether it was started by a job: its environment says so.
    fn is_task(&self, pid: u32, node: Option<&str>) -> bool {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let value = |name: &str| environment.split(|b| *b == 0).find_map(|v| v.strip_prefix(name.as_bytes()));
        let is_of_node = value("SLURMD_NODENAME=").is_some_and(|v| node.is_none_or(|n| v == n.as_bytes()));
        is_of_node && value("SLURM_CONF=") == Some(self.conf.as_os_str().as_encoded_bytes())
    }

    /// Kills daemons and jobs of an earlier cluster that used this folder and could not end them.
    fn end_leftovers(&self) -> Outcome {
        let is_daemon = |pid: &u32| {
            let program = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
            let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
            ["munged", "slurmctld", "slurmd"].iter().any(|d| name.starts_with(d))
                && open_files(*pid).iter().any(|path| path.parent() == Some(&self.folder))
        };
        kill(&Vec::from_iter(processes::all().into_keys().filter(is_daemon)))?;
        self.end_jobs(None)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut outcomes = vec![self.kill_controller()];
        outcomes.extend((1..=self.nodes.len()).map(|n| self.kill_node_daemon(n)));
        outcomes.push(self.end_jobs(None));
        outcomes.push(end(&mut self.munge, "munged"));
        for message in outcomes.into_iter().filter_map(Result::err) {
            eprintln!("cluster: {message}");
        }
    }
}

/// `slurm.conf` less nodes and partition; see slurm.conf(5).
const CONF: &str = "\
ClusterName=cutroom
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
# cred_expire is also how long a job that is requeued waits before it may start.
AuthInfo=socket={socket},cred_expire={requeue_wait}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdSpoolDir={folder}/%n
SlurmdPidFile={folder}/%n.pid
SlurmdLogFile={folder}/%n.log
# CPUs and memory are as written here, whatever the machine has.
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=100
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,sched_min_interval=0
GresTypes=gpu
JobRequeue=1
# A node that was down accepts jobs as soon as its daemon is back.
ReturnToService=2
SlurmdTimeout={slurmd_timeout}
SlurmctldTimeout=10
MessageTimeout=3
BatchStartTimeout=3
KillWait=2
InactiveLimit=0
# Seconds for which squeue shows jobs that have ended: there is no accounting to ask.
MinJobAge=3600
";

fn node_name(n: usize) -> String {
    format!("node{n}")
}

/// The path of a program; users' `PATH` often lacks the folders of daemons.
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/bin"].map(PathBuf::from));
    folders.map(|f| f.join(program)).find(|p| p.is_file())
}

/// Ports of 127.0.0.1 that nothing listens on. Processes begin to search at different ones.
fn free_ports(count: usize) -> Outcome<Vec<u16>> {
    let offset = (std::process::id() % u32::from(PORTS)) as u16;
    let candidates = (0..PORTS).map(|i| FIRST_PORT + (offset + i) % PORTS);
    let open = candidates.filter_map(|port| Some((port, TcpListener::bind(("127.0.0.1", port)).ok()?)));
    let ports = Vec::from_iter(open.take(count));
    if ports.len() < count {
        return Err("there are no free ports".into());
    }
    Ok(ports.into_iter().map(|(port, _)| port).collect())
}
