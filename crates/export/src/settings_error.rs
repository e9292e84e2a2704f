//! Why settings make no plan.
use cutroom_media::{MediaError, write::containers};
use cutroom_types::CompositionId;
use std::path::{Path, PathBuf};

/// What contradicts the composition, the container or itself. Messages name settings in backticks,
/// as their fields are called.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The composition has no frame.
    #[error("composition \"{composition}\" is empty: there is nothing to export")]
    Empty {
        /// Which.
        composition: CompositionId,
    },
    /// No container is known by the output's extension.
    #[error("{}: the file name's extension names no container", path.display())]
    Container {
        /// The output.
        path: PathBuf,
    },
    /// A sequence's name has no place for the number of a picture.
    #[error("{source}")]
    Pattern {
        /// The output.
        path: PathBuf,
        /// What is wrong with it.
        source: MediaError,
    },
    /// Neither pictures nor sound would be written.
    #[error("nothing is left to write: neither pictures nor sound ({container})")]
    Nothing {
        /// The extension with its dot, or what stands for it.
        container: String,
    },
    /// A setting is about what is not written.
    #[error("`{field}` has no meaning here: {why}")]
    Meaningless {
        /// The setting.
        field: &'static str,
        /// Which setting leaves out what it is about; `None`: the container holds none.
        left_out_by: Option<&'static str>,
        /// Why, in words.
        why: String,
    },
    /// Only sound is requested from a film without any.
    #[error("{}: the film has no sound to write", path.display())]
    Silent {
        /// The output.
        path: PathBuf,
    },
    /// A codec or container does not do what is asked of it.
    #[error(transparent)]
    Writer(#[from] MediaError),
}

impl SettingsError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "project.empty",
            Self::Container { .. } => "usage.container",
            Self::Pattern { .. } | Self::Writer(_) => "usage.settings",
            Self::Nothing { .. } | Self::Meaningless { .. } => "usage.streams",
            Self::Silent { .. } => "usage.silent",
        }
    }

    /// What can be done about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Empty { .. } | Self::Writer(_) => None,
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

    /// The settings concerned, those that message and hint name among them, the one at fault first.
    pub fn fields(&self) -> Vec<&'static str> {
        match self {
            Self::Empty { .. } | Self::Writer(_) => vec![],
            Self::Container { .. } | Self::Pattern { .. } | Self::Silent { .. } => vec!["output"],
            Self::Nothing { .. } => vec!["audio.off", "video.off"],
            Self::Meaningless { field, left_out_by, .. } => [*field].into_iter().chain(*left_out_by).collect(),
        }
    }

    /// The file concerned.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Pattern { path, .. } => Some(path),
            Self::Writer(source) => source.path(),
            _ => None,
        }
    }
}

/// A name for a sequence, made from one that is none.
fn numbered(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let stem = stem.split('%').next().unwrap_or_default().trim_end_matches(['-', '_']);
    path.with_file_name(format!("{stem}-%05d.png"))
}
