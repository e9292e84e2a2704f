//! Names in braces inside of a text, which planning replaces: `{timecode}`.

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextPiece<'a> {
    /// Letters.
    Plain(&'a str),
    /// The name of what is shown.
    Name(&'a str),
}

/// Names that every project knows.
pub const BUILT_IN: [&str; 7] = ["timecode", "frame", "time", "counter", "clip", "composition", "file"];

/// The pieces of a text. `{{` and `}}` are braces.
///
/// # Errors
/// A brace that is not closed, or an empty name: what is wrong.
pub fn pieces(text: &str) -> Result<Vec<TextPiece<'_>>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        if at > 0 {
            pieces.push(TextPiece::Plain(&rest[..at]));
        }
        let brace = &rest[at..=at];
        let after = &rest[at + 1..];
        if after.starts_with(brace) {
            pieces.push(TextPiece::Plain(brace));
            rest = &after[1..];
        } else if brace == "}" {
            // A single closing brace is a letter.
            pieces.push(TextPiece::Plain(brace));
            rest = after;
        } else {
            let end = after.find(['}', '{', '\n']).filter(|e| after[*e..].starts_with('}'));
            let Some(end) = end.filter(|e| *e > 0) else {
                return Err("\"{\" begins a name such as {timecode}; write \"{{\" for a brace".into());
            };
            pieces.push(TextPiece::Name(&after[..end]));
            rest = &after[end + 1..];
        }
    }
    if !rest.is_empty() {
        pieces.push(TextPiece::Plain(rest));
    }
    Ok(pieces)
}

/// A text in which braces are letters again when it is read by [`pieces`].
pub fn escape(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_braces_and_doubled_braces_are_letters() {
        use TextPiece::{Name, Plain};
        assert_eq!(pieces("at {timecode}."), Ok(vec![Plain("at "), Name("timecode"), Plain(".")]));
        assert_eq!(pieces("{{a}} }"), Ok(vec![Plain("{"), Plain("a"), Plain("}"), Plain(" "), Plain("}")]));
        assert!(pieces("{").is_err() && pieces("{}").is_err() && pieces("{a\n}").is_err());
        let odd = "{x}}{ {{y";
        let again: String = pieces(&escape(odd)).unwrap().iter().map(|p| if let Plain(t) = p { t } else { "?" }).collect();
        assert_eq!(again, odd);
    }
}
