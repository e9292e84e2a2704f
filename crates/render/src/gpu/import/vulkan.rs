//! What wgpu does not say of a Vulkan device.
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
