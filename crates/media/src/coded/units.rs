//! The units (NAL units) of H.264 and H.265 packets, in both forms: after start codes (ITU-T H.264
//! annex B) and after their lengths (ISO/IEC 14496-15 §5.3.3).

/// Number of bytes of the length before each unit of the packets that this module hands out.
pub(crate) const LENGTH_BYTES: usize = 4;

/// How the units of a packet are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// By start codes.
    StartCodes,
    /// Each after its length in so many bytes, 1..=4.
    Lengths(usize),
}

/// Goes through the units of a packet.
pub(crate) struct Units<'a> {
    rest: &'a [u8],
    framing: Framing,
    /// Whether lengths have pointed outside of the packet.
    pub is_broken: bool,
}

/// The units of a packet, without what tells them apart.
pub(crate) fn units(data: &[u8], framing: Framing) -> Units<'_> {
    let rest = match framing {
        Framing::StartCodes => after_start_code(data),
        Framing::Lengths(_) => data,
    };
    Units { rest, framing, is_broken: false }
}

/// The bytes behind the first start code; none without one.
fn after_start_code(data: &[u8]) -> &[u8] {
    find_start_code(data).map_or(&[], |at| &data[at + 3..])
}

/// Place of the first start code, 00 00 01.
fn find_start_code(data: &[u8]) -> Option<usize> {
    let mut last = 2;
    while let Some(&byte) = data.get(last) {
        match byte {
            0 => last += 1,
            1 if data[last - 2..last] == [0, 0] => return Some(last - 2),
            _ => last += 3,
        }
    }
    None
}

impl<'a> Iterator for Units<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        match self.framing {
            Framing::StartCodes => {
                let end = find_start_code(self.rest).unwrap_or(self.rest.len());
                let unit = &self.rest[..end];
                self.rest = after_start_code(self.rest);
                // Zeros before the next start code belong to it; a unit ends with another byte.
                let used = unit.iter().rposition(|b| *b != 0).map_or(0, |n| n + 1);
                Some(&unit[..used])
            }
            Framing::Lengths(bytes) => {
                let whole = self
                    .rest
                    .split_at_checked(bytes)
                    .and_then(|(length, after)| after.split_at_checked(length.iter().fold(0, |n, b| n << 8 | usize::from(*b))));
                self.is_broken |= whole.is_none();
                let (unit, rest) = whole.unwrap_or_default();
                self.rest = rest;
                whole.is_some().then_some(unit)
            }
        }
    }
}

/// Appends a unit after its length.
pub(crate) fn push_unit(unit: &[u8], to: &mut Vec<u8>) {
    to.extend_from_slice(&(unit.len() as u32).to_be_bytes());
    to.extend_from_slice(unit);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_both_forms() {
        let coded = [0, 0, 0, 1, 7, 1, 0, 0, 1, 8, 0, 2, 0, 0, 0, 1, 5, 0, 0, 3, 1, 0, 0];
        let found: Vec<&[u8]> = units(&coded, Framing::StartCodes).collect();
        assert_eq!(found, [&[7, 1][..], &[8, 0, 2], &[5, 0, 0, 3, 1]]);
        let mut stored = Vec::new();
        found.iter().for_each(|u| push_unit(u, &mut stored));
        assert_eq!(units(&stored, Framing::Lengths(LENGTH_BYTES)).collect::<Vec<_>>(), found);
        for cut in 1..stored.len() {
            let mut part = units(&stored[..cut], Framing::Lengths(LENGTH_BYTES));
            let count = part.by_ref().count();
            assert_eq!(part.is_broken, ![6, 13].contains(&cut), "{cut}: {count}");
        }
        assert_eq!(units(&[], Framing::StartCodes).count() + units(&[0, 0, 1], Framing::StartCodes).count(), 0);
    }
}
