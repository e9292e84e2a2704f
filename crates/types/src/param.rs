//! Values of effect and transition parameters.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One parameter value in a project or a plan. Colours are RGBA with straight alpha,
/// display-encoded (as a colour picker shows them), 0..=1.
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
    /// One of a closed set of names, a path, or an id. Reference-counted, so that plans do not copy
    /// the text.
    Text(Arc<str>),
}
