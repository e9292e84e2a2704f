//! Buttons with drawn signs: no font has to know them.
use eframe::egui::{Color32, Painter, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// A sign of the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// To the first frame.
    First,
    /// Backwards.
    Back,
    /// A frame back.
    StepBack,
    /// Play.
    Play,
    /// Pause.
    Pause,
    /// A frame forward.
    Step,
    /// Forwards, faster.
    Forward,
    /// To the last frame.
    Last,
}

/// A button with a sign; `name` is its name for readers and in its help.
pub fn button(ui: &mut Ui, icon: Icon, name: &str, help: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(30.0, 24.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let look = ui.style().interact(&response);
    ui.painter().rect(rect, look.corner_radius, look.weak_bg_fill, look.bg_stroke, StrokeKind::Inside);
    draw(ui.painter(), icon, rect.shrink2(vec2(8.0, 6.0)), look.fg_stroke.color);
    response.on_hover_text(help)
}

/// A triangle that points right, or left.
fn triangle(rect: Rect, points_right: bool, color: Color32) -> Shape {
    let (tip, base) = if points_right { (rect.right(), rect.left()) } else { (rect.left(), rect.right()) };
    let corners = vec![pos2(base, rect.top()), pos2(tip, rect.center().y), pos2(base, rect.bottom())];
    Shape::convex_polygon(corners, color, Stroke::NONE)
}

fn draw(painter: &Painter, icon: Icon, rect: Rect, color: Color32) {
    let bar = |from: f32, to: f32| {
        let at = |part: f32| rect.left() + rect.width() * part;
        Shape::rect_filled(Rect::from_x_y_ranges(at(from)..=at(to), rect.y_range()), 0.0, color)
    };
    let part = |from: f32, to: f32| {
        let at = |part: f32| rect.left() + rect.width() * part;
        Rect::from_x_y_ranges(at(from)..=at(to), rect.y_range())
    };
    let shapes = match icon {
        Icon::First => vec![bar(0.0, 0.16), triangle(part(0.2, 1.0), false, color)],
        Icon::Last => vec![triangle(part(0.0, 0.8), true, color), bar(0.84, 1.0)],
        Icon::Back => vec![triangle(part(0.0, 0.5), false, color), triangle(part(0.5, 1.0), false, color)],
        Icon::Forward => vec![triangle(part(0.0, 0.5), true, color), triangle(part(0.5, 1.0), true, color)],
        Icon::StepBack => vec![triangle(part(0.0, 0.66), false, color), bar(0.76, 0.92)],
        Icon::Step => vec![bar(0.08, 0.24), triangle(part(0.34, 1.0), true, color)],
        Icon::Play => vec![triangle(part(0.1, 1.0), true, color)],
        Icon::Pause => vec![bar(0.12, 0.4), bar(0.6, 0.88)],
    };
    painter.extend(shapes);
}
