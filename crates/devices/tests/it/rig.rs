//! A player on a simulated device, and programmes whose samples tell their own position.
use cutroom_devices::{
    Event, Player, PlayerOptions, Request, SoundProgramme, Tap, TimerOptions, TimerOutput, TimerSwitch, now_secs,
};
use cutroom_types::AudioBlock;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

pub const RATE_HZ: u32 = 48_000;

/// Allocations in callbacks of any test.
pub static VIOLATIONS: AtomicU64 = AtomicU64::new(0);

/// Runs a callback and counts its allocations.
pub fn guarded(callback: &mut dyn FnMut()) {
    let before = assert_no_alloc::violation_count();
    assert_no_alloc::assert_no_alloc(callback);
    VIOLATIONS.fetch_add(u64::from(assert_no_alloc::violation_count() - before), Relaxed);
}

/// Sample `n` has the value `n / 2^23`, exact for 174 s.
pub fn counting() -> Box<dyn SoundProgramme> {
    made(|n| (n / 8_388_608.0) as f32, i64::MAX)
}

/// The position that a sample of [`counting`] tells.
pub fn position_of(sample: f32) -> f64 {
    f64::from(sample) * 8_388_608.0
}

/// A programme of a function of the composition sample, that ends before `end`.
pub fn made(value: impl Fn(f64) -> f32 + Send + 'static, end: i64) -> Box<dyn SoundProgramme> {
    Box::new(move |request: Request| {
        let at = |i: usize| request.first_sample as f64 + i as f64 * request.speed;
        let samples = (0..request.samples).take_while(|i| at(*i) < end as f64).count();
        let channel: Vec<f32> = (0..samples).map(|i| value(at(i))).collect();
        Ok(AudioBlock { rate_hz: RATE_HZ, channels: vec![channel.clone(), channel] })
    })
}

/// What a simulated device played: time of each block's first frame, and its first channel.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Vec<Block>>>);

/// Time of the first frame in seconds, and samples.
pub type Block = (f64, Vec<f32>);

impl Heard {
    pub fn tap(&self, channels: usize) -> Tap {
        let heard = self.0.clone();
        Arc::new(Mutex::new(move |secs: f64, samples: &[f32]| {
            let first = samples.iter().step_by(channels).copied().collect();
            heard.lock().expect("the list").push((secs, first));
        }))
    }

    pub fn blocks(&self) -> Vec<Block> {
        self.0.lock().expect("the list").clone()
    }

    pub fn samples(&self) -> Vec<f32> {
        self.blocks().into_iter().flat_map(|(_, block)| block).collect()
    }

    pub fn clear(&self) {
        self.0.lock().expect("the list").clear();
    }
}

pub struct Rig {
    pub player: Player,
    pub heard: Heard,
    pub switch: TimerSwitch,
}

impl Rig {
    pub fn new(programme: Box<dyn SoundProgramme>, device: TimerOptions, options: PlayerOptions) -> Self {
        let (heard, switch) = (Heard::default(), TimerSwitch::default());
        let channels = device.channels.unwrap_or(options.channels);
        let device = TimerOptions { around: guarded, ..device };
        let output = TimerOutput { options: device, switch: switch.clone(), tap: Some(heard.tap(channels)) };
        let player = Player::new(Box::new(output), programme, options).expect("a player");
        Self { player, heard, switch }
    }

    pub fn usual(programme: Box<dyn SoundProgramme>) -> Self {
        Self::new(programme, device(), PlayerOptions::default())
    }

    pub fn events(&self) -> Vec<Event> {
        std::iter::from_fn(|| self.player.next_event()).collect()
    }

    /// Waits until an event comes; the events up to it.
    pub fn wait_for(&self, wanted: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut seen = Vec::new();
        let until = now_secs() + 5.0;
        while now_secs() < until {
            seen.extend(self.player.next_event());
            if seen.last().is_some_and(&wanted) {
                return seen;
            }
            wait(0.002);
        }
        panic!("the event did not come; there were {seen:?}");
    }
}

/// A device with blocks of 5 ms and 20 ms of latency.
pub fn device() -> TimerOptions {
    TimerOptions { block_frames: Some(240), latency_secs: 0.02, ..TimerOptions::default() }
}

pub fn wait(secs: f64) {
    std::thread::sleep(Duration::from_secs_f64(secs));
}

/// Runs of samples without silence, each without its first and last ramps of 240: from the 245th
/// frame on, since the first frame of a ramp is silent.
pub fn steady_runs(samples: &[f32]) -> Vec<Vec<f32>> {
    let runs = samples.split(|s| *s == 0.0).filter(|run| run.len() > 600);
    runs.map(|run| run[244..run.len() - 245].to_vec()).collect()
}

/// Runs a test of each case at the same time: they mostly wait.
pub fn at_once<T: Send, const N: usize>(cases: [T; N], test: impl Fn(T) + Sync) {
    std::thread::scope(|scope| {
        for case in cases {
            scope.spawn(|| test(case));
        }
    });
}
