//! The same frame without the effects of a clip: a second session in memory, which has a copy of
//! the document, changed, and is made anew when the document changes.
use crate::link::Shown;
use cutroom_api::{ApiError, CancelToken, Editor, FrameHandle, LiveOptions, LiveSession, RenderScale, Urgency, ViewId};
use serde_json::json;
use std::time::Instant;

/// A second session.
pub struct Before {
    /// The clip whose effects are left out.
    pub clip: String,
    /// Revision of the document that it was copied from.
    pub revision: u64,
    session: LiveSession,
    wanted: Option<(FrameHandle, Instant)>,
    /// The frame that was requested last.
    frame: Option<i64>,
}

impl Before {
    /// A copy of the document of `of` without the effects of a clip.
    ///
    /// # Errors
    /// There is no such clip, or the copy cannot be shown.
    pub fn new(of: &LiveSession, clip: &str, composition: &str, options: &LiveOptions) -> Result<Self, Vec<ApiError>> {
        let one = |e| vec![e];
        let copy = of.snapshot();
        let tracks = copy.project().compositions.iter().flat_map(|composition| &composition.tracks);
        let found = tracks.flat_map(|track| track.clips.with_id(clip)).next();
        let found = found.ok_or_else(|| one(ApiError::new("usage.clip", format!("there is no clip \"{clip}\""))))?;
        let off = |effect: &cutroom_api::EffectInstance| {
            let field = format!("video.effects.{}.enabled", effect.id);
            json!({"set": {"of": {"clip": clip}, "field": field, "value": false}})
        };
        let commands: Vec<_> = found.video.effects.iter().filter(|effect| effect.enabled).map(off).collect();
        let editor = Editor::new(copy, None, false).map_err(one)?;
        let options = LiveOptions { watches: false, keeps_changes: false, ..options.clone() };
        let revision = of.revision();
        let mut session = LiveSession::new(editor, options).map_err(one)?;
        let show = json!({"show": {"composition": composition}});
        for command in commands.iter().chain([&show]) {
            session.execute_in(ViewId::SCRIPT, command, &CancelToken::new(), &mut |_| {})?;
        }
        Ok(Self { clip: clip.to_owned(), revision, session, wanted: None, frame: None })
    }

    /// Whether a picture is on its way.
    pub fn is_busy(&self) -> bool {
        self.wanted.is_some()
    }

    /// Requests a frame if it is another one than the last, and returns one that has come.
    ///
    /// # Errors
    /// The frame cannot be drawn.
    pub fn update(&mut self, frame: i64, scale: RenderScale) -> Result<Option<Shown>, Vec<ApiError>> {
        let one = |e| vec![e];
        self.session.update(&mut |_| {});
        let engine = self.session.engine(ViewId::SCRIPT).map_err(one)?;
        if self.frame != Some(frame) {
            self.frame = Some(frame);
            self.wanted = Some((engine.request(frame, scale, Urgency::Normal), Instant::now()));
        }
        let Some((handle, since)) = &self.wanted else { return Ok(None) };
        match handle.poll() {
            Ok(Some(answer)) => {
                let waited = Some(since.elapsed());
                let shown = Shown { frame: answer.frame, revision: self.revision, plays: false, waited, picture: answer.picture };
                if answer.exact {
                    self.wanted = None;
                }
                Ok(Some(shown))
            }
            Ok(None) => Ok(None),
            Err(e) => {
                self.wanted = None;
                Err(one(ApiError::of(e.code(), &*e)))
            }
        }
    }
}
