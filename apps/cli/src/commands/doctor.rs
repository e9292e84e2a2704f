//! `cutroom doctor`.
use crate::{failure::Failure, text};
use clap::Args;
use cutroom_api::{BackendChoice, CardReport, DoctorReport};

/// Arguments of `cutroom doctor`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cutroom doctor\n  cutroom doctor --json")]
pub struct DoctorArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Tries an encoder of a graphics card in this process, for the one that waits for it. What it says
/// is the reason why it does not work.
pub fn probe(codec: &str) -> Result<(), Failure> {
    if let Err(error) = cutroom_api::probe_encoder(codec) {
        println!("{}", error.message);
        std::process::exit(1);
    }
    Ok(())
}

/// Maximum number of fonts that are named.
const SHOWN_FONTS: usize = 5;

/// Shows the capabilities of this machine.
pub fn doctor(args: &DoctorArgs) -> Result<(), Failure> {
    let mut report = quietly(cutroom_api::doctor);
    report.hardware = cutroom_api::hardware_report(&cutroom_api::WorkerProgram::this(["probe-encoder".into()])?);
    if args.json { super::print_json(&report) } else { super::print(&describe(&report)) }
}

/// Runs `work` while standard error leads nowhere: drivers print what concerns nobody here, such as
/// that there is no window system. What matters is in the report.
#[cfg(unix)]
fn quietly<T>(work: impl FnOnce() -> T) -> T {
    let silenced = || {
        let before = rustix::io::dup(std::io::stderr()).ok()?;
        let nowhere = std::fs::OpenOptions::new().write(true).open("/dev/null").ok()?;
        rustix::stdio::dup2_stderr(nowhere).ok()?;
        Some(before)
    };
    let before = silenced();
    let result = work();
    if let Some(before) = before {
        // If this fails, later messages are lost; there is nobody to be told.
        let _ = rustix::stdio::dup2_stderr(before);
    }
    result
}

#[cfg(not(unix))]
fn quietly<T>(work: impl FnOnce() -> T) -> T {
    work()
}

fn describe(r: &DoctorReport) -> String {
    let mut out = format!(
        "cutroom {}, {} processors\nFFmpeg {} ({})\n\nDrawing (--backend)\n",
        r.version, r.processors, r.ffmpeg, r.ffmpeg_license
    );
    let rows: Vec<Vec<String>> = r
        .backends
        .iter()
        .map(|b| {
            let name = match b.choice {
                BackendChoice::Auto => "auto",
                BackendChoice::Cpu => "cpu",
                BackendChoice::Gpu => "gpu",
            };
            vec![format!("  {name}"), if b.works { "works" } else { "no" }.into(), b.what.clone()]
        })
        .collect();
    out.push_str(&text::table(&rows));
    if !r.cards.is_empty() {
        out.push_str("\nGraphics cards (--gpu)\n");
        out.push_str(&text::table(&r.cards.iter().map(card_row).collect::<Vec<_>>()));
    }
    out.push_str("\nWriting\n");
    let rows: Vec<Vec<String>> = r
        .formats
        .iter()
        .map(|f| {
            let works = if f.works { "works" } else { "missing" };
            vec![format!("  {}", f.kind), f.codec.clone(), works.into(), f.encoder.clone(), f.extensions.join(" "), f.title.clone()]
        })
        .collect();
    out.push_str(&text::table(&rows));
    let rows: Vec<Vec<String>> = r
        .hardware
        .iter()
        .map(|h| vec![format!("  {}", h.codec), if h.works { "works" } else { "no" }.into(), h.reason.clone()])
        .collect();
    if !rows.is_empty() {
        out.push_str("\nWriting with a graphics card (--video-codec)\n");
        out.push_str(&text::table(&rows));
    }
    out.push_str("\nReading with a graphics card (--decode)\n");
    let rows: Vec<Vec<String>> = r
        .decoding_devices
        .iter()
        .map(|d| {
            let untested = if d.tested { "" } else { " (untested)" };
            let works = if d.works { "works" } else { "no" };
            vec![format!("  {}", d.id), works.into(), format!("{}{untested}", d.title), d.what.clone()]
        })
        .collect();
    out.push_str(&text::table(&rows));
    out.push_str("\nReading\n");
    let rows: Vec<Vec<String>> = r
        .decoders
        .iter()
        .map(|d| {
            let works = if d.decoder.is_some() { "works" } else { "missing" };
            let decoder = d.decoder.clone().unwrap_or_else(|| "-".into());
            vec![format!("  {}", d.kind), d.codec.clone(), works.into(), decoder, d.title.clone()]
        })
        .collect();
    out.push_str(&text::table(&rows));
    out.push_str("\nFonts\n");
    r.font_folders.iter().for_each(|f| out.push_str(&format!("  {}\n", f.display())));
    out.push_str(&match r.fonts.len() {
        0 if r.font_folders.is_empty() => "  no font folders found\n".to_owned(),
        0 => "  no font files in them\n".to_owned(),
        n if n <= SHOWN_FONTS => format!("  {n} fonts: {}\n", r.fonts.join(", ")),
        n => format!("  {n} fonts: {}, ... (--json lists all)\n", r.fonts[..SHOWN_FONTS].join(", ")),
    });
    out.push_str(&format!("\nCache\n  {}\n", r.cache));
    if !r.advice.is_empty() {
        out.push_str("\nAdvice\n");
        r.advice.iter().for_each(|a| out.push_str(&format!("  {a}\n")));
    }
    out
}

fn card_row(card: &CardReport) -> Vec<String> {
    let memory = card.memory_bytes.map_or_else(String::new, |bytes| format!("{} MiB", bytes >> 20));
    let bus = card.bus.clone().unwrap_or_default();
    let name = if card.software { format!("{} (software)", card.name) } else { card.name.clone() };
    vec![format!("  {}", card.number), name, card.driver.clone(), memory, bus, card.uuid.clone().unwrap_or_default()]
}
