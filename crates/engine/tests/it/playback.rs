//! Playback by a simulated clock.
use crate::film::{Known, at, draws, film, number, numbered, opened, settings, settle};
use cutroom_engine::{
    Activity, DrawOrder, Drawer, Draws, Engine, EngineError, EngineSettings, LatePolicy, PlayReport, Shown, TimerSink,
    TransportCommand,
};
use cutroom_project::{Media, MediaKind, Project, Track, TrackKind};
use cutroom_types::Picture;
use std::{
    path::Path,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

/// A clock that stands still until it is told to go on, and a drawer that needs its time.
#[derive(Clone, Default)]
struct Simulated(Arc<(Mutex<Times>, Condvar)>);

#[derive(Default)]
struct Times {
    now: Duration,
    /// The latest time that a picture being drawn has seen; `None` if none is being drawn.
    seen: Option<Duration>,
}

impl Simulated {
    fn now(&self) -> Duration {
        self.0.0.lock().unwrap().now
    }

    fn pass(&self, time: Duration) {
        self.0.0.lock().unwrap().now += time;
        self.0.1.notify_all();
    }

    /// Waits until a picture that is being drawn knows the time.
    fn has_seen(&self) -> bool {
        let times = self.0.0.lock().unwrap();
        times.seen == Some(times.now)
    }
}

/// Draws the frame's number in a number of simulated milliseconds.
struct Slow {
    clock: Simulated,
    takes: Duration,
}

impl Drawer for Slow {
    fn draws(&self) -> Draws {
        draws()
    }

    fn draw(&mut self, order: &DrawOrder) -> Result<Picture, EngineError> {
        let (times, passed) = &*self.clock.0;
        let mut times = times.lock().unwrap();
        let end = times.now + self.takes;
        while times.now < end && !order.token.is_cancelled() {
            times.seen = Some(times.now);
            times = passed.wait_timeout(times, Duration::from_millis(5)).unwrap().0;
        }
        times.seen = None;
        Ok(numbered(order.frame))
    }
}

struct Player {
    engine: Engine,
    clock: Simulated,
    heard: Arc<Mutex<Vec<f32>>>,
}

impl Player {
    fn new(project: &Project, takes_ms: u64, policy: LatePolicy, settings: EngineSettings) -> Self {
        let (clock, heard) = (Simulated::default(), Arc::default());
        let read = clock.clone();
        let timer = TimerSink::with_clock(Box::new(move || read.now()));
        let drawer: Box<dyn Drawer> = match takes_ms {
            0 => Box::new(Known),
            ms => Box::new(Slow { clock: clock.clone(), takes: Duration::from_millis(ms) }),
        };
        let hears: Arc<Mutex<Vec<f32>>> = Arc::clone(&heard);
        let sink = Box::new(timer.heard_by(move |_, block| hears.lock().unwrap().extend(&block.channels[0])));
        let engine = opened(project, EngineSettings { drawer, sink, policy, ..settings });
        Self { engine, clock, heard }
    }

    /// Plays to the end, a millisecond at a time; returns what was shown, each with the simulated
    /// milliseconds since the first picture.
    fn play(&mut self) -> (Vec<(u64, Shown)>, PlayReport) {
        let mut shown = Vec::new();
        let mut since = None;
        let ms = Duration::from_millis(1);
        for _ in 0..100_000 {
            self.engine.update();
            for picture in self.engine.shown() {
                let since = *since.get_or_insert(self.clock.now());
                shown.push(((self.clock.now() - since).as_millis() as u64, picture));
            }
            match self.engine.state().activity {
                Activity::Paused => break,
                _ if self.is_settled() => self.clock.pass(ms),
                _ => self.engine.wait(Duration::from_micros(100)),
            }
        }
        assert_eq!(self.engine.state().activity, Activity::Paused, "it does not end");
        assert!(self.engine.play_error().is_none());
        (shown, self.engine.play_report())
    }

    /// Plays for some simulated milliseconds; returns the frames shown.
    fn advance(&mut self, ms: u64) -> Vec<i64> {
        let mut shown = Vec::new();
        for _ in 0..ms {
            settle(&mut self.engine);
            self.clock.pass(Duration::from_millis(1));
            self.engine.update();
            shown.extend(self.engine.shown().into_iter().map(|s| s.frame));
        }
        shown
    }

    /// Whether nothing more happens before the clock goes on.
    fn is_settled(&mut self) -> bool {
        self.engine.is_idle() || (self.clock.has_seen() && !self.engine.is_mixing())
    }
}

fn player(takes_ms: u64, policy: LatePolicy) -> Player {
    // Two seconds: 50 frames.
    Player::new(&film(1, 50, 1), takes_ms, policy, settings())
}

#[test]
fn every_frame_is_shown_at_its_time_when_drawing_is_fast() {
    for takes_ms in [0, 20] {
        let mut player = player(takes_ms, LatePolicy::Drop);
        player.engine.transport(TransportCommand::Play);
        let (shown, report) = player.play();
        // Frame n is due after 40 n ms; the clock is read once per ms.
        let times: Vec<(u64, i64)> = shown.iter().map(|(ms, s)| (*ms, s.frame)).collect();
        let expected: Vec<(u64, i64)> = (0..50).map(|n| (40 * n as u64, n)).collect();
        assert_eq!(times, expected, "{takes_ms} ms a picture");
        assert!(shown.iter().all(|(_, s)| number(&s.picture) == s.frame && at(s.frame) <= s.at && s.at < at(s.frame + 1)));
        assert_eq!((report.shown, report.dropped, report.late, report.missed_samples), (50, 0, 0, 0));
        assert_eq!(report.max_drift_secs, 0.0);
        assert!((report.fps - 25.0).abs() < 0.1 && (report.secs - 2.0).abs() < 0.002, "{report:?}");
        assert_eq!(player.engine.state().frame, 49);
    }
}

#[test]
fn pictures_are_dropped_when_drawing_is_slow_and_sound_goes_on() {
    // Two and a half frames for each picture.
    let mut player = player(100, LatePolicy::Drop);
    player.engine.transport(TransportCommand::Play);
    let (shown, report) = player.play();
    assert_eq!(report.shown + report.dropped, 50, "{report:?}");
    assert_eq!(report.shown as usize, shown.len());
    // 2 s at 100 ms each, and what the pre-roll had drawn.
    assert!((16..=25).contains(&report.shown), "{report:?}");
    assert!(report.max_drift_secs <= 0.04, "within one frame: {report:?}");
    assert_eq!(report.missed_samples, 0);
    assert!((report.secs - 2.0).abs() < 0.002, "{report:?}");
    assert!(shown.windows(2).all(|w| w[0].1.frame < w[1].1.frame));
}

#[test]
fn every_picture_is_shown_and_sound_waits_when_that_is_the_policy() {
    let mut player = player(100, LatePolicy::SlowDown);
    player.engine.transport(TransportCommand::Play);
    let (shown, report) = player.play();
    assert_eq!((report.shown, report.dropped, report.missed_samples), (50, 0, 0), "{report:?}");
    assert!(report.max_drift_secs <= 0.04, "{report:?}");
    let last = shown.last().unwrap().0;
    // 47 pictures after the pre-roll at 100 ms each; the clock stood meanwhile.
    assert!((4500..5200).contains(&last), "{last} ms");
}

#[test]
fn seek_step_shuttle_and_loop() {
    let mut player = player(0, LatePolicy::Drop);
    let frames = |shown: &[(u64, Shown)]| shown.iter().map(|(_, s)| s.frame).collect::<Vec<_>>();
    let command = |player: &mut Player, command| {
        player.engine.transport(command);
        player.engine.update();
    };
    command(&mut player, TransportCommand::Seek(45));
    command(&mut player, TransportCommand::Play);
    assert_eq!(frames(&player.play().0), [45, 46, 47, 48, 49]);
    command(&mut player, TransportCommand::Step(-40));
    assert_eq!(player.engine.state().frame, 9);
    command(&mut player, TransportCommand::Shuttle(-2.0));
    let (shown, report) = player.play();
    assert_eq!((frames(&shown), report.shown), (vec![9, 7, 5, 3, 1], 5));
    command(&mut player, TransportCommand::Seek(1000));
    assert_eq!(player.engine.state().frame, 49);
    command(&mut player, TransportCommand::Loop(Some((10..13, 3))));
    command(&mut player, TransportCommand::Seek(11));
    command(&mut player, TransportCommand::Shuttle(1.0));
    assert_eq!(frames(&player.play().0), [11, 12, 10, 11, 12, 10, 11, 12]);
    // Faster than the fastest.
    command(&mut player, TransportCommand::Loop(None));
    command(&mut player, TransportCommand::Seek(0));
    command(&mut player, TransportCommand::Shuttle(100.0));
    assert_eq!(frames(&player.play().0), [0, 8, 16, 24, 32, 40, 48]);
    // Paused in the middle, it goes on where it was.
    command(&mut player, TransportCommand::Seek(0));
    command(&mut player, TransportCommand::Shuttle(1.0));
    assert_eq!(player.advance(410), (0..=10).collect::<Vec<_>>());
    command(&mut player, TransportCommand::Pause);
    assert_eq!((player.engine.state().frame, player.engine.state().activity), (10, Activity::Paused));
}

/// Writes a mono ramp with a sound of its own at every sample.
fn ramp(path: &Path, samples: usize) {
    let spec = hound::WavSpec { channels: 1, sample_rate: 48_000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    (0..samples).for_each(|n| wav.write_sample((n * 7919 % 30_011) as i16).unwrap());
    wav.finalize().unwrap();
}

/// What is heard is the mix, sample for sample, wherever playback starts.
#[test]
fn sound_does_not_depend_on_where_playback_starts() {
    let dir = tempfile::tempdir().unwrap();
    ramp(&dir.path().join("s.wav"), 96_000);
    let mut project = film(1, 50, 1);
    let mut track = Track::new("a", TrackKind::Audio);
    let source = cutroom_project::ClipSource::media("s");
    track.clips.push(cutroom_project::Clip::new("sound", source, at(0), at(50) - at(0)).into());
    project.compositions[0].tracks.push(track);
    project.media.push(Media::new("s", "s.wav", MediaKind::Audio));
    let library = Arc::new(cutroom_pipeline::Library::new(dir.path()));
    let mut player = Player::new(&project, 0, LatePolicy::Drop, EngineSettings { library, ..settings() });
    let mut mix = player.engine.document().unwrap().1.sound().unwrap();
    let whole = mix.block(0, 96_000).unwrap().channels.remove(0);
    for from in [0_i64, 13, 31] {
        player.engine.transport(TransportCommand::Seek(from));
        player.engine.transport(TransportCommand::Play);
        player.play();
        let heard = std::mem::take(&mut *player.heard.lock().unwrap());
        // 1920 samples a frame.
        assert!(heard == whole[from as usize * 1920..], "from frame {from}: {} samples", heard.len());
    }
    // Looped: the range once more.
    player.engine.transport(TransportCommand::Loop(Some((10..15, 2))));
    player.engine.transport(TransportCommand::Seek(10));
    player.engine.transport(TransportCommand::Play);
    player.play();
    let heard = std::mem::take(&mut *player.heard.lock().unwrap());
    assert!(heard == [&whole[19_200..28_800], &whole[19_200..28_800]].concat());
    // Backwards at double speed: every second sample.
    player.engine.transport(TransportCommand::Loop(None));
    player.engine.transport(TransportCommand::Seek(4));
    player.engine.transport(TransportCommand::Shuttle(-2.0));
    player.play();
    let heard = std::mem::take(&mut *player.heard.lock().unwrap());
    let expected: Vec<f32> = (0..9600).rev().step_by(2).map(|n| whole[n]).collect();
    assert!(heard[..expected.len()] == expected, "{} samples", heard.len());
}

/// An edit while the film plays: what follows is of the new state.
#[test]
fn an_edit_during_playback_is_seen() {
    let mut project = film(1, 50, 1);
    let mut player = player(0, LatePolicy::Drop);
    player.engine.transport(TransportCommand::Play);
    assert_eq!(player.advance(205), [0, 1, 2, 3, 4, 5]);
    project.compositions[0].tracks[0].clip_mut(6).video.opacity = 0.5.into();
    player.engine.send(crate::film::state(&project, 2));
    player.engine.until_open(2, Duration::from_secs(20)).unwrap();
    assert_eq!(player.advance(200), [6, 7, 8, 9, 10]);
    // A shorter film: it ends earlier.
    project.compositions[0].tracks[0].clips.truncate(30);
    player.engine.send(crate::film::state(&project, 3));
    player.engine.until_open(3, Duration::from_secs(20)).unwrap();
    let (shown, report) = player.play();
    assert_eq!(shown.iter().map(|(_, s)| s.frame).collect::<Vec<_>>(), (10..30).collect::<Vec<_>>());
    assert_eq!((report.dropped, report.late), (0, 0), "{report:?}");
}
