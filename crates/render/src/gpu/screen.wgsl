struct Numbers { rasters: array<vec4<u32>, 5>, v: array<vec4<f32>, 1> }
@group(0) @binding(0) var<uniform> u: Numbers;
@group(0) @binding(1) var target_texture: texture_storage_2d<rgba8unorm, write>;
// Planes of bytes, rows padded to words.
@group(0) @binding(2) var<storage, read> words: array<u32>;

fn code(k: u32, p: vec2<u32>) -> f32 {
    let plane = u.rasters[k + 1u];
    let word = words[plane.x + p.y * plane.y + p.x / 4u];
    return f32((word >> (p.x % 4u * 8u)) & 255u) / 255.0;
}
// rasters[0] = width, height; rasters[1 + k] = word offset, words per row of plane k
@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if (any(id.xy >= u.rasters[0].xy)) {
        return;
    }
    textureStore(target_texture, vec2<i32>(id.xy), vec4<f32>(code(0u, id.xy), code(1u, id.xy), code(2u, id.xy), 1.0));
}
