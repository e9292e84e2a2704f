//! Values of effect, transition and generator parameters.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One parameter value as it stands in the document or in a plan.
/// Colours are straight-alpha RGBA, display-encoded (as a colour picker shows them), 0..=1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ParamValue {
    /// On or off.
    Bool(bool),
    /// A number in the unit that the parameter table states.
    Number(f64),
    /// Two numbers: a point.
    Point([f64; 2]),
    /// RGBA colour.
    Color([f64; 4]),
    /// One of a closed set of names, a path, or an id; shared, so that plans copy no text.
    Text(Arc<str>),
}
