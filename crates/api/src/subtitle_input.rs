//! A subtitle file with its language, as arguments name it.
use crate::ApiError;
use cutroom_interchange::subtitles::{language_of_name, language_tag};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A subtitle file of a film.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubtitleInput {
    /// The file: SubRip, WebVTT, ASS, SSA or TTML.
    pub file: PathBuf,
    /// Language as a BCP 47 tag (`de`, `pt-BR`) or a code of three letters; absent: what the file or
    /// its name (`film.de.srt`) says.
    #[serde(default)]
    pub language: Option<String>,
    /// Whether players show the track unless another one is chosen.
    #[serde(default)]
    pub default: bool,
    /// Whether players show the track even if subtitles are off: texts of another language.
    #[serde(default)]
    pub forced: bool,
}

impl SubtitleInput {
    /// Reads `FILE`, `LANGUAGE=FILE`, and either with `:default`, `:forced` or both behind it.
    pub fn parse(text: &str) -> Self {
        let mut input = Self::default();
        let mut rest = text;
        while let Some((before, flag)) = rest.rsplit_once(':') {
            match flag {
                "default" => input.default = true,
                "forced" => input.forced = true,
                _ => break,
            }
            rest = before;
        }
        if let Some((language, file)) = rest.split_once('=').filter(|(l, _)| language_tag(l).is_some()) {
            (input.language, rest) = (language_tag(language), file);
        }
        input.file = rest.into();
        input
    }

    /// Its language as a tag: what is stated here, in the file (`stated`) or by its name.
    ///
    /// # Errors
    /// The language stated here does not exist.
    pub(crate) fn language(&self, stated: Option<&str>) -> Result<Option<String>, ApiError> {
        match &self.language {
            Some(text) => language_tag(text).map(Some).ok_or_else(|| {
                ApiError::new("usage.subtitles", format!("there is no language \"{text}\""))
                    .hint("write a tag such as en, de or pt-BR, or a code of three letters")
                    .field("subtitles")
            }),
            None => Ok(stated.and_then(language_tag).or_else(|| language_of_name(&self.file))),
        }
    }
}

/// The same error, of the field `subtitles` of a request.
pub(crate) fn of_subtitles(mut error: ApiError, file: &Path) -> ApiError {
    error.fields.iter_mut().filter(|f| *f == "file").for_each(|f| "subtitles".clone_into(f));
    error.file.get_or_insert_with(|| file.to_owned());
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_files_with_languages_and_flags() {
        let input = |file: &str, language: Option<&str>, default, forced| SubtitleInput {
            file: file.into(),
            language: language.map(str::to_owned),
            default,
            forced,
        };
        for (text, want) in [
            ("a.srt", input("a.srt", None, false, false)),
            ("de=a.srt", input("a.srt", Some("de"), false, false)),
            ("ger=sub/a=b.srt:forced", input("sub/a=b.srt", Some("de"), false, true)),
            ("a.srt:default:forced", input("a.srt", None, true, true)),
            ("C:\\a.srt:default", input("C:\\a.srt", None, true, false)),
            ("./de=a.srt", input("./de=a.srt", None, false, false)),
            ("x=1.srt", input("x=1.srt", None, false, false)),
        ] {
            assert_eq!(SubtitleInput::parse(text), want, "{text}");
        }
    }
}
