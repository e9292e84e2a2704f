//! Heights of lines as fonts state them, for programs that count sizes otherwise.
use crate::{
    FontSet,
    fonts::{SHIPPED_FAMILIES, system_folders},
};
use skrifa::{
    FontRef, MetadataProvider, Tag,
    instance::{LocationRef, Size},
    raw::TableProvider,
};

/// Heights of a font in ems.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineMetrics {
    /// Above the baseline, as text is laid out here.
    pub ascent: f64,
    /// Below the baseline.
    pub descent: f64,
    /// Space between lines.
    pub leading: f64,
    /// Above the baseline, as Windows clips it (OS/2, `usWinAscent`): what the sizes of subtitles in ASS
    /// count, together with the next.
    pub win_ascent: f64,
    /// Below the baseline, as Windows clips it (OS/2, `usWinDescent`).
    pub win_descent: f64,
    /// Optical size of the font's default instance, if it has that axis: programs that do not vary fonts
    /// draw it.
    pub optical_size: Option<f64>,
}

impl FontSet {
    /// Heights of a family: of the set, else of this machine, else of the first family that letters are
    /// taken from.
    pub fn line_metrics(&mut self, family: &str) -> Option<LineMetrics> {
        if self.origin(family).is_none() {
            self.add_from_system(family, &system_folders());
        }
        let family = if self.origin(family).is_some() { family } else { SHIPPED_FAMILIES[0] };
        let found = self.context().collection.family_by_name(family)?;
        let info = found.default_font()?;
        let bytes = info.load(None)?;
        metrics(&FontRef::from_index(bytes.as_ref(), info.index()).ok()?)
    }
}

fn metrics(font: &FontRef<'_>) -> Option<LineMetrics> {
    let usual = font.metrics(Size::unscaled(), LocationRef::default());
    let em = f64::from(usual.units_per_em);
    if em <= 0.0 {
        return None;
    }
    let of = |v: f32| f64::from(v) / em;
    let (ascent, descent, leading) = (of(usual.ascent), -of(usual.descent), of(usual.leading));
    let windows = font.os2().ok().map(|t| (f64::from(t.us_win_ascent()) / em, f64::from(t.us_win_descent()) / em));
    let (win_ascent, win_descent) = windows.filter(|(a, d)| a + d > 0.0).unwrap_or((ascent, descent));
    let optical_size = font.axes().get_by_tag(Tag::new(b"opsz")).map(|axis| f64::from(axis.default_value()));
    (win_ascent + win_descent > 0.0).then_some(LineMetrics { ascent, descent, leading, win_ascent, win_descent, optical_size })
}
