// What staff see to by day: a window planned, components put in order; by touch, by keyboard alone,
// without scripts.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage } from "./support/browser.mjs";
import { breakSomething, desk, finger, keyboard, signIn } from "./support/desk.mjs";
import { shared } from "./support/shared.mjs";

const all = shared({ desk });

const ways = {
  "a phone, by touch": {
    options: { width: 360, height: 740, hasTouch: true, isMobile: true },
    hand: finger,
  },
  "a desktop, by keyboard alone": { options: {}, hand: keyboard },
  "scripts off": { options: { javaScriptEnabled: false, hasTouch: true }, hand: finger },
};

/** A day of next year in a field's words; each way of working has one of its own. */
const day = (place) => `${new Date().getUTCFullYear() + 1}-06-1${place}`;

for (const [place, [name, { options, hand }]] of Object.entries(ways).entries()) {
  test(`${name}: plan a maintenance, move it, begin it, end it`, async () => {
    const server = all.desk;
    const title = `New disks, ${name.replaceAll(/[^a-z]+/g, " ")}`;
    const page = await openPage(all.browser, server, options);
    try {
      await signIn(page, server);
      const me = hand(page);
      await me.follow("Maintenance");
      await page.waitForURL("**/staff/maintenance");
      await me.follow("Plan maintenance");
      await page.waitForURL("**/staff/new-maintenance");
      await me.write("Headline", title);
      await page.getByLabel("Starts").fill(`${day(place)}T22:00`);
      await page.getByLabel("Ends").fill(`${day(place)}T23:30`);
      await me.select("Ruby", "Maintenance");
      await me.press("Plan maintenance");
      await page.waitForURL(/\/maintenance\?done=planned$/);
      // The way there, the button there, the component's state, the button.
      assert.equal(me.taps, 4);
      const slug = new URL(page.url()).pathname.split("/")[3];
      await server.shows(`/incidents/${slug}`, "10:00 pm – 11:30 pm MDT");

      await page.getByLabel("Ends").fill(`${day(place)}T23:45`);
      await me.press("Reschedule");
      await page.waitForURL(/\?done=extend$/);
      await server.shows(`/incidents/${slug}`, "10:00 pm – 11:45 pm MDT");
      await page.locator("summary", { hasText: "Start now" }).click();
      await me.press("Yes, start now");
      await page.waitForURL(/\?done=start$/);
      await me.press("End now");
      await page.waitForURL(/\?done=end$/);
      const { components } = await server.call("GET", "/components");
      assert.equal(components.find((one) => one.slug === "ruby").state, "operational");
      assert.deepEqual(page.trouble, []);
    } finally {
      await page.context().close();
    }
  });
}

for (const [name, { options, hand }] of Object.entries(ways)) {
  test(`${name}: an update is withdrawn and brought back, an incident withdrawn after a question`, async () => {
    const server = all.desk;
    const title = `Never was, ${name.replaceAll(/[^a-z]+/g, " ")}`;
    const slug = await breakSomething(server, title, "ruby");
    const page = await openPage(all.browser, server, options);
    try {
      await signIn(page, server);
      const me = hand(page);
      await me.follow(title);
      await page.waitForURL(`**/staff/incidents/${slug}`);
      await me.follow("Correct this update");
      await page.waitForURL(/\/correct$/);
      await page.getByText("Withdraw it").click();
      await me.press("Withdraw this update");
      await page.waitForURL(/\?done=withdrawn$/);
      await page.getByText("Withdrawn updates (1)").click();
      await me.press("Bring back");
      await page.waitForURL(/\?done=back$/);
      await me.follow("Withdraw the incident");
      await page.waitForURL(/\/withdraw$/);
      await me.press("Yes, withdraw it");
      await page.waitForURL("**/staff?done=withdrawn");
      await page.getByText("Incident withdrawn").waitFor();
      const { components } = await server.call("GET", "/components");
      assert.equal(components.find((one) => one.slug === "ruby").state, "operational");
      assert.deepEqual(page.trouble, []);
    } finally {
      await page.context().close();
    }
  });
}

// Afterwards, for the form folds a longer list of components away.
for (const [place, [name, { options, hand }]] of Object.entries(ways).entries()) {
  test(`${name}: add components and put them in order`, async () => {
    const server = all.desk;
    const letter = "XYZ"[place];
    const page = await openPage(all.browser, server, options);
    try {
      await signIn(page, server);
      const me = hand(page);
      await me.follow("Components");
      await page.waitForURL("**/staff/components");
      for (const number of [1, 2, 3]) {
        await me.follow("Add a component");
        await page.waitForURL("**/staff/new-component");
        await me.write("Name", `${letter}${number}`);
        await me.write("Group", `Group ${letter}`);
        await me.press("Add component");
        await page.waitForURL(/done=added/);
      }
      const slug = `${letter}3`.toLowerCase();
      const up = page.getByRole("button", { name: `Move ${letter}3 up`, exact: true });
      if (hand === keyboard) {
        await up.focus();
        await page.keyboard.press("Enter");
      } else {
        await up.tap();
      }
      await page.waitForURL(/done=up/);
      // Its button gets the focus, to be pressed again; browsers give it once the page is drawn.
      const isReady = (value) => document.activeElement?.value === value;
      await page.waitForFunction(isReady, `up.${slug}`);
      const again = page.waitForEvent("load");
      await page.keyboard.press("Enter");
      await again;
      const { components } = await server.call("GET", "/components");
      const own = components.map((one) => one.name).filter((one) => one.startsWith(letter));
      assert.deepEqual(own, [`${letter}3`, `${letter}1`, `${letter}2`]);

      await me.follow(`Edit ${letter}2`);
      await page.waitForURL(`**/staff/components/${letter.toLowerCase()}2`);
      await page.getByText("Retire it").click();
      await me.press(`Retire ${letter}2`);
      await page.waitForURL(/done=retired/);
      await me.press(`Bring back ${letter}2`);
      await page.waitForURL(/done=back/);
      assert.deepEqual(page.trouble, []);
    } finally {
      await page.context().close();
    }
  });
}

test("while a window is typed, it is told in UTC and in the reader's zone", async () => {
  const options = { timezoneId: "Asia/Kathmandu" };
  const page = await openPage(all.browser, all.desk, options);
  try {
    await signIn(page, all.desk);
    await page.goto("/staff/new-maintenance");
    await page.getByLabel("Starts").fill(`${day(8)}T22:00`);
    assert.equal(await page.getByLabel("Ends").inputValue(), `${day(8)}T23:00`, "an hour, as before");
    await page.getByLabel("Ends").fill(`${day(8)}T23:30`);
    const shown = page.locator("#preview");
    await shown.getByText("04:00 – 05:30 UTC").waitFor();
    await shown.getByText(/Where you are: .*9:45 .*11:15 GMT\+5:45/).waitFor();
    assert.deepEqual(page.trouble, []);
  } finally {
    await page.context().close();
  }
});

test("a reader whose clock shows what is told already isn't told it again", async () => {
  for (const timezoneId of ["UTC", "America/Denver"]) {
    const page = await openPage(all.browser, all.desk, { timezoneId });
    try {
      await signIn(page, all.desk);
      await page.goto(`/staff/incidents/${all.desk.maintenance}/maintenance`);
      await page.getByText("05:00 – 07:00 UTC").waitFor();
      assert.equal(await page.getByText("Where you are").count(), 1, "only the footer's link");
      assert.deepEqual(page.trouble, []);
    } finally {
      await page.context().close();
    }
  }
});
