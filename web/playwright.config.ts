import { defineConfig } from "@playwright/test";

const onCi = process.env.CI === "true";

export default defineConfig({
  testDir: "e2e",
  // Figures need a machine of their own: npm run bench.
  testIgnore: process.env.BENCH === undefined ? ["**/bench.spec.ts", "**/figures.spec.ts"] : [],
  workers: 1,
  // A busy machine is slow, and is no fault of the page.
  timeout: onCi ? 90_000 : 30_000,
  expect: { timeout: onCi ? 15_000 : 5_000 },
  retries: onCi ? 3 : 0,
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
