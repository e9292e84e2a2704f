//! Bits of parameter sets and slice headers: reading, and rewriting by copying what stays
//! (ITU-T H.264 §7.2 and §9.1, H.265 §7.2 and §9.2).

/// Without the bytes that keep start codes out of a unit (00 00 03, ITU-T H.264 §7.4.1).
pub(crate) fn unescaped(unit: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for &byte in unit {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}

/// The reverse of [`unescaped`].
pub(crate) fn escaped(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 128);
    let mut zeros = 0;
    for &byte in raw {
        if zeros >= 2 && byte <= 3 {
            out.push(3);
            zeros = 0;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}

/// Reads the bits of an unescaped unit; `None` behind its end.
#[derive(Clone, Copy)]
pub(crate) struct BitReader<'a> {
    bytes: &'a [u8],
    /// The next bit, counted from the unit's first one.
    pub at: usize,
}

impl<'a> BitReader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn flag(&mut self) -> Option<bool> {
        let byte = *self.bytes.get(self.at / 8)?;
        self.at += 1;
        Some(byte >> (7 - (self.at - 1) % 8) & 1 == 1)
    }

    /// `count` bits, at most 32.
    pub fn bits(&mut self, count: usize) -> Option<u32> {
        (0..count).try_fold(0, |n, _| Some(n << 1 | u32::from(self.flag()?)))
    }

    pub fn skip(&mut self, count: usize) {
        self.at += count;
    }

    /// An unsigned number of variable length, `ue(v)`.
    pub fn ue(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
        }
        if zeros > 31 {
            return None;
        }
        Some((1 << zeros) - 1 + self.bits(zeros)?)
    }

    /// A signed number of variable length, `se(v)`.
    pub fn se(&mut self) -> Option<i32> {
        let n = i64::from(self.ue()?);
        i32::try_from(if n % 2 == 1 { (n + 1) / 2 } else { -n / 2 }).ok()
    }
}

/// Collects bits.
#[derive(Default)]
pub(crate) struct BitWriter {
    bytes: Vec<u8>,
    count: usize,
}

impl BitWriter {
    pub fn flag(&mut self, bit: bool) {
        if self.count.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << (7 - self.count % 8);
        }
        self.count += 1;
    }

    pub fn bits(&mut self, value: u32, count: usize) {
        (0..count).rev().for_each(|n| self.flag(value >> n & 1 == 1));
    }

    /// An unsigned number of variable length, `ue(v)`; at most 65534.
    pub fn ue(&mut self, value: u32) {
        let length = (value + 1).ilog2() as usize;
        self.bits(0, length);
        self.bits(value + 1, length + 1);
    }

    /// Copies the bits from `from` to before `to` of an unescaped unit.
    pub fn copy(&mut self, unit: &[u8], from: usize, to: usize) -> Option<()> {
        let mut reader = BitReader { bytes: unit, at: from };
        for _ in from..to {
            let bit = reader.flag()?;
            self.flag(bit);
        }
        Some(())
    }

    /// The bytes, of which the last one is filled with zeros.
    pub fn bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Number of bits of an unescaped unit up to and including its stop bit, the last one that is set.
pub(crate) fn length_with_stop_bit(unit: &[u8]) -> Option<usize> {
    let last = unit.iter().rposition(|b| *b != 0)?;
    Some(8 * (last + 1) - unit[last].trailing_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_escapes_come_back() {
        let mut writer = BitWriter::default();
        let values = [0, 1, 2, 7, 8, 30, 255, 65_534];
        values.iter().for_each(|v| writer.ue(*v));
        writer.flag(true);
        let bytes = writer.bytes();
        let mut reader = BitReader::new(&bytes);
        values.iter().for_each(|v| assert_eq!(reader.ue(), Some(*v)));
        assert_eq!(length_with_stop_bit(&bytes), Some(reader.at + 1));
        // ue 1, 2, 3, 4 are se 1, -1, 2, -2 (H.264 table 9-3).
        let mut writer = BitWriter::default();
        (1..5).for_each(|v| writer.ue(v));
        let bytes = writer.bytes();
        let mut reader = BitReader::new(&bytes);
        assert_eq!([(); 4].map(|()| reader.se()), [1, -1, 2, -2].map(Some));
        for raw in [&[0, 0, 0, 0, 1, 0, 0, 3, 9][..], &[1, 0, 0, 2], &[0, 0], &[5, 6]] {
            assert_eq!(unescaped(&escaped(raw)), raw);
            assert!(!escaped(raw).windows(3).any(|w| w[..2] == [0, 0] && w[2] < 3));
        }
        assert_eq!(BitReader::new(&[0; 8]).ue(), None);
    }
}
