//! A request as it is carried out: with its preset and the name of its file.
use super::{
    AlsoOutput, ExportReport, ExportRequest, SmartChoice,
    presets::{self, Applied, PresetLimits},
    template,
};
use crate::{ApiError, session::Session};
use std::path::Path;

/// A request with nothing left to be looked up.
pub(super) struct Asked {
    pub request: ExportRequest,
    /// Those of further outputs.
    pub also: Vec<Self>,
    limits: PresetLimits,
    warnings: Vec<String>,
}

impl ExportRequest {
    /// The export of one of the further outputs alone.
    fn alone(&self, also: &AlsoOutput) -> Self {
        let AlsoOutput { output, preset, video, audio, lossless } = also.clone();
        let output = Some(output);
        Self { output, preset, video, audio, lossless, also: Vec::new(), frame_hashes: None, ..self.clone() }
    }
}

impl Asked {
    /// Applies preset and template of the file name.
    ///
    /// # Errors
    /// `usage.presets`, `usage.limits`.
    pub fn new(session: &Session, request: &ExportRequest) -> Result<Self, ApiError> {
        let mut request = request.clone();
        if let Some(output) = &request.output {
            request.output = Some(template::filled(output, session, &request)?);
        }
        let also: Vec<Self> = request.also.iter().map(|also| Self::new(session, &request.alone(also))).collect::<Result<_, _>>()?;
        let Applied { mut request, limits, warnings } = presets::applied(session, &request)?;
        for (also, asked) in request.also.iter_mut().zip(&also) {
            // Workers must look up nothing again: the time in names goes on.
            let ExportRequest { output, video, audio, lossless, .. } = asked.request.clone();
            *also = AlsoOutput { output: output.unwrap_or_default(), preset: None, video, audio, lossless };
        }
        if !also.is_empty() {
            request.segment_secs = Some(0.0);
        }
        Ok(Self { request, also, limits, warnings })
    }

    /// Refuses further outputs that cannot be.
    ///
    /// # Errors
    /// `usage.settings`, `usage.same_output`.
    pub fn check_outputs(&self) -> Result<(), ApiError> {
        let request = &self.request;
        if self.also.is_empty() {
            return Ok(());
        }
        let others = [
            ("output", request.output.is_none(), "nothing is written that others could stand beside"),
            ("smart", request.smart != SmartChoice::Off, "copies are made in segments"),
            (
                "video.two_passes",
                request.video.two_passes || request.also.iter().any(|a| a.video.two_passes),
                "passes are made in segments",
            ),
            ("jobs", request.jobs.is_some_and(|jobs| jobs != 1), "segments are what processes share"),
        ];
        if let Some((field, _, why)) = others.into_iter().find(|(_, is_so, _)| *is_so) {
            let error = ApiError::new("usage.settings", format!("`also` does not go with `{field}`: {why}"));
            return Err(error.field("also").field(field));
        }
        let outputs = || self.also.iter().map(|a| &a.request).chain([request]).filter_map(|r| r.output.as_deref());
        let place = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        for (n, output) in outputs().enumerate() {
            if outputs().take(n).any(|other| place(other) == place(output)) {
                let error = ApiError::new("usage.same_output", format!("{} would be written twice at once", output.display()));
                return Err(error.field("also").file(output));
            }
        }
        Ok(())
    }

    /// The report, with what is to be said about the preset.
    pub fn finish(&self, mut report: ExportReport) -> ExportReport {
        report.warnings.splice(0..0, self.warnings.iter().cloned());
        self.limits.note(&mut report);
        report
    }
}
