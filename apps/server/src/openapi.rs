//! The description of all routes as OpenAPI 3.1, made from the table that the routes are made from.
use crate::{
    answer::Errors,
    routes::table::{Answers, Route, Takes, routes},
};
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// The document.
pub fn document() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut schemas = settings.into_generator();
    let mut paths = Map::new();
    for route in routes() {
        let method = route.method.to_lowercase();
        let operation = operation(&route, &mut schemas);
        let path = paths.entry(format!("/api/v1{}", route.path)).or_insert_with(|| json!({}));
        path[method] = operation;
    }
    let errors = schemas.subschema_for::<Errors>().to_value();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "cutroom",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Projects of cutroom over HTTP; docs/server.md describes the messages of the WebSocket.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "security": [{"bearer": []}, {"query": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "query": {"type": "apiKey", "in": "query", "name": "token"},
            },
            "responses": {"Errors": {"description": "It was refused, or failed", "content": {"application/json": {"schema": errors}}}},
            "schemas": schemas.take_definitions(true),
        },
    })
}

fn operation(route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let mut parameters = Vec::new();
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    parameters.extend(names.map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})));
    if let Some(query) = route.query {
        let schema = query(schemas).to_value();
        let required: Vec<Value> = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, of_field) in schema["properties"].as_object().into_iter().flatten() {
            let is_required = required.iter().any(|r| r == name);
            let mut of_field = of_field.clone();
            let about = of_field.as_object_mut().and_then(|fields| fields.remove("description"));
            let mut parameter = json!({"name": name, "in": "query", "required": is_required, "schema": of_field});
            if let Some(about) = about {
                parameter["description"] = about;
            }
            parameters.push(parameter);
        }
    }
    for name in route.headers {
        parameters.push(json!({"name": name, "in": "header", "required": true, "schema": {"type": "string"}}));
    }
    let content = match &route.answers {
        Answers::Json(schema) => json!({"application/json": {"schema": schema(schemas).to_value()}}),
        Answers::AnyJson => json!({"application/json": {"schema": {}}}),
        Answers::Bytes(kind) => json!({*kind: {}}),
        Answers::Nothing => json!({}),
    };
    let mut answer = json!({"description": route.about});
    if content != json!({}) {
        answer["content"] = content;
    }
    let mut operation = json!({
        "operationId": route.id(),
        "summary": route.about,
        "parameters": parameters,
        "responses": {route.status.to_string(): answer, "default": {"$ref": "#/components/responses/Errors"}},
    });
    let body = match &route.takes {
        Takes::Nothing => None,
        Takes::Json(schema) => Some(json!({"application/json": {"schema": schema(schemas).to_value()}})),
        Takes::Commands => Some(json!({"application/json": {"schema": {"$ref": "/api/v1/schema"}}})),
        Takes::Bytes => Some(json!({"application/octet-stream": {}})),
    };
    if let Some(content) = body {
        operation["requestBody"] = json!({"required": true, "content": content});
    }
    operation
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Each route is in the document once, and each reference leads somewhere.
    #[test]
    fn every_route_is_described() {
        let document = document();
        let mut ids = BTreeSet::new();
        for route in routes() {
            let operation = &document["paths"][format!("/api/v1{}", route.path)][route.method.to_lowercase()];
            assert_eq!(operation["summary"], route.about, "{} {}", route.method, route.path);
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{} is there twice", route.id());
        }
        let count: usize = document["paths"].as_object().unwrap().values().map(|p| p.as_object().unwrap().len()).sum();
        assert_eq!(count, routes().len());
        let text = document.to_string();
        for reference in text.split(r##""$ref":"#"##).skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let found = document.pointer(reference);
            assert!(found.is_some(), "{reference}");
        }
    }
}
