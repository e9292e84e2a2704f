//! From bytes to text: UTF-8, UTF-16, and legacy code pages by the letters.
//!
//! `encoding_rs` and `chardetng` are what Firefox uses for pages without a declaration.
use chardetng::EncodingDetector;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes that are looked at to guess an encoding.
const GUESSED_FROM: usize = 1 << 20;

pub(super) struct Decoded {
    pub text: String,
    /// Name by the Encoding Standard.
    pub encoding: &'static str,
    pub is_guessed: bool,
    pub has_invalid: bool,
}

pub(super) fn decode(bytes: &[u8]) -> Decoded {
    let by_mark = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let (encoding, is_guessed) = match by_mark {
        Some(encoding) => (encoding, false),
        None if std::str::from_utf8(bytes).is_ok() && !bytes.iter().take(4096).any(|b| *b == 0) => (UTF_8, false),
        None => utf16_without_mark(bytes).map_or_else(|| (guess(bytes), true), |e| (e, true)),
    };
    let (text, encoding, has_invalid) = encoding.decode(bytes);
    Decoded { text: text.replace('\0', ""), encoding: encoding.name(), is_guessed, has_invalid }
}

/// UTF-16 without a mark has a zero in every other byte of its digits and line ends.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096)];
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = head.len() / 16;
    match (even > many, odd > many) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new();
    detector.feed(&bytes[..bytes.len().min(GUESSED_FROM)], true);
    detector.guess(None, true)
}
