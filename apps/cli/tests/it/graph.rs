//! What `graph` and `catalog` report besides the work itself: why effects are left out, keys,
//! costs.
use crate::support::{Bench, document};
use serde_json::{Value, json};

/// A film of one clip with these effects, and an empty video track `maps`.
fn film(b: &Bench, name: &str, effects: &Value) {
    if !b.path("a.mp4").exists() {
        b.clip("a.mp4", 10, "25");
    }
    let document = document(&json!([
        { "id": "v1", "clips": [{
            "id": "one", "source": { "type": "media", "media": "a" }, "start": "0s", "duration": "10f@25", "video": { "effects": effects }
        }] },
        { "id": "maps", "hidden": true, "clips": [] }
    ]));
    b.write(name, &document.to_string());
}

/// An effect is left out because it is neutral, switched off, used up while planning, or has
/// nothing to read; each has its own reason.
#[test]
fn effects_are_left_out_for_their_own_reasons() {
    let b = Bench::new();
    film(
        &b,
        "film.json",
        &json!([
            { "id": "neutral", "effect": "exposure" },
            { "id": "off", "effect": "contrast", "enabled": false, "params": { "amount": 2 } },
            { "id": "held", "effect": "posterize-time", "params": { "frameRate": 5 } },
            { "id": "empty", "effect": "displacement-map", "params": { "track": "maps" } },
            { "id": "still", "effect": "displacement-map", "params": { "track": "maps", "amountX": 0, "amountY": 0 } },
            { "id": "drawn", "effect": "contrast", "params": { "amount": 1.2 } }
        ]),
    );
    let report: Value = serde_json::from_str(&b.ok(&["graph", "film.json", "--at", "3", "--format", "json"]).out).unwrap();
    let why = |id: &str| {
        let of = report["eliminated"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .find(|t| t.contains(&format!("effect {id} (")));
        of.unwrap_or_else(|| panic!("{id}: {report}")).rsplit_once("): ").unwrap().1.to_owned()
    };
    assert_eq!(why("neutral"), "changes nothing at these values");
    assert_eq!(why("off"), "switched off");
    assert_eq!(why("held"), "only changes the time at which the layer before it is shown");
    assert_eq!(why("empty"), "the track that it reads is empty here");
    assert_eq!(why("still"), "changes nothing at these values");
    assert!(!report["eliminated"].to_string().contains("effect drawn ("), "{report}");
}

/// Every node's key is in the Graphviz output, and keys distinguish tables of the same length.
#[test]
fn keys_are_shown_and_tell_tables_apart() {
    let b = Bench::new();
    let keys = |name: &str, curve: &str| {
        film(&b, name, &json!([{ "id": "c", "effect": "curves", "params": { "master": curve } }]));
        let report: Value = serde_json::from_str(&b.ok(&["graph", name, "--at", "3", "--format", "json"]).out).unwrap();
        let dot = b.ok(&["graph", name, "--at", "3", "--format", "dot"]).out;
        let nodes = report["nodes"].as_array().unwrap();
        let keys: Vec<String> = nodes.iter().map(|n| n["key"].as_str().unwrap().to_owned()).collect();
        assert!(keys.iter().all(|k| dot.contains(&format!("key {k}"))), "{dot}");
        keys.last().unwrap().clone()
    };
    let (one, again, other) =
        (keys("1.json", "0,0 0.5,0.6 1,1"), keys("2.json", "0,0 0.5,0.6 1,1"), keys("3.json", "0,0 0.5,0.4 1,1"));
    assert_eq!(one, again);
    assert_ne!(one, other);
}

/// Back ends, costs and durations are in the text and in the JSON.
#[test]
fn the_catalogue_says_what_entries_cost() {
    let b = Bench::new();
    let all: Value = serde_json::from_str(&b.ok(&["catalog", "--json"]).out).unwrap();
    let find = |list: &str, id: &str| all[list].as_array().unwrap().iter().find(|e| e["id"] == id).cloned().unwrap();
    assert!(find("blend_modes", "multiply")["cost"]["operations"].as_u64().unwrap() > 0);
    // 24 iterations of a loop that reads two samples.
    assert!(find("transitions", "zoom-blur")["cost"]["operations"].as_u64().unwrap() >= 24 * 2);
    // Both sides by a filter with a radius of three standard deviations of 0.02 · 1080 pixels,
    // along rows and columns, four components.
    assert!(find("transitions", "blur-dissolve")["cost"]["operations"].as_u64().unwrap() >= 2 * 2 * 4 * 65);
    for t in all["transitions"].as_array().unwrap() {
        let secs = |k: &str| t[k].as_f64().unwrap();
        assert_eq!((secs("min_duration_secs"), secs("max_duration_secs")), (0.1, 5.0));
        assert!((0.8..=2.0).contains(&secs("default_duration_secs")), "{t}");
    }
    let text = b.ok(&["catalog"]).out;
    for line in ["multiply               Multiply", "    cpu, gpu; 2 passes, ", " s [0.1..5]"] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}
