//! Places pictures on a part of the window.
use crate::{
    gpu::{bytes, group, layout, pipeline, sampler, uniforms},
    picture::OnScreen,
};
use eframe::{
    egui,
    egui_wgpu::{CallbackResources, CallbackTrait, RenderState, ScreenDescriptor},
    wgpu,
};

/// What is shown of the codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Channel {
    /// All.
    #[default]
    All,
    /// Red as grey.
    Red,
    /// Green as grey.
    Green,
    /// Blue as grey.
    Blue,
    /// Alpha as grey.
    Alpha,
    /// Luma as grey, by BT.709.
    Luma,
}

impl Channel {
    /// All of them.
    pub const LIST: [Self; 6] = [Self::All, Self::Red, Self::Green, Self::Blue, Self::Alpha, Self::Luma];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "RGB",
            Self::Red => "Red",
            Self::Green => "Green",
            Self::Blue => "Blue",
            Self::Alpha => "Alpha",
            Self::Luma => "Luma",
        }
    }
}

/// A picture placed on a part of the window.
pub struct Placed {
    /// What is left of the line.
    pub left: OnScreen,
    /// What is right of it.
    pub right: OnScreen,
    /// Size of the part in points.
    pub part: egui::Vec2,
    /// Top left corner of the picture in the part, in points.
    pub origin: egui::Vec2,
    /// Points for each pixel of the film.
    pub zoom: f32,
    /// Size of the film's pictures in its pixels.
    pub film: egui::Vec2,
    /// Where the line is, in points from the left of the part; `None`: the left picture is
    /// everywhere.
    pub line: Option<f32>,
    /// What is shown of the codes.
    pub channel: Channel,
}

/// What all callbacks of a window share.
struct Shared {
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    smooth: wgpu::Sampler,
    nearest: wgpu::Sampler,
    uniforms: wgpu::Buffer,
    group: Option<wgpu::BindGroup>,
    is_linear: bool,
}

/// Makes what the callbacks share.
pub fn prepare(state: &RenderState) {
    let device = &state.device;
    let layout = layout(device, "view", 2, 2);
    let shared = Shared {
        pipeline: pipeline(device, include_str!("view.wgsl"), &layout, "show", state.target_format),
        layout,
        smooth: device.create_sampler(&sampler(wgpu::FilterMode::Linear)),
        nearest: device.create_sampler(&sampler(wgpu::FilterMode::Nearest)),
        uniforms: uniforms(device, 48),
        group: None,
        is_linear: state.target_format.is_srgb(),
    };
    state.renderer.write().callback_resources.insert(shared);
}

impl CallbackTrait for Placed {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let Some(shared) = resources.get_mut::<Shared>() else { return Vec::new() };
        let scale = screen.pixels_per_point;
        let line = self.line.map_or(f32::MAX, |line| line * scale);
        let floats = |values: [f32; 2]| bytes(values);
        let values = [
            floats([self.part.x * scale, self.part.y * scale]),
            floats([self.origin.x * scale, self.origin.y * scale]),
            floats([self.zoom * scale, line]),
            [self.channel as u32, u32::from(shared.is_linear)].into_iter().flat_map(u32::to_ne_bytes).collect(),
            floats([self.film.x, self.film.y]),
            floats([0.0; 2]),
        ];
        queue.write_buffer(&shared.uniforms, 0, &values.concat());
        let views = [self.left.view.clone(), self.right.view.clone()];
        shared.group = Some(group(device, &shared.layout, &shared.uniforms, &views, &[&shared.smooth, &shared.nearest]));
        Vec::new()
    }

    fn paint(&self, _: egui::PaintCallbackInfo, pass: &mut wgpu::RenderPass<'static>, resources: &CallbackResources) {
        let Some(shared) = resources.get::<Shared>() else { return };
        let Some(group) = &shared.group else { return };
        pass.set_pipeline(&shared.pipeline);
        pass.set_bind_group(0, group, &[]);
        pass.draw(0..3, 0..1);
    }
}
