//! Evaluates a trace on the host: the value of every node, loops iteration by iteration. Tests use
//! it to prove that a trace computes the same as its kernel.
use super::{Node, Trace};
use crate::{
    image::{InputImage, image_color, table_entry},
    real::Real,
};

/// What a trace reads in addition to its parameters and inputs.
#[derive(Clone, Copy, Default)]
pub struct Readings<'a> {
    /// The tables of the shader, concatenated.
    pub tables: &'a [f32],
    /// Textures by number; a missing one is transparent black.
    pub textures: &'a [InputImage<'a>],
}

/// The state of an evaluation.
struct Values<'a> {
    params: &'a [f32],
    inputs: &'a [f32],
    readings: Readings<'a>,
    /// Values of nodes with one component.
    numbers: Vec<f32>,
    /// Values of nodes with four components.
    colors: Vec<[f32; 4]>,
    /// Current index of each loop.
    iterations: [f32; 64],
}

impl Trace {
    /// The outputs of a trace that reads no tables and textures.
    pub fn evaluate(&self, params: &[f32], inputs: &[f32]) -> Vec<f32> {
        self.evaluate_reading(params, inputs, Readings::default())
    }

    /// The outputs of a trace.
    pub fn evaluate_reading(&self, params: &[f32], inputs: &[f32], readings: Readings<'_>) -> Vec<f32> {
        let count = self.nodes.len();
        let mut v =
            Values { params, inputs, readings, numbers: vec![0.0; count], colors: vec![[0.0; 4]; count], iterations: [0.0; 64] };
        self.evaluate_loop(0, &mut v);
        self.outputs.iter().map(|&o| v.numbers[o as usize]).collect()
    }

    /// Evaluates the nodes that are inside exactly these loops; a loop node among them evaluates
    /// its body.
    fn evaluate_loop(&self, loops: u64, v: &mut Values<'_>) {
        for (i, node) in self.nodes.iter().enumerate().filter(|(i, _)| self.loops[*i] == loops) {
            match *node {
                Node::LoopIndex(id) => v.numbers[i] = v.iterations[id as usize],
                Node::Table(index) => v.numbers[i] = table_entry(v.readings.tables, v.numbers[index as usize]),
                Node::Sample(s, x, y) => {
                    let image = v.readings.textures.get(s.texture as usize);
                    v.colors[i] = image_color(image, s.edge, v.numbers[x as usize], v.numbers[y as usize]);
                }
                Node::Component(four, k) => v.numbers[i] = v.colors[four as usize][usize::from(k)],
                Node::Loop(id, max, iterations, body) => {
                    let (iterations, mut acc, mut iteration) = (v.numbers[iterations as usize], [0.0; 4], 0.0);
                    while iteration < iterations {
                        v.iterations[id as usize] = iteration;
                        self.evaluate_loop(loops | 1 << id, v);
                        for (sum, k) in acc.iter_mut().zip(body) {
                            let value = v.numbers[k as usize];
                            *sum = if max { Real::max(*sum, value) } else { *sum + value };
                        }
                        iteration += 1.0;
                    }
                    v.colors[i] = acc;
                }
                node => v.numbers[i] = node.value(&v.numbers, v.params, v.inputs),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        At, Edge, Inputs, MAX_UNIFORMS, Read, ReadKernel, ReadOp, Reads, Rgba, TraceReads, rgb,
        trace::{Symbol, trace},
    };

    /// Reads, and a loop inside a loop, with values that depend on the inner index only, on both
    /// indices, and on neither.
    struct Nested;

    impl ReadKernel for Nested {
        fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
            s.sum(0, |i| {
                let inner = s.max(1, |j| {
                    let c = s.sample(0, at.x + i, at.y + j * 0.7);
                    Rgba { c: rgb(c.c.r, s.table(j + j), c.c.b * p[2]), a: j * 0.5 }
                });
                Rgba { c: rgb(inner.c.r, inner.c.g + i, inner.c.b), a: inner.a + px.a }
            })
        }
    }

    #[test]
    fn reads_and_nested_loops_have_the_bits_of_the_host() {
        let plane: Vec<f32> = (0..35).map(|i| (i * i % 17) as f32 * 0.13 - 0.4).collect();
        let image = InputImage::new([&plane; 4], 7, 5).unwrap();
        let table = [0.3, -1.5, 4.0, 2.25];
        for edge in [Edge::Transparent, Edge::Clamp, Edge::Mirror, Edge::Repeat] {
            let traced = trace(|| {
                let p: [Symbol; MAX_UNIFORMS] = Symbol::params(0);
                let reads =
                    TraceReads { textures: &[0], origin: Symbol::params(32), edge, table: Symbol::params(34), uniforms: &p };
                let v: Vec<Symbol> = (0..6).map(Symbol::input).collect();
                let px = Rgba { c: rgb(v[0], v[1], v[2]), a: v[3] };
                let c = Read(Nested).trace(&p, px, At { x: v[4], y: v[5] }, reads);
                vec![c.c.r, c.c.g, c.c.b, c.a]
            });
            for (iterations, x) in [(0.0, 3.3), (1.0, -8.1), (4.0, 2.9), (2.5, 40.0)] {
                let mut params = [0.0; 36];
                params[..3].copy_from_slice(&[iterations, iterations + 1.0, 1.7]);
                // The origin; the index of the table's first entry, and the largest index within
                // the table.
                params[32..].copy_from_slice(&[1.0, -2.0, 1.0, 3.0]);
                let inputs = Inputs { images: &[image], origin: [1.0, -2.0], edge, table: &table };
                let px = Rgba { c: rgb(0.1, 0.2, 0.3), a: 0.4 };
                let want = Read(Nested).eval_host(&params[..32], inputs, px, At { x, y: 1.6 });
                let tables = [&[9.0], &table[..]].concat();
                let got = traced.evaluate_reading(
                    &params,
                    &[0.1, 0.2, 0.3, 0.4, x, 1.6],
                    Readings { tables: &tables, textures: &[image] },
                );
                let want = [want.c.r, want.c.g, want.c.b, want.a];
                assert_eq!(
                    got.iter().map(|v| v.to_bits()).collect::<Vec<_>>(),
                    want.map(f32::to_bits),
                    "{edge:?} {iterations} {x}"
                );
            }
            let (text, _) = traced.wgsl("v", |i| format!("in{i}"), |i| format!("u{i}"));
            // What depends on the inner loop's index only is computed inside both loops, where that
            // index is defined.
            let (before, inner) = text.split_once("for (var vi1").unwrap();
            assert!(before.contains("for (var vi0") && inner.contains("vi1 * 0.5f") && !text.contains(" = ;"), "{text}");
        }
    }
}
