//! What copying must know of each packet, found while a file is scanned: where a copy may begin,
//! what must not be in one, and where the parameter sets change.
use super::{
    h264, h265,
    sets::{Coding, add_sets, extradata, framing, sets_of},
    units::{Framing, units},
};
use crate::input::{AvPacket, Input};
use ffmpeg_next::ffi::{self, AVPacketSideDataType};
use serde::{Deserialize, Serialize};

/// Changes of parameter sets that are followed; behind them nothing is copied.
const MAX_CHANGES: usize = 256;

/// Whether a copy may begin at a packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Entry {
    /// Its picture refers to earlier ones, or resets nothing that depends on them.
    #[default]
    No,
    /// Nothing from it on depends on what is before it.
    Clean,
    /// As [`Self::Clean`] for all but the packets that lean back, if it is marked as cut from what is
    /// before it (H.265: CRA).
    Open,
    /// It must not be in a copy: it is damaged, encrypted, a field, or restarts its decoder.
    Barrier,
}

/// Parameter sets that are in force from a packet on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SetsFrom {
    /// Ordinal of the first packet.
    pub packet: u32,
    /// The sets.
    pub sets: Vec<Vec<u8>>,
}

/// Looks at the packets of a stream, one after the other.
pub(crate) struct Watch {
    coding: Option<Coding>,
    framing: Framing,
    changes: Vec<SetsFrom>,
    /// Whether a picture of a further layer was met (another view, alpha).
    pub has_layers: bool,
}

impl Watch {
    /// For stream `i`.
    pub fn new(input: &Input, i: usize) -> Self {
        // SAFETY: the stream and its parameters are valid.
        let coding = Coding::of(unsafe { (*(*input.stream(i)).codecpar).codec_id });
        let extra = extradata(input, i);
        let (framing, sets) =
            coding.filter(|c| c.has_units()).map_or((Framing::StartCodes, Vec::new()), |c| (framing(c, extra), sets_of(c, extra)));
        Self { coding, framing, changes: vec![SetsFrom { packet: 0, sets }], has_layers: false }
    }

    /// Looks at the packet with an ordinal.
    pub fn see(&mut self, packet: &AvPacket, ordinal: usize) -> Entry {
        let Some(coding) = self.coding else { return Entry::No };
        let side = |kind| packet.side_data(kind).is_some();
        let is_bad = packet.get().flags & ffi::AV_PKT_FLAG_CORRUPT != 0
            || packet.data().is_empty()
            || side(AVPacketSideDataType::AV_PKT_DATA_ENCRYPTION_INFO);
        let mut entry =
            if coding.has_units() { self.see_units(coding, packet, ordinal) } else { whole_picture(coding, packet.data()) };
        if is_bad || self.changes.len() > MAX_CHANGES {
            entry = Entry::Barrier;
        }
        entry
    }

    /// The parameter sets and where they change.
    pub fn finish(self) -> Vec<SetsFrom> {
        self.changes
    }

    fn see_units(&mut self, coding: Coding, packet: &AvPacket, ordinal: usize) -> Entry {
        if let Some(extra) = packet.side_data(AVPacketSideDataType::AV_PKT_DATA_NEW_EXTRADATA) {
            let (sets, framing) = (sets_of(coding, extra), framing(coding, extra));
            if sets != self.sets() {
                self.changes.push(SetsFrom { packet: ordinal as u32, sets });
            }
            self.framing = framing;
        }
        let (mut entry, mut has_picture) = (None, false);
        let mut all = units(packet.data(), self.framing);
        for unit in all.by_ref() {
            if !coding.is_picture(unit) {
                match (coding, coding.kind(unit)) {
                    (Coding::H265, h265::END_OF_SEQUENCE | h265::END_OF_STREAM) => entry = Some(Entry::Barrier),
                    (Coding::H264, h264::FURTHER_LAYER) => self.has_layers = true,
                    _ if coding.is_set(unit) => self.see_set(coding, unit, ordinal),
                    _ => {}
                }
            } else if !has_picture {
                has_picture = true;
                entry = entry.or(Some(self.first_of_picture(coding, unit)));
                // To look for the next start code is to read the whole picture.
                if self.framing == Framing::StartCodes {
                    break;
                }
            }
        }
        let ends = coding == Coding::H265 && self.framing == Framing::StartCodes && has_end(packet.data());
        if all.is_broken || ends || !has_picture { Entry::Barrier } else { entry.unwrap_or_default() }
    }

    fn first_of_picture(&self, coding: Coding, unit: &[u8]) -> Entry {
        match (coding, coding.kind(unit)) {
            (Coding::H264, h264::IDR) => match h264::drops_earlier(unit, self.sets()) {
                Some(false) => Entry::Clean,
                _ => Entry::No,
            },
            (Coding::H264, h264::SLICE) => Entry::No,
            // Slices in several partitions.
            (Coding::H264, _) => Entry::Barrier,
            (_, kind) if kind < 16 => Entry::No,
            _ if h265::drops_earlier(unit) => Entry::No,
            (_, kind) if h265::IDR.contains(&kind) => Entry::Clean,
            (_, h265::CRA) => Entry::Open,
            // Decoders do not show what leans on the pictures before such a one (BLA), as if they
            // were cut there.
            _ => Entry::Barrier,
        }
    }

    fn see_set(&mut self, coding: Coding, unit: &[u8], ordinal: usize) {
        let known = self.sets().iter().any(|u| u == unit);
        if known || coding.set_key(unit).is_none() {
            return;
        }
        let unit = unit.to_vec();
        let mut sets = self.sets().to_vec();
        if add_sets(coding, &mut sets, std::slice::from_ref(&unit)) {
            // A further one, with a number of its own.
            if let Some(last) = self.changes.last_mut() {
                last.sets = sets;
            }
            return;
        }
        let key = coding.set_key(&unit);
        sets.iter_mut().filter(|u| coding.set_key(u) == key).for_each(|u| u.clone_from(&unit));
        match self.changes.last_mut() {
            Some(last) if last.packet == ordinal as u32 => last.sets = sets,
            _ => self.changes.push(SetsFrom { packet: ordinal as u32, sets }),
        }
    }

    fn sets(&self) -> &[Vec<u8>] {
        self.changes.last().map_or(&[], |c| &c.sets)
    }
}

/// Whether a packet in start codes ends with a unit that ends its sequence or stream.
fn has_end(data: &[u8]) -> bool {
    let tail = &data[data.len().saturating_sub(12)..];
    tail.windows(4).any(|w| w[..3] == [0, 0, 1] && matches!(h265::kind(&w[3..]), h265::END_OF_SEQUENCE | h265::END_OF_STREAM))
}

/// Packets that each hold a whole picture: interlaced ones are barriers (ProRes: RDD 36 §5.1; VC-3:
/// ST 2019-1 §7.2; JPEG: Open DML AVI §"JPEG DIB").
fn whole_picture(coding: Coding, data: &[u8]) -> Entry {
    let is_whole = match coding {
        Coding::Prores => data.get(4..8) == Some(b"icpf") && data.get(20).is_some_and(|b| b >> 2 & 3 == 0),
        Coding::Dnxhd => data.get(5).is_some_and(|b| b & 2 == 0),
        // The application data "AVI1" say which field it is, 0 for a whole picture.
        Coding::Mjpeg => data.starts_with(&[0xFF, 0xD8]) && (data.get(6..10) != Some(b"AVI1") || data.get(10) == Some(&0)),
        Coding::H264 | Coding::H265 => false,
    };
    if is_whole { Entry::Clean } else { Entry::Barrier }
}
