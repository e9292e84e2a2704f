//! Macros: operations that are carried out as one step, with parameters.
use super::SessionCommand;
use crate::ApiError;
use serde_json::Value;
use std::collections::BTreeMap;

/// Maximum depth of macros that call each other.
const MAX_CALLS: usize = 16;

/// A macro.
#[derive(Clone, Debug)]
struct Macro {
    params: Vec<String>,
    steps: Vec<Value>,
}

/// The macros of a session by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Macros(BTreeMap<String, Macro>);

impl Macros {
    /// Defines a macro, or replaces the one of this name.
    pub fn define(&mut self, name: &str, params: Vec<String>, steps: Vec<Value>) {
        self.0.insert(name.to_owned(), Macro { params, steps });
    }

    /// The steps of a macro with its parameters put in.
    ///
    /// # Errors
    /// `usage.command`: there is no such macro, a parameter is missing or unknown, or it calls itself.
    pub fn expanded(&self, name: &str, with: &BTreeMap<String, Value>, depth: usize) -> Result<Vec<Value>, ApiError> {
        let wrong = |message: String| ApiError::new("usage.command", message);
        let known = self
            .0
            .get(name)
            .ok_or_else(|| wrong(format!("there is no macro \"{name}\"")).hint("a `define` before it says what it does"))?;
        if depth > MAX_CALLS {
            return Err(wrong(format!("macro \"{name}\" calls itself")));
        }
        if let Some(missing) = known.params.iter().find(|p| !with.contains_key(*p)) {
            return Err(wrong(format!("macro \"{name}\" needs a value for `{missing}`")));
        }
        if let Some(other) = with.keys().find(|p| !known.params.contains(p)) {
            return Err(wrong(format!("macro \"{name}\" has no parameter `{other}`; it has {}", known.params.join(", "))));
        }
        let mut steps = Vec::new();
        for step in &known.steps {
            let step = filled(step, with);
            if step.get("call").is_none() {
                steps.push(step);
                continue;
            }
            match serde_json::from_value(step) {
                Ok(SessionCommand::Call { name, with }) => steps.extend(self.expanded(&name, &with, depth + 1)?),
                Ok(_) => {}
                Err(e) => return Err(wrong(format!("macro \"{name}\": `call`: {e}"))),
            }
        }
        Ok(steps)
    }
}

/// A value in which `"$name"` is replaced, as a whole or as a part of a text.
fn filled(value: &Value, with: &BTreeMap<String, Value>) -> Value {
    match value {
        Value::String(text) => {
            if let Some(value) = text.strip_prefix('$').and_then(|name| with.get(name)) {
                return value.clone();
            }
            let mut text = text.clone();
            for (name, value) in with {
                let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                text = text.replace(&format!("${{{name}}}"), &plain);
            }
            text.into()
        }
        Value::Array(items) => items.iter().map(|item| filled(item, with)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), filled(value, with))).collect(),
        other => other.clone(),
    }
}
