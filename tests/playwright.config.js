// End-to-end tests: a real Chromium against a real workerd. `cargo xtask test e2e` builds first and then runs them;
// by hand, after `cargo xtask build`: `npx playwright test` in this folder, with SOTTO_CHROMIUM if the browser has another path.

import { defineConfig } from "@playwright/test";

/** Root has no sandbox; the rest keeps the browser from talking to anybody but the page's servers. */
const ARGUMENTS = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: "e2e",
  outputDir: "../target/end-to-end",
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: process.env.SOTTO_CHROMIUM || undefined, args: ARGUMENTS },
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1280, height: 900 },
    actionTimeout: 8_000,
    trace: "off",
  },
});
