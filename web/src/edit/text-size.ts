// The size of a text without a box of its own, close to what the program lays out: advances of
// Inter at its display size, without kerning. Other families are taken for Inter, wide letters of
// East Asia for squares.
import type { Clip, TextSource, TextStyle } from "../api/types";
import type { Size } from "./affine";

/** Thousandths of an em from space to tilde, at weights 400 and 900 and optical size 32. */
const regular = [
  250, 220, 403, 600, 614, 844, 608, 254, 299, 299, 469, 628, 220, 429, 220, 325, 613, 362, 561, 599, 618, 577, 584,
  516, 582, 584, 220, 223, 628, 628, 628, 524, 974, 653, 638, 722, 689, 580, 554, 730, 708, 232, 535, 634, 535, 857,
  710, 749, 612, 749, 632, 614, 610, 703, 653, 949, 646, 643, 613, 299, 325, 299, 438, 454, 241, 518, 565, 523, 565,
  536, 306, 565, 547, 206, 206, 507, 206, 839, 547, 549, 565, 565, 322, 475, 311, 547, 512, 752, 507, 512, 479, 385,
  296, 385, 628,
];
const black = [
  184, 270, 531, 646, 685, 1018, 680, 286, 359, 359, 593, 678, 266, 459, 266, 396, 682, 413, 630, 638, 690, 620, 646,
  579, 642, 646, 266, 267, 678, 678, 678, 604, 1035, 764, 650, 729, 711, 632, 605, 740, 727, 281, 585, 729, 575, 925,
  738, 746, 648, 746, 666, 685, 656, 705, 750, 1037, 741, 730, 652, 359, 396, 359, 484, 493, 341, 583, 625, 583, 625,
  583, 426, 625, 618, 279, 280, 587, 279, 922, 618, 607, 625, 625, 416, 559, 418, 618, 590, 875, 562, 590, 561, 486,
  390, 486, 678,
];
/** Ascent and descent of Inter. */
const LINE = (1984 + 494) / 2048;
const OTHER = 580;

const weights: Record<string, number> = {
  thin: 100,
  extralight: 200,
  light: 300,
  regular: 400,
  medium: 500,
  semibold: 600,
  bold: 700,
  extrabold: 800,
  black: 900,
};

export function weightOf(weight: TextStyle["weight"]): number {
  return typeof weight === "number" ? weight : (weights[weight ?? "regular"] ?? 400);
}

export function sizeOf(style: TextStyle | undefined, canvas: Size): number {
  return style?.size_px ?? canvas.height / 15;
}

function advance(letter: string, weight: number): number {
  const code = letter.codePointAt(0) ?? 32;
  if (code >= 0x2e80) return 1000;
  const n = code - 32;
  if (n < 0 || n >= regular.length) return OTHER;
  return regular[n] + ((black[n] - regular[n]) * (weight - 400)) / 500;
}

export function lineWidth(line: string, style: TextStyle | undefined, canvas: Size): number {
  const weight = weightOf(style?.weight);
  const tracking = typeof style?.tracking_px === "number" ? style.tracking_px : 0;
  const cased = style?.case === "upper" ? line.toUpperCase() : style?.case === "lower" ? line.toLowerCase() : line;
  const letters = [...cased];
  const ems = letters.reduce((sum, letter) => sum + advance(letter, weight), 0) / 1000;
  return ems * sizeOf(style, canvas) * (style?.width ?? 1) + letters.length * tracking;
}

export function lineHeight(source: TextSource, canvas: Size): number {
  return LINE * (source.line_height ?? 1) * sizeOf(source.style, canvas);
}

/** Lines as they break at `width`, at spaces. */
function broken(line: string, width: number, measure: (s: string) => number): string[] {
  const lines: string[] = [];
  let now = "";
  for (const word of line.split(" ")) {
    const next = now === "" ? word : `${now} ${word}`;
    if (now === "" || measure(next) <= width) now = next;
    else {
      lines.push(now);
      now = word;
    }
  }
  return [...lines, now];
}

export function textSize(clip: Clip, canvas: Size): Size {
  const source = clip.source as TextSource;
  const whole = (source.text ?? "") + (source.runs ?? []).map((r) => r.text).join("");
  const measure = (s: string) => lineWidth(s, source.style, canvas);
  const { width_px: width, height_px: height } = source;
  const paragraphs = whole.split("\n");
  const lines = width ? paragraphs.flatMap((p) => broken(p, width, measure)) : paragraphs;
  const widest = Math.max(1, ...lines.map(measure));
  const gaps = (source.paragraph_spacing_px ?? 0) * (paragraphs.length - 1);
  const tall = lines.length * lineHeight(source, canvas) + gaps;
  return { width: width ?? widest, height: height ?? Math.max(1, tall) };
}
