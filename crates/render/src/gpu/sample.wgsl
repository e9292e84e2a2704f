// Positions are pairs (whole, fraction) so that large rasters keep their sub-pixel precision.

// hi·x is exact: hi has ten significant bits.
fn aligned_position(x: f32, hi: f32, lo: f32, whole: f32, part: f32) -> vec2<f32> {
    let p = x * hi;
    let i = floor(p);
    let f = (p - i) + (x * lo + part);
    let k = floor(f);
    return vec2<f32>(i + whole + k, f - k);
}
fn rotated_position(x: f32, y: f32, xhi: f32, xlo: f32, yhi: f32, ylo: f32, whole: f32, part: f32) -> vec2<f32> {
    let p = x * xhi;
    let q = y * yhi;
    let i = floor(p);
    let j = floor(q);
    let f = ((p - i) + (q - j)) + ((x * xlo + y * ylo) + part);
    let k = floor(f);
    return vec2<f32>(i + j + whole + k, f - k);
}
// From picture coordinates to a plane's: scale is a power of two; offset holds −0.5, so that whole numbers are sample centres.
fn on_grid(p: vec2<f32>, scale: f32, offset: f32) -> vec2<f32> {
    let q = p.x * scale;
    let i = floor(q);
    let f = (q - i) + (p.y * scale + offset);
    let k = floor(f);
    return vec2<f32>(i + k, f - k);
}
// Area of output pixel [i, i + 1) inside [lo, hi).
fn span_coverage(i: f32, lo: f32, hi: f32) -> f32 {
    let c = clamp(min(i + 1.0, hi) - max(i, lo), 0.0, 1.0);
    return select(c, 1.0, c > 0.999999);
}
