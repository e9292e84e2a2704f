//! Subtitle files of the shared media, and made ones, against expectations written by hand from the
//! files.
use cutroom_interchange::subtitles::{
    Alignment, CheckLimits, Cue, FindingKind, RunStyle, SplitLimits, Stretch, SubtitleDocument, SubtitleFile, SubtitleFormat,
    check, read, shift, split, stretch, write,
};
use cutroom_test_support::media;
use cutroom_types::{FLICKS_PER_SECOND, FrameRate, Time, TimeDelta};
use std::path::Path;

fn ms(n: i64) -> Time {
    Time(n * FLICKS_PER_SECOND / 1000)
}

fn parsed(text: &str, name: &str) -> SubtitleFile {
    read(text.as_bytes(), Some(Path::new(name))).unwrap()
}

fn shared(name: &str) -> Option<SubtitleFile> {
    let path = media(&format!("subtitles/{name}"))?;
    Some(read(&std::fs::read(&path).unwrap(), Some(&path)).unwrap())
}

/// Start and end in ms, and text, of all cues.
fn table(file: &SubtitleFile) -> Vec<(i64, i64, String)> {
    let in_ms = |t: Time| t.0 / (FLICKS_PER_SECOND / 1000);
    file.document.cues.iter().map(|c| (in_ms(c.start), in_ms(c.end), c.text())).collect()
}

fn alignments(file: &SubtitleFile) -> Vec<Option<u8>> {
    file.document.cues.iter().map(|c| c.alignment.map(Alignment::number)).collect()
}

#[test]
fn subrip_files() {
    let Some(f) = shared("typical_with_tags.srt") else { return };
    assert_eq!((f.format, f.encoding, f.is_encoding_guessed), (SubtitleFormat::Srt, "UTF-8", false));
    let cues = table(&f);
    assert_eq!(cues[0], (0, 1234, "This is  the first subtitle.".into()));
    assert_eq!(cues[1], (2345, 3456, "This is the second subtitle.\nSecond  subtitle with second line.".into()));
    assert_eq!(cues[2], (4567, 8901, "This  is the third  subtitle.".into()));
    assert_eq!(cues[3].2, "This { \\an2} is not a valid tag due to the space after the opening bracket.");
    assert_eq!((cues[4].0, cues[4].1), (13_567, 14_901));
    assert_eq!(cues.len(), 14);
    let want = [1, 0, 2, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(|n| (n > 0).then_some(n));
    assert_eq!(alignments(&f), want);
    let utf16 = shared("typical_utf16le.srt").unwrap();
    assert_eq!(utf16.encoding, "UTF-16LE");
    assert_eq!(table(&utf16)[2], (7_204_567, 7_208_901, "This is the third subtitle.".into()));
    assert_eq!((utf16.document.cues.len(), utf16.issues.len()), (3, 0));
    let html = shared("mediaelement.srt").unwrap();
    assert_eq!(table(&html)[0], (100, 4000, "HTML5 <video> and <audio> was supposed to be awesome, powerful, and fun.".into()));
    assert_eq!(table(&html)[3].2, "This means <video src=\"myfile.mp4\" /> doesn't work ...");
    let issues: Vec<&str> = html.issues.iter().map(|i| i.message.as_str()).collect();
    assert_eq!(issues, ["tags <a> are left out (2 times)"]);
}

#[test]
fn webvtt_files() {
    let Some(en) = shared("elephantsdream_captions.en.vtt") else { return };
    assert_eq!(en.format, SubtitleFormat::Vtt);
    let cues = table(&en);
    assert_eq!(cues[0], (15_000, 17_951, "At the left we can see...".into()));
    assert_eq!(cues[3], (21_999, 24_368, "Everything is safe.\nPerfectly safe.".into()));
    assert_eq!(en.document.cues[0].id.as_deref(), Some("1"));
    // As many cues as lines of times in each file.
    for name in ["en", "ja", "ar"] {
        let file = shared(&format!("elephantsdream_captions.{name}.vtt")).unwrap();
        let text = std::fs::read_to_string(media(&format!("subtitles/elephantsdream_captions.{name}.vtt")).unwrap()).unwrap();
        assert_eq!(file.document.cues.len(), text.matches("-->").count(), "{name}");
        assert!(file.issues.is_empty() && file.document.cues.iter().all(|c| c.end > c.start && !c.text().is_empty()), "{name}");
    }
    let ar = shared("elephantsdream_captions.ar.vtt").unwrap();
    assert_eq!(table(&ar)[0], (15_042, 18_625, "...إلى... إلى الشمال يمكن أن نرى\n...يمكن أن نرى الـ".into()));
}

#[test]
fn ass_files() {
    let Some(f) = shared("style_primary_color.ass") else { return };
    assert_eq!((f.format, f.document.canvas), (SubtitleFormat::Ass, Some((1280, 720))));
    let colors: Vec<Option<[u8; 4]>> = f.document.styles.iter().map(|s| s.text.color).collect();
    // Of the file's names: red, yellow, green, red with alpha &HA0, blue, blue with alpha &H80,
    // none.
    let want = [
        Some([255, 0, 0, 255]),
        Some([255, 255, 0, 255]),
        Some([0, 255, 0, 255]),
        Some([255, 0, 0, 95]),
        Some([0, 0, 255, 255]),
        Some([0, 0, 255, 126]),
        None,
    ];
    // 2164195328 is &H80FF0000; 2164195328 - 0x80000000 = 0xFF0000.
    assert_eq!(colors[..5], want[..5]);
    assert_eq!(colors[5].map(|c| (c[2], c[3])), Some((255, 255 - (2_164_195_328u32 >> 24) as u8)));
    assert_eq!(colors[6], None);
    assert_eq!(table(&f)[2], (5000, 6000, "Third line in GREEN (leading zeros &HFF00).".into()));
    assert_eq!(f.document.cues[2].style.as_deref(), Some("PrimaryColourStyleHexGreen"));
    assert_eq!(f.document.cues.len(), 7);
    assert!(f.issues.iter().any(|i| i.line == 15 && i.message.contains("blue")), "{:?}", f.issues);

    let f = shared("positioning.ass").unwrap();
    assert_eq!(table(&f)[2], (4560, 8900, "Third subtitle, (only last counts).".into()));
    let places: Vec<_> =
        f.document.cues.iter().map(|c| c.position.map(|[x, y]| [(x * 300.0).round(), (y * 202.0 * 10.0).round() / 10.0])).collect();
    assert_eq!(places, [[150.0, 50.5], [75.0, 50.5], [75.0, 101.0], [150.0, 100.0], [150.0, 101.0], [150.0, 101.0]].map(Some));
    assert_eq!(alignments(&f)[4..], [Some(2), Some(9)]);
    assert_eq!(f.document.style("Default").unwrap().alignment.map(Alignment::number), Some(4));
    assert_eq!(f.document.style("Default").unwrap().text.bold, Some(true));
    assert_eq!(f.document.cues[0].speaker.as_deref(), Some("Olly"));

    let f = shared("attached_images_aegisub.ass").unwrap();
    assert_eq!(f.document.cues.len(), 1);
    assert!(f.issues.iter().any(|i| i.message.contains("[Graphics]")), "{:?}", f.issues);
    assert_eq!(f.document.style("Default").unwrap().text.size, Some(48.0));
}

#[test]
fn ttml_files() {
    let Some(f) = shared("ttml_example.ttml") else { return };
    assert_eq!(f.format, SubtitleFormat::Ttml);
    let cues = table(&f);
    assert_eq!(cues[0], (760, 3450, "It seems a paradox, does it not,".into()));
    assert_eq!(cues[1], (5000, 10_000, "that the image formed on\nthe Retina should be inverted?".into()));
    let text = std::fs::read_to_string(media("subtitles/ttml_example.ttml").unwrap()).unwrap();
    assert_eq!(f.document.cues.len(), text.matches("<p ").count());
    assert_eq!(f.document.cues[0].id.as_deref(), Some("subtitle1"));
    assert_eq!(f.document.cues[0].region.as_deref(), Some("subtitleArea"));
    let s2 = f.document.style("s2Left").unwrap();
    assert_eq!((s2.text.color, s2.text.size, s2.alignment.map(Alignment::number)), (Some([255, 255, 0, 255]), Some(22.0), Some(1)));
    assert_eq!(f.document.metadata[0], ("title".into(), "Timed Text TTML Example".into()));
    assert!(f.issues.is_empty(), "{:?}", f.issues);
}

#[test]
fn broken_cues_are_reported_and_kept_where_they_can_be() {
    let text = "1\r\n00:00:01,000 --> 00:00:02,000\r\nGood\r\n\r\n\r\nafter an empty line\r\n\r\n2\r\n00:00:03,000 --> bad\r\nLost\r\n\r\n00:00:05.5 --> 00:00:04,0\r\nbackwards\r\n\r\n4\r\n00:00:07,000 --> 00:00:08,000 X1:3 Y1:4\r\n1984\r\n";
    let f = parsed(text, "a.srt");
    assert_eq!(
        table(&f),
        [(1000, 2000, "Good\n\n\nafter an empty line".into()), (5500, 4000, "backwards".into()), (7000, 8000, "1984".into())]
    );
    let lines: Vec<usize> = f.issues.iter().map(|i| i.line).collect();
    assert_eq!(lines, [9, 12], "{:?}", f.issues);
    assert!(read(b"just text", Some(Path::new("a.txt"))).is_err());
    assert!(read(b"", None).is_err());
    let empty = parsed("", "a.srt");
    assert_eq!((empty.document.cues.len(), empty.issues.len()), (0, 1));
}

#[test]
fn encodings_are_detected() {
    let srt = |line: &str| format!("1\n00:00:01,000 --> 00:00:02,000\n{line}\n\n2\n00:00:03,000 --> 00:00:04,000\n{line}\n");
    let russian = srt("Привет, как твои дела сегодня? Всё хорошо, спасибо большое.");
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(&russian);
    let f = read(&bytes, None).unwrap();
    assert_eq!((f.encoding, f.is_encoding_guessed), ("windows-1251", true));
    assert_eq!(table(&f)[0].2, "Привет, как твои дела сегодня? Всё хорошо, спасибо большое.");
    let japanese = srt("今日はとてもいい天気ですね。散歩に行きましょう。");
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(&japanese);
    assert_eq!(read(&bytes, None).unwrap().encoding, "Shift_JIS");
    let german = srt("Schöne Grüße aus München, es ist heiß.");
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&german);
    assert_eq!(table(&read(&bytes, None).unwrap())[0].2, "Schöne Grüße aus München, es ist heiß.");
    for (name, big) in [("UTF-16LE", false), ("UTF-16BE", true)] {
        for mark in [true, false] {
            let units = mark.then_some(0xfeff).into_iter().chain(german.encode_utf16());
            let bytes: Vec<u8> = units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect();
            let f = read(&bytes, None).unwrap();
            assert_eq!((f.encoding, f.is_encoding_guessed), (name, !mark));
            assert_eq!(table(&f)[1].2, "Schöne Grüße aus München, es ist heiß.");
        }
    }
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend_from_slice(german.as_bytes());
    assert_eq!(table(&read(&bytes, None).unwrap())[0].0, 1000);
}

#[test]
fn styles_become_runs() {
    let text = "1\n00:00:01,000 --> 00:00:02,000\na <b>bold <i>both</b> italic</i> <font color=\"#ff8000\" face='Arial' size=20>f</font> 1 < 2 & 3 > 2 &amp; <u>u\n";
    let f = parsed(text, "a.srt");
    let runs: Vec<(&str, RunStyle)> = f.document.cues[0].runs.iter().map(|r| (r.text.as_str(), r.style.clone())).collect();
    let on = Some(true);
    let plain = RunStyle::default;
    let font = RunStyle { color: Some([255, 128, 0, 255]), font: Some("Arial".into()), size: Some(20.0), ..plain() };
    assert_eq!(
        runs,
        [
            ("a ", plain()),
            ("bold ", RunStyle { bold: on, ..plain() }),
            ("both", RunStyle { bold: on, italic: on, ..plain() }),
            (" italic", RunStyle { italic: on, ..plain() }),
            (" ", plain()),
            ("f", font),
            (" 1 < 2 & 3 > 2 & ", plain()),
            ("u", RunStyle { underline: on, ..plain() }),
        ]
    );
    let vtt = "WEBVTT - a film\nKind: captions\nLanguage: de\n\nNOTE\nnothing\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:r1 width:40%\n\nfirst\n00:01.000 --> 00:02.000 align:end line:0 size:80%\n<v Fred Smith>Hi <c.yellow.bg_black>there</c> <00:01.500>now\n\n00:03.000 --> 00:04.000 position:10%,line-left line:25% region:r1\n&lt;b&gt;\n";
    let f = parsed(vtt, "a.vtt");
    let [a, b] = &f.document.cues[..] else { panic!("{:?}", f.document.cues) };
    assert_eq!(
        (f.document.language.as_deref(), a.speaker.as_deref(), a.id.as_deref()),
        (Some("de"), Some("Fred Smith"), Some("first"))
    );
    assert_eq!((a.alignment.map(Alignment::number), &a.settings[..]), (Some(9), &["size:80%".to_owned()][..]));
    assert_eq!((a.text(), a.runs[1].style.color), ("Hi there now".into(), Some([255, 255, 0, 255])));
    let sung = a.runs.last().unwrap().sung.unwrap();
    assert_eq!((sung.from, sung.to), (TimeDelta(FLICKS_PER_SECOND / 2), TimeDelta(FLICKS_PER_SECOND)));
    assert_eq!((b.position, b.region.as_deref(), b.text()), (Some([0.1, 0.25]), Some("r1"), "<b>".into()));
    assert_eq!(f.issues.iter().map(|i| i.line).collect::<Vec<_>>(), [8], "{:?}", f.issues);
    let ass = "[Script Info]\nPlayResX: 100\nPlayResY: 50\n[V4+ Styles]\nFormat: Name, Fontname, Alignment\nStyle: Top,Sans,8\n[Events]\nDialogue: 2,0:00:01.00,0:00:03.00,Top,,0,0,0,,{\\k50}Ka{\\kf25}ra{\\k25\\b1\\c&H0000FF&\\alpha&H80&}oke\\N{\\r}next, line{comment}{\\p1}m 0 0 l 1 1{\\p0}\n";
    let f = parsed(ass, "a.ass");
    let cue = &f.document.cues[0];
    assert_eq!((cue.text(), cue.layer, cue.style.as_deref()), ("Karaoke\nnext, line".into(), 2, Some("Top")));
    let times: Vec<_> = cue
        .runs
        .iter()
        .filter_map(|r| r.sung)
        .map(|s| (s.from.0 * 100 / FLICKS_PER_SECOND, s.to.0 * 100 / FLICKS_PER_SECOND))
        .collect();
    assert_eq!(times[..3], [(0, 50), (50, 75), (75, 100)]);
    assert_eq!((cue.runs[2].style.bold, cue.runs[2].style.color), (on, Some([255, 0, 0, 127])));
    assert!(cue.runs.last().unwrap().style.is_plain());
    let ssa = "[Script Info]\n[V4 Styles]\nFormat: Name, Alignment\nStyle: A,6\nStyle: B,10\n[Events]\nFormat: Marked, Start, End, Style, Text\nDialogue: Marked=0,0:00:01.00,0:00:02.00,A,{\\a7}x\n";
    let f = parsed(ssa, "a.ssa");
    assert_eq!(f.document.styles.iter().map(|s| s.alignment.unwrap().number()).collect::<Vec<_>>(), [8, 5]);
    assert_eq!(alignments(&f), [Some(9)]);
    let ttml = "<?xml version='1.0'?><tt xmlns='http://www.w3.org/ns/ttml' xmlns:ttp='http://www.w3.org/ns/ttml#parameter' xmlns:tts='http://www.w3.org/ns/ttml#styling' ttp:frameRate='25' ttp:tickRate='1000' xml:lang='fr'><body begin='10s'><div begin='00:00:05:00'><p begin='500t' dur='50f'>a <span tts:fontStyle='italic' tts:color='rgba(1,2,3,128)'>b &amp; c</span></p><p begin='3s' end='4s'>x</p></div><div timeContainer='seq'><p dur='1s'>s1</p><p dur='2s'>s2</p></div></body></tt>";
    let f = parsed(ttml, "a.ttml");
    assert_eq!(f.document.language.as_deref(), Some("fr"));
    assert_eq!(
        table(&f),
        [
            (10_000, 11_000, "s1".into()),
            (11_000, 13_000, "s2".into()),
            (15_500, 17_500, "a b & c".into()),
            (18_000, 19_000, "x".into())
        ]
    );
    assert_eq!(f.document.cues[2].runs[1].style, RunStyle { italic: on, color: Some([1, 2, 3, 128]), ..plain() });
}

/// Written in each format and read again, a document keeps what the format holds.
#[test]
fn documents_survive_being_written() {
    let ass = "[Script Info]\nPlayResX: 640\nPlayResY: 360\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\an8}Two <b>&\\Nlines {\\i1}and{\\i0} {\\c&H00FFFF&}yellow{\\c}\nDialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\pos(64,90)}Placed\n";
    let original = parsed(ass, "a.ass");
    for format in SubtitleFormat::ALL {
        let (text, losses) = write(&original.document, format);
        let again = read(text.as_bytes(), None).unwrap();
        assert_eq!((again.format, &again.issues[..]), (format, &[][..]), "{text}");
        let plain = |f: &SubtitleFile| f.document.cues.iter().map(|c| (c.start, c.end, c.text())).collect::<Vec<_>>();
        let styles = |f: &SubtitleFile| {
            f.document.cues[0].runs.iter().map(|r| (r.style.italic == Some(true), r.style.color)).collect::<Vec<_>>()
        };
        if format == SubtitleFormat::Srt {
            // What looks like a tag becomes one: SubRip knows no escapes.
            assert_eq!(again.document.cues[0].text(), "Two &\nlines and yellow");
        } else {
            assert_eq!(plain(&again), plain(&original), "{text}");
            assert_eq!(styles(&again), styles(&original), "{text}");
        }
        assert_eq!(again.document.cues[0].alignment.map(Alignment::row), Some(2), "{text}");
        let keeps_position = matches!(format, SubtitleFormat::Vtt | SubtitleFormat::Ass);
        assert_eq!(again.document.cues[1].position.is_some(), keeps_position, "{text}");
        assert_eq!(losses.iter().any(|l| l.contains("positions")), !keeps_position, "{losses:?}");
    }
}

#[test]
fn all_times_move_and_stretch() {
    let cue = |a, b| Cue::plain(ms(a), ms(b), "x");
    let document = |cues: &[(i64, i64)]| SubtitleDocument {
        cues: cues.iter().map(|&(a, b)| cue(a, b)).collect(),
        ..SubtitleDocument::default()
    };
    let times = |d: &SubtitleDocument| d.cues.iter().map(|c| (c.start, c.end)).collect::<Vec<_>>();
    let mut d = document(&[(0, 500), (1000, 2000), (3000, 4000)]);
    assert_eq!(shift(&mut d, TimeDelta(-FLICKS_PER_SECOND * 3 / 2)), 2);
    assert_eq!(times(&d), [(ms(0), ms(500)), (ms(1500), ms(2500))]);
    let mut d = document(&[(1000, 2000), (61_000, 62_000)]);
    let by = Stretch::by_points((ms(1000), ms(2000)), (ms(61_000), ms(122_000))).unwrap();
    assert_eq!(stretch(&mut d, by), 0);
    assert_eq!(times(&d), [(ms(2000), ms(4000)), (ms(122_000), ms(124_000))]);
    assert_eq!(Stretch::by_points((ms(1), ms(5)), (ms(2), ms(4))), None);
    // Frame n of 25 fps is frame n of 24000/1001.
    let (pal, film) = (FrameRate::new(25, 1).unwrap(), FrameRate::new(24_000, 1001).unwrap());
    let mut d = SubtitleDocument {
        cues: vec![Cue::plain(pal.time_of_frame(1000), pal.time_of_frame(1050), "x")],
        ..SubtitleDocument::default()
    };
    stretch(&mut d, Stretch::by_rates(pal, film));
    assert_eq!(times(&d), [(film.time_of_frame(1000), film.time_of_frame(1050))]);
}

#[test]
fn long_cues_are_split() {
    let f = parsed(
        "1\n00:00:00,000 --> 00:00:10,000\nThe quick <i>brown fox jumps</i> over the lazy dog and runs away from it\n\n2\n00:00:10,000 --> 00:00:11,000\nあいうえおかきくけこさしすせそ\n\n3\n00:00:20,000 --> 00:00:20,500\nshort but fast\n",
        "a.srt",
    );
    let mut d = f.document.clone();
    let limits = SplitLimits { line_letters: 20, lines: 1, letters_per_second: 10.0 };
    split(&mut d, &limits);
    let texts: Vec<String> = d.cues.iter().map(Cue::text).collect();
    assert_eq!(texts[..4], ["The quick brown fox", "jumps over the lazy", "dog and runs away", "from it"]);
    assert!(texts.iter().all(|t| t.chars().count() <= 20), "{texts:?}");
    assert_eq!(texts.iter().filter(|t| t.contains('あ')).count(), 1);
    // Without gaps, in proportion to the letters: 19 of 62 of 10 s.
    assert_eq!((d.cues[0].start, d.cues[3].end), (ms(0), ms(10_000)));
    assert!(d.cues.windows(2).take(3).all(|w| w[0].end == w[1].start));
    assert_eq!(d.cues[0].end.0, 10 * FLICKS_PER_SECOND * 19 / (19 + 19 + 17 + 7));
    let italic: String =
        d.cues.iter().flat_map(|c| &c.runs).filter(|r| r.style.italic == Some(true)).map(|r| r.text.as_str()).collect();
    assert_eq!(italic, "brown foxjumps");
    // 14 letters at 10 a second.
    assert_eq!(d.cues.last().unwrap().end, ms(21_400));
    // What fits is not touched.
    let mut same = f.document.clone();
    assert_eq!(split(&mut same, &SplitLimits { line_letters: 80, lines: 2, letters_per_second: 1000.0 }), 0);
    assert_eq!(same, f.document);
}

#[test]
fn checks_name_what_is_wrong() {
    let cue = |a, b, text: &str| Cue::plain(ms(a), ms(b), text);
    let d = SubtitleDocument {
        cues: vec![
            cue(0, 2000, "fine"),
            cue(1500, 3000, "overlaps"),
            cue(4000, 4000, "never"),
            cue(5000, 5100, "x"),
            cue(6000, 20_000, "long"),
            cue(21_000, 22_000, "more letters than can be read"),
            cue(23_000, 26_000, "one line that is longer than forty-two letters"),
            cue(27_000, 29_000, "1\n2\n3"),
            cue(30_000, 31_000, " "),
        ],
        ..SubtitleDocument::default()
    };
    let found: Vec<(usize, FindingKind)> = check(&d, &CheckLimits::default()).into_iter().map(|f| (f.cue, f.kind)).collect();
    use FindingKind::*;
    assert_eq!(
        found,
        [(2, Overlap), (3, Length), (4, TooShort), (5, TooLong), (6, Speed), (7, LineLength), (8, LineCount), (9, Empty)]
    );
}
