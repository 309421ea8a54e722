// Chromium, and pages that report everything that shouldn't happen on them.

import { existsSync } from "node:fs";

import { chromium } from "playwright-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env.CHROMIUM ?? PATHS.find((path) => existsSync(path));

/** Starts Chromium with a new empty profile. */
export function startBrowser() {
  if (!executablePath) throw new Error("no Chromium: install it, or say where with CHROMIUM=PATH");
  return chromium.launch({
    executablePath,
    // The process that started it ends it, and ends itself on a signal.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    // Root may not use the sandbox.
    chromiumSandbox: process.getuid() !== 0,
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/**
 * A page in a context of its own. `page.trouble` lists what went wrong on it: messages of the
 * console (violations of the content security policy are among them), errors of scripts, requests
 * that failed, and requests to other hosts, which are not let out.
 */
export async function openPage(browser, server, options = {}) {
  const { width = 1280, height = 900, theme = "light", ...rest } = options;
  const context = await browser.newContext({
    baseURL: server.url,
    viewport: { width, height },
    colorScheme: theme,
    ...rest,
  });
  const page = await context.newPage();
  page.trouble = [];
  page.fetched = [];
  const note = (text) => page.trouble.push(text);
  await context.route(
    (url) => url.origin !== server.url,
    (route) => {
      note(`a request to another host: ${route.request().url()}`);
      return route.abort();
    },
  );
  page.on("console", (message) => note(`console: ${message.text()}`));
  page.on("pageerror", (error) => note(`script: ${error.message}`));
  page.on("dialog", (dialog) => {
    note(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    // Whoever goes on to the next page doesn't wait for the icon of this one.
    if (why !== "net::ERR_ABORTED") note(`failed: ${request.url()} ${why}`);
  });
  page.on("response", (response) => {
    page.fetched.push(new URL(response.url()).pathname);
    if (response.status() >= 400) note(`status ${response.status()}: ${response.url()}`);
  });
  return page;
}
