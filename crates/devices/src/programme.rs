//! What a player plays: the caller's sound of a composition, block by block.
use cutroom_types::AudioBlock;
use std::error::Error;

/// A run of sound that is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request {
    /// Composition sample with which it begins, rounded down; negative before the composition's
    /// start.
    pub first_sample: i64,
    /// Samples wanted, at the composition's rate.
    pub samples: usize,
    /// Composition samples per sample of the block: 1 is normal, −1 backwards. How pitch behaves is
    /// the programme's choice.
    pub speed: f64,
    /// Whether it follows the previous request without a gap, at the same speed. If not, state such
    /// as that of a stretcher starts anew.
    pub contiguous: bool,
}

/// Sound of a composition, on demand. Called on a thread of its own, never in the callback; it may
/// allocate, read files and take as long as the player's lead allows on average.
pub trait SoundProgramme: Send {
    /// The wanted run. Fewer samples than wanted mean that the sound ends there. The block's rate
    /// is the composition's; any number of channels is mapped to the device's (see
    /// [`map_channels`](crate::map_channels)).
    ///
    /// # Errors
    /// Whatever prevents it; the player plays silence in its place, tells its caller and goes on.
    fn sound(&mut self, request: Request) -> Result<AudioBlock, Box<dyn Error + Send + Sync>>;

    /// Whether the run can be given now. While it cannot, the player does not ask for it and plays
    /// what it holds; once that is used up there is silence, and the composition's time stands
    /// still. Programmes that make sound when asked, the usual ones, are always ready.
    fn is_ready(&mut self, _request: Request) -> bool {
        true
    }
}

impl<F> SoundProgramme for F
where
    F: FnMut(Request) -> Result<AudioBlock, Box<dyn Error + Send + Sync>> + Send,
{
    fn sound(&mut self, request: Request) -> Result<AudioBlock, Box<dyn Error + Send + Sync>> {
        self(request)
    }
}
