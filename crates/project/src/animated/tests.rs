//! Tests of `animated.rs`.

use super::*;

fn curve(ease: Ease, turn: AngleInterpolation, a: f64, b: f64) -> Animated<f64> {
    let mut first = Keyframe::new(TimeDelta(0), a);
    first.ease = ease;
    first.turn = turn;
    Animated::Curve(Curve::new(vec![first, Keyframe::new(TimeDelta(1000), b)]).unwrap())
}

/// Values of the published formulae, computed by hand.
#[test]
fn eases_follow_penner() {
    for (ease, x, want) in [
        (Ease::InQuint, 0.5, 0.03125),
        (Ease::OutQuint, 0.5, 0.96875),
        (Ease::InElastic, 0.5, -0.015_625),
        (Ease::OutElastic, 0.5, 1.015_625),
        (Ease::OutBounce, 0.2, 0.3025),
        (Ease::OutBounce, 0.5, 0.765_625),
        (Ease::InBounce, 0.5, 0.234_375),
        (Ease::OutBounce, 1.5 / 2.75, 0.75),
        (Ease::InBack, 0.5, -0.087_697_5),
        (Ease::InOutQuad, 0.25, 0.125),
        (Ease::OutExpo, 0.5, 0.96875),
    ] {
        assert!((ease.progress(x) - want).abs() < 1e-9, "{ease:?} at {x}: {}, not {want}", ease.progress(x));
    }
}

#[test]
fn every_ease_starts_and_ends_at_its_keys() {
    for &e in Ease::ALL {
        let c = curve(e, AngleInterpolation::Continuous, 2.0, 5.0);
        assert!((c.value_at(TimeDelta(0)) - 2.0).abs() < 1e-12, "{e:?}");
        assert!((c.value_at(TimeDelta(1000)) - 5.0).abs() < 1e-12, "{e:?}");
        assert_eq!(c.value_at(TimeDelta(-5)), c.value_at(TimeDelta(0)));
        assert_eq!(c.value_at(TimeDelta(5000)), 5.0);
    }
    assert_eq!(curve(Ease::Hold, AngleInterpolation::Continuous, 2.0, 5.0).value_at(TimeDelta(999)), 2.0);
    assert_eq!(curve(Ease::InQuad, AngleInterpolation::Continuous, 0.0, 1.0).value_at(TimeDelta(500)), 0.25);
    assert_eq!(curve(Ease::InOutQuad, AngleInterpolation::Continuous, 0.0, 1.0).value_at(TimeDelta(250)), 0.125);
}

#[test]
fn rotation_goes_the_way_that_is_set() {
    assert_eq!(curve(Ease::Linear, AngleInterpolation::Shortest, 350.0, 10.0).value_at(TimeDelta(500)), 360.0);
    assert_eq!(curve(Ease::Linear, AngleInterpolation::Continuous, 350.0, 10.0).value_at(TimeDelta(500)), 180.0);
    assert_eq!(curve(Ease::Linear, AngleInterpolation::Shortest, 10.0, 350.0).value_at(TimeDelta(500)), 0.0);
}

/// CSS `ease` = cubic-bezier(0.25, 0.1, 0.25, 1); reference values computed with an independent
/// Newton solver.
#[test]
fn bezier_agrees_with_css_ease() {
    let mut a = Keyframe::new(TimeDelta(0), 0.0);
    a.ease = Ease::Bezier;
    a.handle_out = Some(BezierHandle { time: TimeDelta(25_000), value: 0.1, extra: Extra::default() });
    let mut b = Keyframe::new(TimeDelta(100_000), 1.0);
    b.handle_in = Some(BezierHandle { time: TimeDelta(-75_000), value: 0.0, extra: Extra::default() });
    let c = Animated::Curve(Curve::new(vec![a, b]).unwrap());
    for (t, want) in [(10_000, 0.094796), (25_000, 0.408511), (50_000, 0.802403), (75_000, 0.960459)] {
        assert!((c.value_at(TimeDelta(t)) - want).abs() < 1e-5, "{t}: {}", c.value_at(TimeDelta(t)));
    }
}

#[test]
fn bezier_without_handles_is_a_straight_line() {
    let c = curve(Ease::Bezier, AngleInterpolation::Continuous, 1.0, 4.0);
    for t in [0, 100, 333, 500, 900] {
        assert!((c.value_at(TimeDelta(t)) - (1.0 + 3.0 * t as f64 / 1000.0)).abs() < 1e-9);
    }
}

#[test]
fn constants_are_written_plainly_and_curves_round_trip() {
    assert_eq!(serde_json::to_string(&Animated::Constant(0.5)).unwrap(), "0.5");
    let text =
        r#"{"keyframes":[{"time":0,"value":[0.0,1.0],"ease":"in_out_sine"},{"time":10,"value":[2.0,3.0],"mine":7}],"note":"x"}"#;
    let a: Animated<[f64; 2]> = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&a).unwrap(), text);
    assert!(serde_json::from_str::<Animated<f64>>(r#"{"keyframes":[]}"#).is_err());
    let e = serde_json::from_str::<Animated<f64>>(r#"{"keyframes":[{"time":0,"value":0},{"time":1,"value":"x"}]}"#).unwrap_err();
    assert!(e.to_string().contains("keyframes[1].value"), "{e}");
    let e = serde_json::from_str::<Animated<ParamValue>>("[1]").unwrap_err();
    assert!(e.to_string().contains("[x, y]"), "{e}");
    let e = serde_json::from_str::<Animated<ParamValue>>("[1,0,0]").unwrap_err();
    assert!(e.to_string().contains("[1, 0, 0, 1]"), "{e}");
}
