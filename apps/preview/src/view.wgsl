// A picture, or two with a line between them, placed on a part of the window.
struct View {
    // Size of the part in pixels of the screen.
    part: vec2f,
    // Where the picture's top left corner is in the part, and the pixels of the screen for each of
    // the film's.
    origin: vec2f,
    zoom: f32,
    // Where the second picture begins, in pixels of the screen; beyond the part if there is none.
    line: f32,
    // 0 all, 1 red, 2 green, 3 blue, 4 alpha, 5 luma.
    channel: u32,
    // 1 if the target decodes what is written into it.
    is_linear: u32,
    // Size of the film's pictures in its pixels.
    film: vec2f,
    unused: vec2f,
}
@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var left: texture_2d<f32>;
@group(0) @binding(2) var right: texture_2d<f32>;
@group(0) @binding(3) var smooth_between: sampler;
@group(0) @binding(4) var nearest: sampler;

// Codes of a picture at a place of the film, 0..=1 in both directions. `step` is one pixel of the
// screen.
fn codes(picture: texture_2d<f32>, at: vec2f, step: vec2f) -> vec4f {
    let size = vec2f(textureDimensions(picture));
    let shrunk = max(step.x * size.x, step.y * size.y);
    if shrunk <= 0.5 {
        return textureSampleLevel(picture, nearest, at, 0.0);
    }
    // A smaller picture is the mean of what a pixel of the screen covers.
    // Each sample is the mean of up to four of the picture's.
    let taps = u32(clamp(ceil(shrunk / 2.0), 1.0, 6.0));
    var sum = vec4f(0.0);
    for (var y = 0u; y < taps; y++) {
        for (var x = 0u; x < taps; x++) {
            let offset = (vec2f(f32(x), f32(y)) + 0.5) / f32(taps) - 0.5;
            sum += textureSampleLevel(picture, smooth_between, at + offset * step, 0.0);
        }
    }
    return sum / f32(taps * taps);
}

fn decoded(code: vec3f) -> vec3f {
    return select(pow((code + 0.055) / 1.055, vec3f(2.4)), code / 12.92, code <= vec3f(0.04045));
}

@fragment
fn show(place: Place) -> @location(0) vec4f {
    let pixel = place.at * view.part;
    let at = (pixel - view.origin) / (view.zoom * view.film);
    if any(at < vec2f(0.0)) || any(at >= vec2f(1.0)) {
        discard;
    }
    let step = 1.0 / (view.zoom * view.film);
    var code = vec4f(0.0);
    if pixel.x < view.line {
        code = codes(left, at, step);
    } else {
        code = codes(right, at, step);
    }
    var seen = code.rgb;
    switch view.channel {
        case 1u: { seen = code.rrr; }
        case 2u: { seen = code.ggg; }
        case 3u: { seen = code.bbb; }
        case 4u: { seen = code.aaa; }
        case 5u: { seen = vec3f(dot(code.rgb, vec3f(0.2126, 0.7152, 0.0722))); }
        default: {}
    }
    if view.is_linear == 1u {
        seen = decoded(seen);
    }
    return vec4f(seen, 1.0);
}
