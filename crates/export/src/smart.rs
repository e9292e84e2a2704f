//! Smart rendering: what of the film is a file's picture, untouched, and in the form of the output, is
//! copied from that file instead of being decoded and encoded again.
use crate::{CopiedSegment, ExportError, ExportPlan, ExportTarget, NotCopied, Segment, SegmentKind, SmartPlan, cuts};
use cutroom_media::{
    MediaIndex,
    copy::{CopySource, CopySpan, EdgeSettings, Reason, merged_extradata},
};
use cutroom_pipeline::{OpenComposition, UntouchedFrames};
use cutroom_timeline::RenderScale;
use cutroom_types::{CancelToken, Time};
use std::{collections::BTreeMap, ops::Range, path::PathBuf, sync::Arc};

/// A run of film frames that are consecutive pictures of one stream.
struct Run {
    film: Range<i64>,
    key: (PathBuf, usize),
    index: Arc<MediaIndex>,
    /// Number of the first picture in the stream.
    first: usize,
}

/// A run, or a part of it, that is copied.
struct Piece {
    film: Range<i64>,
    key: (PathBuf, usize),
    span: CopySpan,
}

/// Why a stream is not copied from.
enum Stream {
    Open(Box<(CopySource, EdgeSettings)>),
    Refused(Reason),
}

/// Divides the film anew into segments that are copied and others, if anything can be copied. Returns what
/// is not, and why.
///
/// # Errors
/// Planning or decoding failed, or `cancel` was cancelled.
pub fn plan_copies(
    composition: &Arc<OpenComposition>,
    plan: &mut ExportPlan,
    segment_secs: f64,
    cancel: &CancelToken,
) -> Result<Vec<NotCopied>, ExportError> {
    let whole = |reason: &str| Ok(vec![NotCopied { frames: plan.frames.clone(), reason: reason.to_owned() }]);
    let ExportTarget::File { settings, .. } = &plan.target else { return whole("nothing is written") };
    let Some(video) = settings.video.clone() else { return whole("no pictures are written") };
    if plan.scale != RenderScale::FULL {
        return whole("the film is written at another scale");
    }
    let container = settings.container.clone();
    let (runs, mut others) = runs(composition, plan, cancel)?;
    let mut streams: BTreeMap<(PathBuf, usize), Stream> = BTreeMap::new();
    for run in &runs {
        streams.entry(run.key.clone()).or_insert_with(|| {
            let opened = CopySource::open(&run.index, run.key.1, plan.rate);
            match opened.and_then(|source| source.fits(&video, &container).map(|edges| (source, edges))) {
                Ok(opened) => Stream::Open(Box::new(opened)),
                Err(reason) => Stream::Refused(reason),
            }
        });
    }
    let mut pieces = Vec::new();
    for run in &runs {
        let named = |reason: &Reason| format!("{}: {reason}", run.key.0.display());
        match streams.get(&run.key) {
            Some(Stream::Open(opened)) => match cut_run(run, &opened.0, &mut pieces) {
                Ok(()) => {}
                Err((frames, reason)) => others.push(NotCopied { frames, reason: named(&reason) }),
            },
            Some(Stream::Refused(reason)) => others.push(NotCopied { frames: run.film.clone(), reason: named(reason) }),
            None => {}
        }
    }
    let (chosen, smart) = compatible(&pieces, streams);
    for piece in pieces.iter().filter(|p| !chosen.contains(&p.key)) {
        let reason = format!("{}: {}", piece.key.0.display(), Reason::OtherSets);
        others.push(NotCopied { frames: piece.film.clone(), reason });
    }
    pieces.retain(|p| chosen.contains(&p.key));
    let Some(smart) = smart.filter(|_| !pieces.is_empty()) else { return Ok(joined(others)) };
    pieces.sort_by_key(|p| p.film.start);
    plan.segments = divided(composition, plan, &pieces, &chosen, segment_secs);
    plan.smart = Some(Arc::new(smart));
    let edges = gaps(&pieces, &plan.frames, &others);
    others.extend(edges);
    Ok(joined(others))
}

/// The runs of untouched frames, and the frames that are drawn.
fn runs(
    composition: &Arc<OpenComposition>,
    plan: &ExportPlan,
    cancel: &CancelToken,
) -> Result<(Vec<Run>, Vec<NotCopied>), ExportError> {
    let mut untouched = UntouchedFrames::new(composition, plan.output);
    let mut starts: BTreeMap<(PathBuf, usize), Vec<Time>> = BTreeMap::new();
    let (mut runs, mut drawn) = (Vec::<Run>::new(), Vec::new());
    for n in plan.frames.clone() {
        if n % 256 == 0 && cancel.is_cancelled() {
            return Err(ExportError::Cancelled { frame: 0, total: (plan.frames.end - plan.frames.start).max(0) as u64 });
        }
        let time = plan.rate.time_of_frame(n);
        let found = untouched.source(n).map_err(|source| ExportError::Frame { frame: n, time, source })?;
        let Some((frame, index)) = found else {
            drawn.push(NotCopied { frames: n..n + 1, reason: "it is drawn: not one picture of a file as it is".into() });
            continue;
        };
        let key = (index.info().path.clone(), frame.stream);
        let starts = starts.entry(key.clone()).or_insert_with(|| index.frame_spans(frame.stream).map(|s| s.start).collect());
        let at = starts.partition_point(|start| *start <= frame.time).saturating_sub(1);
        match runs.last_mut() {
            Some(run) if run.film.end == n && run.key == key && run.first + (n - run.film.start) as usize == at => {
                run.film.end += 1
            }
            _ => runs.push(Run { film: n..n + 1, key, index, first: at }),
        }
    }
    Ok((runs, drawn))
}

/// Adds the pieces of a run that are copied.
fn cut_run(run: &Run, source: &CopySource, pieces: &mut Vec<Piece>) -> Result<(), (Range<i64>, Reason)> {
    let end = run.first + (run.film.end - run.film.start) as usize;
    let film_of = |frame: usize| run.film.start + (frame - run.first) as i64;
    let mut from = run.first;
    while from < end {
        let at = film_of(from);
        match source.copy_span(from..end) {
            Ok(span) => {
                let copied = film_of(span.copy.start)..film_of(span.copy.end);
                from = span.copy.end;
                pieces.push(Piece { film: copied, key: run.key.clone(), span });
            }
            // Behind a piece, what is left is an edge.
            Err(_) if from > run.first => return Ok(()),
            Err(reason) => return Err((at..run.film.end, reason)),
        }
    }
    Ok(())
}

/// The streams whose packets can be in one film, those with most frames first.
fn compatible(pieces: &[Piece], mut streams: BTreeMap<(PathBuf, usize), Stream>) -> (Vec<(PathBuf, usize)>, Option<SmartPlan>) {
    let mut frames: BTreeMap<&(PathBuf, usize), i64> = BTreeMap::new();
    for piece in pieces {
        *frames.entry(&piece.key).or_default() += piece.film.end - piece.film.start;
    }
    let mut order: Vec<_> = frames.into_iter().collect();
    order.sort_by_key(|(key, frames)| (std::cmp::Reverse(*frames), (*key).clone()));
    let mut chosen = Vec::new();
    let mut smart: Option<SmartPlan> = None;
    for (key, _) in order {
        let Some(Stream::Open(opened)) = streams.remove(key) else { continue };
        let (source, edges) = *opened;
        let edges = smart.as_ref().map_or(edges, |s| s.edges.clone());
        let mut sources = smart.as_ref().map_or_else(Vec::new, |s| s.sources.iter().collect());
        sources.push(&source);
        let Ok(parameters) = merged_extradata(&sources, &edges) else { continue };
        chosen.push(key.clone());
        match &mut smart {
            Some(smart) => {
                smart.parameters = parameters;
                smart.sources.push(source);
            }
            None => smart = Some(SmartPlan { edges, parameters, sources: vec![source] }),
        }
    }
    (chosen, smart)
}

/// Copied pieces as segments, and the rest between them divided as usual.
fn divided(
    composition: &Arc<OpenComposition>,
    plan: &ExportPlan,
    pieces: &[Piece],
    chosen: &[(PathBuf, usize)],
    secs: f64,
) -> Vec<Segment> {
    let mut segments = Vec::new();
    let encode = |frames: Range<i64>, segments: &mut Vec<Segment>| {
        if !frames.is_empty() {
            let parts = cuts::segments(composition.composition(), frames, secs);
            segments.extend(parts.into_iter().map(|frames| Segment { frames, kind: SegmentKind::Encode }));
        }
    };
    let mut at = plan.frames.start;
    for piece in pieces {
        encode(at..piece.film.start, &mut segments);
        let source = chosen.iter().position(|key| *key == piece.key).unwrap_or_default();
        let kind = SegmentKind::Copy(Box::new(CopiedSegment { source, span: piece.span.clone() }));
        segments.push(Segment { frames: piece.film.clone(), kind });
        at = piece.film.end;
    }
    encode(at..plan.frames.end, &mut segments);
    segments
}

/// Frames beside copied ones for which nothing is said yet.
fn gaps(pieces: &[Piece], film: &Range<i64>, said: &[NotCopied]) -> Vec<NotCopied> {
    let mut known: Vec<Range<i64>> = said.iter().map(|n| n.frames.clone()).chain(pieces.iter().map(|p| p.film.clone())).collect();
    known.sort_by_key(|r| r.start);
    let mut at = film.start;
    let mut found = Vec::new();
    let reason = "the rest of a group of pictures beside a cut, encoded to match";
    for range in known.into_iter().chain(std::iter::once(film.end..film.end)) {
        if range.start > at {
            found.push(NotCopied { frames: at..range.start, reason: reason.to_owned() });
        }
        at = at.max(range.end);
    }
    found
}

/// Neighbours of one reason as one.
fn joined(mut all: Vec<NotCopied>) -> Vec<NotCopied> {
    all.sort_by_key(|n| n.frames.start);
    let mut made: Vec<NotCopied> = Vec::new();
    for n in all {
        match made.last_mut() {
            Some(last) if last.frames.end == n.frames.start && last.reason == n.reason => last.frames.end = n.frames.end,
            _ => made.push(n),
        }
    }
    made
}
