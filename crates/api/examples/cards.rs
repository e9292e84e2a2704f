//! Exports a film on each graphics card, and spread over all of them, and compares the frames:
//! `cargo run --release -p cutroom-api --example cards -- CLIP [SECS]`.
//!
//! With `CUTROOM_GPU_FAULT=lost@N` or `memory@N`, the card of each process fails once at its frame N.
use cutroom_api::{ExportReport, ExportRequest, Session, VideoOptions, WorkerProgram, doctor, export_in_workers, serve_worker};
use cutroom_export::UnfinishedFiles;
use cutroom_types::CancelToken;
use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(clip) = arguments.first() else { return Err("name a clip".into()) };
    if clip == "worker" {
        serve_worker(std::io::stdin().lock(), std::io::stdout());
        return Ok(());
    }
    let secs: f64 = arguments.get(1).map_or(Ok(8.0), |secs| secs.parse())?;
    let cards = doctor().cards;
    for card in &cards {
        println!("card {}: {}, {}, {:?}, {:?}", card.number, card.name, card.driver, card.uuid, card.memory_bytes);
    }
    let hardware = cards.iter().filter(|card| !card.software).map(|card| Some(card.number));
    let mut first: Option<String> = None;
    for gpu in hardware.chain([None]) {
        let (report, hashes) = export(Path::new(clip), secs, gpu)?;
        let name = gpu.map_or("auto".to_owned(), |n| n.to_string());
        let same = first.as_ref().is_none_or(|first| *first == hashes);
        let ExportReport { frames, fps, segments, drawn_by, warnings, device_lost, .. } = report;
        println!("--gpu {name}: {frames} frames, {segments} segments, {fps:.0} frames a second, {drawn_by}");
        println!("  {device_lost:?}, {warnings:?}");
        if !same {
            return Err(format!("--gpu {name}: frames differ from those of the first card").into());
        }
        first = Some(hashes);
    }
    println!("all frames have the same hashes");
    Ok(())
}

/// The report, and the list of hashes.
fn export(clip: &Path, secs: f64, gpu: Option<usize>) -> Result<(ExportReport, String), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let clip = fs::canonicalize(clip)?;
    let track = |n: usize| {
        let (scale, opacity) = (1.0 - 0.2 * n as f64, 1.0 - 0.2 * n as f64);
        let effects = serde_json::json!([{"id": format!("e{n}"), "effect": "exposure", "params": {"exposure": 0.2}}]);
        let video = serde_json::json!({"opacity": opacity, "transform": {"scale": [scale, scale]}, "effects": effects});
        serde_json::json!({"id": format!("v{n}"), "clips": [{"id": format!("c{n}"), "source": {"type": "media", "media": "m"},
            "start": 0, "duration": format!("{secs}s"), "video": video, "audio": {"enabled": false}}]})
    };
    let document = serde_json::json!({
        "schema_version": 2, "main": "film", "media": [{"id": "m", "path": clip}],
        "compositions": [{"id": "film", "size": {"width": 1920, "height": 1080}, "frame_rate": "30",
            "tracks": [track(0), track(1), track(2)]}],
    });
    let project = folder.path().join("film.json");
    fs::write(&project, document.to_string())?;
    let list = folder.path().join("hashes");
    let request = ExportRequest {
        output: Some(folder.path().join("film.mp4")),
        video: VideoOptions { preset: Some("ultrafast".into()), ..VideoOptions::default() },
        segment_secs: Some(1.0),
        frame_hashes: Some(list.clone()),
        gpu,
        ..ExportRequest::default()
    };
    let program = WorkerProgram::this(["worker".into()])?;
    let session = Session::open(&project)?;
    let (cancel, unfinished) = (CancelToken::new(), UnfinishedFiles::default());
    let report = export_in_workers(&session, &request, &program, &cancel, &unfinished, &mut |_| {});
    let report = report.map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
    Ok((report, fs::read_to_string(list)?))
}
