//! The `.3dl` format: a line with the input grid, then a cube of whole numbers in which blue varies
//! fastest (Autodesk Lustre and Flame). Interpreted as by OpenColorIO's `FileFormat3DL`: the bit
//! depth is derived from the largest number.
use super::{Cube, Lut, MAX_SIDE, Shaper};

/// Parses the text of a file. An error describes the first mistake.
pub fn parse(text: &str) -> Result<Lut, String> {
    let mut grid: Vec<i64> = Vec::new();
    let mut points: Vec<[i64; 3]> = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let line = line.trim();
        // Headers and footers begin with words: "3DMESH", "Mesh 4 12", "LUT8", "gamma 1.0".
        if line.is_empty()
            || line.starts_with(['#', '<'])
            || line.starts_with(|c: char| c.is_ascii_alphabetic())
            || line.starts_with("3DMESH")
        {
            continue;
        }
        let numbers: Option<Vec<i64>> = line.split_whitespace().map(|w| w.parse().ok()).collect();
        let numbers = numbers.ok_or_else(|| format!("line {}: whole numbers are needed: \"{line}\"", i + 1))?;
        match numbers[..] {
            _ if grid.is_empty() && points.is_empty() && (numbers.len() > 3 || i == 0 || numbers.len() == 2) => grid = numbers,
            [r, g, b] => points.push([r, g, b]),
            _ => return Err(format!("line {}: three numbers are needed: \"{line}\"", i + 1)),
        }
    }
    let side = (points.len() as f64).cbrt().round() as usize;
    let side = if grid.is_empty() { side } else { grid.len() };
    if !(2..=MAX_SIDE).contains(&side) {
        return Err(format!("its cube has a side of {side}; sides go from 2 to {MAX_SIDE}"));
    }
    if points.len() != side * side * side {
        return Err(format!("a cube with a side of {side} has {} lines, this one {}", side * side * side, points.len()));
    }
    let largest = points.iter().flatten().copied().max().unwrap_or(0);
    let scale = full_code(largest) as f32;
    let mut values = Vec::with_capacity(3 * points.len());
    for k in 0..points.len() {
        let (r, g, b) = (k % side, k / side % side, k / (side * side));
        values.extend(points[(r * side + g) * side + b].map(|v| v as f32 / scale));
    }
    let cube = Cube { side, domain: [[0.0; 3], [1.0; 3]], values };
    Lut::new(shaper(&grid), Some(cube))
}

/// Returns the input grid as a shaper, unless it is an even ramp.
fn shaper(grid: &[i64]) -> Option<Shaper> {
    let max = full_code(grid.iter().copied().max()?) as f32;
    let last = grid.len().checked_sub(1).filter(|n| *n > 0)? as f32;
    // Even up to the rounding of whole numbers; some files end one above full scale.
    let even = grid.iter().enumerate().all(|(i, v)| (*v as f32 - i as f32 / last * max).abs() <= 2.0);
    (!even).then(|| Shaper {
        entries: grid.len(),
        domain: [[0.0; 3], [1.0; 3]],
        values: grid.iter().flat_map(|v| [*v as f32 / max; 3]).collect(),
    })
}

/// Returns the full-scale code of the bit depth (8, 10, 12, 14 or 16) that the largest number
/// implies, with room for overshoot.
fn full_code(largest: i64) -> i64 {
    let bits = (8..=16).step_by(2).find(|bits| largest < 2 << bits).unwrap_or(16);
    (1 << bits) - 1
}
