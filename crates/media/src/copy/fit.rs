//! Whether a stream can be that of the film, and how pictures beside its packets are encoded so that
//! one description holds for both.
use super::{CopySource, Reason};
use crate::coded::{h264, h265, sets::Coding};
use crate::write::{VideoSettings, container};
use cutroom_types::{ColorTags, Orientation, PictureFormat};

/// How pictures beside copied packets are encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeSettings {
    /// Settings of the encoder.
    pub video: VideoSettings,
    pub(super) coding: Coding,
    /// H.265: numbers of the encoder's parameter sets.
    pub(super) ids: Option<h265::SetIds>,
}

impl CopySource {
    /// Checks that the stream can be that of a film with these settings, and returns those for the
    /// pictures that are encoded beside its packets. Of the settings, quality and preset are kept; a
    /// profile counts only if one is named.
    ///
    /// # Errors
    /// What does not fit.
    pub fn fits(&self, wanted: &VideoSettings, container_id: &str) -> Result<EdgeSettings, Reason> {
        let info = self.info();
        let differs = |property, is: String, wanted: String| Err(Reason::Differs { property, is, wanted });
        if wanted.codec != self.codec() {
            return differs("codec", self.codec().into(), wanted.codec.clone());
        }
        let holds = container(container_id).is_ok_and(|c| c.video.contains(&self.codec()));
        if !holds {
            return Err(Reason::Container { container: container_id.into(), codec: self.codec().into() });
        }
        if info.orientation != Orientation::UPRIGHT {
            return Err(Reason::Turned);
        }
        if info.size != wanted.size {
            let text = |s: cutroom_types::Size| format!("{}×{}", s.width, s.height);
            return differs("size", text(info.size), text(wanted.size));
        }
        let Some(format) = info.format.filter(|f| *f == wanted.format) else {
            return differs("pixel format", info.pixel_format.clone(), wanted.format.to_string());
        };
        if !same_color(info.color, wanted.color, format) {
            return differs("colour", format!("{:?}", info.color), format!("{:?}", wanted.color));
        }
        let ((n, d), (wn, wd)) = (info.sample_aspect, wanted.sample_aspect);
        if u64::from(n) * u64::from(wd) != u64::from(wn) * u64::from(d) {
            return differs("sample aspect", format!("{n}:{d}"), format!("{wn}:{wd}"));
        }
        if info.hdr != wanted.hdr {
            return differs("HDR metadata", format!("{:?}", info.hdr), format!("{:?}", wanted.hdr));
        }
        if wanted.frame_rate != self.rate {
            return differs("rate", self.rate.to_string(), wanted.frame_rate.to_string());
        }
        let profile = self.profile_id()?;
        if let Some(named) = wanted.profile.as_deref().filter(|named| *named != "auto" && Some(*named) != profile) {
            return differs("profile", profile.unwrap_or("another one").into(), named.into());
        }
        let mut video = VideoSettings { profile: profile.map(str::to_owned), ..wanted.clone() };
        let mut ids = None;
        match self.coding {
            Coding::H264 => self.match_h264(&mut video)?,
            Coding::H265 => ids = Some(self.match_h265(&mut video)?),
            _ => {}
        }
        Ok(EdgeSettings { video, coding: self.coding, ids })
    }

    /// The profile of the codec's row that the stream is of; `None` to leave it to the encoder.
    fn profile_id(&self) -> Result<Option<&'static str>, Reason> {
        // Numbers of FFmpeg; flags for constrained and intra-only profiles are in the bits above
        // the eight of H.264 profiles.
        let id = match (self.coding, self.profile) {
            (Coding::H264, profile) => match profile & 0xFF {
                66 => "baseline",
                77 => "main",
                100 => "high",
                110 => "high10",
                122 => "high422",
                244 => "high444",
                _ => return Err(self.other_profile()),
            },
            (Coding::H265, 1) => "main",
            (Coding::H265, 2) => "main10",
            // Range extensions: the encoder takes the one that holds the format.
            (Coding::H265, 4) => return Ok(None),
            (Coding::Prores, profile @ 0..=5) => ["proxy", "lt", "standard", "hq", "4444", "4444xq"][profile as usize],
            (Coding::Dnxhd, profile @ 1..=5) => ["lb", "sq", "hq", "hqx", "444"][profile as usize - 1],
            (Coding::Mjpeg, _) => return Ok(None),
            _ => return Err(self.other_profile()),
        };
        Ok(Some(id))
    }

    fn other_profile(&self) -> Reason {
        let profile = self.info().profile.clone().unwrap_or_else(|| self.profile.to_string());
        Reason::Profile { profile }
    }

    fn match_h264(&self, video: &mut VideoSettings) -> Result<(), Reason> {
        let all: Vec<h264::Sps> = self.sets.iter().filter_map(|u| h264::sps(u)).collect();
        let pps: Vec<h264::Pps> = self.sets.iter().filter_map(|u| h264::pps(u)).collect();
        let id =
            (0..32).find(|id| all.iter().all(|s| s.id != *id) && pps.iter().all(|p| p.id != *id)).ok_or(Reason::NoFreeNumber)?;
        let references = all.iter().map(|s| s.references).min().unwrap_or(1).clamp(1, 16);
        if references < 16 {
            set(video, "refs", references.min(usual_references(video)).to_string());
        }
        if pps.iter().all(|p| !p.has_arithmetic_coding) && video.profile.as_deref() != Some("baseline") {
            set(video, "coder", "vlc".into());
        }
        let mut params = format!("sps-id={id}:open-gop=0");
        // As many pictures are reordered as in the source: decoders may lose those that wait where the
        // number changes (OpenH264 does).
        let (between, pyramid) = [("0", "none"), ("2", "none"), ("3", "normal")][self.delay.min(2)];
        set(video, "bf", between.into());
        params.push_str(&format!(":b-pyramid={pyramid}"));
        if self.is_intra() {
            video.gop_frames = Some(1);
        }
        add_params(video, "x264-params", &params);
        Ok(())
    }

    fn match_h265(&self, video: &mut VideoSettings) -> Result<h265::SetIds, Reason> {
        let taken = |kind: u8, id: u32| self.sets.iter().any(|u| self.coding.set_key(u) == Some((kind, id)));
        let free = |kind: u8, mut ids: std::ops::RangeInclusive<u32>| ids.find(|id| !taken(kind, *id)).ok_or(Reason::NoFreeNumber);
        let ids =
            h265::SetIds { vps: free(h265::VPS, 0..=15)?, sps: free(h265::SPS, 0..=15)?, pps: free(h265::PPS, h265::PPS_IDS)? };
        let all: Vec<h265::Sps> = self.sets.iter().filter_map(|u| h265::sps(u)).collect();
        let held = all.iter().map(|s| s.held).min().unwrap_or(1);
        let reordered = all.iter().map(|s| s.reordered).min().unwrap_or(0);
        let mut params = format!("open-gop=0:repeat-headers=0:hrd=0:ref={}", held.saturating_sub(1).clamp(1, 3));
        let (between, pyramid) = [(0, 0), (2, 0), (3, 1)][reordered.min(2) as usize];
        params.push_str(&format!(":bframes={between}:b-pyramid={pyramid}"));
        if self.is_intra() {
            video.gop_frames = Some(1);
        }
        add_params(video, "x265-params", &params);
        Ok(ids)
    }
}

/// What x264's presets take at most where nothing is said (x264 --fullhelp: ref).
fn usual_references(video: &VideoSettings) -> u32 {
    match video.preset.as_deref() {
        Some("ultrafast" | "superfast" | "veryfast") => 1,
        Some("faster" | "fast") => 2,
        Some("slow") => 5,
        Some("slower") => 8,
        Some("veryslow" | "placebo") => 16,
        _ => 3,
    }
}

/// Sets an option of the encoder in place of one that was wanted.
fn set(video: &mut VideoSettings, name: &str, value: String) {
    video.extra.retain(|(n, _)| n != name);
    video.extra.push((name.into(), value));
}

/// Appends to a list of an encoder's own parameters; later ones count.
fn add_params(video: &mut VideoSettings, name: &str, params: &str) {
    match video.extra.iter_mut().find(|(n, _)| n == name) {
        Some((_, list)) => {
            list.push(':');
            list.push_str(params);
        }
        None => video.extra.push((name.into(), params.into())),
    }
}

fn same_color(a: ColorTags, b: ColorTags, format: PictureFormat) -> bool {
    let is_subsampled = format.chroma_shift_x + format.chroma_shift_y > 0;
    ColorTags { chroma: if is_subsampled { a.chroma } else { b.chroma }, ..a } == b
}
