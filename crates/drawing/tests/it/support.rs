//! Texts to start from, and what is drawn of them.
use cutroom_drawing::{Drawer, DrawnPicture, FontSet, placed::TextLayout};
use cutroom_effects::color::WorkingSpace;
use cutroom_timeline::drawing::*;
use cutroom_types::{Primaries, Size, Transfer};

pub const CANVAS: Size = Size { width: 640, height: 360 };

pub const WHITE: [f32; 4] = [1.0; 4];

pub fn style(size_px: f32) -> TextStyle {
    TextStyle::plain(size_px)
}

pub fn text(text: &str, style: TextStyle) -> TextBlock {
    TextBlock::plain(text, style, TextAlign::Left)
}

pub fn working() -> WorkingSpace {
    WorkingSpace { linear: false, primaries: Primaries::Bt709, transfer: Transfer::Bt709 }
}

pub fn drawn(block: &TextBlock) -> DrawnPicture {
    draw(DrawingContent::Text(Box::new(block.clone())), 1.0)
}

pub fn draw(content: DrawingContent, scale: f64) -> DrawnPicture {
    Drawer::default().draw(&Drawing { canvas: CANVAS, content }, scale, working(), &FontSet::shipped()).unwrap()
}

pub fn layout(block: &TextBlock) -> TextLayout {
    cutroom_drawing::layout::arrange(block, &mut FontSet::shipped()).unwrap()
}

/// A channel of a pixel at a position of the content; 0 outside of the picture.
pub fn at(drawn: &DrawnPicture, channel: usize, x: i32, y: i32) -> f32 {
    let Some(p) = drawn.picture() else { return 0.0 };
    let (x, y) = (x - drawn.origin[0], y - drawn.origin[1]);
    if x < 0 || y < 0 || x >= p.size.width as i32 || y >= p.size.height as i32 {
        return 0.0;
    }
    f32::from_bits(p.sample(channel, x as usize, y as usize))
}

/// Sum of a channel, and its centroid in pixels of the content.
pub fn moments(drawn: &DrawnPicture, channel: usize) -> (f64, [f64; 2]) {
    let Some(p) = drawn.picture() else { return (0.0, [0.0; 2]) };
    let (mut sum, mut x_sum, mut y_sum) = (0.0, 0.0, 0.0);
    for y in 0..p.size.height as i32 {
        for x in 0..p.size.width as i32 {
            let v = f64::from(f32::from_bits(p.sample(channel, x as usize, y as usize)));
            sum += v;
            x_sum += v * (f64::from(x + drawn.origin[0]) + 0.5);
            y_sum += v * (f64::from(y + drawn.origin[1]) + 0.5);
        }
    }
    (sum, [x_sum / sum, y_sum / sum])
}
