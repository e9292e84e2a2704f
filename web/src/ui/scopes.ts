// Paints a scope: the trace that the server drew, and over it the lines that say what it means.
import { chromaOf, levelLines, skinTone, target, targets } from "../edit/scope";
import type { Scope } from "../wire/messages";

const LINE = "#ffffff2b";
const STRONG = "#ffffff55";
const TEXT = "#b4bcc8";
const SKIN = "#f0a73c";
const inks = { R: "#ff6b61", G: "#62d98a", B: "#7aa5ff" } as const;

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function paintScope(
  context: CanvasRenderingContext2D,
  scope: Scope,
  image: ImageBitmap | undefined,
  width: number,
  height: number,
): void {
  context.fillStyle = "#08090b";
  context.fillRect(0, 0, width, height);
  context.font = '9.5px "Inter", system-ui, sans-serif';
  context.textBaseline = "middle";
  context.lineWidth = 1;
  if (scope === "vectorscope") paintVectors(context, image, width, height);
  else if (scope === "histogram") paintHistogram(context, image, width, height);
  else paintLevels(context, scope, image, width, height);
}

function trace(context: CanvasRenderingContext2D, image: ImageBitmap | undefined, box: Box): void {
  if (image === undefined) return;
  context.imageSmoothingQuality = "high";
  context.drawImage(image, box.x, box.y, box.width, box.height);
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number, ink = LINE): void {
  context.strokeStyle = ink;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

function label(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  align: CanvasTextAlign,
  ink = TEXT,
): void {
  context.textAlign = align;
  context.fillStyle = ink;
  context.fillText(text, x, y);
}

const crisp = (v: number) => Math.round(v) + 0.5;

function paintLevels(
  context: CanvasRenderingContext2D,
  scope: "waveform" | "parade",
  image: ImageBitmap | undefined,
  width: number,
  height: number,
): void {
  const parade = scope === "parade";
  const box = { x: 26, y: 8, width: width - 54, height: height - (parade ? 24 : 16) };
  const dense = box.height < 120 ? 25 : 10;
  for (const { percent, code } of levelLines(dense)) {
    const y = crisp(box.y + box.height * (1 - percent / 100));
    line(context, box.x, y, box.x + box.width, y, percent % 50 === 0 ? STRONG : LINE);
    if (dense === 10 && percent % 20 !== 0 && box.height < 220) continue;
    label(context, `${percent}`, box.x - 5, y, "right");
    label(context, `${code}`, box.x + box.width + 5, y, "left");
  }
  if (parade)
    (["R", "G", "B"] as const).forEach((name, n) => {
      if (n > 0) {
        const x = crisp(box.x + (box.width * n) / 3);
        line(context, x, box.y, x, box.y + box.height, STRONG);
      }
      label(context, name, box.x + (box.width * (n + 0.5)) / 3, box.y + box.height + 9, "center", inks[name]);
    });
  trace(context, image, box);
}

function paintHistogram(
  context: CanvasRenderingContext2D,
  image: ImageBitmap | undefined,
  width: number,
  height: number,
) {
  const box = { x: 12, y: 8, width: width - 24, height: height - 24 };
  trace(context, image, box);
  for (const { percent, code } of levelLines(box.width < 200 ? 50 : 25)) {
    const x = crisp(box.x + (box.width * percent) / 100);
    line(context, x, box.y, x, box.y + box.height, percent % 50 === 0 ? STRONG : LINE);
    const align = percent === 0 ? "left" : percent === 100 ? "right" : "center";
    label(context, box.width < 260 ? `${percent}` : `${percent} % · ${code}`, x, box.y + box.height + 9, align);
  }
  line(context, box.x, crisp(box.y + box.height), box.x + box.width, crisp(box.y + box.height), STRONG);
}

function paintVectors(
  context: CanvasRenderingContext2D,
  image: ImageBitmap | undefined,
  width: number,
  height: number,
) {
  const side = Math.max(20, Math.min(width, height) - 16);
  const box = { x: (width - side) / 2, y: (height - side) / 2, width: side, height: side };
  const [cx, cy] = [width / 2, height / 2];
  const at = ({ cb, cr }: { cb: number; cr: number }) => [cx + cb * side, cy - cr * side] as const;
  const ring = (part: number, ink: string) => {
    context.strokeStyle = ink;
    context.beginPath();
    context.arc(cx, cy, (side / 2) * part, 0, 2 * Math.PI);
    context.stroke();
  };
  for (const part of [0.25, 0.5, 0.75]) ring(part, LINE);
  ring(1, STRONG);
  line(context, cx - side / 2, cy, cx + side / 2, cy);
  line(context, cx, cy - side / 2, cx, cy + side / 2);
  const [sx, sy] = at(skinTone(0.5));
  line(context, cx, cy, sx, sy, SKIN);
  trace(context, image, box);
  const half = Math.max(4, side * 0.022);
  for (const { label: name, rgb } of targets) {
    const [x, y] = at(target(rgb));
    context.strokeStyle = "#ffffffa6";
    context.strokeRect(x - half, y - half, 2 * half, 2 * half);
    const { cb, cr } = chromaOf(...rgb);
    const far = Math.hypot(cb, cr);
    const [dx, dy] = [(cb / far) * (half + 9), (-cr / far) * (half + 9)];
    label(context, name, x + dx, y + dy, "center");
  }
}
