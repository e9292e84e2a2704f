//! Errors of drawing.
use cutroom_types::{MediaId, Time};

/// Why a plan could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The GPU back end was requested and no usable GPU was found, or the GPU failed.
    #[error("the GPU back end cannot be used: {0}")]
    Gpu(String),
    /// A graphics card was asked for by a number that none has.
    #[error("there is no graphics card {number}; {known}")]
    NoCard {
        /// The number.
        number: usize,
        /// The cards that there are, in words.
        known: String,
    },
    /// [`crate::SourcePictures`] returned no picture for a source frame that the plan needs.
    #[error("the picture of {media} at {secs:.3} s was not fetched", secs = .time.as_secs_f64())]
    MissingSource {
        /// Media of the source frame.
        media: MediaId,
        /// Source time.
        time: Time,
    },
    /// [`crate::SourcePictures`] returned no LUT for a file that an effect names.
    #[error("the look-up table {0} was not read")]
    MissingLut(String),
    /// A decoded picture could not be copied from a graphics device.
    #[error(transparent)]
    Download(#[from] cutroom_types::DownloadError),
    /// A text or shapes could not be drawn.
    #[error(transparent)]
    Drawing(#[from] cutroom_drawing::DrawingError),
    /// Something that this crate or the device does not support, such as an empty or too large
    /// raster.
    #[error("cannot draw {0}")]
    Unsupported(String),
}

impl RenderError {
    /// Stable code for interfaces and translation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Gpu(_) => "render.gpu",
            Self::NoCard { .. } => "render.gpu.absent",
            Self::MissingSource { .. } => "render.missing_source",
            Self::MissingLut(_) => "render.missing_look",
            Self::Download(_) => "render.download",
            Self::Drawing(e) => e.code(),
            Self::Unsupported(_) => "render.unsupported",
        }
    }
}
