// Clips whose frames show their number as squares of black and white, and how to read it from the canvas.
import { execFileSync } from "node:child_process";
import type { Page } from "@playwright/test";

const BITS = 16;

/** Writes a film of so many frames. */
export function numberedClip(path: string, frames: number, size: string, rate: number): void {
  const [width, height] = size.split("x").map(Number);
  const side = Math.floor(width / BITS);
  // Square n is white where bit n of the frame's number is set.
  const luma = `if(lt(Y,${side}),255*mod(floor(N/pow(2,floor(X/${side}))),2),40+mod(X+N*4,160))`;
  const filter = `color=c=gray:s=${width}x${height}:r=${rate},geq=lum='${luma}':cb=128:cr=128,trim=end_frame=${frames}`;
  execFileSync("ffmpeg", [
    "-v",
    "error",
    "-f",
    "lavfi",
    "-i",
    filter,
    "-f",
    "lavfi",
    "-i",
    `sine=frequency=440:sample_rate=48000:duration=${frames / rate}`,
    "-pix_fmt",
    "yuv420p",
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-g",
    "25",
    "-c:a",
    "aac",
    "-y",
    path,
  ]);
}

export interface Seen {
  /** What the page says that it shows. */
  claimed: number;
  /** What is in the picture. */
  real: number;
}

/** The number in the picture, and the one that the page claims, read at one moment. */
export function seen(page: Page): Promise<Seen> {
  return page.getByTestId("picture").evaluate((canvas: HTMLCanvasElement, bits) => {
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    const side = canvas.width / bits;
    let real = 0;
    for (let bit = 0; bit < bits; bit += 1) {
      const [red] = context.getImageData(Math.floor((bit + 0.5) * side), Math.floor(side / 2), 1, 1).data;
      if (red > 127) real |= 1 << bit;
    }
    return { claimed: Number(canvas.dataset.frame), real };
  }, BITS);
}
