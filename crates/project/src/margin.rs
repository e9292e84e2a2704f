//! The distance between a clip's picture and the sides of the canvas: `40`, `"5%"`, or one for each
//! direction.
use cutroom_types::Size;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeSeq};
use std::{borrow::Cow, fmt};

/// A distance from a side of the canvas, inwards; negative is outwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Margin {
    /// In canvas pixels.
    Px(f64),
    /// In hundredths of the shorter side of the canvas.
    Percent(f64),
}

/// The distances from the left or right side, and from the upper or lower one. In the file one value
/// for both or an array of the two; a number is canvas pixels, a text such as `"5%"` hundredths of
/// the canvas's shorter side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margins(pub [Margin; 2]);

impl Margin {
    /// The distance in pixels of a canvas of this size.
    pub fn px(self, canvas: Size) -> f64 {
        match self {
            Self::Px(px) => px,
            Self::Percent(percent) => percent / 100.0 * f64::from(canvas.width.min(canvas.height)),
        }
    }
}

impl Margins {
    /// The distances in pixels of a canvas of this size.
    pub fn px(self, canvas: Size) -> [f64; 2] {
        self.0.map(|m| m.px(canvas))
    }
}

impl Default for Margins {
    fn default() -> Self {
        Self([Margin::Px(0.0); 2])
    }
}

impl Serialize for Margin {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Px(px) => s.serialize_f64(*px),
            Self::Percent(percent) => s.collect_str(&format_args!("{percent}%")),
        }
    }
}

impl Serialize for Margins {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let [x, y] = self.0;
        if x == y {
            return x.serialize(s);
        }
        let mut seq = s.serialize_seq(Some(2))?;
        seq.serialize_element(&x)?;
        seq.serialize_element(&y)?;
        seq.end()
    }
}

struct MarginVisitor;

impl de::Visitor<'_> for MarginVisitor {
    type Value = Margin;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a margin (canvas pixels such as 40, or a share of the canvas's shorter side such as \"5%\")")
    }

    fn visit_f64<E: de::Error>(self, v: f64) -> Result<Margin, E> {
        Ok(Margin::Px(v))
    }

    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Margin, E> {
        Ok(Margin::Px(v as f64))
    }

    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Margin, E> {
        Ok(Margin::Px(v as f64))
    }

    fn visit_str<E: de::Error>(self, v: &str) -> Result<Margin, E> {
        let percent = v.trim().strip_suffix('%').and_then(|n| n.trim().parse::<f64>().ok()).filter(|n| n.is_finite());
        percent.map(Margin::Percent).ok_or_else(|| E::invalid_value(de::Unexpected::Str(v), &self))
    }
}

impl<'de> Deserialize<'de> for Margin {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(MarginVisitor)
    }
}

struct MarginsVisitor;

impl<'de> de::Visitor<'de> for MarginsVisitor {
    type Value = Margins;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a margin such as 40 or \"5%\", or two in an array: from the left or right, from above or below")
    }

    fn visit_f64<E: de::Error>(self, v: f64) -> Result<Margins, E> {
        MarginVisitor.visit_f64(v).map(|m| Margins([m; 2]))
    }

    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Margins, E> {
        MarginVisitor.visit_i64(v).map(|m| Margins([m; 2]))
    }

    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Margins, E> {
        MarginVisitor.visit_u64(v).map(|m| Margins([m; 2]))
    }

    fn visit_str<E: de::Error>(self, v: &str) -> Result<Margins, E> {
        MarginVisitor.visit_str(v).map(|m| Margins([m; 2]))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Margins, A::Error> {
        let mut next = |n| seq.next_element::<Margin>()?.ok_or_else(|| de::Error::invalid_length(n, &self));
        let both = Margins([next(0)?, next(1)?]);
        match seq.next_element::<de::IgnoredAny>()? {
            None => Ok(both),
            Some(_) => Err(de::Error::invalid_length(3, &self)),
        }
    }
}

impl<'de> Deserialize<'de> for Margins {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(MarginsVisitor)
    }
}

impl JsonSchema for Margins {
    fn schema_name() -> Cow<'static, str> {
        "Margins".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = serde_json::json!([{ "type": "number" }, { "type": "string", "pattern": "^ *-?[0-9.]+ *% *$" }]);
        let both = serde_json::json!({ "type": "array", "items": { "anyOf": one }, "minItems": 2, "maxItems": 2 });
        schemars::json_schema!({
            "description": "Distance from the sides of the canvas: canvas pixels, or a text such as \"5%\" in hundredths of \
                            its shorter side; one for both directions or an array of two",
            "anyOf": [one[0], one[1], both]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn pixels_percents_and_pairs() {
        let canvas = Size { width: 1920, height: 1080 };
        for (text, px, saved) in [
            (json!(40), [40.0, 40.0], json!(40.0)),
            (json!(-2.5), [-2.5, -2.5], json!(-2.5)),
            (json!("5%"), [54.0, 54.0], json!("5%")),
            (json!([10, "2.5 %"]), [10.0, 27.0], json!([10.0, "2.5%"])),
            (json!(["1%", "1%"]), [10.8, 10.8], json!("1%")),
        ] {
            let margins: Margins = serde_json::from_value(text.clone()).unwrap();
            assert_eq!(margins.px(canvas), px, "{text}");
            assert_eq!(serde_json::to_value(margins).unwrap(), saved);
        }
        let upright = Size { width: 1080, height: 1920 };
        assert_eq!(Margin::Percent(10.0).px(upright), 108.0, "the shorter side");
        for bad in [json!("5px"), json!("inf%"), json!([1]), json!([1, 2, 3]), json!({}), Value::Null, json!(true)] {
            let error = serde_json::from_value::<Margins>(bad.clone()).unwrap_err().to_string();
            assert!(error.contains("margin"), "{bad}: {error}");
        }
    }
}
