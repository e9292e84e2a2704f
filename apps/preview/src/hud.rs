//! Figures over the picture. What is not known is said to be unknown.
use crate::{desk::Desk, picture::Pictures};
use eframe::egui::{Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rect, vec2};

const TEXT: Color32 = Color32::from_gray(235);
const GROUND: Color32 = Color32::from_black_alpha(190);

/// A word on a dark ground.
pub fn tag(painter: &Painter, at: Pos2, align: Align2, words: &str) {
    let galley = painter.layout_no_wrap(words.to_owned(), FontId::proportional(12.0), TEXT);
    let rect = align.anchor_size(at, galley.size());
    painter.rect_filled(rect.expand2(vec2(5.0, 2.0)), CornerRadius::same(3), GROUND);
    painter.galley(rect.min, galley, TEXT);
}

/// The figures, a line each.
pub fn lines(desk: &Desk) -> Vec<String> {
    let f = &desk.figures;
    let ms = |stage: Option<(u32, f64)>| stage.map_or("unknown".to_owned(), |(_, ms)| format!("{ms:.1} ms"));
    let mib = |bytes: usize| format!("{:.0} MiB", bytes as f64 / f64::from(1 << 20));
    let of_pictures = |pictures: &Pictures| (pictures.counters, pictures.on_device(), pictures.read_back());
    let (counters, on_device, read_back) = desk.pictures.as_ref().map(of_pictures).unwrap_or_default();
    let waited = desk.shown.as_ref().and_then(|shown| shown.waited);
    let found = f.cache_hits + f.cache_misses;
    let hits = if found == 0 { 0.0 } else { f.cache_hits as f64 * 100.0 / found as f64 };
    let size = desk.now.as_ref().map_or("none".to_owned(), |now| format!("{}x{}", now.size.width, now.size.height));
    let per_sec = desk.film.as_ref().map_or(0.0, |film| film.rate.as_f64());
    vec![
        format!("frame {}, picture {size}, revision {}", desk.frame(), desk.film.as_ref().map_or(0, |film| film.revision)),
        format!("decode {}   draw {}   finish {}", ms(desk.stages.decode), ms(desk.stages.draw), ms(desk.stages.finish)),
        format!("upload {:.1} ms   window {:.1} ms", counters.upload.as_secs_f64() * 1e3, desk.drawn_ms),
        format!("request to picture {}", waited.map_or("unknown".to_owned(), |time| format!("{:.1} ms", time.as_secs_f64() * 1e3))),
        format!("drawn {}   left out {}   late {}   {:.2} of {per_sec:.2} per s", f.shown, f.dropped, f.late, f.fps),
        format!("not shown because the window was too slow {}", desk.undrawn),
        format!("sound drift {:.1} ms, missing {:.1} ms", f.drift_ms, f.missing_sound_ms),
        format!("sound on {}", f.sound),
        format!("waiting: {} frames, {} jobs; overtaken {}", f.requests, f.jobs, f.overtaken),
        format!(
            "frame cache {} of {}, {} frames, {hits:.0} % found",
            mib(f.cached_bytes),
            mib(f.cache_budget_bytes),
            f.cached_frames
        ),
        format!(
            "uploaded {}, read back {} (scopes {}), shown {}, drawn in place {} with {}",
            counters.uploaded,
            read_back,
            counters.read_back_for_scopes,
            counters.presented,
            on_device.drawn,
            mib(on_device.texture_bytes as usize)
        ),
        format!("memory of the card {}", desk.card_bytes.map_or("unknown".to_owned(), |bytes| mib(bytes as usize))),
        f.card_pictures.clone().unwrap_or_else(|| "no pictures decoded on the card".into()),
        format!("window drawn by {}", desk.card),
    ]
}

/// Draws the figures.
pub fn paint(painter: &Painter, part: Rect, desk: &Desk) {
    let text = lines(desk).join("\n");
    let font = FontId::monospace(11.0);
    let galley = painter.layout(text, font, TEXT, (part.width() - 24.0).max(60.0));
    let at = part.min + vec2(10.0, 8.0);
    painter.rect_filled(Rect::from_min_size(at, galley.size()).expand(6.0), CornerRadius::same(4), GROUND);
    painter.galley(at, galley, TEXT);
}
