//! Turns and mirrors pictures by moving the samples of their planes: no colour is converted and
//! nothing is resampled.
//!
//! Samples are moved in blocks of 64 bits: a block of `N`×`N` samples is `N` words, transposed by
//! exchanging ever larger halves (H. S. Warren, Hacker's Delight, second edition, §7-3).
use crate::buffer_pool::BufferPool;
use cutroom_types::{ChromaLocation, ColorModel, Orientation, Picture, PictureFormat, Plane, Size};

/// Rows become columns: the picture's main diagonal remains.
pub(crate) const TRANSPOSED: Orientation = Orientation { mirrored: true, quarter_turns: 3 };

/// LRU cache of turned pictures: a frame may read one several times, and a still picture is the
/// same in many frames.
#[derive(Default)]
pub(crate) struct TurnCache {
    /// Least recently used first.
    kept: Vec<Kept>,
    buffers: BufferPool,
}

struct Kept {
    /// Keeps the memory alive, so that no other picture gets its address.
    source: Picture,
    by: Orientation,
    turned: Picture,
}

impl TurnCache {
    /// Maximum number of pictures; small, since it keeps the decoder's memory in use.
    const CAPACITY: usize = 3;

    /// The picture turned by `by`, with square pixels and the tags of `source`; see [`turned`].
    pub fn picture(&mut self, source: &Picture, by: Orientation) -> Option<Picture> {
        let found = self.kept.iter().position(|k| k.by == by && is_same(&k.source, source));
        let used = match found {
            Some(i) => self.kept.remove(i),
            // Turned pictures are made in host memory. One that does not come there is drawn turned.
            None => Kept { source: source.clone(), by, turned: turned(&source.on_host().ok()?, by, &self.buffers)? },
        };
        let picture = Picture { color: source.color, alpha: source.alpha, ..used.turned.clone() };
        if self.kept.len() >= Self::CAPACITY {
            self.kept.remove(0);
        }
        self.kept.push(used);
        Some(picture)
    }
}

/// Whether two pictures have the same planes in the same memory.
fn is_same(a: &Picture, b: &Picture) -> bool {
    let place = |p: &Plane| (p.data().as_ptr() as usize, p.stride_bytes());
    let surface = |p: &Picture| p.device.as_ref().map(|frame| (frame.address(), frame.only));
    a.format == b.format
        && a.size == b.size
        && surface(a) == surface(b)
        && a.planes.iter().map(place).eq(b.planes.iter().map(place))
}

/// Whether turning the planes of a picture moves each chroma sample with the pixels that it is
/// for, to within their siting, and leaves a format of the same kind: planes that are mirrored
/// consist of whole blocks, and chroma is as wide as high if rows become columns.
pub(crate) fn keeps_blocks(format: PictureFormat, size: Size, by: Orientation) -> bool {
    if format.model != ColorModel::Yuv {
        return true;
    }
    let whole = |pixels: u32, shift: u8| pixels.is_multiple_of(1 << shift);
    let square = by.quarter_turns.is_multiple_of(2) || format.chroma_shift_x == format.chroma_shift_y;
    square && whole(size.width, format.chroma_shift_x) && whole(size.height, format.chroma_shift_y)
}

/// The location of chroma after rows have become columns; `None` if it has no name.
pub(crate) fn transposed_location(location: ChromaLocation) -> Option<ChromaLocation> {
    match location {
        ChromaLocation::Left => Some(ChromaLocation::Top),
        ChromaLocation::Top => Some(ChromaLocation::Left),
        ChromaLocation::Center | ChromaLocation::TopLeft => Some(location),
        ChromaLocation::BottomLeft | ChromaLocation::Bottom => None,
    }
}

/// The stored picture brought upright as if `by` were its orientation. `None` when its planes do
/// not have the sizes that its format states.
pub(crate) fn turned(source: &Picture, by: Orientation, buffers: &BufferPool) -> Option<Picture> {
    let quarter = !by.quarter_turns.is_multiple_of(2);
    let (x, y) = (source.format.chroma_shift_x, source.format.chroma_shift_y);
    let format = if quarter { PictureFormat { chroma_shift_x: y, chroma_shift_y: x, ..source.format } } else { source.format };
    let size = by.apply(source.size);
    let mut planes = Vec::with_capacity(source.planes.len());
    for (k, plane) in source.planes.iter().enumerate() {
        let from = source.format.plane_size(k, source.size);
        let to = format.plane_size(k, size);
        let bytes = format.bytes_per_sample();
        if to != by.apply(from) || plane.rows() != from.height as usize || plane.width_bytes() != from.width as usize * bytes {
            return None;
        }
        let stride = to.width as usize * bytes;
        let mut out = buffers.take(stride * to.height as usize);
        match bytes {
            1 => turn_plane::<1, 8>(plane, from, by, &mut out),
            2 => turn_plane::<2, 4>(plane, from, by, &mut out),
            _ => turn_plane::<4, 2>(plane, from, by, &mut out),
        }
        planes.push(Plane::new(buffers.lend(out), 0, stride, stride, to.height as usize)?);
    }
    Some(Picture { alpha: source.alpha, ..Picture::upright(format, size, source.color, planes) })
}

/// Turns a plane of samples of `B` bytes, of which a word holds `N`.
fn turn_plane<const B: usize, const N: usize>(plane: &Plane, from: Size, by: Orientation, out: &mut [u8]) {
    let (w, h) = (from.width as usize, from.height as usize);
    // Output pixel (0, 0) in the source, and whether the source is walked backwards.
    let map = by.stored_from_upright(from);
    if by.quarter_turns.is_multiple_of(2) {
        let (backwards, upwards) = (map.xx < 0.0, map.yy < 0.0);
        for (y, out) in out.chunks_exact_mut(w * B).enumerate() {
            let row = plane.row(if upwards { h - 1 - y } else { y });
            if backwards {
                for (to, from) in out.as_chunks_mut::<B>().0.iter_mut().zip(row.as_chunks::<B>().0.iter().rev()) {
                    *to = *from;
                }
            } else {
                out.copy_from_slice(row);
            }
        }
        return;
    }
    // Output row y is a column of the source, output column x a row.
    let (row_of, column_of) =
        (|x: usize| if map.yx < 0.0 { h - 1 - x } else { x }, |y: usize| if map.xy < 0.0 { w - 1 - y } else { y });
    let stride = h * B;
    let single = |out: &mut [u8], x: usize, y: usize| {
        let at = column_of(y) * B;
        out[y * stride + x * B..][..B].copy_from_slice(&plane.row(row_of(x))[at..at + B]);
    };
    let (whole_x, whole_y) = (h / N * N, w / N * N);
    // Of as many rows and columns as caches hold.
    for y0 in (0..whole_y).step_by(TILE) {
        for x0 in (0..whole_x).step_by(TILE) {
            for x in (x0..whole_x.min(x0 + TILE)).step_by(N) {
                let rows: [&[u8]; N] = std::array::from_fn(|i| plane.row(row_of(x + i)));
                for y in (y0..whole_y.min(y0 + TILE)).step_by(N) {
                    let at = column_of(y).min(column_of(y + N - 1)) * B;
                    let mut block = [0u64; N];
                    for i in 0..N {
                        block[i] = word(rows[i], at);
                    }
                    transpose(&mut block);
                    #[expect(clippy::needless_range_loop, reason = "the adaptors of an iterator were not inlined here")]
                    for i in 0..N {
                        // Columns that are walked backwards were read forwards.
                        let row = if map.xy < 0.0 { y + N - 1 - i } else { y + i };
                        put_word(out, row * stride + x * B, block[i]);
                    }
                }
            }
        }
    }
    for y in 0..w {
        for x in (if y < whole_y { whole_x } else { 0 })..h {
            single(out, x, y);
        }
    }
}

/// Rows and columns of the squares that are turned one after another; a multiple of every `N`.
const TILE: usize = 64;

#[inline(always)]
fn word(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |b| u64::from_le_bytes(*b))
}

#[inline(always)]
fn put_word(bytes: &mut [u8], at: usize, word: u64) {
    if let Some(to) = bytes[at..].first_chunk_mut() {
        *to = word.to_le_bytes();
    }
}

/// Transposes `N` words of `N` samples each, the first in the lowest bits.
#[inline(always)]
fn transpose<const N: usize>(block: &mut [u64; N]) {
    if N > 4 {
        exchange::<N, 4>(block);
    }
    if N > 2 {
        exchange::<N, 2>(block);
    }
    exchange::<N, 1>(block);
}

/// Exchanges the upper halves of groups of twice `HALF` samples with the lower halves of the words
/// `HALF` further on.
#[inline(always)]
fn exchange<const N: usize, const HALF: usize>(block: &mut [u64; N]) {
    let bits = HALF * (64 / N);
    // The lower of every two groups of this many bits.
    let low = u64::MAX / ((1u64 << bits) + 1);
    for i in 0..N {
        if i & HALF == 0 {
            let exchanged = ((block[i] >> bits) ^ block[i + HALF]) & low;
            block[i] ^= exchanged << bits;
            block[i + HALF] ^= exchanged;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_types::ColorTags;

    /// Every sample of every plane is where the orientation's map says, for sizes with and without
    /// whole blocks.
    #[test]
    fn samples_move_as_the_map_says() {
        let formats =
            [PictureFormat::YUV420P8, PictureFormat::yuv(10, 1, 0), PictureFormat::RGB8, PictureFormat::RGB_FLOAT.with_alpha()];
        for format in formats {
            for (width, height) in [(2, 2), (16, 8), (34, 22), (150, 74), (18, 130)] {
                let size = Size { width, height };
                let buffers = (0..format.plane_count() as u32)
                    .map(|k| {
                        let s = format.plane_size(k as usize, size);
                        (0..s.width * s.height * format.bytes_per_sample() as u32).map(|i| (i * 7 + i / 251 + k) as u8).collect()
                    })
                    .collect();
                let source = Picture::from_planes(format, size, ColorTags::BT709, buffers).unwrap();
                for exif in 1..=8 {
                    let by = Orientation::from_exif(exif);
                    let got = turned(&source, by, &BufferPool::default()).unwrap();
                    assert_eq!(got.size, by.apply(size));
                    for k in 0..format.plane_count() {
                        let map = by.stored_from_upright(format.plane_size(k, size));
                        let s = got.format.plane_size(k, got.size);
                        for (x, y) in (0..s.height).flat_map(|y| (0..s.width).map(move |x| (x, y))) {
                            let (sx, sy) = map.apply(f64::from(x) + 0.5, f64::from(y) + 0.5);
                            let want = source.sample(k, sx as usize, sy as usize);
                            assert_eq!(
                                got.sample(k, x as usize, y as usize),
                                want,
                                "{format} {width}×{height} EXIF {exif} at {x},{y}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_picture_is_turned_once() {
        let source = Picture::from_planes(PictureFormat::RGB8, Size { width: 8, height: 8 }, ColorTags::SRGB, vec![vec![1; 64]; 3]);
        let (source, mut cache) = (source.unwrap(), TurnCache::default());
        let [a, b] = [1, 1].map(|_| cache.picture(&source, TRANSPOSED).unwrap());
        assert!(is_same(&a, &b) && !is_same(&a, &source));
    }
}
