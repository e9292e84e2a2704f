//! Kubernetes: an indexed job for each stage and a job that assembles. Jobs there do not wait for each
//! other; the program waits until the parts that it needs are in the folder.
use super::{Accepted, FarmBackend, FarmError, FarmWork, JobStates, run};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// How often a task is tried.
const TRIES: usize = 4;
/// Finished jobs are removed after a day.
const KEPT_SECS: usize = 86_400;

/// What Kubernetes needs beside the resources of tasks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KubernetesOptions {
    /// Container image that has the program.
    pub image: String,
    /// Claim of the volume that has project, media and output, mounted at [`Self::mount`].
    pub claim: String,
    /// Where it is mounted: the same path as on this machine.
    pub mount: String,
}

/// The cluster that `kubectl` on this machine reaches.
#[derive(Clone, Debug, Default)]
pub struct Kubernetes(pub KubernetesOptions);

impl Kubernetes {
    fn name(work: &FarmWork, what: &str) -> String {
        // Names are lower-case letters, digits and "-", at most 63.
        let name: String = work.name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let short: String = name.chars().take(40).collect();
        format!("{}-{}-{what}", short.trim_matches('-'), work.round)
    }

    fn job(&self, work: &FarmWork, what: &str, args: Vec<String>, tasks: Option<usize>) -> Value {
        let KubernetesOptions { image, claim, mount } = &self.0;
        let resources = &work.resources;
        let mut wanted = Map::new();
        wanted.insert("cpu".into(), json!(if tasks.is_some() { resources.cpus.max(1).to_string() } else { "1".into() }));
        if let Some(mib) = resources.memory_mib {
            wanted.insert("memory".into(), json!(format!("{mib}Mi")));
        }
        let mut limits = wanted.clone();
        // Bursts above the request are welcome; memory and cards are held to it.
        limits.remove("cpu");
        if resources.gpus > 0 && tasks.is_some() {
            limits.insert("nvidia.com/gpu".into(), json!(resources.gpus));
        }
        let mut pod = json!({
            "restartPolicy": "Never",
            "containers": [{
                "name": "cutroom",
                "image": image,
                "command": [literal(&work.program.to_string_lossy())],
                "args": args,
                "resources": { "requests": wanted, "limits": limits },
                "volumeMounts": [{ "name": "films", "mountPath": mount }],
            }],
            "volumes": [{ "name": "films", "persistentVolumeClaim": { "claimName": claim } }],
        });
        if let Some(mins) = resources.limit_mins.filter(|_| tasks.is_some()) {
            pod["activeDeadlineSeconds"] = json!(mins.saturating_mul(60));
        }
        if let Some(class) = &resources.priority {
            pod["priorityClassName"] = json!(class);
        }
        let labels = json!({ "app.kubernetes.io/name": "cutroom", "cutroom/export": Self::name(work, "export") });
        let mut spec = json!({
            "ttlSecondsAfterFinished": KEPT_SECS,
            "template": { "metadata": { "labels": labels }, "spec": pod },
        });
        match tasks {
            Some(tasks) => {
                spec["completionMode"] = json!("Indexed");
                spec["completions"] = json!(tasks);
                spec["parallelism"] = json!(resources.parallel.unwrap_or(tasks).min(tasks));
                spec["backoffLimitPerIndex"] = json!(TRIES - 1);
            }
            None => spec["backoffLimit"] = json!(TRIES - 1),
        }
        let mut metadata = json!({ "name": Self::name(work, what), "labels": labels });
        if let Some(namespace) = &resources.queue {
            metadata["namespace"] = json!(namespace);
        }
        json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec })
    }

    /// The manifests: a list of jobs.
    fn manifests(&self, work: &FarmWork) -> Value {
        let stages = work.stages.iter().enumerate().map(|(stage, tasks)| {
            let mut args: Vec<String> = work.task(stage).iter().map(|arg| literal(arg)).collect();
            args.push("$(JOB_COMPLETION_INDEX)".into());
            self.job(work, &format!("stage{stage}"), args, Some(*tasks))
        });
        let mut items: Vec<Value> = stages.collect();
        let assemble = work.command("assemble").iter().map(|arg| literal(arg)).chain(["--wait".into()]).collect();
        items.push(self.job(work, "assemble", assemble, None));
        json!({ "apiVersion": "v1", "kind": "List", "items": items })
    }

    /// Namespace and name of a job.
    fn parts(job: &str) -> (Option<&str>, &str) {
        job.split_once('/').map_or((None, job), |(namespace, name)| (Some(namespace), name))
    }
}

/// An argument in which Kubernetes sees no variable.
fn literal(text: &str) -> String {
    text.replace('$', "$$")
}

impl FarmBackend for Kubernetes {
    fn check(&self, work: &FarmWork) -> Result<(), FarmError> {
        let KubernetesOptions { image, claim, mount } = &self.0;
        for (field, value) in [("image", image), ("claim", claim), ("mount", mount)] {
            if value.is_empty() {
                return Err(FarmError::Setting { field, why: format!("Kubernetes needs `{field}`") });
            }
        }
        if work.stages.len() > 1 {
            let why = "two passes are made in stages that wait for each other, which jobs of Kubernetes do not".to_owned();
            return Err(FarmError::Setting { field: "video.two_passes", why });
        }
        match work.folder.starts_with(mount) {
            true => Ok(()),
            false => {
                let why = format!("the output's folder {} is not below `mount` {mount}", work.folder.display());
                Err(FarmError::Setting { field: "mount", why })
            }
        }
    }

    fn describe(&self, work: &FarmWork) -> String {
        format!("{:#}\n", self.manifests(work))
    }

    fn submit(&self, work: &FarmWork, accepted: &mut Accepted) -> Result<(), FarmError> {
        let manifests = self.manifests(work);
        let names = manifests["items"].as_array().into_iter().flatten().filter_map(|job| job["metadata"]["name"].as_str());
        let queue = work.resources.queue.as_deref();
        let names: Vec<String> =
            names.map(|name| queue.map_or_else(|| name.to_owned(), |queue| format!("{queue}/{name}"))).collect();
        // The names are known before, so none is lost.
        let handed = names.iter().try_for_each(|name| accepted(name.clone()));
        let handed = handed.and_then(|()| run("kubectl", ["create", "--filename", "-"], &manifests.to_string()));
        handed.map(drop).inspect_err(|_| drop(self.cancel(&names)))
    }

    fn states(&self, jobs: &[String]) -> Result<JobStates, FarmError> {
        let mut states = JobStates::default();
        for job in jobs {
            let (namespace, name) = Self::parts(job);
            let mut args = vec!["get", "job", name, "--ignore-not-found", "--output=json"];
            args.extend(namespace.iter().flat_map(|n| ["--namespace", n]));
            let said = run("kubectl", args, "")?;
            if said.is_empty() {
                continue;
            }
            let job: Value =
                serde_json::from_str(&said).map_err(|_| FarmError::Answer { program: "kubectl", said: said.clone() })?;
            let is_over = job["status"]["conditions"]
                .as_array()
                .is_some_and(|all| all.iter().any(|c| c["status"] == "True" && (c["type"] == "Complete" || c["type"] == "Failed")));
            let number = |value: &Value| value.as_u64().unwrap_or(0) as usize;
            if !is_over {
                let (running, done) = (number(&job["status"]["active"]), number(&job["status"]["succeeded"]));
                let all = number(&job["spec"]["completions"]).max(1);
                states.running += running;
                states.waiting += all.saturating_sub(running + done).max(usize::from(running == 0));
            }
        }
        Ok(states)
    }

    fn cancel(&self, jobs: &[String]) -> Result<(), FarmError> {
        for job in jobs {
            let (namespace, name) = Self::parts(job);
            let mut args = vec!["delete", "job", name, "--ignore-not-found", "--cascade=background"];
            args.extend(namespace.iter().flat_map(|n| ["--namespace", n]));
            run("kubectl", args, "")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster() -> Kubernetes {
        Kubernetes(KubernetesOptions { image: "films/cutroom:1".into(), claim: "films".into(), mount: "/srv".into() })
    }

    #[test]
    fn manifests_are_indexed_jobs_and_an_end() {
        let work = FarmWork { stages: vec![3], folder: "/srv/a$b/.film.mp4.cutroom-export".into(), ..super::super::work() };
        cluster().check(&work).unwrap();
        let all = cluster().manifests(&work);
        let items = all["items"].as_array().unwrap();
        assert_eq!(items.len(), 2);
        let spec = &items[0]["spec"];
        assert_eq!((&spec["completionMode"], &spec["completions"]), (&json!("Indexed"), &json!(3)));
        let container = &spec["template"]["spec"]["containers"][0];
        assert_eq!(container["resources"]["limits"]["nvidia.com/gpu"], 1);
        let args: Vec<&str> = container["args"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
        assert_eq!(args[..3], ["farm", "work", "/srv/a$$b/.film.mp4.cutroom-export"]);
        assert_eq!(args[3..], ["--round", "a1b2c3d4", "--stage", "0", "--task", "$(JOB_COMPLETION_INDEX)"]);
        assert_eq!(spec["template"]["spec"]["activeDeadlineSeconds"], 90 * 60);
        assert!(
            items[1]["spec"]["completionMode"].is_null() && items[1]["spec"]["template"]["spec"]["activeDeadlineSeconds"].is_null()
        );
        assert_eq!(items[1]["metadata"]["name"], "cutroom-film-a1b2c3d4-assemble");
        assert_eq!(items[1]["metadata"]["namespace"], "night");
    }

    #[test]
    fn what_is_missing_is_said() {
        let work = FarmWork { stages: vec![3], ..super::super::work() };
        let field = |cluster: &Kubernetes| match cluster.check(&work) {
            Err(FarmError::Setting { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(&Kubernetes(KubernetesOptions { image: String::new(), ..cluster().0 })), "image");
        assert_eq!(field(&Kubernetes(KubernetesOptions { mount: "/elsewhere".into(), ..cluster().0 })), "mount");
    }
}
