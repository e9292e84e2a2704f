//! Values of effect and transition parameters.
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::{fmt, sync::Arc};

/// One parameter value in a project or a plan. Colours are RGBA with straight alpha,
/// display-encoded (as a colour picker shows them), 0..=1. In JSON the text of a colour
/// ([`hex_color`]) is read as one, too.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ParamValue {
    /// On or off.
    Bool(bool),
    /// A number in the unit that the parameter table states.
    Number(f64),
    /// Two numbers: a point.
    Point([f64; 2]),
    /// RGBA colour.
    Color([f64; 4]),
    /// One of a closed set of names, a path, or an id. Reference-counted, so that plans do not copy
    /// the text.
    Text(Arc<str>),
}

/// The colour of a text `#rrggbb` or `#rrggbbaa`, straight RGBA, 0..=1; `None` for other texts.
pub fn hex_color(text: &str) -> Option<[f64; 4]> {
    let digits = text.strip_prefix('#').filter(|d| matches!(d.len(), 6 | 8) && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let channel = |at: usize| digits.get(at..at + 2).map_or(Some(255), |d| u8::from_str_radix(d, 16).ok());
    let mut color = [0.0; 4];
    for (i, value) in color.iter_mut().enumerate() {
        *value = f64::from(channel(2 * i)?) / 255.0;
    }
    Some(color)
}

impl<'de> Deserialize<'de> for ParamValue {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> de::Visitor<'de> for ValueVisitor {
    type Value = ParamValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, true, false, text, [x, y], a colour ([r, g, b, a] or \"#rrggbb\") or keyframes")
    }

    fn visit_bool<E>(self, v: bool) -> Result<ParamValue, E> {
        Ok(ParamValue::Bool(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<ParamValue, E> {
        Ok(ParamValue::Number(v as f64))
    }

    fn visit_u64<E>(self, v: u64) -> Result<ParamValue, E> {
        Ok(ParamValue::Number(v as f64))
    }

    fn visit_f64<E>(self, v: f64) -> Result<ParamValue, E> {
        Ok(ParamValue::Number(v))
    }

    fn visit_str<E>(self, v: &str) -> Result<ParamValue, E> {
        Ok(hex_color(v).map_or_else(|| ParamValue::Text(v.into()), ParamValue::Color))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<ParamValue, A::Error> {
        let mut numbers = Vec::new();
        while let Some(v) = seq.next_element::<f64>()? {
            if numbers.len() < 5 {
                numbers.push(v);
            }
        }
        match numbers[..] {
            [x, y] => Ok(ParamValue::Point([x, y])),
            [r, g, b, a] => Ok(ParamValue::Color([r, g, b, a])),
            [r, g, b] => Err(de::Error::custom(format!("a colour has four numbers; write [{r}, {g}, {b}, 1]"))),
            _ => Err(de::Error::custom("a list has two numbers (a point [x, y]) or four (a colour [r, g, b, a])")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_in_hexadecimal() {
        assert_eq!(hex_color("#ff0033"), Some([1.0, 0.0, 0.2, 1.0]));
        assert_eq!(hex_color("#FF003399"), Some([1.0, 0.0, 0.2, 0.6]));
        for bad in ["", "#", "#f00", "ff0033", "#ff003", "#ff00333", "#gg0000", "#ff0033990", "#ff00é", "#+f-f+f"] {
            assert_eq!(hex_color(bad), None, "{bad}");
        }
    }
}
