//! Everything that a project can name: effects, blend modes and transitions with their parameters,
//! and the equivalents of other editors' entries.
use cutroom_effects::{
    BLEND_MODES, EFFECTS, ParamKind, ParamSpec, Params, SOUND_EFFECTS, TRANSITIONS, cost, sound::SoundFormat, spec::TRANSITION_SECS,
};
use cutroom_interchange::aliases::{self, Alias};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Catalog {
    /// Effects, by id.
    pub effects: Vec<EffectEntry>,
    /// Sound effects, by id.
    pub sound_effects: Vec<SoundEffectEntry>,
    /// Blend modes, in menu order.
    pub blend_modes: Vec<BlendEntry>,
    /// Transitions, by family.
    pub transitions: Vec<TransitionEntry>,
    /// Entries of other editors and their equivalents here.
    pub aliases: Vec<AliasEntry>,
}

/// An entry of another editor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AliasEntry {
    /// `effect`, `filter` or `transition`.
    pub kind: String,
    /// Id in the other editor.
    pub id: String,
    /// Ids here: of effects in drawing order, at the original's defaults; of a transition one for
    /// each direction. Empty when there is no equivalent.
    pub entries: Vec<String>,
    /// `same`: the same arithmetic; `like`: similar in purpose.
    pub match_kind: String,
    /// Why these entries were chosen, and what differs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// An effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EffectEntry {
    /// Id, as projects write it.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Family.
    pub family: String,
    /// Description in one sentence.
    pub summary: String,
    /// Encoding in which its arithmetic works: `working`, `display` or `linear`.
    pub domain: String,
    /// Parameters, in order.
    pub params: Vec<ParamEntry>,
    /// Back ends that can draw it.
    pub backends: Vec<String>,
    /// Cost at default values.
    pub cost: CostEntry,
}

/// A sound effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SoundEffectEntry {
    /// Id, as projects write it.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Family.
    pub family: String,
    /// Description in one sentence.
    pub summary: String,
    /// Parameters, in order.
    pub params: Vec<ParamEntry>,
    /// Latency at default values in a stereo composition of 48 kHz, in samples; mixing makes up for it.
    pub latency_samples: usize,
}

/// A blend mode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BlendEntry {
    /// Id, as projects write it.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Back ends that can draw it.
    pub backends: Vec<String>,
    /// Cost.
    pub cost: CostEntry,
}

/// A transition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TransitionEntry {
    /// Id, as projects write it.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Family.
    pub family: String,
    /// Parameters, in order.
    pub params: Vec<ParamEntry>,
    /// Back ends that can draw it.
    pub backends: Vec<String>,
    /// Cost.
    pub cost: CostEntry,
    /// Duration when none is given, in seconds.
    pub default_duration_secs: f64,
    /// Recommended minimum duration in seconds. Shorter transitions are drawn too, but are hardly
    /// visible.
    pub min_duration_secs: f64,
    /// Recommended maximum duration in seconds. Longer transitions are drawn too.
    pub max_duration_secs: f64,
}

/// Estimated cost of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CostEntry {
    /// Number of passes: how often the picture is written to memory and read again.
    pub passes: usize,
    /// Operations per pixel.
    pub operations: usize,
}

impl From<cost::Cost> for CostEntry {
    fn from(c: cost::Cost) -> Self {
        Self { passes: c.passes, operations: c.operations }
    }
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ParamEntry {
    /// Id, as projects write it.
    pub id: String,
    /// Display name.
    pub name: String,
    /// `number`, `bool`, `color`, `choice`, `file`, `curve`, `media`, `track` or `key`. The value of a
    /// `media` or `track` parameter is an id, that of a `key` the id of a track or bus whose sound is
    /// followed, or empty.
    pub kind: String,
    /// Value when none is given, in the form that project files use.
    pub default: serde_json::Value,
    /// Minimum of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Maximum of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Values of a choice, or file extensions of a file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Unit of a number; empty for a plain factor.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Whether it accepts keyframes.
    pub animatable: bool,
}

/// Lists all effects, sound effects, blend modes, transitions and aliases.
pub fn catalog() -> Catalog {
    let backends = || vec!["cpu".to_owned(), "gpu".to_owned()];
    let params = |table: &[ParamSpec]| table.iter().map(param).collect();
    let lower = |v: &dyn std::fmt::Debug| format!("{v:?}").to_lowercase();
    Catalog {
        effects: EFFECTS
            .iter()
            .map(|e| EffectEntry {
                id: e.id.into(),
                name: e.name.into(),
                family: lower(&e.family),
                summary: e.summary.into(),
                domain: lower(&e.domain),
                params: params(e.params),
                backends: backends(),
                cost: cost::of_effect(e).into(),
            })
            .collect(),
        sound_effects: SOUND_EFFECTS
            .iter()
            .map(|e| SoundEffectEntry {
                id: e.id.into(),
                name: e.name.into(),
                family: lower(&e.family),
                summary: e.summary.into(),
                params: sound_params(e.params),
                latency_samples: (e.latency_samples)(Params::new(&e.defaults()), SoundFormat { rate_hz: 48_000, channels: 2 }),
            })
            .collect(),
        blend_modes: BLEND_MODES
            .iter()
            .map(|b| BlendEntry { id: b.id.into(), name: b.name.into(), backends: backends(), cost: cost::of_blend(b).into() })
            .collect(),
        transitions: TRANSITIONS
            .iter()
            .map(|t| TransitionEntry {
                id: t.id.into(),
                name: t.name.into(),
                family: lower(&t.family),
                params: params(t.params),
                backends: backends(),
                cost: cost::of_transition(t).into(),
                default_duration_secs: t.default_duration_secs(),
                min_duration_secs: *TRANSITION_SECS.start(),
                max_duration_secs: *TRANSITION_SECS.end(),
            })
            .collect(),
        aliases: aliases(),
    }
}

fn aliases() -> Vec<AliasEntry> {
    let chains = [("effect", aliases::EFFECTS), ("filter", aliases::FILTERS)].into_iter().flat_map(|(kind, list)| {
        list.iter().map(move |e| AliasEntry {
            kind: kind.into(),
            id: e.id.into(),
            entries: e.chain(&|_| None).links.iter().map(|l| l.effect.to_owned()).collect(),
            match_kind: match e.alias {
                Alias::Same { .. } => "same",
                Alias::Like { .. } => "like",
            }
            .into(),
            note: e.reason().into(),
        })
    });
    let transitions = aliases::TRANSITIONS.iter().map(|t| {
        let mut entries: Vec<String> = Vec::new();
        for id in t.all() {
            if !entries.iter().any(|e| e == id) {
                entries.push(id.to_owned());
            }
        }
        let by = |(direction, id): &(&str, &str)| if direction.is_empty() { String::new() } else { format!("{direction}: {id}") };
        let directions: Vec<String> = t.directions().iter().map(by).filter(|d| !d.is_empty()).collect();
        AliasEntry { kind: "transition".into(), id: t.id.into(), entries, match_kind: "like".into(), note: directions.join(", ") }
    });
    chains.chain(transitions).collect()
}

/// Of sound effects only numbers and switches can be animated.
fn sound_params(params: &[ParamSpec]) -> Vec<ParamEntry> {
    let entry = |p: &ParamSpec| {
        let can = matches!(p.kind, ParamKind::Number { .. } | ParamKind::Bool { .. });
        ParamEntry { animatable: can && param(p).animatable, ..param(p) }
    };
    params.iter().map(entry).collect()
}

fn param(p: &ParamSpec) -> ParamEntry {
    let words = |list: &[&str]| list.iter().map(|w| (*w).to_owned()).collect();
    let (kind, range, options, animatable) = match p.kind {
        ParamKind::Number { min, max, animatable, .. } => ("number", Some((min, max)), Vec::new(), animatable),
        ParamKind::Bool { .. } => ("bool", None, Vec::new(), true),
        ParamKind::Color { .. } => ("color", None, Vec::new(), true),
        ParamKind::Choice { options, .. } => ("choice", None, words(options), true),
        ParamKind::File { extensions } => ("file", None, words(extensions), true),
        ParamKind::Curve { .. } => ("curve", None, Vec::new(), false),
        ParamKind::Media => ("media", None, Vec::new(), false),
        ParamKind::Key => ("key", None, Vec::new(), false),
        ParamKind::Track => ("track", None, Vec::new(), false),
    };
    ParamEntry {
        id: p.id.into(),
        name: p.name.into(),
        kind: kind.into(),
        default: serde_json::to_value(p.kind.default_value()).unwrap_or_default(),
        min: range.map(|r| r.0),
        max: range.map(|r| r.1),
        options,
        unit: p.unit.text().into(),
        animatable,
    }
}
