//! The setting that says what decodes.

/// What decodes video streams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DecodeChoice {
    /// The processor.
    #[default]
    Software,
    /// A graphics card where there is one of a kind that is tested and it decodes the stream, else
    /// the processor.
    Auto,
    /// NVIDIA's decoder.
    Cuda,
    /// VA-API: Intel's and AMD's cards on Linux.
    Vaapi,
    /// Apple's decoder.
    VideoToolbox,
    /// Direct3D 11 on Windows.
    D3d11,
    /// Intel's Quick Sync.
    Qsv,
}

impl DecodeChoice {
    /// All choices; the first two name no kind of device.
    pub const ALL: [Self; 7] = [Self::Software, Self::Auto, Self::Cuda, Self::Vaapi, Self::VideoToolbox, Self::D3d11, Self::Qsv];

    /// Stable id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Software => "software",
            Self::Auto => "auto",
            Self::Cuda => "cuda",
            Self::Vaapi => "vaapi",
            Self::VideoToolbox => "videotoolbox",
            Self::D3d11 => "d3d11",
            Self::Qsv => "qsv",
        }
    }

    /// The choice with this id.
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.id() == id)
    }

    /// Whether a kind of device is named: that it is not used is then worth a warning.
    pub const fn is_named(self) -> bool {
        !matches!(self, Self::Software | Self::Auto)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_name_their_choice_and_nothing_else_does() {
        for choice in DecodeChoice::ALL {
            assert_eq!(DecodeChoice::named(choice.id()), Some(choice));
        }
        for other in ["", "off", "CUDA", "nvdec"] {
            assert_eq!(DecodeChoice::named(other), None, "{other}");
        }
        assert!(!DecodeChoice::default().is_named() && DecodeChoice::Qsv.is_named());
    }
}
