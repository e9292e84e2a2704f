//! Plane passes: whole rows of code values, in bands of rows that run in parallel.
use super::{
    CpuRenderer,
    sample::{PlaneBuffer, Sampler, SamplerInput},
};
use crate::{
    OutputSpec, RenderError,
    ink_plane::InkPlane,
    program::{Pass, PlaneBase, PlanePass, Program, Sampling, SamplingSource},
};
use cutroom_kernel::{
    SimdLevel,
    rows::{self, SampleKind},
};
use cutroom_types::Picture;
use rayon::prelude::*;
use std::ops::Range;

/// Rows that one job computes.
const BAND_ROWS: usize = 24;

enum Base<'a> {
    Code(f32),
    Plane(Box<Sampler<'a>>),
}

enum Above<'a> {
    Picture(Box<Sampler<'a>>),
    Ink(&'a InkPlane),
}

struct Over<'a> {
    above: Above<'a>,
    columns: Range<usize>,
    rows: Range<usize>,
    opacity: f32,
}

impl Over<'_> {
    /// Columns of ink, in the output's plane.
    fn span(&self, columns: &Range<u32>) -> Range<usize> {
        self.columns.start + columns.start as usize..self.columns.start + columns.end as usize
    }
}

struct PreparedPlane<'a> {
    base: Base<'a>,
    over: Vec<Over<'a>>,
    width: usize,
    kind: SampleKind,
    max_code: f32,
}

#[derive(Default)]
struct Scratch {
    below: Vec<f32>,
    above: Vec<f32>,
    columns: Vec<f32>,
    touched: Vec<Range<usize>>,
}

struct Band<'a> {
    plane: usize,
    row: usize,
    bytes: &'a mut [u8],
}

impl CpuRenderer {
    /// Runs the plane passes, which are the last passes of their program.
    pub(super) fn run_planes(
        &self,
        program: &Program,
        intermediates: &[Option<PlaneBuffer>],
        output: &OutputSpec,
    ) -> Result<Picture, RenderError> {
        let passes: Vec<&PlanePass> =
            program.passes.iter().filter_map(|p| if let Pass::Plane(p) = p { Some(p) } else { None }).collect();
        let prepared =
            passes.iter().map(|p| self.prepare_plane(program, intermediates, p, output)).collect::<Result<Vec<_>, _>>()?;
        let mut buffers: Vec<Vec<u8>> =
            prepared.iter().zip(&passes).map(|(p, pass)| self.buffers.take(p.row_bytes() * pass.size.height as usize)).collect();
        let mut bands: Vec<Band> = Vec::new();
        for (plane, (buffer, p)) in buffers.iter_mut().zip(&prepared).enumerate() {
            let rows = buffer.chunks_mut(p.row_bytes() * BAND_ROWS).enumerate();
            bands.extend(rows.map(|(i, bytes)| Band { plane, row: i * BAND_ROWS, bytes }));
        }
        let level = self.level;
        self.pool.install(|| {
            bands.par_iter_mut().with_max_len(1).for_each_init(Scratch::default, |scratch, band| {
                let p = &prepared[band.plane];
                for (i, row) in band.bytes.chunks_mut(p.row_bytes()).enumerate() {
                    p.row(level, scratch, band.row + i, row);
                }
            });
        });
        drop(bands);
        self.picture(buffers, program.size, output)
    }

    fn prepare_plane<'a>(
        &self,
        program: &'a Program,
        intermediates: &'a [Option<PlaneBuffer>],
        pass: &'a PlanePass,
        output: &OutputSpec,
    ) -> Result<PreparedPlane<'a>, RenderError> {
        let sampler = |s: &Sampling| match s.source {
            SamplingSource::Picture(id) => Ok(Sampler::new(*s, &SamplerInput::Picture(&program.pictures[id]), &self.tables)),
            SamplingSource::Intermediate(id) => match &intermediates[id] {
                Some(r) => Ok(Sampler::new(*s, &SamplerInput::Intermediate(r), &self.tables)),
                None => Err(RenderError::Unsupported("a plane of what is not drawn yet".into())),
            },
        };
        let base = match &pass.base {
            PlaneBase::Code(c) => Base::Code(*c),
            PlaneBase::Plane(s) => Base::Plane(Box::new(sampler(s)?)),
        };
        let over = pass.over.iter().map(|o| {
            let [l, t, r, b] = o.sampling.bounds.map(|v| v as usize);
            let above = match &o.ink {
                Some(ink) => Above::Ink(ink),
                None => Above::Picture(Box::new(sampler(&o.sampling)?)),
            };
            Ok(Over { above, columns: l..r, rows: t..b, opacity: o.opacity })
        });
        Ok(PreparedPlane {
            base,
            over: over.collect::<Result<_, RenderError>>()?,
            width: pass.size.width as usize,
            kind: if output.format.bytes_per_sample() == 1 { SampleKind::U8 } else { SampleKind::U16 },
            max_code: ((1u32 << output.format.bits) - 1) as f32,
        })
    }
}

impl PreparedPlane<'_> {
    fn row_bytes(&self) -> usize {
        self.width * self.kind.bytes()
    }

    fn row(&self, level: SimdLevel, scratch: &mut Scratch, y: usize, out: &mut [u8]) {
        let mut touched = std::mem::take(&mut scratch.touched);
        self.touched(y, &mut touched);
        let mut done = 0;
        for part in &touched {
            self.base_only(level, scratch, done..part.start, y, out);
            self.all(level, scratch, part.clone(), y, out);
            done = part.end;
        }
        self.base_only(level, scratch, done..self.width, y, out);
        scratch.touched = touched;
    }

    /// The columns where something lies over the base, in order and apart.
    fn touched(&self, y: usize, parts: &mut Vec<Range<usize>>) {
        parts.clear();
        for o in self.over.iter().filter(|o| o.rows.contains(&y)) {
            match &o.above {
                Above::Picture(_) => parts.push(o.columns.clone()),
                Above::Ink(ink) => parts.extend(ink.spans(y - o.rows.start).iter().map(|s| o.span(s))),
            }
        }
        parts.sort_unstable_by_key(|p| p.start);
        parts.dedup_by(|next, last| {
            let joins = next.start <= last.end;
            if joins {
                last.end = last.end.max(next.end);
            }
            joins
        });
    }

    /// Computes columns where something may lie over the base.
    fn all(&self, level: SimdLevel, scratch: &mut Scratch, part: Range<usize>, y: usize, out: &mut [u8]) {
        let Scratch { below, above, columns, .. } = scratch;
        below.resize(self.width, 0.0);
        above.resize(self.width, 0.0);
        let below = &mut below[..part.len()];
        match &self.base {
            Base::Code(c) => below.fill(*c),
            Base::Plane(s) => s.read_plane(level, below, columns, part.start, y),
        }
        for o in self.over.iter().filter(|o| o.rows.contains(&y)) {
            match &o.above {
                Above::Picture(sampler) => {
                    let (from, to) = (o.columns.start.max(part.start), o.columns.end.min(part.end));
                    if from < to {
                        let above = &mut above[..to - from];
                        sampler.read_plane(level, above, columns, from, y);
                        sampler.blend_over(level, &mut below[from - part.start..to - part.start], above, o.opacity, from, y);
                    }
                }
                Above::Ink(ink) => {
                    for span in ink.spans(y - o.rows.start).iter().map(|s| o.span(s)) {
                        // A span is never in two parts.
                        if part.contains(&span.start) {
                            let inked = span.start - o.columns.start..span.end - o.columns.start;
                            let below = &mut below[span.start - part.start..span.end - part.start];
                            ink.draw_over(below, y - o.rows.start, inked, o.opacity);
                        }
                    }
                }
            }
        }
        let b = self.kind.bytes();
        rows::pack_row(level, below, self.kind, self.max_code, &mut out[part.start * b..part.end * b]);
    }

    /// Computes columns where only the base is visible.
    fn base_only(&self, level: SimdLevel, scratch: &mut Scratch, x: Range<usize>, y: usize, out: &mut [u8]) {
        if x.is_empty() {
            return;
        }
        let b = self.kind.bytes();
        let out = &mut out[x.start * b..x.end * b];
        let Scratch { below, columns, .. } = scratch;
        below.resize(self.width, 0.0);
        let below = &mut below[..x.len()];
        match &self.base {
            Base::Code(c) => below.fill(*c),
            Base::Plane(s) => {
                if let Some(bytes) = s.plane_bytes(x.start, y, x.len()) {
                    out.copy_from_slice(bytes);
                    return;
                }
                s.read_plane(level, below, columns, x.start, y);
            }
        }
        rows::pack_row(level, below, self.kind, self.max_code, out);
    }
}
