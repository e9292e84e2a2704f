fn bilinear_KIND(t: texture_2d<TEXEL>, x: vec2<f32>, y: vec2<f32>) -> VALUE {
    let i = i32(x.x);
    let j = i32(y.x);
    let a = load_KIND(t, i, j);
    let b = load_KIND(t, i + 1, j);
    let c = load_KIND(t, i, j + 1);
    let d = load_KIND(t, i + 1, j + 1);
    let p = (b - a) * x.y + a;
    let q = (d - c) * x.y + c;
    return (q - p) * y.y + p;
}
// A triangle of half width `support` ≥ 1 samples, normalised.
fn reduce_KIND(t: texture_2d<TEXEL>, x: vec2<f32>, y: vec2<f32>, support: vec2<f32>) -> VALUE {
    let first = vec2<i32>(floor(vec2<f32>(x.y, y.y) - support)) + 1;
    let last = vec2<i32>(ceil(vec2<f32>(x.y, y.y) + support)) - 1;
    let i = i32(x.x);
    let j = i32(y.x);
    var sum = VALUE();
    var sum_x = 0.0;
    var sum_y = 0.0;
    for (var n = first.x; n <= last.x; n = n + 1) {
        sum_x = sum_x + max(1.0 - abs(f32(n) - x.y) / support.x, 0.0);
    }
    for (var m = first.y; m <= last.y; m = m + 1) {
        let wy = max(1.0 - abs(f32(m) - y.y) / support.y, 0.0);
        sum_y = sum_y + wy;
        var row = VALUE();
        for (var n = first.x; n <= last.x; n = n + 1) {
            let wx = max(1.0 - abs(f32(n) - x.y) / support.x, 0.0);
            row = row + load_KIND(t, i + n, j + m) * wx;
        }
        sum = sum + row * wy;
    }
    return sum / (sum_x * sum_y);
}
