// Where lines and targets of scopes lie. Colour differences by ITU-R BT.709-6, 3.3 and 3.4: both
// within -0.5..=0.5.

export interface Chroma {
  cb: number;
  cr: number;
}

const KR = 0.2126;
const KB = 0.0722;

export function chromaOf(r: number, g: number, b: number): Chroma {
  const luma = KR * r + (1 - KR - KB) * g + KB * b;
  return { cb: (b - luma) / (2 * (1 - KB)), cr: (r - luma) / (2 * (1 - KR)) };
}

/** Colour bars, in the order in which they go round. */
export const targets: readonly { label: string; rgb: readonly [number, number, number] }[] = [
  { label: "R", rgb: [1, 0, 0] },
  { label: "Mg", rgb: [1, 0, 1] },
  { label: "B", rgb: [0, 0, 1] },
  { label: "Cy", rgb: [0, 1, 1] },
  { label: "G", rgb: [0, 1, 0] },
  { label: "Yl", rgb: [1, 1, 0] },
];

export function target(rgb: readonly [number, number, number], part = 0.75): Chroma {
  return chromaOf(rgb[0] * part, rgb[1] * part, rgb[2] * part);
}

/** Skin of all people lies about this line: the I axis of NTSC, from Cb towards Cr. */
export const SKIN_DEGREES = 123;

export function skinTone(length: number): Chroma {
  const angle = (SKIN_DEGREES * Math.PI) / 180;
  return { cb: length * Math.cos(angle), cr: length * Math.sin(angle) };
}

/** Lines of a level in percent, with the code value of 8 bits that is the same. */
export function levelLines(every: number): { percent: number; code: number }[] {
  const count = Math.round(100 / every);
  return Array.from({ length: count + 1 }, (_, n) => ({
    percent: n * every,
    code: Math.round((n * every * 255) / 100),
  }));
}
