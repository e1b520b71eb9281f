// Pictures of every state, to be looked at: after `cargo xtask build`, `npx playwright test --config screenshots.config.js`
// in this folder writes them to target/screenshots/. docs/screenshot.png is light-6-answered.png.

import { defineConfig } from "@playwright/test";
import base from "./playwright.config.js";

// Without motion, so that nothing is caught half way in.
export default defineConfig({ ...base, testDir: "screenshots", use: { ...base.use, contextOptions: { reducedMotion: "reduce" } } });
