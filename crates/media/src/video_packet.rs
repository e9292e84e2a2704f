//! A packet of a video stream, as the index lists it.
use crate::{coded::Entry, input::NO_TIMESTAMP};
use serde::{Deserialize, Serialize};

/// A packet of a video stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VideoPacket {
    /// Presentation timestamp, ticks; [`NO_TIMESTAMP`] where the container has none.
    pub pts: i64,
    /// Decoding timestamp, ticks; [`NO_TIMESTAMP`] where the container has none.
    pub dts: i64,
    /// What was added to both timestamps, ticks: see [`crate::clock`].
    pub shift: i64,
    /// What was added to the presentation timestamp as well, ticks: see [`crate::edit_list`].
    pub mend: i64,
    /// Duration, ticks; 0 where the container has none.
    pub duration: i64,
    /// Byte position in the file, or -1.
    pub pos: i64,
    /// Size in bytes; a packet read after a seek is only identified with this one if its size is
    /// equal.
    pub size: i32,
    /// Whether decoding can start here.
    pub key: bool,
    /// Not presented: an edit list cuts it, it is a hidden reference, or decoders do not output it.
    pub hidden: bool,
    /// FFmpeg says that an edit list cuts it.
    pub discarded: bool,
    /// Holds the second field of the frame that begins in the packet before.
    pub second_field: bool,
    /// HEVC: a picture shown before the keyframe that it follows, and which may need pictures
    /// before that keyframe.
    pub leans_back: bool,
    /// Whether a copy may begin here.
    pub entry: Entry,
    /// Presentation index of its frame; `u32::MAX` for hidden packets. A second field has the index
    /// of its frame.
    pub frame: u32,
}

impl VideoPacket {
    /// Whether `pts` or `dts` is the file's own timestamp of the packet.
    pub fn has_stamp(&self, pts: i64, dts: i64) -> bool {
        let own = |t: i64, added: i64| if t == NO_TIMESTAMP { t } else { t - added };
        own(self.pts, self.shift + self.mend) == pts || own(self.dts, self.shift) == dts
    }

    /// Whether `pts` is the file's own presentation timestamp of the packet.
    pub fn has_pts(&self, pts: i64) -> bool {
        pts != NO_TIMESTAMP && self.pts != NO_TIMESTAMP && self.pts - self.shift - self.mend == pts
    }
}
