//! Parameter sets: where they are found, which number each has, and the configuration record of a
//! container that holds those of several streams.
use super::{
    h264, h265,
    units::{Framing, LENGTH_BYTES, units},
};
use crate::input::Input;
use ffmpeg_next::ffi::AVCodecID;

/// Codecs whose packets are copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    H264,
    H265,
    Prores,
    Dnxhd,
    Mjpeg,
}

impl Coding {
    /// The codec with FFmpeg's id; `None` for codecs that are not copied.
    pub fn of(id: AVCodecID) -> Option<Self> {
        match id {
            AVCodecID::AV_CODEC_ID_H264 => Some(Self::H264),
            AVCodecID::AV_CODEC_ID_HEVC => Some(Self::H265),
            AVCodecID::AV_CODEC_ID_PRORES => Some(Self::Prores),
            AVCodecID::AV_CODEC_ID_DNXHD => Some(Self::Dnxhd),
            AVCodecID::AV_CODEC_ID_MJPEG => Some(Self::Mjpeg),
            _ => None,
        }
    }

    /// Id of the row of [`crate::write::video_codecs`] that writes it.
    pub fn written_as(self) -> &'static str {
        match self {
            Self::H264 => "h264",
            Self::H265 => "h265",
            Self::Prores => "prores",
            Self::Dnxhd => "dnxhr",
            Self::Mjpeg => "mjpeg",
        }
    }

    /// Whether its packets consist of units, with parameter sets.
    pub fn has_units(self) -> bool {
        matches!(self, Self::H264 | Self::H265)
    }

    /// Type of a unit.
    pub fn kind(self, unit: &[u8]) -> u8 {
        if self == Self::H264 { h264::kind(unit) } else { h265::kind(unit) }
    }

    /// Whether a unit is a parameter set.
    pub fn is_set(self, unit: &[u8]) -> bool {
        self.has_units() && self.set_kinds().contains(&self.kind(unit))
    }

    /// Whether a unit is of a picture.
    pub fn is_picture(self, unit: &[u8]) -> bool {
        let kind = self.kind(unit);
        if self == Self::H264 { (h264::SLICE..=h264::IDR).contains(&kind) } else { kind < 32 }
    }

    /// Types of parameter sets, in the order in which records have them.
    fn set_kinds(self) -> &'static [u8] {
        if self == Self::H264 { &[h264::SPS, h264::PPS, h264::SPS_EXTENSION] } else { &[h265::VPS, h265::SPS, h265::PPS] }
    }

    /// Type and number of a parameter set; `None` if it is damaged.
    pub fn set_key(self, unit: &[u8]) -> Option<(u8, u32)> {
        let kind = self.kind(unit);
        let id = match (self, kind) {
            (Self::H264, h264::PPS) => h264::pps(unit)?.id,
            (Self::H264, h264::SPS) => h264::sps(unit)?.id,
            // It begins with the number of its set.
            (Self::H264, _) => 0,
            _ => h265::set_id(unit)?,
        };
        Some((kind, id))
    }
}

/// The bytes that the container has for a stream's decoder.
pub(crate) fn extradata(input: &Input, i: usize) -> &[u8] {
    // SAFETY: the stream is valid; FFmpeg keeps `extradata_size` bytes at `extradata`, which nothing
    // changes while the input is borrowed.
    unsafe {
        let par = &*(*input.stream(i)).codecpar;
        if par.extradata.is_null() { &[] } else { std::slice::from_raw_parts(par.extradata, par.extradata_size.max(0) as usize) }
    }
}

/// How a stream's units are told apart, by the bytes for its decoder.
pub(crate) fn framing(coding: Coding, extradata: &[u8]) -> Framing {
    let at = if coding == Coding::H264 { 4 } else { 21 };
    match extradata {
        [1, ..] if coding.has_units() && extradata.len() > at => Framing::Lengths(usize::from(extradata[at] & 3) + 1),
        _ => Framing::StartCodes,
    }
}

/// The parameter sets in the bytes for a decoder: a configuration record (ISO/IEC 14496-15 §5.3.3.1
/// and §8.3.3.1), or units after start codes.
pub(crate) fn sets_of(coding: Coding, extradata: &[u8]) -> Vec<Vec<u8>> {
    let all = match (framing(coding, extradata), coding) {
        (Framing::StartCodes, _) => units(extradata, Framing::StartCodes).map(<[u8]>::to_vec).collect(),
        (_, Coding::H264) => of_avc_record(extradata).unwrap_or_default(),
        _ => of_hevc_record(extradata),
    };
    all.into_iter().filter(|unit: &Vec<u8>| coding.is_set(unit)).collect()
}

fn of_avc_record(record: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    let mut rest = record.get(5..)?;
    for mask in [0x1F, 0xFF] {
        let (count, after) = rest.split_first()?;
        rest = after;
        for _ in 0..count & mask {
            rest = take_unit(rest, &mut found)?;
        }
    }
    Some(found)
}

/// All units of the record, messages (SEI) too.
pub(crate) fn of_hevc_record(record: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let read = |found: &mut Vec<Vec<u8>>| -> Option<()> {
        let (arrays, mut rest) = record.get(22..)?.split_first()?;
        for _ in 0..*arrays {
            let count = u16::from_be_bytes([*rest.get(1)?, *rest.get(2)?]);
            rest = rest.get(3..)?;
            for _ in 0..count {
                rest = take_unit(rest, found)?;
            }
        }
        Some(())
    };
    // What comes before damage counts.
    let _ = read(&mut found);
    found
}

/// Takes a unit after its length of two bytes.
fn take_unit<'a>(from: &'a [u8], to: &mut Vec<Vec<u8>>) -> Option<&'a [u8]> {
    let (length, rest) = from.split_at_checked(2)?;
    let (unit, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes([length[0], length[1]])))?;
    to.push(unit.to_vec());
    Some(rest)
}

/// Adds sets to others; `false` if one has the number of another one that differs.
pub(crate) fn add_sets(coding: Coding, sets: &mut Vec<Vec<u8>>, more: &[Vec<u8>]) -> bool {
    more.iter().all(|unit| {
        let key = coding.set_key(unit);
        match sets.iter().find(|u| coding.set_key(u) == key) {
            Some(own) => own == unit,
            None => {
                sets.push(unit.clone());
                true
            }
        }
    })
}

/// The configuration record that holds sets, and messages (SEI) for the whole stream; lengths have
/// [`LENGTH_BYTES`] bytes. `None` if there is no sequence parameter set.
pub(crate) fn record(coding: Coding, sets: &[Vec<u8>], messages: &[Vec<u8>]) -> Option<Vec<u8>> {
    if sets.iter().chain(messages).any(|unit| unit.len() > usize::from(u16::MAX)) {
        return None;
    }
    if coding == Coding::H264 { avc_record(sets) } else { hevc_record(sets, messages) }
}

fn of_kind(coding: Coding, sets: &[Vec<u8>], kind: u8) -> Vec<&Vec<u8>> {
    sets.iter().filter(|u| coding.kind(u) == kind).collect()
}

fn push_units(to: &mut Vec<u8>, units: &[&Vec<u8>]) {
    for unit in units {
        to.extend_from_slice(&(unit.len() as u16).to_be_bytes());
        to.extend_from_slice(unit);
    }
}

fn avc_record(sets: &[Vec<u8>]) -> Option<Vec<u8>> {
    let all: Vec<h264::Sps> = sets.iter().filter_map(|u| h264::sps(u)).collect();
    // A decoder of the highest profile and level decodes the others; constraints are kept if all
    // sets have them (ISO/IEC 14496-15 §5.3.3.1.2).
    let highest = all.iter().max_by_key(|s| (s.profile, s.level))?;
    let level = all.iter().map(|s| s.level).max()?;
    let constraints = all.iter().fold(0xFF, |c, s| c & s.constraints);
    let [sps, pps, extensions] = [h264::SPS, h264::PPS, h264::SPS_EXTENSION].map(|kind| of_kind(Coding::H264, sets, kind));
    let mut out = vec![1, highest.profile, constraints, level, 0xFC | (LENGTH_BYTES as u8 - 1), 0xE0 | sps.len().min(31) as u8];
    push_units(&mut out, &sps);
    out.push(pps.len().min(255) as u8);
    push_units(&mut out, &pps);
    if matches!(highest.profile, 100 | 110 | 122 | 144 | 244) {
        let depth = |bits: u32| 0xF8 | bits.saturating_sub(8) as u8 & 7;
        out.extend([
            0xFC | highest.chroma_format as u8 & 3,
            depth(highest.bits.0),
            depth(highest.bits.1),
            extensions.len().min(255) as u8,
        ]);
        push_units(&mut out, &extensions);
    }
    Some(out)
}

fn hevc_record(sets: &[Vec<u8>], messages: &[Vec<u8>]) -> Option<Vec<u8>> {
    let all: Vec<h265::Sps> = sets.iter().filter_map(|u| h265::sps(u)).collect();
    let highest = all.iter().max_by_key(|s| s.profile_tier_level[11])?;
    let mut general = highest.profile_tier_level;
    for s in &all {
        // The higher tier; compatibility flags and constraints that all have.
        general[0] |= s.profile_tier_level[0] & 0x20;
        (1..11).for_each(|n| general[n] &= s.profile_tier_level[n]);
    }
    let mut out = vec![1];
    out.extend(general);
    // No known division into segments, nor a way to decode in parallel, nor a rate.
    out.extend([0xF0, 0, 0xFC, 0xFC | highest.chroma_format as u8 & 3]);
    out.extend([0xF8 | highest.bits.0.saturating_sub(8) as u8 & 7, 0xF8 | highest.bits.1.saturating_sub(8) as u8 & 7, 0, 0]);
    let in_time = all.iter().map(|s| s.layers_in_time).max()? << 3;
    let nested = u8::from(all.iter().all(|s| s.is_nested_in_time)) << 2;
    out.push(in_time | nested | (LENGTH_BYTES as u8 - 1));
    let mut arrays: Vec<(u8, Vec<&Vec<u8>>)> =
        [h265::VPS, h265::SPS, h265::PPS].map(|kind| (kind, of_kind(Coding::H265, sets, kind))).into();
    arrays.push((h265::SEI_BEFORE, of_kind(Coding::H265, messages, h265::SEI_BEFORE)));
    arrays.retain(|a| !a.1.is_empty());
    out.push(arrays.len() as u8);
    for (kind, units) in arrays {
        // All sets are in the record (array_completeness); messages may be among the pictures as well.
        out.push(kind | if kind == h265::SEI_BEFORE { 0 } else { 0x80 });
        out.extend_from_slice(&(units.len() as u16).to_be_bytes());
        push_units(&mut out, &units);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sets of x264 and x265, as records have them: read, and put into a record that has the same.
    #[test]
    fn records_hold_what_was_put_in() {
        // High, level 1.0, four references, 128×96; its picture parameter set.
        let sps = vec![
            0x67, 0x64, 0, 0x0A, 0xAC, 0xD9, 0x42, 0x0C, 0x79, 0x60, 0x22, 0, 0, 3, 0, 2, 0, 0, 3, 0, 0x64, 0x1E, 0x24, 0x4D, 0x40,
        ];
        let pps = vec![0x68, 0xEB, 0xE3, 0xCB, 0x22, 0xC0];
        let sets = vec![sps, pps];
        let record = record(Coding::H264, &sets, &[]).unwrap();
        assert_eq!((record[..4].to_vec(), framing(Coding::H264, &record)), (vec![1, 0x64, 0, 0x0A], Framing::Lengths(4)));
        assert_eq!(sets_of(Coding::H264, &record), sets);
    }

    /// No bytes make a reader panic.
    #[test]
    fn any_bytes_are_read() {
        let mut seed = 1u64;
        let mut next = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 56) as u8
        };
        let ids = h265::SetIds { vps: 3, sps: 9, pps: 21 };
        for n in 0..20_000usize {
            let mut bytes: Vec<u8> = (0..n % 97).map(|_| if next() < 90 { 0 } else { next() }).collect();
            if let Some(first) = bytes.first_mut() {
                *first = [0x67, 0x68, 0x65, 0x40, 0x42, 0x44, 0x2A, 0x02, 1][n % 9];
            }
            for coding in [Coding::H264, Coding::H265] {
                let _ = (coding.set_key(&bytes), sets_of(coding, &bytes), framing(coding, &bytes));
                let _ = record(coding, std::slice::from_ref(&bytes), &[]);
            }
            let _ = (h264::drops_earlier(&bytes, std::slice::from_ref(&bytes)), h265::drops_earlier(&bytes));
            let _ = ids.give_to(&bytes);
            h265::mark_as_cut(&mut bytes, true);
        }
    }
}
