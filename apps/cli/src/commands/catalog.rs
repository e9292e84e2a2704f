//! `cutroom catalog`.
use crate::failure::Failure;
use clap::Args;
use cutroom_api::{ApiError, Catalog, CostEntry, ParamEntry, catalog};
use std::fmt::Write;

/// Arguments of `cutroom catalog`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom catalog
  cutroom catalog blur
  cutroom catalog --json")]
pub struct CatalogArgs {
    /// Only entries whose id or name contains this, or of this family
    pub filter: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Lists effects, blend modes and transitions.
pub fn list(args: &CatalogArgs) -> Result<(), Failure> {
    let mut all = catalog();
    if let Some(part) = &args.filter {
        let part = part.to_lowercase();
        let has = |id: &str, name: &str, family: &str| id.contains(&part) || name.to_lowercase().contains(&part) || family == part;
        all.effects.retain(|e| has(&e.id, &e.name, &e.family));
        all.sound_effects.retain(|e| has(&e.id, &e.name, &e.family));
        all.blend_modes.retain(|b| has(&b.id, &b.name, ""));
        all.transitions.retain(|t| has(&t.id, &t.name, &t.family));
        all.aliases.retain(|a| has(&a.id, "", &a.kind));
    }
    let empty = all.effects.is_empty()
        && all.sound_effects.is_empty()
        && all.blend_modes.is_empty()
        && all.transitions.is_empty()
        && all.aliases.is_empty();
    if let Some(part) = args.filter.as_ref().filter(|_| empty) {
        let error = ApiError::new("catalog.no_match", format!("nothing in the catalogue is called \"{part}\""));
        return Err(Failure::of(error.hint_at("catalog", "`catalog` lists all"), &[]));
    }
    if args.json { super::print_json(&all) } else { super::print(&text(&all)) }
}

fn text(all: &Catalog) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    for e in &all.effects {
        let _ = writeln!(out, "{:22} {:9} {}", e.id, e.family, e.summary);
        let _ = writeln!(out, "    {}", drawn(&e.backends, e.cost));
        params(&mut out, &e.params);
    }
    if !all.sound_effects.is_empty() {
        let _ = writeln!(out, "\nSound effects:");
    }
    for e in &all.sound_effects {
        let late = if e.latency_samples == 0 { String::new() } else { format!(" ({} samples late)", e.latency_samples) };
        let _ = writeln!(out, "{:26} {:10} {}{late}", e.id, e.family, e.summary);
        params(&mut out, &e.params);
    }
    if !all.blend_modes.is_empty() {
        let _ = writeln!(out, "\nBlend modes:");
    }
    for b in &all.blend_modes {
        let _ = writeln!(out, "{:22} {:24} {}", b.id, b.name, drawn(&b.backends, b.cost));
    }
    if !all.transitions.is_empty() {
        let _ = writeln!(out, "\nTransitions:");
    }
    for t in &all.transitions {
        let _ = writeln!(out, "{:22} {:9} {}", t.id, t.family, t.name);
        let (default, min, max) = (t.default_duration_secs, t.min_duration_secs, t.max_duration_secs);
        let _ = writeln!(out, "    {}; {default} s [{min}..{max}]", drawn(&t.backends, t.cost));
        let own: Vec<ParamEntry> = t.params.iter().filter(|p| p.id != "includeAudio").cloned().collect();
        params(&mut out, &own);
    }
    if !all.aliases.is_empty() {
        let _ = writeln!(out, "\nOf other editors:");
    }
    for a in &all.aliases {
        let _ = writeln!(out, "{:22} {:10} {:8} {}", a.id, a.kind, a.match_kind, a.entries.join(", "));
    }
    out
}

/// One line with back ends and cost.
fn drawn(backends: &[String], cost: CostEntry) -> String {
    format!("{}; {} passes, {} operations a pixel", backends.join(", "), cost.passes, cost.operations)
}

fn params(out: &mut String, list: &[ParamEntry]) {
    for p in list {
        let range = match (p.min, p.max) {
            (Some(min), Some(max)) => format!(" [{min}..{max}]"),
            _ if !p.options.is_empty() => format!(" ({})", p.options.join(", ")),
            _ => String::new(),
        };
        let unit = if p.unit.is_empty() { String::new() } else { format!(" {}", p.unit) };
        let fixed = if p.animatable { "" } else { ", not animatable" };
        let _ = writeln!(out, "    {:20} {} {}{range}{unit}{fixed}", p.id, p.kind, p.default);
    }
}
