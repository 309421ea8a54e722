// The staff pages are for everybody and every screen: axe, the HTML standard, thumbs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage } from "./support/browser.mjs";
import { desk, signIn } from "./support/desk.mjs";
import { sticksOut, tooSmall, validator, violations } from "./support/judges.mjs";
import { shared } from "./support/shared.mjs";

const all = shared({ desk });

/** Imports subscribers by the form. */
async function importLines(page, lines) {
  await page.goto("/staff/import-subscribers");
  await page.fill("[name=table]", lines);
  await page.fill("[name=consent]", "customers, by contract");
  await Promise.all([page.waitForEvent("load"), page.click("button[value=post]")]);
}

/** Every kind of page; each leaves the browser on it. */
function kinds(server) {
  const incident = `/staff/incidents/${server.incident}`;
  const go = (path) => (page) => page.goto(path);
  const form = `${incident}/update`;
  const press = async (page, button) => {
    await Promise.all([page.waitForEvent("load"), page.click(`button[value=${button}]`)]);
  };
  return {
    desk: go("/staff"),
    "desk, told": go("/staff?done=state.ruby"),
    incident: async (page) => {
      await page.goto(incident);
      for (const fold of await page.locator("details > summary").all()) await fold.click();
    },
    "withdraw an incident": go(`${incident}/withdraw`),
    draft: go(`/staff/incidents/${server.draft}`),
    "draft, refused": async (page) => {
      await page.goto(`/staff/incidents/${server.draft}`);
      await Promise.all([page.waitForEvent("load"), page.click("button:text('Publish')")]);
    },
    "the post of a draft": go(`/staff/incidents/${server.draft}/correct`),
    update: go(form),
    "update, over": async (page) => {
      await page.goto(form);
      await page.check("[value=resolved]", { force: true });
    },
    "update, unfolded": async (page) => {
      await page.goto(form);
      for (const fold of await page.locator("details > summary").all()) await fold.click();
      await page.selectOption("[name='state.nelson']", "degraded");
    },
    "update, previewed": async (page) => {
      await page.goto(form);
      await page.fill("[name=markdown]", "# Up\n\nSee [this](https://example.com).");
      await press(page, "preview");
    },
    "update, wrong": async (page) => {
      await page.goto(form);
      await press(page, "post");
    },
    "new incident": go("/staff/new-incident"),
    "new incident, wrong": async (page) => {
      await page.goto("/staff/new-incident");
      await press(page, "post");
    },
    template: go("/staff/new-incident?template=server-down"),
    state: go("/staff/components/selma/state"),
    "the post": go(`${incident}/correct`),
    correction: async (page) => {
      await page.goto(incident);
      await page.locator(".ways-of a").first().click();
      await page.waitForURL(/\/correct$/);
      await page.getByText("Withdraw it").click();
      await page.getByText("Earlier versions").click();
    },
    maintenance: go("/staff/maintenance"),
    "plan a maintenance": go("/staff/new-maintenance"),
    "plan a maintenance, previewed": async (page) => {
      const day = `${new Date().getUTCFullYear() + 1}-06-10`;
      await page.goto("/staff/new-maintenance");
      await page.fill("[name=title]", "New disks");
      await page.fill("[name=starts]", `${day}T22:00`);
      await page.fill("[name=ends]", `${day}T23:00`);
      await page.selectOption("[name='state.selma']", "maintenance");
      await press(page, "preview");
    },
    "plan a maintenance, wrong": async (page) => {
      await page.goto("/staff/new-maintenance");
      await press(page, "post");
    },
    "change a maintenance": async (page) => {
      await page.goto(`/staff/incidents/${server.maintenance}/maintenance`);
      for (const fold of await page.locator("details > summary").all()) await fold.click();
    },
    "change a maintenance, wrong": async (page) => {
      await page.goto(`/staff/incidents/${server.maintenance}/maintenance`);
      await Promise.all([page.waitForEvent("load"), page.click("button:text('Reschedule')")]);
    },
    components: go("/staff/components"),
    "a component": go("/staff/components/own"),
    "new component, wrong": async (page) => {
      await page.goto("/staff/new-component");
      await press(page, "post");
    },
    record: async (page) => {
      await page.goto("/staff/record");
      for (const fold of await page.locator("details > summary").all()) await fold.click();
    },
    "record, wrong": go("/staff/record?incident=nowhere"),
    tokens: async (page) => {
      await page.goto("/staff/tokens");
      for (const fold of await page.locator("details > summary").all()) await fold.click();
    },
    "subscribers, none found": go("/staff/subscribers?search=nobody"),
    subscribers: async (page) => {
      await importLines(page, "dana@example.com\nlee@example.com");
      for (const fold of await page.locator("details > summary").all()) await fold.click();
    },
    "subscribers, suppressed": async (page) => {
      await importLines(page, `${"a".repeat(60)}@${"b".repeat(60)}.example.com`);
      await page.goto("/staff/subscribers?search=aaaa");
      const row = page.locator("li.subscriber");
      if (await row.getByText("Allow again").count()) return;
      await row.locator("summary").first().click();
      await row.getByLabel("Why?").fill("asked by telephone");
      await Promise.all([page.waitForEvent("load"), row.locator("button.danger").first().click()]);
    },
    "add a subscriber": async (page) => {
      await page.goto("/staff/new-subscriber");
      for (const fold of await page.locator("details.more > summary").all()) await fold.click();
    },
    "add a subscriber, wrong": async (page) => {
      await page.goto("/staff/new-subscriber");
      await press(page, "post");
    },
    "import subscribers, wrong": async (page) => {
      await page.goto("/staff/import-subscribers");
      await press(page, "post");
    },
    "import subscribers, some refused": (page) =>
      importLines(page, "email,components\nnobody,\nkim@example.com,clark\nlee@example.com,"),
    "new token, wrong": async (page) => {
      await page.goto("/staff/new-token");
      await press(page, "post");
    },
    "token issued": async (page) => {
      await page.goto("/staff/new-token");
      await page.fill("[name=name]", "Anna");
      await page.check("[name='scope.states:write']");
      await press(page, "post");
    },
    sessions: go("/staff/sessions"),
    "not there": go("/staff/nowhere"),
    "signed out": async (page) => {
      await page.context().clearCookies();
      await page.goto("/staff/sign-in");
    },
    "signed out, wrong": async (page) => {
      await page.context().clearCookies();
      await page.goto("/staff/sign-in");
      await page.fill("[name=token]", "lsp_wrong");
      await Promise.all([page.waitForEvent("load"), page.click("main button")]);
    },
  };
}

for (const theme of ["light", "dark"]) {
  for (const width of [360, 1280]) {
    test(`axe finds nothing and all is in reach, ${theme}, ${width} pixels wide`, async () => {
      const page = await openPage(all.browser, all.desk, { width, theme });
      try {
        await signIn(page, all.desk);
        for (const [name, open] of Object.entries(kinds(all.desk))) {
          await open(page);
          assert.deepEqual(await violations(page), [], name);
          assert.deepEqual(await sticksOut(page), [], name);
          assert.deepEqual(await tooSmall(page), [], name);
        }
        const meant = /status (404|422)|status of (404|422)/;
        assert.deepEqual(page.trouble.filter((text) => !meant.test(text)), []);
      } finally {
        await page.context().close();
      }
    });
  }
}

test("every page is valid HTML", async () => {
  const page = await openPage(all.browser, all.desk, { javaScriptEnabled: false });
  try {
    await signIn(page, all.desk);
    const wrong = [];
    for (const [name, open] of Object.entries(kinds(all.desk))) {
      let html = "";
      const keep = async (response) => {
        if (response.request().isNavigationRequest() && response.status() !== 303) {
          html = await response.text().catch(() => html);
        }
      };
      page.on("response", keep);
      await open(page);
      await page.waitForLoadState("networkidle");
      page.off("response", keep);
      const { results } = await validator.validateString(html, name);
      for (const { ruleId, message, line } of results.flatMap((one) => one.messages)) {
        wrong.push(`${name}:${line}: ${ruleId}: ${message}`);
      }
    }
    assert.deepEqual(wrong, []);
  } finally {
    await page.context().close();
  }
});
