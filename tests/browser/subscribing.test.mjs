// Subscribing by e-mail: from the form to the mailbox, and from a message's link to the end. All of it
// works without scripts.

import assert from "node:assert/strict";
import { test } from "node:test";

import { sticksOut, validator, violations } from "./support/judges.mjs";
import { startServer } from "./support/server.mjs";
import { shared, visit, visitEach } from "./support/shared.mjs";
import { reach } from "./support/subscribers.mjs";
import { MAIL } from "./support/worlds.mjs";

const component = (slug, name, group) => `
[[components]]
slug = "${slug}"
name = "${name}"
${group ? `group = "${group}"` : ""}
`;

/** Some servers, something without a group, and an open incident. */
async function world() {
  const site = `
name = "Prairie Lantern Status"
base_url = "https://status.example.com"
time_zone = "America/Denver"
support = { text = "our 24/7 support department", url = "https://www.example.com/support" }
${MAIL.text}
${component("selma", "Selma", "Servers")}
${component("nelson", "Nelson", "Servers")}
${component("mail", "Mail delivery")}
`;
  const server = await startServer({ files: { "site.toml": site }, flags: MAIL.flags });
  const { slug, id } = await server.call("POST", "/incidents", {
    title: "Selma is down",
    components: { selma: "major_outage" },
    update: { markdown: "We look into it." },
  });
  await server.shows("/", "We look into it.");
  return Object.assign(server, { incident: slug, id });
}

const all = shared({ world });

const without = { javaScriptEnabled: false };
const heading = (page) => page.locator("h1").innerText();
const press = (page, name) => page.getByRole("button", { name }).click();

test("from the form to the mailbox, without scripts", async () => {
  await visit(all.browser, all.world, "/subscribe", without, async (page) => {
    const list = page.locator(".choices");
    assert.equal(await list.isVisible(), false, "whoever wants everything need not choose");
    await page.getByLabel("Your e-mail address").fill("dana@example.com");
    await page.getByLabel("Only what I use").check();
    assert.equal(await list.isVisible(), true);
    await page.getByText("Choose single ones").click();
    await page.getByLabel("Nelson", { exact: true }).check();
    await page.getByLabel("Mail delivery").check();
    await page.getByLabel("Planned maintenance").uncheck();
    await press(page, "Subscribe");
    assert.equal(await heading(page), "Look into your mailbox");
    assert.match(page.url(), /\/subscribe\/asked$/);
    assert.deepEqual(page.trouble, []);
  });
});

test("whatever is wrong is said beside the field, and nothing typed is lost", async () => {
  await visit(all.browser, all.world, "/subscribe", without, async (page) => {
    // Browsers take this for an address.
    await page.getByLabel("Your e-mail address").fill("dana@localhost");
    await page.getByLabel("Only what I use").check();
    await page.getByText("Choose single ones").click();
    await page.getByLabel("Selma", { exact: true }).check();
    for (const name of ["Incidents", "Planned maintenance"]) await page.getByLabel(name).uncheck();
    await press(page, "Subscribe");
    assert.match(await page.title(), /^Error: Subscribe/);
    const field = page.getByLabel("Your e-mail address");
    assert.equal(await field.inputValue(), "dana@localhost");
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    const id = await field.getAttribute("aria-describedby");
    assert.match(await page.locator(`#${id}`).innerText(), /The part after the @/);
    assert.equal(await page.getByLabel("Selma", { exact: true }).isChecked(), true);
    assert.equal(await page.getByLabel("Selma", { exact: true }).isVisible(), true);
    const focused = await page.evaluate(() => document.activeElement.textContent);
    assert.match(focused, /^Not subscribed yet.*at least one kind of news/s);
    await page.getByRole("alert").getByRole("link").first().click();
    assert.equal(await page.evaluate(() => document.activeElement.name), "email");
  });
});

test("confirm, change, pause, go on and unsubscribe, without scripts", async () => {
  const paths = await reach(all.world, "carla@example.com", [["group", "Servers"]]);
  await visit(all.browser, all.world, paths.confirm, without, async (page) => {
    assert.equal(await heading(page), "Confirm your subscription");
    await page.reload();
    assert.equal(await heading(page), "Confirm your subscription", "opening confirms nothing");
    await press(page, "Confirm");
    assert.equal(await heading(page), "You are subscribed");
    await page.getByRole("link", { name: "Change what you hear" }).click();
    assert.equal(await heading(page), "Your subscription");

    const servers = page.getByLabel(/^Servers/);
    assert.equal(await servers.isChecked(), true);
    await servers.uncheck();
    await page.getByLabel("Mail delivery").check();
    await press(page, "Save");
    await page.getByText("Saved.").waitFor();
    await page.goto(paths.manage);
    assert.equal(await servers.isChecked(), false);
    assert.equal(await page.getByLabel("Mail delivery").isChecked(), true);

    await press(page, "Pause messages");
    await page.getByText(/^Paused since/).waitFor();
    await press(page, "Send messages again");
    await page.getByText("Messages are sent again.").waitFor();

    await press(page, "Unsubscribe");
    assert.equal(await heading(page), "You are unsubscribed");
    assert.deepEqual(page.trouble, []);
    await page.goto(paths.manage);
    assert.equal(await heading(page), "There is no such subscription");
  });
});

test("a page of its own asks before a link unsubscribes", async () => {
  const paths = await reach(all.world, "erin@example.com", [["group", "Servers"]]);
  await visit(all.browser, all.world, paths.unsubscribe, without, async (page) => {
    assert.equal(await heading(page), "Unsubscribe?");
    await press(page, "Unsubscribe");
    assert.equal(await heading(page), "You are unsubscribed");
    assert.deepEqual(page.trouble, []);
  });
});

test("an incident can be followed by itself", async () => {
  const path = `/incidents/${all.world.incident}`;
  await visit(all.browser, all.world, path, without, async (page) => {
    await page.getByRole("link", { name: "by e-mail" }).click();
    assert.equal(await heading(page), "Get updates on this incident");
    await page.getByLabel("Your e-mail address").fill("dana@example.com");
    await press(page, "Subscribe");
    assert.equal(await heading(page), "Look into your mailbox");
    assert.deepEqual(page.trouble, []);
  });
});

test("nobody meets the field that only programs fill in", async () => {
  await visit(all.browser, all.world, "/subscribe", without, async (page) => {
    assert.equal(await page.getByRole("textbox").count(), 1);
    const trap = page.locator("[name=remarks]");
    const { width, height } = await trap.locator("../..").evaluate((div) => div.getBoundingClientRect());
    assert.ok(width <= 1 && height <= 1, `${width} × ${height}`);
    await page.getByLabel("Your e-mail address").focus();
    const reached = [];
    for (let steps = 0; steps < 12; steps++) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate(() => document.activeElement.name));
    }
    assert.ok(reached.includes("what") && reached.includes("kind"), reached.join());
    assert.ok(!reached.includes("remarks"), reached.join());
  });
});

/** Every page that somebody meets on the way, and what to do on it before it is looked at. */
async function everyPage() {
  const targets = [["component", "selma"], ["incident", all.world.id]];
  const name = crypto.randomUUID();
  const paths = await reach(all.world, `${name}@example.com`, targets);
  const other = await reach(all.world, `${name}${"x".repeat(28)}@${"long".repeat(15)}.example.com`, targets);
  const confirmed = await fetch(all.world.url + paths.confirm, { method: "POST" });
  assert.equal(confirmed.status, 200);
  return [
    "/subscribe",
    `/subscribe/incident/${all.world.incident}`,
    "/subscribe/asked",
    other.confirm,
    other.manage,
    paths.confirm,
    paths.manage,
    `${paths.manage}?done=saved`,
    paths.unsubscribe,
    "/subscribe/manage/nothing",
  ];
}

/** Opens everything that can be opened. */
async function unfold(page) {
  for (const pill of await page.getByLabel("Only what I use").all()) await pill.check();
  for (const summary of await page.locator("main summary:visible").all()) {
    const isOpen = await summary.evaluate((one) => one.parentElement.open);
    if (!isOpen) await summary.click();
  }
}

for (const theme of ["light", "dark"]) {
  for (const width of [320, 1280]) {
    test(`axe finds nothing and nothing sticks out, ${theme}, ${width} pixels wide`, async () => {
      await visitEach(all.browser, all.world, await everyPage(), { width, theme }, async (page, path) => {
        await unfold(page);
        assert.deepEqual(await violations(page), [], path);
        const scroll = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(scroll, width, path);
        assert.deepEqual(await sticksOut(page), [], path);
      });
      await visit(all.browser, all.world, "/subscribe", { width, theme }, async (page) => {
        await page.getByLabel("Your e-mail address").fill("dana@localhost");
        for (const name of ["Incidents", "Planned maintenance"]) await page.getByLabel(name).uncheck();
        await unfold(page);
        await press(page, "Subscribe");
        assert.match(await page.title(), /^Error/);
        assert.deepEqual(await violations(page), []);
        assert.deepEqual(await sticksOut(page), []);
      });
    });
  }
}

test("each of these pages is valid HTML", async () => {
  const wrong = [];
  for (const path of await everyPage()) {
    const html = await (await fetch(all.world.url + path)).text();
    const { results } = await validator.validateString(html, path);
    const messages = results.flatMap((one) => one.messages);
    wrong.push(...messages.map(({ ruleId, message, line, column }) => `${path}:${line}:${column}: ${ruleId}: ${message}`));
  }
  assert.deepEqual(wrong, []);
});
