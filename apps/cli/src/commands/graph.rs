//! `cutroom graph`.
use crate::failure::{Failure, Words};
use clap::{Args, ValueEnum};
use cutroom_api::{CancelToken, GraphReport, GraphRequest, Session};
use std::{fmt::Write, path::PathBuf};

/// Arguments of `cutroom graph`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom graph film.json --at 2.5s
  cutroom graph film.json --at 100 --format dot | dot -Tsvg > frame.svg")]
pub struct GraphArgs {
    /// The project file
    pub project: PathBuf,
    /// Which frame: 2.5s, 00:00:02:12 or a frame number
    #[arg(long, value_name = "TIME")]
    pub at: String,
    /// Output format
    #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
    pub format: GraphFormat,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    /// Pixel format of the result
    #[arg(long, value_name = "FORMAT")]
    pub pix_fmt: Option<String>,
}

/// Output format of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// For reading
    Text,
    /// For programs
    Json,
    /// For Graphviz
    Dot,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words =
    &[("project", "<PROJECT>"), ("at", "--at"), ("composition", "--composition"), ("pixel_format", "--pix-fmt")];

/// Shows the passes that draw one frame.
pub fn graph(args: &GraphArgs) -> Result<(), Failure> {
    let session = Session::open(&args.project)?;
    let request = GraphRequest { at: args.at.clone(), composition: args.composition.clone(), pixel_format: args.pix_fmt.clone() };
    let report = cutroom_api::graph(&session, &request, &CancelToken::new()).map_err(|e| Failure::of(e, WORDS))?;
    match args.format {
        _ if args.json => super::print_json(&report),
        GraphFormat::Json => super::print_json(&report),
        GraphFormat::Text => super::print(&text(&report)),
        GraphFormat::Dot => super::print(&dot(&report)),
    }
}

fn text(report: &GraphReport) -> String {
    let mut out = format!("frame {}, key {}\n", report.frame, report.key);
    // Writing to a String cannot fail.
    for n in &report.nodes {
        let from = if n.inputs.is_empty() { String::new() } else { format!(" from {}", n.inputs.join(", ")) };
        let cost = if n.operations == 0 { String::new() } else { format!(", {} operations a pixel", n.operations) };
        let _ = writeln!(out, "{}: {}{from}, {}x{}{cost}, key {}", n.id, n.title, n.size.width, n.size.height, n.key);
        for s in &n.stages {
            let _ = writeln!(out, "    {s}");
        }
    }
    for e in &report.eliminated {
        let _ = writeln!(out, "eliminated: {e}");
    }
    out
}

/// The graph in Graphviz's DOT language.
fn dot(report: &GraphReport) -> String {
    let quoted = |s: &str| format!("\"{}\"", s.replace('\\', "\\\\").replace('"', "\\\""));
    let mut out = format!(
        "digraph {} {{\n    rankdir=LR;\n    node [shape=box, fontname=\"monospace\"];\n",
        quoted(&format!("frame {}", report.frame))
    );
    for n in &report.nodes {
        let mut label =
            format!("{}\n{}\n{}x{}, {} operations\nkey {}", n.id, n.title, n.size.width, n.size.height, n.operations, n.key);
        n.stages.iter().for_each(|s| label.push_str(&format!("\n{s}")));
        // `\l` ends a line of a label and aligns it to the left.
        let label = quoted(&label).replace('\n', "\\l");
        let _ = writeln!(out, "    {} [label={label}];", quoted(&n.id));
        for i in &n.inputs {
            let _ = writeln!(out, "    {} -> {};", quoted(i), quoted(&n.id));
        }
    }
    for (i, e) in report.eliminated.iter().enumerate() {
        let _ = writeln!(out, "    \"gone {i}\" [label={}, style=dashed];", quoted(e));
    }
    out.push_str("}\n");
    out
}
