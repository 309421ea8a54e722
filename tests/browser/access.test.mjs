// Whoever reads: with a keyboard, a screen reader, a small screen, large letters, on paper.

import assert from "node:assert/strict";
import { test } from "node:test";

import { sticksOut, violations } from "./support/judges.mjs";
import { shared, visit, visitEach } from "./support/shared.mjs";
import { calmWorld, emptyWorld, kindsOfPages, stormyWorld } from "./support/worlds.mjs";

const all = shared({ empty: emptyWorld, calm: calmWorld, stormy: stormyWorld });

for (const theme of ["light", "dark"]) {
  for (const width of [360, 1280]) {
    test(`axe finds nothing, ${theme}, ${width} pixels wide`, async () => {
      const pages = {
        empty: ["/", "/history", "/subscribe"],
        calm: ["/", "/incidents/nelson-memory", "/incidents/new-disks", "/components/ruby"],
        stormy: kindsOfPages(all.stormy),
      };
      for (const [world, paths] of Object.entries(pages)) {
        await visitEach(all.browser, all[world], paths, { width, theme }, async (page, path) => {
          assert.deepEqual(await violations(page), [], `${world} ${path}`);
        });
      }
    });
  }
}

test("nothing scrolls sideways on a phone", async () => {
  for (const world of ["empty", "calm", "stormy"]) {
    const paths = [...(await all[world].pages()), "/nowhere/" + "x".repeat(300)];
    for (const width of [320, 360]) {
      await visitEach(all.browser, all[world], paths, { width }, async (page, path) => {
        const scroll = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(scroll, width, `${world} ${path}`);
        assert.deepEqual(await sticksOut(page), [], `${world} ${path} at ${width}`);
      });
    }
  }
});

test("a wide table scrolls inside, and the keyboard reaches it", async () => {
  const path = `/incidents/${all.stormy.wide}`;
  await visit(all.browser, all.stormy, path, { width: 360 }, async (page) => {
    const table = page.locator(".scroll").first();
    await table.focus();
    assert.ok(await table.evaluate((div) => div.scrollWidth > div.clientWidth));
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => document.querySelector(".scroll").scrollLeft > 0);
  });
});

test("twice as large, everything is still there", async () => {
  const paths = kindsOfPages(all.stormy);
  for (const width of [640, 1280]) {
    await visitEach(all.browser, all.stormy, paths, { width }, async (page, path) => {
      if (width === 1280) {
        await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
      }
      assert.deepEqual(await sticksOut(page), [], `${path} at ${width}`);
    });
  }
});

test("the keyboard skips to the content, and sees where it is in the order of the page", async () => {
  for (const theme of ["light", "dark"]) {
    // Else the page is still on its way when it is looked at.
    const options = { theme, reducedMotion: "reduce" };
    await visit(all.browser, all.calm, "/", options, async (page) => {
      const focused = () =>
        page.evaluate(() => {
          const element = document.activeElement;
          const { top, bottom, left, width } = element.getBoundingClientRect();
          const { outlineStyle, outlineWidth } = getComputedStyle(element);
          const links = [...document.querySelectorAll("a, [tabindex], summary")];
          return {
            place: links.indexOf(element),
            links: links.length,
            isInMain: element.closest("main") !== null,
            isSeen: top >= 0 && left >= 0 && bottom <= innerHeight && width > 0,
            outline: outlineStyle === "solid" && parseFloat(outlineWidth) >= 2,
          };
        });
      await page.keyboard.press("Tab");
      const first = await focused();
      assert.deepEqual([first.place, first.isInMain, first.isSeen, first.outline], [0, false, true, true]);
      for (let place = 1; place < first.links; place++) {
        await page.keyboard.press("Tab");
        const now = await focused();
        assert.equal(now.place, place);
        assert.ok(now.outline, `link ${place} shows that it has the focus`);
        assert.ok(now.isSeen, `link ${place} is in sight`);
      }
      await page.reload();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      assert.equal((await focused()).isInMain, true);
    });
  }
});

test("a bar of days is one thing to a screen reader, and says what it shows", async () => {
  await visit(all.browser, all.calm, "/", {}, async (page) => {
    const bars = page.getByRole("img", { name: /^90 days: / });
    assert.equal(await bars.count(), 5);
    const nelson = page.getByRole("listitem").filter({ hasText: "Nelson" }).first();
    const tree = await nelson.ariaSnapshot();
    assert.match(tree, /img "90 days: 99\.\d\d % uptime\. .*Major outage /);
    assert.equal(tree.match(/uptime/g).length, 1, tree);
    assert.match(
      await page.getByRole("listitem").filter({ hasText: "Ruby" }).first().ariaSnapshot(),
      /No data before/,
    );
  });
  await visit(all.browser, all.calm, "/components/nelson", {}, async (page) => {
    const rows = page.getByRole("row");
    assert.equal(await rows.count(), 13);
    assert.equal(await page.getByRole("columnheader", { name: "Uptime" }).count(), 1);
  });
});

test("every time is there for machines, and every heading in its place", async () => {
  await visitEach(all.browser, all.stormy, kindsOfPages(all.stormy), {}, async (page, path) => {
    const times = await page.locator("time").evaluateAll((all) => all.map((one) => one.dateTime));
    const known = /^\d{4}-\d\d(-\d\d(T\d\d:\d\d:\d\dZ)?)?$/;
    assert.deepEqual(times.filter((text) => !known.test(text)), [], path);
    const levels = await page
      .locator("h1, h2, h3, h4, h5, h6")
      .evaluateAll((all) => all.map((one) => Number(one.tagName[1])));
    assert.equal(levels.filter((level) => level === 1).length, 1, path);
    levels.reduce((before, level) => {
      assert.ok(level <= before + 1, `${path}: h${level} after h${before}`);
      return level;
    }, 0);
    for (const role of ["banner", "main", "contentinfo"]) {
      assert.equal(await page.getByRole(role).count(), 1, `${path}: ${role}`);
    }
  });
});

test("on paper: black on white, no navigation, nothing cut off", async () => {
  const options = { width: 640, theme: "dark" };
  await visitEach(all.browser, all.stormy, kindsOfPages(all.stormy), options, async (page, path) => {
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.equal(await page.getByRole("navigation", { name: "Main" }).isVisible(), false);
    const [ink, paper] = await page.evaluate(() => {
      const { color, backgroundColor } = getComputedStyle(document.body);
      return [color, backgroundColor];
    });
    assert.deepEqual([ink, paper], ["rgb(27, 32, 39)", "rgb(255, 255, 255)"]);
    assert.deepEqual(await sticksOut(page), [], path);
    const cut = await page.locator(".scroll").evaluateAll((all) =>
      all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.innerText),
    );
    assert.deepEqual(cut, [], `${path}: what scrolls on a screen is whole on paper`);
    assert.equal((await page.pdf()).subarray(0, 5).toString(), "%PDF-");
  });
});

test("whoever wants less motion gets none", async () => {
  const behavior = (reducedMotion) =>
    visit(all.browser, all.calm, "/", { reducedMotion }, async (page) => {
      assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
      return page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior);
    });
  assert.equal(await behavior("no-preference"), "smooth");
  assert.equal(await behavior("reduce"), "auto");
});
