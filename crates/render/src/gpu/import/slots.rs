//! A pool of shared buffers. A buffer is free again when the commands that read it are done.
use super::{Import, SharedBuffer};
use crate::gpu::{FRAMES_IN_FLIGHT, device::Gpu};

struct Slot {
    shared: Box<dyn SharedBuffer>,
    bytes: u64,
    /// Frame that used it last.
    frame: u64,
    /// The commands that read it last; `None` as long as they are not submitted.
    read_by: Option<wgpu::SubmissionIndex>,
}

/// Shared buffers of at most a number of bytes.
pub struct Slots {
    slots: Vec<Slot>,
    budget_bytes: u64,
    frame: u64,
}

impl Slots {
    /// An empty pool.
    pub fn new(budget_bytes: u64) -> Self {
        Self { slots: Vec::new(), budget_bytes, frame: 0 }
    }

    /// Begins a frame.
    pub fn next_frame(&mut self) {
        self.frame += 1;
    }

    /// The commands of the present frame were submitted.
    pub fn submitted(&mut self, submission: &wgpu::SubmissionIndex) {
        let frame = self.frame;
        self.slots.iter_mut().filter(|slot| slot.frame == frame).for_each(|slot| slot.read_by = Some(submission.clone()));
    }

    /// A buffer for the present frame.
    ///
    /// # Errors
    /// The present frame needs more than the budget, or there is no memory.
    pub fn take(&mut self, gpu: &Gpu, import: &mut dyn Import, bytes: u64) -> Result<&dyn SharedBuffer, String> {
        let oldest = |slots: &[Slot], before: u64| {
            let free = |&i: &usize| slots[i].bytes == bytes && slots[i].frame < before;
            (0..slots.len()).filter(free).min_by_key(|&i| slots[i].frame)
        };
        // Of one that is older than all frames in flight, the commands are done.
        let rested = oldest(&self.slots, self.frame.saturating_sub(FRAMES_IN_FLIGHT as u64));
        let at = match rested {
            Some(at) => at,
            None => {
                self.make_room(bytes);
                match oldest(&self.slots, self.frame) {
                    _ if self.used_bytes() + bytes <= self.budget_bytes => {
                        let shared = import.buffer(gpu, bytes)?;
                        self.slots.push(Slot { shared, bytes, frame: self.frame, read_by: None });
                        self.slots.len() - 1
                    }
                    Some(at) => at,
                    None => return Err(format!("shared buffers of {} MiB are all in use", self.budget_bytes >> 20)),
                }
            }
        };
        let slot = &mut self.slots[at];
        slot.frame = self.frame;
        if let Some(submission) = slot.read_by.take() {
            gpu.wait(submission).map_err(|e| e.to_string())?;
        }
        Ok(&*slot.shared)
    }

    fn used_bytes(&self) -> u64 {
        self.slots.iter().map(|slot| slot.bytes).sum()
    }

    /// Drops buffers of other sizes that have rested, the oldest first, until `bytes` more fit.
    fn make_room(&mut self, bytes: u64) {
        let rested = self.frame.saturating_sub(FRAMES_IN_FLIGHT as u64);
        while self.used_bytes() + bytes > self.budget_bytes {
            let other = |&i: &usize| self.slots[i].bytes != bytes && self.slots[i].frame < rested;
            let Some(at) = (0..self.slots.len()).filter(other).min_by_key(|&i| self.slots[i].frame) else { return };
            self.slots.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::BufferPlane;
    use super::*;
    use cutroom_test_support::skipped;
    use cutroom_types::SurfaceMemory;

    /// Buffers that nothing else addresses, which are counted.
    struct Counted(u64);

    struct Plain(wgpu::Buffer, u64);

    impl SharedBuffer for Plain {
        fn buffer(&self) -> &wgpu::Buffer {
            &self.0
        }

        fn address(&self) -> u64 {
            self.1
        }
    }

    impl Import for Counted {
        fn buffer(&mut self, gpu: &Gpu, bytes: u64) -> Result<Box<dyn SharedBuffer>, String> {
            self.0 += 1;
            let usage = wgpu::BufferUsages::COPY_SRC;
            let buffer =
                gpu.device.create_buffer(&wgpu::BufferDescriptor { label: None, size: bytes, usage, mapped_at_creation: false });
            Ok(Box::new(Plain(buffer, self.0)))
        }

        fn copy(&mut self, _: &SurfaceMemory, _: &dyn SharedBuffer, _: &[BufferPlane]) -> Result<(), String> {
            Ok(())
        }

        fn wait(&mut self) -> Result<(), String> {
            Ok(())
        }
    }

    #[test]
    fn buffers_are_used_again_after_the_frames_in_flight_and_within_the_budget() {
        let gpu = match Gpu::open(true) {
            Ok(gpu) => gpu,
            Err(e) => return skipped("no device", &e.to_string()),
        };
        let (mut slots, mut import) = (Slots::new(8 * 256), Counted(0));
        for frame in 0..20 {
            slots.next_frame();
            let [a, b] = [0, 1].map(|_| slots.take(&gpu, &mut import, 256).unwrap().address());
            assert_ne!(a, b, "frame {frame}");
            slots.submitted(&gpu.queue.submit([]));
        }
        assert_eq!(import.0, 8, "two for each of the frames in flight and for the present one");
        // A larger picture: buffers that have rested make room for it.
        for _ in 0..5 {
            slots.next_frame();
            slots.submitted(&gpu.queue.submit([]));
        }
        slots.next_frame();
        assert!(slots.take(&gpu, &mut import, 4 * 256).is_ok());
        assert!(slots.used_bytes() <= 8 * 256);
        assert!(slots.take(&gpu, &mut import, 9 * 256).is_err_and(|why| why.contains("in use")));
    }
}
