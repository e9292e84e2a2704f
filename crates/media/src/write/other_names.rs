//! What users of other programs call the codecs.

/// Name elsewhere (FFmpeg's of the format and of its encoders, and common ones), id here.
const TABLE: &[(&str, &str)] = &[
    ("avc", "h264"),
    ("h.264", "h264"),
    ("x264", "h264"),
    ("libx264", "h264"),
    ("hevc", "h265"),
    ("h.265", "h265"),
    ("x265", "h265"),
    ("libx265", "h265"),
    ("libvpx-vp9", "vp9"),
    ("vp09", "vp9"),
    ("av01", "av1"),
    ("libsvtav1", "av1"),
    ("libaom-av1", "av1"),
    ("prores_ks", "prores"),
    ("dnxhd", "dnxhr"),
    ("jpeg", "mjpeg"),
    ("motion-jpeg", "mjpeg"),
    ("animation", "qtrle"),
    ("openexr", "exr"),
    ("libwebp", "webp"),
    ("libopus", "opus"),
    ("mp4a", "aac"),
    ("wav", "pcm"),
    ("pcm_s16le", "pcm"),
    ("pcm_s24le", "pcm"),
];

/// The start of a list of known ids, with the one that another name means.
pub(super) fn known(name: &str, ids: &[&str]) -> String {
    let plain = name.trim().to_lowercase();
    let here = TABLE.iter().find(|(other, id)| *other == plain && ids.contains(id)).map(|(_, id)| *id);
    here.map_or_else(|| format!("there are {}", ids.join(", ")), |id| format!("write {id}; there are {}", ids.join(", ")))
}

#[cfg(test)]
mod tests {
    use crate::write::{audio_codec, video_codec};

    #[test]
    fn every_other_name_leads_to_a_codec() {
        for (other, id) in super::TABLE {
            let messages =
                [video_codec(other).err(), audio_codec(other).err()].map(|e| e.map(|e| e.to_string()).unwrap_or_default());
            assert!(messages.iter().any(|m| m.contains(&format!("write {id};"))), "{other}: {messages:?}");
        }
    }
}
