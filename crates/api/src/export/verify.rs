//! Decodes a finished film and compares it with what it was to be.
use super::{
    ExportPhase, ExportProgress, Verified,
    prepared::{Made, Prepared},
};
use crate::ApiError;
use cutroom_export::picture_hash;
use cutroom_media::{MediaIndex, ReadOptions, VideoReader};
use cutroom_pipeline::{PipelineError, Renderer};
use cutroom_types::CancelToken;

impl Prepared {
    /// Decodes all films and notes what was found.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_all(
        &self,
        made: &mut Made,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(ExportProgress),
    ) -> Result<(), ApiError> {
        made.verified = Some(self.verify(cancel, progress)?);
        self.also.iter().zip(&mut made.also).try_for_each(|(also, made)| also.verify_all(made, cancel, progress))
    }

    /// Decodes the film.
    ///
    /// # Errors
    /// `export.verify` if it has another number of frames, another length or another picture; errors of
    /// reading it.
    pub fn verify(&self, cancel: &CancelToken, progress: &mut dyn FnMut(ExportProgress)) -> Result<Verified, ApiError> {
        let Some(path) = self.plan.file() else { return Ok(Verified::default()) };
        let failed = |what: String| {
            let error = ApiError::new("export.verify", format!("{}: {what}", path.display())).file(path);
            error.hint("the file is there, but is not the film: export again, and report it if it happens again")
        };
        let index = MediaIndex::scan_until(path, cancel)?;
        let info = index.info();
        let wanted_secs = self.outline.duration_secs;
        let duration_secs = info.duration.as_secs_f64();
        // Half a frame, the rounding of containers, and what lossy codecs of sound add to their last packet.
        let near = 0.5 / (self.plan.rate.num() as f64 / self.plan.rate.den() as f64) + 0.1;
        if (duration_secs - wanted_secs).abs() > near {
            return Err(failed(format!("it is {duration_secs:.3} s long instead of {wanted_secs:.3} s")));
        }
        if !self.outline.pictures {
            return Ok(Verified { frames: 0, duration_secs, compared: 0 });
        }
        // What is stored without loss is drawn again, which also finds what a disk has changed.
        let mut again = match self.plan.is_lossless() {
            true => {
                let mut frames = self.composition.frames(self.plan.frames.clone());
                frames.set_scale(self.plan.scale);
                Some((frames, Renderer::new(self.plan.render).map_err(PipelineError::from)?))
            }
            false => None,
        };
        let mut reader = VideoReader::open_indexed(index, 0, ReadOptions::default())?;
        let total = self.outline.total;
        if reader.frame_count() as u64 != total {
            return Err(failed(format!("it has {} frames instead of {total}", reader.frame_count())));
        }
        let mut compared = 0;
        for n in 0..total {
            if cancel.is_cancelled() {
                return Err(cutroom_export::ExportError::Cancelled { frame: n, total }.into());
            }
            let frame = reader.frame(n as usize)?;
            if let Some((frames, renderer)) = &mut again {
                if picture_hash(&frame.picture) != picture_hash(&frames.next_picture(renderer, &self.plan.output)?) {
                    return Err(failed(format!("frame {n} is not the picture that was drawn")));
                }
                compared += 1;
            }
            progress(ExportProgress { phase: ExportPhase::Verify, frame: n + 1, total });
        }
        let report = reader.report();
        if report.errors > 0 {
            return Err(failed(format!("{} of its pictures are damaged", report.errors)));
        }
        Ok(Verified { frames: total, duration_secs, compared })
    }
}
