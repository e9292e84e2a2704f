//! Texts without anything special, to start from.
use crate::drawing::{Overflow, Paint, TextAlign, TextBlock, TextDirection, TextFlow, TextRun, TextStyle, VerticalAlign};
use std::sync::Arc;

impl TextStyle {
    /// The shipped families in white and regular.
    pub fn plain(size_px: f32) -> Self {
        Self {
            families: vec![],
            size_px,
            weight: 400.0,
            italic: false,
            width: 1.0,
            axes: vec![],
            features: vec![],
            language: None,
            tracking_px: 0.0,
            word_spacing_px: 0.0,
            baseline_shift_px: 0.0,
            underline: false,
            strikethrough: false,
            fill: Some(Paint::Solid([1.0; 4])),
            strokes: vec![],
        }
    }
}

impl TextBlock {
    /// A text of one style whose lines break at line feeds only, with nothing around them.
    pub fn plain(text: &str, style: TextStyle, align: TextAlign) -> Self {
        Self {
            runs: vec![TextRun { text: Arc::from(text), style }],
            flow: TextFlow {
                align,
                vertical_align: VerticalAlign::Middle,
                line_height: 1.0,
                paragraph_spacing_px: 0.0,
                width_px: None,
                height_px: None,
                overflow: Overflow::Visible,
                direction: TextDirection::Auto,
                vertical: false,
            },
            background: None,
            shadows: vec![],
            path: None,
            animations: vec![],
        }
    }
}
