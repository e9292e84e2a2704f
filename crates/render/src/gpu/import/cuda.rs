//! Surfaces of NVIDIA's decoder: linear memory of the card's primary CUDA context. The driver is
//! loaded when the first surface comes; programs run without it.
//!
//! Names, types and numbers are those of NVIDIA's "CUDA Driver API", which keeps them in all
//! versions.
use super::{BufferPlane, Import, SharedBuffer, shared_buffer};
use crate::gpu::device::Gpu;
use cutroom_types::{DeviceId, SurfaceMemory};
use std::{
    ffi::{c_int, c_uint, c_void},
    os::fd::IntoRawFd,
    ptr,
    sync::Arc,
};

/// `CUresult`: 0 for success.
type Status = c_int;
/// `CUcontext`.
type Context = *mut c_void;
/// `CUexternalMemory`.
type ExternalMemory = *mut c_void;

/// `CU_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD`.
const OPAQUE_FD: c_int = 1;
/// `CUDA_EXTERNAL_MEMORY_DEDICATED`.
const DEDICATED: c_uint = 1;
/// `CU_MEMORYTYPE_DEVICE`.
const DEVICE_MEMORY: c_uint = 2;

/// `CUDA_EXTERNAL_MEMORY_HANDLE_DESC`.
#[repr(C)]
struct HandleDesc {
    kind: c_int,
    /// A union of a descriptor and of two pointers.
    handle: [u64; 2],
    size: u64,
    flags: c_uint,
    reserved: [c_uint; 16],
}

/// `CUDA_EXTERNAL_MEMORY_BUFFER_DESC`.
#[repr(C)]
struct BufferDesc {
    offset: u64,
    size: u64,
    flags: c_uint,
    reserved: [c_uint; 16],
}

/// One side of `CUDA_MEMCPY2D`.
#[repr(C)]
struct CopySide {
    x_bytes: usize,
    y: usize,
    kind: c_uint,
    host: *const c_void,
    device: u64,
    array: *const c_void,
    pitch: usize,
}

/// `CUDA_MEMCPY2D`.
#[repr(C)]
struct Copy2d {
    from: CopySide,
    to: CopySide,
    width_bytes: usize,
    rows: usize,
}

const _: () = assert!(size_of::<HandleDesc>() == 104 && size_of::<BufferDesc>() == 88 && size_of::<Copy2d>() == 128);

/// Functions of the driver.
struct Driver {
    /// Never unloaded: the driver does not bear being loaded twice.
    _library: std::mem::ManuallyDrop<libloading::Library>,
    push: unsafe extern "C" fn(Context) -> Status,
    pop: unsafe extern "C" fn(*mut Context) -> Status,
    release: unsafe extern "C" fn(c_int) -> Status,
    import: unsafe extern "C" fn(*mut ExternalMemory, *const HandleDesc) -> Status,
    map: unsafe extern "C" fn(*mut u64, ExternalMemory, *const BufferDesc) -> Status,
    free: unsafe extern "C" fn(u64) -> Status,
    destroy: unsafe extern "C" fn(ExternalMemory) -> Status,
    copy: unsafe extern "C" fn(*const Copy2d, *mut c_void) -> Status,
    synchronize: unsafe extern "C" fn(*mut c_void) -> Status,
}

/// The primary context of a card.
struct Card {
    driver: Driver,
    number: c_int,
    context: Context,
}

// SAFETY: a context may be used by any thread that makes it its current one, as `with` does.
unsafe impl Send for Card {}

// SAFETY: as above; the driver's functions may be called by several threads.
unsafe impl Sync for Card {}

impl Drop for Card {
    fn drop(&mut self) {
        // SAFETY: it was retained once, and nothing of it is used any more.
        unsafe { (self.driver.release)(self.number) };
    }
}

fn check(what: &str, status: Status) -> Result<(), String> {
    if status == 0 { Ok(()) } else { Err(format!("CUDA cannot {what} (error {status})")) }
}

impl Card {
    /// Runs `work` with the context as the current one of this thread.
    fn with<T>(&self, work: impl FnOnce(&Driver) -> Result<T, String>) -> Result<T, String> {
        // SAFETY: the context lives while `self` does; it is taken off again below.
        check("use the card", unsafe { (self.driver.push)(self.context) })?;
        let result = work(&self.driver);
        let mut context = ptr::null_mut();
        // SAFETY: as above.
        unsafe { (self.driver.pop)(&mut context) };
        result
    }
}

/// Imports surfaces of NVIDIA's decoder.
pub struct Cuda {
    card: Arc<Card>,
}

impl Cuda {
    /// The card with this UUID.
    ///
    /// # Errors
    /// There is no driver, or it has no such card.
    pub fn open(device: DeviceId) -> Result<Self, String> {
        let name = "libcuda.so.1";
        // SAFETY: loading NVIDIA's driver runs its initialisers, which have no preconditions. The
        // functions have these types in every version of the driver, and are called with pointers to
        // values of ours that live as long as the call.
        unsafe {
            let library = libloading::Library::new(name).map_err(|e| format!("{name} cannot be loaded: {e}"))?;
            macro_rules! function {
                ($name:literal) => {
                    *library.get(concat!($name, "\0").as_bytes()).map_err(|e| format!("{name} lacks {}: {e}", $name))?
                };
            }
            let init: unsafe extern "C" fn(c_uint) -> Status = function!("cuInit");
            let count: unsafe extern "C" fn(*mut c_int) -> Status = function!("cuDeviceGetCount");
            let get: unsafe extern "C" fn(*mut c_int, c_int) -> Status = function!("cuDeviceGet");
            let uuid: unsafe extern "C" fn(*mut [u8; 16], c_int) -> Status = function!("cuDeviceGetUuid");
            let retain: unsafe extern "C" fn(*mut Context, c_int) -> Status = function!("cuDevicePrimaryCtxRetain");
            let driver = Driver {
                push: function!("cuCtxPushCurrent_v2"),
                pop: function!("cuCtxPopCurrent_v2"),
                release: function!("cuDevicePrimaryCtxRelease_v2"),
                import: function!("cuImportExternalMemory"),
                map: function!("cuExternalMemoryGetMappedBuffer"),
                free: function!("cuMemFree_v2"),
                destroy: function!("cuDestroyExternalMemory"),
                copy: function!("cuMemcpy2DAsync_v2"),
                synchronize: function!("cuStreamSynchronize"),
                _library: std::mem::ManuallyDrop::new(library),
            };
            check("start", init(0))?;
            let mut cards = 0;
            check("count the cards", count(&mut cards))?;
            for number in 0..cards {
                let (mut handle, mut id) = (0, [0; 16]);
                if get(&mut handle, number) != 0 || uuid(&mut id, handle) != 0 || DeviceId(id) != device {
                    continue;
                }
                let mut context = ptr::null_mut();
                check("open the card", retain(&mut context, handle))?;
                return Ok(Self { card: Arc::new(Card { driver, number: handle, context }) });
            }
            Err("CUDA does not have the card that draws".into())
        }
    }
}

/// A Vulkan buffer that the card's context addresses, too.
struct CudaBuffer {
    card: Arc<Card>,
    buffer: wgpu::Buffer,
    external: ExternalMemory,
    address: u64,
}

// SAFETY: owned handles of the driver, which any thread may use.
unsafe impl Send for CudaBuffer {}

impl SharedBuffer for CudaBuffer {
    fn buffer(&self) -> &wgpu::Buffer {
        &self.buffer
    }

    fn address(&self) -> u64 {
        self.address
    }
}

impl Drop for CudaBuffer {
    fn drop(&mut self) {
        // What fails here is lost with the context.
        let _ = self.card.with(|driver| {
            // SAFETY: both are owned and released once, the mapping before its memory.
            unsafe {
                if self.address != 0 {
                    (driver.free)(self.address);
                }
                (driver.destroy)(self.external);
            }
            Ok(())
        });
    }
}

impl Import for Cuda {
    fn buffer(&mut self, gpu: &Gpu, bytes: u64) -> Result<Box<dyn SharedBuffer>, String> {
        let exported = shared_buffer::export(gpu, bytes)?;
        let size = exported.memory_bytes;
        let mut handle = HandleDesc { kind: OPAQUE_FD, handle: [0; 2], size, flags: DEDICATED, reserved: [0; 16] };
        let mut external = ptr::null_mut();
        self.card.with(|driver| {
            let fd = exported.memory.into_raw_fd();
            handle.handle[0] = u64::from(fd.cast_unsigned());
            // SAFETY: the description is complete. The driver takes the descriptor over when it
            // succeeds; otherwise it is closed by making it owned again.
            check("import a buffer of Vulkan", unsafe { (driver.import)(&mut external, &handle) }).inspect_err(|_| unsafe {
                drop(<std::os::fd::OwnedFd as std::os::fd::FromRawFd>::from_raw_fd(fd));
            })
        })?;
        let mut made = CudaBuffer { card: Arc::clone(&self.card), buffer: exported.buffer, external, address: 0 };
        let range = BufferDesc { offset: 0, size: bytes, flags: 0, reserved: [0; 16] };
        self.card.with(|driver| {
            // SAFETY: the memory was imported above and is at least as large.
            check("map a buffer of Vulkan", unsafe { (driver.map)(&mut made.address, made.external, &range) })
        })?;
        Ok(Box::new(made))
    }

    fn copy(&mut self, from: &SurfaceMemory, to: &dyn SharedBuffer, planes: &[BufferPlane]) -> Result<(), String> {
        let SurfaceMemory::Cuda(surface) = from else { return Err("its memory is not CUDA's".into()) };
        let side = |device, pitch| CopySide {
            x_bytes: 0,
            y: 0,
            kind: DEVICE_MEMORY,
            host: ptr::null(),
            device,
            array: ptr::null(),
            pitch,
        };
        self.card.with(|driver| {
            for (plane, at) in surface.iter().zip(planes) {
                let copy = Copy2d {
                    from: side(plane.address, plane.stride_bytes),
                    to: side(to.address() + at.offset, at.stride_bytes as usize),
                    width_bytes: plane.width_bytes,
                    rows: plane.rows,
                };
                // SAFETY: the surface keeps its memory while the frame that draws it holds it, and
                // was written in order on the same stream; the buffer has room for its planes, and
                // no command reads it now. The null stream is the one that was written on.
                check("copy a picture", unsafe { (driver.copy)(&copy, ptr::null_mut()) })?;
            }
            Ok(())
        })
    }

    fn wait(&mut self) -> Result<(), String> {
        // SAFETY: the null stream always exists.
        self.card.with(|driver| check("finish copies", unsafe { (driver.synchronize)(ptr::null_mut()) }))
    }
}
