//! Why drawing fails.
use cutroom_types::{MediaId, Time};

/// Why a plan could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// No usable GPU was found or it failed.
    #[error("the GPU back end cannot be used: {0}")]
    Gpu(String),
    /// A needed source picture was not given.
    #[error("the picture of {media} at {secs:.3} s was not fetched", secs = .time.as_secs_f64())]
    MissingSource {
        /// Which file.
        media: MediaId,
        /// Source time.
        time: Time,
    },
    /// A look that an effect names was not given.
    #[error("the look-up table {0} was not read")]
    MissingLut(String),
    /// The raster is empty or too large.
    #[error("cannot draw {0}")]
    Unsupported(String),
}

impl RenderError {
    /// Stable code for faces and translation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Gpu(_) => "render.gpu",
            Self::MissingSource { .. } => "render.missing_source",
            Self::MissingLut(_) => "render.missing_look",
            Self::Unsupported(_) => "render.unsupported",
        }
    }
}
