//! Copying of coded pictures: what of a file reaches the film without being encoded again.
//!
//! While a file is scanned, [`watch`] notes at which packets a copy may begin and where parameter
//! sets change. [`CopySource`] says, for a span of frames that the film shows one after the other,
//! which of them are copied ([`CopySource::copy_span`]), whether the stream can be that of the film
//! ([`CopySource::fits`]), and hands out the packets ([`CopySource::packets`]). The frames before and
//! behind them, and everything else in the film, are encoded by [`EdgeEncoder`]s to match.
//!
//! **Seams.** A copy begins with a picture at which every decoder begins afresh: IDR of H.264 and
//! H.265, and CRA of H.265, whose leaning pictures (RASL) are left out and encoded before it. It ends,
//! in decoding order, where the packets so far show an unbroken run of frames: pictures only refer to
//! earlier packets, so nothing that is kept misses anything. A key frame of H.264 that is no IDR
//! picture is never a beginning, since frame numbers and order counts go on from before it.
//!
//! **One description for both.** The parameter sets of what is encoded have numbers that the source
//! does not use, so that one record (`avcC`, `hvcC`) holds both, and decoders get each set only once.
//! x264 has an option for that; x265 has none, so its units are given other numbers (see
//! [`h265::SetIds`]). Sets in the stream at each seam (`hev1`) would do without, but Apple's players
//! refuse `hev1`, and a seek into the copied part would meet the sets of what is encoded.
//!
//! **A new sequence.** Behind what is encoded as H.265 there is a unit that ends the sequence.
//! Without it a CRA picture goes on with the order counts of what is before it.
mod bits;
mod edge;
mod fit;
mod h264;
mod h265;
mod packets;
mod reason;
mod sets;
mod source;
mod units;
mod watch;

pub use edge::EdgeEncoder;
pub use fit::{EdgeSettings, merged_extradata};
pub use reason::Reason;
pub use source::{Before, CopySource, CopySpan};
pub(crate) use watch::{Entry, SetsFrom, Watch};

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
