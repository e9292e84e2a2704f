//! Recordings through simulated air: what the film plays is what the input hears, later.
use super::*;
use cutroom_devices::{Air, TimerInput, TimerOptions, TimerSwitch};

const RATE_HZ: u32 = 48_000;
/// Way of the sound through the air, longer than a block.
const DELAY: i64 = 1440;

struct Bench {
    dir: tempfile::TempDir,
    air: Air,
    switch: TimerSwitch,
}

impl Bench {
    /// A film of 3 s of sound that tells its own place: a sweep whose samples differ all the while.
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let settings = AudioSettings { bits: Some(32), ..AudioSettings::new("pcm", RATE_HZ, 1) };
        let settings = WriteSettings { container: "wav".into(), video: None, sound: Some(settings), metadata: vec![] };
        let mut writer = Writer::create(&dir.path().join("s.wav"), &settings, false).expect("a file");
        writer.push_audio(&AudioBlock { rate_hz: RATE_HZ, channels: vec![(0..3 * RATE_HZ).map(sweep).collect()] }).expect("sound");
        writer.finish().expect("a file");
        let clip =
            |id: &str| format!(r#"{{"id": "{id}", "source": {{"type": "media", "media": "s"}}, "start": 0, "duration": "3s"}}"#);
        let text = format!(
            r#"{{"schema_version": 2, "main": "m", "media": [{{"id": "s", "path": "s.wav", "kind": "audio"}}], "compositions": [
            {{"id": "m", "size": {{"width": 64, "height": 36}}, "frame_rate": 25, "channels": 2, "sample_rate_hz": 48000, "tracks": [
            {{"id": "a", "kind": "audio", "clips": [{}]}}, {{"id": "b", "kind": "audio", "clips": [{}]}},
            {{"id": "v", "clips": []}}]}}]}}"#,
            clip("c"),
            clip("d"),
        );
        std::fs::write(dir.path().join("film.json"), text).expect("a project");
        Self { dir, air: Air::new(RATE_HZ), switch: TimerSwitch::default() }
    }

    fn session(&self) -> Session {
        Session::open(&self.dir.path().join("film.json")).expect("the project")
    }

    fn record(&self, request: &RecordRequest) -> Result<RecordReport, Vec<ApiError>> {
        self.record_until(request, &CancelToken::new(), &mut |_| {})
    }

    fn record_until(
        &self,
        request: &RecordRequest,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<RecordReport, Vec<ApiError>> {
        let options = TimerOptions { rate_hz: Some(RATE_HZ), channels: Some(2), ..TimerOptions::default() };
        let output = TimerOutput { options: options.clone(), tap: Some(self.air.tap(2)), ..TimerOutput::default() };
        let options = TimerOptions { channels: Some(request.channels), ..options };
        let source = self.air.source(request.channels, DELAY);
        let input = TimerInput { options, switch: self.switch.clone(), source };
        record_on(Box::new(output), Box::new(input), &self.session(), request, cancel, progress)
    }

    /// What the recording holds.
    fn heard(&self, report: &RecordReport) -> Vec<f32> {
        let store = crate::cache::store();
        let mut file = cutroom_pipeline::SoundFile::open(&store, &report.file, 0, &CancelToken::new()).expect("the file");
        let mut all = Vec::new();
        file.each_block(|block| {
            all.extend(&block.channels[0]);
            Ok(())
        })
        .expect("its sound");
        all
    }
}

/// A sweep from 200 Hz to 5 kHz in 3 s.
fn sweep(n: u32) -> f32 {
    let t = f64::from(n) / f64::from(RATE_HZ);
    (0.4 * (std::f64::consts::TAU * (200.0 * t + 800.0 * t * t)).sin()) as f32
}

/// How many samples later than in the film the recording plays what it heard, by least squares.
fn shift(recording: &[f32], first: i64, level: f32) -> i64 {
    let off = |by: i64| -> f64 {
        let samples = recording.iter().enumerate().skip(2000).step_by(3).take(6000);
        let place = |i: usize| u32::try_from(first + i as i64 - by).map_or(0.0, sweep);
        samples.map(|(i, s)| f64::from(s - level * place(i)).powi(2)).sum()
    };
    (-3000..3000).min_by(|a, b| off(*a).total_cmp(&off(*b))).expect("places")
}

#[test]
fn a_recording_lies_where_it_was_heard() {
    let b = Bench::new();
    let latency_ms = DELAY as f64 * 1e3 / f64::from(RATE_HZ);
    let request = RecordRequest {
        track: Some("b".into()),
        from: Some("1s".into()),
        to: Some("2s".into()),
        preroll_secs: 0.5,
        latency_ms,
        ..RecordRequest::default()
    };
    let report = b.record(&request).expect("a recording");
    assert_eq!((report.from_secs, report.to_secs, report.track.as_str(), report.lost_secs), (1.0, 2.0, "b", 0.0), "{report:?}");
    assert!(report.file.ends_with("recordings/take-1.wav"), "{report:?}");
    let heard = b.heard(&report);
    assert_eq!(heard.len(), 48_000);
    // Track "b" is not heard while it is recorded to: only "a", once.
    let off = shift(&heard, 48_000, 1.0);
    assert!(off.abs() <= 2, "{off} samples late");
    let worst = (3000..45_000).map(|i| (heard[i] - sweep((48_000 + i as i64 - off) as u32)).abs()).fold(0.0, f32::max);
    assert!(worst < 0.02, "{worst}");
    // What the track had there made way, and the rest stayed.
    let project = b.session();
    let track = project.project.compositions[0].tracks.iter().find(|t| t.id.as_str() == "b").expect("the track");
    let spans: Vec<(f64, f64)> = track.clips.iter().map(|c| (c.start.as_secs_f64(), c.duration.as_secs_f64())).collect();
    assert_eq!(spans, [(0.0, 1.0), (1.0, 1.0), (2.0, 1.0)]);
    assert_eq!(track.clips[1].id.as_str(), report.clip);
}

#[test]
fn a_stopped_recording_is_kept_on_a_new_track() {
    let b = Bench::new();
    let cancel = CancelToken::new();
    // Stopped in the middle, when a second has been recorded; and it goes on after the film's end.
    let request = RecordRequest { from: Some("2.52s".into()), preroll_secs: 0.2, channels: 2, ..RecordRequest::default() };
    let stop = cancel.clone();
    let report = b.record_until(&request, &cancel, &mut |p| {
        if p.done >= 25 {
            stop.cancel();
        }
    });
    let report = report.expect("a recording");
    assert!(report.from_secs == 2.52 && report.to_secs >= 3.52 && report.to_secs < 6.0, "{report:?}");
    assert_eq!(report.track, "voice-over");
    let heard = b.heard(&report);
    assert!((heard.len() as f64 / 48e3 - (report.to_secs - report.from_secs)).abs() < 1e-9);
    // Both tracks were heard, later by the way through the air, then nothing.
    let off = shift(&heard, 120_960, 2.0);
    assert!((off - DELAY).abs() <= 2, "{off} samples late");
    assert!(heard[30_000..].iter().all(|s| *s == 0.0), "silence after the film");
}

#[test]
fn what_cannot_be_recorded_changes_nothing() {
    let b = Bench::new();
    let before = std::fs::read(b.dir.path().join("film.json")).expect("the project");
    let codes = |request: RecordRequest| {
        let errors = b.record(&request).expect_err("no recording");
        errors.iter().map(|e| (e.code.clone(), e.fields.first().cloned().unwrap_or_default())).collect::<Vec<_>>()
    };
    let usual = RecordRequest::default;
    let says = |code: &str, field: &str| vec![(code.to_owned(), field.to_owned())];
    assert_eq!(codes(RecordRequest { track: Some("v".into()), ..usual() }), says("usage.track", "track"));
    assert_eq!(codes(RecordRequest { track: Some("x".into()), ..usual() }), says("usage.track", "track"));
    assert_eq!(codes(RecordRequest { file: Some("s.mp3".into()), ..usual() }), says("usage.path", "file"));
    assert_eq!(codes(RecordRequest { channels: 9, ..usual() }), says("device.setting", "channels"));
    assert_eq!(codes(RecordRequest { preroll_secs: f64::NAN, ..usual() }), says("device.setting", "preroll_secs"));
    let (from, to) = (Some("2s".to_owned()), Some("1s".to_owned()));
    assert_eq!(codes(RecordRequest { from, to, ..usual() }), says("usage.range", "to"));
    let there = b.dir.path().join("s.wav");
    assert_eq!(codes(RecordRequest { file: Some(there), ..usual() })[0].1, "file");
    // An input that is pulled out before anything was recorded.
    b.switch.unplug();
    assert_eq!(codes(usual()), says("device.not_found", "input"));
    assert_eq!(std::fs::read(b.dir.path().join("film.json")).expect("the project"), before);
    assert!(!b.dir.path().join("recordings/take-1.wav").exists());
}
