// A finger on the picture that moves sideways: the width of the viewer is half of the film, or ten
// seconds of 25 pictures where the film is short.

const LEAST_FRAMES = 250;

export function scrubbedTo(from: number, byPx: number, widthPx: number, frames: number): number {
  const across = Math.min(frames, Math.max(LEAST_FRAMES, frames / 2));
  return Math.min(Math.max(0, frames - 1), Math.max(0, Math.round(from + (byPx / Math.max(1, widthPx)) * across)));
}
