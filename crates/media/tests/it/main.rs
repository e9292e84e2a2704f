//! All integration tests of the crate in one binary, one module a subject.
mod broken;
mod changing;
mod clips;
mod joined;
mod made;
mod oracle;
mod probe;
mod sound;
mod write;
