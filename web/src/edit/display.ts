// How times are shown and typed: as timecode, as a number of the frame, or in seconds.
import { FLICKS, frameAt, fps, type Rate, timeOfFrame } from "./time";
import { entered, timecode } from "./timecode";

export const timeDisplays = ["timecode", "frames", "seconds"] as const;
export type TimeDisplay = (typeof timeDisplays)[number];

export function timeText(display: TimeDisplay, rate: Rate, frame: number): string {
  switch (display) {
    case "frames":
      return String(frame);
    case "seconds": {
      // Two digits tell frames apart up to a hundred a second.
      const secs = (frame * rate.den) / rate.num;
      return `${secs.toFixed(fps(rate) > 100 ? 3 : 2)} s`;
    }
    default:
      return timecode(rate, frame);
  }
}

const number = /^([+-]?)\s*(\d+(?:\.\d+)?)$/;
const seconds = /^([+-]?)\s*(\d+(?:\.\d+)?)\s*s?$/;

/** What is typed, in what is shown; timecode with colons and units are understood always. */
export function enteredTime(display: TimeDisplay, rate: Rate, text: string, present: number): number | undefined {
  const plain = (display === "seconds" ? seconds : number).exec(text.trim());
  if (display === "timecode" || plain === null) return entered(rate, text, present);
  const [, sign, digits] = plain;
  const frames =
    display === "frames"
      ? Math.round(Number(digits))
      : frameAt(rate, Math.round(Number(digits) * FLICKS) + halfFrame(rate));
  return sign === "" ? frames : sign === "+" ? present + frames : present - frames;
}

/** Seconds that are shown are rounded; the nearest frame is meant. */
function halfFrame(rate: Rate): number {
  return Math.floor(timeOfFrame(rate, 1) / 2);
}
