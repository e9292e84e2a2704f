//! Reads numbered pictures: each file by a decoder of its own, several at the same time while they
//! are asked for in order.
use crate::{
    av_frame::AvFrame,
    convert::{self, StreamTags},
    decoder::{Decoder, Output},
    deinterlace::Deinterlacer,
    error::MediaError,
    index::{MediaIndex, Tables},
    input::{AvPacket, Input},
    numbered::{Row, RowFrame},
    probe,
    report::DecodeReport,
    video::{DecodedFrame, ReadOptions},
};
use cutroom_types::{ColorModel, Deinterlace, Orientation, Picture, Range, Time};
use std::{collections::VecDeque, path::Path, sync::Arc, thread};

/// Files that are decoded at the same time at most.
const MAX_AHEAD: usize = 16;

/// A decoded file.
#[derive(Clone)]
struct Decoded {
    frame: Arc<AvFrame>,
    tags: StreamTags,
    report: DecodeReport,
}

/// Reads a row of numbered pictures.
pub(crate) struct RowReader {
    index: Arc<MediaIndex>,
    tables: Arc<Tables>,
    row: Row,
    options: ReadOptions,
    /// Frames by number, the last decoded ones at the end.
    decoded: VecDeque<(usize, Decoded)>,
    /// The frame that was asked for last.
    last: Option<usize>,
    ready: Option<DecodedFrame>,
    black: Option<Picture>,
    deinterlacer: Option<Deinterlacer>,
    decoded_frames: u64,
    report: DecodeReport,
}

impl RowReader {
    /// A reader of the row of `index`.
    pub fn new(index: Arc<MediaIndex>, tables: Arc<Tables>, row: Row, options: ReadOptions) -> Self {
        Self {
            index,
            tables,
            row,
            options,
            decoded: VecDeque::new(),
            last: None,
            ready: None,
            black: None,
            deinterlacer: None,
            decoded_frames: 0,
            report: DecodeReport::default(),
        }
    }

    pub fn index(&self) -> &Arc<MediaIndex> {
        &self.index
    }

    pub fn frame_count(&self) -> usize {
        self.tables.video[0].frames.len()
    }

    /// The frame that is shown at `t`.
    pub fn frame_at(&self, t: Time) -> usize {
        self.tables.video[0].frame_at(t).unwrap_or(0)
    }

    pub fn decoded_frames(&self) -> u64 {
        self.decoded_frames
    }

    pub fn report(&self) -> DecodeReport {
        self.report.clone()
    }

    /// Frame `i`; numbers past the end return the last one.
    ///
    /// # Errors
    /// The file is gone, cannot be decoded, or differs from the first one in size, format or
    /// orientation; the error names it.
    pub fn frame(&mut self, i: usize) -> Result<DecodedFrame, MediaError> {
        let i = i.min(self.tables.video[0].frames.len().saturating_sub(1));
        if let Some(ready) = self.ready.as_ref().filter(|f| f.index == i) {
            return Ok(ready.clone());
        }
        let picture = match self.row.frame(i) {
            RowFrame::Black => self.black()?,
            RowFrame::File(file) => self.picture(i, &file)?,
        };
        let frame = DecodedFrame { picture, span: self.tables.video[0].span(i), index: i };
        self.ready = Some(frame.clone());
        Ok(frame)
    }

    fn picture(&mut self, i: usize, file: &Path) -> Result<Picture, MediaError> {
        let decoded = self.decoded(i, file)?;
        let is_woven = match self.options.deinterlace {
            Deinterlace::Auto => decoded.frame.get().interlaced_frame != 0,
            Deinterlace::Off => false,
            Deinterlace::On => true,
        };
        let frame = if is_woven { self.deinterlaced(i, &decoded)? } else { Arc::clone(&decoded.frame) };
        let picture = convert::picture(file, &frame, &decoded.tags)?;
        self.compare(file, &picture)?;
        Ok(picture)
    }

    /// All pictures agree with the first one.
    fn compare(&self, file: &Path, picture: &Picture) -> Result<(), MediaError> {
        let first = &self.index.info.video[0];
        let turn = |o: Orientation| {
            format!("turned by {}°{}", u32::from(o.quarter_turns) * 90, if o.mirrored { ", mirrored" } else { "" })
        };
        let (is, wanted) = if picture.size != first.size {
            let text = |s: cutroom_types::Size| format!("{}x{}", s.width, s.height);
            (text(picture.size), text(first.size))
        } else if let Some(format) = first.format.filter(|f| *f != picture.format) {
            (picture.format.to_string(), format.to_string())
        } else if picture.orientation != first.orientation {
            (turn(picture.orientation), turn(first.orientation))
        } else {
            return Ok(());
        };
        Err(MediaError::OtherPicture { path: file.into(), is, first: self.row.first(), wanted })
    }

    /// The decoded file of frame `i`. While frames are asked for in order, the next ones are
    /// decoded at the same time.
    fn decoded(&mut self, i: usize, file: &Path) -> Result<Decoded, MediaError> {
        let goes_on = self.last.is_some_and(|last| last + 1 == i);
        self.last = Some(i);
        if let Some((_, found)) = self.decoded.iter().find(|(n, _)| *n == i) {
            return Ok(found.clone());
        }
        let cores = || thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = if self.options.threads == 0 { cores() } else { self.options.threads }.clamp(1, MAX_AHEAD);
        let ahead = if goes_on { threads } else { 1 };
        let frames = self.tables.video[0].frames.len();
        let next = (i + 1..frames.min(i + ahead)).filter_map(|n| match self.row.frame(n) {
            RowFrame::File(file) => Some((n, file)),
            RowFrame::Black => None,
        });
        let next: Vec<_> = next.collect();
        let (own, others) = thread::scope(|scope| {
            let others: Vec<_> = next.iter().map(|(n, file)| (*n, scope.spawn(move || decode(file)))).collect();
            let own = decode(file);
            (own, others.into_iter().filter_map(|(n, t)| Some((n, t.join().ok()?))).collect::<Vec<_>>())
        });
        let own = own?;
        self.add(i, own.clone(), threads);
        for (n, decoded) in others {
            // An error is reported when its frame is asked for, by decoding again.
            if let Ok(decoded) = decoded {
                self.add(n, decoded, threads);
            }
        }
        Ok(own)
    }

    fn add(&mut self, n: usize, decoded: Decoded, threads: usize) {
        self.decoded_frames += 1;
        self.report.add(&decoded.report);
        self.decoded.retain(|(k, _)| *k != n);
        // Those behind are kept for the deinterlacer and small steps back.
        while self.decoded.len() >= threads + 2 {
            self.decoded.pop_front();
        }
        self.decoded.push_back((n, decoded));
    }

    fn deinterlaced(&mut self, i: usize, this: &Decoded) -> Result<Arc<AvFrame>, MediaError> {
        let mut neighbour = |n: Option<usize>| match n.map(|n| (n, self.row.frame(n))) {
            Some((n, RowFrame::File(file))) if n < self.tables.video[0].frames.len() => {
                let last = self.last;
                let decoded = self.decoded(n, &file);
                self.last = last;
                decoded.map(|d| Some(d.frame))
            }
            _ => Ok(None),
        };
        let (before, after) = (neighbour(i.checked_sub(1))?, neighbour(Some(i + 1))?);
        let mut deinterlacer =
            self.deinterlacer.take().unwrap_or_else(|| Deinterlacer::new(self.options.deinterlace, self.options.field_order));
        let result = deinterlacer.frame(i, before.as_deref(), &this.frame, after.as_deref());
        self.deinterlacer = Some(deinterlacer);
        result.map(Arc::new)
    }

    /// A black, opaque picture like the first one.
    fn black(&mut self) -> Result<Picture, MediaError> {
        if let Some(black) = &self.black {
            return Ok(black.clone());
        }
        let first = self.row.first();
        let like = self.picture(0, &first)?;
        let unsupported = || MediaError::Unsupported { path: first.clone(), what: format!("black in {}", like.format) };
        let planes = (0..like.format.plane_count()).map(|k| black_plane(&like, k)).collect();
        let mut black = Picture::from_planes(like.format, like.size, like.color, planes).ok_or_else(unsupported)?;
        black.are_primaries_guessed = like.are_primaries_guessed;
        black.sample_aspect = like.sample_aspect;
        black.orientation = like.orientation;
        self.black = Some(black.clone());
        Ok(black)
    }
}

/// Plane `k` of a black, opaque picture.
fn black_plane(like: &Picture, k: usize) -> Vec<u8> {
    let (format, bits) = (like.format, u32::from(like.format.bits));
    let size = format.plane_size(k, like.size);
    let samples = size.width as usize * size.height as usize;
    let is_alpha = format.alpha && k + 1 == format.plane_count();
    if bits > 16 {
        return if is_alpha { 1f32.to_le_bytes().repeat(samples) } else { vec![0; 4 * samples] };
    }
    let value: u16 = if is_alpha {
        ((1u32 << bits) - 1) as u16
    } else if format.is_chroma(k) {
        1 << (bits - 1)
    } else if format.model != ColorModel::Rgb && like.color.range == Range::Limited {
        16 << (bits - 8)
    } else {
        0
    };
    if format.bytes_per_sample() == 1 { vec![value as u8; samples] } else { value.to_le_bytes().repeat(samples) }
}

/// Decodes the picture of a file.
fn decode(file: &Path) -> Result<Decoded, MediaError> {
    let mut input = Input::open_undescribed(file)?;
    let nothing = |reason: &str| MediaError::NothingDecoded { path: file.into(), kind: "video", index: 0, reason: reason.into() };
    if input.stream_count() == 0 {
        return Err(nothing("it holds no picture"));
    }
    let mut decoder = Decoder::open(&input, 0, 1)?;
    let tags = probe::still_tags(&input);
    let (mut packet, mut problem) = (AvPacket::new(), None);
    loop {
        match decoder.receive() {
            Output::AvFrame(frame) => return Ok(Decoded { frame: Arc::new(frame), tags, report: decoder.report() }),
            Output::End => {
                let report = decoder.report();
                return Err(nothing(report.messages.first().map_or("the decoder gave no frame", String::as_str)));
            }
            Output::WantsPacket => {
                let has_packet = loop {
                    if !input.read(&mut packet, &mut problem)? {
                        break false;
                    }
                    if packet.get().stream_index == 0 {
                        break true;
                    }
                };
                decoder.send(has_packet.then_some((&mut packet, 0)));
            }
        }
    }
}
