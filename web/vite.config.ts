import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Without these headers browsers have no SharedArrayBuffer, which the ring of sound uses.
const isolated = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
const server = process.env.CUTROOM_SERVER ?? "http://127.0.0.1:7180";
const proxy = { "/api": { target: server, ws: true } };

/** Hairlines stay as they are. */
const HAIRLINE_PX = 2;

const inRem = (value: string) =>
  value.replace(/(^|[\s(,*/+-])(\d*\.?\d+)px\b/g, (whole, before: string, number: string) =>
    Number(number) <= HAIRLINE_PX ? whole : `${before}${Number((Number(number) / 16).toFixed(5))}rem`,
  );

// Lengths of the style sheets grow with the size of text: pixels become rem.
const rem = {
  postcssPlugin: "rem",
  Declaration(declaration: { value: string }) {
    if (!declaration.value.includes("px") || declaration.value.includes("url(")) return;
    const next = inRem(declaration.value);
    if (next !== declaration.value) declaration.value = next;
  },
  AtRule: {
    container(rule: { params: string }) {
      if (rule.params.includes("px")) rule.params = inRem(rule.params);
    },
  },
};

export default defineConfig({
  plugins: [react()],
  css: { postcss: { plugins: [rem] } },
  build: { outDir: "dist", target: "es2022", sourcemap: false, chunkSizeWarningLimit: 1200 },
  server: { headers: isolated, proxy },
  preview: { headers: isolated, proxy },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});
