// Planes of a picture, as codes of its own model, become red, green and blue codes for a display.
struct Planes {
    // Kr, Kb; 1 if the planes are red, green and blue already.
    kr: f32,
    kb: f32,
    is_rgb: f32,
    unused: f32,
    // Codes of black and of the range above it: of luma (xy) and of colour differences (zw), 0..=1.
    codes: vec4f,
}
@group(0) @binding(0) var<uniform> planes: Planes;
@group(0) @binding(1) var first: texture_2d<f32>;
@group(0) @binding(2) var second: texture_2d<f32>;
@group(0) @binding(3) var third: texture_2d<f32>;
@group(0) @binding(4) var between: sampler;

@fragment
fn convert(place: Place) -> @location(0) vec4f {
    let codes = vec3f(
        textureSampleLevel(first, between, place.at, 0.0).r,
        textureSampleLevel(second, between, place.at, 0.0).r,
        textureSampleLevel(third, between, place.at, 0.0).r,
    );
    if planes.is_rgb > 0.5 {
        return vec4f(codes, 1.0);
    }
    let luma = (codes.x - planes.codes.x) / planes.codes.y;
    let cb = (codes.y - planes.codes.z) / planes.codes.w;
    let cr = (codes.z - planes.codes.z) / planes.codes.w;
    let red = luma + 2.0 * (1.0 - planes.kr) * cr;
    let blue = luma + 2.0 * (1.0 - planes.kb) * cb;
    let green = (luma - planes.kr * red - planes.kb * blue) / (1.0 - planes.kr - planes.kb);
    return vec4f(clamp(vec3f(red, green, blue), vec3f(0.0), vec3f(1.0)), 1.0);
}
