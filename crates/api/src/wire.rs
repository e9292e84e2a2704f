//! The JSON forms of requests and reports, for front ends that exchange them and for the tests that
//! keep them stable.
use crate::{ApiError, ClientMessage, LiveCommand, OPERATIONS, ServerMessage, SessionCommand, SessionEvent};
use schemars::{JsonSchema, Schema, SchemaGenerator, schema_for};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// One operation: its name, its request and its report.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Name of the function in this crate.
    pub name: &'static str,
    request: Option<Request>,
    report: fn() -> Schema,
    report_part: fn(&mut SchemaGenerator) -> Schema,
}

#[derive(Clone, Copy, Debug)]
struct Request {
    schema: fn() -> Schema,
    part: fn(&mut SchemaGenerator) -> Schema,
    read: fn(Value) -> Result<(), serde_json::Error>,
}

fn schema_of<T: JsonSchema>() -> Schema {
    schema_for!(T)
}

fn part_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

fn read_as<T: DeserializeOwned>(value: Value) -> Result<(), serde_json::Error> {
    serde_json::from_value::<T>(value).map(drop)
}

impl Operation {
    /// An operation with request `Q` and report `R`.
    pub(crate) const fn new<Q: JsonSchema + DeserializeOwned, R: JsonSchema>(name: &'static str) -> Self {
        let request = Request { schema: schema_of::<Q>, part: part_of::<Q>, read: read_as::<Q> };
        Self { name, request: Some(request), report: schema_of::<R>, report_part: part_of::<R> }
    }

    /// An operation without a request.
    pub(crate) const fn of_nothing<R: JsonSchema>(name: &'static str) -> Self {
        Self { name, request: None, report: schema_of::<R>, report_part: part_of::<R> }
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

/// One JSON Schema of everything that is exchanged: the document, commands and events of a session,
/// errors, requests and reports, which share their definitions. Types of other languages are made from
/// it.
pub fn all_schemas() -> Value {
    let mut generator = SchemaGenerator::default();
    let mut fields = Map::new();
    let mut add = |name: &str, schema: Schema| drop(fields.insert(name.to_owned(), schema.to_value()));
    add("project", generator.subschema_for::<cutroom_project::Project>());
    add("operation", generator.subschema_for::<cutroom_project::Operation>());
    add("session_command", generator.subschema_for::<SessionCommand>());
    add("live_command", generator.subschema_for::<LiveCommand>());
    add("event", generator.subschema_for::<SessionEvent>());
    add("edit", generator.subschema_for::<cutroom_project::Edit>());
    add("client_message", generator.subschema_for::<ClientMessage>());
    add("server_message", generator.subschema_for::<ServerMessage>());
    add("error", generator.subschema_for::<ApiError>());
    for operation in OPERATIONS {
        if let Some(request) = operation.request {
            add(&format!("{}_request", operation.name), (request.part)(&mut generator));
        }
        add(&format!("{}_report", operation.name), (operation.report_part)(&mut generator));
    }
    let required: Vec<&String> = fields.keys().collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Wire",
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": fields,
        "$defs": generator.take_definitions(true),
    })
}
