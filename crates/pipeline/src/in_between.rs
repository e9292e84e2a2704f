//! Pictures made of several frames of a stream: their mean while a shutter is open, and pictures
//! between two frames along the optical flow.
//!
//! [`InBetween`] belongs to one reader of a stream and keeps what neighbouring requests share: the
//! frames read last, and the flow between the last two.
use cutroom_analysis::{Gray, Interpolator};
use cutroom_media::{DecodedFrame, MediaError, VideoReader};
use cutroom_timeline::SourceFrames;
use cutroom_types::{AlphaMode, FLICKS_PER_SECOND, Picture, Plane, Time, TimeDelta};
use std::sync::Arc;

/// Frames that are kept.
const KEPT_FRAMES: usize = 4;
/// Maximum number of frames that are mixed; of more, as many are taken at equal distances.
const MAX_MIXED: i64 = 64;
/// Within this part of a frame from its start or end, the frame itself is shown.
const ON_FRAME: f64 = 0.02;
/// A frame that is presented for longer is a pause: what follows it does not begin during it.
const LONGEST_FRAME: TimeDelta = TimeDelta(FLICKS_PER_SECOND);

/// Makes pictures of the frames of one stream.
#[derive(Default)]
pub(crate) struct InBetween {
    /// The newest first.
    frames: Vec<DecodedFrame>,
    flow: Option<PairFlow>,
}

/// Two neighbouring frames and the flow between them.
struct PairFlow {
    /// Number of the first frame.
    first: usize,
    interpolator: Interpolator,
    /// Samples of their planes, in codes.
    planes: [Vec<Vec<f32>>; 2],
}

impl InBetween {
    /// The picture that a plan asks for at `time`.
    pub fn picture(&mut self, reader: &mut VideoReader, time: Time, frames: SourceFrames) -> Result<Picture, MediaError> {
        match frames {
            SourceFrames::Nearest => Ok(reader.frame_at(time)?.picture),
            SourceFrames::Blend(length) => self.mixture(reader, time, length),
            SourceFrames::Flow => self.moved(reader, time),
        }
    }

    /// Keeps a frame, in host memory: its samples are read here.
    fn keep(&mut self, frame: DecodedFrame) -> Result<DecodedFrame, MediaError> {
        let operation = "copying a picture from the graphics card";
        let held = frame.picture.on_host().map_err(|e| MediaError::Internal { operation, reason: e.to_string() })?;
        let frame = DecodedFrame { picture: held, ..frame };
        self.frames.retain(|kept| kept.index != frame.index);
        self.frames.insert(0, frame.clone());
        self.frames.truncate(KEPT_FRAMES);
        Ok(frame)
    }

    fn frame_at(&mut self, reader: &mut VideoReader, time: Time) -> Result<DecodedFrame, MediaError> {
        match self.frames.iter().find(|f| f.span.contains(time)) {
            Some(frame) => Ok(frame.clone()),
            None => reader.frame_at(time).and_then(|frame| self.keep(frame)),
        }
    }

    /// The frame after one; the frame itself at the end of the stream.
    fn after(&mut self, reader: &mut VideoReader, frame: &DecodedFrame) -> Result<DecodedFrame, MediaError> {
        match self.frames.iter().find(|f| f.index == frame.index + 1) {
            Some(next) => Ok(next.clone()),
            None => reader.frame(frame.index + 1).and_then(|next| self.keep(next)),
        }
    }

    fn mixture(&mut self, reader: &mut VideoReader, time: Time, length: TimeDelta) -> Result<Picture, MediaError> {
        let end = time.saturating_add(length);
        let mut frame = self.frame_at(reader, time)?;
        let mut parts = vec![(frame.picture.clone(), 0.0)];
        let count = length.0 / frame.span.duration.0.max(1);
        if count > MAX_MIXED {
            parts.clear();
            for k in 0..MAX_MIXED {
                let at = (i128::from(length.0) * i128::from(2 * k + 1) / i128::from(2 * MAX_MIXED)) as i64;
                parts.push((self.frame_at(reader, time.saturating_add(TimeDelta(at)))?.picture, 1.0));
            }
            return Ok(mixed(&parts));
        }
        loop {
            // Before the stream its first frame is presented, after it the last one.
            let until = if frame.span.end() <= time { end } else { frame.span.end().min(end) };
            let part = (until - frame.span.start.max(time)).0.max(0) as f64;
            if let Some(last) = parts.last_mut() {
                last.1 = part;
            }
            if until >= end {
                break;
            }
            let next = self.after(reader, &frame)?;
            if next.index == frame.index {
                if let Some(last) = parts.last_mut() {
                    last.1 += (end - until).0 as f64;
                }
                break;
            }
            parts.push((next.picture.clone(), 0.0));
            frame = next;
        }
        Ok(mixed(&parts))
    }

    fn moved(&mut self, reader: &mut VideoReader, time: Time) -> Result<Picture, MediaError> {
        let frame = self.frame_at(reader, time)?;
        let length = frame.span.duration;
        let phase = (time - frame.span.start).0 as f64 / length.0.max(1) as f64;
        if length > LONGEST_FRAME || !(ON_FRAME..1.0).contains(&phase) {
            return Ok(frame.picture);
        }
        let next = self.after(reader, &frame)?;
        if phase > 1.0 - ON_FRAME {
            return Ok(next.picture);
        }
        let (a, b) = (&frame.picture, &next.picture);
        if next.index == frame.index || a.format != b.format || a.size != b.size {
            return Ok(frame.picture);
        }
        if self.flow.as_ref().is_none_or(|flow| flow.first != frame.index) {
            let (Some(first), Some(second)) = (Gray::of_first_plane(a), Gray::of_first_plane(b)) else {
                return Ok(frame.picture);
            };
            let Some(interpolator) = Interpolator::new(first, second) else { return Ok(frame.picture) };
            self.flow = Some(PairFlow { first: frame.index, interpolator, planes: [samples(a), samples(b)] });
        }
        let Some(flow) = &self.flow else { return Ok(frame.picture) };
        let between = flow.interpolator.at(phase as f32);
        let plane = |k: usize| {
            let size = a.format.plane_size(k, a.size);
            let [from, to] = &flow.planes;
            between.plane(&from[k], &to[k], size.width as usize, size.height as usize)
        };
        Ok(of_samples(a, (0..a.format.plane_count()).map(plane).collect()))
    }
}

/// The weighted mean of pictures of one layout; the heaviest one if layouts differ or nothing else
/// counts. Where they have straight alpha, colour counts by it.
fn mixed(parts: &[(Picture, f64)]) -> Picture {
    let total: f64 = parts.iter().map(|(_, weight)| weight).sum();
    let (heaviest, most) = parts.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or(&parts[0]);
    let counting: Vec<_> = parts.iter().filter(|(_, weight)| *weight > total * ON_FRAME / 2.0).collect();
    let differs = |(p, _): &&(Picture, f64)| p.format != heaviest.format || p.size != heaviest.size;
    if counting.len() < 2 || *most >= total || counting.iter().any(differs) {
        return heaviest.clone();
    }
    let total: f64 = counting.iter().map(|(_, weight)| weight).sum();
    let format = heaviest.format;
    let alpha_plane = (format.alpha && heaviest.alpha == AlphaMode::Straight).then(|| format.plane_count() - 1);
    let mut sums: Vec<Vec<f32>> = Vec::new();
    let mut alphas: Vec<Vec<f32>> = Vec::new();
    for (picture, weight) in counting {
        let share = (weight / total) as f32;
        let mut planes = samples(picture);
        let weights = alpha_plane.map(|k| planes[k].clone());
        for (k, plane) in planes.iter_mut().enumerate() {
            let size = format.plane_size(k, heaviest.size);
            let (sx, sy) = if format.is_chroma(k) { (format.chroma_shift_x, format.chroma_shift_y) } else { (0, 0) };
            let (width, full) = (size.width as usize, heaviest.size);
            // Alpha at the sample, for the colour planes of straight alpha.
            let alpha = |i: usize| match &weights {
                Some(alpha) if Some(k) != alpha_plane => {
                    let x = ((i % width) << sx).min(full.width as usize - 1);
                    let y = ((i / width) << sy).min(full.height as usize - 1);
                    share * alpha[y * full.width as usize + x]
                }
                _ => share,
            };
            if sums.len() <= k {
                sums.push(vec![0.0; plane.len()]);
                alphas.push(vec![0.0; plane.len()]);
            }
            for (i, sample) in plane.iter().enumerate() {
                let alpha = alpha(i);
                sums[k][i] += alpha * sample;
                alphas[k][i] += alpha;
            }
        }
    }
    let means = sums
        .into_iter()
        .zip(alphas)
        .map(|(sum, alpha)| sum.into_iter().zip(alpha).map(|(sum, alpha)| if alpha > 0.0 { sum / alpha } else { 0.0 }).collect());
    of_samples(heaviest, means.collect())
}

/// The samples of each plane, as numbers.
fn samples(picture: &Picture) -> Vec<Vec<f32>> {
    let bytes = picture.format.bytes_per_sample();
    let number = |sample: &[u8]| match *sample {
        [a] => f32::from(a),
        [a, b] => f32::from(u16::from_le_bytes([a, b])),
        [a, b, c, d] => f32::from_le_bytes([a, b, c, d]),
        _ => 0.0,
    };
    let plane = |plane: &Plane| (0..plane.rows()).flat_map(|y| plane.row(y).chunks_exact(bytes).map(number)).collect();
    picture.planes.iter().map(plane).collect()
}

/// A picture like another one with other samples, which are rounded and clamped to its codes.
fn of_samples(like: &Picture, planes: Vec<Vec<f32>>) -> Picture {
    let highest = ((1u32 << like.format.bits.min(16)) - 1) as f32;
    let plane = |(old, samples): (&Plane, Vec<f32>)| {
        let code = |x: &f32| x.round().clamp(0.0, highest);
        let bytes: Vec<u8> = match like.format.bytes_per_sample() {
            1 => samples.iter().map(|x| code(x) as u8).collect(),
            2 => samples.iter().flat_map(|x| (code(x) as u16).to_le_bytes()).collect(),
            _ => samples.iter().flat_map(|x| x.to_le_bytes()).collect(),
        };
        let (width, rows) = (old.width_bytes(), old.rows());
        Plane::new(Arc::new(bytes), 0, width, width, rows).unwrap_or_else(|| old.clone())
    };
    Picture { planes: like.planes.iter().zip(planes).map(plane).collect(), ..like.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_types::{ColorTags, PictureFormat, Size};

    fn picture(format: PictureFormat, planes: Vec<Vec<u8>>) -> Picture {
        Picture::from_planes(format, Size { width: 2, height: 1 }, ColorTags::SRGB, planes).unwrap()
    }

    #[test]
    fn a_mixture_counts_by_weight_and_by_alpha() {
        let gray = PictureFormat { model: cutroom_types::ColorModel::Gray, ..PictureFormat::RGB8 };
        let mean = mixed(&[(picture(gray, vec![vec![0, 100]]), 1.0), (picture(gray, vec![vec![200, 100]]), 3.0)]);
        assert_eq!((mean.sample(0, 0, 0), mean.sample(0, 1, 0)), (150, 100));
        let alone = mixed(&[(picture(gray, vec![vec![7, 8]]), 1.0), (picture(gray, vec![vec![200, 100]]), 0.0)]);
        assert_eq!((alone.sample(0, 0, 0), alone.sample(0, 1, 0)), (7, 8));
        // What is transparent has no colour.
        let gray = gray.with_alpha();
        let mean = mixed(&[
            (picture(gray, vec![vec![50, 50], vec![0, 255]]), 1.0),
            (picture(gray, vec![vec![90, 90], vec![255, 255]]), 1.0),
        ]);
        assert_eq!([mean.sample(0, 0, 0), mean.sample(0, 1, 0), mean.sample(1, 0, 0), mean.sample(1, 1, 0)], [90, 70, 128, 255]);
    }
}
