//! Opens one video stream of a file with its decoder.
use crate::{
    av_frame::AvFrame,
    decoder::{Decoder, Output},
    error::MediaError,
    hardware::{DecodeChoice, Device, Kept},
    input::{AvPacket, Input},
    report::DecodeReport,
};
use cutroom_types::{CancelToken, DeviceId};
use std::{collections::BTreeSet, path::Path, sync::Arc};

/// Opens the file such that it delivers packets of this stream only, and a decoder with `threads`
/// threads, 0 for one per core.
pub(crate) fn open_stream(path: &Path, stream: usize, threads: usize) -> Result<(Input, Decoder), MediaError> {
    let input = open_only(path, stream)?;
    let decoder = Decoder::open(&input, stream, threads)?;
    Ok((input, decoder))
}

/// The file, which delivers packets of this stream only.
pub(crate) fn open_only(path: &Path, stream: usize) -> Result<Input, MediaError> {
    let mut input = Input::open(path)?;
    if stream >= input.stream_count() {
        // MPEG-PS lists a stream only once one of its packets was read; scanning found it, opening
        // may not.
        return Err(MediaError::NotMedia { path: path.into(), reason: format!("stream {stream} was not found again") });
    }
    input.only(stream);
    Ok(input)
}

/// Opens a stream with a decoder that `device` takes part in, or without if it does not decode the
/// stream, which is noted.
pub(crate) fn open_with(
    path: &Path,
    stream: usize,
    threads: usize,
    (choice, keep_on): (DecodeChoice, Option<DeviceId>),
    device: Option<Arc<Device>>,
    report: &mut DecodeReport,
) -> Result<(Input, Decoder, Option<Kept>), MediaError> {
    let Some(device) = device else {
        let (input, decoder) = open_stream(path, stream, threads)?;
        return Ok((input, decoder, None));
    };
    let input = open_only(path, stream)?;
    match Decoder::open_on(&input, stream, &device) {
        Ok(decoder) => Ok((input, decoder, Some(Kept::of(device, keep_on)))),
        Err(why) => {
            note_fallback(report, choice, device.kind.id, &why);
            let decoder = Decoder::open(&input, stream, threads)?;
            Ok((input, decoder, None))
        }
    }
}

/// Notes that a stream is decoded in software; that is a remark where a device was named.
pub(crate) fn note_fallback(report: &mut DecodeReport, choice: DecodeChoice, device: &str, why: &str) {
    report.fell_back = Some(why.to_owned());
    if choice.is_named() {
        report.remarks.push(format!("decoded by the processor, not by {device}: {why}"));
    }
}

/// Decodes the first `count` packets of an opened stream from its beginning, all if `count` is
/// `None`, and calls `visit` with every frame, whose `pts` is its packet's ordinal, and the number of
/// packets sent so far. Returns the number of packets. `cancel` is checked at every one.
pub(crate) fn decode_all(
    (mut input, mut decoder): (Input, Decoder),
    stream: usize,
    count: Option<usize>,
    cancel: &CancelToken,
    mut visit: impl FnMut(&AvFrame, usize),
) -> Result<usize, MediaError> {
    let (mut packet, mut problem, mut ordinal) = (AvPacket::new(), None, 0);
    loop {
        match decoder.receive() {
            Output::AvFrame(f) => visit(&f, ordinal),
            Output::End => return Ok(ordinal),
            Output::WantsPacket => loop {
                if cancel.is_cancelled() {
                    return Err(MediaError::Stopped { path: input.path().to_owned() });
                }
                if count == Some(ordinal) || !input.read(&mut packet, &mut problem)? {
                    decoder.send(None);
                    break;
                }
                if packet.get().stream_index as usize == stream {
                    decoder.send(Some((&mut packet, ordinal as i64)));
                    ordinal += 1;
                    break;
                }
            },
        }
    }
}

/// Ordinals of a stream's packets in the order in which the decoder outputs their frames.
pub(crate) fn order_by_decoding(path: &Path, stream: usize, cancel: &CancelToken) -> Result<Vec<u32>, MediaError> {
    let mut order = Vec::new();
    decode_all(open_stream(path, stream, 0)?, stream, None, cancel, |f, _| order.extend(u32::try_from(f.get().pts).ok()))?;
    Ok(order)
}

/// Ordinals of the packets among the first `count` of a stream whose frames the decoder gives
/// without damage when it begins at the first packet.
pub(crate) fn whole_from_start(
    path: &Path,
    stream: usize,
    count: usize,
    cancel: &CancelToken,
) -> Result<BTreeSet<u32>, MediaError> {
    let (input, mut decoder) = open_stream(path, stream, 1)?;
    decoder.refuse_damaged();
    let mut whole = BTreeSet::new();
    decode_all((input, decoder), stream, Some(count), cancel, |f, _| {
        if !f.is_damaged() {
            whole.extend(u32::try_from(f.get().pts).ok());
        }
    })?;
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet_length::count_by_decoding;
    use cutroom_test_support::media;

    #[test]
    fn decoding_to_understand_a_file_is_cancelled() {
        let (Some(avi), Some(dts)) = (media("found/skip_h264b.avi"), media("found/dts48_3s.mkv")) else { return };
        let cancel = CancelToken::new();
        assert!(!order_by_decoding(&avi, 0, &cancel).unwrap().is_empty());
        assert!(!count_by_decoding(&dts, 0, 48_000, &cancel).unwrap().is_empty());
        cancel.cancel();
        let stopped = [
            order_by_decoding(&avi, 0, &cancel).map(|_| ()),
            whole_from_start(&avi, 0, 10, &cancel).map(|_| ()),
            count_by_decoding(&dts, 0, 48_000, &cancel).map(|_| ()),
        ];
        assert!(stopped.iter().all(|r| matches!(r, Err(MediaError::Stopped { .. }))), "{stopped:?}");
    }

    #[test]
    fn only_a_device_that_was_named_is_missed_aloud() {
        let mut report = DecodeReport::default();
        note_fallback(&mut report, DecodeChoice::Auto, "cuda", "too large");
        assert_eq!((report.fell_back.as_deref(), report.remarks.len()), (Some("too large"), 0));
        note_fallback(&mut report, DecodeChoice::Cuda, "cuda", "too large");
        assert_eq!(report.remarks, ["decoded by the processor, not by cuda: too large"]);
        assert!(report.is_clean());
    }
}
