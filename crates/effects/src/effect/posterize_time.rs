//! Posterise time: reduces the frame rate.
use crate::spec::*;

/// The source and the effects before this one are evaluated at `⌊t · frameRate⌋ / frameRate`, t
/// being the seconds since the clip's start: each picture is held until the next multiple of
/// `1 / frameRate`, whatever the composition's frame rate. Effects after it use their own time.
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
