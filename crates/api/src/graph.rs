//! The render graph of one frame, after superfluous work has been eliminated.
use crate::{ApiError, Session, session};
use cutroom_pipeline::{OpenComposition, output_spec};
use cutroom_types::{CancelToken, PictureFormat, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The frame whose graph is requested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GraphRequest {
    /// Seconds, timecode or frame number; see [`crate::parse_frame`].
    pub at: String,
    /// Composition id; absent: the project's main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// Pixel format of the result, which decides what must be converted; absent: `yuv420p`.
    #[serde(default)]
    pub pixel_format: Option<String>,
}

/// The graph of a frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GraphReport {
    /// Frame number.
    pub frame: i64,
    /// Identifies the frame's pixels: equal keys mean equal pixels, as long as the files are the
    /// same.
    pub key: String,
    /// Sources, then passes in execution order.
    pub nodes: Vec<NodeReport>,
    /// What was eliminated as superfluous.
    pub eliminated: Vec<String>,
}

/// A source picture or a pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NodeReport {
    /// Unique in the graph.
    pub id: String,
    /// Short description.
    pub title: String,
    /// What it computes, in order; several stages of one pass are fused.
    pub stages: Vec<String>,
    /// Ids of the nodes that it reads.
    pub inputs: Vec<String>,
    /// Identifies its pixels.
    pub key: String,
    /// Size in pixels.
    pub size: Size,
    /// Operations per pixel.
    pub operations: usize,
}

/// Returns the graph that drawing a frame runs.
///
/// # Errors
/// The same as those of drawing the frame.
pub fn graph(session: &Session, request: &GraphRequest, cancel: &CancelToken) -> Result<GraphReport, Vec<ApiError>> {
    let id = session.composition(request.composition.as_deref()).map_err(|e| vec![e])?;
    let composition = session.open_composition(&id, 0, cancel)?;
    of_frame(request, &composition).map_err(|e| vec![e])
}

fn of_frame(request: &GraphRequest, opened: &Arc<OpenComposition>) -> Result<GraphReport, ApiError> {
    let format = request.pixel_format.as_deref().map(crate::settings::parse_pixel_format).transpose()?;
    let composition = opened.composition();
    let frame = session::frame_inside(&request.at, composition.frame_rate, opened.frame_count())?;
    let (key, graph) = opened.graph(frame, &output_spec(composition, format.unwrap_or(PictureFormat::YUV420P8)))?;
    let nodes = graph.nodes.into_iter().map(|n| NodeReport {
        id: n.id,
        title: n.title,
        stages: n.stages,
        inputs: n.inputs,
        key: n.key,
        size: n.size,
        operations: n.operations,
    });
    Ok(GraphReport { frame, key: key.to_string(), nodes: nodes.collect(), eliminated: graph.eliminated })
}
