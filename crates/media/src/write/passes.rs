//! Settings of the two passes in which an encoder reaches a bit rate.
use crate::{
    MediaError,
    write::{
        refuse::refuse,
        settings::{Rate, VideoSettings},
        video::video_codec,
    },
};
use std::path::Path;

impl VideoSettings {
    /// These settings for a film whose segments are encoded in two passes: parameter sets must not depend on
    /// what is in a segment or on its bit rate.
    #[must_use]
    pub fn in_two_passes(mut self) -> Self {
        let option = match self.codec.as_str() {
            // x264: "ensures ability to recombine a segmented encode".
            "h264" => ("x264-params", "stitchable=1"),
            // x265 writes all its settings into a message beside its parameter sets.
            "h265" => ("x265-params", "info=0"),
            _ => return self,
        };
        self.extra.push((option.0.into(), option.1.into()));
        self
    }

    /// These settings for one pass of two: the first measures at constant quality, the second keeps the bit
    /// rate. Statistics are in files whose names begin like `statistics`; they are complete once the
    /// encoder is closed.
    ///
    /// # Errors
    /// [`MediaError::Settings`] for codecs without passes and names that are not UTF-8.
    pub fn pass(&self, pass: u8, statistics: &Path) -> Result<Self, MediaError> {
        let codec = video_codec(&self.codec)?;
        let name = statistics.to_str().ok_or_else(|| refuse("two passes need a folder whose name is UTF-8".into()))?;
        let passes = codec.passes.ok_or_else(|| refuse(format!("{} has no two passes", codec.id)))?;
        let mut settings = self.clone();
        settings.extra.extend(passes(pass, name));
        if pass == 1 {
            settings.rate = Rate::CodecDefault;
        }
        Ok(settings)
    }
}
