// A post that means harm: nothing in it runs, loads, or pretends to be the page.

import assert from "node:assert/strict";
import { test } from "node:test";

import { shared, unexpected, visit } from "./support/shared.mjs";
import { stormyWorld } from "./support/worlds.mjs";

const all = shared({ stormy: stormyWorld });

for (const kind of ["home page", "incident", "component"]) {
  test(`a hostile post does nothing on the ${kind}`, async () => {
    const path = {
      "home page": "/",
      incident: `/incidents/${all.stormy.hostile}`,
      component: "/components/arabic",
    }[kind];
    await visit(all.browser, all.stormy, path, {}, async (page) => {
      // Everything that waits for a reader: pictures further down, links, things to open.
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      for (const link of await page.locator(".text a:not([href])").all()) await link.click();
      for (const summary of await page.locator("summary").all()) await summary.click();
      await page.waitForLoadState("load");

      assert.equal(await page.evaluate(() => window.hacked), undefined);
      assert.equal(new URL(page.url()).pathname, path);
      const forbidden =
        'script:not([src="/assets/copy.js"], [src="/assets/live.js"]), style, iframe, object, embed, form, input, button:not(.copy), base, video, math';
      assert.equal(await page.locator(forbidden).count(), 0);
      assert.equal(await page.locator("meta[http-equiv]").count(), 0);
      assert.equal(await page.locator("link[rel=stylesheet]").count(), 1);
      assert.equal(await page.locator(".text svg, .said svg, .text [class=card]").count(), 0);
      assert.equal(await page.locator("main").count(), 1);
      assert.equal(await page.locator("h1").count(), 1);
      const attributes = await page.evaluate(() =>
        [...document.querySelectorAll("*")]
          .flatMap((element) => [...element.attributes])
          .filter(({ name, value }) => /^on|^style$/.test(name) || /^\s*(javascript|data):/i.test(value))
          .map(({ name, value }) => `${name}=${value}`),
      );
      assert.deepEqual(attributes, []);
      // The post's one picture lies on this site and isn't there.
      assert.deepEqual(unexpected(page, "/incidents/x"), []);
    });
  });
}

test("what a hostile post says in plain words is still read", async () => {
  await visit(all.browser, all.stormy, `/incidents/${all.stormy.hostile}`, {}, async (page) => {
    assert.equal(await page.locator("h1").innerText(), "<script>alert(1)</script> & <b>bold</b>");
    const text = await page.locator("main").innerText();
    assert.match(text, /Written by <i>Eve<\/i>/);
    assert.equal(text.match(/The last words are still here\./g).length, 2);
    assert.equal(await page.locator("footer").isVisible(), true);
  });
});
