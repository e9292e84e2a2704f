//! Requests for frames: entities that move through the stages.
use crate::EngineError;
use bevy_ecs::prelude::*;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use cutroom_pipeline::FrameKey;
use cutroom_timeline::RenderScale;
use cutroom_types::{CancelToken, Picture};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// How urgent a request is, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Somebody drags the playhead: only the newest such request matters.
    Scrub,
    /// A frame of running playback.
    Playback,
    /// Somebody waits for it.
    Normal,
    /// It may be needed soon. It waits while playback or an export runs.
    Prefetch,
}

/// A request for a frame.
#[derive(Component, Clone, Debug, PartialEq)]
pub struct FrameRequest {
    /// Its number, in the order of requests.
    pub number: u64,
    /// The frame.
    pub frame: i64,
    /// At which scale.
    pub scale: RenderScale,
    /// How urgent it is.
    pub urgency: Urgency,
}

/// How far a request is.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// It has to be planned.
    Wanted,
    /// Its key is known, and its picture is in no cache.
    Planned,
    /// It waits for the render thread, or its sources are being decoded.
    Decoding,
    /// The render thread works on it.
    Drawing,
    /// Its picture is there.
    Done,
    /// It will have no picture.
    Failed,
}

/// What a request was planned for.
#[derive(Component, Clone, Debug, PartialEq)]
pub struct RequestPlan {
    /// Revision of the document.
    pub revision: u64,
    /// Number of the opening of the document.
    pub opening: u64,
    /// What decides the pixels; `None` if a file cannot be read any more.
    pub key: Option<FrameKey>,
}

/// The tick of playback that a request is for, and the number of the playback.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForTick {
    /// Number of the playback.
    pub playback: u64,
    /// Its tick.
    pub tick: u64,
}

/// Cancelled when nobody wants the frame any more.
#[derive(Component, Clone)]
pub(crate) struct Wish(pub CancelToken);

/// Where the answer goes.
#[derive(Component)]
pub(crate) struct AnswerTo(pub Sender<Reply>);

/// What came out.
#[derive(Component)]
pub(crate) struct Outcome(pub Result<Picture, Arc<EngineError>>);

pub(crate) type Reply = Result<FrameAnswer, Arc<EngineError>>;

/// A picture for a request.
#[derive(Clone, Debug)]
pub struct FrameAnswer {
    /// Number of the request.
    pub request: u64,
    /// The frame that the picture shows.
    pub frame: i64,
    /// Revision of the document.
    pub revision: u64,
    /// What decides its pixels; `None` if a file could not be read any more.
    pub key: Option<FrameKey>,
    /// Whether it is the frame that was requested; otherwise it is the nearest one that was ready, and
    /// another answer follows.
    pub exact: bool,
    /// The picture.
    pub picture: Picture,
}

/// The requester's end. If it is dropped, the frame is not wanted any more.
pub struct FrameHandle {
    pub(crate) number: u64,
    pub(crate) answers: Receiver<Reply>,
    pub(crate) token: CancelToken,
}

impl FrameHandle {
    /// Number of the request.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The next answer, if there is one. Answers come with the engine's updates.
    ///
    /// # Errors
    /// Why there will be no picture.
    pub fn poll(&self) -> Result<Option<FrameAnswer>, Arc<EngineError>> {
        self.answers.try_recv().ok().transpose()
    }

    /// Waits for the next answer, while another thread updates the engine.
    ///
    /// # Errors
    /// Why there will be no picture.
    pub fn wait(&self, time: Duration) -> Result<Option<FrameAnswer>, Arc<EngineError>> {
        match self.answers.recv_timeout(time) {
            Ok(reply) => reply.map(Some),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Ok(None),
        }
    }
}

impl Drop for FrameHandle {
    fn drop(&mut self) {
        self.token.cancel();
    }
}

/// Numbers of requests, and their entities.
#[derive(Resource, Default)]
pub struct Requests {
    pub(crate) next: u64,
    pub(crate) entities: HashMap<u64, Entity>,
    /// Keys of frames that are on the render thread although nobody wants them any more.
    pub(crate) late: HashMap<u64, FrameKey>,
    /// Requests that were overtaken so far.
    pub(crate) overtaken: u64,
}
