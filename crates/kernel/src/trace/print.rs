//! Prints a trace as WGSL: one statement per node, loops as blocks around the nodes that depend on
//! their index.
use super::{Binary, Node, Trace, Unary};
use crate::image::Edge;
use std::fmt::Write;

impl Trace {
    /// Returns WGSL statements, and one expression per output. `input` names the inputs, `uniform`
    /// the values of [`Self::uniforms`]; variables are named `prefix` and a number.
    pub fn wgsl(&self, prefix: &str, input: impl Fn(u32) -> String, uniform: impl Fn(usize) -> String) -> (String, Vec<String>) {
        let mut names = vec![String::new(); self.nodes.len()];
        for (i, n) in self.nodes.iter().enumerate() {
            match *n {
                Node::Const(bits) => {
                    let x = f32::from_bits(bits);
                    names[i] = if x.is_sign_negative() { format!("({x:?}f)") } else { format!("{x:?}f") };
                }
                Node::Bool(b) => names[i] = b.to_string(),
                _ => {}
            }
        }
        for (slot, &i) in self.derived.iter().enumerate() {
            let u = uniform(slot);
            names[i as usize] = if self.nodes[i as usize].is_bool() { format!("({u} != 0.0f)") } else { u };
        }
        let mut text = String::new();
        let mut count = 0;
        self.print_loop(0, prefix, &input, &mut names, &mut count, &mut text);
        (text, self.outputs.iter().map(|&o| names[o as usize].clone()).collect())
    }

    /// Prints the nodes that are inside exactly these loops; a loop node among them prints its
    /// body.
    fn print_loop(
        &self,
        loops: u64,
        prefix: &str,
        input: &impl Fn(u32) -> String,
        names: &mut [String],
        count: &mut usize,
        text: &mut String,
    ) {
        for &i in &self.emitted {
            if self.loops[i as usize] != loops {
                continue;
            }
            debug_assert!(!self.uniform[i as usize]);
            let at = |k: u32| names[k as usize].as_str();
            let e = match self.nodes[i as usize] {
                Node::Input(k) => {
                    names[i as usize] = input(k);
                    continue;
                }
                Node::Component(a, k) => {
                    names[i as usize] = format!("{}.{}", at(a), ["x", "y", "z", "w"][usize::from(k)]);
                    continue;
                }
                Node::LoopIndex(id) => {
                    names[i as usize] = format!("{prefix}i{id}");
                    continue;
                }
                Node::Loop(id, max, iterations, body) => {
                    let name = format!("{prefix}s{id}");
                    let (n, iterations) = (format!("{prefix}i{id}"), at(iterations).to_owned());
                    // Writing to a String cannot fail.
                    let _ = writeln!(text, "    var {name} = vec4<f32>(0.0);");
                    let _ = writeln!(text, "    for (var {n} = 0.0; {n} < {iterations}; {n} = {n} + 1.0) {{");
                    self.print_loop(loops | 1 << id, prefix, input, names, count, text);
                    let v = body.map(|k| names[k as usize].clone()).join(", ");
                    let _ = if max {
                        writeln!(text, "    let {n}v = vec4<f32>({v});\n    {name} = select({n}v, {name}, {name} > {n}v);\n    }}")
                    } else {
                        writeln!(text, "    {name} = {name} + vec4<f32>({v});\n    }}")
                    };
                    names[i as usize] = name;
                    continue;
                }
                Node::Hash(a, b, c) => format!("hash3({}, {}, {})", at(a), at(b), at(c)),
                Node::Table(a) => format!("tables[u32({})]", at(a)),
                Node::Sample(s, a, b) => {
                    let edge = match s.edge {
                        Edge::Transparent => "transparent",
                        Edge::Clamp => "clamp",
                        Edge::Mirror => "mirror",
                        Edge::Repeat => "repeat",
                    };
                    format!("sample_{edge}(t{}, {}, {})", s.texture, at(a), at(b))
                }
                Node::Unary(op, a) => {
                    let a = at(a);
                    match op {
                        Unary::Neg => format!("-{a}"),
                        Unary::Abs => format!("abs({a})"),
                        Unary::Floor => format!("floor({a})"),
                        Unary::Sqrt => format!("sqrt({a})"),
                        Unary::Pow2i => format!("bitcast<f32>(bitcast<u32>({a} + 8388735.0f) << 23u)"),
                        Unary::Exponent => format!("f32(bitcast<u32>({a}) >> 23u) - 126.0f"),
                        Unary::Mantissa => format!("bitcast<f32>((bitcast<u32>({a}) & 0x7fffffu) | 0x3f000000u)"),
                    }
                }
                Node::Binary(op, a, b) => {
                    let (a, b) = (at(a), at(b));
                    match op {
                        Binary::Add => format!("{a} + {b}"),
                        Binary::Sub => format!("{a} - {b}"),
                        Binary::Mul => format!("{a} * {b}"),
                        Binary::Div => format!("{a} / {b}"),
                        // Not `min` and `max`: they may return either operand for NaN.
                        Binary::Min => format!("select({b}, {a}, {a} < {b})"),
                        Binary::Max => format!("select({b}, {a}, {a} > {b})"),
                    }
                }
                Node::Select(m, a, b) => format!("select({}, {}, {})", at(b), at(a), at(m)),
                Node::Less(a, b) => format!("{} < {}", at(a), at(b)),
                Node::LessEqual(a, b) => format!("{} <= {}", at(a), at(b)),
                Node::And(a, b) => format!("{} && {}", at(a), at(b)),
                Node::Or(a, b) => format!("{} || {}", at(a), at(b)),
                Node::Not(a) => format!("!{}", at(a)),
                // Never emitted: constants and parameters are uniform.
                Node::Const(_) | Node::Param(_) | Node::Bool(_) => continue,
            };
            let name = format!("{prefix}{count}");
            *count += 1;
            let _ = writeln!(text, "    let {name} = {e};");
            names[i as usize] = name;
        }
    }
}
