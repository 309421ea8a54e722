// A webhook on the desk, from the form that adds it to its removal, with a program that takes what it
// is told.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { openPage } from "./support/browser.mjs";
import { breakSomething, desk, finger, keyboard, signIn } from "./support/desk.mjs";
import { sticksOut, tooSmall, violations } from "./support/judges.mjs";
import { shared } from "./support/shared.mjs";

const atOnce = '\n[delivery]\ndelay = "0s"\n';
const all = shared({ desk: () => desk({ site: atOnce, flags: ["--webhooks-to-private-networks"] }) });

const ways = {
  "a phone, by touch, dark": {
    options: { width: 360, height: 740, theme: "dark", hasTouch: true, isMobile: true },
    hand: finger,
  },
  "a desktop, by keyboard alone": { options: { width: 1280 }, hand: keyboard },
};

/** A program that takes whatever it is told. */
async function receiver() {
  const told = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      told.push(JSON.parse(body).type);
      response.writeHead(204).end();
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${server.address().port}/hook`;
  return { told, url, stop: () => server.close() };
}

/** Everybody can use the page as it is now. */
async function isForEverybody(page, name) {
  assert.deepEqual(await violations(page), [], name);
  assert.deepEqual(await sticksOut(page), [], name);
  assert.deepEqual(await tooSmall(page), [], name);
}

/** Whether the controls of a channel stand beside each other. */
function areInARow(page) {
  const controls = page.locator(".controls > :is(form, a, details)");
  return controls.evaluateAll((all) => {
    const middles = all.map((one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return (top + bottom) / 2;
    });
    return all.length === 5 && Math.max(...middles) - Math.min(...middles) < 4;
  });
}

for (const [name, { options, hand }] of Object.entries(ways)) {
  test(`${name}: add a webhook, try it, see what it got, change, pause and remove it`, async () => {
    const server = all.desk;
    const program = await receiver();
    const page = await openPage(all.browser, server, options);
    try {
      await signIn(page, server);
      const me = hand(page);
      await me.follow("Channels");
      await page.waitForURL("**/staff/channels");
      await me.follow("Add a channel");
      await page.waitForURL("**/staff/new-channel");

      // What is wrong is said first, and leads to its field.
      await me.select("Kind", "Webhook");
      await me.press("Add");
      await page.getByRole("heading", { name: "Not added yet" }).waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.id), "wrong");
      await isForEverybody(page, "the form, wrong");
      await page.getByRole("link", { name: "a name you will recognise" }).click();
      assert.equal(await page.evaluate(() => location.hash), "#field-name");
      await me.write("Name", "Pager");
      await me.write("Address", program.url);
      await me.press("Add");
      const secret = page.getByLabel("Secret", { exact: true });
      assert.match(await secret.inputValue(), /^whsec_/);
      await me.follow("I’ve copied it");
      await page.waitForURL(/\/staff\/channels\/[0-9a-f-]+$/);
      const place = page.url();
      assert.ok(!(await page.content()).includes("whsec_"), "the secret is shown once");
      assert.ok(!(await page.content()).includes("/hook"), "the address is shown only masked");
      if (options.width === 1280) assert.ok(await areInARow(page));

      // The page says by itself what became of a test, and not again later.
      await me.press("Send a test");
      await page.getByText(/^The test arrived, in \d+ ms\.$/).waitFor();
      await page.goto(place);
      assert.equal(await page.locator(".told").count(), 0);

      // What it was told names the incident.
      const title = `Ruby is down, ${name.replaceAll(/[^a-z]+/g, " ")}`;
      const slug = await breakSomething(server, title, "ruby");
      const link = page.getByRole("link", { name: title });
      for (let look = 0; look < 50 && (await link.count()) === 0; look++) {
        await page.waitForTimeout(100);
        await page.goto(place);
      }
      assert.match(await link.first().getAttribute("href"), new RegExp(`/staff/incidents/${slug}$`));
      assert.ok(program.told.includes("update.posted"), program.told.join());
      for (const fold of await page.locator("details > summary").all()) await fold.click();
      await isForEverybody(page, "a channel");

      await me.follow("Change");
      await page.waitForURL(/\/change$/);
      assert.equal(await page.getByLabel("Room").count(), 0, "a webhook has none");
      await isForEverybody(page, "the form of a channel");
      await me.write("Name", "Night pager");
      await me.press("Save");
      await page.getByText("Changed.").waitFor();
      await page.getByRole("heading", { name: "Night pager", level: 1 }).waitFor();
      await me.press("Pause");
      await page.getByText("Paused. What happens from now on isn’t sent to it.").waitFor();
      await me.press("Resume");
      await page.getByText("Resumed.").waitFor();
      await page.locator("summary", { hasText: "Remove" }).click();
      await me.press("Remove Night pager");
      await page.waitForURL("**/staff/channels?done=removed");
      assert.equal(await page.getByText("Night pager").count(), 0);
      const meant = /status 422|status of 422/;
      assert.deepEqual(page.trouble.filter((text) => !meant.test(text)), []);
    } finally {
      await page.context().close();
      program.stop();
    }
  });
}
