//! Errors of drawing.

/// Why a drawing cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawingError {
    /// It exceeds a limit.
    #[error("{what} is too complex; the limit is {limit}")]
    TooComplex {
        /// What exceeds it.
        what: &'static str,
        /// The limit, with its unit.
        limit: String,
    },
    /// A text does not fit into its box, and its `overflow` is `error`.
    #[error("the text \"{text}\" needs {needs} and its box has {has}; enlarge the box, or set overflow to shrink, clip or visible")]
    Overflow {
        /// Its beginning.
        text: String,
        /// Size that it needs.
        needs: String,
        /// Size of its box.
        has: String,
    },
    /// A file is not a font.
    #[error("{name} is not a font that can be read (TrueType, OpenType or a collection of them)")]
    Font {
        /// Its name.
        name: String,
    },
    /// An SVG file cannot be drawn.
    #[error("this SVG cannot be drawn: {reason}")]
    Svg {
        /// Why.
        reason: String,
    },
}

impl DrawingError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooComplex { .. } => "drawing.too_complex",
            Self::Overflow { .. } => "drawing.overflow",
            Self::Font { .. } => "drawing.font",
            Self::Svg { .. } => "drawing.svg",
        }
    }
}
