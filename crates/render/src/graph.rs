//! Human-readable description of a frame's program: its passes, what each reads and computes, what
//! it costs, and what was left out.
use crate::{
    OutputSpec, RenderError, SourcePictures,
    lower::{self, Lowered, LoweringCache},
    program::{Pass, PassTarget, PlaneBase, Program, Sampling, SamplingSource, Stage, TilePass},
};
use cutroom_effects::cost;
use cutroom_timeline::FramePlan;
use cutroom_types::{Picture, Size};

/// The work for one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameGraph {
    /// Sources, then passes in the order in which they run; the last ones write the output.
    pub nodes: Vec<GraphNode>,
    /// Work that was found to be unnecessary, in words.
    pub eliminated: Vec<String>,
}

/// A source picture or a pass.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphNode {
    /// Unique in the graph: `source 0`, `pass 1`.
    pub id: String,
    /// Short description.
    pub title: String,
    /// Computations in order; the stages of one pass are fused.
    pub stages: Vec<String>,
    /// Ids of the nodes that it reads.
    pub inputs: Vec<String>,
    /// Label for finding equal work in two graphs of one build: nodes with equal labels compute the
    /// same from the same sources. Hexadecimal, 64 bits. Not a cache key: a source is identified by
    /// the key of the whole plan, so equal work in two frames has different labels, and kernels are
    /// identified by their `TypeId`.
    pub key: String,
    /// Size of the raster that it writes.
    pub size: Size,
    /// Estimated operations per pixel.
    pub operations: usize,
}

/// Returns the graph of the program that draws a plan.
///
/// # Errors
/// As for drawing the plan.
pub fn graph(plan: &FramePlan, sources: &dyn SourcePictures, output: &OutputSpec) -> Result<FrameGraph, RenderError> {
    let mut eliminated = Vec::new();
    let hidden = lower::hidden_layers(plan, sources)?;
    for layer in &plan.layers[..hidden] {
        eliminated.push(format!("clip {}: hidden by the opaque clip {}", layer.clip, plan.layers[hidden].clip));
    }
    let passed = |picture: &Picture, stages| {
        vec![GraphNode {
            id: "source 0".into(),
            title: format!("{} {}×{}", picture.format, picture.size.width, picture.size.height),
            stages,
            inputs: Vec::new(),
            key: plan.picture_key().to_string(),
            size: picture.size,
            operations: 0,
        }]
    };
    let nodes = match lower::lower(plan, sources, output, &mut LoweringCache::default())? {
        Lowered::Untouched(picture) => {
            eliminated.push("all drawing: the source's planes are the output's".into());
            passed(&picture, Vec::new())
        }
        Lowered::Turned(picture) => {
            eliminated.push("all drawing: the source's planes, turned or mirrored, are the output's".into());
            passed(&picture, vec!["planes turned or mirrored".into()])
        }
        Lowered::Program(program) => nodes(plan, &program, output),
    };
    Ok(FrameGraph { nodes, eliminated })
}

fn nodes(plan: &FramePlan, program: &Program, output: &OutputSpec) -> Vec<GraphNode> {
    let mut nodes: Vec<GraphNode> = Vec::new();
    let whole = plan.picture_key().to_string();
    for (i, p) in program.pictures.iter().enumerate() {
        nodes.push(GraphNode {
            id: format!("source {i}"),
            title: format!("{} {}×{}", p.format, p.size.width, p.size.height),
            stages: Vec::new(),
            inputs: Vec::new(),
            // A source is identified by the key of the plan and its index in the plan.
            key: key(&[&whole, &format!("source {i}")]),
            size: p.size,
            operations: 0,
        });
    }
    // For each intermediate the node that wrote it last.
    let mut writer = vec![String::new(); program.intermediates.len()];
    for (i, pass) in program.passes.iter().enumerate() {
        let id = format!("pass {i}");
        let node = match pass {
            Pass::Tiles(tiles) => {
                let node = tile_node(id.clone(), tiles, &writer, output);
                if let PassTarget::Intermediate(n) = tiles.target {
                    writer[n].clone_from(&id);
                }
                node
            }
            Pass::Plane(plane) => {
                let mut inputs: Vec<String> = plane.over.iter().map(|o| input(&o.sampling, &writer)).collect();
                let base = match &plane.base {
                    PlaneBase::Code(c) => format!("fill with code {c}"),
                    PlaneBase::Plane(s) => {
                        inputs.insert(0, input(s, &writer));
                        format!("copy or resample {}", input(s, &writer))
                    }
                };
                let over = plane.over.iter().map(|o| format!("mix in {} at {}", input(&o.sampling, &writer), o.opacity));
                GraphNode {
                    id,
                    title: format!("plane {} in code values", plane.plane),
                    stages: std::iter::once(base).chain(over).collect(),
                    inputs,
                    key: plane.to_tiles().stages.iter().map(unprinted).collect(),
                    size: plane.size,
                    operations: 1 + 3 * plane.over.len(),
                }
            }
            Pass::Convolve { from, to, horizontal, weights } => {
                let inputs = vec![writer[*from].clone()];
                writer[*to].clone_from(&id);
                let way = if *horizontal { "rows" } else { "columns" };
                GraphNode {
                    id,
                    title: format!("filter along {way}, {} taps", 2 * weights.len() - 1),
                    stages: vec![format!("weights {:?}", &weights[..weights.len().min(4)])],
                    inputs,
                    key: format!("{weights:?}"),
                    size: program.intermediates[*to].size,
                    operations: 4 * 2 * weights.len(),
                }
            }
        };
        let mut node = node;
        let of_inputs: Vec<String> =
            node.inputs.iter().filter_map(|i| nodes.iter().find(|n| n.id == *i)).map(|n| n.key.clone()).collect();
        let size = format!("{}x{}", node.size.width, node.size.height);
        node.key = key(&[&node.title, &size, &node.stages.join(";"), &node.key, &of_inputs.join(";")]);
        let mut seen = Vec::new();
        node.inputs.retain(|i| {
            !seen.contains(i) && {
                seen.push(i.clone());
                true
            }
        });
        nodes.push(node);
    }
    nodes
}

fn key(parts: &[&str]) -> String {
    let mut hash = blake3::Hasher::new();
    for p in parts {
        hash.update(&(p.len() as u64).to_le_bytes());
        hash.update(p.as_bytes());
    }
    hash.finalize().to_hex()[..16].to_owned()
}

fn input(s: &Sampling, writer: &[String]) -> String {
    match s.source {
        SamplingSource::Picture(n) => format!("source {n}"),
        SamplingSource::Intermediate(n) => writer[n].clone(),
    }
}

/// Values that decide pixels and are not part of a stage's display text.
fn unprinted(s: &Stage) -> String {
    match s {
        Stage::Sample { sampling, .. } => format!("{:?} in {:?};", sampling.source_from_output, sampling.window),
        Stage::Point { kernel, kernel_from_output, .. } => format!("{:?} {kernel_from_output:?};", kernel.kernel_id()),
        Stage::Read { kernel, kernel_from_output, origin, edge, table, .. } => {
            let mut hash = blake3::Hasher::new();
            for v in table.iter() {
                hash.update(&v.to_le_bytes());
            }
            format!("{:?} {kernel_from_output:?} {origin:?} {edge:?} {};", kernel.kernel_id(), hash.finalize())
        }
        Stage::Blend { seed, opaque_backdrop, .. } => format!("{seed} {opaque_backdrop};"),
        Stage::Mix { id, kernel_from_output, .. } => format!("{id} {kernel_from_output:?};"),
        Stage::Fill { .. } | Stage::Unpremultiply { .. } | Stage::Premultiply { .. } | Stage::Fade { .. } => String::new(),
    }
}

fn tile_node(id: String, pass: &TilePass, writer: &[String], output: &OutputSpec) -> GraphNode {
    let title = match pass.target {
        PassTarget::Intermediate(_) => "into memory".to_owned(),
        PassTarget::Output => format!("into {}", output.format),
        PassTarget::Plane(n) => format!("into plane {n}"),
    };
    let (mut inputs, mut operations) = (Vec::new(), 0);
    let stages = pass.stages.iter().map(|s| {
        let numbers = |u: &[f32]| {
            let used = u.iter().rposition(|v| *v != 0.0).map_or(0, |i| i + 1);
            u[..used].iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        match s {
            Stage::Fill { reg, color } => format!("r{reg} = colour {color:?}"),
            Stage::Sample { reg, sampling } => {
                let from = input(sampling, writer);
                let m = &sampling.source_from_output;
                let text = format!(
                    "r{reg} = {from} by [{} {} {} / {} {} {}] in {:?}",
                    m.xx, m.xy, m.x0, m.yx, m.yy, m.y0, sampling.bounds
                );
                inputs.push(from);
                operations += 4;
                text
            }
            Stage::Unpremultiply { reg } => format!("r{reg} straight"),
            Stage::Premultiply { reg } => format!("r{reg} premultiplied"),
            Stage::Fade { reg, opacity } => format!("r{reg} × {opacity}"),
            Stage::Point { reg, kernel, uniforms, .. } => {
                operations += cost::point(*kernel);
                format!("r{reg} {} ({})", kernel.name(), numbers(&uniforms.values))
            }
            Stage::Read { reg, kernel, uniforms, inputs: reads, table, .. } => {
                operations += cost::read(*kernel, &uniforms.values);
                inputs.extend(reads.iter().map(|id| writer[*id].clone()));
                let table = if table.is_empty() { String::new() } else { format!(", table of {}", table.len()) };
                format!("r{reg} {} ({}){table}", kernel.name(), numbers(&uniforms.values))
            }
            Stage::Blend { backdrop, source, kernel, mode, opacity, bounds, .. } => {
                operations += cost::blend(*kernel);
                format!("r{source} over r{backdrop}: {} at {opacity} in {bounds:?}", mode.id)
            }
            Stage::Mix { from, to, kernel, uniforms, .. } => {
                operations += cost::mix(*kernel);
                format!("r{from}, r{to} {} ({})", kernel.name(), numbers(&uniforms.values))
            }
        }
    });
    let stages = stages.collect();
    let key = pass.stages.iter().map(unprinted).collect();
    GraphNode { id, title, stages, inputs, key, size: pass.size, operations }
}
