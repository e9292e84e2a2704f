//! Looks of effects, from the command line: keys, and lengths that do not depend on a source's size.
use crate::support::{Bench, ffmpeg, rgba};
use serde_json::{Value, json};

/// A made green screen: a subject with a soft outline over a screen whose brightness runs from 80 % to
/// 120 % of #1db53a, with noise. The recipe's key finds the known alpha.
#[test]
fn a_green_screen_is_keyed_by_its_preset() {
    let b = Bench::new();
    let alpha = |x: f64, y: f64| ((60.0 - (x - 160.0).hypot(y - 90.0)) / 8.0 + 0.5).clamp(0.0, 1.0);
    let part = |subject: u32, screen: u32| {
        let share = "clip((60-hypot(X+0.5-160,Y+0.5-90))/8+0.5,0,1)";
        format!("{subject}*{share}+{screen}*(0.8+0.4*X/W)*(1-{share})+6*(random(0)-0.5)")
    };
    // Skin, then a grey, then a dark subject.
    for (name, subject) in [("skin", [205, 150, 125]), ("grey", [150, 150, 150]), ("dark", [35, 30, 40])] {
        let [r, g, bl] = [part(subject[0], 29), part(subject[1], 181), part(subject[2], 58)];
        let source = format!("color=black:size=320x180,format=gbrp,geq=r='{r}':g='{g}':b='{bl}'");
        ffmpeg(&["-f", "lavfi", "-i", &source, "-frames:v", "1", "-pix_fmt", "rgb24"], &b.path("screen.png"));
        b.ok(&["new", "film.json", "screen.png", "--fps", "25", "--still", "1f", "--overwrite"]);
        let mut film = b.read_json("film.json");
        film["compositions"][0]["background"] = json!([0, 0, 0, 0]);
        let params = json!({ "keyColor": "green-screen", "tolerance": 0.1, "softness": 0.2, "spillSuppression": 1 });
        let mut error = |params: &Value| {
            let effects = json!([{ "id": "key", "effect": "chroma-key", "params": params }]);
            film["compositions"][0]["tracks"][0]["clips"][0]["video"] = json!({ "effects": effects });
            b.write("film.json", &film.to_string());
            b.ok(&["frame", "film.json", "-o", "f.png", "--overwrite"]);
            let px = rgba(&b, "f.png");
            let each = px
                .iter()
                .enumerate()
                .map(|(i, c)| (f64::from(c[3]) / 255.0 - alpha((i % 320) as f64 + 0.5, (i / 320) as f64 + 0.5)).abs());
            (each.sum::<f64>() / px.len() as f64, px)
        };
        let (mean, px) = error(&params);
        println!("{name}: mean absolute error of alpha {mean:.4}");
        assert!(mean < 0.012, "{name}: {mean}");
        // The screen is gone, the subject is whole and not green.
        assert!(px[90 * 320 + 10][3] == 0 && px[90 * 320 + 310][3] == 0 && px[10 * 320 + 160][3] == 0);
        assert!(px[90 * 320 + 160][3] == 255);
        let green = |c: &[u8; 4]| c[3] > 30 && i32::from(c[1]) - i32::from(c[0].max(c[2])) > 12;
        assert_eq!(px.iter().filter(|c| green(c)).count(), 0, "{name}: a green fringe");
        // The pure colours fit no lit screen.
        let (old, _) = error(&json!({ "keyColor": "green" }));
        assert!(old > 0.2, "{name}: {old}");
        let (_, matte) = error(&json!({ "keyColor": "green-screen", "show": "matte" }));
        assert_eq!((matte[90 * 320 + 160], matte[90 * 320 + 10]), ([255; 4], [0, 0, 0, 255]), "{name}: the matte");
        let (choked, _) =
            error(&json!({ "keyColor": "green-screen", "tolerance": 0.1, "softness": 0.2, "choke": 2, "edgeBlur": 3 }));
        assert!(choked > mean, "{name}: a choked matte is smaller");
    }
}

/// A blur of the same source at two sizes, through files: equal to two codes.
#[test]
fn a_proxy_looks_like_its_source() {
    let b = Bench::new();
    let waves = "gradients=size=640x360:c0=red:c1=blue:c2=white:n=3:x0=0:y0=0:x1=640:y1=360:seed=7,format=rgb24";
    ffmpeg(&["-f", "lavfi", "-i", waves, "-frames:v", "1"], &b.path("large.png"));
    let large = b.path("large.png");
    ffmpeg(&["-i", large.to_str().unwrap(), "-vf", "scale=320:180:flags=area"], &b.path("small.png"));
    let blurred = |name: &str| {
        let project = format!("{name}.json");
        b.ok(&["new", &project, &format!("{name}.png"), "--size", "320x180", "--fps", "25", "--still", "1f"]);
        let mut film = b.read_json(&project);
        let effects = json!([
            { "id": "v", "effect": "mosaic-region", "params": { "size": 20, "shape": "ellipse" } },
            { "id": "b", "effect": "gaussian-blur", "params": { "radius": 24 } }
        ]);
        film["compositions"][0]["tracks"][0]["clips"][0]["video"] = json!({ "effects": effects });
        b.write(&project, &film.to_string());
        let frame = format!("{name}-frame.png");
        b.ok(&["frame", &project, "-o", &frame]);
        rgba(&b, &frame)
    };
    let (a, s) = (blurred("large"), blurred("small"));
    let worst = a.iter().zip(&s).flat_map(|(a, s)| (0..3).map(|k| a[k].abs_diff(s[k]))).max().unwrap();
    assert!(worst <= 2, "{worst} codes apart");
}
