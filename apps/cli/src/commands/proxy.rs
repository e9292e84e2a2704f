//! `cutroom proxy`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::{Args, ValueEnum};
use cutroom_api::{ProxyReport, ProxyRequest, ProxyScaleChoice, Session};
use std::path::PathBuf;

/// Arguments of `cutroom proxy`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom proxy film.json
  cutroom proxy film.json --scale 1/2 --scale 1/4
  cutroom proxy film.json --scale 1/4 --proxy-folder /mnt/clips/proxies

A proxy has the same frames at the same times in less pixels, each coded by itself (ProRes LT, ProRes 4444 with alpha).
`cutroom frame --proxies auto` draws them where they have the pixels that are needed; the picture gets softer, never
different. An export uses them only with --proxies. Sound always comes from the file. A proxy that does not fit its file any more is
not used, and made again.

Exit codes: 0 done, 1 failed, 2 usage, 3 invalid project, 4 media error, 130 interrupted.")]
pub struct ProxyArgs {
    /// The project file
    pub project: PathBuf,
    /// Size in relation to the file; may be given several times [default: 1/2]
    #[arg(long, value_enum, value_name = "SCALE")]
    pub scale: Vec<ScaleArg>,
    /// A media's id; may be given several times [default: all films]
    #[arg(long, value_name = "ID")]
    pub media: Vec<String>,
    /// Folder of the proxies [default: .cutroom/proxies beside the project]
    #[arg(long, value_name = "FOLDER")]
    pub proxy_folder: Option<PathBuf>,
    /// Make those again that are there already
    #[arg(long)]
    pub renew: bool,
    /// Worker threads; 0 means one per core
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Size of a proxy.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ScaleArg {
    /// Half of width and height
    #[value(name = "1/2")]
    Half,
    /// A quarter of width and height
    #[value(name = "1/4")]
    Quarter,
}

impl From<ScaleArg> for ProxyScaleChoice {
    fn from(arg: ScaleArg) -> Self {
        match arg {
            ScaleArg::Half => Self::Half,
            ScaleArg::Quarter => Self::Quarter,
        }
    }
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("media", "--media"),
    ("scales", "--scale"),
    ("proxy_folder", "--proxy-folder"),
    ("renew", "--renew"),
    ("threads", "--threads"),
];

/// Makes proxies.
pub fn proxy(args: &ProxyArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let session = Session::open(&args.project)?;
    let request = ProxyRequest {
        media: args.media.clone(),
        scales: args.scale.iter().map(|s| (*s).into()).collect(),
        proxy_folder: args.proxy_folder.clone(),
        renew: args.renew,
        threads: args.threads,
    };
    let report = super::with_bar(|progress| cutroom_api::make_proxies(&session, &request, &cancel, progress));
    let report = report.map_err(|e| Failure::of(e, WORDS))?;
    for warning in &report.warnings {
        text::say(&format!("warning: {warning}\n"));
    }
    if args.json { super::print_json(&report) } else { super::print(&text_of(&report)) }
}

fn scale_text(scale: ProxyScaleChoice) -> &'static str {
    match scale {
        ProxyScaleChoice::Half => "1/2",
        ProxyScaleChoice::Quarter => "1/4",
    }
}

fn text_of(report: &ProxyReport) -> String {
    let mut out = String::new();
    for p in &report.made {
        let stream = if p.stream == 0 { String::new() } else { format!(", stream {}", p.stream) };
        out.push_str(&format!(
            "media {}{stream}: {}, {}x{}, {}, {}, {:.1} MB\n",
            p.media,
            scale_text(p.scale),
            p.size.width,
            p.size.height,
            text::count(p.frames, "frame"),
            p.codec,
            p.bytes as f64 / 1e6
        ));
    }
    for p in &report.kept {
        out.push_str(&format!("media {}: {} is there already\n", p.media, scale_text(p.scale)));
    }
    report.skipped.iter().for_each(|why| out.push_str(&format!("skipped: {why}\n")));
    let proxies = if report.made.len() == 1 { "proxy" } else { "proxies" };
    out.push_str(&format!("{} {proxies} made in {}\n", report.made.len(), report.folder.display()));
    out
}
