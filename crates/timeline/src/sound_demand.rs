//! What the mixer of a composition is prepared for: what is heard of it, and what the slowest way
//! through its effects needs.
use crate::entries::{SoundUses, Use};
use cutroom_effects::{ParamKind, catalog::SoundRef, sound::SoundFormat, spec::Params as Values};
use cutroom_project::{Animated, AudioSend, Composition, EffectInstance, Track};
use cutroom_types::{BusId, CompositionId, ParamValue};
use std::sync::Arc;

/// No gain, and the middle.
pub(crate) static ZERO: Animated<f64> = Animated::Constant(0.0);

/// What is known of the sound of a track.
pub(crate) struct TrackSound<'a> {
    /// Its effects.
    pub uses: &'a SoundUses,
    /// What those of its clips need, and what they follow.
    pub clip_sound: SoundDemand,
    pub clip_keys: &'a [Arc<str>],
}

/// Upper bounds of what the sound effects of a composition need.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct SoundDemand {
    /// Whether there are any buses.
    pub any: bool,
    /// Seconds until what came before is forgotten, along the slowest path.
    pub settling_secs: f64,
    /// Latency in seconds, along the slowest path.
    pub latency_secs: f64,
}

impl SoundDemand {
    /// The slower one of two ways.
    pub fn or(self, other: Self) -> Self {
        Self {
            any: self.any || other.any,
            settling_secs: self.settling_secs.max(other.settling_secs),
            latency_secs: self.latency_secs.max(other.latency_secs),
        }
    }

    /// One after the other.
    pub fn then(self, other: Self) -> Self {
        Self {
            any: self.any || other.any,
            settling_secs: self.settling_secs + other.settling_secs,
            latency_secs: self.latency_secs + other.latency_secs,
        }
    }
}

/// What a list of effects needs.
pub(crate) fn demand(effects: &[EffectInstance], uses: &SoundUses) -> SoundDemand {
    // Both are nearly independent of the format.
    let format = SoundFormat { rate_hz: 48_000, channels: 2 };
    let mut all = SoundDemand::default();
    for (e, used) in effects.iter().zip(uses).filter(|(e, _)| e.enabled) {
        let Ok(used) = used else { continue };
        all.any = true;
        let spec = used.entry.spec();
        let settling = extremes(used, e).iter().map(|v| (spec.settling_secs)(Values::new(v), format)).fold(0.0, f64::max);
        all.settling_secs += settling;
        all.latency_secs += latency(used, e, format) as f64 / f64::from(format.rate_hz);
    }
    all
}

fn latency(used: &Use<SoundRef>, e: &EffectInstance, format: SoundFormat) -> usize {
    let spec = used.entry.spec();
    (spec.latency_samples)(Values::new(&used.constants(spec.params, &e.params)), format)
}

/// The values of all parameters with those that are animated at their least and at their greatest,
/// each alone and all together.
fn extremes(used: &Use<SoundRef>, e: &EffectInstance) -> Vec<Vec<ParamValue>> {
    let table = used.entry.spec().params;
    let constants = used.constants(table, &e.params);
    let ranges: Vec<(usize, f64, f64)> = table
        .iter()
        .enumerate()
        .filter_map(|(i, p)| {
            let Some(Animated::Curve(curve)) = e.params.get(p.id) else { return None };
            let numbers = curve.keyframes().iter().filter_map(|k| number(&k.value));
            let (least, greatest) = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
            (least <= greatest && matches!(p.kind, ParamKind::Number { .. })).then_some((i, least, greatest))
        })
        .collect();
    let mut all = vec![constants.clone()];
    for pick in [|r: &(usize, f64, f64)| r.1, |r: &(usize, f64, f64)| r.2] {
        let mut together = constants.clone();
        for range in &ranges {
            let mut alone = constants.clone();
            alone[range.0] = ParamValue::Number(pick(range));
            together[range.0] = alone[range.0].clone();
            all.push(alone);
        }
        all.push(together);
    }
    all
}

/// What of a mixer is heard. Buses come first, then tracks.
pub(crate) struct Heard {
    /// Not muted, nor silenced by a solo.
    pub strips: Vec<bool>,
    /// Soloed, or behind what is.
    down: Vec<bool>,
    /// Soloed, or on the way to what is.
    up: Vec<bool>,
    any_solo: bool,
    buses: usize,
}

impl Heard {
    pub fn of(c: &Composition) -> Self {
        let buses = c.audio.buses.len();
        let at = |id: &BusId| c.audio.buses.iter().position(|b| b.id == *id);
        let to = |output: &Option<BusId>, sends: &[AudioSend]| -> Vec<usize> {
            output.iter().chain(sends.iter().map(|s| &s.bus)).filter_map(at).collect()
        };
        let ways: Vec<Vec<usize>> = {
            let of_buses = c.audio.buses.iter().map(|b| to(&b.output, &b.sends));
            of_buses.chain(c.tracks.iter().map(|t| to(&t.audio.output, &t.audio.sends))).collect()
        };
        let soloed: Vec<bool> = c.audio.buses.iter().map(|b| b.solo).chain(c.tracks.iter().map(|t| t.solo && t.enabled)).collect();
        let any_solo = soloed.contains(&true);
        let (mut down, mut up) = (soloed.clone(), soloed);
        // Each turn goes one bus further.
        for _ in 0..=buses {
            for (from, ways) in ways.iter().enumerate() {
                for &to in ways {
                    down[to] |= down[from];
                    up[from] |= up[to];
                }
            }
        }
        let is_on = c.audio.buses.iter().map(|b| !b.muted).chain(c.tracks.iter().map(|t| t.enabled && !t.muted));
        let strips = is_on.enumerate().map(|(i, on)| on && (!any_solo || down[i] || up[i])).collect();
        Self { strips, down, up, any_solo, buses }
    }

    /// The tracks that are heard.
    pub fn tracks(&self) -> impl Iterator<Item = usize> {
        self.strips[self.buses..].iter().enumerate().filter(|(_, heard)| **heard).map(|(i, _)| i)
    }

    /// Whether the sound of one strip is heard in a bus, or in the output. What is only on the way to
    /// what is soloed is heard nowhere else.
    pub fn passes(&self, from: usize, to: Option<usize>) -> bool {
        !self.any_solo || self.down[from] || to.is_some_and(|to| self.up[to])
    }
}

/// What a composition is prepared for.
pub(crate) struct Overview {
    pub keys: Vec<Arc<str>>,
    pub has_mixer: bool,
    pub demand: SoundDemand,
}

/// What the mixer of a composition has, and what the slowest way through it needs; `nested` says that
/// of the compositions in it.
pub(crate) fn overview(
    c: &Composition,
    tracks: &[TrackSound<'_>],
    output: &SoundUses,
    buses: &[SoundUses],
    nested: &dyn Fn(&CompositionId) -> SoundDemand,
) -> Overview {
    let audio = &c.audio;
    let mut names: Vec<Arc<str>> = keys(&audio.effects, output).collect();
    names.extend(audio.buses.iter().zip(buses).flat_map(|(b, uses)| keys(&b.effects, uses)));
    names.extend(c.tracks.iter().zip(tracks).flat_map(|(t, index)| keys(&t.audio.effects, index.uses)));
    names.extend(tracks.iter().flat_map(|index| index.clip_keys.iter().cloned()));
    let is_routed = |t: &Track| t.audio.output.is_some() || !t.audio.sends.is_empty() || !t.audio.effects.is_empty();
    let has_mixer = audio.effects.iter().any(|e| e.enabled)
        || audio.gain_db != ZERO
        || !audio.buses.is_empty()
        || c.tracks.iter().any(is_routed)
        || tracks.iter().any(|index| index.clip_sound.any);
    // The slowest way from any clip to the output.
    let ways = Ways::new(c, tracks, buses, nested);
    let mut known = vec![None; ways.strips.len()];
    let mut slowest = SoundDemand::default();
    for (at, strip) in ways.strips.iter().enumerate() {
        slowest = slowest.or(strip.inside.then(ways.after(at, 0, &mut known)));
    }
    let mut all = slowest.then(demand(&audio.effects, output));
    all.any |= has_mixer;
    Overview { keys: names, has_mixer, demand: all }
}

/// The strips of a mixer, buses first, with what takes from them.
struct Ways {
    strips: Vec<WayStrip>,
}

struct WayStrip {
    /// What its own effects need, and what is before them.
    own: SoundDemand,
    inside: SoundDemand,
    /// The strips that get or follow its sound, and what stands in between.
    to: Vec<(usize, SoundDemand)>,
}

impl Ways {
    fn new(
        c: &Composition,
        tracks: &[TrackSound<'_>],
        buses: &[SoundUses],
        nested: &dyn Fn(&CompositionId) -> SoundDemand,
    ) -> Self {
        let none = SoundDemand::default();
        let ids: Vec<&str> = c.audio.buses.iter().map(|b| b.id.as_str()).chain(c.tracks.iter().map(|t| t.id.as_str())).collect();
        let at = |id: &str| ids.iter().position(|other| *other == id);
        let fed = |output: &Option<BusId>, sends: &[AudioSend]| -> Vec<(usize, SoundDemand)> {
            let to = output.iter().chain(sends.iter().map(|s| &s.bus));
            to.filter_map(|id| at(id.as_str())).map(|to| (to, none)).collect()
        };
        let mut strips: Vec<WayStrip> = Vec::new();
        for (bus, uses) in c.audio.buses.iter().zip(buses) {
            strips.push(WayStrip { own: demand(&bus.effects, uses), inside: none, to: fed(&bus.output, &bus.sends) });
        }
        for (t, index) in c.tracks.iter().zip(tracks) {
            let nesting = t.clips.iter().filter(|_| t.clips.facts().any_nesting()).filter_map(|c| c.source.nested());
            let inside = nesting.map(nested).fold(none, SoundDemand::or).then(index.clip_sound);
            let own = demand(&t.audio.effects, index.uses);
            strips.push(WayStrip { own, inside, to: fed(&t.audio.output, &t.audio.sends) });
        }
        // What is followed is part of what follows it.
        let of_buses = c.audio.buses.iter().zip(buses).map(|(b, uses)| keys(&b.effects, uses).collect::<Vec<_>>());
        let of_tracks = c.tracks.iter().zip(tracks).map(|(t, i)| keys(&t.audio.effects, i.uses).collect());
        for (follower, names) in of_buses.chain(of_tracks).enumerate() {
            for followed in names.iter().filter_map(|name| at(name)) {
                strips[followed].to.push((follower, none));
            }
        }
        for (k, index) in tracks.iter().enumerate() {
            for followed in index.clip_keys.iter().filter_map(|name| at(name)) {
                strips[followed].to.push((buses.len() + k, index.clip_sound));
            }
        }
        Self { strips }
    }

    /// The slowest way through a strip and what comes after it. `known` has what was found before.
    fn after(&self, at: usize, depth: usize, known: &mut [Option<SoundDemand>]) -> SoundDemand {
        let strip = &self.strips[at];
        if let Some(known) = known[at] {
            return known;
        }
        // Circles are errors of planning.
        if depth > self.strips.len() {
            return strip.own;
        }
        let mut after = SoundDemand::default();
        for (to, between) in &strip.to {
            after = after.or(between.then(self.after(*to, depth + 1, known)));
        }
        let all = strip.own.then(after);
        known[at] = Some(all);
        all
    }
}

/// The names of tracks and buses that effects follow.
pub(crate) fn keys<'a>(effects: &'a [EffectInstance], uses: &'a SoundUses) -> impl Iterator<Item = Arc<str>> + 'a {
    let key = |(e, used): (&'a EffectInstance, &'a Result<Use<SoundRef>, _>)| {
        used.as_ref().ok().and_then(|u| u.key(u.entry.spec().key(), &e.params)).map(Arc::from)
    };
    effects.iter().zip(uses).filter(|(e, _)| e.enabled).filter_map(key)
}

/// The number of a value; switches are 0 and 1.
pub(crate) fn number(value: &ParamValue) -> Option<f64> {
    match value {
        ParamValue::Number(v) => Some(*v),
        ParamValue::Bool(v) => Some(f64::from(u8::from(*v))),
        _ => None,
    }
}
