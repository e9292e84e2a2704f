//! The JSON forms of requests and reports, for front ends that exchange them and for the tests that
//! keep them stable.
use schemars::{JsonSchema, Schema, schema_for};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One operation: its name, its request and its report.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Name of the function in this crate.
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
    /// An operation with request `Q` and report `R`.
    pub(crate) const fn new<Q: JsonSchema + DeserializeOwned, R: JsonSchema>(name: &'static str) -> Self {
        Self { name, request: Some(Request { schema: schema_of::<Q>, read: read_as::<Q> }), report: schema_of::<R> }
    }

    /// An operation without a request.
    pub(crate) const fn of_nothing<R: JsonSchema>(name: &'static str) -> Self {
        Self { name, request: None, report: schema_of::<R> }
    }

    /// The JSON Schema of its request; `None` if it has none.
    pub fn request_schema(&self) -> Option<Value> {
        self.request.map(|r| (r.schema)().to_value())
    }

    /// The JSON Schema of its report.
    pub fn report_schema(&self) -> Value {
        (self.report)().to_value()
    }

    /// Checks that a value has the form of the operation's request; an operation without a request
    /// accepts any value.
    ///
    /// # Errors
    /// A field that is missing, unknown or of the wrong kind.
    pub fn accepts(&self, request: Value) -> Result<(), serde_json::Error> {
        self.request.map_or(Ok(()), |r| (r.read)(request))
    }
}
