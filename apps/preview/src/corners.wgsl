// Three corners that cover the whole target; `at` is 0..=1 in both directions, from the top left.
struct Place {
    @builtin(position) position: vec4f,
    @location(0) at: vec2f,
}

@vertex
fn corners(@builtin(vertex_index) n: u32) -> Place {
    let at = vec2f(f32((n << 1u) & 2u), f32(n & 2u));
    return Place(vec4f(at.x * 2.0 - 1.0, 1.0 - at.y * 2.0, 0.0, 1.0), at);
}

