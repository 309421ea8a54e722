// What other sites show: badges, and the strip that they frame. Nothing else of ours can be framed.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { openPage } from "./support/browser.mjs";
import { sticksOut, validator, violations } from "./support/judges.mjs";
import { shared, visit, visitEach } from "./support/shared.mjs";
import { calmWorld, emptyWorld, stormyWorld } from "./support/worlds.mjs";

const all = shared({ empty: emptyWorld, calm: calmWorld, stormy: stormyWorld });
const WORLDS = ["empty", "calm", "stormy"];

/** A site of somebody else, which frames `paths` of ours. */
async function otherSite(server, paths) {
  const frames = paths.map((path) => `<iframe src="${server.url}${path}" title="${path}" width="600"></iframe>`);
  const page = `<!DOCTYPE html><html lang="en"><title>Other</title><h1>Other</h1>${frames.join("")}</html>`;
  const other = createServer((_, answer) => {
    answer.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
  });
  await new Promise((done) => other.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${other.address().port}/`;
  return { url, stop: () => new Promise((done) => other.close(done)) };
}

test("another site frames the strip, and nothing else", async () => {
  const server = all.calm;
  const paths = ["/embed", "/", "/subscribe", "/badge.svg", "/staff/sign-in", "/nowhere"];
  const other = await otherSite(server, paths);
  const context = await all.browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(other.url, { waitUntil: "load" });
    const shown = [];
    for (const path of paths) {
      const element = await page.locator(`iframe[title="${path}"]`).elementHandle();
      const frame = await element.contentFrame();
      // What is refused is replaced by an error page of the browser.
      if (frame.url() === server.url + path) shown.push(path);
    }
    assert.deepEqual(shown, ["/embed"]);
    const strip = page.frameLocator("iframe[title='/embed']");
    assert.match(await strip.locator("h1").innerText(), /Everything is working\.|under maintenance/);
    // Its links open a window of their own, and leave the page around it where it is.
    await Promise.all([context.waitForEvent("page"), strip.getByRole("link").last().click()]);
    assert.equal(page.url(), other.url);
  } finally {
    await context.close();
    await other.stop();
  }
});

for (const theme of ["light", "dark"]) {
  for (const width of [320, 360, 1280]) {
    test(`the strip and the page with its preview are well made, ${theme}, ${width} px`, async () => {
      for (const world of WORLDS) {
        await visitEach(all.browser, all[world], ["/embed", "/subscribe"], { theme, width }, async (page, path) => {
          await page.evaluate(() => document.querySelectorAll("main details").forEach((it) => (it.open = true)));
          for (const lazy of await page.locator("[loading=lazy]").all()) await lazy.scrollIntoViewIfNeeded();
          await page.waitForFunction(() => [...document.images].every((it) => it.complete && it.naturalWidth > 0));
          const where = `${world} ${path}`;
          assert.deepEqual(await violations(page), [], where);
          assert.deepEqual(await sticksOut(page), [], where);
          assert.deepEqual(page.trouble, [], where);
          const report = await validator.validateString(await (await page.request.get(path)).text());
          const found = report.results.flatMap(({ messages }) => messages);
          assert.deepEqual(found.map((it) => `${it.ruleId}: ${it.message}`), [], where);
          if (path === "/embed") {
            const overflows = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            assert.equal(overflows, false, where);
            return;
          }
          const strip = page.frameLocator("iframe.strip");
          const said = await strip.locator("h1").innerText();
          const home = await (await page.request.get("/")).text();
          assert.ok(home.includes(said), `${said} is the headline of ${world}`);
        });
      }
    });
  }
}

test("a badge follows the reader's theme, on a page and alone", async () => {
  const colours = [];
  for (const theme of ["light", "dark"]) {
    await visit(all.browser, all.stormy, "/badge.svg", { theme }, async (page) => {
      const fill = await page.evaluate(() => getComputedStyle(document.querySelector("rect")).fill);
      colours.push(fill);
      assert.equal(await page.evaluate(() => document.documentElement.getAttribute("role")), "img");
      const [text, rect] = await page.evaluate(() => {
        const width = (name) => [...document.querySelectorAll(name)].at(-1).getBoundingClientRect().right;
        return [width("text"), width("rect")];
      });
      assert.ok(text < rect, `the text ends at ${text}, the frame at ${rect}`);
      assert.deepEqual(page.trouble, []);
    });
  }
  assert.deepEqual(colours, ["rgb(251, 250, 247)", "rgb(17, 20, 24)"]);
});

test("each line of HTML is copied as it is shown, and shows what it says", async () => {
  const page = await openPage(all.browser, all.calm, { permissions: ["clipboard-read", "clipboard-write"] });
  try {
    await page.goto("/subscribe");
    for (const name of ["Copy HTML of the badge of Prairie Lantern Status", "Copy HTML of the strip"]) {
      const button = page.getByRole("button", { name });
      const line = await button.getAttribute("data-copy");
      const shown = await page.locator("main .line code").allInnerTexts();
      assert.ok(shown.includes(line), `${line} is shown`);
      await button.click();
      await page.getByText("Copied", { exact: true }).first().waitFor();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), line);
      const parsed = await page.evaluate((html) => {
        const made = new DOMParser().parseFromString(html, "text/html").querySelector("img, iframe");
        return [made.tagName, made.getAttribute("src")];
      }, line);
      const wanted = { IMG: "/badge.svg", IFRAME: "/embed" };
      assert.equal(parsed[1], `https://status.example.com${wanted[parsed[0]]}`);
    }
    const calendar = page.getByRole("link", { name: /^Add to calendar.* Prairie Lantern Status$/ });
    assert.equal(await calendar.getAttribute("href"), "webcal://status.example.com/calendar.ics");
    assert.deepEqual(page.trouble, []);
  } finally {
    await page.context().close();
  }
});
