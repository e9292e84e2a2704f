//! Levels of codecs: what their specifications let a stream be at most. Encoders choose the lowest
//! level that fits; what fits none is refused, since no decoder need play it.
use crate::write::settings::{Rate, VideoSettings};
use cutroom_types::ColorModel;

/// A level.
#[derive(Debug)]
struct Level {
    name: &'static str,
    /// Most units of a picture: luma samples, or macroblocks in H.264.
    picture: u64,
    /// Most units a second.
    second: u64,
    /// Most kbit/s, of the highest tier or profile.
    kbps: u64,
    /// Most pixels of width and height.
    side: [u32; 2],
}

const fn level(name: &'static str, picture: u64, second: u64, kbps: u64, side: [u32; 2]) -> Level {
    Level { name, picture, second, kbps, side }
}

/// ITU-T H.264, table A-1: MaxFS, MaxMBPS, MaxBR. Profile High 4:4:4 Predictive has four times the
/// rate of Main (table A-2, cpbBrVclFactor 4000), which is taken here. Sides: A.3.1, the root of
/// eight times MaxFS, in pixels.
static H264: &[Level] = &[
    level("1", 99, 1_485, 256, [448, 448]),
    level("1.1", 396, 3_000, 768, [896, 896]),
    level("1.2", 396, 6_000, 1_536, [896, 896]),
    level("1.3", 396, 11_880, 3_072, [896, 896]),
    level("2", 396, 11_880, 8_000, [896, 896]),
    level("2.1", 792, 19_800, 16_000, [1_264, 1_264]),
    level("2.2", 1_620, 20_250, 16_000, [1_808, 1_808]),
    level("3", 1_620, 40_500, 40_000, [1_808, 1_808]),
    level("3.1", 3_600, 108_000, 56_000, [2_704, 2_704]),
    level("3.2", 5_120, 216_000, 80_000, [3_232, 3_232]),
    level("4", 8_192, 245_760, 80_000, [4_096, 4_096]),
    level("4.1", 8_192, 245_760, 200_000, [4_096, 4_096]),
    level("4.2", 8_704, 522_240, 200_000, [4_208, 4_208]),
    level("5", 22_080, 589_824, 540_000, [6_720, 6_720]),
    level("5.1", 36_864, 983_040, 960_000, [8_688, 8_688]),
    level("5.2", 36_864, 2_073_600, 960_000, [8_688, 8_688]),
    level("6", 139_264, 4_177_920, 960_000, [16_880, 16_880]),
    level("6.1", 139_264, 8_355_840, 1_920_000, [16_880, 16_880]),
    level("6.2", 139_264, 16_711_680, 3_200_000, [16_880, 16_880]),
];

/// ITU-T H.265, tables A.8 and A.9: MaxLumaPs, MaxLumaSr, MaxBR of the high tier (of the main one
/// below level 4). Sides: A.4.1, the root of eight times MaxLumaPs.
static H265: &[Level] = &[
    level("1", 36_864, 552_960, 128, [543, 543]),
    level("2", 122_880, 3_686_400, 1_500, [991, 991]),
    level("2.1", 245_760, 7_372_800, 3_000, [1_402, 1_402]),
    level("3", 552_960, 16_588_800, 6_000, [2_103, 2_103]),
    level("3.1", 983_040, 33_177_600, 10_000, [2_804, 2_804]),
    level("4", 2_228_224, 66_846_720, 30_000, [4_222, 4_222]),
    level("4.1", 2_228_224, 133_693_440, 50_000, [4_222, 4_222]),
    level("5", 8_912_896, 267_386_880, 100_000, [8_444, 8_444]),
    level("5.1", 8_912_896, 534_773_760, 160_000, [8_444, 8_444]),
    level("5.2", 8_912_896, 1_069_547_520, 240_000, [8_444, 8_444]),
    level("6", 35_651_584, 1_069_547_520, 240_000, [16_888, 16_888]),
    level("6.1", 35_651_584, 2_139_095_040, 480_000, [16_888, 16_888]),
    level("6.2", 35_651_584, 4_278_190_080, 800_000, [16_888, 16_888]),
];

/// AV1 Bitstream & Decoding Process Specification, annex A.3: MaxPicSize, MaxDisplayRate, HighMbps
/// (MainMbps where there is no high tier), MaxHSize, MaxVSize.
static AV1: &[Level] = &[
    level("2.0", 147_456, 4_423_680, 1_500, [2_048, 1_152]),
    level("2.1", 278_784, 8_363_520, 3_000, [2_816, 1_584]),
    level("3.0", 665_856, 19_975_680, 6_000, [4_352, 2_448]),
    level("3.1", 1_065_024, 31_950_720, 10_000, [5_504, 3_096]),
    level("4.0", 2_359_296, 70_778_880, 30_000, [6_144, 3_456]),
    level("4.1", 2_359_296, 141_557_760, 50_000, [6_144, 3_456]),
    level("5.0", 8_912_896, 267_386_880, 100_000, [8_192, 4_352]),
    level("5.1", 8_912_896, 534_773_760, 160_000, [8_192, 4_352]),
    level("5.2", 8_912_896, 1_069_547_520, 240_000, [8_192, 4_352]),
    level("6.0", 35_651_584, 1_069_547_520, 240_000, [16_384, 8_704]),
    level("6.1", 35_651_584, 2_139_095_040, 480_000, [16_384, 8_704]),
    level("6.2", 35_651_584, 4_278_190_080, 800_000, [16_384, 8_704]),
];

/// "VP9 Levels and Decoder Testing" (webmproject.org/vp9/levels): luma picture size, luma sample
/// rate, bit rate, largest side.
static VP9: &[Level] = &[
    level("1", 36_864, 829_440, 200, [512, 512]),
    level("1.1", 73_728, 2_764_800, 800, [768, 768]),
    level("2", 122_880, 4_608_000, 1_800, [960, 960]),
    level("2.1", 245_760, 9_216_000, 3_600, [1_344, 1_344]),
    level("3", 552_960, 20_736_000, 7_200, [2_048, 2_048]),
    level("3.1", 983_040, 36_864_000, 12_000, [2_752, 2_752]),
    level("4", 2_228_224, 83_558_400, 18_000, [4_160, 4_160]),
    level("4.1", 2_228_224, 160_432_128, 30_000, [4_160, 4_160]),
    level("5", 8_912_896, 311_951_360, 60_000, [8_384, 8_384]),
    level("5.1", 8_912_896, 588_251_136, 120_000, [8_384, 8_384]),
    level("5.2", 8_912_896, 1_176_502_272, 180_000, [8_384, 8_384]),
    level("6", 35_651_584, 1_176_502_272, 180_000, [16_832, 16_832]),
    level("6.1", 35_651_584, 2_353_004_544, 240_000, [16_832, 16_832]),
    level("6.2", 35_651_584, 4_706_009_088, 480_000, [16_832, 16_832]),
];

/// The lowest level that holds such a stream; `None` for codecs without levels.
///
/// # Errors
/// No level does; the reason names the highest one's limit.
pub(crate) fn level_of(stream: &str, s: &VideoSettings) -> Result<Option<&'static str>, String> {
    let (levels, block) = match stream {
        "h264" => (H264, 16),
        "h265" => (H265, 1),
        "av1" | "av1-aom" => (AV1, 1),
        "vp9" => (VP9, 1),
        _ => return Ok(None),
    };
    let (width, height) = (s.size.width, s.size.height);
    let picture = u64::from(width.div_ceil(block)) * u64::from(height.div_ceil(block));
    let second = (picture as f64 * s.frame_rate.as_f64()).ceil() as u64;
    let kbps = match s.rate {
        Rate::BitrateKbps(kbps) => u64::from(kbps),
        _ => 0,
    };
    let (most, of) = rate_share(stream, s);
    let rate = |l: &Level| l.kbps * most / of;
    // A coded picture of H.265 is a multiple of its smallest block.
    let side = |n: u32| if stream == "h265" { n.next_multiple_of(8) } else { n };
    let fits = |l: &&Level| {
        picture <= l.picture
            && second <= l.second
            && kbps <= rate(l)
            && side(width) <= l.side[0]
            && side(height) <= l.side[1]
            && (stream != "h264" || s.frame_rate.as_f64() <= h264_pictures(l))
    };
    if let Some(level) = levels.iter().find(fits) {
        return Ok(Some(level.name));
    }
    let Some(last) = levels.last() else { return Ok(None) };
    let unit = if block == 16 { "macroblocks of 16×16" } else { "pixels" };
    let what = if side(width) > last.side[0] || side(height) > last.side[1] {
        format!("{width}×{height} pixels; its highest, {}, has {}×{} at most", last.name, last.side[0], last.side[1])
    } else if picture > last.picture {
        format!("pictures of {picture} {unit}; its highest, {}, has {}", last.name, last.picture)
    } else if second > last.second {
        format!(
            "{width}×{height} at {} pictures a second; its highest, {}, has {} {unit} a second",
            s.frame_rate, last.name, last.second
        )
    } else if kbps > rate(last) {
        format!("{kbps} kbit/s of {}; its highest, {}, has {}", s.format, last.name, rate(last))
    } else {
        format!("{} pictures a second; its highest, {}, has {}", s.frame_rate, last.name, h264_pictures(last))
    };
    Err(format!("no level of {stream} holds {what}"))
}

/// The share of the table's bit rates that the profile of a format may have, as a fraction: H.264 table A-2,
/// cpbBrVclFactor (High 1250, High 10 3000, above 4000); H.265 table A.10, CpbVclFactor; AV1 annex A.3,
/// BitrateProfileFactor.
fn rate_share(stream: &str, s: &VideoSettings) -> (u64, u64) {
    let format = s.format;
    let (is_420, is_444) = (format.chroma_shift_y == 1, format.chroma_shift_x == 0 && format.model != ColorModel::Gray);
    match (stream, format.bits) {
        ("h264", 8) if is_420 => (1250, 4000),
        ("h264", _) if is_420 => (3000, 4000),
        ("h265", ..=10) if is_420 => (1000, 1000),
        ("h265", _) if is_420 => (1500, 1000),
        ("h265", 8) if is_444 => (2000, 1000),
        ("h265", ..=10) if is_444 => (2500, 1000),
        ("h265", _) if is_444 => (3000, 1000),
        ("h265", ..=10) => (1667, 1000),
        ("h265", _) => (2000, 1000),
        ("av1" | "av1-aom", ..=10) if is_420 => (1, 1),
        ("av1" | "av1-aom", ..=10) if is_444 => (2, 1),
        ("av1" | "av1-aom", _) => (3, 1),
        _ => (1, 1),
    }
}

/// Most pictures a second at a level of H.264 (A.3.1: 1/fR, fR being 1/172 below level 6, and 1/300).
fn h264_pictures(level: &Level) -> f64 {
    if level.name.starts_with('6') { 300.0 } else { 172.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_types::{PictureFormat, Size};

    fn settings(width: u32, height: u32, rate: &str, kbps: Option<u32>) -> VideoSettings {
        let mut s = VideoSettings::new("h264", Size { width, height }, rate.parse().unwrap()).unwrap();
        s.rate = kbps.map_or(Rate::CodecDefault, Rate::BitrateKbps);
        s
    }

    /// Well-known pairs: H.264 table A-6, H.265 table A.10 and the examples of VP9's and AV1's
    /// tables.
    #[test]
    fn levels_are_those_of_the_specifications() {
        for (stream, width, height, rate, level) in [
            ("h264", 176, 144, "15", "1"),
            ("h264", 352, 288, "30", "1.3"),
            ("h264", 720, 576, "25", "3"),
            ("h264", 1280, 720, "30", "3.1"),
            ("h264", 1920, 1080, "30", "4"),
            ("h264", 1920, 1080, "60", "4.2"),
            ("h264", 3840, 2160, "30", "5.1"),
            ("h264", 3840, 2160, "60", "5.2"),
            ("h264", 7680, 4320, "60", "6.1"),
            ("h265", 1920, 1080, "30", "4"),
            ("h265", 1920, 1080, "60", "4.1"),
            ("h265", 3840, 2160, "60", "5.1"),
            ("h265", 7680, 4320, "60", "6.1"),
            ("vp9", 1920, 1080, "30", "4"),
            ("vp9", 3840, 2160, "60", "5.1"),
            ("av1", 1920, 1080, "30", "4.0"),
            ("av1", 3840, 2160, "60", "5.1"),
        ] {
            let found = level_of(stream, &settings(width, height, rate, None)).unwrap();
            assert_eq!(found, Some(level), "{stream} {width}×{height} at {rate}");
        }
        // 8-bit 4:2:0 is in High: 62 500 kbit/s at 4.1, 168 750 at 5.
        assert_eq!(level_of("h264", &settings(1920, 1080, "30", Some(62_500))).unwrap(), Some("4.1"));
        assert_eq!(level_of("h264", &settings(1920, 1080, "30", Some(90_000))).unwrap(), Some("5"));
        // 4:2:2 of 10 bits has 1.667 times the rate of 4:2:0 in H.265.
        let mut wide = settings(7680, 4320, "60", Some(1_300_000));
        wide.format = PictureFormat::yuv(10, 1, 0);
        assert_eq!(level_of("h265", &wide).unwrap(), Some("6.2"));
        // More pictures a second than 172 need level 6 of H.264; the sides of H.265 are padded to 8.
        assert_eq!(level_of("h264", &settings(176, 144, "240", None)).unwrap(), Some("6"));
        assert_eq!(level_of("h265", &settings(8442, 1000, "25", None)).unwrap(), Some("6"));
        assert_eq!(level_of("prores", &settings(16_384, 16_384, "240", None)).unwrap(), None);
    }

    #[test]
    fn what_no_level_holds_is_said() {
        for (width, height, rate, kbps, part) in [
            (16_384, 16_384, "25", None, "macroblocks of 16×16; its highest, 6.2, has 139264"),
            (8192, 4320, "240", None, "at 240 pictures a second"),
            (1920, 1080, "25", Some(4_000_000), "4000000 kbit/s of yuv420 8-bit; its highest, 6.2, has 1000000"),
            (96, 64, "400", None, "400 pictures a second; its highest, 6.2, has 300"),
        ] {
            let reason = level_of("h264", &settings(width, height, rate, kbps)).unwrap_err();
            assert!(reason.contains(part), "{reason}");
        }
    }
}
