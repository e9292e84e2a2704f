fn load_KIND(t: texture_2d<TEXEL>, x: i32, y: i32) -> VALUE {
    let last = vec2<i32>(textureDimensions(t)) - 1;
    return FETCH(textureLoad(t, clamp(vec2<i32>(x, y), vec2<i32>(0), last), 0));
}
