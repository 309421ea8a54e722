// An open page stays true without a reload, moves nothing that is being read, and says what is new.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage } from "./support/browser.mjs";
import { startServer } from "./support/server.mjs";
import { shared, unexpected } from "./support/shared.mjs";

const SITE = `name = "Example status"
time_zone = "America/Denver"
clock = "24h"
${["selma", "nelson", "clark"].map((slug) => `[[components]]\nslug = "${slug}"\nname = "${slug[0].toUpperCase()}${slug.slice(1)}"\n`).join("")}`;

const all = shared({ server: () => startServer({ files: { "site.toml": SITE } }) });
const LONG = "We are looking into it, word by word and disk by disk.\n\n".repeat(30);

const setState = (slug, state, server = all.server) =>
  server.call("POST", `/components/${slug}/state`, { state });

/** Opens a page, waits until it listens, and closes it whatever happens. */
async function open(path, options, look, server = all.server) {
  const page = await openPage(all.browser, server, options);
  try {
    const listens = page.waitForResponse((response) => new URL(response.url()).pathname === "/live");
    await page.goto(path);
    await listens;
    await look(page);
    assert.deepEqual(unexpected(page), []);
  } finally {
    await page.context().close();
  }
}

const iconOf = (page) => page.locator("link[rel=icon]").getAttribute("href");

test("states and the headline change in place, and so do the tab's title and icon", async () => {
  await open("/", {}, async (page) => {
    assert.equal(await page.title(), "Example status");
    assert.match(await iconOf(page), /favicon\.svg$/);
    await page.evaluate(() => (document.getElementById("component-nelson").mine = true));
    await setState("selma", "major_outage");
    await page.getByRole("heading", { level: 1, name: "Selma is down." }).waitFor();
    assert.equal(await page.title(), "● Selma is down · Example status");
    assert.equal(await iconOf(page), "/assets/icon-bad.svg");
    const icon = await page.request.get("/assets/icon-bad.svg");
    assert.equal(icon.headers()["content-type"], "image/svg+xml");
    assert.equal(await page.locator("#component-selma .badge").innerText(), "Major outage");
    assert.equal(await page.locator("#component-selma .new").innerText(), "Updated");
    assert.equal(await page.locator(".new").count(), 1);
    // What is as before is the very same element.
    assert.ok(await page.evaluate(() => document.getElementById("component-nelson").mine));
    await setState("selma", "operational");
    await page.getByRole("heading", { level: 1, name: "Everything is working." }).waitFor();
    assert.equal(await page.title(), "Example status");
    assert.match(await iconOf(page), /favicon\.svg$/);
  });
});

test("what is new is announced politely, and once", async () => {
  await open("/", {}, async (page) => {
    const status = page.locator("body > [role=status]");
    assert.equal(await status.innerText(), "");
    await setState("clark", "degraded");
    await page.locator("#component-clark .new").waitFor();
    assert.equal(await status.textContent(), "Clark is degraded. — Clark: Degraded");
    await setState("clark", "operational");
    await page.getByRole("heading", { level: 1, name: "Everything is working." }).waitFor();
    assert.equal(await status.textContent(), "Everything is working. — Clark: Operational");
  });
});

test("an update appears on its incident's page, and what is being read doesn't move", async () => {
  const { slug } = await all.server.call("POST", "/incidents", {
    title: "Nelson is slow",
    markdown: LONG,
    components: { nelson: "degraded" },
    update: { markdown: LONG },
  });
  await all.server.shows(`/incidents/${slug}`, "Nelson is slow");
  await open(`/incidents/${slug}`, { height: 600 }, async (page) => {
    assert.equal(await page.title(), "● Nelson is slow · Example status");
    await page.evaluate(() => scrollTo({ top: 1500, behavior: "instant" }));
    const link = page.locator("#updates a").first();
    await link.evaluate((link) => link.focus({ preventScroll: true }));
    const read = page.locator("#updates li").last().locator("p").nth(20);
    const before = (await read.boundingBox()).y;
    const path = `/incidents/${slug}/updates`;
    await all.server.call("POST", path, { markdown: `It is better.\n\n${LONG}` });
    await page.locator("main").getByText("It is better.").waitFor({ state: "attached" });
    const after = (await read.boundingBox()).y;
    assert.ok(Math.abs(after - before) < 2, `${before} → ${after}`);
    assert.equal(await page.locator("#updates > ol > li").count(), 2);
    assert.equal(await page.locator("#updates > ol > li").first().locator(".new").innerText(), "New");
    assert.ok(await link.count());
    const isFocused = await page.evaluate(() => document.activeElement.closest("li:last-child") !== null);
    assert.ok(isFocused, "the focus stays where it was");
    await all.server.call("POST", path, { markdown: "Done.", phase: "resolved" });
    await page.locator("main").getByText("Done.").waitFor({ state: "attached" });
    assert.equal(await page.title(), "Nelson is slow · Example status");
    assert.equal(await page.locator("#byline .badge").innerText(), "Resolved");
  });
});

test("a page that was stale when it was opened is brought up to date", async () => {
  const page = await openPage(all.browser, all.server);
  try {
    const stale = await (await fetch(all.server.url)).text();
    await setState("clark", "degraded");
    await all.server.shows("/", "Clark is degraded.");
    await page.route("**/", (route) => route.fulfill({ body: stale, contentType: "text/html" }));
    await page.goto("/");
    await page.getByRole("heading", { level: 1, name: "Clark is degraded." }).waitFor();
  } finally {
    await page.context().close();
    await setState("clark", "operational");
  }
});

test("where there is no stream, the page asks now and then", async () => {
  const server = await startServer({
    files: { "site.toml": SITE },
    flags: ["--live-connections", "0"],
  });
  const page = await openPage(all.browser, server);
  try {
    await page.clock.install();
    const refused = page.waitForResponse((response) => response.status() === 503);
    await page.goto("/");
    await refused;
    await setState("selma", "major_outage", server);
    await server.shows("/", "Selma is down.");
    const asked = page.waitForRequest((request) => new URL(request.url()).pathname === "/");
    await page.clock.runFor(60_000);
    await asked;
    await page.getByRole("heading", { level: 1, name: "Selma is down." }).waitFor();
    assert.equal(await page.title(), "● Selma is down · Example status");
    // Nothing has changed: nothing is marked, and the answer is short.
    const again = page.waitForResponse((response) => new URL(response.url()).pathname === "/");
    await page.clock.runFor(60_000);
    await again;
    assert.equal(await page.locator("#component-selma .new").count(), 1);
  } finally {
    await page.context().close();
    await server.stop();
  }
});

test("a page whose server was started anew goes on", async () => {
  const server = await startServer({ files: { "site.toml": SITE } });
  const page = await openPage(all.browser, server);
  try {
    await page.goto("/");
    await page.waitForResponse((response) => new URL(response.url()).pathname === "/live");
    // The connection breaks, and the page comes back within ten seconds.
    const again = page.waitForRequest((request) => new URL(request.url()).pathname === "/live", {
      timeout: 20_000,
    });
    await page.context().setOffline(true);
    await page.evaluate(() => new Promise((done) => setTimeout(done, 500)));
    await page.context().setOffline(false);
    await setState("selma", "degraded", server);
    await Promise.race([again, page.getByText("Selma is degraded.").first().waitFor()]);
    await page.getByRole("heading", { level: 1, name: "Selma is degraded." }).waitFor({ timeout: 20_000 });
  } finally {
    await page.context().close();
    await server.stop();
  }
});

test("at most four tabs of a browser take a connection, and all of them are told", async () => {
  const context = await all.browser.newContext({ baseURL: all.server.url });
  try {
    const pages = [];
    const streams = [];
    for (let number = 0; number < 6; number++) {
      const page = await context.newPage();
      page.on("request", (request) => {
        if (new URL(request.url()).pathname === "/live") streams.push(number);
      });
      await page.clock.install();
      await page.goto("/");
      await page.waitForFunction(() => document.querySelector("[role=status]"));
      pages.push(page);
    }
    await pages[5].waitForTimeout(300);
    assert.deepEqual(streams, [0, 1, 2, 3]);
    await setState("selma", "degraded");
    await pages[3].getByRole("heading", { level: 1, name: "Selma is degraded." }).waitFor();
    await pages[5].clock.runFor(60_000);
    await pages[5].getByRole("heading", { level: 1, name: "Selma is degraded." }).waitFor();
  } finally {
    await context.close();
    await setState("selma", "operational");
  }
});

test("times are told in the reader's zone, too, and how long ago they were", async () => {
  await setState("nelson", "degraded");
  await all.server.shows("/", "Nelson is degraded.");
  const own = (page) => page.locator("#lead .own").innerText();
  await open("/", { timezoneId: "America/Denver" }, async (page) => {
    assert.match(await own(page), /^\s?\((just now|1 minute ago)\)$/);
  });
  await open("/", { timezoneId: "Asia/Tokyo" }, async (page) => {
    assert.match(await own(page), /^\s?\((just now|1 minute ago), .*\d{1,2}:\d\d( [ap]m)? your time\)$/);
    // The site's own time stays as it is, for machines, too.
    const time = page.locator("#lead time");
    assert.match(await time.getAttribute("datetime"), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.match(await time.innerText(), /M[SD]T/);
  });
  const page = await openPage(all.browser, all.server, { timezoneId: "America/Denver" });
  try {
    await page.clock.install({ time: Date.now() + 12 * 60_000 });
    await page.goto("/");
    assert.match(await own(page), /1[12] minutes ago/);
    await page.clock.runFor(3 * 60_000);
    assert.match(await own(page), /1[45] minutes ago/);
  } finally {
    await page.context().close();
  }
});
