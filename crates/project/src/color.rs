//! How colours are read: four numbers, or the hexadecimal text of a colour picker. Both are saved as
//! numbers.
use cutroom_types::param::hex_color;
use serde::{Deserializer, de};
use std::fmt;

/// Reads straight RGBA.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<[f64; 4], D::Error> {
    d.deserialize_any(ColorVisitor)
}

pub(crate) fn schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "anyOf": [
            { "type": "array", "items": { "type": "number" }, "minItems": 4, "maxItems": 4 },
            { "type": "string", "pattern": "^#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$" }
        ]
    })
}

struct ColorVisitor;

impl<'de> de::Visitor<'de> for ColorVisitor {
    type Value = [f64; 4];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a colour: [r, g, b, a] from 0 to 1, or \"#rrggbb\"")
    }

    fn visit_str<E: de::Error>(self, v: &str) -> Result<[f64; 4], E> {
        hex_color(v).ok_or_else(|| E::invalid_value(de::Unexpected::Str(v), &self))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<[f64; 4], A::Error> {
        let mut numbers = Vec::new();
        while let Some(v) = seq.next_element::<f64>()? {
            if numbers.len() < 5 {
                numbers.push(v);
            }
        }
        match numbers[..] {
            [r, g, b, a] => Ok([r, g, b, a]),
            [r, g, b] => Err(de::Error::custom(format!("a colour has four numbers; write [{r}, {g}, {b}, 1]"))),
            _ => Err(de::Error::custom("a colour has four numbers from 0 to 1: [r, g, b, a]")),
        }
    }
}

#[cfg(test)]
mod tests {
    use cutroom_types::ParamValue;
    use serde_json::json;

    #[test]
    fn every_colour_may_be_hexadecimal() {
        let text = json!({"schema_version": 2, "main": "m", "compositions": [{
        "id": "m", "size": {"width": 16, "height": 16}, "frame_rate": 25, "background": "#ff003399", "tracks": [{"id": "t", "clips": [{
            "id": "c", "source": {"type": "solid", "color": "#00ff00"}, "start": 0, "duration": "1s",
            "video": {"effects": [{"id": "e", "effect": "x", "params": {"color": "#0000ff"}}]}
        }]}]}]});
        let project = crate::from_json(&text.to_string()).unwrap();
        assert_eq!(project.compositions[0].background, [1.0, 0.0, 0.2, 0.6]);
        let clip = &project.compositions[0].tracks[0].clips[0];
        assert_eq!(clip.source, crate::ClipSource::solid([0.0, 1.0, 0.0, 1.0]));
        assert_eq!(clip.video.effects[0].params["color"], crate::Animated::Constant(ParamValue::Color([0.0, 0.0, 1.0, 1.0])));
    }
}
