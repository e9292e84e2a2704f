// pcg3d; see `Real::hash`.
fn hash3(x: f32, y: f32, z: f32) -> f32 {
    var v = bitcast<vec3<u32>>(vec3<i32>(vec3<f32>(x, y, z))) * 1664525u + 1013904223u;
    v.x = v.x + v.y * v.z;
    v.y = v.y + v.z * v.x;
    v.z = v.z + v.x * v.y;
    v = v ^ (v >> vec3<u32>(16u));
    v.x = v.x + v.y * v.z;
    return f32(v.x >> 8u) * (1.0 / 16777216.0);
}
