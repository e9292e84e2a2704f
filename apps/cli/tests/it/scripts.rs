//! Texts in the scripts of the world: docs/scripts.png, which `CUTROOM_BLESS=1` draws again; and the names in
//! texts that depend on the film.
use crate::support::{Bench, document, rgba};
use serde_json::{Value, json};

/// Name and sample of each row.
const ROWS: [(&str, &str); 8] = [
    ("Latin, kerned", "AVATAR To Wave, fjord office"),
    ("Greek", "Ὁ ποταμὸς καὶ ἡ θάλασσα"),
    ("Cyrillic", "Река и море, объём съёмки"),
    ("Japanese", "川と海、光と水の映画。"),
    ("Arabic", "النهر والبحر في الصيف"),
    ("Devanagari", "नदी और समुद्र, क्षत्रिय"),
    ("Mixed, with emoji", "Left سلام 123 right 😀🇯🇵"),
    ("Combined marks", "Ḝ ñ ộ ǘ — é ö"),
];
const VERTICAL: &str = "縦書きの文、\n「川と海」12。";

fn sheet() -> Value {
    let mut tracks = Vec::new();
    let mut add = |text: &str, size: f64, color: &str, at: [f64; 2], more: Value| {
        let mut source = json!({"type": "text", "text": text, "align": "left", "style": {"size_px": size, "fill": color}});
        more.as_object().unwrap().iter().for_each(|(k, v)| source[k] = v.clone());
        let n = tracks.len();
        tracks
            .push(json!({"id": format!("t{n}"), "clips": [{"id": format!("c{n}"), "source": source, "start": 0, "duration": "1s",
            "video": {"transform": {"position_px": at}}}]}));
    };
    for (i, (name, sample)) in ROWS.iter().enumerate() {
        let y = -186.0 + 53.0 * i as f64;
        add(name, 14.0, "#99aabb", [-245.0, y - 2.0], json!({"width_px": 150}));
        add(sample, 28.0, "#ffffff", [40.0, y], json!({"width_px": 420, "align": "left"}));
    }
    add("Japanese, vertical", 14.0, "#99aabb", [262.0, -186.0], json!({"width_px": 116}));
    add(VERTICAL, 28.0, "#ffffff", [270.0, 20.0], json!({"vertical": true, "height_px": 340, "align": "start"}));
    let mut film = document(&Value::Array(tracks));
    film["media"] = json!([]);
    film["compositions"][0]["size"] = json!({"width": 680, "height": 440});
    film["compositions"][0]["background"] = json!([0.08, 0.1, 0.13, 1.0]);
    film
}

#[test]
fn scripts_are_documented_as_they_are() {
    let b = Bench::new();
    b.write("film.json", &sheet().to_string());
    let said = b.ok(&["frame", "film.json", "--at", "0", "-o", "scripts.png"]);
    // Every letter is in a shipped font.
    assert!(!said.err.contains("no font") && !said.err.contains("may differ"), "{}", said.err);
    let docs = cutroom_test_support::root().join("docs/scripts.png");
    if std::env::var_os("CUTROOM_BLESS").is_some() {
        std::fs::copy(b.path("scripts.png"), &docs).unwrap();
    }
    std::fs::copy(docs, b.path("docs.png")).unwrap();
    let (now, then) = (rgba(&b, "scripts.png"), rgba(&b, "docs.png"));
    assert_eq!(now.len(), 680 * 440);
    assert!(
        now == then,
        "docs/scripts.png is old: run CUTROOM_BLESS=1 cargo nextest run -E 'package(cutroom-cli) & test(scripts)'"
    );
}

/// A text that names the file below is drawn like one that is written out; a day comes from the document.
#[test]
fn texts_name_the_file_below_and_the_day_of_the_document() {
    let b = Bench::new();
    b.clip("holiday.mp4", 4, "25");
    let draw = |text: &str, more: Value, out: &str| {
        let words = json!({"type": "text", "text": text, "style": {"size_px": 12}});
        let mut film = document(&json!([
            {"id": "v1", "clips": [{"id": "a", "source": {"type": "media", "media": "m"}, "start": 0, "duration": 4 * 28_224_000}]},
            {"id": "v2", "clips": [{"id": "b", "source": words, "start": 0, "duration": "1s"}]}
        ]));
        film["media"] = json!([{"id": "m", "path": "holiday.mp4"}]);
        more.as_object().unwrap().iter().for_each(|(k, v)| film[k] = v.clone());
        b.write("film.json", &film.to_string());
        b.run(&["frame", "film.json", "--at", "0", "-o", out])
    };
    draw("{file}", json!({}), "a.png");
    draw("holiday.mp4", json!({}), "b.png");
    assert!(rgba(&b, "a.png") == rgba(&b, "b.png"));
    let refused = draw("{date}", json!({}), "c.png");
    assert!(refused.err.contains("project.placeholder") && refused.err.contains("variables"), "{}", refused.err);
    draw("{date}", json!({"variables": {"date": "2026-11-29"}}), "d.png");
    draw("2026-11-29", json!({}), "e.png");
    assert!(rgba(&b, "d.png") == rgba(&b, "e.png") && rgba(&b, "d.png") != rgba(&b, "a.png"));
}
