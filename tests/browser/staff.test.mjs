// Staff at work, half awake: on a phone by touch, on a desktop by keyboard alone, without scripts.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage } from "./support/browser.mjs";
import { breakSomething, desk, finger, keyboard, signIn } from "./support/desk.mjs";
import { shared } from "./support/shared.mjs";

const all = shared({ desk });

const QUESTION = "What do customers need to know now?";

const ways = {
  "a phone, by touch": {
    options: { width: 360, height: 740, hasTouch: true, isMobile: true },
    hand: finger,
  },
  "a desktop, by keyboard alone": { options: {}, hand: keyboard },
  "scripts off": { options: { javaScriptEnabled: false, hasTouch: true }, hand: finger },
};

for (const [name, { options, hand }] of Object.entries(ways)) {
  test(`${name}: sign in, post, correct, change a state, resolve`, async () => {
    const server = all.desk;
    const title = `Nelson and ${name.replaceAll(/[^a-z]+/g, " ")}`;
    const slug = await breakSomething(server, title, "nelson");
    const page = await openPage(all.browser, server, options);
    try {
      // To where one was going, by way of signing in.
      await page.goto("/staff");
      const me = hand(page);
      await me.write("Token", server.token);
      await me.press("Sign in");
      await page.waitForURL("**/staff");

      // From an open desk: three taps at most, and the text.
      me.taps = 0;
      await me.follow(`Post an update to ${title}`);
      await page.waitForURL(`**/staff/incidents/${slug}/update`);
      await me.write(QUESTION, "Mial is **up**.");
      await me.press("Post update");
      await page.waitForURL(/\/updates\//);
      assert.ok(me.taps <= 3, `${me.taps} taps`);
      assert.match(await page.locator("h1").innerText(), /Update posted/);
      assert.equal(await page.locator(".preview strong").innerText(), "up");
      await server.shows(`/incidents/${slug}`, "Mial is <strong>up</strong>.");

      // The typo seen too late.
      await me.follow("Correct it");
      await page.waitForURL(/\/correct$/);
      await me.write("Text", "Mail is **up**.");
      await me.press("Correct it");
      await page.waitForURL(/\/updates\/[^/]+$/);
      await server.shows(`/incidents/${slug}`, "Mail is <strong>up</strong>.");

      // Phase and state with an update.
      await me.follow("Dashboard");
      await page.waitForURL("**/staff");
      await me.follow(`Post an update to ${title}`);
      await page.waitForURL(/\/update$/);
      await me.write(QUESTION, "It is slow.");
      await me.choose("Status", "Monitoring");
      await me.select("Nelson", "Degraded");
      await me.press("Post update");
      await page.waitForURL(/\/updates\//);
      await server.shows("/", "Nelson is degraded");

      // A state alone.
      await me.follow("Go to the dashboard");
      await page.waitForURL("**/staff");
      await me.follow("Change the state of Ruby");
      await page.waitForURL("**/staff/components/ruby/state");
      await me.choose("State", "Partial outage");
      await me.write("Note for customers", `Back soon, ${name}.`);
      await me.press("Change state");
      await page.waitForURL("**/staff?done=state.ruby");
      await page.getByText("Ruby is now “Partial outage”").waitFor();
      await server.shows("/", `Back soon, ${name}.`);

      // It is over.
      await me.follow(`Post an update to ${title}`);
      await page.waitForURL(/\/update$/);
      await me.write(QUESTION, "It is over.");
      await me.choose("Status", "Resolved");
      assert.ok(await page.getByText("Nelson returns to").isVisible());
      await me.press("Post update");
      await page.waitForURL(/\/updates\//);
      await page.getByText("Nelson is back to Operational.").waitFor();
      const { components } = await server.call("GET", "/components");
      assert.equal(components.find((one) => one.slug === "nelson").state, "operational");
      assert.deepEqual(page.trouble, []);
    } finally {
      await page.context().close();
    }
  });
}

test("a new incident from a template takes four taps and no field", async () => {
  const server = all.desk;
  const page = await openPage(all.browser, server, { width: 360, hasTouch: true, isMobile: true });
  try {
    await signIn(page, server);
    const me = finger(page);
    await me.follow("New incident");
    await page.waitForURL("**/staff/new-incident");
    await me.follow("… is down");
    await page.waitForURL(/template=server-down$/);
    await me.follow("Shared SSL certificates");
    await page.waitForURL(/component=/);
    await me.press("Post incident");
    await page.waitForURL(/\/updates\//);
    assert.equal(me.taps, 4);
    await server.shows("/incidents/shared-ssl-certificates-is-down", "stopped answering around");
    assert.deepEqual(page.trouble, []);
  } finally {
    await page.context().close();
  }
});

test("the preview follows the text, and is what is published", async () => {
  const server = all.desk;
  const page = await openPage(all.browser, server);
  try {
    await signIn(page, server);
    await page.goto(`/staff/incidents/${server.incident}/update`);
    assert.equal(await page.evaluate(() => document.activeElement.name), "markdown");
    await page.keyboard.type("See **this**:\n\n- one\n- two");
    const text = page.locator("#preview .text");
    await text.getByText("two").waitFor();
    const shown = await text.innerHTML();
    await page.getByRole("button", { name: "Post update" }).click();
    await page.waitForURL(/\/updates\//);
    await page.goto(`/incidents/${server.incident}`);
    await server.shows(`/incidents/${server.incident}`, "<strong>this</strong>");
    await page.reload();
    assert.equal(await page.locator(".updates .text").first().innerHTML(), shown);
    assert.deepEqual(page.trouble, []);
  } finally {
    await page.context().close();
  }
});

test("an error has the focus, leads to its field, and loses nothing", async () => {
  const server = all.desk;
  const page = await openPage(all.browser, server);
  try {
    await signIn(page, server);
    await page.goto(`/staff/incidents/${server.incident}/update`);
    await page.fill("[name=markdown]", "Typed at three.");
    await page.getByText("Use an earlier time").click();
    await page.fill("[name=at]", "2031-01-01T02:15");
    await page.getByRole("button", { name: "Post update" }).click();
    await page.getByText("Not posted yet").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "wrong");
    assert.match(await page.title(), /^Error: /);
    assert.equal(await page.inputValue("[name=markdown]"), "Typed at three.");
    await page.locator("#wrong a").click();
    assert.equal(await page.evaluate(() => document.activeElement.name), "at");
    await page.fill("[name=at]", "");
    await page.getByRole("button", { name: "Post update" }).click();
    await page.waitForURL(/\/updates\//);
  } finally {
    await page.context().close();
  }
});

test("two taps in a hurry, the back button and a reload post once", async () => {
  const server = all.desk;
  const page = await openPage(all.browser, server);
  try {
    await signIn(page, server);
    await page.goto(`/staff/incidents/${server.incident}/update`);
    await page.fill("[name=markdown]", "Said once.");
    await page.getByRole("button", { name: "Post update" }).dblclick({ noWaitAfter: true });
    // The second tap takes the place of the first one's request, which may end as an abort.
    await page.waitForFunction(() => location.pathname.includes("/updates/"));
    await page.waitForLoadState();
    await page.reload();
    const { updates } = await server.call("GET", `/incidents/${server.incident}`);
    assert.equal(updates.filter(({ markdown }) => markdown === "Said once.").length, 1);
  } finally {
    await page.context().close();
  }
});
