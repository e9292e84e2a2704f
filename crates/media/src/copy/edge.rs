//! Encodes pictures beside copied packets: each piece begins with a picture at which decoding may
//! begin, and nothing in it refers to what is outside of it.
use super::{CodedPacket, EdgeSettings, packets::is_implied};
use crate::coded::{
    h265,
    sets::{self, Coding},
    units::{Framing, push_unit, units},
};
use crate::{
    error::MediaError,
    write::{AvPacket, PictureTrack, check_codec, container, video_codec},
};
use cutroom_types::Picture;

/// Encodes one piece of the film that is not copied.
pub struct EdgeEncoder {
    track: PictureTrack,
    coding: Coding,
    ids: Option<h265::SetIds>,
    sets: Vec<Vec<u8>>,
}

impl EdgeEncoder {
    /// Opens an encoder.
    ///
    /// # Errors
    /// The settings are refused, or there is no such encoder.
    pub fn open(settings: &EdgeSettings) -> Result<Self, MediaError> {
        crate::init();
        let codec = video_codec(&settings.video.codec)?;
        let holding = codec.containers().next().map_or("mkv", |c| c.id);
        let checked = check_codec(codec, container(holding)?, &settings.video)?;
        let track = PictureTrack::open(&checked, true)?;
        let mut this = Self { track, coding: settings.coding, ids: settings.ids, sets: Vec::new() };
        if this.coding.has_units() {
            let own = sets::sets_of(this.coding, this.track.encoder.extradata());
            this.sets = own.iter().map(|unit| this.numbered(unit)).collect::<Result<_, _>>()?;
        }
        Ok(this)
    }

    /// The encoder's parameter sets, with their numbers in the film.
    pub(super) fn sets(&self) -> &[Vec<u8>] {
        &self.sets
    }

    /// Encodes the next picture. `sink` gets packets in decoding order: number of the picture among
    /// those of the piece, and bytes in the form of [`super::CopySource::packets`].
    ///
    /// # Errors
    /// The picture is not as the settings say; encoding failed; what `sink` returns.
    pub fn push(
        &mut self,
        picture: &Picture,
        sink: &mut dyn FnMut(CodedPacket<'_>) -> Result<(), MediaError>,
    ) -> Result<(), MediaError> {
        let mut packets = Vec::new();
        self.track.push(picture, &mut collect(&mut packets))?;
        self.hand_on(packets, sink)
    }

    /// Encodes what is left. Nothing may be pushed after it.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn finish(mut self, sink: &mut dyn FnMut(CodedPacket<'_>) -> Result<(), MediaError>) -> Result<(), MediaError> {
        let mut packets = Vec::new();
        self.track.finish(&mut collect(&mut packets))?;
        self.hand_on(packets, sink)
    }

    fn hand_on(
        &self,
        packets: Vec<AvPacket>,
        sink: &mut dyn FnMut(CodedPacket<'_>) -> Result<(), MediaError>,
    ) -> Result<(), MediaError> {
        for packet in packets {
            let mut data = Vec::with_capacity(packet.bytes().len() + 16);
            if self.coding.has_units() {
                for unit in units(packet.bytes(), Framing::StartCodes).filter(|u| !is_implied(self.coding, u)) {
                    push_unit(&self.numbered(unit)?, &mut data);
                }
            } else {
                data.extend_from_slice(packet.bytes());
            }
            sink(CodedPacket { pts: packet.pts(), key: packet.is_key(), data: &data })?;
        }
        Ok(())
    }

    fn numbered(&self, unit: &[u8]) -> Result<Vec<u8>, MediaError> {
        let failed = || MediaError::Internal { operation: "numbering parameter sets", reason: "x265 wrote an unusual unit".into() };
        self.ids.map_or_else(|| Ok(unit.to_vec()), |ids| ids.give_to(unit).ok_or_else(failed))
    }
}

fn collect(packets: &mut Vec<AvPacket>) -> impl FnMut(AvPacket) -> Result<(), MediaError> + '_ {
    |packet| {
        packets.push(packet);
        Ok(())
    }
}
