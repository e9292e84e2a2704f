//! What copying must know of H.265 streams, and other numbers for the parameter sets of our own
//! (ITU-T H.265 §7.3).
use super::bits::{BitReader, BitWriter, escaped, length_with_stop_bit, unescaped};

/// Types of units (table 7-1).
pub(crate) const VPS: u8 = 32;
pub(crate) const SPS: u8 = 33;
pub(crate) const PPS: u8 = 34;
pub(crate) const DELIMITER: u8 = 35;
pub(crate) const END_OF_SEQUENCE: u8 = 36;
pub(crate) const END_OF_STREAM: u8 = 37;
pub(crate) const SEI_BEFORE: u8 = 39;
pub(crate) const IDR: std::ops::RangeInclusive<u8> = 19..=20;
pub(crate) const CRA: u8 = 21;
/// Pictures that are cut from what is before them (BLA): with leading pictures that decode, and without.
const CUT: [u8; 2] = [17, 18];
/// Pictures at which decoding may begin, with types that are reserved for such.
const POINTS: std::ops::RangeInclusive<u8> = 16..=23;

/// Numbers of picture parameter sets whose code has nine bits. Slices of our own have the number 0,
/// a code of one bit: with one of these, everything behind it moves by exactly a byte.
pub(crate) const PPS_IDS: std::ops::RangeInclusive<u32> = 15..=30;

pub(crate) fn kind(unit: &[u8]) -> u8 {
    unit.first().map_or(0, |b| b >> 1 & 0x3F)
}

/// A sequence parameter set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sps {
    pub id: u32,
    /// profile_tier_level: profile, its compatibility and constraints, level (12 bytes).
    pub profile_tier_level: [u8; 12],
    /// sps_max_sub_layers_minus1 + 1.
    pub layers_in_time: u8,
    pub is_nested_in_time: bool,
    pub chroma_format: u32,
    /// Luma, chroma.
    pub bits: (u32, u32),
    /// Pictures that a decoder must hold, of the highest layer in time: 1..=16.
    pub held: u32,
    /// Pictures that may precede another one in decoding and follow it in showing.
    pub reordered: u32,
    /// Place of `id` among the bits of the unescaped unit.
    id_at: usize,
}

/// Reads a sequence parameter set (§7.3.2.2.1); `None` if it is none or damaged.
pub(crate) fn sps(unit: &[u8]) -> Option<Sps> {
    if kind(unit) != SPS {
        return None;
    }
    let raw = unescaped(unit);
    let mut r = BitReader::new(&raw);
    r.skip(16 + 4);
    let more_layers = r.bits(3)? as usize;
    let is_nested_in_time = r.flag()?;
    let mut profile_tier_level = [0; 12];
    for byte in &mut profile_tier_level {
        *byte = r.bits(8)? as u8;
    }
    // §7.3.3: which layers have a profile and a level of their own, in eight pairs of bits.
    if more_layers > 0 {
        let own: Vec<_> = (0..8).map(|_| Some((r.flag()?, r.flag()?))).collect::<Option<_>>()?;
        own.iter().take(more_layers).for_each(|(profile, level)| r.skip(88 * usize::from(*profile) + 8 * usize::from(*level)));
    }
    let id_at = r.at;
    let id = r.ue()?;
    let chroma_format = r.ue()?;
    r.skip(usize::from(chroma_format == 3));
    r.ue()?;
    r.ue()?;
    if r.flag()? {
        r.ue()?;
        r.ue()?;
        r.ue()?;
        r.ue()?;
    }
    let bits = (r.ue()?.saturating_add(8), r.ue()?.saturating_add(8));
    r.ue()?;
    let of_each = r.flag()?;
    let (mut held, mut reordered) = (1, 0);
    for _ in 0..=if of_each { more_layers } else { 0 } {
        (held, reordered) = (r.ue()?.saturating_add(1), r.ue()?);
        r.ue()?;
    }
    Some(Sps {
        id,
        profile_tier_level,
        layers_in_time: more_layers as u8 + 1,
        is_nested_in_time,
        chroma_format,
        bits,
        held,
        reordered,
        id_at,
    })
}

/// Number of a parameter set of any kind.
pub(crate) fn set_id(unit: &[u8]) -> Option<u32> {
    let raw = unescaped(&unit[..unit.len().min(64)]);
    let mut r = BitReader::new(&raw);
    r.skip(16);
    match kind(unit) {
        VPS => r.bits(4),
        SPS => Some(sps(unit)?.id),
        PPS => r.ue(),
        _ => None,
    }
}

/// Whether a picture at which decoding may begin forbids that pictures before it, which are not yet
/// shown, are shown (no_output_of_prior_pics_flag, §7.3.6.1). `unit`: its first slice.
pub(crate) fn drops_earlier(unit: &[u8]) -> bool {
    POINTS.contains(&kind(unit)) && unit.get(2).is_some_and(|b| b & 0x40 != 0)
}

/// Marks the pictures (CRA) in a packet of units after lengths of four bytes as cut from what is
/// before them (BLA), by the six bits of their types.
pub(crate) fn mark_as_cut(packet: &mut [u8], has_leading: bool) {
    let mut at = 0;
    while let Some(length) = packet.get(at..at + 4).and_then(|l| l.try_into().ok()).map(u32::from_be_bytes) {
        if let Some(first) = packet.get_mut(at + 4).filter(|first| **first >> 1 & 0x3F == CRA) {
            *first = *first & 0x81 | CUT[usize::from(!has_leading)] << 1;
        }
        at = at.saturating_add(4).saturating_add(length as usize);
    }
}

/// Numbers of the parameter sets of our own pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SetIds {
    /// 0..=15.
    pub vps: u32,
    /// 0..=15.
    pub sps: u32,
    /// One of [`PPS_IDS`].
    pub pps: u32,
}

impl SetIds {
    /// A unit of x265, whose sets all have the number 0, with these numbers; `None` where it is not
    /// of such a stream.
    pub fn give_to(self, unit: &[u8]) -> Option<Vec<u8>> {
        let raw = unescaped(unit);
        let mut w = BitWriter::default();
        let mut r = BitReader::new(&raw);
        match kind(unit) {
            VPS => {
                w.copy(&raw, 0, 16)?;
                w.bits(self.vps, 4);
                r.skip(20);
            }
            SPS => {
                let at = sps(unit).filter(|s| s.id == 0)?.id_at;
                w.copy(&raw, 0, 16)?;
                w.bits(self.vps, 4);
                w.copy(&raw, 20, at)?;
                w.ue(self.sps);
                r.skip(at + 1);
            }
            PPS => {
                w.copy(&raw, 0, 16)?;
                w.ue(self.pps);
                w.ue(self.sps);
                r.skip(16);
                r.ue().filter(|n| *n == 0)?;
                r.ue().filter(|n| *n == 0)?;
            }
            picture if picture < 32 => return self.give_to_slice(raw),
            _ => return Some(unit.to_vec()),
        }
        w.copy(&raw, r.at, length_with_stop_bit(&raw)?)?;
        Some(escaped(&w.bytes()))
    }

    fn give_to_slice(self, mut raw: Vec<u8>) -> Option<Vec<u8>> {
        // first_slice_segment_in_pic_flag, no_output_of_prior_pics_flag, slice_pic_parameter_set_id.
        let at = 16 + 1 + usize::from(POINTS.contains(&kind(&raw)));
        let mut r = BitReader::new(&raw);
        r.skip(at);
        if !r.flag()? || !PPS_IDS.contains(&self.pps) {
            return None;
        }
        let byte = at / 8;
        let mut w = BitWriter::default();
        w.copy(&raw, 8 * byte, at)?;
        w.ue(self.pps);
        w.copy(&raw, at + 1, 8 * (byte + 1))?;
        raw.splice(byte..=byte, w.bytes());
        Some(escaped(&raw))
    }
}
