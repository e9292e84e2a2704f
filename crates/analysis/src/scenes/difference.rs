//! How unlike two pictures are, apart from movement.
use super::look::Look;

/// Cells of a block's side.
const BLOCK: usize = 8;
/// How far blocks are searched, in cells; the picture's longer side has 96.
const REACH: (isize, isize) = (7, 5);
/// How far blocks are searched around the movement of the whole picture, in cells.
const NEAR: (isize, isize) = (4, 3);
/// How far the whole picture is searched, in coarse cells, of which the longer side has 24.
const COARSE_REACH: (isize, isize) = (8, 4);
/// A block that differs by at most so many codes is not searched.
const SAME_CODES: u32 = 1;
/// Codes of a contrast so low that differences are noise.
const NOISE_CODES: f32 = 4.0;
/// Brightest code of black borders.
const BLACK_CODE: u8 = 7;
/// Part of the picture beside borders that counts at least.
const LEAST_SHOWN: f32 = 0.25;
/// Weight of what movement does not explain, beside that of the colours.
const STRUCTURE_WEIGHT: f32 = 0.65;
/// Difference of the colours that counts as a wholly different picture, in codes.
const OTHER_COLORS_CODES: f32 = 48.0;

/// How unlike two pictures are: 0 the same or moved, about 0.1 much movement, 1 nothing in common.
///
/// Two parts are weighted. Structure: each block of one picture is looked for in the other one, near its
/// place and near where the whole picture has moved; what remains of the luma is compared with the contrast
/// of the pictures. Colours: the distance between the distributions of Y, Cb and Cr, which movement hardly
/// changes.
pub(super) fn unlike(a: &Look, b: &Look) -> f32 {
    if (a.width, a.height) != (b.width, b.height) {
        return 1.0;
    }
    let found = matched(a, b);
    let structure = found.best / (0.4 * (a.deviation + b.deviation) + NOISE_CODES);
    let colors = colors(a, b) / found.shown.max(LEAST_SHOWN);
    STRUCTURE_WEIGHT * structure.min(1.0) + (1.0 - STRUCTURE_WEIGHT) * colors.min(1.0)
}

/// Distance between the distributions of the colours (earth mover's distance), relative to that of
/// wholly different pictures.
fn colors(a: &Look, b: &Look) -> f32 {
    let cells = a.luma.len() as f32;
    let luma = a.up_to.iter().zip(&b.up_to).map(|(a, b)| f32::from(a.abs_diff(*b))).sum::<f32>() / cells;
    let chroma: f32 = a.sorted_chroma.iter().zip(&b.sorted_chroma).map(|(a, b)| mean_apart(a, b)).sum();
    (luma + 2.0 * chroma) / OTHER_COLORS_CODES
}

fn mean_apart(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len().max(1) as f32
}

/// How blocks of a picture are found in another one.
pub(super) struct Matched {
    /// Part of the picture that is not black in both: all but borders.
    pub shown: f32,
    /// Mean difference of these blocks to what is in their places, in codes of luma.
    pub in_place: f32,
    /// Mean difference to the best match of each.
    pub best: f32,
}

/// Looks for each block of a picture in another one of the same size: near its place, and near where the whole
/// picture has moved.
pub(super) fn matched(a: &Look, b: &Look) -> Matched {
    let (block_w, block_h) = (BLOCK.min(a.width), BLOCK.min(a.height));
    let (columns, rows) = (a.width / block_w, a.height / block_h);
    let (left, top) = ((a.width - columns * block_w) / 2, (a.height - rows * block_h) / 2);
    let mut whole = None;
    let (mut shown, mut in_place, mut sum) = (0, 0_u32, 0_u32);
    for y in (0..rows).map(|r| top + r * block_h) {
        for x in (0..columns).map(|c| left + c * block_w) {
            let apart = |(dx, dy): (isize, isize), most: u32| -> u32 {
                let (Some(u), Some(v)) = (x.checked_add_signed(dx), y.checked_add_signed(dy)) else { return u32::MAX };
                if u + block_w > b.width || v + block_h > b.height {
                    return u32::MAX;
                }
                let mut sum = 0;
                for i in 0..block_h {
                    let (p, q) = (&a.luma[(y + i) * a.width + x..][..block_w], &b.luma[(v + i) * b.width + u..][..block_w]);
                    sum += p.iter().zip(q).map(|(p, q)| u32::from(p.abs_diff(*q))).sum::<u32>();
                    if sum >= most {
                        return sum;
                    }
                }
                sum
            };
            if is_black(a, x, y, (block_w, block_h)) && is_black(b, x, y, (block_w, block_h)) {
                continue;
            }
            let mut best = apart((0, 0), u32::MAX);
            (shown, in_place) = (shown + 1, in_place + best);
            let same = SAME_CODES * (block_w * block_h) as u32;
            if best > same {
                let whole = *whole.get_or_insert_with(|| whole_shift(a, b));
                for ((cx, cy), (w, h)) in [(whole, NEAR), ((0, 0), REACH)] {
                    for dy in -h..=h {
                        for dx in -w..=w {
                            best = best.min(apart((cx + dx, cy + dy), best));
                        }
                    }
                    if best <= same {
                        break;
                    }
                }
            }
            sum += best;
        }
    }
    let cells = (shown.max(1) * block_w * block_h) as f32;
    Matched { shown: shown as f32 / (columns * rows) as f32, in_place: in_place as f32 / cells, best: sum as f32 / cells }
}

fn is_black(look: &Look, x: usize, y: usize, (width, height): (usize, usize)) -> bool {
    (y..y + height).all(|y| look.luma[y * look.width + x..][..width].iter().all(|l| *l <= BLACK_CODE))
}

/// The shift, in cells, at which most of the pictures is alike.
fn whole_shift(a: &Look, b: &Look) -> (isize, isize) {
    let (w, h) = (a.coarse_width as isize, a.coarse_height as isize);
    let mut best = (f32::INFINITY, (0, 0));
    for dy in -COARSE_REACH.1..=COARSE_REACH.1 {
        for dx in -COARSE_REACH.0..=COARSE_REACH.0 {
            let (xs, ys) = ((-dx).max(0)..(w - dx).min(w), (-dy).max(0)..(h - dy).min(h));
            if xs.is_empty() || ys.is_empty() {
                continue;
            }
            let mut sum = 0.0;
            for y in ys.clone() {
                let p = &a.coarse[(y * w + xs.start) as usize..][..xs.len()];
                let q = &b.coarse[((y + dy) * w + xs.start + dx) as usize..][..xs.len()];
                sum += p.iter().zip(q).map(|(p, q)| (p - q).abs()).sum::<f32>();
            }
            let mean = sum / (xs.len() * ys.len()) as f32;
            if mean < best.0 {
                best = (mean, (dx, dy));
            }
        }
    }
    let scale = |n: isize, fine: usize, coarse: usize| n * fine as isize / coarse.max(1) as isize;
    (scale(best.1.0, a.width, a.coarse_width), scale(best.1.1, a.height, a.coarse_height))
}

/// How well the detail of two pictures correlates, whatever their brightness and contrast: 1 for one scene
/// in another light, about 0.5 for two scenes. 0 without detail in one of them. Black borders do not count.
pub(super) fn same_detail(a: &Look, b: &Look) -> f32 {
    const SIDE: usize = 12;
    if (a.width, a.height) != (b.width, b.height) || a.width < 2 * SIDE || a.height < 2 * SIDE {
        return 0.0;
    }
    let (mut sum, mut weights) = (0.0, 0.0);
    for y in (2..a.height - SIDE - 1).step_by(SIDE) {
        for x in (2..a.width - SIDE - 1).step_by(SIDE) {
            let borders = (y..y + SIDE).flat_map(|y| y * a.width + x..y * a.width + x + SIDE);
            let black = borders.filter(|i| a.luma[*i].max(b.luma[*i]) <= BLACK_CODE).count();
            if black * 6 > SIDE * SIDE {
                continue;
            }
            let p = block(a, x, y, SIDE);
            let mut best = (0_f32, 0_f32);
            for (u, v) in (y - 2..=y + 2).flat_map(|v| (x - 2..=x + 2).map(move |u| (u, v))) {
                if u + SIDE > b.width || v + SIDE > b.height {
                    continue;
                }
                let q = block(b, u, v, SIDE);
                let product: f32 = p.0.iter().zip(&q.0).map(|(p, q)| p * q).sum();
                let correlation = product / (p.1 * q.1).sqrt().max(1.0);
                if correlation > best.0 {
                    best = (correlation, q.1);
                }
            }
            let weight = (p.1.min(best.1.max(1.0)) / (SIDE * SIDE) as f32).sqrt();
            sum += best.0 * weight;
            weights += weight;
        }
    }
    if weights > 1.0 { sum / weights } else { 0.0 }
}

/// A block's cells less their mean, and the sum of their squares.
fn block(look: &Look, x: usize, y: usize, side: usize) -> (Vec<f32>, f32) {
    let rows = (y..y + side).flat_map(|y| &look.luma[y * look.width + x..][..side]);
    let mut cells: Vec<f32> = rows.map(|v| f32::from(*v)).collect();
    let mean = cells.iter().sum::<f32>() / cells.len() as f32;
    cells.iter_mut().for_each(|c| *c -= mean);
    let power = cells.iter().map(|c| c * c).sum();
    (cells, power)
}
