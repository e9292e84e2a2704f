//! `cargo xtask bench card`: what a graphics card decodes and draws, compared with the processor, as the
//! section of `docs/benchmarks.md` about it. It needs FFmpeg and an NVIDIA card, and says so if there is
//! none.
use crate::{
    Outcome,
    process::{self, capture, ffmpeg},
    workspace,
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Heading of the section.
const HEADING: &str = "## Decoding and drawing on a card";
/// Readers at once, and how often a reader is opened and closed.
const TOGETHER: &str = "32";
const OPENED: &str = "1000";

/// A clip of FFmpeg's `testsrc2`, whose frames show their numbers.
struct Clip {
    name: &'static str,
    size: &'static str,
    frames: &'static str,
    encoder: &'static [&'static str],
}

const X264: &[&str] = &["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"];
const X265: &[&str] = &["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-pix_fmt", "yuv420p"];
const X265_10: &[&str] = &["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-pix_fmt", "yuv420p10le"];
const VP9: &[&str] = &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1", "-pix_fmt", "yuv420p"];
const VP9_10: &[&str] =
    &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1", "-pix_fmt", "yuv420p10le"];
const AV1: &[&str] = &["-c:v", "libsvtav1", "-preset", "10", "-pix_fmt", "yuv420p"];

/// Clips whose rates are measured.
const MEASURED: [Clip; 3] = [
    Clip { name: "1080p-h264.mp4", size: "1920x1080", frames: "400", encoder: X264 },
    Clip { name: "2160p-h264.mp4", size: "3840x2160", frames: "160", encoder: X264 },
    Clip { name: "2160p-h265.mp4", size: "3840x2160", frames: "160", encoder: X265 },
];

/// Clips whose frames are compared; the first is opened often.
const COMPARED: [Clip; 6] = [
    Clip { name: "h264.mp4", size: "640x360", frames: "250", encoder: X264 },
    Clip { name: "h265.mp4", size: "640x360", frames: "250", encoder: X265 },
    Clip { name: "h265-10.mp4", size: "640x360", frames: "250", encoder: X265_10 },
    Clip { name: "vp9.webm", size: "640x360", frames: "250", encoder: VP9 },
    Clip { name: "vp9-10.webm", size: "640x360", frames: "250", encoder: VP9_10 },
    Clip { name: "av1.mp4", size: "640x360", frames: "250", encoder: AV1 },
];

/// `[--programs FOLDER]`: a folder that holds the examples `card_speed` and `hardware_check` already.
pub fn card(args: &[String]) -> Outcome {
    let (programs, dir) = match args {
        [] => (built()?, workspace::target_dir()?.join("bench/card")),
        [option, folder] if option == "--programs" => {
            let folder = std::path::absolute(folder).map_err(|e| format!("{folder}: {e}"))?;
            let dir = std::env::temp_dir().join("cutroom-bench-card");
            (folder, dir)
        }
        _ => return Err("bench card takes --programs FOLDER and nothing else".into()),
    };
    let check = programs.join("hardware_check");
    let decoders = capture(&mut Command::new(&check))?;
    let cuda = decoders.lines().find(|line| line.starts_with("cuda")).unwrap_or_default();
    if !cuda.contains("works:") {
        let why = cuda.split_once("no:").map_or("it is not known to this build", |(_, why)| why.trim());
        return Err(format!("there is no card to measure here: NVIDIA's decoder: {why}"));
    }
    std::fs::create_dir_all(&dir).map_err(|e| format!("cannot make {}: {e}", dir.display()))?;
    let measured = MEASURED.iter().map(|clip| clip.made(&dir)).collect::<Outcome<Vec<_>>>()?;
    let compared = COMPARED.iter().map(|clip| clip.made(&dir)).collect::<Outcome<Vec<_>>>()?;
    let speed = shown(Command::new(programs.join("card_speed")).args(&measured))?;
    let equal = shown(Command::new(&check).args(["--together", TOGETHER, "--open", OPENED]).args(&compared))?;
    let section = section(&speed, &equal);
    println!("\n{section}");
    let page = workspace::root().join("docs/benchmarks.md");
    match std::fs::read_to_string(&page) {
        Ok(text) => {
            std::fs::write(&page, replaced(&text, &section)).map_err(|e| format!("cannot write {}: {e}", page.display()))?;
            println!("written to {}", page.display());
        }
        Err(e) => println!("not written to {}: {e}", page.display()),
    }
    Ok(())
}

impl Clip {
    fn made(&self, dir: &Path) -> Outcome<PathBuf> {
        let path = dir.join(self.name);
        if !path.is_file() {
            println!("making {}", self.name);
            let source = format!("testsrc2=size={}:rate=30", self.size);
            // Renamed when it is whole.
            let part = dir.join(format!("part-{}", self.name));
            let mut command = ffmpeg();
            command.args(["-filter_complex", &source, "-frames:v", self.frames]).args(self.encoder).arg(&part);
            capture(&mut command)?;
            std::fs::rename(&part, &path).map_err(|e| format!("{}: {e}", path.display()))?;
        }
        Ok(path)
    }
}

/// Builds the examples; returns their folder.
fn built() -> Outcome<PathBuf> {
    for (package, example) in [("cutroom-pipeline", "card_speed"), ("cutroom-media", "hardware_check")] {
        process::run(workspace::cargo().args(["build", "--release", "--package", package, "--example", example]))?;
    }
    Ok(workspace::target_dir()?.join("release/examples"))
}

/// What a program prints, which is shown, too.
fn shown(command: &mut Command) -> Outcome<String> {
    let (out, errors) = process::capture_both(command)?;
    eprint!("{errors}");
    print!("{out}");
    Ok(out)
}

fn section(speed: &str, equal: &str) -> String {
    let said = |program: &str, args: &[&str]| {
        let out = capture(Command::new(program).args(args)).unwrap_or_else(|_| format!("({program} is missing)"));
        out.lines().next().unwrap_or_default().split(" Copyright").next().unwrap_or_default().trim().to_owned()
    };
    let card = said("nvidia-smi", &["--query-gpu=name,driver_version", "--format=csv,noheader"]);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (ffmpeg, day) = (said("ffmpeg", &["-version"]), said("date", &["-I"]));
    let table: Vec<&str> = speed.lines().filter(|line| line.starts_with('|')).collect();
    // The folder of the clips is of no interest.
    let facts = |line: &&str| !line.contains(" works: ") && !line.contains(" no: ");
    let name =
        |line: &str| line.rsplit_once(".mp4:").or(line.rsplit_once(".webm:")).map(|(path, _)| path.rfind('/').map_or(0, |n| n + 1));
    let facts: Vec<String> = equal.lines().filter(facts).map(|line| line[name(line).unwrap_or(0)..].to_owned()).collect();
    format!(
        "{HEADING}\n\n`cargo xtask bench card` makes this section. {card}, {cores} cores, {ffmpeg}, profile `release`, {day}. Streams lie over each other, \
         each with opacity, scale, exposure and saturation, in\nlinear light; they are decoded, drawn and read back as 4:2:0. Medians of three runs after two \
         seconds that raise the clocks, milliseconds a frame. With five streams the decoder's rate is that\nof all streams together, which several decoders \
         of the card share. Hashes of all frames are those of software decoding, on the GPU and on the processor.\n\n{}\n\nFrames of small clips, compared with \
         those of the processor:\n\n{}\n",
        table.join("\n"),
        facts.iter().map(|fact| format!("- {fact}")).collect::<Vec<_>>().join("\n"),
    )
}

/// The page with the section in place of its former one, or before the bars that are missed.
fn replaced(page: &str, section: &str) -> String {
    let next = |from: usize| page[from..].find("\n## ").map_or(page.len(), |n| from + n + 1);
    let (start, end) = match page.find(HEADING) {
        Some(start) => (start, next(start)),
        None => {
            let at = page.find("## Pictures in between").unwrap_or(page.len());
            (at, at)
        }
    };
    format!("{}{section}\n{}", &page[..start], &page[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_takes_the_place_of_its_former_one() {
        let page = "# Page\n\n## On a real GPU\n\nA.\n\n## Pictures in between\n\nB.\n";
        let once = replaced(page, &format!("{HEADING}\n\nfirst\n"));
        assert_eq!(once, format!("# Page\n\n## On a real GPU\n\nA.\n\n{HEADING}\n\nfirst\n\n## Pictures in between\n\nB.\n"));
        let twice = replaced(&once, &format!("{HEADING}\n\nsecond\n"));
        assert_eq!(twice, once.replace("first", "second"));
    }

    #[test]
    fn a_section_has_the_table_and_what_was_compared() {
        let speed = "clip: 1920×1080\n| clip |\n|---|\n| a |\n";
        let text =
            section(speed, "cuda           NVIDIA works: h264\n/tmp/x/h264.mp4: 250 frames equal\nmemory of the card: 1 MiB\n");
        assert!(text.contains("\n| clip |\n|---|\n| a |\n\n"), "{text}");
        assert!(text.ends_with("\n- h264.mp4: 250 frames equal\n- memory of the card: 1 MiB\n"), "{text}");
    }
}
