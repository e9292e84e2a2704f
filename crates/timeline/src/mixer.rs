//! Plans the mixer of a composition: which tracks, buses and outputs become buses of the plan, what
//! they feed, and which sound effects they have.
//!
//! Clips of tracks that have no effects, no sends and no output of their own are mixed as if there
//! were no mixer. Everything else becomes a [`Bus`]. What feeds a bus is needed earlier than the
//! bus, by the latency of its effects, so a plan also has what is audible within the greatest latency
//! after its range.
use crate::{
    AudioPlan, Bus, BusChannels, Feed, FoldLevels, KeySource, ParamCurve, PlanError, SoundUse, Timeline, Voice,
    audio::{ClockedCurve, Pan, Surroundings, grid, route},
    entries::{SoundUses, Use},
    index::{CompositionIndex, TrackIndex},
};
use cutroom_effects::{ParamKind, catalog::SoundRef, sound::SoundFormat, spec::Params as Values};
use cutroom_project::{Animated, AudioSend, Composition, EffectInstance, Project, Track};
use cutroom_types::{BusId, CompositionId, ParamValue, Time};
use std::{
    ops::{Deref, Range},
    sync::Arc,
};

pub(crate) static ZERO: Animated<f64> = Animated::Constant(0.0);

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

fn number(value: &ParamValue) -> Option<f64> {
    match value {
        ParamValue::Number(v) => Some(*v),
        ParamValue::Bool(v) => Some(f64::from(u8::from(*v))),
        _ => None,
    }
}

/// What is around the clips of a track.
pub(crate) struct TrackStrip<'a> {
    pub around: Surroundings<'a>,
    /// Whether the track has a bus, which has its gain.
    pub has_bus: bool,
}

/// The buses of one composition in a plan.
pub(crate) struct Strips<'a> {
    /// The clips of each track; `None` for those that are not audible.
    pub tracks: Vec<Option<TrackStrip<'a>>>,
    /// Index and id of the buses that effects may follow.
    keys: Vec<(String, usize)>,
}

impl Strips<'_> {
    /// The sound that a parameter of a clip's effect names.
    pub fn key(&self, name: &str) -> KeySource {
        match self.keys.iter().find(|(id, _)| id == name) {
            _ if name.is_empty() => KeySource::Own,
            Some((_, bus)) => KeySource::Bus(*bus),
            None => KeySource::Silent,
        }
    }
}

/// A track or bus of the mixer.
#[derive(Clone, Copy)]
struct Strip<'a> {
    id: &'a str,
    effects: &'a [EffectInstance],
    uses: &'a SoundUses,
    output: Option<&'a BusId>,
    sends: &'a [AudioSend],
    gain_db: &'a Animated<f64>,
    /// Balance.
    pan: &'a Animated<f64>,
    is_audible: bool,
}

impl<'a> Strip<'a> {
    fn track(track: &'a Track, uses: &'a SoundUses, is_audible: bool) -> Self {
        let audio = &track.audio;
        Self {
            id: track.id.as_str(),
            effects: &audio.effects,
            uses,
            output: audio.output.as_ref(),
            sends: &audio.sends,
            gain_db: &track.gain_db,
            pan: &track.pan,
            is_audible,
        }
    }

    /// Whether it needs a bus of its own.
    fn is_bus(&self, keys: &[Arc<str>]) -> bool {
        let is_key = keys.iter().any(|k| **k == *self.id);
        self.output.is_some() || !self.sends.is_empty() || is_active(self.effects, self.uses) || is_key
    }
}

/// What of a mixer is heard. Buses come first, then tracks.
pub(crate) struct Heard {
    /// Not muted, nor silenced by a solo.
    strips: Vec<bool>,
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
    fn passes(&self, from: usize, to: Option<usize>) -> bool {
        !self.any_solo || self.down[from] || to.is_some_and(|to| self.up[to])
    }
}

/// What is planned so far, and for which samples: those of the plan, and the greatest latency after
/// them.
pub(crate) struct Planning<'p> {
    pub plan: &'p mut AudioPlan,
    pub wanted: Range<i64>,
}

impl Planning<'_> {
    pub fn add_bus(&mut self, key: String, channels: BusChannels) -> usize {
        self.plan.buses.push(Bus { key: key.into(), channels, voices: Vec::new(), feeds: Vec::new(), effects: Vec::new() });
        self.plan.buses.len() - 1
    }

    /// Adds a feed to a bus, or to the output.
    pub fn add_feed(&mut self, to: Option<usize>, feed: Feed) {
        match to {
            Some(bus) => self.plan.buses[bus].feeds.push(feed),
            None => self.plan.feeds.push(feed),
        }
    }

    pub fn add_voice(&mut self, to: Option<usize>, voice: Voice) {
        match to {
            Some(bus) => self.plan.buses[bus].voices.push(voice),
            None => self.plan.voices.push(voice),
        }
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
    tracks: &[Arc<TrackIndex>],
    output: &SoundUses,
    buses: &[SoundUses],
    nested: &dyn Fn(&CompositionId) -> SoundDemand,
) -> Overview {
    let audio = &c.audio;
    let mut names: Vec<Arc<str>> = keys(&audio.effects, output).collect();
    names.extend(audio.buses.iter().zip(buses).flat_map(|(b, uses)| keys(&b.effects, uses)));
    names.extend(c.tracks.iter().zip(tracks).flat_map(|(t, index)| keys(&t.audio.effects, &index.entries.sound)));
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
        tracks: &[Arc<TrackIndex>],
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
            let own = demand(&t.audio.effects, &index.entries.sound);
            strips.push(WayStrip { own, inside, to: fed(&t.audio.output, &t.audio.sends) });
        }
        // What is followed is part of what follows it.
        let of_buses = c.audio.buses.iter().zip(buses).map(|(b, uses)| keys(&b.effects, uses).collect::<Vec<_>>());
        let of_tracks = c.tracks.iter().zip(tracks).map(|(t, i)| keys(&t.audio.effects, &i.entries.sound).collect());
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

/// A bus that is fed by itself.
pub(crate) fn cycle(plan: &AudioPlan) -> Option<usize> {
    // 0: not met, 1: being followed, 2: without a cycle.
    fn follow(plan: &AudioPlan, at: usize, state: &mut [u8]) -> bool {
        if state[at] != 0 {
            return state[at] == 1;
        }
        state[at] = 1;
        let is_circular = plan.buses[at].sources().any(|next| follow(plan, next, state));
        state[at] = 2;
        is_circular
    }
    let mut state = vec![0; plan.buses.len()];
    (0..plan.buses.len()).find(|at| follow(plan, *at, &mut state))
}

impl<P: Deref<Target = Project>> Timeline<P> {
    /// Adds the buses of a composition to a plan; returns what surrounds the clips of its tracks.
    pub(crate) fn strips<'a>(
        &'a self,
        c: &'a Composition,
        index: &'a CompositionIndex,
        around: &Surroundings<'a>,
        planning: &mut Planning<'_>,
    ) -> Result<Strips<'a>, PlanError> {
        let channels = c.channels as usize;
        let curve = |curve| ClockedCurve { curve, clock: around.clock.clone(), origin: Time::ZERO };
        let level = |pan| Pan { channels, fold: FoldLevels::default(), curves: [curve(pan), curve(&ZERO)] };
        let inside = |bus, gains, pans| Surroundings { gains, pans, fades: Vec::new(), into: Some(bus), ..around.clone() };
        // What leads to the output of the composition.
        let mut out = around.clone();
        out.gains.extend((c.audio.gain_db != ZERO).then(|| curve(&c.audio.gain_db)));
        let output = is_active(&c.audio.effects, &index.output_sound).then(|| {
            let bus = planning.add_bus(format!("{}output", around.path), BusChannels::Count(channels));
            if out.pans.is_empty() {
                out.pans.push(level(&ZERO));
            }
            planning.add_feed(around.into, feed(bus, &out, &planning.wanted));
            out = inside(bus, Vec::new(), Vec::new());
            bus
        });
        let heard = Heard::of(c);
        let strips = strips_of(c, index, &heard);
        let count = c.audio.buses.len();
        let mut strip_buses = vec![None; strips.len()];
        let mut keys = Vec::new();
        for (i, strip) in strips.iter().enumerate().filter(|(i, s)| s.is_audible && (*i < count || s.is_bus(&index.keys))) {
            let bus = planning.add_bus(format!("{}track:{}", around.path, strip.id), BusChannels::Count(channels));
            strip_buses[i] = Some(bus);
            keys.push((strip.id.to_owned(), bus));
        }
        // The bus of the plan for a bus of the mixer in which a strip is heard.
        let target = |from: usize, id: &BusId| {
            let at = strips[..count].iter().position(|s| s.id == id.as_str()).filter(|at| heard.passes(from, Some(*at)));
            at.and_then(|at| strip_buses[at])
        };
        let mut tracks: Vec<_> = c.tracks.iter().map(|_| None).collect();
        for (i, strip) in strips.iter().enumerate().filter(|(_, s)| s.is_audible) {
            let Some(bus) = strip_buses[i] else {
                tracks[i - count] = Some(TrackStrip { around: out.clone(), has_bus: false });
                continue;
            };
            let mut ways = Vec::new();
            match strip.output {
                Some(id) => ways.extend(target(i, id).map(|to| inside(to, vec![curve(strip.gain_db)], vec![level(strip.pan)]))),
                None if !heard.passes(i, None) => {}
                None => {
                    let mut way = out.clone();
                    way.gains.push(curve(strip.gain_db));
                    way.pans.push(level(strip.pan));
                    ways.push(way);
                }
            }
            for send in strip.sends {
                let Some(to) = target(i, &send.bus) else { continue };
                let mut gains = vec![curve(&send.gain_db)];
                gains.extend((!send.pre_fader).then(|| curve(strip.gain_db)));
                ways.push(inside(to, gains, vec![level(strip.pan)]));
            }
            for way in ways {
                planning.add_feed(way.into, feed(bus, &way, &planning.wanted));
            }
            if i >= count {
                tracks[i - count] = Some(TrackStrip { around: inside(bus, Vec::new(), Vec::new()), has_bus: true });
            }
        }
        let all = Strips { tracks, keys };
        // Effects last, when the buses that they follow are there.
        let own = output.map(|bus| (bus, &c.audio.effects[..], &index.output_sound));
        let of_strips = strips.iter().zip(&strip_buses).filter_map(|(s, bus)| bus.map(|bus| (bus, s.effects, s.uses)));
        for (bus, effects, uses) in own.into_iter().chain(of_strips) {
            planning.plan.buses[bus].effects = sounds(effects, uses, around, Time::ZERO, &all, &planning.wanted)?;
        }
        Ok(all)
    }
}

/// Whether a list has an effect that changes anything.
fn is_active(effects: &[EffectInstance], uses: &SoundUses) -> bool {
    effects.iter().zip(uses).any(|(e, used)| {
        let neutral = |used: &Use<SoundRef>| {
            let spec = used.entry.spec();
            let is_still = e.params.values().all(|v| matches!(v, Animated::Constant(_)));
            is_still && (spec.neutral)(Values::new(&used.constants(spec.params, &e.params)))
        };
        e.enabled && !used.as_ref().is_ok_and(neutral)
    })
}

/// The buses of a composition, then its tracks.
fn strips_of<'a>(c: &'a Composition, index: &'a CompositionIndex, heard: &Heard) -> Vec<Strip<'a>> {
    let mut heard = heard.strips.iter().copied();
    let buses = c.audio.buses.iter().zip(&index.buses).zip(heard.by_ref().take(c.audio.buses.len()).collect::<Vec<_>>());
    let buses = buses.map(|((b, uses), is_audible)| Strip {
        id: b.id.as_str(),
        effects: &b.effects,
        uses,
        output: b.output.as_ref(),
        sends: &b.sends,
        gain_db: &b.gain_db,
        pan: &b.pan,
        is_audible,
    });
    let tracks = c.tracks.iter().zip(&index.tracks).zip(heard);
    buses.chain(tracks.map(|((t, i), a)| Strip::track(t, &i.entries.sound, a))).collect()
}

/// The effects of a bus; those that change nothing are left out. `origin` is the local time of the
/// zero of their keyframes.
pub(crate) fn sounds(
    effects: &[EffectInstance],
    uses: &SoundUses,
    around: &Surroundings<'_>,
    origin: Time,
    strips: &Strips<'_>,
    wanted: &Range<i64>,
) -> Result<Vec<SoundUse>, PlanError> {
    let mut all = Vec::new();
    for (e, used) in effects.iter().zip(uses).filter(|(e, _)| e.enabled) {
        let used = used.as_ref().map_err(|fault| fault.of_sound(&e.id, &e.effect))?;
        let spec = used.entry.spec();
        let params = used.constants(spec.params, &e.params);
        let mut curves = Vec::new();
        for (param, p) in spec.params.iter().enumerate() {
            if let Some(value @ Animated::Curve(_)) = e.params.get(p.id) {
                curves.push(ParamCurve { param, points: param_points(value, &p.kind, around, origin, wanted) });
            }
        }
        if curves.is_empty() && (spec.neutral)(Values::new(&params)) {
            continue;
        }
        let key = strips.key(used.key(spec.key(), &e.params).unwrap_or_default());
        all.push(SoundUse { effect: used.entry, id: e.id.clone(), params, curves, key });
    }
    Ok(all)
}

/// The feed of a bus along a way.
pub(crate) fn feed(bus: usize, way: &Surroundings<'_>, wanted: &Range<i64>) -> Feed {
    let samples = way.bounds.clone();
    let route = route(way, &samples, wanted);
    Feed {
        bus,
        first_sample: samples.start,
        end_sample: samples.end,
        gain: route.gain,
        nested: route.nested,
        fold: route.fold,
        pan: route.pan,
        fades: way.fades.clone(),
    }
}

/// A parameter as points over root samples, as `audio::curve_points` does for gains.
fn param_points(
    value: &Animated<ParamValue>,
    kind: &ParamKind,
    around: &Surroundings<'_>,
    origin: Time,
    wanted: &Range<i64>,
) -> Vec<(i64, f64)> {
    let clock = &around.clock;
    let mut samples = grid(&around.bounds, wanted, clock.rate_hz);
    let (from, to) = (samples[0], samples[samples.len() - 1]);
    for k in value.keyframes() {
        let at = clock.sample(origin.saturating_add(k.time));
        samples.extend([at.saturating_sub(1), at, at.saturating_add(1)].into_iter().filter(|s| (from..=to).contains(s)));
    }
    samples.sort_unstable();
    samples.dedup();
    let limit = |v: f64| match kind {
        ParamKind::Number { min, max, .. } => v.clamp(*min, *max),
        _ => v,
    };
    let at = |sample| number(&value.value_at(clock.local_of_sample(sample) - origin)).map_or(0.0, limit) + 0.0;
    samples.into_iter().map(|s| (s, at(s))).collect()
}

/// The names of tracks and buses that effects follow.
pub(crate) fn keys<'a>(effects: &'a [EffectInstance], uses: &'a SoundUses) -> impl Iterator<Item = Arc<str>> + 'a {
    let key = |(e, used): (&'a EffectInstance, &'a Result<Use<SoundRef>, _>)| {
        used.as_ref().ok().and_then(|u| u.key(u.entry.spec().key(), &e.params)).map(Arc::from)
    };
    effects.iter().zip(uses).filter(|(e, _)| e.enabled).filter_map(key)
}
