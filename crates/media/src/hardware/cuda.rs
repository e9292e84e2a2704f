//! What FFmpeg does not say of an NVIDIA card: whether there may be some, and their UUIDs. The driver is
//! loaded when it is needed; programs run without it.
use super::listed::is_listed;
use cutroom_types::DeviceId;
use std::{ffi::c_int, ptr};

/// Whether the system lists an NVIDIA card: its driver need not be loaded otherwise.
pub fn may_exist() -> bool {
    if cfg!(target_os = "linux") { is_listed("/dev", "nvidia") || is_listed("/dev", "dxg") } else { cfg!(windows) }
}

/// `CUresult cuInit(unsigned int)`.
type Init = unsafe extern "C" fn(u32) -> c_int;
/// `CUresult cuDeviceGetCount(int*)`.
type Count = unsafe extern "C" fn(*mut c_int) -> c_int;
/// `CUresult cuDeviceGet(CUdevice*, int)`.
type DeviceGet = unsafe extern "C" fn(*mut c_int, c_int) -> c_int;
/// `CUresult cuDeviceGetUuid(CUuuid*, CUdevice)`; a UUID is 16 bytes.
type DeviceGetUuid = unsafe extern "C" fn(*mut [u8; 16], c_int) -> c_int;

/// The UUIDs of all cards, in the driver's order, which is that of FFmpeg's numbers; empty if there are
/// none or the driver does not tell.
pub fn cards() -> Vec<DeviceId> {
    all().unwrap_or_default()
}

fn all() -> Option<Vec<DeviceId>> {
    let name = if cfg!(windows) { "nvcuda.dll" } else { "libcuda.so.1" };
    // SAFETY: loading NVIDIA's driver runs its initialisers, which have no preconditions. The
    // functions have the types above in every version of the driver, and are called before the
    // library is dropped, with pointers to values of ours.
    unsafe {
        let driver = libloading::Library::new(name).ok()?;
        let init = driver.get::<Init>(b"cuInit\0").ok()?;
        let count = driver.get::<Count>(b"cuDeviceGetCount\0").ok()?;
        let device_get = driver.get::<DeviceGet>(b"cuDeviceGet\0").ok()?;
        let device_get_uuid = driver.get::<DeviceGetUuid>(b"cuDeviceGetUuid\0").ok()?;
        let mut cards = 0;
        let is_counted = init(0) == 0 && count(ptr::from_mut(&mut cards)) == 0;
        let uuid_of = |number| {
            let (mut device, mut uuid) = (0, [0; 16]);
            let is_found =
                device_get(ptr::from_mut(&mut device), number) == 0 && device_get_uuid(ptr::from_mut(&mut uuid), device) == 0;
            is_found.then_some(DeviceId(uuid))
        };
        let found = if is_counted { (0..cards).map_while(uuid_of).collect() } else { Vec::new() };
        // The driver stays loaded: it does not bear being loaded twice.
        std::mem::forget(driver);
        Some(found)
    }
}
