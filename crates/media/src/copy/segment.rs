//! Segments of a film of which others are copied, in packet files.
use super::{CopySource, CopySpan, EdgeEncoder, EdgeSettings};
use crate::{
    MediaError,
    write::{PacketFileReport, PacketFileWriter},
};
use cutroom_types::Picture;
use std::path::Path;

/// Encodes the pictures of one segment, beside copied ones, into a packet file.
pub struct BesideWriter {
    // Dropped before the file, to which it does not refer.
    edge: EdgeEncoder,
    pushed: u64,
    parameters: Vec<u8>,
    file: PacketFileWriter,
}

impl BesideWriter {
    /// Opens the encoder, then creates or replaces the file. `parameters`: the parameter sets of the film.
    ///
    /// # Errors
    /// As for [`crate::write::SegmentWriter::create`].
    pub fn create(path: &Path, settings: &EdgeSettings, parameters: &[u8]) -> Result<Self, MediaError> {
        let edge = EdgeEncoder::open(settings)?;
        Ok(Self { edge, pushed: 0, parameters: parameters.to_vec(), file: PacketFileWriter::create(path)? })
    }

    /// Encodes the next picture.
    ///
    /// # Errors
    /// As for [`crate::write::Writer::push_picture`].
    pub fn push_picture(&mut self, picture: &Picture) -> Result<(), MediaError> {
        let file = &mut self.file;
        self.pushed += 1;
        self.edge.push(picture, &mut |packet| file.push_coded(packet.pts, packet.key, packet.data))
    }

    /// Drains the encoder, and writes and syncs the file.
    ///
    /// # Errors
    /// [`MediaError::Encode`], [`MediaError::Write`].
    pub fn finish(self) -> Result<PacketFileReport, MediaError> {
        let mut file = self.file;
        self.edge.finish(&mut |packet| file.push_coded(packet.pts, packet.key, packet.data))?;
        file.finish(self.pushed, &self.parameters)
    }
}

/// Copies the packets of a span into a packet file. `parameters`: the parameter sets of the film; `step` is
/// called after each packet, and what it refuses ends the copying.
///
/// # Errors
/// The file cannot be read or is not the one that was scanned; [`MediaError::Write`]; what `step` returns.
pub fn copy_packets(
    path: &Path,
    source: &CopySource,
    span: &CopySpan,
    parameters: &[u8],
    step: &mut dyn FnMut() -> Result<(), MediaError>,
) -> Result<PacketFileReport, MediaError> {
    let mut file = PacketFileWriter::create(path)?;
    source.packets(span, &mut |packet| {
        file.push_coded(packet.pts, packet.key, packet.data)?;
        step()
    })?;
    file.finish(span.copy.len() as u64, parameters)
}
