//! Values that may change over time: a constant, or keyframes.
//!
//! In the file a constant is written as the plain value and a curve as
//! `{"keyframes": [{"time": …, "value": …}, …]}`. Times are relative to the start of the clip (of
//! the composition for a track, of the transition for its parameters). The easing of a keyframe
//! applies to the segment after it.
use crate::Extra;
use cutroom_types::{BezierPath, ParamValue, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;

/// A constant or a curve.
#[derive(Clone, Debug, PartialEq)]
pub enum Animated<T> {
    /// The same value at all times.
    Constant(T),
    /// Keyframes.
    Curve(Curve<T>),
}

/// At least one keyframe. The value is constant before the first and after the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve<T> {
    keyframes: Vec<Keyframe<T>>,
    /// Unknown fields, kept on save.
    pub extra: Extra,
}

/// A value at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Keyframe<T> {
    /// Time since the start of the clip (of the composition for a track, of the transition for its
    /// parameters); strictly increasing along the curve.
    pub time: TimeDelta,
    /// The value at that time.
    pub value: T,
    /// Easing of the segment up to the next keyframe.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub ease: Ease,
    /// For angles: direction of rotation on the segment up to the next keyframe.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub turn: AngleInterpolation,
    /// Bezier handle towards the next keyframe, used when `ease` is `bezier`. Absent: a third of
    /// the way along the straight line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle_out: Option<BezierHandle<T>>,
    /// Bezier handle towards the previous keyframe, used when the `ease` of that one is `bezier`.
    /// Absent: a third of the way along the straight line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle_in: Option<BezierHandle<T>>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Offset of a Bezier handle from its keyframe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct BezierHandle<T> {
    /// Offset in time: not negative on `handle_out`, not positive on `handle_in`; clamped to the
    /// segment.
    pub time: TimeDelta,
    /// Offset in value, of the same shape as the value.
    pub value: T,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Direction of rotation between two angles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AngleInterpolation {
    /// Numeric: 350° to 10° rotates back by 340°.
    #[default]
    Continuous,
    /// The shorter direction: 350° to 10° rotates forwards by 20°.
    Shortest,
}

macro_rules! eases { ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
    /// Interpolation from one keyframe to the next. The families are those of Penner, "Programming
    /// Macromedia Flash MX", chapter 7.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    pub enum Ease { $($(#[$doc])* $name),* }
    impl Ease {
        /// Every easing.
        pub const ALL: &'static [Self] = &[$(Self::$name),*];
    }
} }
eases! {
    /// The value is constant until the next keyframe.
    Hold,
    /// Straight line.
    #[default]
    Linear,
    /// Cubic Bezier curve with this keyframe's `handle_out` and the next keyframe's `handle_in`.
    Bezier,
    /// x²
    InQuad,
    /// Mirror of `in_quad`.
    OutQuad,
    /// `in_quad` in the first half, `out_quad` in the second.
    InOutQuad,
    /// x³
    InCubic,
    /// Mirror of `in_cubic`.
    OutCubic,
    /// `in_cubic` in the first half, `out_cubic` in the second.
    InOutCubic,
    /// x⁴
    InQuart,
    /// Mirror of `in_quart`.
    OutQuart,
    /// `in_quart` in the first half, `out_quart` in the second.
    InOutQuart,
    /// x⁵
    InQuint,
    /// Mirror of `in_quint`.
    OutQuint,
    /// `in_quint` in the first half, `out_quint` in the second.
    InOutQuint,
    /// 1 − cos(x·π/2)
    InSine,
    /// Mirror of `in_sine`.
    OutSine,
    /// `in_sine` in the first half, `out_sine` in the second.
    InOutSine,
    /// 2^(10·(x − 1)), 0 at 0
    InExpo,
    /// Mirror of `in_expo`.
    OutExpo,
    /// `in_expo` in the first half, `out_expo` in the second.
    InOutExpo,
    /// 1 − √(1 − x²)
    InCirc,
    /// Mirror of `in_circ`.
    OutCirc,
    /// `in_circ` in the first half, `out_circ` in the second.
    InOutCirc,
    /// x²·(2.70158·x − 1.70158): goes below 0 first
    InBack,
    /// Mirror of `in_back`.
    OutBack,
    /// `in_back` in the first half, `out_back` in the second.
    InOutBack,
    /// −2^(10·(x − 1))·sin((x − 1.075)·2π/0.3): oscillates with growing amplitude
    InElastic,
    /// Mirror of `in_elastic`.
    OutElastic,
    /// `in_elastic` in the first half, `out_elastic` in the second.
    InOutElastic,
    /// Mirror of `out_bounce`.
    InBounce,
    /// Four parabolas of 7.5625·x²: bounces three times
    OutBounce,
    /// `in_bounce` in the first half, `out_bounce` in the second.
    InOutBounce,
}

impl Ease {
    /// Progress of the value at progress `x` of the time: 0..=1, outside that range for `back` and
    /// `elastic`. `hold` returns 0 before 1; `bezier` counts as linear.
    pub fn progress(self, x: f64) -> f64 {
        use Ease::*;
        // The ends are exact: a value at its keyframe is the keyframe's.
        if x <= 0.0 || x >= 1.0 {
            return f64::from(u8::from(x >= 1.0));
        }
        let out = |f: fn(f64) -> f64| 1.0 - f(1.0 - x);
        let both = |f: fn(f64) -> f64| if x < 0.5 { f(2.0 * x) / 2.0 } else { 1.0 - f(2.0 - 2.0 * x) / 2.0 };
        fn quad(x: f64) -> f64 {
            x * x
        }

        fn cubic(x: f64) -> f64 {
            x * x * x
        }

        fn quart(x: f64) -> f64 {
            x * x * x * x
        }

        fn sine(x: f64) -> f64 {
            1.0 - libm::cos(x * std::f64::consts::FRAC_PI_2)
        }

        fn expo(x: f64) -> f64 {
            libm::exp2(10.0 * (x - 1.0))
        }

        fn circ(x: f64) -> f64 {
            1.0 - (1.0 - x * x).max(0.0).sqrt()
        }

        fn back(x: f64) -> f64 {
            x * x * (2.70158 * x - 1.70158)
        }

        fn quint(x: f64) -> f64 {
            x * x * x * x * x
        }

        fn elastic(x: f64) -> f64 {
            -libm::exp2(10.0 * (x - 1.0)) * libm::sin((x - 1.075) * (std::f64::consts::TAU / 0.3))
        }

        fn bounce(x: f64) -> f64 {
            let x = 1.0 - x;
            let (middle, height) = match x * 2.75 {
                t if t < 1.0 => (0.0, 0.0),
                t if t < 2.0 => (1.5 / 2.75, 0.75),
                t if t < 2.5 => (2.25 / 2.75, 0.9375),
                _ => (2.625 / 2.75, 0.984_375),
            };
            1.0 - (7.5625 * (x - middle) * (x - middle) + height)
        }
        match self {
            Hold => 0.0,
            Linear | Bezier => x,
            InQuad => quad(x),
            OutQuad => out(quad),
            InOutQuad => both(quad),
            InCubic => cubic(x),
            OutCubic => out(cubic),
            InOutCubic => both(cubic),
            InQuart => quart(x),
            OutQuart => out(quart),
            InOutQuart => both(quart),
            InQuint => quint(x),
            OutQuint => out(quint),
            InOutQuint => both(quint),
            InSine => sine(x),
            OutSine => out(sine),
            InOutSine => both(sine),
            InExpo => expo(x),
            OutExpo => out(expo),
            InOutExpo => both(expo),
            InCirc => circ(x),
            OutCirc => out(circ),
            InOutCirc => both(circ),
            InBack => back(x),
            OutBack => out(back),
            InOutBack => both(back),
            InElastic => elastic(x),
            OutElastic => out(elastic),
            InOutElastic => both(elastic),
            InBounce => bounce(x),
            OutBounce => out(bounce),
            InOutBounce => both(bounce),
        }
    }
}

/// A value that can be animated. It consists of up to four numbers that are interpolated one by
/// one, is interpolated as a whole ([`Animatable::between`]), or is held.
pub trait Animatable: Clone + PartialEq {
    /// For values that are interpolated as a whole: the value between `self` (`progress` 0) and
    /// `other` (1). `None` if the value is held.
    fn between(&self, other: &Self, progress: f64) -> Option<Self> {
        let _ = (other, progress);
        None
    }

    /// The numbers in a fixed order, and how many of them are used. `None` if the value does not
    /// consist of numbers (a switch, a name, an outline).
    fn components(&self) -> Option<([f64; 4], usize)>;

    /// A value of the same shape with other numbers.
    fn with_components(&self, components: [f64; 4]) -> Self;
}

impl Animatable for f64 {
    fn components(&self) -> Option<([f64; 4], usize)> {
        Some(([*self, 0.0, 0.0, 0.0], 1))
    }

    fn with_components(&self, l: [f64; 4]) -> Self {
        l[0]
    }
}

/// Lengths of time are interpolated in flicks.
impl Animatable for TimeDelta {
    fn components(&self) -> Option<([f64; 4], usize)> {
        Some(([self.0 as f64, 0.0, 0.0, 0.0], 1))
    }

    fn with_components(&self, l: [f64; 4]) -> Self {
        Self(l[0].round() as i64)
    }
}

impl Animatable for [f64; 2] {
    fn components(&self) -> Option<([f64; 4], usize)> {
        Some(([self[0], self[1], 0.0, 0.0], 2))
    }

    fn with_components(&self, l: [f64; 4]) -> Self {
        [l[0], l[1]]
    }
}

impl Animatable for ParamValue {
    fn components(&self) -> Option<([f64; 4], usize)> {
        match self {
            Self::Number(v) => v.components(),
            Self::Point(v) => v.components(),
            Self::Color(v) => Some((*v, 4)),
            Self::Bool(_) | Self::Text(_) => None,
        }
    }

    fn with_components(&self, l: [f64; 4]) -> Self {
        match self {
            Self::Number(_) => Self::Number(l[0]),
            Self::Point(_) => Self::Point([l[0], l[1]]),
            Self::Color(_) => Self::Color(l),
            Self::Bool(_) | Self::Text(_) => self.clone(),
        }
    }
}

/// Outlines are interpolated as a whole. On a `bezier` segment only the times of handles count: the
/// outline starts and ends at rest.
impl Animatable for BezierPath {
    fn between(&self, other: &Self, progress: f64) -> Option<Self> {
        Some(self.between(other, progress))
    }

    fn components(&self) -> Option<([f64; 4], usize)> {
        None
    }

    fn with_components(&self, _: [f64; 4]) -> Self {
        self.clone()
    }
}

impl<T> Keyframe<T> {
    /// A keyframe with linear easing and no handles.
    pub fn new(time: TimeDelta, value: T) -> Self {
        Self {
            time,
            value,
            ease: Ease::Linear,
            turn: AngleInterpolation::Continuous,
            handle_out: None,
            handle_in: None,
            extra: Extra::default(),
        }
    }
}

impl<T> Curve<T> {
    /// `None` without keyframes.
    pub fn new(keyframes: Vec<Keyframe<T>>) -> Option<Self> {
        (!keyframes.is_empty()).then(|| Self { keyframes, extra: Extra::default() })
    }

    /// The keyframes, at least one.
    pub fn keyframes(&self) -> &[Keyframe<T>] {
        &self.keyframes
    }
}

impl<T> Animated<T> {
    /// The keyframes; empty for a constant.
    pub fn keyframes(&self) -> &[Keyframe<T>] {
        match self {
            Self::Constant(_) => &[],
            Self::Curve(c) => &c.keyframes,
        }
    }

    /// The constant, or each keyframe's value.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        let (one, many) = match self {
            Self::Constant(v) => (Some(v), &[][..]),
            Self::Curve(c) => (None, &c.keyframes[..]),
        };
        one.into_iter().chain(many.iter().map(|k| &k.value))
    }

    /// The constant, or each keyframe's value, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        let (one, many) = match self {
            Self::Constant(v) => (Some(v), &mut [][..]),
            Self::Curve(c) => (None, &mut c.keyframes[..]),
        };
        one.into_iter().chain(many.iter_mut().map(|k| &mut k.value))
    }
}

impl Animated<f64> {
    /// The constant 1, the default of factors.
    pub(crate) fn one() -> Self {
        Self::Constant(1.0)
    }

    pub(crate) fn is_one(&self) -> bool {
        *self == Self::one()
    }
}

impl<T: Animatable> Animated<T> {
    /// The value at time `t` since the start of the clip (of the composition for a track). Angles
    /// are in degrees.
    pub fn value_at(&self, t: TimeDelta) -> T {
        self.angle_at(t, 360.0)
    }

    /// Like [`Animated::value_at`] for an angle in a unit in which a whole turn is `full_turn`.
    pub fn angle_at(&self, t: TimeDelta, full_turn: f64) -> T {
        match self {
            Self::Constant(v) => v.clone(),
            Self::Curve(c) => c.value_at(t, full_turn),
        }
    }
}

impl<T: Animatable> Curve<T> {
    pub(crate) fn value_at(&self, t: TimeDelta, full_turn: f64) -> T {
        let keys = &self.keyframes;
        let after = keys.partition_point(|k| k.time <= t);
        if after == 0 {
            return keys[0].value.clone();
        }
        let a = &keys[after - 1];
        let Some(b) = keys.get(after) else { return a.value.clone() };
        segment(a, b, t, full_turn)
    }
}

/// The value at `t` between the neighbouring keyframes `a` and `b`.
pub(crate) fn segment<T: Animatable>(a: &Keyframe<T>, b: &Keyframe<T>, t: TimeDelta, full_turn: f64) -> T {
    let length = b.time.0.saturating_sub(a.time.0) as f64;
    let (Some((from, n)), Some((mut to, m))) = (a.value.components(), b.value.components()) else {
        if a.ease == Ease::Hold || length <= 0.0 {
            return a.value.clone();
        }
        let x = t.0.saturating_sub(a.time.0) as f64 / length;
        let progress = if a.ease == Ease::Bezier {
            let x1 = a.handle_out.as_ref().map_or(1.0 / 3.0, |h| h.time.0 as f64 / length);
            let x2 = b.handle_in.as_ref().map_or(2.0 / 3.0, |h| 1.0 + h.time.0 as f64 / length);
            let u = bezier_parameter(x1.clamp(0.0, 1.0), x2.clamp(0.0, 1.0), x);
            3.0 * (1.0 - u) * u * u + u * u * u
        } else {
            a.ease.progress(x)
        };
        return a.value.between(&b.value, progress).unwrap_or_else(|| a.value.clone());
    };
    if n != m || a.ease == Ease::Hold || length <= 0.0 {
        return a.value.clone();
    }
    let x = t.0.saturating_sub(a.time.0) as f64 / length;
    if x <= 0.0 {
        return a.value.clone();
    }
    if a.turn == AngleInterpolation::Shortest {
        for i in 0..n {
            let way = (to[i] - from[i]).rem_euclid(full_turn);
            to[i] = from[i] + if way > 0.5 * full_turn { way - full_turn } else { way };
        }
    }
    if a.ease != Ease::Bezier {
        let p = a.ease.progress(x);
        return a.value.with_components(std::array::from_fn(|i| from[i] + (to[i] - from[i]) * p));
    }
    let thirds = |i: usize| (to[i] - from[i]) / 3.0;
    let (out_x, out_y) = match &a.handle_out {
        Some(h) => (h.time.0 as f64 / length, h.value.components().map(|l| l.0).unwrap_or_default()),
        None => (1.0 / 3.0, std::array::from_fn(thirds)),
    };
    let (in_x, in_y) = match &b.handle_in {
        Some(h) => (1.0 + h.time.0 as f64 / length, h.value.components().map(|l| l.0).unwrap_or_default()),
        None => (2.0 / 3.0, std::array::from_fn(|i| -thirds(i))),
    };
    let u = bezier_parameter(out_x.clamp(0.0, 1.0), in_x.clamp(0.0, 1.0), x);
    let (v, uu) = (1.0 - u, u * u);
    a.value.with_components(std::array::from_fn(|i| {
        v * v * v * from[i] + 3.0 * v * v * u * (from[i] + out_y[i]) + 3.0 * v * uu * (to[i] + in_y[i]) + uu * u * to[i]
    }))
}

/// Control values of the Bezier segment between two keyframes of a number: of the time, as fractions
/// of its length, and of the value.
pub(crate) fn bezier_controls(a: &Keyframe<f64>, b: &Keyframe<f64>) -> ([f64; 2], [f64; 2]) {
    let length = b.time.0.saturating_sub(a.time.0) as f64;
    let third = (b.value - a.value) / 3.0;
    let (x1, y1) = a.handle_out.as_ref().map_or((1.0 / 3.0, third), |h| (h.time.0 as f64 / length, h.value));
    let (x2, y2) = b.handle_in.as_ref().map_or((2.0 / 3.0, -third), |h| (1.0 + h.time.0 as f64 / length, h.value));
    ([x1.clamp(0.0, 1.0), x2.clamp(0.0, 1.0)], [a.value + y1, b.value + y2])
}

/// Solves x(u) = `x` for the cubic Bezier curve with control values 0, `x1`, `x2`, 1. With `x1` and
/// `x2` in 0..=1, x(u) is monotonic, so that bisection converges (to 2⁻⁵²).
pub(crate) fn bezier_parameter(x1: f64, x2: f64, x: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..52 {
        let u: f64 = (low + high) / 2.0;
        let v = 1.0 - u;
        if 3.0 * v * v * u * x1 + 3.0 * v * u * u * x2 + u * u * u < x { low = u } else { high = u }
    }
    (low + high) / 2.0
}

impl<T> From<T> for Animated<T> {
    fn from(v: T) -> Self {
        Self::Constant(v)
    }
}

impl<T: Default> Default for Animated<T> {
    fn default() -> Self {
        Self::Constant(T::default())
    }
}

#[derive(Serialize, Deserialize)]
struct CurveForm<K> {
    keyframes: K,
    #[serde(flatten)]
    extra: Extra,
}

impl<T: Serialize> Serialize for Animated<T> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Constant(v) => v.serialize(s),
            Self::Curve(c) => CurveForm { keyframes: &c.keyframes, extra: c.extra.clone() }.serialize(s),
        }
    }
}

impl<'de, T: serde::de::DeserializeOwned> Deserialize<'de> for Animated<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(d)?;
        if value.is_object() {
            let form: CurveForm<Vec<Keyframe<T>>> = crate::deserialize_part(value)?;
            if form.keyframes.is_empty() {
                return Err(de::Error::custom("`keyframes` is empty; write at least one or a plain value"));
            }
            return Ok(Self::Curve(Curve { keyframes: form.keyframes, extra: form.extra }));
        }
        T::deserialize(value).map(Self::Constant).map_err(de::Error::custom)
    }
}

impl<T: JsonSchema> JsonSchema for Animated<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Animated_{}", T::schema_name()).into()
    }

    fn json_schema(g: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let (plain, key) = (g.subschema_for::<T>(), g.subschema_for::<Keyframe<T>>());
        schemars::json_schema!({
            "description": "A constant, or keyframes",
            "anyOf": [plain, { "type": "object", "required": ["keyframes"], "properties": { "keyframes": { "type": "array", "minItems": 1, "items": key } } }]
        })
    }
}

#[cfg(test)]
mod tests;
