//! Errors of export settings.
use cutroom_media::{MediaError, write::containers};
use cutroom_types::CompositionId;
use std::path::{Path, PathBuf};

/// Settings that contradict the composition, the container or each other. Messages name settings in
/// backticks, by the names of their fields.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The composition has no frames.
    #[error("composition \"{composition}\" is empty: there is nothing to export")]
    Empty {
        /// Its id.
        composition: CompositionId,
    },
    /// No supported container has the output's extension.
    #[error("{}: the file name's extension names no container", path.display())]
    Container {
        /// The output.
        path: PathBuf,
    },
    /// The name of an image sequence has no placeholder for the number.
    #[error("{source}")]
    Pattern {
        /// The output.
        path: PathBuf,
        /// The cause.
        source: MediaError,
    },
    /// Neither pictures nor audio would be written.
    #[error("nothing is left to write: neither pictures nor sound ({container})")]
    Nothing {
        /// The extension with its dot, or "the null output".
        container: String,
    },
    /// A setting applies to a stream that is not written.
    #[error("`{field}` has no meaning here: {why}")]
    Meaningless {
        /// The setting.
        field: &'static str,
        /// The setting that leaves the stream out; `None`: the container does not support it.
        left_out_by: Option<&'static str>,
        /// The reason, in words.
        why: String,
    },
    /// Two passes need a bit rate and a codec that has them.
    #[error("`video.two_passes` has no meaning here: {why}")]
    Passes {
        /// The reason, in words.
        why: String,
    },
    /// A loudness or a peak is outside its range.
    #[error("`{field}` is {value}; it must be {low} to {high}")]
    Level {
        /// The setting.
        field: &'static str,
        /// Its value.
        value: f64,
        /// Least and largest value, in the setting's unit.
        low: f64,
        /// See `low`.
        high: f64,
    },
    /// Only audio is requested, but the composition has none.
    #[error("{}: the film has no sound to write", path.display())]
    Silent {
        /// The output.
        path: PathBuf,
    },
    /// A codec or container does not support the settings.
    #[error(transparent)]
    Writer(#[from] MediaError),
}

impl SettingsError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "project.empty",
            Self::Container { .. } => "usage.container",
            Self::Pattern { .. } | Self::Writer(_) | Self::Level { .. } | Self::Passes { .. } => "usage.settings",
            Self::Nothing { .. } | Self::Meaningless { .. } => "usage.streams",
            Self::Silent { .. } => "usage.silent",
        }
    }

    /// How it can be corrected, if there is advice.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Empty { .. } | Self::Writer(_) | Self::Level { .. } => None,
            Self::Passes { .. } => Some("leave out `video.two_passes`".into()),
            Self::Container { .. } => {
                let known: Vec<&str> = containers().iter().flat_map(|c| c.extensions).copied().collect();
                Some(format!("use one of .{}", known.join(", .")))
            }
            Self::Pattern { path, .. } => Some(format!("write {} for a picture a frame", numbered(path).display())),
            Self::Nothing { .. } => Some("leave out `audio.off` or `video.off`, or choose another container".into()),
            Self::Meaningless { field, .. } => Some(format!("leave out `{field}`, or choose another container")),
            Self::Silent { .. } => Some("choose a container with pictures, or another range or composition".into()),
        }
    }

    /// The settings concerned, including those that message and hint name; the one at fault first.
    pub fn fields(&self) -> Vec<&'static str> {
        match self {
            Self::Empty { .. } | Self::Writer(_) => vec![],
            Self::Container { .. } | Self::Pattern { .. } | Self::Silent { .. } => vec!["output"],
            Self::Nothing { .. } => vec!["audio.off", "video.off"],
            Self::Level { field, .. } => vec![field],
            Self::Passes { .. } => vec!["video.two_passes"],
            Self::Meaningless { field, left_out_by, .. } => [*field].into_iter().chain(*left_out_by).collect(),
        }
    }

    /// The file concerned, if the error is about one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Pattern { path, .. } => Some(path),
            Self::Writer(source) => source.path(),
            _ => None,
        }
    }
}

/// The name of an image sequence, derived from a name without a placeholder.
fn numbered(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let stem = stem.split('%').next().unwrap_or_default().trim_end_matches(['-', '_']);
    let extension = path.extension().unwrap_or("png".as_ref()).to_string_lossy();
    path.with_file_name(format!("{stem}-%05d.{extension}"))
}
