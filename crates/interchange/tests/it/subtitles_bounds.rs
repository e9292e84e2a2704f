//! Large and hostile subtitle files: linear time, no panic.
use cutroom_interchange::subtitles::{CheckLimits, SplitLimits, SubtitleFormat, check, read, split, write};
use proptest::prelude::*;
use std::path::Path;

const HEAD: &str = "1\n00:00:01,000 --> 00:00:02,000\n";

/// Quadratic work would take hours on these.
#[test]
fn hostile_files_take_linear_time() {
    let size = 48 << 10;
    let vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\n";
    let ass = "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,";
    let ttml = "<tt><body><p begin='1s' end='2s'>";
    for (head, name) in [(HEAD, "a.srt"), (vtt, "a.vtt"), (ass, "a.ass"), (ttml, "a.ttml")] {
        for piece in [
            "x",
            "<",
            "{",
            "&",
            "\\",
            "<b>",
            "</b>",
            "<font color=red>",
            "{\\b1}",
            "{\\k1}a",
            "&amp;",
            "<c.yellow>",
            "\n",
            "x y ",
            "<span>",
            "<!--",
            "{\\an8",
        ] {
            let text = format!("{head}{}", piece.repeat(size / piece.len()));
            let Ok(mut file) = read(text.as_bytes(), Some(Path::new(name))) else { continue };
            split(&mut file.document, &SplitLimits::default());
            check(&file.document, &CheckLimits::default());
            for format in SubtitleFormat::ALL {
                write(&file.document, format);
            }
        }
    }
}

#[test]
fn ten_thousand_cues_at_one_time() {
    let text: String = (0..10_000).map(|n| format!("{n}\n00:00:01,000 --> 00:00:02,000\ncue {n}\n\n")).collect();
    let mut file = read(text.as_bytes(), None).unwrap();
    assert_eq!((file.document.cues.len(), file.document.cues[7].text()), (10_000, "cue 7".into()));
    assert_eq!(check(&file.document, &CheckLimits::default()).len(), 9_999);
    split(&mut file.document, &SplitLimits::default());
    assert_eq!(file.document.cues.len(), 10_000);
}

/// Lines that subtitle files consist of, in any order.
fn lines() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "1",
        "",
        "WEBVTT",
        "NOTE x",
        "REGION",
        "[Script Info]",
        "[V4+ Styles]",
        "[Events]",
        "PlayResX: 3",
        "00:00:01,000 --> 00:00:02,500",
        "00:00:02.000 --> 00:00:01.000 line:0 align:end position:5% line:5%",
        "Format: Start, End, Text",
        "Format: Text, Text",
        "Dialogue: 0:00:01.00,0:00:02.00,{\\k20}a{\\k30}b",
        "Dialogue: 0,0:00:01.00,0:00:02.00,D,n,0,0,0,,{\\pos(1,2)\\an5}x\\Ny",
        "Style: D,Arial,20",
        "<b>text</i> <c.red>more</c> <00:00:01.500>",
        "日本語のテキスト",
        "</p>",
        "<p begin='1s' end='2s'>t<br/>u</p>",
        "<tt><body><div>",
        "e\u{301}\u{301} 👩‍👩‍👧",
    ]);
    prop::collection::vec(prop_oneof![8 => line.prop_map(str::to_owned), 1 => ".{0,40}"], 0..40).prop_map(|l| l.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// Anything can be read, and what was read is written in every format and read again with the
    /// same number of cues, if it has text.
    #[test]
    fn anything_is_read_and_written(text in lines(), bytes in prop::collection::vec(any::<u8>(), 0..200), line in 1usize..30) {
        let _ = read(&bytes, Some(Path::new("a.srt")));
        for name in ["a.srt", "a.vtt", "a.ass", "a.ttml"] {
            let Ok(mut file) = read(text.as_bytes(), Some(Path::new(name))) else { continue };
            prop_assert!(file.document.cues.windows(2).all(|w| w[0].start <= w[1].start));
            let letters = |f: &cutroom_interchange::subtitles::SubtitleDocument| {
                f.cues.iter().flat_map(|c| c.text().chars().collect::<Vec<_>>()).filter(|c| !c.is_whitespace()).count()
            };
            let before = letters(&file.document);
            split(&mut file.document, &SplitLimits { line_letters: line, lines: 2, letters_per_second: 15.0 });
            prop_assert_eq!(letters(&file.document), before, "splitting loses no letter");
            file.document.cues.retain(|c| !c.text().trim().is_empty() && c.end > c.start);
            for format in SubtitleFormat::ALL {
                let (written, _) = write(&file.document, format);
                let again = read(written.as_bytes(), Some(Path::new(&format!("b.{}", format.id())))).unwrap();
                if format == SubtitleFormat::Vtt || format == SubtitleFormat::Ttml {
                    prop_assert_eq!(again.document.cues.len(), file.document.cues.len(), "{}", written);
                }
            }
        }
    }
}
