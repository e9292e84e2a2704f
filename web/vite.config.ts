import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Without these headers browsers have no SharedArrayBuffer, which the ring of sound uses.
const isolated = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
const server = process.env.CUTROOM_SERVER ?? "http://127.0.0.1:7180";
const proxy = { "/api": { target: server, ws: true } };

export default defineConfig({
  plugins: [react()],
  build: { outDir: "dist", target: "es2022", sourcemap: false, chunkSizeWarningLimit: 1200 },
  server: { headers: isolated, proxy },
  preview: { headers: isolated, proxy },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});
