//! Copying of coded pictures: what of a file reaches the film without being encoded again.
//!
//! While a file is scanned, `coded::watch` notes at which packets a copy may begin and where parameter
//! sets change. [`CopySource`] says, for a span of frames that the film shows one after the other,
//! which of them are copied ([`CopySource::copy_span`]), whether the stream can be that of the film
//! ([`CopySource::fits`]), and hands out the packets ([`CopySource::packets`]). The frames before and
//! behind them, and everything else in the film, are encoded by [`EdgeEncoder`]s to match.
//!
//! **Seams.** A copy begins with a picture at which every decoder begins afresh: IDR of H.264 and
//! H.265, and CRA of H.265, whose leaning pictures (RASL) are left out and encoded before it, and which
//! is marked as BLA, the type that H.265 has for splices (six bits of that one packet). It ends,
//! in decoding order, where the packets so far show an unbroken run of frames: pictures only refer to
//! earlier packets, so nothing that is kept misses anything. A key frame of H.264 that is no IDR
//! picture is never a beginning, since frame numbers and order counts go on from before it.
//!
//! **One description for both.** The parameter sets of what is encoded have numbers that the source
//! does not use, so that one record (`avcC`, `hvcC`) holds both, and decoders get each set only once.
//! x264 has an option for that; x265 has none, so its units are given other numbers (see
//! `coded::h265::SetIds`). Sets in the stream at each seam (`hev1`) would do without, but Apple's players
//! refuse `hev1`, and a seek into the copied part would meet the sets of what is encoded.
//!
//! A CRA picture that is not marked would go on with the order counts of what is before it. A unit
//! that ends the sequence would prevent that, but then decoders must drop pictures that they have not
//! yet shown (H.265 §C.5.2.2); FFmpeg lost two frames at each such seam.
mod edge;
mod fit;
mod packets;
mod reason;
mod record;
mod segment;
mod source;

pub use edge::EdgeEncoder;
pub use fit::EdgeSettings;
pub use reason::Reason;
pub use record::merged_extradata;
pub use segment::{BesideWriter, copy_packets};
pub use source::{CopySource, CopySpan};

/// A coded picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodedPacket<'a> {
    /// Number of the picture in the order of showing, counted from the first one of its piece.
    pub pts: i64,
    /// Whether the file it is from marks it as a key frame.
    pub key: bool,
    /// Its bytes; units of H.264 and H.265 each after their length in four bytes.
    pub data: &'a [u8],
}
