//! Figures of a running server, in the text form of Prometheus (OpenMetrics 1.0).
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: String,
    status: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRoute {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfKind {
    kind: String,
}

/// What is counted while the server runs.
pub struct Figures {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<OfRoute, Histogram>,
    /// Connections that are open, and those that were refused because there were too many.
    pub connections: Gauge,
    pub refused: Counter,
    pub received_bytes: Counter,
    pub sent_bytes: Counter,
    pictures: Family<OfKind, Counter>,
    dropped: Family<OfKind, Counter>,
    picture_bytes: Family<OfKind, Counter>,
    /// Changes of documents.
    pub edits: Counter,
    uploaded_bytes: Counter,
    now: Family<OfKind, Gauge>,
    journal_writes: Gauge,
    journal_seconds: Gauge<f64, std::sync::atomic::AtomicU64>,
    cache: Family<OfKind, Gauge>,
    memory: Gauge,
    files: Gauge,
}

fn seconds() -> Histogram {
    Histogram::new([0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0])
}

impl Default for Figures {
    fn default() -> Self {
        let mut figures = Self {
            registry: Registry::with_prefix("cutroom"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(seconds),
            connections: Gauge::default(),
            refused: Counter::default(),
            received_bytes: Counter::default(),
            sent_bytes: Counter::default(),
            pictures: Family::default(),
            dropped: Family::default(),
            picture_bytes: Family::default(),
            edits: Counter::default(),
            uploaded_bytes: Counter::default(),
            now: Family::default(),
            journal_writes: Gauge::default(),
            journal_seconds: Gauge::default(),
            cache: Family::default(),
            memory: Gauge::default(),
            files: Gauge::default(),
        };
        let r = &mut figures.registry;
        r.register("requests", "Requests that were answered", figures.requests.clone());
        r.register_with_unit("request", "Time until a request was answered", Unit::Seconds, figures.seconds.clone());
        r.register("connections", "Open connections", figures.connections.clone());
        r.register("connections_refused", "Connections that were refused because there were too many", figures.refused.clone());
        r.register_with_unit("received", "Bytes of all connections", Unit::Bytes, figures.received_bytes.clone());
        r.register_with_unit("sent", "Bytes of all connections", Unit::Bytes, figures.sent_bytes.clone());
        r.register("pictures", "Pictures that were sent to views", figures.pictures.clone());
        r.register("pictures_dropped", "Pictures that a newer one overtook before they were sent", figures.dropped.clone());
        r.register_with_unit("pictures", "Bytes of pictures that were sent to views", Unit::Bytes, figures.picture_bytes.clone());
        r.register("edits", "Changes of documents", figures.edits.clone());
        r.register_with_unit("uploaded", "Bytes of files that were uploaded", Unit::Bytes, figures.uploaded_bytes.clone());
        r.register("open", "Projects, views, jobs and uploads that are open", figures.now.clone());
        r.register("journal_writes", "Steps written into the journals of open projects", figures.journal_writes.clone());
        let help = "Time for writing and syncing them";
        r.register_with_unit("journal_writing", help, Unit::Seconds, figures.journal_seconds.clone());
        r.register("cache", "Drawn frames in memory (entries, bytes, hits, misses) and bytes on disk", figures.cache.clone());
        r.register_with_unit("process_memory", "Memory of the process", Unit::Bytes, figures.memory.clone());
        r.register("process_open_files", "Open files of the process", figures.files.clone());
        figures
    }
}

impl Figures {
    /// Notes a picture that was sent: its kind, such as `jpeg`, and its bytes.
    pub fn note_picture(&self, kind: &str, bytes: usize) {
        let kind = OfKind { kind: kind.to_owned() };
        self.pictures.get_or_create(&kind).inc();
        self.picture_bytes.get_or_create(&kind).inc_by(bytes as u64);
    }

    /// Notes a picture that a newer one has overtaken.
    pub fn note_dropped(&self, kind: &str) {
        self.dropped.get_or_create(&OfKind { kind: kind.to_owned() }).inc();
    }

    /// Notes bytes of an upload.
    pub fn note_upload(&self, bytes: u64) {
        self.uploaded_bytes.inc_by(bytes);
    }

    /// Notes an answered request. `route` is the address of the table, so that there are only as many series
    /// as routes.
    pub fn note_request(&self, route: &str, method: &str, status: u16, took: Duration) {
        let answered = Answered { route: route.to_owned(), method: method.to_owned(), status: u64::from(status) };
        self.requests.get_or_create(&answered).inc();
        self.seconds.get_or_create(&OfRoute { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    /// All figures as text, with those of this moment.
    pub fn text(&self, now: &Now) -> String {
        let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let set = |family: &Family<OfKind, Gauge>, kind: &str, value: u64| {
            family.get_or_create(&OfKind { kind: kind.to_owned() }).set(whole(value));
        };
        for (kind, value) in &now.open {
            set(&self.now, kind, *value);
        }
        for (kind, value) in &now.cache {
            set(&self.cache, kind, *value);
        }
        self.journal_writes.set(whole(now.journal_writes.0));
        self.journal_seconds.set(now.journal_writes.1.as_secs_f64());
        self.memory.set(memory_bytes());
        self.files.set(open_files());
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// What is not counted but looked up.
#[derive(Default)]
pub struct Now {
    /// Projects, views, jobs and uploads.
    pub open: Vec<(&'static str, u64)>,
    /// Entries, bytes, hits and misses of caches.
    pub cache: Vec<(String, u64)>,
    /// Steps that were written into journals, and how long that took.
    pub journal_writes: (u64, Duration),
}

/// Resident memory of the process; 0 where that is not known.
fn memory_bytes() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<i64>().ok());
    kib.unwrap_or(0) * 1024
}

/// Open files of the process; 0 where that is not known.
fn open_files() -> i64 {
    std::fs::read_dir("/proc/self/fd").map_or(0, |files| i64::try_from(files.count()).unwrap_or(i64::MAX))
}
