//! What can go wrong with a sound device, by what the caller can do about it.
use std::io;

/// A failure to list, open or drive a sound device.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// No device of that name; choose one of those that are there.
    #[error("there is no {direction} named \"{wanted}\"; there is {}", listed(.there))]
    NotFound {
        /// "output" or "input".
        direction: &'static str,
        /// The name that was asked for.
        wanted: String,
        /// Names of what is there.
        there: Vec<String>,
    },
    /// The system names no default device.
    #[error("this system has no default {direction}; there is {}", listed(.there))]
    NoDefault {
        /// "output" or "input".
        direction: &'static str,
        /// Names of what is there.
        there: Vec<String>,
    },
    /// The device offers nothing that this program can use.
    #[error("\"{device}\" cannot be used: {reason}")]
    Unusable {
        /// Name of the device.
        device: String,
        /// What is missing, with what the device offers.
        reason: String,
    },
    /// The device is there but in use; trying again later may succeed.
    #[error("\"{device}\" is in use by another program")]
    Busy {
        /// Name of the device.
        device: String,
    },
    /// The system's sound service refused an operation.
    #[error("cannot {operation}")]
    Refused {
        /// What was tried, as the continuation of "cannot".
        operation: String,
        /// The service's own words.
        #[source]
        source: cpal::Error,
    },
    /// A setting is outside its range.
    #[error("{setting} is {value}; it must be {range}")]
    Setting {
        /// Which setting.
        setting: &'static str,
        /// Its value.
        value: String,
        /// What it may be.
        range: &'static str,
    },
    /// The system gave no thread.
    #[error("cannot start a thread for sound")]
    Thread(#[source] io::Error),
    /// The thread behind this handle has ended, because the programme panicked.
    #[error("the sound thread has ended")]
    Ended,
}

impl DeviceError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "device.not_found",
            Self::NoDefault { .. } => "device.no_default",
            Self::Unusable { .. } => "device.unusable",
            Self::Busy { .. } => "device.busy",
            Self::Refused { .. } => "device.refused",
            Self::Setting { .. } => "device.setting",
            Self::Thread(_) => "device.thread",
            Self::Ended => "device.ended",
        }
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "none".into();
    }
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}
