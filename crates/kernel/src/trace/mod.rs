//! Tracing: running a generic kernel on [`Symbol`] records what it computes, for printing as WGSL.
//!
//! [`trace`] opens a graph for the current thread, runs the kernel and closes the graph. Operators
//! append hash-consed nodes, so equal sub-expressions exist once; operations on constants are
//! folded with the host's `f32`, which rounds as the lanes do. Sub-expressions that depend on
//! parameters only are not part of the shader: [`Trace::uniforms`] computes them on the host, so a
//! change of a parameter changes uniforms and not the shader's text.
//!
//! Reads (of tables and other pixels) and loops are nodes, too. A node that depends on a loop's
//! index is printed inside that loop, all others before it.
use crate::image::Edge;
use crate::real::{HostMask, Mask, Real};
use core::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};
use std::{cell::RefCell, collections::HashMap};

mod evaluate;
mod print;

pub use evaluate::Readings;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Unary {
    Neg,
    Abs,
    Floor,
    Sqrt,
    Pow2i,
    Exponent,
    Mantissa,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
}

/// Source of a sample: a texture and its edge mode.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SampleSource {
    /// Number of the texture in the shader.
    pub texture: u32,
    /// How it continues outside its edges.
    pub edge: Edge,
}

/// One recorded operation; operands are indices of earlier nodes. The last six yield booleans;
/// `Sample` and `Loop` yield four components.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Node {
    Const(u32),
    Param(u32),
    Input(u32),
    Unary(Unary, u32),
    Binary(Binary, u32, u32),
    Select(u32, u32, u32),
    Hash(u32, u32, u32),
    /// An entry of the shader's tables; the operand is a whole number.
    Table(u32),
    Sample(SampleSource, u32, u32),
    /// One component of a node with four.
    Component(u32, u8),
    /// Current index of the loop with this id.
    LoopIndex(u32),
    /// Sums, or maxima, of four values over a loop: its id, whether it is a maximum, the number of
    /// iterations, the values.
    Loop(u32, bool, u32, [u32; 4]),
    Bool(bool),
    Less(u32, u32),
    LessEqual(u32, u32),
    And(u32, u32),
    Or(u32, u32),
    Not(u32),
}

/// Operations of a kernel per pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OperationCounts {
    /// Calculations, each of one number.
    pub arithmetic: usize,
    /// Entries read from tables.
    pub tables: usize,
    /// Pixels read at any place, each interpolated in four components.
    pub samples: usize,
}

impl Node {
    fn operands(self) -> ([u32; 5], usize) {
        match self {
            Self::Const(_) | Self::Param(_) | Self::Input(_) | Self::Bool(_) | Self::LoopIndex(_) => ([0; 5], 0),
            Self::Unary(_, a) | Self::Not(a) | Self::Table(a) | Self::Component(a, _) => ([a, 0, 0, 0, 0], 1),
            Self::Binary(_, a, b)
            | Self::Less(a, b)
            | Self::LessEqual(a, b)
            | Self::And(a, b)
            | Self::Or(a, b)
            | Self::Sample(_, a, b) => ([a, b, 0, 0, 0], 2),
            Self::Select(m, a, b) | Self::Hash(m, a, b) => ([m, a, b, 0, 0], 3),
            Self::Loop(_, _, n, [a, b, c, d]) => ([n, a, b, c, d], 5),
        }
    }

    /// Whether it is a per-pixel input, a read, or part of a loop; uniform sub-expressions contain
    /// none of these.
    fn varies_per_pixel(self) -> bool {
        matches!(self, Self::Input(_) | Self::Table(_) | Self::Sample(..) | Self::LoopIndex(_) | Self::Loop(..))
    }

    fn is_bool(self) -> bool {
        matches!(self, Self::Bool(_) | Self::Less(..) | Self::LessEqual(..) | Self::And(..) | Self::Or(..) | Self::Not(_))
    }

    /// Value from the operands' values; booleans are 0 and 1. Reads and loops are 0: `evaluate`
    /// handles them.
    fn value(self, v: &[f32], params: &[f32], inputs: &[f32]) -> f32 {
        let at = |i: u32| v[i as usize];
        let boolean = |b: bool| if b { 1.0 } else { 0.0 };
        match self {
            Self::Const(bits) => f32::from_bits(bits),
            Self::Param(i) => params.get(i as usize).copied().unwrap_or(0.0),
            Self::Input(i) => inputs.get(i as usize).copied().unwrap_or(0.0),
            Self::Unary(op, a) => unary(op, at(a)),
            Self::Binary(op, a, b) => binary(op, at(a), at(b)),
            Self::Select(m, a, b) => Real::select(HostMask(at(m) != 0.0), at(a), at(b)),
            Self::Hash(a, b, c) => Real::hash(at(a), at(b), at(c)),
            Self::Table(_) | Self::Sample(..) | Self::Component(..) | Self::LoopIndex(_) | Self::Loop(..) => 0.0,
            Self::Bool(b) => boolean(b),
            Self::Less(a, b) => boolean(at(a) < at(b)),
            Self::LessEqual(a, b) => boolean(at(a) <= at(b)),
            Self::And(a, b) => boolean(at(a) != 0.0 && at(b) != 0.0),
            Self::Or(a, b) => boolean(at(a) != 0.0 || at(b) != 0.0),
            Self::Not(a) => boolean(at(a) == 0.0),
        }
    }
}

fn unary(op: Unary, a: f32) -> f32 {
    match op {
        Unary::Neg => -0.0 - a,
        Unary::Abs => Real::abs(a),
        Unary::Floor => Real::floor(a),
        Unary::Sqrt => Real::sqrt(a),
        Unary::Pow2i => Real::pow2i(a),
        Unary::Exponent => Real::split_exp(a).0,
        Unary::Mantissa => Real::split_exp(a).1,
    }
}

fn binary(op: Binary, a: f32, b: f32) -> f32 {
    match op {
        Binary::Add => a + b,
        Binary::Sub => a - b,
        Binary::Mul => a * b,
        Binary::Div => a / b,
        Binary::Min => Real::min(a, b),
        Binary::Max => Real::max(a, b),
    }
}

#[derive(Default)]
struct Graph {
    nodes: Vec<Node>,
    index: HashMap<Node, u32>,
    loops: u32,
}

impl Graph {
    fn push(&mut self, n: Node) -> u32 {
        *self.index.entry(n).or_insert_with(|| {
            self.nodes.push(n);
            self.nodes.len() as u32 - 1
        })
    }

    fn constant(&self, i: u32) -> Option<f32> {
        match self.nodes[i as usize] {
            Node::Const(bits) => Some(f32::from_bits(bits)),
            _ => None,
        }
    }

    fn boolean(&self, i: u32) -> Option<bool> {
        match self.nodes[i as usize] {
            Node::Bool(b) => Some(b),
            _ => None,
        }
    }

    fn number(&mut self, x: f32) -> u32 {
        self.push(Node::Const(x.to_bits()))
    }

    fn unary(&mut self, op: Unary, a: u32) -> u32 {
        match self.constant(a) {
            Some(x) => self.number(unary(op, x)),
            None => self.push(Node::Unary(op, a)),
        }
    }

    fn binary(&mut self, op: Binary, a: u32, b: u32) -> u32 {
        // Only identities that preserve every bit: x + 0 would turn −0 into +0.
        match (op, self.constant(a), self.constant(b)) {
            (_, Some(x), Some(y)) => return self.number(binary(op, x, y)),
            (Binary::Mul, Some(1.0), _) => return b,
            (Binary::Mul | Binary::Div, _, Some(1.0)) => return a,
            (Binary::Sub, _, Some(x)) if x.to_bits() == 0 => return a,
            _ => {}
        }
        let (a, b) = if matches!(op, Binary::Add | Binary::Mul) && a > b { (b, a) } else { (a, b) };
        self.push(Node::Binary(op, a, b))
    }

    fn compare(&mut self, a: u32, b: u32, or_equal: bool) -> u32 {
        match (self.constant(a), self.constant(b)) {
            (Some(x), Some(y)) => self.push(Node::Bool(if or_equal { x <= y } else { x < y })),
            _ => self.push(if or_equal { Node::LessEqual(a, b) } else { Node::Less(a, b) }),
        }
    }

    fn select(&mut self, m: u32, a: u32, b: u32) -> u32 {
        match self.boolean(m) {
            Some(true) => a,
            Some(false) => b,
            None if a == b => a,
            None => self.push(Node::Select(m, a, b)),
        }
    }
}

thread_local! {
    /// The graph of the current [`trace`] on this thread.
    static GRAPH: RefCell<Graph> = RefCell::default();
}

fn with<R>(f: impl FnOnce(&mut Graph) -> R) -> R {
    GRAPH.with_borrow_mut(f)
}

/// A number in the expression graph of the current [`trace`]. It is valid only within that call.
#[derive(Clone, Copy, Debug)]
pub struct Symbol(u32);

/// A boolean in the expression graph.
#[derive(Clone, Copy, Debug)]
pub struct SymbolMask(u32);

impl Symbol {
    /// The `i`-th per-pixel input.
    pub fn input(i: u32) -> Self {
        Self(with(|g| g.push(Node::Input(i))))
    }

    /// The `i`-th parameter: the same for all pixels of a frame.
    pub fn param(i: u32) -> Self {
        Self(with(|g| g.push(Node::Param(i))))
    }

    /// `N` parameters, starting at the one with index `first`.
    pub fn params<const N: usize>(first: u32) -> [Self; N] {
        core::array::from_fn(|k| Self::param(first + k as u32))
    }

    /// An entry of the shader's tables; `index` must be a whole number within them.
    pub fn table(index: Self) -> Self {
        Self(with(|g| g.push(Node::Table(index.0))))
    }

    /// The four components of a texture's colour at a position in pixels.
    pub fn sample(source: SampleSource, x: Self, y: Self) -> [Self; 4] {
        with(|g| {
            let s = g.push(Node::Sample(source, x.0, y.0));
            core::array::from_fn(|k| Self(g.push(Node::Component(s, k as u8))))
        })
    }

    /// Sums (or, with `max`, maxima of 0 and all values) of `f(i)` for i = 0, 1, … below
    /// `iterations`, which must not depend on the pixel.
    ///
    /// # Panics
    /// When a trace has more than 64 loops.
    pub fn looped(iterations: Self, max: bool, f: impl Fn(Self) -> [Self; 4]) -> [Self; 4] {
        let id = with(|g| {
            g.loops += 1;
            g.loops - 1
        });
        assert!(id < 64, "a trace with more than 64 loops");
        let body = f(Self(with(|g| g.push(Node::LoopIndex(id))))).map(|t| t.0);
        with(|g| {
            let s = g.push(Node::Loop(id, max, iterations.0, body));
            core::array::from_fn(|k| Self(g.push(Node::Component(s, k as u8))))
        })
    }
}

impl From<f32> for Symbol {
    fn from(x: f32) -> Self {
        Self(with(|g| g.number(x)))
    }
}

impl Neg for Symbol {
    type Output = Self;

    fn neg(self) -> Self {
        Self(with(|g| g.unary(Unary::Neg, self.0)))
    }
}

macro_rules! operators { ($($tr:ident $f:ident),*) => { $(
    impl $tr for Symbol {
        type Output = Self;
        fn $f(self, o: Self) -> Self { Self(with(|g| g.binary(Binary::$tr, self.0, o.0))) }
    }
    impl $tr<f32> for Symbol {
        type Output = Self;
        fn $f(self, o: f32) -> Self { $tr::$f(self, Self::from(o)) }
    }
)* } }
operators!(Add add, Sub sub, Mul mul, Div div);

impl Mask for SymbolMask {}

impl BitAnd for SymbolMask {
    type Output = Self;

    fn bitand(self, o: Self) -> Self {
        Self(with(|g| match (g.boolean(self.0), g.boolean(o.0)) {
            (Some(true), _) => o.0,
            (_, Some(true)) => self.0,
            (Some(false), _) => self.0,
            (_, Some(false)) => o.0,
            _ => g.push(Node::And(self.0, o.0)),
        }))
    }
}

impl BitOr for SymbolMask {
    type Output = Self;

    fn bitor(self, o: Self) -> Self {
        Self(with(|g| match (g.boolean(self.0), g.boolean(o.0)) {
            (Some(false), _) => o.0,
            (_, Some(false)) => self.0,
            (Some(true), _) => self.0,
            (_, Some(true)) => o.0,
            _ => g.push(Node::Or(self.0, o.0)),
        }))
    }
}

impl Not for SymbolMask {
    type Output = Self;

    fn not(self) -> Self {
        Self(with(|g| match g.boolean(self.0) {
            Some(b) => g.push(Node::Bool(!b)),
            None => g.push(Node::Not(self.0)),
        }))
    }
}

impl Real for Symbol {
    type M = SymbolMask;

    fn min(self, o: impl Into<Self>) -> Self {
        let o = o.into();
        Self(with(|g| g.binary(Binary::Min, self.0, o.0)))
    }

    fn max(self, o: impl Into<Self>) -> Self {
        let o = o.into();
        Self(with(|g| g.binary(Binary::Max, self.0, o.0)))
    }

    fn abs(self) -> Self {
        Self(with(|g| g.unary(Unary::Abs, self.0)))
    }

    fn floor(self) -> Self {
        Self(with(|g| g.unary(Unary::Floor, self.0)))
    }

    fn sqrt(self) -> Self {
        Self(with(|g| g.unary(Unary::Sqrt, self.0)))
    }

    fn lt(self, o: impl Into<Self>) -> SymbolMask {
        let o = o.into();
        SymbolMask(with(|g| g.compare(self.0, o.0, false)))
    }

    fn le(self, o: impl Into<Self>) -> SymbolMask {
        let o = o.into();
        SymbolMask(with(|g| g.compare(self.0, o.0, true)))
    }

    fn select(m: SymbolMask, a: impl Into<Self>, b: impl Into<Self>) -> Self {
        let (a, b) = (a.into(), b.into());
        Self(with(|g| g.select(m.0, a.0, b.0)))
    }

    fn pow2i(self) -> Self {
        Self(with(|g| g.unary(Unary::Pow2i, self.0)))
    }

    fn split_exp(self) -> (Self, Self) {
        with(|g| (Self(g.unary(Unary::Exponent, self.0)), Self(g.unary(Unary::Mantissa, self.0))))
    }

    fn hash(self, y: impl Into<Self>, z: impl Into<Self>) -> Self {
        let (y, z) = (y.into(), z.into());
        Self(with(|g| match (g.constant(self.0), g.constant(y.0), g.constant(z.0)) {
            (Some(a), Some(b), Some(c)) => g.number(Real::hash(a, b, c)),
            _ => g.push(Node::Hash(self.0, y.0, z.0)),
        }))
    }
}

/// A recorded computation.
pub struct Trace {
    nodes: Vec<Node>,
    outputs: Vec<u32>,
    /// Whether each node is the same for all pixels.
    uniform: Vec<bool>,
    /// Nodes that the shader reads as uniforms, in order of evaluation.
    derived: Vec<u32>,
    /// Nodes that the shader computes, in order of evaluation.
    emitted: Vec<u32>,
    /// Loops inside which each node is computed, one bit per loop.
    loops: Vec<u64>,
    /// Uniform nodes that `derived` depends on, in order of evaluation.
    on_host: Vec<u32>,
}

/// Records what `f` computes from [`Symbol::input`] and [`Symbol::param`]. A nested trace has a
/// graph of its own.
pub fn trace(f: impl FnOnce() -> Vec<Symbol>) -> Trace {
    /// Restores the enclosing graph, also when `f` panics.
    struct Enclosing(Graph);
    impl Drop for Enclosing {
        fn drop(&mut self) {
            GRAPH.set(std::mem::take(&mut self.0));
        }
    }
    let enclosing = Enclosing(GRAPH.take());
    let outputs: Vec<u32> = f().into_iter().map(|t| t.0).collect();
    let nodes = GRAPH.take().nodes;
    drop(enclosing);
    Trace::new(nodes, outputs)
}

/// The loops inside which each node is computed, one bit per loop.
fn loops_of(nodes: &[Node]) -> Vec<u64> {
    let mut loops: Vec<u64> = Vec::with_capacity(nodes.len());
    for n in nodes {
        let (operands, count) = n.operands();
        let inside = operands[..count].iter().fold(0, |all, &k| all | loops[k as usize]);
        loops.push(match n {
            Node::LoopIndex(id) => 1 << id,
            Node::Loop(id, ..) => inside & !(1 << id),
            _ => inside,
        });
    }
    // What depends on the index of an inner loop only is inside the outer loop, too; nodes of outer
    // loops come later.
    for i in (0..nodes.len()).rev() {
        let (Node::Loop(id, ..), around) = (nodes[i], loops[i]) else { continue };
        if around != 0 {
            loops.iter_mut().filter(|l| **l >> id & 1 == 1).for_each(|l| *l |= around);
        }
    }
    loops
}

impl Trace {
    fn new(nodes: Vec<Node>, outputs: Vec<u32>) -> Self {
        let mut uniform: Vec<bool> = Vec::with_capacity(nodes.len());
        for n in &nodes {
            let (operands, count) = n.operands();
            uniform.push(!n.varies_per_pixel() && operands[..count].iter().all(|&k| uniform[k as usize]));
        }
        // `needed`: used by the shader. `host`: computed by the host for what the shader reads as
        // uniforms.
        let (mut needed, mut host) = (vec![false; nodes.len()], vec![false; nodes.len()]);
        for &o in &outputs {
            needed[o as usize] = true;
        }
        let is_literal = |i: usize| match nodes[i] {
            Node::Const(bits) => {
                let x = f32::from_bits(bits);
                x == 0.0 || x.is_normal()
            }
            n => matches!(n, Node::Bool(_)),
        };
        for i in (0..nodes.len()).rev() {
            let (operands, count) = nodes[i].operands();
            host[i] |= needed[i] && uniform[i] && !is_literal(i);
            for &k in &operands[..count] {
                needed[k as usize] |= needed[i] && !uniform[i];
                host[k as usize] |= host[i];
            }
        }
        let pick = |f: &dyn Fn(usize) -> bool| (0..nodes.len()).filter(|&i| f(i)).map(|i| i as u32).collect::<Vec<u32>>();
        let derived = pick(&|i| needed[i] && uniform[i] && !is_literal(i));
        let emitted = pick(&|i| needed[i] && !uniform[i]);
        let on_host = pick(&|i| host[i]);
        let loops = loops_of(&nodes);
        Self { nodes, outputs, uniform, derived, emitted, on_host, loops }
    }

    /// Number of values that [`Self::uniforms`] appends.
    pub fn uniform_count(&self) -> usize {
        self.derived.len()
    }

    /// Number of operations per pixel in the shader's text: those in loops count once.
    pub fn operation_count(&self) -> usize {
        self.emitted.len()
    }

    /// Number of operations per pixel with these parameters: those in loops count once per
    /// iteration.
    pub fn operations_with(&self, params: &[f32]) -> usize {
        let c = self.counts_with(params);
        c.arithmetic + c.tables + c.samples
    }

    /// The same by kind.
    pub fn counts_with(&self, params: &[f32]) -> OperationCounts {
        let mut v = vec![0.0; self.nodes.len()];
        for &i in &self.on_host {
            v[i as usize] = self.nodes[i as usize].value(&v, params, &[]);
        }
        let mut iterations = [1; 64];
        for &i in &self.emitted {
            if let Node::Loop(id, _, n, _) = self.nodes[i as usize] {
                // `on_host` does not contain literals.
                let n = self.nodes[n as usize].value(&v, params, &[]);
                iterations[id as usize] = n.ceil().max(0.0) as usize;
            }
        }
        let times = |loops: u64| (0..64).filter(|id| loops >> id & 1 == 1).map(|id| iterations[id]).product::<usize>();
        let mut counts = OperationCounts::default();
        for &i in &self.emitted {
            let count = match self.nodes[i as usize] {
                Node::Sample(..) => &mut counts.samples,
                Node::Table(_) => &mut counts.tables,
                _ => &mut counts.arithmetic,
            };
            *count += times(self.loops[i as usize]);
        }
        counts
    }

    /// Appends the shader's uniforms to `out`: the values of sub-expressions that depend on
    /// parameters only.
    pub fn uniforms(&self, params: &[f32], out: &mut Vec<f32>) {
        let mut v = vec![0.0; self.nodes.len()];
        for &i in &self.on_host {
            v[i as usize] = self.nodes[i as usize].value(&v, params, &[]);
        }
        out.extend(self.derived.iter().map(|&i| v[i as usize]));
    }
}

#[cfg(test)]
mod tests;
