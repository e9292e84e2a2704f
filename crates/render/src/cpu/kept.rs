//! Intermediates that are kept from one frame for the next, since it computes them again: what is
//! drawn from still pictures and masks.
//!
//! Only what the last frame computed, too, is kept, so moving pictures cost no memory; and of a
//! chain of such passes only the results that others read.
use super::sample::PlaneBuffer;
use crate::program::{Program, WorkKey};
use cutroom_types::Picture;
use std::collections::{HashMap, HashSet};

/// Maximum size of all kept intermediates, in samples: two RGBA pictures of 3840×2160.
const MAX_KEPT: usize = 2 * 4 * 3840 * 2160;

/// What is known of the last frame.
#[derive(Default)]
pub struct KeptWork {
    buffers: HashMap<WorkKey, PlaneBuffer>,
    last: HashSet<WorkKey>,
    /// Keeps the memory of the last frame's pictures alive: keys name addresses.
    _pictures: Vec<Picture>,
}

/// What is to be done with the intermediates of one frame.
pub struct Reuse {
    /// Passes that must run.
    pub runs: Vec<bool>,
    /// Intermediates to be kept after the frame.
    pub keep: Vec<bool>,
}

impl KeptWork {
    /// Puts the intermediates that are known into their places, and states what is to be done.
    pub fn begin(&mut self, program: &Program, intermediates: &mut [Option<PlaneBuffer>]) -> Reuse {
        let known = |id: usize| program.intermediates[id].key.filter(|k| self.last.contains(k));
        let repeated: Vec<Option<WorkKey>> = (0..program.intermediates.len()).map(known).collect();
        let (mut needed, mut keep) = (vec![false; repeated.len()], vec![false; repeated.len()]);
        let mut runs = vec![false; program.passes.len()];
        for (at, pass) in program.passes.iter().enumerate().rev() {
            let target = pass.target();
            if let Some(id) = target {
                if let Some(buffer) = repeated[id].filter(|_| needed[id]).and_then(|k| self.buffers.remove(&k)) {
                    intermediates[id] = Some(buffer);
                }
                if !needed[id] || intermediates[id].is_some() {
                    continue;
                }
            }
            runs[at] = true;
            let last_of_its_kind = target.is_none_or(|id| repeated[id].is_none());
            pass.for_each_input(|id| {
                needed[id] = true;
                keep[id] |= last_of_its_kind && repeated[id].is_some();
            });
        }
        Reuse { runs, keep }
    }

    /// Keeps what the frame leaves, and returns what is not kept.
    pub fn end(&mut self, program: &Program, intermediates: Vec<Option<PlaneBuffer>>, keep: &[bool]) -> Vec<PlaneBuffer> {
        let mut rest: Vec<PlaneBuffer> = self.buffers.drain().map(|(_, b)| b).collect();
        let mut room = MAX_KEPT;
        for (id, buffer) in intermediates.into_iter().enumerate() {
            let Some(buffer) = buffer else { continue };
            let samples: usize = buffer.planes.iter().map(Vec::len).sum();
            match program.intermediates[id].key {
                Some(key) if keep[id] && samples <= room => {
                    room -= samples;
                    self.buffers.insert(key, buffer);
                }
                _ => rest.push(buffer),
            }
        }
        self.last = program.intermediates.iter().filter_map(|i| i.key).collect();
        self._pictures = if self.last.is_empty() { Vec::new() } else { program.pictures.clone() };
        rest
    }
}
