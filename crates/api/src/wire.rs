//! The forms of requests and reports, for those who speak them in JSON and for the tests that keep
//! them.
use schemars::{JsonSchema, Schema, schema_for};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One operation: what it is called, what it takes and what it gives.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// The function of this crate.
    pub name: &'static str,
    request: Option<Request>,
    report: fn() -> Schema,
}

#[derive(Clone, Copy, Debug)]
struct Request {
    schema: fn() -> Schema,
    read: fn(Value) -> Result<(), serde_json::Error>,
}

fn schema_of<T: JsonSchema>() -> Schema {
    schema_for!(T)
}

fn read_as<T: DeserializeOwned>(value: Value) -> Result<(), serde_json::Error> {
    serde_json::from_value::<T>(value).map(drop)
}

impl Operation {
    /// An operation that takes a `Q` and gives an `R`.
    pub(crate) const fn new<Q: JsonSchema + DeserializeOwned, R: JsonSchema>(name: &'static str) -> Self {
        Self { name, request: Some(Request { schema: schema_of::<Q>, read: read_as::<Q> }), report: schema_of::<R> }
    }

    /// An operation that takes nothing.
    pub(crate) const fn of_nothing<R: JsonSchema>(name: &'static str) -> Self {
        Self { name, request: None, report: schema_of::<R> }
    }

    /// The JSON Schema of its request; `None` when it takes nothing.
    pub fn request_schema(&self) -> Option<Value> {
        self.request.map(|r| (r.schema)().to_value())
    }

    /// The JSON Schema of its report.
    pub fn report_schema(&self) -> Value {
        (self.report)().to_value()
    }

    /// Whether a value has the form of its request; any has when it takes nothing.
    ///
    /// # Errors
    /// What does not fit: a field that is missing, unknown or of the wrong kind.
    pub fn accepts(&self, request: Value) -> Result<(), serde_json::Error> {
        self.request.map_or(Ok(()), |r| (r.read)(request))
    }
}
