struct Numbers { rasters: array<vec4<u32>, 5>, v: array<vec4<f32>, 1> }
@group(0) @binding(0) var<uniform> u: Numbers;
@group(0) @binding(1) var target_texture: texture_storage_2d<rgba16float, write>;
@group(0) @binding(2) var source: texture_2d<f32>;
// [0] the centre tap, [k] both neighbours k away.
@group(0) @binding(3) var<storage, read> weights: array<f32>;

fn load(p: vec2<i32>, size: vec2<i32>) -> vec4<f32> {
    return textureLoad(source, clamp(p, vec2<i32>(0), size - 1), 0);
}
// rasters[0] = width, height, step right, step down; rasters[1].x = number of weights
@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let size = vec2<i32>(u.rasters[0].xy);
    let p = vec2<i32>(id.xy);
    if (any(p >= size)) {
        return;
    }
    let step = vec2<i32>(u.rasters[0].zw);
    var sum = load(p, size) * weights[0];
    for (var k = 1u; k < u.rasters[1].x; k = k + 1u) {
        let d = step * i32(k);
        sum = sum + (load(p - d, size) + load(p + d, size)) * weights[k];
    }
    textureStore(target_texture, p, sum);
}
