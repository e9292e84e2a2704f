//! Opens streams with a graphics device, and notes why not.
use super::{DecodeChoice, Device, Kept};
use crate::{
    DecodeReport, MediaError, ReadOptions,
    decoder::Decoder,
    input::Input,
    stream::{open_only, open_stream},
};
use std::{path::Path, sync::Arc};

/// Opens a stream with a decoder that `device` takes part in, or without if it does not decode the
/// stream, which is noted.
pub(crate) fn open_with(
    path: &Path,
    stream: usize,
    options: &ReadOptions,
    device: Option<Arc<Device>>,
    report: &mut DecodeReport,
) -> Result<(Input, Decoder, Option<Kept>), MediaError> {
    let Some(device) = device else {
        let (input, decoder) = open_stream(path, stream, options.threads)?;
        return Ok((input, decoder, None));
    };
    let input = open_only(path, stream)?;
    match Decoder::open_on(&input, stream, &device) {
        Ok(decoder) => Ok((input, decoder, Some(Kept::of(device, options.keep_on)))),
        Err(why) => {
            note_fallback(report, options.decode, device.kind.id, &why);
            let decoder = Decoder::open(&input, stream, options.threads)?;
            Ok((input, decoder, None))
        }
    }
}

/// Notes that a stream is decoded in software; that is a remark where a device was named.
pub(crate) fn note_fallback(report: &mut DecodeReport, choice: DecodeChoice, device: &str, why: &str) {
    report.fell_back = Some(why.to_owned());
    if choice.is_named() {
        report.remarks.push(format!("decoded by the processor, not by {device}: {why}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_device_that_was_named_is_missed_aloud() {
        let mut report = DecodeReport::default();
        note_fallback(&mut report, DecodeChoice::Auto, "cuda", "too large");
        assert_eq!((report.fell_back.as_deref(), report.remarks.len()), (Some("too large"), 0));
        note_fallback(&mut report, DecodeChoice::Cuda, "cuda", "too large");
        assert_eq!(report.remarks, ["decoded by the processor, not by cuda: too large"]);
        assert!(report.is_clean());
    }
}
