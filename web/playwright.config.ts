import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  // Figures need a machine of their own: npm run bench.
  testIgnore: process.env.BENCH === undefined ? ["**/bench.spec.ts"] : [],
  workers: 1,
  timeout: 30_000,
  reporter: "line",
  use: {
    actionTimeout: 15_000,
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--autoplay-policy=no-user-gesture-required",
      ],
    },
  },
});
