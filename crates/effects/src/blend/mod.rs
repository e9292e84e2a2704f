//! The built-in blend modes.
mod alpha;
mod normal;
mod separable;
mod whole_color;

use crate::spec::BlendSpec;

pub use alpha::{ALPHA_ADD, SILHOUETTE_ALPHA};
pub use normal::SPEC as NORMAL;

/// Every blend mode, in the order of menus.
pub static BLEND_MODES: &[&BlendSpec] = &[
    &normal::SPEC,
    &alpha::DISSOLVE,
    &alpha::DANCING_DISSOLVE,
    &separable::DARKEN,
    &separable::MULTIPLY,
    &separable::COLOR_BURN,
    &separable::CLASSIC_COLOR_BURN,
    &separable::LINEAR_BURN,
    &whole_color::DARKER_COLOR,
    &separable::ADD,
    &separable::LIGHTEN,
    &separable::SCREEN,
    &separable::COLOR_DODGE,
    &separable::CLASSIC_COLOR_DODGE,
    &separable::LINEAR_DODGE,
    &whole_color::LIGHTER_COLOR,
    &separable::OVERLAY,
    &separable::SOFT_LIGHT,
    &separable::HARD_LIGHT,
    &separable::LINEAR_LIGHT,
    &separable::VIVID_LIGHT,
    &separable::PIN_LIGHT,
    &separable::HARD_MIX,
    &separable::DIFFERENCE,
    &separable::CLASSIC_DIFFERENCE,
    &separable::EXCLUSION,
    &separable::SUBTRACT,
    &separable::DIVIDE,
    &whole_color::HUE,
    &whole_color::SATURATION,
    &whole_color::COLOR,
    &whole_color::LUMINOSITY,
    &alpha::STENCIL_ALPHA,
    &alpha::STENCIL_LUMA,
    &alpha::SILHOUETTE_ALPHA,
    &alpha::SILHOUETTE_LUMA,
    &alpha::ALPHA_ADD,
];
