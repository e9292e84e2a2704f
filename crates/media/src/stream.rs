//! Opens one video stream of a file with its decoder.
use crate::{
    decoder::{Decoder, Output},
    error::MediaError,
    input::{AvPacket, Input},
};
use std::{collections::BTreeSet, path::Path};

/// Opens the file such that it delivers packets of this stream only, and a decoder with `threads`
/// threads, 0 for one per core.
pub(crate) fn open_stream(path: &Path, stream: usize, threads: usize) -> Result<(Input, Decoder), MediaError> {
    let mut input = Input::open(path)?;
    if stream >= input.stream_count() {
        // MPEG-PS lists a stream only once one of its packets was read; scanning found it, opening
        // may not.
        return Err(MediaError::NotMedia { path: path.into(), reason: format!("stream {stream} was not found again") });
    }
    input.only(stream);
    let decoder = Decoder::open(&input, stream, threads)?;
    Ok((input, decoder))
}

/// Ordinals of a stream's packets in the order in which the decoder outputs their frames.
pub(crate) fn order_by_decoding(path: &Path, stream: usize) -> Result<Vec<u32>, MediaError> {
    let (mut input, mut decoder) = open_stream(path, stream, 0)?;
    let (mut packet, mut problem, mut ordinal, mut order) = (AvPacket::new(), None, 0, Vec::new());
    loop {
        match decoder.receive() {
            Output::AvFrame(f) => order.extend(u32::try_from(f.get().pts).ok()),
            Output::End => return Ok(order),
            Output::WantsPacket => loop {
                if !input.read(&mut packet, &mut problem)? {
                    decoder.send(None);
                    break;
                }
                if packet.get().stream_index as usize == stream {
                    decoder.send(Some((&mut packet, ordinal)));
                    ordinal += 1;
                    break;
                }
            },
        }
    }
}

/// Ordinals of the packets among the first `count` of a stream whose frames the decoder gives
/// without damage when it begins at the first packet.
pub(crate) fn whole_from_start(path: &Path, stream: usize, count: usize) -> Result<BTreeSet<u32>, MediaError> {
    let (mut input, mut decoder) = open_stream(path, stream, 1)?;
    decoder.refuse_damaged();
    let (mut packet, mut problem, mut ordinal, mut whole) = (AvPacket::new(), None, 0, BTreeSet::new());
    loop {
        match decoder.receive() {
            Output::AvFrame(f) if f.is_damaged() => {}
            Output::AvFrame(f) => whole.extend(u32::try_from(f.get().pts).ok()),
            Output::End => return Ok(whole),
            Output::WantsPacket => loop {
                if ordinal == count as i64 || !input.read(&mut packet, &mut problem)? {
                    decoder.send(None);
                    break;
                }
                if packet.get().stream_index as usize == stream {
                    decoder.send(Some((&mut packet, ordinal)));
                    ordinal += 1;
                    break;
                }
            },
        }
    }
}
