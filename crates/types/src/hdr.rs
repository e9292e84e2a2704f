//! What an HDR picture was mastered on, and how bright it gets: stored beside the pictures, for
//! displays that cannot show all of it.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The display on which a picture was graded (SMPTE ST 2086).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MasteringDisplay {
    /// CIE 1931 (x, y) of its red primary, each 0..=1.
    pub red: [f64; 2],
    /// CIE 1931 (x, y) of its green primary.
    pub green: [f64; 2],
    /// CIE 1931 (x, y) of its blue primary.
    pub blue: [f64; 2],
    /// CIE 1931 (x, y) of its white point.
    pub white: [f64; 2],
    /// Luminance of its black, cd/m², from 0 to below `max_cd_m2`.
    pub min_cd_m2: f64,
    /// Luminance of its white, cd/m², 5..=10000 (the range of H.265, D.3.28).
    pub max_cd_m2: f64,
}

/// How bright the content is (CTA-861.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentLight {
    /// Luminance of the brightest pixel (MaxCLL), cd/m², 0..=65535; 0: not known.
    pub max_cd_m2: u16,
    /// Highest average luminance of a frame (MaxFALL), cd/m², 0..=65535; 0: not known.
    pub max_frame_average_cd_m2: u16,
}

/// Both, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HdrMetadata {
    /// The mastering display.
    pub mastering_display: Option<MasteringDisplay>,
    /// The content's light level.
    pub content_light: Option<ContentLight>,
}

impl MasteringDisplay {
    /// Whether every number is within its range.
    pub fn is_valid(&self) -> bool {
        let points = [self.red, self.green, self.blue, self.white];
        points.as_flattened().iter().all(|v| (0.0..=1.0).contains(v))
            && (0.0..self.max_cd_m2).contains(&self.min_cd_m2)
            && (5.0..=10_000.0).contains(&self.max_cd_m2)
    }
}

impl HdrMetadata {
    /// `self`, with what is not known taken from `other`.
    pub fn or(self, other: Self) -> Self {
        Self {
            mastering_display: self.mastering_display.or(other.mastering_display),
            content_light: self.content_light.or(other.content_light),
        }
    }
}
