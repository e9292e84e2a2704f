//! What copying must know of H.264 streams (ITU-T H.264 §7.3).
use super::bits::{BitReader, unescaped};

/// Types of units (table 7-1).
pub(crate) const SLICE: u8 = 1;
pub(crate) const IDR: u8 = 5;
pub(crate) const SPS: u8 = 7;
pub(crate) const PPS: u8 = 8;
pub(crate) const DELIMITER: u8 = 9;
pub(crate) const SPS_EXTENSION: u8 = 13;
pub(crate) const FURTHER_LAYER: u8 = 20;

/// Bytes of a slice that are read: more than the part of its header that is of interest.
const HEADER_BYTES: usize = 64;

pub(crate) fn kind(unit: &[u8]) -> u8 {
    unit.first().map_or(0, |b| b & 0x1F)
}

/// A sequence parameter set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sps {
    pub id: u32,
    pub profile: u8,
    /// constraint_set0_flag to constraint_set5_flag, in the upper bits.
    pub constraints: u8,
    pub level: u8,
    pub chroma_format: u32,
    /// Luma, chroma.
    pub bits: (u32, u32),
    /// max_num_ref_frames.
    pub references: u32,
    /// frame_mbs_only_flag.
    pub has_frames_only: bool,
    has_separate_planes: bool,
    frame_number_bits: usize,
    order_type: u32,
    order_bits: usize,
    has_no_order_deltas: bool,
}

/// Reads a sequence parameter set (§7.3.2.1.1); `None` if it is none or damaged.
pub(crate) fn sps(unit: &[u8]) -> Option<Sps> {
    if kind(unit) != SPS {
        return None;
    }
    let raw = unescaped(unit);
    let mut r = BitReader::new(&raw);
    r.skip(8);
    let (profile, constraints, level) = (r.bits(8)? as u8, r.bits(8)? as u8, r.bits(8)? as u8);
    let id = r.ue()?;
    let (mut chroma_format, mut has_separate_planes, mut bits) = (1, false, (8, 8));
    if matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135) {
        chroma_format = r.ue()?;
        has_separate_planes = chroma_format == 3 && r.flag()?;
        bits = (r.ue()?.saturating_add(8), r.ue()?.saturating_add(8));
        r.skip(1);
        if r.flag()? {
            skip_scaling_lists(&mut r, if chroma_format == 3 { 12 } else { 8 })?;
        }
    }
    let frame_number_bits = r.ue()? as usize + 4;
    let order_type = r.ue()?;
    let (mut order_bits, mut has_no_order_deltas) = (0, true);
    match order_type {
        0 => order_bits = r.ue()? as usize + 4,
        1 => {
            has_no_order_deltas = r.flag()?;
            r.se()?;
            r.se()?;
            for _ in 0..r.ue()?.min(255) {
                r.se()?;
            }
        }
        _ => {}
    }
    let references = r.ue()?;
    r.skip(1);
    r.ue()?;
    r.ue()?;
    let has_frames_only = r.flag()?;
    Some(Sps {
        id,
        profile,
        constraints,
        level,
        chroma_format,
        bits,
        references,
        has_frames_only,
        has_separate_planes,
        frame_number_bits,
        order_type,
        order_bits,
        has_no_order_deltas,
    })
}

fn skip_scaling_lists(r: &mut BitReader, count: usize) -> Option<()> {
    for n in 0..count {
        if r.flag()? {
            let (mut last, mut next) = (8i64, 8i64);
            for _ in 0..if n < 6 { 16 } else { 64 } {
                if next != 0 {
                    next = (i64::from(r.se()?) + last).rem_euclid(256);
                }
                last = if next == 0 { last } else { next };
            }
        }
    }
    Some(())
}

/// The beginning of a picture parameter set (§7.3.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pps {
    pub id: u32,
    pub sps: u32,
    /// entropy_coding_mode_flag: CABAC, otherwise CAVLC.
    pub has_arithmetic_coding: bool,
    has_order_deltas: bool,
}

/// Reads a picture parameter set; `None` if it is none or damaged.
pub(crate) fn pps(unit: &[u8]) -> Option<Pps> {
    if kind(unit) != PPS {
        return None;
    }
    let raw = unescaped(unit);
    let mut r = BitReader::new(&raw);
    r.skip(8);
    Some(Pps { id: r.ue()?, sps: r.ue()?, has_arithmetic_coding: r.flag()?, has_order_deltas: r.flag()? })
}

/// Whether an IDR picture forbids that pictures before it, which are not yet shown, are shown
/// (no_output_of_prior_pics_flag, §7.3.3.3); `None` where that cannot be told. `unit`: its first slice.
pub(crate) fn drops_earlier(unit: &[u8], sets: &[Vec<u8>]) -> Option<bool> {
    let raw = unescaped(&unit[..unit.len().min(HEADER_BYTES)]);
    let mut r = BitReader::new(&raw);
    r.skip(8);
    let (_first, _kind, pps_id) = (r.ue()?, r.ue()?, r.ue()?);
    let pps = sets.iter().filter_map(|u| pps(u)).find(|p| p.id == pps_id)?;
    let sps = sets.iter().filter_map(|u| sps(u)).find(|s| s.id == pps.sps)?;
    if !sps.has_frames_only {
        return None;
    }
    r.skip(if sps.has_separate_planes { 2 } else { 0 });
    r.bits(sps.frame_number_bits.min(32))?;
    r.ue()?;
    if sps.order_type == 0 {
        r.bits(sps.order_bits.min(32))?;
        if pps.has_order_deltas {
            r.se()?;
        }
    } else if !sps.has_no_order_deltas {
        r.se()?;
        if pps.has_order_deltas {
            r.se()?;
        }
    }
    // Slices of IDR pictures have neither lists of references nor weights. Redundant slices, whose
    // number would be here, are of Baseline and in use nowhere.
    r.flag()
}
