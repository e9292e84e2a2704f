//! Plans the mixer of a composition: which tracks, buses and outputs become buses of the plan, what
//! they feed, and which sound effects they have.
//!
//! Clips of tracks that have no effects, no sends and no output of their own are mixed as if there
//! were no mixer. Everything else becomes a [`Bus`]. What feeds a bus is needed earlier than the
//! bus, by the latency of its effects, so a plan also has what is audible within the greatest latency
//! after its range.
use crate::{
    AudioPlan, Bus, BusChannels, Feed, FoldLevels, KeySource, ParamCurve, PlanError, SoundUse, Timeline, Voice,
    audio_route::{ClockedCurve, Pan, Surroundings, grid, route},
    entries::{SoundUses, Use},
    index::CompositionIndex,
    sound_demand::{Heard, ZERO, number},
};
use cutroom_effects::{ParamKind, catalog::SoundRef, spec::Params as Values};
use cutroom_project::{Animated, AudioSend, Composition, EffectInstance, Project, Track};
use cutroom_types::{BusId, ParamValue, Time};
use std::{
    ops::{Deref, Range},
    sync::Arc,
};

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
