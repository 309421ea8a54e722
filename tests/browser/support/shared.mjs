// What the tests of one file share: a browser and the worlds that they look at.

import { after, before } from "node:test";

import { openPage, startBrowser } from "./browser.mjs";

/** Starts a browser and each of the worlds before the file's tests, and stops them after. */
export function shared(worlds) {
  const all = {};
  before(async () => {
    all.browser = await startBrowser();
    for (const [name, start] of Object.entries(worlds)) all[name] = await start();
  });
  after(async () => {
    await all.browser?.close();
    for (const name of Object.keys(worlds)) await all[name]?.stop();
  });
  return all;
}

/** Opens a path, hands the page to `look`, and closes it whatever happens. */
export async function visit(browser, server, path, options, look) {
  const [said] = await visitEach(browser, server, [path], options, look);
  return said;
}

/** Opens several paths one after the other; gives what `look` made of each. */
export async function visitEach(browser, server, paths, options, look) {
  const page = await openPage(browser, server, options);
  try {
    const said = [];
    for (const path of paths) {
      page.trouble.length = 0;
      page.fetched.length = 0;
      await page.goto(path);
      said.push(await look(page, path));
    }
    return said;
  } finally {
    await page.context().close();
  }
}

/** What went wrong on a page, without what is meant to: the answer to a path that isn't there. */
export function unexpected(page, missing = "/nowhere") {
  const isExpected = (text) =>
    text.startsWith("status 404: ") && new URL(text.slice(12)).pathname.startsWith(missing);
  const isItsEcho = (text) => text.includes("status of 404");
  const others = page.trouble.filter((text) => !isExpected(text));
  const had = page.trouble.length - others.length;
  const echoes = others.filter(isItsEcho);
  return had === echoes.length ? others.filter((text) => !isItsEcho(text)) : others;
}
