//! A request as it is carried out: with its preset and the name of its file.
use super::{
    ExportReport, ExportRequest,
    presets::{self, Applied, PresetLimits},
    template,
};
use crate::{ApiError, session::Session};

/// A request with nothing left to be looked up.
pub(super) struct Asked {
    pub request: ExportRequest,
    limits: PresetLimits,
    warnings: Vec<String>,
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
        let Applied { request, limits, warnings } = presets::applied(session, &request)?;
        Ok(Self { request, limits, warnings })
    }

    /// The report, with what is to be said about the preset.
    pub fn finish(&self, mut report: ExportReport) -> ExportReport {
        report.warnings.splice(0..0, self.warnings.iter().cloned());
        self.limits.note(&mut report);
        report
    }
}
