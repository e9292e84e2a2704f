//! Vulkan buffers whose memory another interface can import by a file descriptor.
use crate::gpu::device::Gpu;
use ash::{khr, vk};
use std::os::fd::{FromRawFd, OwnedFd};

/// A buffer and its memory's descriptor.
pub struct Exported {
    /// The buffer, which owns its memory.
    pub buffer: wgpu::Buffer,
    /// The descriptor of the memory.
    pub memory: OwnedFd,
    /// Size of the memory, bytes.
    pub memory_bytes: u64,
}

/// Makes a buffer that copies can read and whose memory can be imported.
///
/// # Errors
/// The driver's reason.
pub fn export(gpu: &Gpu, bytes: u64) -> Result<Exported, String> {
    const KIND: vk::ExternalMemoryHandleTypeFlags = vk::ExternalMemoryHandleTypeFlags::OPAQUE_FD;
    let failed = |what: &str, e: vk::Result| format!("{what}: {e}");
    // SAFETY: all handles belong to the device, which lives while `hal` does; the device has
    // VK_KHR_external_memory_fd, as the caller has checked. What was made is destroyed if a later
    // step fails; otherwise wgpu owns it, and the descriptor is owned by the result.
    unsafe {
        let hal = gpu.device.as_hal::<wgpu::hal::api::Vulkan>().ok_or("the device is not one of Vulkan")?;
        let (device, instance) = (hal.raw_device(), hal.shared_instance().raw_instance());
        let mut external = vk::ExternalMemoryBufferCreateInfo::default().handle_types(KIND);
        let info = vk::BufferCreateInfo::default()
            .size(bytes)
            .usage(vk::BufferUsageFlags::TRANSFER_SRC | vk::BufferUsageFlags::TRANSFER_DST)
            .sharing_mode(vk::SharingMode::EXCLUSIVE)
            .push_next(&mut external);
        let raw = device.create_buffer(&info, None).map_err(|e| failed("a shared buffer cannot be made", e))?;
        let required = device.get_buffer_memory_requirements(raw);
        let properties = instance.get_physical_device_memory_properties(hal.raw_physical_device());
        let suits = |i: &u32| {
            let flags = properties.memory_types[*i as usize].property_flags;
            required.memory_type_bits & (1 << i) != 0 && flags.contains(vk::MemoryPropertyFlags::DEVICE_LOCAL)
        };
        let Some(kind) = (0..properties.memory_type_count).find(suits) else {
            device.destroy_buffer(raw, None);
            return Err("the device has no memory of its own".into());
        };
        let mut export = vk::ExportMemoryAllocateInfo::default().handle_types(KIND);
        let mut dedicated = vk::MemoryDedicatedAllocateInfo::default().buffer(raw);
        let allocate = vk::MemoryAllocateInfo::default()
            .allocation_size(required.size)
            .memory_type_index(kind)
            .push_next(&mut export)
            .push_next(&mut dedicated);
        let memory = match device.allocate_memory(&allocate, None) {
            Ok(memory) => memory,
            Err(e) => {
                device.destroy_buffer(raw, None);
                return Err(failed("there is no memory for a shared buffer", e));
            }
        };
        let get = vk::MemoryGetFdInfoKHR::default().memory(memory).handle_type(KIND);
        let bound = device.bind_buffer_memory(raw, memory, 0);
        let fd = bound.and_then(|()| khr::external_memory_fd::Device::new(instance, device).get_memory_fd(&get));
        let fd = match fd {
            Ok(fd) => OwnedFd::from_raw_fd(fd),
            Err(e) => {
                device.destroy_buffer(raw, None);
                device.free_memory(memory, None);
                return Err(failed("a buffer cannot be shared", e));
            }
        };
        let owned = wgpu::hal::vulkan::Buffer::from_raw_managed(raw, memory, 0, required.size);
        let description = wgpu::BufferDescriptor {
            label: Some("shared"),
            size: bytes,
            usage: wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        };
        let buffer = gpu.device.create_buffer_from_hal::<wgpu::hal::api::Vulkan>(owned, &description);
        Ok(Exported { buffer, memory: fd, memory_bytes: required.size })
    }
}
