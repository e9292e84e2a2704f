//! Which columns of a row pair are computed, and which are copied from the bottom picture.
use super::PreparedStage;
use crate::program::{Program, Sampling, SamplingSource, Stage};
use cutroom_drawing::surface::InkMap;
use cutroom_types::Affine;

/// Text or shapes on whole pixels.
#[derive(Clone, Copy)]
pub(super) struct PlacedInk<'a> {
    map: &'a InkMap,
    /// Added to output pixels: those of the map.
    offset: [i64; 2],
}

impl PlacedInk<'_> {
    /// Whether any of these output pixels can change; `around` columns beyond them count.
    fn has(&self, columns: [usize; 2], rows: [usize; 2], around: i64) -> bool {
        let [x, y] = self.offset;
        let columns = columns[0] as i64 + x - around..columns[1] as i64 + x + around;
        (rows[0]..rows[1]).any(|row| self.map.has(row as i64 + y, columns.clone()))
    }
}

/// The text or shapes that a sampling reads on whole pixels.
pub(super) fn placed_ink<'a>(program: &'a Program, sampling: &Sampling) -> Option<PlacedInk<'a>> {
    let SamplingSource::Picture(id) = sampling.source else { return None };
    let (_, map) = program.inks.iter().find(|(of, _)| *of == id)?;
    let Affine { xx, xy, x0, yx, yy, y0 } = sampling.source_from_output;
    let is_whole = [xx, yy] == [1.0; 2] && [xy, yx] == [0.0; 2] && x0.fract() == 0.0 && y0.fract() == 0.0;
    is_whole.then_some(PlacedInk { map, offset: [x0 as i64, y0 as i64] })
}

/// Divides the columns of a row pair into ranges `(from, to, untouched)`, which begin at multiples
/// of 16 and cover `0..width`. In untouched ranges only the bottom picture is visible.
pub(super) fn segments(
    prepared: &[PreparedStage],
    can_copy: bool,
    width: usize,
    y: usize,
    rows: usize,
) -> Vec<(usize, usize, bool)> {
    let mut cuts = vec![0, width];
    let mut touched: Vec<(usize, usize)> = Vec::new();
    for p in prepared {
        if let Stage::Blend { bounds, .. } = p.stage {
            let [l, t, r, b] = bounds.map(|v| v as usize);
            if (t < y + rows) && (b > y) && l < r {
                let (l, r) = (l / 16 * 16, r.next_multiple_of(16).min(width));
                let Some(ink) = p.ink.filter(|_| can_copy) else {
                    touched.push((l, r));
                    continue;
                };
                for x in (l..r).step_by(16) {
                    // Chroma reads the pixels beside its own.
                    if ink.has([x, x + 16], [y, y + rows], 2) {
                        match touched.last_mut() {
                            // A short gap is not worth a part of its own.
                            Some(last) if last.1 <= x && x - last.1 <= 16 => last.1 = (x + 16).min(width),
                            _ => touched.push((x, (x + 16).min(width))),
                        }
                    }
                }
            }
        }
    }
    cuts.extend(touched.iter().flat_map(|t| [t.0, t.1]));
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2).map(|w| (w[0], w[1], can_copy && !touched.iter().any(|t| t.0 < w[1] && t.1 > w[0]))).collect()
}
