//! The error for rejected settings.
use crate::MediaError;

pub(crate) fn refuse(reason: String) -> MediaError {
    MediaError::Settings { reason }
}
