//! Settings for numbered pictures, shared by the project document and the media readers.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What numbered pictures show where a number is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gaps {
    /// A missing number is an error.
    #[default]
    Error,
    /// The picture before it.
    Hold,
    /// Black.
    Black,
}

/// Gaps that a message names.
const NAMED_GAPS: usize = 5;

/// A file name with a place for a number: `IMG_%04d.jpg`, or `%d` for numbers that are not padded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberPattern {
    before: String,
    after: String,
    /// Least number of digits, 1..=18.
    digits: usize,
}

impl NumberPattern {
    /// Parses a file name; `None` if it has no place for a number.
    pub fn parse(name: &str) -> Option<Self> {
        name.match_indices('%').find_map(|(at, _)| {
            let (digits, after) = name[at + 1..].split_once('d')?;
            let digits = if digits.is_empty() { 1 } else { digits.parse().ok().filter(|w| (1..=18).contains(w))? };
            Some(Self { before: name[..at].to_owned(), after: after.to_owned(), digits })
        })
    }

    /// The number of a file of this name.
    pub fn number_of(&self, file: &str) -> Option<u64> {
        let digits = file.strip_prefix(self.before.as_str())?.strip_suffix(self.after.as_str())?;
        let is_padded = digits.len() == self.digits || (digits.len() > self.digits && !digits.starts_with('0'));
        (is_padded && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
    }

    /// The name with a number.
    pub fn name(&self, number: u64) -> String {
        format!("{}{number:0width$}{}", self.before, self.after, width = self.digits)
    }
}

/// Missing numbers in words: `4, 7 to 9`; `None` if there are none.
pub fn missing_numbers(numbers: &[u64]) -> Option<String> {
    let gaps = || numbers.windows(2).filter(|w| w[1] > w[0] + 1).map(|w| (w[0] + 1, w[1] - 1));
    let mut shown: Vec<String> =
        gaps().take(NAMED_GAPS).map(|(a, b)| if a == b { a.to_string() } else { format!("{a} to {b}") }).collect();
    if gaps().nth(NAMED_GAPS).is_some() {
        shown.push("…".into());
    }
    (!shown.is_empty()).then(|| shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_a_place_for_a_number() {
        let p = NumberPattern::parse("IMG_%04d.jpg").unwrap();
        assert_eq!((p.name(7), p.name(12_345)), ("IMG_0007.jpg".into(), "IMG_12345.jpg".into()));
        for (file, number) in [
            ("IMG_0007.jpg", Some(7)),
            ("IMG_12345.jpg", Some(12_345)),
            ("IMG_007.jpg", None),
            ("IMG_00007.jpg", None),
            ("IMG_+007.jpg", None),
            ("IMG_0007.png", None),
        ] {
            assert_eq!(p.number_of(file), number, "{file}");
        }
        assert_eq!(NumberPattern::parse("100%_%d.png").unwrap().name(3), "100%_3.png");
        for none in ["IMG.jpg", "100%.png", "%s.png", "%0d.png", "%99d.png"] {
            assert_eq!(NumberPattern::parse(none), None, "{none}");
        }
    }

    #[test]
    fn missing_numbers_are_named() {
        assert_eq!(missing_numbers(&[1, 2, 3]), None);
        assert_eq!(missing_numbers(&[1, 3, 7]).unwrap(), "2, 4 to 6");
        let every_second: Vec<u64> = (0..20).map(|n| 2 * n).collect();
        assert_eq!(missing_numbers(&every_second).unwrap(), "1, 3, 5, 7, 9, …");
    }
}
