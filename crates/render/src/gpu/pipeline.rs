//! Compiles WGSL to a pipeline with an explicit layout, so that bindings which a shader does not
//! use may still be bound.
use super::{device::Gpu, sampling::Texel};
use crate::RenderError;

/// A pipeline and the layout of its bindings.
#[derive(Clone)]
pub struct Bound {
    /// The compute pipeline.
    pub pipeline: wgpu::ComputePipeline,
    /// Layout of its only bind group.
    pub layout: wgpu::BindGroupLayout,
}

/// Target of a pass at binding 1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// A storage texture of this format.
    Texture(wgpu::TextureFormat),
    /// A storage buffer.
    Words,
}

/// Compiles `text`. Binding 0 is the uniform buffer, 1 the target; then follow `texels`, a storage
/// buffer of `weights` and a sampler, if requested.
///
/// # Errors
/// [`RenderError::Gpu`] with the compiler's message, or when the device cannot bind so many
/// textures.
pub fn compile(
    gpu: &Gpu,
    text: String,
    writes: Writes,
    texels: &[Texel],
    weights: bool,
    sampler: bool,
) -> Result<Bound, RenderError> {
    let max = gpu.limits.max_sampled_textures_per_shader_stage as usize;
    if texels.len() > max {
        return Err(RenderError::Gpu(format!("a frame needs {} textures at once, the device has {max}", texels.len())));
    }
    let buffer = |ty| wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None };
    let mut types = vec![
        buffer(wgpu::BufferBindingType::Uniform),
        match writes {
            Writes::Texture(format) => wgpu::BindingType::StorageTexture {
                access: wgpu::StorageTextureAccess::WriteOnly,
                format,
                view_dimension: wgpu::TextureViewDimension::D2,
            },
            Writes::Words => buffer(wgpu::BufferBindingType::Storage { read_only: false }),
        },
    ];
    types.extend(texels.iter().map(|t| wgpu::BindingType::Texture {
        sample_type: match t {
            Texel::Uint => wgpu::TextureSampleType::Uint,
            _ => wgpu::TextureSampleType::Float { filterable: false },
        },
        view_dimension: wgpu::TextureViewDimension::D2,
        multisampled: false,
    }));
    if weights {
        types.push(buffer(wgpu::BufferBindingType::Storage { read_only: true }));
    }
    if sampler {
        types.push(wgpu::BindingType::Sampler(wgpu::SamplerBindingType::NonFiltering));
    }
    let entries: Vec<wgpu::BindGroupLayoutEntry> = types
        .into_iter()
        .zip(0..)
        .map(|(ty, binding)| wgpu::BindGroupLayoutEntry { binding, visibility: wgpu::ShaderStages::COMPUTE, ty, count: None })
        .collect();
    let device = &gpu.device;
    let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries });
    let module =
        device.create_shader_module(wgpu::ShaderModuleDescriptor { label: None, source: wgpu::ShaderSource::Wgsl(text.into()) });
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: None,
        bind_group_layouts: &[Some(&layout)],
        immediate_size: 0,
    });
    let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: None,
        layout: Some(&pipeline_layout),
        module: &module,
        entry_point: Some("main"),
        compilation_options: wgpu::PipelineCompilationOptions { zero_initialize_workgroup_memory: false, ..Default::default() },
        cache: None,
    });
    gpu.check()?;
    Ok(Bound { pipeline, layout })
}
