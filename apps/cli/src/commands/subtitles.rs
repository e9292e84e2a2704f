//! `cutroom subtitles`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::{Args, ValueEnum};
use cutroom_api::{
    AddSubtitlesRequest, ApiError, CheckSubtitlesRequest, ConvertSubtitlesRequest, ExportSubtitlesRequest, FitSubtitlesRequest,
    IssueReport, Session, SubtitlesRequest,
};
use std::path::{Path, PathBuf};

/// Arguments of `cutroom subtitles`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom subtitles show a.srt
  cutroom subtitles convert a.srt -o a.vtt
  cutroom subtitles shift a.srt --by -1.5s -o later.srt
  cutroom subtitles stretch a.srt --from-fps 25 --to-fps 23.976 -o film.srt
  cutroom subtitles stretch a.srt --point 0:01=0:02 --point 0:10=0:12.5 -o film.srt
  cutroom subtitles split a.srt --line-letters 37 -o short.srt
  cutroom subtitles check a.srt --letters-per-second 17
  cutroom subtitles add a.srt --film film.json --style boxed
  cutroom subtitles fit a.srt --film talk.wav -o fitted.srt --snap 200ms
  cutroom subtitles show film.mkv --stream 0
  cutroom subtitles export film.json -o film.srt

SubRip, WebVTT, ASS, SSA and TTML are read in any encoding; written are .srt, .vtt, .ass and .ttml, in UTF-8.
What cannot be read is listed with its line, what a format cannot hold with its name.
Exit codes: 0 done, 1 check found something, 2 usage, 4 the file cannot be read.")]
pub struct SubtitlesArgs {
    /// What to do
    pub action: Action,
    /// The subtitle file, or a media file with --stream; export: the project
    pub file: PathBuf,
    /// The file to write; its ending says the format
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// shift: move all cues by this time, such as 1.5s or -200ms
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub by: Option<String>,
    /// stretch: a time and what it becomes, twice
    #[arg(long = "point", value_name = "OLD=NEW")]
    pub points: Vec<String>,
    /// stretch: frames per second of the film that the subtitles were made for
    #[arg(long, value_name = "RATE")]
    pub from_fps: Option<String>,
    /// stretch: frames per second of the film that they are for
    #[arg(long, value_name = "RATE")]
    pub to_fps: Option<String>,
    /// split, check: most letters of a line [default: 42]
    #[arg(long, value_name = "N")]
    pub line_letters: Option<usize>,
    /// split, check: most lines of a cue [default: 2]
    #[arg(long, value_name = "N")]
    pub lines: Option<usize>,
    /// split, check: most letters a second [default: 20]
    #[arg(long, value_name = "N")]
    pub letters_per_second: Option<f64>,
    /// check: shortest cue [default: 0.833s]
    #[arg(long, value_name = "TIME")]
    pub shortest: Option<String>,
    /// check: longest cue [default: 7s]
    #[arg(long, value_name = "TIME")]
    pub longest: Option<String>,
    /// add: the project whose picture shows the subtitles; it is changed, unless --output names another.
    /// fit: the project or media file with the speech
    #[arg(long, value_name = "FILE")]
    pub film: Option<PathBuf>,
    /// add: a look, such as classic, boxed or news (docs/titles.md lists all), or libass, as FFmpeg and players draw
    /// it [default: classic, with what the file says; libass for ASS]
    #[arg(long, value_name = "ID")]
    pub style: Option<String>,
    /// fit: move starts and ends to those of speech within this time, such as 200ms
    #[arg(long, value_name = "TIME")]
    pub snap: Option<String>,
    /// show, and what writes a file: number of the subtitle stream of a media file, from 0
    #[arg(long, value_name = "N")]
    pub stream: Option<usize>,
    /// export: a track with subtitles; may be repeated [default: all that are on, one file each]
    #[arg(long = "track", value_name = "ID")]
    pub tracks: Vec<String>,
    /// add, export, fit: composition [default: the main one]
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the output if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// What is done with a subtitle file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Action {
    /// List the cues
    Show,
    /// Write it in another format
    Convert,
    /// Move all cues in time
    Shift,
    /// Stretch all times
    Stretch,
    /// Break cues that are too long
    Split,
    /// Show it in the picture of a film: a clip with its cues on a new track
    Add,
    /// Move and stretch all cues to where somebody speaks
    Fit,
    /// Write the subtitles of a film as files
    Export,
    /// List overlaps, cues that are too long or too fast, and the like
    Check,
}

/// Names of the requests' fields on the command line.
pub const WORDS: &Words = &[
    ("file", "<FILE>"),
    ("output", "--output"),
    ("by", "--by"),
    ("points", "--point"),
    ("from_fps", "--from-fps"),
    ("to_fps", "--to-fps"),
    ("split", "<ACTION>"),
    ("line_letters", "--line-letters"),
    ("lines", "--lines"),
    ("letters_per_second", "--letters-per-second"),
    ("shortest", "--shortest"),
    ("longest", "--longest"),
    ("style", "--style"),
    ("film", "--film"),
    ("snap", "--snap"),
    ("stream", "--stream"),
    ("tracks", "--track"),
    ("composition", "--composition"),
    ("overwrite", "--overwrite"),
];

/// Options that an action does not use.
fn unused(args: &SubtitlesArgs) -> Option<&'static str> {
    use Action::{Add, Check, Convert, Export, Fit, Shift, Show, Split, Stretch};
    let given = [
        (args.output.is_some() || args.overwrite, "--output", &[Add, Convert, Export, Fit, Shift, Stretch, Split][..]),
        (args.film.is_some(), "--film", &[Add, Fit]),
        (args.snap.is_some(), "--snap", &[Fit]),
        (args.style.is_some(), "--style", &[Add]),
        (args.composition.is_some(), "--composition", &[Add, Export, Fit]),
        (args.stream.is_some(), "--stream", &[Show, Convert, Shift, Stretch, Split]),
        (!args.tracks.is_empty(), "--track", &[Export]),
        (args.by.is_some(), "--by", &[Shift]),
        (!args.points.is_empty(), "--point", &[Stretch]),
        (args.from_fps.is_some(), "--from-fps", &[Stretch]),
        (args.to_fps.is_some(), "--to-fps", &[Stretch]),
        (args.line_letters.is_some(), "--line-letters", &[Split, Check]),
        (args.lines.is_some(), "--lines", &[Split, Check]),
        (args.letters_per_second.is_some(), "--letters-per-second", &[Split, Check]),
        (args.shortest.is_some(), "--shortest", &[Check]),
        (args.longest.is_some(), "--longest", &[Check]),
        (false, "", &[Show]),
    ];
    given.into_iter().find(|(is_given, _, of)| *is_given && !of.contains(&args.action)).map(|(_, name, _)| name)
}

/// Shows, changes or checks a subtitle file.
pub fn subtitles(args: &SubtitlesArgs) -> Result<(), Failure> {
    if let Some(option) = unused(args) {
        let action = args.action.to_possible_value().map_or_else(String::new, |v| v.get_name().to_owned());
        return Err(ApiError::new("usage.arguments", format!("`subtitles {action}` has no option {option}")).into());
    }
    match args.action {
        Action::Show => show(args),
        Action::Check => check(args),
        Action::Add => add(args),
        Action::Export => export(args),
        Action::Fit => fit(args),
        Action::Shift if args.by.is_none() => Err(missing("--by", "by how much the cues are moved, such as --by -1.5s")),
        Action::Stretch if args.points.is_empty() && args.from_fps.is_none() && args.to_fps.is_none() => {
            Err(missing("--point", "two points (--point 0:01=0:02 --point 1:00=1:05), or --from-fps and --to-fps"))
        }
        Action::Convert | Action::Shift | Action::Stretch | Action::Split => convert(args),
    }
}

fn missing(option: &str, hint: &str) -> Failure {
    ApiError::new("usage.arguments", format!("{option} is missing: {hint}")).into()
}

fn say_issues(file: &Path, issues: &[IssueReport]) {
    for IssueReport { line, message } in issues {
        let at = if *line > 0 { format!(":{line}") } else { String::new() };
        text::say(&format!("note: {}{at}: {message}\n", file.display()));
    }
}

fn show(args: &SubtitlesArgs) -> Result<(), Failure> {
    let report = cutroom_api::show_subtitles(&SubtitlesRequest { file: args.file.clone(), stream: args.stream })
        .map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    say_issues(&args.file, &report.issues);
    let guessed = if report.is_encoding_guessed { " (guessed)" } else { "" };
    let language = report.language.as_ref().map_or(String::new(), |l| format!(", language {l}"));
    let cues = text::count(report.cues.len(), "cue");
    let mut out = format!("{}: {}, {}{guessed}, {cues}{language}\n", args.file.display(), report.format, report.encoding);
    for (n, cue) in report.cues.iter().enumerate() {
        let text = cue.text.replace('\n', "\n                                  ");
        out.push_str(&format!("{:>5}  {:>11.3}  {:>11.3}  {text}\n", n + 1, cue.start_secs, cue.end_secs));
    }
    super::print(&out)
}

fn convert(args: &SubtitlesArgs) -> Result<(), Failure> {
    let output = args.output.clone().ok_or_else(|| missing("--output", "the file to write, such as -o new.srt"))?;
    let request = ConvertSubtitlesRequest {
        file: args.file.clone(),
        stream: args.stream,
        output,
        by: args.by.clone(),
        points: args.points.clone(),
        from_fps: args.from_fps.clone(),
        to_fps: args.to_fps.clone(),
        split: args.action == Action::Split,
        line_letters: args.line_letters,
        lines: args.lines,
        letters_per_second: args.letters_per_second,
        overwrite: args.overwrite,
    };
    let report = cutroom_api::convert_subtitles(&request).map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    say_issues(&args.file, &report.issues);
    for loss in &report.losses {
        text::say(&format!("warning: the format cannot hold: {loss}\n"));
    }
    let changed = if report.changed > 0 { format!(", {} changed", report.changed) } else { String::new() };
    super::print(&format!("{}: {}{changed}\n", report.output.display(), text::count(report.cues, "cue")))
}

fn add(args: &SubtitlesArgs) -> Result<(), Failure> {
    let film = args.film.as_ref().ok_or_else(|| missing("--film", "the project that shows them, such as --film film.json"))?;
    let session = Session::open(film)?;
    let request = AddSubtitlesRequest {
        file: args.file.clone(),
        style: args.style.clone(),
        composition: args.composition.clone(),
        output: args.output.clone(),
        overwrite: args.overwrite,
    };
    let report = cutroom_api::add_subtitles(&session, &request).map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    say_issues(&args.file, &report.issues);
    let cues = text::count(report.cues, "cue");
    super::print(&format!("{}: clip {} on track {} shows {cues}\n", report.project.display(), report.clip, report.track))
}

fn export(args: &SubtitlesArgs) -> Result<(), Failure> {
    let output = args.output.clone().ok_or_else(|| missing("--output", "the file to write, such as -o film.srt"))?;
    let session = Session::open(&args.file)?;
    let request = ExportSubtitlesRequest {
        output,
        tracks: args.tracks.clone(),
        composition: args.composition.clone(),
        overwrite: args.overwrite,
    };
    let report = cutroom_api::export_subtitles(&session, &request).map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    for file in &report.files {
        for loss in &file.losses {
            text::say(&format!("warning: {}: the format cannot hold: {loss}\n", file.file.display()));
        }
        super::print(&format!("{}: {} of track {}\n", file.file.display(), text::count(file.cues, "cue"), file.track))?;
    }
    Ok(())
}

fn fit(args: &SubtitlesArgs) -> Result<(), Failure> {
    let film =
        args.film.clone().ok_or_else(|| missing("--film", "the project or media file with the speech, such as --film film.mp4"))?;
    let output = args.output.clone().ok_or_else(|| missing("--output", "the file to write, such as -o new.srt"))?;
    let request = FitSubtitlesRequest {
        file: args.file.clone(),
        film,
        composition: args.composition.clone(),
        snap: args.snap.clone(),
        output,
        overwrite: args.overwrite,
    };
    let (cancel, _unfinished) = interrupt::cancellation()?;
    let report = cutroom_api::fit_subtitles(&request, &cancel).map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    say_issues(&args.file, &report.issues);
    for loss in &report.losses {
        text::say(&format!("warning: the format cannot hold: {loss}\n"));
    }
    let mut more = String::new();
    for (count, what) in [(report.snapped, "moved to the edges of speech"), (report.cut, "cut at the beginning")] {
        if count > 0 {
            more.push_str(&format!(", {count} {what}"));
        }
    }
    let (cues, ratio, offset) = (text::count(report.cues, "cue"), report.ratio, report.offset_secs);
    super::print(&format!(
        "{}: {cues}, offset {offset:+.3} s, ratio {ratio:.5}, correlation {:.2}{more}\n",
        report.output.display(),
        report.correlation
    ))
}

fn check(args: &SubtitlesArgs) -> Result<(), Failure> {
    let request = CheckSubtitlesRequest {
        file: args.file.clone(),
        line_letters: args.line_letters,
        lines: args.lines,
        letters_per_second: args.letters_per_second,
        shortest: args.shortest.clone(),
        longest: args.longest.clone(),
    };
    let report = cutroom_api::check_subtitles(&request).map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        super::print_json(&report)?;
    } else {
        say_issues(&args.file, &report.issues);
        let row = |f: &cutroom_api::FindingReport| {
            vec![format!("  cue {}", f.cue), format!("{:.3} s", f.start_secs), f.kind.replace('_', " "), f.message.clone()]
        };
        super::print(&text::table(&report.findings.iter().map(row).collect::<Vec<_>>()))?;
    }
    if report.findings.is_empty() {
        return if args.json {
            Ok(())
        } else {
            super::print(&format!("{}: {}, nothing found\n", args.file.display(), text::count(report.cues, "cue")))
        };
    }
    let what = text::count(report.findings.len(), "finding");
    let message = format!("{}: {what} in {}", args.file.display(), text::count(report.cues, "cue"));
    Err(ApiError::new("subtitles.findings", message).hint("`subtitles split` breaks long cues").into())
}
