//! Writes small OpenEXR files by the format's description (openexr.com, "OpenEXR File Layout"):
//! float channels, no compression, one part or several, with windows of any place.

/// Left, top, right, bottom in pixels, all inclusive.
pub type Window = [i32; 4];

/// A part: where its pixels are, what is displayed, and R, G, B of the pixel at (x, y).
pub struct Part<'a> {
    pub data: Window,
    pub display: Window,
    pub pixel: &'a dyn Fn(i32, i32) -> [f32; 3],
}

fn attribute(out: &mut Vec<u8>, name: &str, kind: &str, value: &[u8]) {
    for text in [name, kind] {
        out.extend_from_slice(text.as_bytes());
        out.push(0);
    }
    out.extend((value.len() as u32).to_le_bytes());
    out.extend_from_slice(value);
}

fn window(w: Window) -> Vec<u8> {
    w.iter().flat_map(|n| n.to_le_bytes()).collect()
}

fn header(part: &Part<'_>, number: Option<usize>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut channels = Vec::new();
    for name in ["B", "G", "R"] {
        channels.extend_from_slice(name.as_bytes());
        channels.push(0);
        // Float, perceptually linear no, reserved, sampled at every pixel.
        for n in [2u32, 0, 1, 1] {
            channels.extend(n.to_le_bytes());
        }
    }
    channels.push(0);
    attribute(&mut out, "channels", "chlist", &channels);
    attribute(&mut out, "compression", "compression", &[0]);
    attribute(&mut out, "dataWindow", "box2i", &window(part.data));
    attribute(&mut out, "displayWindow", "box2i", &window(part.display));
    attribute(&mut out, "lineOrder", "lineOrder", &[0]);
    attribute(&mut out, "pixelAspectRatio", "float", &1f32.to_le_bytes());
    attribute(&mut out, "screenWindowCenter", "v2f", &[0; 8]);
    attribute(&mut out, "screenWindowWidth", "float", &1f32.to_le_bytes());
    if let Some(number) = number {
        let rows = (part.data[3] - part.data[1] + 1) as u32;
        attribute(&mut out, "name", "string", format!("part{number}").as_bytes());
        attribute(&mut out, "type", "string", b"scanlineimage");
        attribute(&mut out, "chunkCount", "int", &rows.to_le_bytes());
    }
    out.push(0);
    out
}

/// The file.
pub fn exr(parts: &[Part<'_>]) -> Vec<u8> {
    let is_multi = parts.len() > 1;
    let mut out = 20_000_630u32.to_le_bytes().to_vec();
    out.extend((2u32 | if is_multi { 0x1000 } else { 0 }).to_le_bytes());
    for (n, part) in parts.iter().enumerate() {
        out.extend(header(part, is_multi.then_some(n)));
    }
    if is_multi {
        out.push(0);
    }
    let chunks: Vec<Vec<u8>> = parts
        .iter()
        .enumerate()
        .flat_map(|(n, part)| {
            let [left, top, right, bottom] = part.data;
            (top..=bottom).map(move |y| {
                let mut chunk = if is_multi { (n as u32).to_le_bytes().to_vec() } else { Vec::new() };
                chunk.extend(y.to_le_bytes());
                chunk.extend((12 * (right - left + 1) as u32).to_le_bytes());
                for c in [2, 1, 0] {
                    (left..=right).for_each(|x| chunk.extend((part.pixel)(x, y)[c].to_le_bytes()));
                }
                chunk
            })
        })
        .collect();
    let mut at = out.len() + 8 * chunks.len();
    for chunk in &chunks {
        out.extend((at as u64).to_le_bytes());
        at += chunk.len();
    }
    out.extend(chunks.into_iter().flatten());
    out
}
