//! Posterise time: fewer frames a second.
use crate::spec::*;

/// Everything before it is seen at `⌊t · frameRate⌋ / frameRate`, t seconds since the clip's start:
/// each picture is held until the next whole step, whatever the composition's rate. Effects after
/// it go on at their own time.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[ParamSpec::number("frameRate", "Frame rate", 12.0, 1.0, 60.0, Unit::FramesPerSec)],
    ..EffectSpec::new(
        "posterize-time",
        "Posterise Time",
        EffectFamily::Time,
        "Holds pictures so that fewer are seen a second.",
        EffectKind::Time(|p, secs| {
            let rate = f64::from(p.number(0)).max(1.0);
            (secs * rate).floor() / rate
        }),
    )
};
