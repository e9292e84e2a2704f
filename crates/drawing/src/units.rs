//! How far each letter, word or line of an animated text is changed.
use crate::placed::TextLayout;
use cutroom_timeline::drawing::{TextUnit, UnitAmounts, UnitAnimation, UnitLook, UnitOrder};
use kurbo::{Affine, Rect, Vec2};

/// The change of one glyph by all animations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GlyphLook {
    /// Maps the box to itself.
    pub(crate) moved: Affine,
    /// Factor of alpha.
    pub(crate) opacity: f32,
    /// Standard deviation of the blur in canvas pixels.
    pub(crate) sigma_px: f32,
    /// Colour instead of the fill, and how far it is mixed in, 0..=1.
    pub(crate) color: Option<([f32; 4], f32)>,
}

impl GlyphLook {
    pub(crate) const SAME: Self = Self { moved: Affine::IDENTITY, opacity: 1.0, sigma_px: 0.0, color: None };
}

/// The looks of all glyphs.
pub(crate) fn looks(layout: &TextLayout, animations: &[UnitAnimation]) -> Vec<GlyphLook> {
    let mut looks = vec![GlyphLook::SAME; layout.glyphs.len()];
    for animation in animations {
        let (of, count) = match animation.unit {
            TextUnit::Character => (0, layout.units[0]),
            TextUnit::Word => (1, layout.units[1]),
            TextUnit::Line => (2, layout.units[2]),
            TextUnit::Text => (3, 1),
        };
        let unit = |i: usize| if of == 3 { 0 } else { layout.glyphs[i].units[of].min(count.saturating_sub(1)) };
        let mut cells: Vec<Option<Rect>> = vec![None; count.max(1)];
        for (i, g) in layout.glyphs.iter().enumerate() {
            let cell = &mut cells[unit(i)];
            *cell = Some(cell.map_or(g.cell, |c| c.union(g.cell)));
        }
        let ranks = ranks(animation.amounts.order, count.max(1));
        let amounts: Vec<f64> = ranks.into_iter().map(|rank| amount(&animation.amounts, rank, count)).collect();
        for (i, look) in looks.iter_mut().enumerate() {
            let n = unit(i);
            let middle = cells[n].unwrap_or(Rect::ZERO).center().to_vec2();
            apply(look, &animation.target, amounts[n], middle);
        }
    }
    looks
}

/// How far the unit of this rank is changed; beyond 0..=1 for easings that overshoot.
fn amount(amounts: &UnitAmounts, rank: f64, count: usize) -> f64 {
    let all = amounts.duration_secs + amounts.stagger_secs * count.saturating_sub(1) as f64;
    let first = if amounts.from_end { amounts.time_secs + all } else { amounts.time_secs };
    let since = first - rank * amounts.stagger_secs;
    let progress = if amounts.duration_secs > 0.0 {
        (since / amounts.duration_secs).clamp(0.0, 1.0)
    } else {
        f64::from(u8::from(since >= 0.0))
    };
    let eased = amounts.ease.progress(progress);
    if amounts.is_reversed { 1.0 - eased } else { eased }
}

/// Position of each unit in the order in which units start.
fn ranks(order: UnitOrder, count: usize) -> Vec<f64> {
    let last = count.saturating_sub(1) as f64;
    let by = |f: &dyn Fn(f64) -> f64| (0..count).map(|i| f(i as f64)).collect();
    match order {
        UnitOrder::Forward => by(&|i| i),
        UnitOrder::Backward => by(&|i| last - i),
        UnitOrder::FromMiddle => by(&|i| (i - last / 2.0).abs() * 2.0),
        UnitOrder::ToMiddle => by(&|i| last - (i - last / 2.0).abs() * 2.0),
        UnitOrder::Random(seed) => {
            let mut shuffled: Vec<usize> = (0..count).collect();
            shuffled.sort_by_key(|i| (hash(seed, *i as u32), *i));
            let mut ranks = vec![0.0; count];
            shuffled.iter().enumerate().for_each(|(rank, i)| ranks[*i] = rank as f64);
            ranks
        }
    }
}

/// PCG hash (Jarzynski and Olano, "Hash Functions for GPU Rendering", 2020).
fn hash(seed: u32, i: u32) -> u32 {
    let state = (i ^ seed.wrapping_mul(0x9E37_79B9)).wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
    let word = ((state >> ((state >> 28) + 4)) ^ state).wrapping_mul(277_803_737);
    (word >> 22) ^ word
}

fn apply(look: &mut GlyphLook, target: &UnitLook, amount: f64, middle: Vec2) {
    if amount == 0.0 {
        return;
    }
    let mix = |to: f32, own: f64| own + (f64::from(to) - own) * amount;
    let scale = target.scale.map(|s| mix(s, 1.0));
    let offset = target.offset_px.map(|p| mix(p, 0.0));
    let moved = Affine::translate(middle + Vec2::new(offset[0], offset[1]))
        * Affine::rotate(mix(target.rotation_degrees, 0.0).to_radians())
        * Affine::scale_non_uniform(scale[0], scale[1])
        * Affine::translate(-middle);
    look.moved = moved * look.moved;
    look.opacity *= mix(target.opacity, 1.0).clamp(0.0, 1.0) as f32;
    look.sigma_px += mix(target.sigma_px, 0.0).max(0.0) as f32;
    if let Some(color) = target.color {
        look.color = Some((color, amount.clamp(0.0, 1.0) as f32));
    }
}
