//! Says in plain words what the deserializer found wrong with a value.
use crate::nearest::{meant, nearest};
use serde_json::Value;

/// The message for an error of the deserializer, about the value `found`.
pub(crate) fn plain(reason: &str, found: Option<&Value>) -> String {
    if reason.starts_with("missing field ") {
        return reason.replacen("missing field", "the required field", 1) + " is missing";
    }
    if let (true, Some(name)) = (reason.starts_with("unknown field "), named_in_backticks(reason)) {
        return format!("`{name}` is an unknown field{}", meant(name, choices(reason)));
    }
    if let (true, Some(name)) = (reason.starts_with("unknown variant "), named_in_backticks(reason)) {
        let known: Vec<&str> = choices(reason).collect();
        let near = nearest(name, known.iter().copied()).map_or_else(String::new, |near| format!("; the nearest is \"{near}\""));
        return format!("\"{name}\" is not known here{near}; known are {}", known.join(", "));
    }
    let Some((_, expected)) = reason.split_once(", expected ").filter(|_| reason.starts_with("invalid ")) else {
        return reason.to_owned();
    };
    let Some(found) = found else { return reason.to_owned() };
    let form = form(expected);
    format!("{} is not {form}{}", shown(found), remedy(found, expected))
}

/// The first name in backticks.
pub(crate) fn named_in_backticks(text: &str) -> Option<&str> {
    text.split('`').nth(1)
}

/// The names in backticks after the first one.
fn choices(reason: &str) -> impl Iterator<Item = &str> {
    reason.split('`').skip(3).step_by(2)
}

/// A value, shortened.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= LONGEST { text } else { text.chars().take(LONGEST).collect::<String>() + "…" }
}

/// What serde expects, in words.
fn form(expected: &str) -> &str {
    match expected {
        "f64" => "a number",
        "u8" | "u32" | "u64" | "usize" => "a whole number from 0",
        "a boolean" => "true or false",
        "a string" | "string" => "text in quotes",
        "a sequence" => "a list in [ ]",
        "a map" => "an object in { }",
        "an array of length 2" => "two numbers in [ ]",
        "an array of length 4" => "four numbers in [ ]",
        other if other.starts_with("struct ") => "an object in { }",
        other => other,
    }
}

/// What to write instead, if that is obvious.
fn remedy(found: &Value, expected: &str) -> String {
    let inner = found.as_str().map(str::trim);
    match (expected, found) {
        ("an array of length 2", Value::Number(n)) => format!("; write [{n}, {n}]"),
        ("f64" | "u32" | "u64" | "usize", _) if inner.is_some_and(|t| t.parse::<f64>().is_ok_and(f64::is_finite)) => {
            format!("; write {} without quotes", inner.unwrap_or_default())
        }
        ("a boolean", _) => match (inner, found.as_f64()) {
            (Some(word @ ("true" | "false")), _) => format!("; write {word} without quotes"),
            (_, Some(n)) if n == 0.0 || n == 1.0 => format!("; write {}", n == 1.0),
            _ => String::new(),
        },
        ("a sequence", Value::Object(_)) => "; write the object inside [ ]".to_owned(),
        ("a string", Value::Number(n)) => format!("; write \"{n}\""),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn serde_in_plain_words() {
        for (reason, found, said) in [
            ("invalid type: string \"x\", expected f64", json!("x"), "\"x\" is not a number"),
            ("invalid type: string \"0.5\", expected f64", json!("0.5"), "\"0.5\" is not a number; write 0.5 without quotes"),
            (
                "invalid type: floating point `0.5`, expected an array of length 2",
                json!(0.5),
                "0.5 is not two numbers in [ ]; write [0.5, 0.5]",
            ),
            ("invalid type: integer `1`, expected a boolean", json!(1), "1 is not true or false; write true"),
            ("missing field `id`", Value::Null, "the required field `id` is missing"),
            (
                "unknown variant `centre`, expected one of `contain`, `cover`, `center`",
                json!("centre"),
                "\"centre\" is not known here; the nearest is \"center\"; known are contain, cover, center",
            ),
            (
                "unknown field `widht`, expected `width` or `height`",
                json!(1),
                "`widht` is an unknown field; the nearest is `width`",
            ),
        ] {
            assert_eq!(plain(reason, Some(&found)), said);
        }
    }
}
