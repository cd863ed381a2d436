// The search for a browser: what CHROME_PATH decides.

import assert from "node:assert/strict";
import { test } from "node:test";
import { findBrowser } from "./find-browser.ts";

test("CHROME_PATH decides, and a wrong one is told what to do", () => {
  const former = process.env.CHROME_PATH;
  try {
    process.env.CHROME_PATH = process.execPath;
    assert.equal(findBrowser(), process.execPath);
    process.env.CHROME_PATH = "/no/such/browser";
    assert.throws(() => findBrowser(), /CHROME_PATH is "\/no\/such\/browser".*apt-get install chromium/s);
  } finally {
    if (former === undefined) delete process.env.CHROME_PATH;
    else process.env.CHROME_PATH = former;
  }
});
