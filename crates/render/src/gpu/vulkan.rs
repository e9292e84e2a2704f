//! What wgpu does not say of Vulkan devices.
use ash::vk;
use cutroom_types::DeviceId;

/// Vulkan's `deviceUUID`; `None` for devices of other interfaces.
pub fn device_id(device: &wgpu::Device) -> Option<DeviceId> {
    // SAFETY: the handles are those of the device, which lives while `hal` does; nothing of it is
    // changed. Properties of Vulkan 1.1 exist in every instance that wgpu makes.
    unsafe {
        let hal = device.as_hal::<wgpu::hal::api::Vulkan>()?;
        let mut id = vk::PhysicalDeviceIDProperties::default();
        let mut properties = vk::PhysicalDeviceProperties2::default().push_next(&mut id);
        hal.shared_instance().raw_instance().get_physical_device_properties2(hal.raw_physical_device(), &mut properties);
        Some(DeviceId(id.device_uuid))
    }
}

/// Vulkan's `deviceUUID`, and the size of the largest heap of the device's own memory in bytes; `None`
/// for adapters of other interfaces.
pub fn adapter_facts(adapter: &wgpu::Adapter) -> Option<(Option<DeviceId>, Option<u64>)> {
    // SAFETY: as above, for a device that is not open yet.
    unsafe {
        let hal = adapter.as_hal::<wgpu::hal::api::Vulkan>()?;
        let (instance, device) = (hal.shared_instance().raw_instance(), hal.raw_physical_device());
        let mut id = vk::PhysicalDeviceIDProperties::default();
        let mut properties = vk::PhysicalDeviceProperties2::default().push_next(&mut id);
        instance.get_physical_device_properties2(device, &mut properties);
        let memory = instance.get_physical_device_memory_properties(device);
        let own = memory.memory_heaps_as_slice().iter().filter(|heap| heap.flags.contains(vk::MemoryHeapFlags::DEVICE_LOCAL));
        Some((Some(DeviceId(id.device_uuid)), own.map(|heap| heap.size).max()))
    }
}
