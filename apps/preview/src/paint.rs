//! Drawing on the window's device: what shaders need, and the callback that places pictures.
use crate::picture::OnScreen;
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
    /// Where the line is, in points from the left of the part; `None`: the left picture is everywhere.
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
        pipeline: pipeline(device, wgpu::include_wgsl!("view.wgsl"), &layout, "show", state.target_format),
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

/// A buffer for uniforms.
pub fn uniforms(device: &wgpu::Device, size: u64) -> wgpu::Buffer {
    let usage = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
    device.create_buffer(&wgpu::BufferDescriptor { label: Some("uniforms"), size, usage, mapped_at_creation: false })
}

/// Numbers as the device reads them.
pub fn bytes(values: impl IntoIterator<Item = f32>) -> Vec<u8> {
    values.into_iter().flat_map(f32::to_ne_bytes).collect()
}

/// A sampler that stays at the edge outside of a texture.
pub fn sampler(filter: wgpu::FilterMode) -> wgpu::SamplerDescriptor<'static> {
    wgpu::SamplerDescriptor { mag_filter: filter, min_filter: filter, ..wgpu::SamplerDescriptor::default() }
}

/// A texture without mip levels.
pub fn texture(
    label: &'static str,
    size: wgpu::Extent3d,
    format: wgpu::TextureFormat,
    usage: wgpu::TextureUsages,
) -> wgpu::TextureDescriptor<'static> {
    wgpu::TextureDescriptor {
        label: Some(label),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage,
        view_formats: &[],
    }
}

/// Uniforms, then textures, then samplers.
pub fn layout(device: &wgpu::Device, label: &str, textures: u32, samplers: u32) -> wgpu::BindGroupLayout {
    let entry = |binding| {
        let ty = match binding {
            0 => wgpu::BindingType::Buffer {
                ty: wgpu::BufferBindingType::Uniform,
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            n if n <= textures => wgpu::BindingType::Texture {
                sample_type: wgpu::TextureSampleType::Float { filterable: true },
                view_dimension: wgpu::TextureViewDimension::D2,
                multisampled: false,
            },
            _ => wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
        };
        wgpu::BindGroupLayoutEntry { binding, visibility: wgpu::ShaderStages::FRAGMENT, ty, count: None }
    };
    let entries: Vec<_> = (0..=textures + samplers).map(entry).collect();
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some(label), entries: &entries })
}

/// The group of a [`layout`].
pub fn group(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    uniforms: &wgpu::Buffer,
    textures: &[wgpu::TextureView],
    samplers: &[&wgpu::Sampler],
) -> wgpu::BindGroup {
    let textures = textures.iter().map(wgpu::BindingResource::TextureView);
    let samplers = samplers.iter().map(|sampler| wgpu::BindingResource::Sampler(sampler));
    let all = std::iter::once(uniforms.as_entire_binding()).chain(textures).chain(samplers);
    let entries: Vec<_> = (0..).zip(all).map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource }).collect();
    device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries: &entries })
}

/// A pipeline that draws three corners with a fragment shader.
pub fn pipeline(
    device: &wgpu::Device,
    shader: wgpu::ShaderModuleDescriptor<'_>,
    layout: &wgpu::BindGroupLayout,
    fragment: &str,
    format: wgpu::TextureFormat,
) -> wgpu::RenderPipeline {
    let module = device.create_shader_module(shader);
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: None,
        bind_group_layouts: &[Some(layout)],
        immediate_size: 0,
    });
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(fragment),
        layout: Some(&layout),
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("corners"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some(fragment),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &[Some(format.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}

/// Draws over the whole of a texture.
pub fn draw(
    encoder: &mut wgpu::CommandEncoder,
    view: &wgpu::TextureView,
    pipeline: &wgpu::RenderPipeline,
    group: &wgpu::BindGroup,
) {
    let ops = wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::BLACK), store: wgpu::StoreOp::Store };
    let attachment = wgpu::RenderPassColorAttachment { view, resolve_target: None, ops, depth_slice: None };
    let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some("draw"),
        color_attachments: &[Some(attachment)],
        ..wgpu::RenderPassDescriptor::default()
    });
    pass.set_pipeline(pipeline);
    pass.set_bind_group(0, group, &[]);
    pass.draw(0..3, 0..1);
}
