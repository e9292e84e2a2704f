//! Which stream of a file a clip uses.
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;

/// Choice of a stream of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StreamChoice {
    /// The first of its kind, if there is one.
    #[default]
    First,
    /// This index among the streams of its kind.
    Index(usize),
    /// No stream.
    None,
}

impl StreamChoice {
    /// Index of the stream; `None` for no stream.
    pub fn index(self) -> Option<usize> {
        match self {
            Self::First => Some(0),
            Self::Index(i) => Some(i),
            Self::None => None,
        }
    }
}

impl Serialize for StreamChoice {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::First => s.serialize_str("first"),
            Self::Index(i) => s.serialize_u64(*i as u64),
            Self::None => s.serialize_str("none"),
        }
    }
}

impl<'de> Deserialize<'de> for StreamChoice {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let v = serde_json::Value::deserialize(d)?;
        match (v.as_str(), v.as_u64()) {
            (Some("first"), _) => Ok(Self::First),
            (Some("none"), _) => Ok(Self::None),
            (_, Some(i)) if i < 1000 => Ok(Self::Index(i as usize)),
            _ => Err(de::Error::custom(format!("{v} is not a stream: write an index from 0, \"first\" or \"none\""))),
        }
    }
}

impl JsonSchema for StreamChoice {
    fn schema_name() -> Cow<'static, str> {
        "StreamChoice".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Index among the file's streams of this kind, \"first\" (if there is one) or \"none\"",
            "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 999 }, { "enum": ["first", "none"] }]
        })
    }
}
