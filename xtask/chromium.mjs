// Prints where Playwright keeps, or would keep, the Chromium it downloads.

import { chromium } from "@playwright/test";

console.log(chromium.executablePath());
