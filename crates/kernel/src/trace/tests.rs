//! Tests of `trace/mod.rs`.

use super::*;
use crate::real::smoothstep;

#[test]
fn equal_expressions_exist_once_and_constants_fold() {
    let t = trace(|| {
        let (x, y) = (Symbol::input(0), Symbol::input(1));
        let k = Symbol::from(2.0) * 3.0;
        vec![(x + y) * k, (y + x) * 6.0]
    });
    let (text, out) = t.wgsl("v", |i| ["x", "y"][i as usize].into(), |_| unreachable!());
    assert_eq!(out[0], out[1]);
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("6.0f"), "{text}");
}

/// By hand: the input; in the loop the index, a product and a sum; the loop itself, its first
/// component and the last sum.
#[test]
fn a_loop_counts_once_a_turn() {
    let t = trace(|| {
        let (x, n) = (Symbol::input(0), Symbol::param(0));
        let [s, ..] = Symbol::looped(n * 2.0, false, |i| [i * 3.0 + x; 4]);
        vec![s + x]
    });
    assert_eq!(t.operation_count(), 7);
    assert_eq!([0.0, 1.0, 8.0].map(|n| t.operations_with(&[n])), [4, 4 + 3 * 2, 4 + 3 * 16]);
}

#[test]
fn parameters_leave_the_shader() {
    let t = trace(|| {
        let [a, b] = Symbol::params::<2>(0);
        let gain = (a * 2.0).exp2();
        let on = b.gt(0.5);
        vec![Symbol::select(on, Symbol::input(0) * gain, Symbol::input(0))]
    });
    assert_eq!((t.uniform_count(), t.operation_count()), (2, 3), "one gain, one truth; the input, × and select");
    let (text, _) = t.wgsl("v", |_| "x".into(), |i| format!("u{i}"));
    assert!(!text.contains("floor"), "{text}");
    let mut u = vec![];
    t.uniforms(&[1.5, 1.0], &mut u);
    assert!(u.contains(&8.0) && u.contains(&1.0), "{u:?}");
    assert_eq!(t.evaluate(&[1.5, 1.0], &[2.0]), [16.0]);
    assert_eq!(t.evaluate(&[1.5, 0.0], &[2.0]), [2.0]);
}

#[test]
fn evaluation_has_the_bits_of_the_host() {
    fn formula<R: Real>(x: R, p: R) -> R {
        let s = smoothstep(R::from(-0.5), p, x).pow(p) + x.sin() - (x * 3.0).cos();
        R::select(x.lt(0.3) & !x.le(-2.0) | p.ge(9.0), s.abs().sqrt(), -(s / p).min(x).max(-7.5))
    }
    let t = trace(|| vec![formula(Symbol::input(0), Symbol::param(0))]);
    for i in -400..400 {
        for p in [0.25f32, 1.0, 2.2, 10.0] {
            let x = i as f32 * 0.0173;
            assert_eq!(t.evaluate(&[p], &[x])[0].to_bits(), formula(x, p).to_bits(), "x {x} p {p}");
        }
    }
}

#[test]
fn traces_nest() {
    let mut inner = None;
    let outer = trace(|| {
        let a = Symbol::input(0) + 1.0;
        inner = Some(trace(|| vec![Symbol::input(0) * 2.0]));
        vec![a * 3.0]
    });
    assert_eq!(outer.evaluate(&[], &[1.0]), [6.0]);
    assert_eq!(inner.map(|t| t.evaluate(&[], &[1.0])), Some(vec![2.0]));
}

#[test]
fn odd_constants_are_sent_as_uniforms() {
    let t = trace(|| vec![Symbol::input(0) + f32::INFINITY, Symbol::input(0) * 1e-40, Symbol::input(0) + 0.0]);
    assert_eq!(t.uniform_count(), 2, "WGSL has no literals for infinities; denormals are not portable");
    assert_eq!(t.evaluate(&[], &[-0.0])[2].to_bits(), 0);
}
