//! `cutroom cache`.
use crate::{
    failure::{Failure, Words},
    text,
};
use clap::{Args, Subcommand};
use cutroom_api::{CacheReport, PruneCacheRequest};

/// What to do with the cache on disk.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  cutroom cache show
  cutroom cache prune
  cutroom cache prune --older-than 7d
  cutroom cache verify

Scans, probes, thumbnails, filmstrips, waveforms and loudness of files are kept by content, so that an unchanged
file is not read again. All of it can be made again. CUTROOM_CACHE names the folder (`off`: none), else it is
cutroom/store in XDG_CACHE_HOME or ~/.cache; CUTROOM_CACHE_BUDGET is its greatest size, such as 500M (20 GiB).")]
pub enum CacheCommand {
    /// Show the folder, and what is in it
    Show(ShowArgs),
    /// Remove entries: those of more than 30 days and above the budget, or those that options name
    Prune(PruneArgs),
    /// Read every file, and remove damaged ones
    Verify(VerifyArgs),
}

/// Arguments of `cutroom cache show`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cutroom cache show\n  cutroom cache show --json")]
pub struct ShowArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `cutroom cache prune`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom cache prune
  cutroom cache prune --older-than 12h
  cutroom cache prune --all

Exit codes: 0 done, 2 usage.")]
pub struct PruneArgs {
    /// Remove everything
    #[arg(long, conflicts_with_all = ["older_than", "kind"])]
    pub all: bool,
    /// Remove what was not used for longer: 45s, 30m, 12h, 7d, 2w
    #[arg(long, value_name = "AGE")]
    pub older_than: Option<String>,
    /// Remove only entries of this kind, as `cutroom cache show` names it
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `cutroom cache verify`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cutroom cache verify\n  cutroom cache verify --json")]
pub struct VerifyArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Names of the fields of the request to prune on the command line.
pub const PRUNE_WORDS: &Words = &[("all", "--all"), ("older_than", "--older-than"), ("kind", "--kind")];

impl CacheCommand {
    /// Whether results and errors are printed as JSON.
    pub fn json(&self) -> bool {
        match self {
            Self::Show(args) => args.json,
            Self::Prune(args) => args.json,
            Self::Verify(args) => args.json,
        }
    }
}

/// Runs `cutroom cache`.
pub fn run(command: &CacheCommand) -> Result<(), Failure> {
    match command {
        CacheCommand::Show(args) => {
            let report = cutroom_api::cache();
            if args.json { super::print_json(&report) } else { super::print(&describe(&report)) }
        }
        CacheCommand::Prune(args) => {
            let request = PruneCacheRequest { all: args.all, older_than: args.older_than.clone(), kind: args.kind.clone() };
            let r = cutroom_api::prune_cache(&request).map_err(|e| Failure::of(e, PRUNE_WORDS))?;
            if args.json {
                return super::print_json(&r);
            }
            let (removed, left) = (size(r.removed_bytes), size(r.left_bytes));
            super::print(&format!("removed {} entries, {removed}; {} are left, {left}\n", r.removed, r.left))
        }
        CacheCommand::Verify(args) => {
            let r = cutroom_api::verify_cache();
            if args.json {
                return super::print_json(&r);
            }
            let foreign = if r.foreign > 0 { format!("; {} files are not the cache's", r.foreign) } else { String::new() };
            super::print(&format!("{} entries are whole, {} were damaged and have been removed{foreign}\n", r.good, r.removed))
        }
    }
}

fn size(bytes: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = (0..units.len() - 1).find(|n| bytes >> (10 * (n + 1)) == 0).unwrap_or(units.len() - 1);
    if unit == 0 {
        format!("{bytes} B")
    } else {
        format!("{:.1} {}", bytes as f64 / f64::from(1 << 10).powi(unit as i32), units[unit])
    }
}

fn describe(r: &CacheReport) -> String {
    let mut out = String::new();
    if let Some(folder) = &r.folder {
        out.push_str(&format!("{}\n", folder.display()));
        let budget = format!("{} of {}, {} entries", size(r.bytes), size(r.budget_bytes), r.entries);
        out.push_str(&format!("{budget}; unused ones are removed after {} days\n", r.max_age_days));
        let mut rows: Vec<Vec<String>> =
            r.kinds.iter().map(|k| vec![format!("  {}", k.kind), k.entries.to_string(), size(k.bytes)]).collect();
        if let Some(secs) = r.oldest_secs {
            rows.push(vec!["  longest unused".into(), format!("{:.1} days", secs / 86_400.0), String::new()]);
        }
        out.push_str(&text::table(&rows));
    }
    r.remarks.iter().for_each(|remark| out.push_str(&format!("{remark}\n")));
    out
}
