// Four texels around `p`, a position less half a pixel; those outside count as nothing when `fades`.
fn weighed(t: texture_2d<f32>, p: vec2<f32>, fades: bool) -> vec4<f32> {
    let last = vec2<f32>(textureDimensions(t)) - 1.0;
    let a = floor(p);
    let f = p - a;
    var u = vec2<f32>(1.0 - f.x, f.x);
    var v = vec2<f32>(1.0 - f.y, f.y);
    if (fades) {
        u = u * vec2<f32>(select(0.0, 1.0, a.x >= 0.0 && a.x <= last.x), select(0.0, 1.0, a.x + 1.0 <= last.x));
        v = v * vec2<f32>(select(0.0, 1.0, a.y >= 0.0 && a.y <= last.y), select(0.0, 1.0, a.y + 1.0 <= last.y));
    }
    let i = i32(a.x);
    let j = i32(a.y);
    let top = load_c(t, i, j) * u.x + load_c(t, i + 1, j) * u.y;
    let bottom = load_c(t, i, j + 1) * u.x + load_c(t, i + 1, j + 1) * u.y;
    return top * v.x + bottom * v.y;
}
fn sample_clamp(t: texture_2d<f32>, x: f32, y: f32) -> vec4<f32> {
    let size = vec2<f32>(textureDimensions(t));
    return weighed(t, clamp(vec2<f32>(x, y) - 0.5, vec2<f32>(0.0), size - 1.0), false);
}
fn sample_transparent(t: texture_2d<f32>, x: f32, y: f32) -> vec4<f32> {
    let size = vec2<f32>(textureDimensions(t));
    return weighed(t, clamp(vec2<f32>(x, y) - 0.5, vec2<f32>(-1.0), size), true);
}
fn sample_mirror(t: texture_2d<f32>, x: f32, y: f32) -> vec4<f32> {
    let size = vec2<f32>(textureDimensions(t));
    let p = fract(vec2<f32>(x, y) * (0.5 / size));
    return weighed(t, clamp((1.0 - abs(p * 2.0 - 1.0)) * size - 0.5, vec2<f32>(0.0), size - 1.0), false);
}
fn sample_repeat(t: texture_2d<f32>, x: f32, y: f32) -> vec4<f32> {
    let size = vec2<f32>(textureDimensions(t));
    let p = fract(vec2<f32>(x, y) * (1.0 / size)) * size;
    return weighed(t, clamp(p - 0.5, vec2<f32>(0.0), size - 1.0), false);
}
