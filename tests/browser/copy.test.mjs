// The buttons that copy: what comes to the clipboard, and what the button then says.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage } from "./support/browser.mjs";
import { desk, signIn } from "./support/desk.mjs";
import { shared } from "./support/shared.mjs";

const all = shared({ desk });

const permissions = ["clipboard-read", "clipboard-write"];

/** Presses the button, and sees that it says so and copied `text`; then it says what it said before. */
async function copies(page, button, text) {
  const label = await button.innerHTML();
  await button.click();
  await button.and(page.getByText("Copied", { exact: true })).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
  await page.waitForFunction(
    ([element, label]) => element.innerHTML === label,
    [await button.elementHandle(), label],
  );
}

test("the address of a feed is copied, and the button says so for a moment", async () => {
  const page = await openPage(all.browser, all.desk, { permissions });
  try {
    await page.goto("/subscribe");
    const address = await page.locator("main p > code").first().innerText();
    assert.match(address, /^https:\/\/status\.example\.com\/.*rss/);
    await copies(page, page.locator("button.copy").first(), address);
    assert.deepEqual(page.trouble, []);
  } finally {
    await page.context().close();
  }
});

test("the secret of a new token is copied, and signs in", async () => {
  const server = all.desk;
  const page = await openPage(all.browser, server, { permissions });
  try {
    await signIn(page, server);
    await page.goto("/staff/new-token");
    await page.fill("[name=name]", "Anna");
    await page.check("[name='scope.states:write']");
    await page.locator("main button[name=do][value=post]").click();
    const secret = await page.getByLabel("Secret").inputValue();
    assert.match(secret, /^lsp_/);
    await copies(page, page.locator("button.copy"), secret);
    await page.context().clearCookies();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    await signIn(page, { token: copied });
    assert.deepEqual(page.trouble, []);
  } finally {
    await page.context().close();
  }
});

test("where the clipboard is refused, the button says that it couldn’t copy", async () => {
  const page = await openPage(all.browser, all.desk);
  try {
    await page.addInitScript(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
    });
    await page.goto("/subscribe");
    const button = page.locator("button.copy").first();
    await button.click();
    await button.and(page.getByText("Couldn’t copy", { exact: true })).waitFor();
    assert.deepEqual(page.trouble, []);
  } finally {
    await page.context().close();
  }
});
