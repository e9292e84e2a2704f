//! All integration tests of the crate in one binary, one module per subject.
mod audio;
mod audio_matrix;
mod broken;
mod changing;
mod clips;
mod exr_file;
mod heif;
mod joined;
mod made;
mod numbered;
mod oracle;
mod probe;
mod refused;
mod stored;
mod times;
mod webp;
mod write;
