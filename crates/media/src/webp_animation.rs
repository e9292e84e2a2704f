//! Animated WebP (RFC 9649 §2.7): which parts of the file are frames, and how they are composed.
//! The pictures themselves are decoded by the crate `image-webp`, each as a still; what is shown
//! after another is composed here, as that crate clears the wrong part of a canvas.
use cutroom_types::Size;
use image_webp::WebPDecoder;
use std::io::{Cursor, Read, Seek, SeekFrom};

/// Bytes at the start of a file that tell whether it is an animation.
pub(crate) const HEAD_BYTES: usize = 30;
/// Most pixels of a canvas, of which each takes 4 bytes.
const MAX_PIXELS: u64 = 1 << 26;
/// Longest side of a canvas, pixels.
const MAX_SIDE: u32 = 16_384;
/// How long a frame is shown that states 0 ms, as browsers do.
const DEFAULT_MS: i64 = 100;
/// Bytes of `ANMF` before the picture.
const FRAME_HEAD: usize = 16;

/// A frame as the file describes it.
#[derive(Clone, Copy, Debug)]
struct Frame {
    /// Where its picture is in the file, bytes.
    at: u64,
    length: u64,
    /// Its place on the canvas, pixels.
    x: u32,
    y: u32,
    size: Size,
    ms: i64,
    /// Whether it is drawn over what is there, and does not replace it.
    is_blended: bool,
    /// Whether its place becomes transparent after it.
    is_cleared: bool,
}

impl Frame {
    fn covers(&self, canvas: Size) -> bool {
        self.size == canvas
    }
}

/// An animation, of which one frame is in memory.
pub struct Animation<R> {
    file: R,
    size: Size,
    frames: Vec<Frame>,
    warnings: Vec<String>,
    /// RGBA, straight alpha, row by row; empty before the first frame.
    canvas: Vec<u8>,
    /// The frame on the canvas.
    shown: Option<usize>,
}

/// Whether a file that begins with `head` is an animated WebP.
pub(crate) fn is_animated(head: &[u8]) -> bool {
    head.starts_with(b"RIFF") && head.get(8..16) == Some(b"WEBPVP8X") && head.get(20).is_some_and(|flags| flags & 2 != 0)
}

fn u24(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], 0])
}

impl<R: Read + Seek> Animation<R> {
    /// Finds the frames of a file.
    ///
    /// # Errors
    /// It is no animated WebP, has no frame, or is too large.
    pub fn open(mut file: R) -> Result<Self, String> {
        let text = |e: std::io::Error| e.to_string();
        let length = file.seek(SeekFrom::End(0)).map_err(text)?;
        file.rewind().map_err(text)?;
        let mut head = [0; HEAD_BYTES];
        file.read_exact(&mut head).map_err(|_| "it ends inside its header: it was cut off or is damaged".to_owned())?;
        if !is_animated(&head) {
            return Err("it is no animated WebP".into());
        }
        let size = Size { width: u24(&head, 24) + 1, height: u24(&head, 27) + 1 };
        if size.width.max(size.height) > MAX_SIDE || u64::from(size.width) * u64::from(size.height) > MAX_PIXELS {
            return Err(format!(
                "it is an animation of {}×{} pixels; at most {MAX_PIXELS} pixels and {MAX_SIDE} a side are read",
                size.width, size.height
            ));
        }
        let (mut frames, mut warnings) = (Vec::new(), Vec::new());
        // Chunks have an even number of bytes.
        let mut at = 20 + u64::from(u32::from_le_bytes([head[16], head[17], head[18], head[19]])).next_multiple_of(2);
        let end = 8 + u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        while at + 8 <= end {
            let mut chunk = [0; 8 + FRAME_HEAD];
            file.seek(SeekFrom::Start(at)).map_err(text)?;
            let read = Read::take(&mut file, chunk.len() as u64);
            let got = read_up_to(read, &mut chunk).map_err(text)?;
            let body = u64::from(u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]));
            if got < 8 || at + 8 + body > length {
                let count = frames.len();
                warnings.push(format!("it was cut off or is damaged: it ends after frame {count} of its animation"));
                break;
            }
            if chunk.starts_with(b"ANMF") {
                let n = frames.len();
                let b = &chunk[8..];
                if body < FRAME_HEAD as u64 {
                    return Err(format!("its frame {n} is damaged"));
                }
                let frame = Frame {
                    at: at + 8 + FRAME_HEAD as u64,
                    length: body - FRAME_HEAD as u64,
                    x: 2 * u24(b, 0),
                    y: 2 * u24(b, 3),
                    size: Size { width: u24(b, 6) + 1, height: u24(b, 9) + 1 },
                    ms: match i64::from(u24(b, 12)) {
                        0 => DEFAULT_MS,
                        ms => ms,
                    },
                    is_blended: b[15] & 2 == 0,
                    is_cleared: b[15] & 1 != 0,
                };
                if frame.x + frame.size.width > size.width || frame.y + frame.size.height > size.height {
                    return Err(format!("its frame {n} lies outside its canvas"));
                }
                frames.push(frame);
            }
            at += 8 + body.next_multiple_of(2);
        }
        if frames.is_empty() {
            return Err("its animation has no frames: it was cut off or is damaged".into());
        }
        Ok(Self { file, size, frames, warnings, canvas: Vec::new(), shown: None })
    }

    /// Pixels of the canvas.
    pub fn size(&self) -> Size {
        self.size
    }

    /// What is wrong with the file.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Start of each frame and the end of the last one, milliseconds.
    pub fn starts_ms(&self) -> Vec<i64> {
        let mut at = 0;
        let ends = self.frames.iter().map(|f| {
            at += f.ms;
            at
        });
        std::iter::once(0).chain(ends).collect()
    }

    /// What is shown during frame `n`: RGBA with straight alpha, row by row.
    ///
    /// # Errors
    /// It is damaged, or there is no such frame.
    pub fn frame(&mut self, n: usize) -> Result<&[u8], String> {
        if n >= self.frames.len() {
            return Err("there is no such frame".into());
        }
        // The last frame from which on nothing before it is seen.
        let from = (0..=n).rev().find(|&k| k == 0 || (self.frames[k].covers(self.size) && !self.frames[k].is_blended));
        let mut from = from.unwrap_or(0);
        match self.shown {
            Some(shown) if (from..=n).contains(&shown) => from = shown + 1,
            _ => {
                self.canvas.clear();
                self.canvas.resize(4 * self.size.width as usize * self.size.height as usize, 0);
            }
        }
        for k in from..=n {
            self.shown = None;
            self.draw(k)?;
            self.shown = Some(k);
        }
        Ok(&self.canvas)
    }

    /// Draws frame `k` on what is left of the one before.
    fn draw(&mut self, k: usize) -> Result<(), String> {
        let frame = self.frames[k];
        let pixels = self.picture(&frame)?;
        let stride = 4 * self.size.width as usize;
        let rows = |f: &Frame| {
            let (x, y, width) = (f.x as usize, f.y as usize, f.size.width as usize);
            (y..y + f.size.height as usize).map(move |y| y * stride + 4 * x..y * stride + 4 * (x + width))
        };
        if let Some(before) = k.checked_sub(1).map(|k| self.frames[k]).filter(|f| f.is_cleared) {
            rows(&before).for_each(|row| self.canvas[row].fill(0));
        }
        for (row, pixels) in rows(&frame).zip(pixels.chunks_exact(4 * frame.size.width as usize)) {
            let row = &mut self.canvas[row];
            if frame.is_blended {
                row.chunks_exact_mut(4).zip(pixels.chunks_exact(4)).for_each(|(below, above)| blend(below, above));
            } else {
                row.copy_from_slice(pixels);
            }
        }
        Ok(())
    }

    /// The picture of a frame, RGBA.
    fn picture(&mut self, frame: &Frame) -> Result<Vec<u8>, String> {
        self.file.seek(SeekFrom::Start(frame.at)).map_err(|e| e.to_string())?;
        let mut data = Vec::new();
        Read::take(&mut self.file, frame.length).read_to_end(&mut data).map_err(|e| e.to_string())?;
        let mut decoder = WebPDecoder::new(Cursor::new(still(&data, frame.size)?)).map_err(|e| e.to_string())?;
        let (width, height) = decoder.dimensions();
        if (Size { width, height }) != frame.size {
            let stated = frame.size;
            return Err(format!("its picture has {width}×{height} pixels instead of {}×{}", stated.width, stated.height));
        }
        let mut pixels = vec![0; decoder.output_buffer_size().ok_or("it is too large")?];
        decoder.read_image(&mut pixels).map_err(|e| e.to_string())?;
        if decoder.has_alpha() {
            return Ok(pixels);
        }
        Ok(pixels.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect())
    }
}

/// Reads until `buffer` is full or the end; returns the number of bytes.
fn read_up_to(mut from: impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match from.read(&mut buffer[got..])? {
            0 => break,
            n => got += n,
        }
    }
    Ok(got)
}

/// The picture of a frame as a file of its own.
fn still(data: &[u8], size: Size) -> Result<Vec<u8>, String> {
    let chunk = |name: &[u8; 4], body: &[u8]| {
        let padding = &[0][..body.len() % 2];
        [&name[..], &(body.len() as u32).to_le_bytes(), body, padding].concat()
    };
    let (mut alpha, mut picture, mut rest) = (Vec::new(), None, data);
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let body = after.get(..length).ok_or("its picture is cut off")?;
        match &head[..4] {
            b"ALPH" if alpha.is_empty() => alpha = chunk(b"ALPH", body),
            b"VP8 " => picture = picture.or_else(|| Some(chunk(b"VP8 ", body))),
            b"VP8L" => picture = picture.or_else(|| Some(chunk(b"VP8L", body))),
            _ => {}
        }
        rest = after.get(length.next_multiple_of(2)..).unwrap_or_default();
    }
    let picture = picture.ok_or("it holds no picture")?;
    // Lossless pictures hold their alpha themselves.
    if alpha.is_empty() || picture.starts_with(b"VP8L") {
        return Ok(chunk(b"RIFF", &[&b"WEBP"[..], &picture].concat()));
    }
    let side = |n: u32| (n - 1).to_le_bytes();
    let [width, height] = [side(size.width), side(size.height)];
    let head = chunk(b"VP8X", &[&[0x10, 0, 0, 0][..], &width[..3], &height[..3]].concat());
    Ok(chunk(b"RIFF", &[&b"WEBP"[..], &head, &alpha, &picture].concat()))
}

/// Draws a pixel with straight alpha over another (RFC 9649 §2.7.1.1, "alpha-blending"), rounded.
fn blend(below: &mut [u8], above: &[u8]) {
    let (a, b) = (u32::from(above[3]), u32::from(below[3]));
    if a == 0 {
        return;
    }
    // Parts of 255².
    let (over, under) = (a * 255, b * (255 - a));
    let all = over + under;
    for c in 0..3 {
        below[c] = ((u32::from(above[c]) * over + u32::from(below[c]) * under + all / 2) / all) as u8;
    }
    below[3] = ((all + 127) / 255) as u8;
}
