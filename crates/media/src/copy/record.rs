//! One description of copied and encoded pictures.
use super::{CopySource, EdgeEncoder, EdgeSettings, Reason};
use crate::coded::sets;

/// The configuration record (`avcC`, `hvcC`) for a film of packets of these sources and pictures that
/// were encoded with the settings; lengths before units have four bytes. Empty for codecs that need
/// none.
///
/// # Errors
/// [`Reason::OtherSets`] if the sources' parameter sets contradict each other;
/// [`Reason::Unreadable`] if the encoder cannot be opened.
pub fn merged_extradata(sources: &[&CopySource], edges: &EdgeSettings) -> Result<Vec<u8>, Reason> {
    let coding = edges.coding;
    if !coding.has_units() {
        return Ok(Vec::new());
    }
    let (mut all, mut messages) = (Vec::new(), Vec::new());
    for source in sources {
        if source.coding != coding || !sets::add_sets(coding, &mut all, &source.sets) {
            return Err(Reason::OtherSets);
        }
        messages.extend(source.messages.iter().filter(|m| !messages.contains(*m)).cloned().collect::<Vec<_>>());
    }
    let own = EdgeEncoder::open(edges)?.sets().to_vec();
    if !sets::add_sets(coding, &mut all, &own) {
        return Err(Reason::OtherSets);
    }
    sets::record(coding, &all, &messages).ok_or(Reason::Undescribed)
}
