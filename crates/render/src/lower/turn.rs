//! Source pictures that are turned by quarter turns or mirrored. Where their pixels remain pixels,
//! the planes themselves are turned, and nothing is converted or resampled; chroma then counts as
//! where the tags say it is, as if the file had been stored upright. Under any other scale rows
//! and columns are exchanged, chroma with its location, and a map along the axes remains.
use super::{LayerSource, Lowering, LoweringCache, is_cut, placement, source_from_content};
use crate::{
    OutputSpec, RenderError, SourcePictures, place,
    program::{Program, SamplingSource},
    turn_planes::{TRANSPOSED, keeps_blocks, transposed_location},
};
use cutroom_timeline::{Content, FramePlan, Layer, SourceFrame};
use cutroom_types::{Affine, AlphaMode, ColorTags, Orientation, Picture, Size};

/// A source picture whose planes were turned.
pub(super) struct Turned {
    pub picture: Picture,
    /// Maps its samples to those of the picture that it was made of.
    pub stored_from_turned: Affine,
}

impl Turned {
    /// A map to samples of the original as a map to samples of the turned picture.
    pub fn map(&self, stored_from_any: &Affine) -> Affine {
        self.stored_from_turned.inverse().map_or(*stored_from_any, |m| m.after(stored_from_any))
    }
}

impl Lowering<'_> {
    /// Turns a picture so that `stored_from_output` becomes a map along the axes. `None` if it is
    /// one that needs no turning, or one for which turning planes would be wrong.
    pub(super) fn turned(&mut self, picture: &Picture, stored_from_output: &Affine) -> Option<Turned> {
        let m = stored_from_output;
        let quarter = m.xx == 0.0 && m.yy == 0.0;
        let is_unit = |a: f64, b: f64| (a == 0.0 && b.abs() == 1.0) || (a.abs() == 1.0 && b == 0.0);
        if let Some(by) = orientation_of(m, picture.size)
            && is_unit(m.xx, m.xy)
            && is_unit(m.yx, m.yy)
            && keeps_blocks(picture.format, picture.size, by)
        {
            return self.turned_by(picture, by, picture.color);
        }
        // Chroma of the same height and width, or none at all, may have any location.
        let chroma = match transposed_location(picture.color.chroma) {
            Some(chroma) => chroma,
            None if picture.format.chroma_shift_x == 0 && picture.format.chroma_shift_y == 0 => picture.color.chroma,
            None => return None,
        };
        if !quarter {
            return None;
        }
        self.turned_by(picture, TRANSPOSED, ColorTags { chroma, ..picture.color })
    }

    fn turned_by(&mut self, picture: &Picture, by: Orientation, color: ColorTags) -> Option<Turned> {
        let picture_turned = self.cache.turned.picture(picture, by)?;
        self.cache.turned_on_host += usize::from(picture.device.is_some());
        Some(Turned { picture: Picture { color, ..picture_turned }, stored_from_turned: by.stored_from_upright(picture.size) })
    }

    /// Turns the picture of a layer so that it can be read along the axes where a map from
    /// somewhere to its content is given.
    pub(super) fn turn_source(&mut self, source: &mut LayerSource, content_from_output: &Affine) {
        let SamplingSource::Picture(id) = source.source else { return };
        let map = source.source_from_content.after(content_from_output);
        let picture = self.program.pictures[id].clone();
        if let Some(turned) = self.turned(&picture, &map) {
            source.source_from_content = turned.map(&source.source_from_content);
            source.source_size = turned.picture.size;
            self.program.pictures[id] = turned.picture;
        }
    }

    /// The picture of the topmost layer if it hides all others, is unmodified except for quarter
    /// turns and mirroring, and then has the output's layout, tags and size.
    pub(super) fn untouched(&mut self, plan: &FramePlan, output: &OutputSpec) -> Result<Option<Untouched>, RenderError> {
        let [layer] = &plan.layers[self.first_visible(plan)?..] else { return Ok(None) };
        let Content::Media(frame) = &layer.content else { return Ok(None) };
        let is_cropped = layer.transform.crop != [0.0; 4];
        if !layer.effects.is_empty() || layer.opacity != 1.0 || !layer.blend.is_normal() || is_cropped || is_cut(layer) {
            return Ok(None);
        }
        let p = self.fetch(frame)?;
        // With alpha the background shows through, unless it is transparent.
        let whole = !p.format.alpha || (plan.canvas.background[3] == 0.0 && p.alpha == AlphaMode::Straight);
        if p.format != output.format || p.color != output.color || !whole {
            return Ok(None);
        }
        let Some(map) = source_from_canvas(layer, &p, plan.canvas.size) else { return Ok(None) };
        if map == Affine::IDENTITY {
            return Ok((p.size == plan.canvas.size).then_some(Untouched { picture: p, turned: false }));
        }
        let found = self.turned(&p, &map).filter(|t| {
            t.map(&map) == Affine::IDENTITY
                && t.picture.size == plan.canvas.size
                && t.picture.format == output.format
                && t.picture.color == output.color
        });
        Ok(found.map(|t| Untouched { picture: t.picture, turned: true }))
    }
}

/// The source frame that the result is, neither drawn nor turned; `None` if there is none. Of its pictures
/// only layout, size and tags are looked at.
///
/// # Errors
/// As [`super::lower`].
pub fn untouched_source(
    plan: &FramePlan,
    sources: &dyn SourcePictures,
    output: &OutputSpec,
) -> Result<Option<SourceFrame>, RenderError> {
    let Some(Content::Media(frame)) = plan.layers.last().map(|layer| &layer.content) else { return Ok(None) };
    let mut lowering =
        Lowering { sources, cache: &mut LoweringCache::default(), program: Program::new(plan.canvas.size), backdrop: None };
    let found = lowering.untouched(plan, output)?;
    Ok(found.filter(|found| !found.turned).map(|_| frame.clone()))
}

/// A source picture that is the output.
pub(super) struct Untouched {
    pub picture: Picture,
    /// Its planes were turned.
    pub turned: bool,
}

/// The map from a layer's canvas to the stored samples of its picture.
fn source_from_canvas(layer: &Layer, picture: &Picture, canvas: Size) -> Option<Affine> {
    let placed = place::place(&placement(layer), picture.display_size(), canvas)?;
    Some(source_from_content(picture).after(&placed.content_from_output))
}

/// The orientation whose map turns as `map` does, if it is a turn by quarters that is not upright.
fn orientation_of(map: &Affine, stored: Size) -> Option<Orientation> {
    let signs = |m: &Affine| [m.xx, m.xy, m.yx, m.yy].map(|v| if v == 0.0 { 0.0 } else { v.signum() });
    (2..=8).map(Orientation::from_exif).find(|o| signs(&o.stored_from_upright(stored)) == signs(map))
}
