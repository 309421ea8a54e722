// Makes the pictures of the README from a running server: node screenshot.mjs URL [FOLDER]

import { mkdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { openPage, startBrowser } from "./support/browser.mjs";

const WIDTH = 1280;
const HEIGHT = 1240;
const MAX_BYTES = 150 * 1024;

const [url, folder = resolve(dirname(fileURLToPath(import.meta.url)), "../../docs")] =
  process.argv.slice(2);
if (!url) {
  console.error("Which server? node screenshot.mjs http://127.0.0.1:8080 [FOLDER]");
  process.exit(2);
}

await mkdir(folder, { recursive: true });
const browser = await startBrowser();
try {
  for (const theme of ["light", "dark"]) {
    const server = { url: new URL(url).origin };
    const page = await openPage(browser, server, { width: WIDTH, height: HEIGHT, theme });
    await page.goto("/");
    const path = join(folder, `home-${theme}.png`);
    await page.screenshot({ path });
    const { size } = await stat(path);
    if (page.trouble.length > 0) throw new Error(page.trouble.join("\n"));
    if (size > MAX_BYTES) throw new Error(`${path} has ${size} bytes, more than ${MAX_BYTES}`);
    console.log(`${path}: ${WIDTH}×${HEIGHT}, ${size} bytes`);
  }
} finally {
  await browser.close();
}
