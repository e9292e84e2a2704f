//! SVG files: areas and colours by formula, and files that would take all time and memory.
use cutroom_drawing::{DrawingError, Svg};
use cutroom_types::Picture;
use std::time::{Duration, Instant};

fn file(content: &str) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="50">{content}</svg>"#
    )
}

fn drawn(content: &str, scale: f64) -> Picture {
    Svg::read(file(content).as_bytes()).unwrap().draw(scale).unwrap().0
}

/// Straight 8-bit colour and alpha of a pixel of a premultiplied picture.
fn pixel(p: &Picture, x: usize, y: usize) -> [u32; 4] {
    [0, 1, 2, 3].map(|c| p.sample(c, x, y))
}

/// Sum of alpha in pixels of the file.
fn area(p: &Picture, scale: f64) -> f64 {
    let pixels = (0..p.size.height as usize).flat_map(|y| (0..p.size.width as usize).map(move |x| (x, y)));
    pixels.map(|(x, y)| f64::from(p.sample(3, x, y)) / 255.0).sum::<f64>() / scale / scale
}

#[test]
fn shapes_have_their_areas_at_every_scale() {
    let pi = std::f64::consts::PI;
    for (content, want) in [
        (r#"<rect x="10.5" y="5" width="20" height="30"/>"#, 600.0),
        (r#"<circle cx="50" cy="25" r="20"/>"#, pi * 400.0),
        (r#"<circle cx="50" cy="25" r="15" fill="none" stroke="red" stroke-width="4"/>"#, pi * (17.0 * 17.0 - 13.0 * 13.0)),
        (r#"<path d="M10 10 H60 L10 40 Z"/>"#, 750.0),
        (r#"<g opacity="0.5"><rect width="20" height="20"/><rect x="10" width="20" height="20"/></g>"#, 300.0),
        (
            r##"<clipPath id="c"><rect width="50" height="50"/></clipPath><circle cx="50" cy="25" r="20" clip-path="url(#c)"/>"##,
            pi * 200.0,
        ),
        (r##"<defs><rect id="r" width="5" height="4"/></defs><use xlink:href="#r"/><use xlink:href="#r" x="20"/>"##, 40.0),
    ] {
        for scale in [1.0, 2.5, 8.0] {
            let got = area(&drawn(content, scale), scale);
            assert!((got - want).abs() < want * 0.006 + 0.5, "{content} at {scale}: {got} for {want}");
        }
    }
}

#[test]
fn colours_are_those_of_the_file() {
    let p = drawn(
        r##"<linearGradient id="g"><stop stop-color="#ff0000"/><stop offset="1" stop-color="#0000ff"/></linearGradient>
        <rect width="100" height="20" fill="url(#g)"/><rect y="20" width="50" height="30" fill="#336699"/>
        <rect x="50" y="20" width="50" height="30" fill="#ffffff" opacity="0.4"/>"##,
        2.0,
    );
    assert_eq!((p.size.width, p.size.height), (200, 100));
    assert_eq!(pixel(&p, 50, 70), [0x33, 0x66, 0x99, 255]);
    assert_eq!(pixel(&p, 150, 70), [102; 4]);
    for x in [20, 100, 180] {
        // The colour at the middle of the pixel.
        let t = (f64::from(x) + 0.5) / 200.0;
        let [r, g, b, a] = pixel(&p, x as usize, 10).map(f64::from);
        assert!((r - 255.0 * (1.0 - t)).abs() <= 1.5 && (b - 255.0 * t).abs() <= 1.5 && g == 0.0 && a == 255.0, "{x}: {r} {g} {b}");
    }
}

/// A picture drawn larger is one of the larger shapes, to the bit.
#[test]
fn an_enlarged_file_is_sharp() {
    let small = Svg::read(file(r#"<path d="M10 10 L40 15 L20 45 Z"/>"#).as_bytes()).unwrap().draw(4.0).unwrap().0;
    let large = r#"<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200"><path d="M40 40 L160 60 L80 180 Z"/></svg>"#;
    let large = Svg::read(large.as_bytes()).unwrap().draw(1.0).unwrap().0;
    assert!((0..200).all(|y| (0..400).all(|x| pixel(&small, x, y) == pixel(&large, x, y))));
}

/// Text is drawn with the shipped fonts, whatever family it names.
#[test]
fn texts_are_drawn_with_shipped_fonts() {
    let sans = drawn(r#"<text x="5" y="40" font-size="40" font-family="sans-serif">HH</text>"#, 1.0);
    let serif = drawn(r#"<text x="5" y="40" font-size="40" font-family="No Such Family">HH</text>"#, 1.0);
    assert!(area(&sans, 1.0) > 100.0 && area(&serif, 1.0) > 100.0);
    assert!((area(&sans, 1.0) - area(&serif, 1.0)).abs() > 5.0);
}

/// Neither files nor the net: entities and pictures outside are left out.
#[test]
fn nothing_outside_of_the_file_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let secret = dir.path().join("secret.svg");
    std::fs::write(&secret, file(r#"<rect width="100" height="50"/>"#)).unwrap();
    let entity = format!(
        r#"<!DOCTYPE svg [<!ENTITY x SYSTEM "file://{}">]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">&x;</text></svg>"#,
        secret.display()
    );
    if let Ok(svg) = Svg::read(entity.as_bytes()) {
        assert_eq!(area(&svg.draw(1.0).unwrap().0, 1.0), 0.0);
    }
    let content = format!(r#"<image href="file://{0}" width="100" height="50"/><use href="{0}#a"/>"#, secret.display());
    let svg = Svg::read(file(&content).as_bytes()).unwrap();
    assert_eq!((area(&svg.draw(1.0).unwrap().0, 1.0), svg.has_images()), (0.0, true));
}

#[test]
fn bombs_are_refused_in_time() {
    let nested =
        |inner: &str, outer: &dyn Fn(usize) -> String| format!("<defs>{inner}{}</defs>", (1..10).map(outer).collect::<String>());
    let uses = nested(r#"<rect id="a0" width="1" height="1"/>"#, &|i| {
        format!("<g id=\"a{i}\">{}</g>", format!("<use xlink:href=\"#a{}\"/>", i - 1).repeat(10))
    });
    let patterns = nested(r#"<pattern id="a0" width="1" height="1"><rect width="1" height="1"/></pattern>"#, &|i| {
        let rect = format!("<rect width=\"9\" height=\"9\" fill=\"url(#a{})\"/>", i - 1).repeat(20);
        format!("<pattern id=\"a{i}\" width=\"1\" height=\"1\" patternUnits=\"userSpaceOnUse\">{rect}</pattern>")
    });
    let entities: String = (1..10).map(|i| format!("<!ENTITY e{i} \"{}\">", format!("&e{};", i - 1).repeat(10))).collect();
    let laughs = format!("<!DOCTYPE svg [<!ENTITY e0 \"haha\">{entities}]>{}", file("<text>&e9;</text>"));
    let filter = |primitive: &str| {
        let region = r#"x="-1e9" y="-1e9" width="1e10" height="1e10""#;
        file(&format!(r##"<filter id="f" {region}>{primitive}</filter><rect width="9" height="9" filter="url(#f)"/>"##))
    };
    for (name, text) in [
        ("nested uses", file(&format!("{uses}<use xlink:href=\"#a9\"/>"))),
        ("nested patterns", file(&format!("{patterns}<g fill=\"url(#a9)\"><rect width=\"90\" height=\"40\"/></g>"))),
        ("nested entities", laughs),
        ("deep nesting", file(&format!("{}{}", "<g>".repeat(100_000), "</g>".repeat(100_000)))),
        ("endless noise", filter(r#"<feTurbulence baseFrequency="0.1" numOctaves="1000000000"/>"#)),
        ("a wide morphology", filter(r#"<feMorphology operator="dilate" radius="100000"/>"#)),
        ("a huge picture", file("").replace("100", "1e9")),
        ("many groups", file(&r#"<g opacity="0.5"><rect width="9" height="9"/><rect width="5" height="5"/></g>"#.repeat(5000))),
        ("no markup", "hello".into()),
        ("cut off", file("")[..60].into()),
    ] {
        let start = Instant::now();
        let error = Svg::read(text.as_bytes()).expect_err(name);
        assert!(matches!(error, DrawingError::Svg { .. }) && error.code() == "drawing.svg", "{name}: {error}");
        assert!(start.elapsed() < Duration::from_secs(5), "{name}: {:?}", start.elapsed());
    }
    // Bounded, and drawn.
    for text in [
        filter(r#"<feGaussianBlur stdDeviation="1e9"/>"#),
        file(r#"<path d="M0 0 L1e9 0" stroke="red" stroke-dasharray="0.0001"/>"#),
    ] {
        let start = Instant::now();
        drop(Svg::read(text.as_bytes()).map(|svg| svg.draw(1e9)));
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }
}
