//! What effects such as a shadow or a stroke draw below a layer follows from the layer's alpha. As
//! long as that comes from masks alone, it is drawn from them, apart from the picture: passes that
//! do not read the picture are the same in many frames, and a back end may keep their results.
use super::{
    PassBuilder,
    chain::{Chain, ChainInput, inward},
    intermediate::Stored,
};
use crate::program::{PictureId, Planes, Sampling, SamplingSource, Stage};
use cutroom_effects::{Step, Uniforms};
use cutroom_kernel::MixOp;
use cutroom_types::{Affine, ColorTags, Picture, PictureFormat, Size};
use std::sync::LazyLock;

/// Where the alpha of a chain's image comes from.
#[derive(Clone, Copy)]
pub(super) enum Outline {
    /// From its pixels.
    Own,
    /// From a mask on opaque content, or from the content's edges.
    Masked(Option<PictureId>),
    /// It is that of an intermediate of the image's size.
    Stored(usize),
    /// It is that of one intermediate composited over another one, by a step that is not drawn yet.
    Pending(usize, Stored, &'static dyn MixOp, Uniforms),
}

/// A white pixel.
static WHITE: LazyLock<Option<Picture>> =
    LazyLock::new(|| Picture::from_planes(PictureFormat::RGB8, Size { width: 1, height: 1 }, ColorTags::SRGB, vec![vec![255]; 3]));

impl Chain<'_, '_> {
    /// An intermediate of the image's size with the image's alpha, drawn without the image; `None`
    /// if that is not possible.
    pub(super) fn stored_outline(&mut self) -> Option<usize> {
        let id = match self.outline {
            Outline::Own => return None,
            Outline::Stored(id) => id,
            Outline::Masked(mask) => self.draw_outline(mask)?,
            Outline::Pending(below, above, kernel, uniforms) => {
                let input = &mut ChainInput::Stored(below);
                self.apart(above, |chain| {
                    chain.step(Step::Mix(kernel, uniforms), Some(input), &[]);
                    chain.store()
                })
            }
        };
        self.outline = Outline::Stored(id);
        Some(id)
    }

    /// White where the content is, multiplied by the mask.
    fn draw_outline(&mut self, mask: Option<PictureId>) -> Option<usize> {
        let (w, h) = (self.content.width, self.content.height);
        let [x, y] = self.margin;
        let bounds = [x, y, x + w, y + h];
        let content_from_output = inward(self.margin);
        let pictures = &mut self.lowering.program.pictures;
        pictures.push(WHITE.clone()?);
        let white = Sampling {
            source: SamplingSource::Picture(pictures.len() - 1),
            source_from_output: Affine::scale(1.0 / f64::from(w), 1.0 / f64::from(h)).after(&content_from_output),
            window: [0.0, 0.0, 1.0, 1.0],
            bounds,
        };
        let mut pass = PassBuilder::new(self.size);
        pass.stages.push(Stage::Sample { reg: 0, sampling: white });
        pass.stages.push(Stage::Premultiply { reg: 0 });
        if let Some(id) = mask {
            let window = [0.0, 0.0, w as f32, h as f32];
            let source = SamplingSource::Picture(id);
            pass.placed_mask(0, Sampling { source, source_from_output: content_from_output, window, bounds }, true);
        }
        Some(self.lowering.add_intermediate(self.size, pass, Planes::Rgba))
    }

    /// Runs the steps of an effect on an outline, and the last one on the image.
    pub(super) fn outlined(&mut self, outline: usize, mut steps: Vec<Step>) {
        let last = steps.pop_if(|s| matches!(s, Step::Mix(..)));
        let input = &mut ChainInput::Stored(outline);
        let size = self.size;
        let drawn = self.apart(Stored::whole(outline, size), |chain| {
            for step in steps {
                chain.step(step, Some(input), &[]);
            }
            if chain.open.is_some() {
                chain.store();
            }
            chain.stored
        });
        self.direct = None;
        match last {
            Some(Step::Mix(kernel, uniforms)) => {
                self.premultiply();
                self.limit_reads();
                let kernel_from_output = inward(self.margin);
                let pass = self.pass();
                pass.use_register(1);
                pass.stages.push(Stage::Sample { reg: 1, sampling: drawn.sampling(&Affine::IDENTITY, size) });
                pass.stages.push(Stage::Mix { from: 0, to: 1, kernel, id: "", uniforms, kernel_from_output });
                self.outline = Outline::Pending(outline, drawn, kernel, uniforms);
            }
            _ => {
                self.open = None;
                self.stored = drawn;
                self.outline = Outline::Own;
            }
        }
        self.opaque = false;
        self.premultiplied = true;
    }

    /// Runs steps on another premultiplied image of the same size; the chain's own image remains.
    fn apart<T>(&mut self, image: Stored, steps: impl FnOnce(&mut Self) -> T) -> T {
        let own = (self.open.take(), self.stored, self.direct.take(), self.premultiplied, self.opaque);
        (self.stored, self.premultiplied, self.opaque) = (image, true, false);
        let result = steps(self);
        (self.open, self.stored, self.direct, self.premultiplied, self.opaque) = own;
        result
    }
}
