// The four samples in one instruction; the sampler holds the edges, `texel` is one over the size. Half way between sample centres nothing depends on rounding.
fn bilinear_KIND(t: texture_2d<TEXEL>, x: vec2<f32>, y: vec2<f32>, texel: vec2<f32>) -> VALUE {
    let v = vec4<f32>(textureGather(COMPONENT, t, near, (vec2<f32>(x.x, y.x) + 1.0) * texel));
    let p = (v.z - v.w) * x.y + v.w;
    let q = (v.y - v.x) * x.y + v.x;
    return (q - p) * y.y + p;
}
// A triangle of half width `support` ≥ 1 samples, normalised; four samples at once.
fn reduce_KIND(t: texture_2d<TEXEL>, x: vec2<f32>, y: vec2<f32>, support: vec2<f32>, texel: vec2<f32>) -> VALUE {
    let first = vec2<i32>(floor(vec2<f32>(x.y, y.y) - support)) + 1;
    let last = vec2<i32>(ceil(vec2<f32>(x.y, y.y) + support)) - 1;
    let per = 1.0 / support;
    var sum = 0.0;
    var sum_x = 0.0;
    var sum_y = 0.0;
    for (var n = first.x; n <= last.x; n = n + 1) {
        sum_x = sum_x + max(1.0 - abs(f32(n) - x.y) * per.x, 0.0);
    }
    for (var m = first.y; m <= last.y; m = m + 2) {
        let wy = max(1.0 - abs(vec2<f32>(f32(m), f32(m) + 1.0) - y.y) * per.y, vec2<f32>(0.0));
        sum_y = sum_y + (wy.x + wy.y);
        var top = 0.0;
        var bottom = 0.0;
        for (var n = first.x; n <= last.x; n = n + 2) {
            let wx = max(1.0 - abs(vec2<f32>(f32(n), f32(n) + 1.0) - x.y) * per.x, vec2<f32>(0.0));
            let v = vec4<f32>(textureGather(COMPONENT, t, near, (vec2<f32>(x.x + f32(n), y.x + f32(m)) + 1.0) * texel));
            top = top + (v.w * wx.x + v.z * wx.y);
            bottom = bottom + (v.x * wx.x + v.y * wx.y);
        }
        sum = sum + (top * wy.x + bottom * wy.y);
    }
    return sum / (sum_x * sum_y);
}
