// What a reader does: from the home page to an incident, its component, the past, and back.

import assert from "node:assert/strict";
import { get } from "node:http";
import { test } from "node:test";

import { shared, unexpected, visit, visitEach } from "./support/shared.mjs";
import { calmWorld, emptyWorld, kindsOfPages, stormyWorld } from "./support/worlds.mjs";

const HOME_BYTES = 12 * 1024;
const STYLESHEET_BYTES = 4 * 1024;
const SCRIPT_BYTES = 3 * 1024;

const all = shared({ empty: emptyWorld, calm: calmWorld, stormy: stormyWorld });

const headline = (page) => page.locator("h1").innerText();
const words = async (locator) => (await locator.innerText()).replace(/\s+/g, " ");

test("the first sentence answers, in every world", async () => {
  const said = async (world) => visit(all.browser, all[world], "/", {}, headline);
  assert.equal(await said("empty"), "No problems reported.");
  assert.equal(await said("calm"), "Everything is working.");
  assert.match(await said("stormy"), /^Salt Lake City and The old billing interface.* are down/);
});

test("from the home page to an incident, its component, the history and the month", async () => {
  await visit(all.browser, all.stormy, "/", {}, async (page) => {
    const title = "Selma, Nelson, blacklists and shared SSL certificates";
    const card = page.locator("article", { hasText: title });
    assert.match(await words(card), /Monitoring · started .* affects .*Selma/);
    assert.match(await words(card), /Our techs were able to get incoming and outgoing mail up/);
    await card.getByRole("link", { name: "All 3 updates" }).click();
    assert.equal(await headline(page), title);
    const updates = page.locator("ol.updates > li");
    assert.deepEqual(await updates.locator("h3").allInnerTexts(), [
      "Monitoring",
      "Update",
      "Identified",
    ]);
    assert.match(await words(updates.nth(0)), /Selma: Major outage → Migrating/);
    assert.match(await words(updates.nth(1)), /Some messages .* come back\./);
    assert.match(await words(updates.nth(1)), /edited \w+ \d+ at \d+:\d\d [ap]m M[SD]T/);
    assert.match(await words(updates.nth(2)), /added later/);

    await page.locator("ul.chips").first().getByRole("link", { name: "Selma" }).click();
    assert.equal(await headline(page), "Selma");
    assert.match(await words(page.locator("main")), /Migrating since .*Mail is up\. Files are/);

    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "History" }).click();
    assert.equal(await headline(page), "History");
    const month = page.locator("main h2 a").last();
    const name = await month.innerText();
    await month.click();
    assert.equal(await headline(page), name);
    await page.getByRole("link", { name: "→" }).click();
    await page.getByRole("link", { name: "←" }).click();
    assert.equal(await headline(page), name);
    await page.getByRole("link", { name: "All months" }).click();
    assert.equal(await headline(page), "History");
    await page.getByRole("link", { name: "Prairie Lantern Status", exact: true }).click();
    assert.match(await headline(page), /are down/);
    assert.deepEqual(page.trouble, []);
  });
});

test("the link of an update leads to it, there and from elsewhere", async () => {
  await visit(all.browser, all.stormy, `/incidents/${all.stormy.wide}`, {}, async (page) => {
    await page.locator("ol.updates > li .meta a").click();
    const target = page.locator(":target");
    assert.match(await target.getAttribute("id"), /^update-/);
    assert.match(page.url(), /#update-/);
  });
  const path = `/incidents/${all.stormy.main}`;
  const link = await visit(all.browser, all.stormy, path, {}, async (page) => {
    return page.locator("ol.updates > li").last().locator(".meta a").getAttribute("href");
  });
  await visit(all.browser, all.stormy, path + link, { height: 300 }, async (page) => {
    const entry = page.locator("ol.updates > li").last();
    await page.waitForFunction(
      () => {
        const { top, bottom } = document.querySelector(":target").getBoundingClientRect();
        return top >= 0 && (bottom <= innerHeight || top < 100);
      },
    );
    assert.equal(await entry.evaluate((li) => li.matches(":target")), true);
    assert.match(await words(entry), /Certificates are being looked at\./);
  });
});

test("no page reports an error, fetches what isn't there or asks another host", async () => {
  for (const world of ["empty", "calm", "stormy"]) {
    const server = all[world];
    const known = await server.pages();
    const hostile = `/incidents/${server.hostile}`;
    const paths = [...known, "/nowhere"].filter((path) => path !== hostile);
    await visitEach(all.browser, server, paths, {}, async (page, path) => {
      assert.deepEqual(unexpected(page), [], `${world} ${path}`);
    });
  }
});

test("what goes wrong on a page is noticed", async () => {
  await visit(all.browser, all.calm, "/", {}, async (page) => {
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      return fetch("https://elsewhere.example/").catch(() => null);
    });
    assert.equal(await page.evaluate(() => window.ran), undefined);
    assert.match(page.trouble.join("\n"), /Content Security Policy/);
    assert.match(page.trouble.join("\n"), /elsewhere\.example/);
  });
});

test("the home page is small and takes few requests", async () => {
  const size = (path) => compressedSize(`${all.stormy.url}${path}`);
  assert.ok((await size("/")) <= HOME_BYTES, `${await size("/")} bytes`);
  const stylesheet = await size("/assets/lightship.css");
  assert.ok(stylesheet <= STYLESHEET_BYTES, `${stylesheet} bytes of stylesheet`);
  const script = await size("/assets/live.js");
  assert.ok(script <= SCRIPT_BYTES, `${script} bytes of script`);
  await visit(all.browser, all.stormy, "/", {}, async (page) => {
    await page.waitForFunction(() => document.querySelector(".own"));
    // Chromium's inspector, through which we look, reads a stylesheet once more now and then. Like
    // the icon, that isn't asked for by anything in the page, which has "other" for an initiator.
    const own = await page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .filter((entry) => entry.initiatorType !== "other")
        .map((entry) => new URL(entry.name).pathname),
    );
    assert.deepEqual(own, ["/assets/lightship.css", "/assets/live.js"]);
    // The script adds a stream and the icon of the tone; nothing waits for either.
    const besides = ["/favicon.svg", "/assets/icon-bad.svg", "/live"];
    const asked = new Set(page.fetched.filter((path) => !besides.includes(path)));
    assert.deepEqual([...asked].sort(), ["/", "/assets/lightship.css", "/assets/live.js"]);
    assert.equal(await page.locator("article.card").count(), 5);
    assert.equal(await page.locator("svg.days").count(), 20);
  });
});

/** The bytes of an answer as they come over the line. */
function compressedSize(url) {
  return new Promise((done, failed) => {
    get(url, { headers: { "accept-encoding": "br" } }, (answer) => {
      assert.equal(answer.headers["content-encoding"], "br");
      let bytes = 0;
      answer.on("data", (piece) => (bytes += piece.length));
      answer.on("end", () => done(bytes));
    }).on("error", failed);
  });
}

test("without scripts every page says the same", async () => {
  const said = (javaScriptEnabled) =>
    visitEach(all.browser, all.stormy, kindsOfPages(all.stormy), { javaScriptEnabled }, async (page) => {
      // The reader's own time, too.
      await page.evaluate(() => document.querySelectorAll(".own").forEach((own) => own.remove()));
      // What copies an address needs a script, and says nothing else.
      const copies = await page.locator(".copy:visible").allInnerTexts();
      const text = await page.locator("body").innerText();
      const rest = copies.reduce((rest, copy) => rest.replace(copy, ""), text);
      // A button that is gone leaves an empty line.
      return rest.split(/\n+/).map((line) => line.trim()).filter(Boolean);
    });
  const without = await said(false);
  assert.ok(without.every((lines) => lines.join(" ").length > 100));
  assert.deepEqual(without, await said(true));
});

test("the head says what the page is, where it lives and where its feeds are", async () => {
  // As it is served: the script puts a mark before the title.
  const asServed = { javaScriptEnabled: false };
  await visit(all.browser, all.stormy, `/incidents/${all.stormy.main}`, asServed, async (page) => {
    const attribute = (selector, name) => page.locator(selector).first().getAttribute(name);
    assert.match(await page.title(), /^Selma, Nelson.* · Prairie Lantern Status$/);
    assert.equal(await attribute("html", "lang"), "en");
    assert.equal(await attribute("meta[name=color-scheme]", "content"), "light dark");
    assert.ok((await attribute("meta[name=description]", "content")).length > 10);
    const url = `https://status.example.com/incidents/${all.stormy.main}`;
    assert.equal(await attribute("link[rel=canonical]", "href"), url);
    assert.equal(await attribute("meta[property='og:url']", "content"), url);
    const feeds = page.locator("link[rel=alternate]");
    for (const href of await feeds.evaluateAll((links) => links.map((link) => link.href))) {
      assert.equal((await fetch(href)).status, 200, href);
    }
    assert.equal(await feeds.count(), 6);
  });
});
