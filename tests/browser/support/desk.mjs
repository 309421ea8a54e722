// A desk with work on it, and hands that work at it: by touch, by keyboard, without scripts.

import assert from "node:assert/strict";

import { startServer } from "./server.mjs";

const SITE = `
name = "Prairie Lantern Status"
base_url = "https://status.example.com"
time_zone = "America/Denver"
`;

const NAMES = ["Selma", "Nelson", "Ruby", "Mail delivery", "Shared SSL certificates"];

const TEMPLATE = `---
title: "{{component}} is down"
phase: identified
state: major_outage
---

{{component}} stopped answering around {{time}}.
`;

/** Selma is down, and somebody has said so. `site` are more lines of site.toml, `flags` more flags. */
export async function desk({ site = "", flags = [] } = {}) {
  const components = NAMES.map(
    (name) => `
[[components]]
slug = "${name.toLowerCase().replaceAll(" ", "-")}"
name = "${name}"
`,
  );
  const server = await startServer({
    files: { "site.toml": SITE + site + components.join(""), "templates/server-down.md": TEMPLATE },
    flags,
  });
  server.incident = await breakSomething(server, "Selma is down", "selma");
  const year = new Date().getUTCFullYear() + 1;
  const planned = await server.call("POST", "/incidents", {
    title: "New disks for Nelson",
    kind: "maintenance",
    starts: `${year}-03-02T05:00:00Z`,
    ends: `${year}-03-02T07:00:00Z`,
    components: { nelson: "maintenance" },
  });
  server.maintenance = planned.slug;
  await sayAndMend(server);
  const draft = await server.call("POST", "/incidents", {
    title: "Selma moves house",
    kind: "maintenance",
    draft: true,
    starts: `${year - 2}-03-02T05:00:00Z`,
    ends: `${year - 2}-03-02T07:00:00Z`,
    components: { selma: "migrating" },
  });
  server.draft = draft.slug;
  for (const [slug, name] of [["own", "Backups"], ["other", "Archive"], ["gone", "Old panel"]]) {
    await server.call("PUT", `/components/${slug}`, { name, group: "Other things" });
  }
  await server.call("DELETE", "/components/gone");
  return server;
}

/** An update that was corrected, and one that was withdrawn. */
async function sayAndMend(server) {
  const updates = `/incidents/${server.incident}/updates`;
  const wrong = await server.call("POST", updates, { markdown: "Nelson is down, too." });
  await server.call("DELETE", `${updates}/${wrong.id}`);
  const said = await server.call("POST", updates, { markdown: "A disk has dyed.", phase: "identified" });
  await server.call("PATCH", `${updates}/${said.id}`, { markdown: "A disk has died." });
}

/** Posts an incident by API; gives its slug. */
export async function breakSomething(server, title, component) {
  const { slug } = await server.call("POST", "/incidents", {
    title,
    components: { [component]: { state: "major_outage", note: "Nobody gets in." } },
    update: { markdown: "We are looking into it.", phase: "investigating" },
  });
  await server.shows("/", title);
  return slug;
}

/** Signs in as a password manager would, and lands on the desk. */
export async function signIn(page, server) {
  await page.goto("/staff/sign-in");
  await page.fill("[name=token]", server.token);
  await Promise.all([page.waitForURL("**/staff"), page.click("main button")]);
}

/** Hands that tap with a finger, and count it. */
export function finger(page) {
  const hand = {
    taps: 0,
    async press(name, role = "button") {
      hand.taps++;
      await page.getByRole(role, { name, exact: false }).first().tap();
    },
    async follow(name) {
      await hand.press(name, "link");
    },
    async choose(group, name) {
      hand.taps++;
      const field = page.getByRole("group", { name: group });
      await field.getByRole("radio", { name }).tap({ force: true });
    },
    async select(label, option) {
      hand.taps++;
      await page.getByLabel(label, { exact: true }).selectOption({ label: option });
    },
    async write(label, text) {
      await page.getByLabel(label, { exact: true }).fill(text);
    },
  };
  return hand;
}

/** Hands that only have a keyboard: whatever is to be pressed is reached with Tab first. */
export function keyboard(page) {
  const reach = async (isIt, what) => {
    for (let steps = 0; steps < 200; steps++) {
      if (await page.evaluate(isIt.look, isIt.for)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`the keyboard doesn't reach ${what}`);
  };
  const byText = (selector, text) => ({
    for: { selector, text },
    look: ({ selector, text }) => {
      const now = document.activeElement;
      return now.matches(selector) && now.textContent.includes(text);
    },
  });
  const byLabel = (text) => ({
    for: text,
    look: (text) => {
      const now = document.activeElement;
      return [...(now.labels ?? [])].some((label) => label.textContent.trim() === text);
    },
  });
  const hand = {
    taps: 0,
    async press(name) {
      hand.taps++;
      await reach(byText("button", name), name);
      await page.keyboard.press("Enter");
    },
    async follow(name) {
      hand.taps++;
      await reach(byText("a", name), name);
      await page.keyboard.press("Enter");
    },
    async choose(group, name) {
      hand.taps++;
      const checked = {
        for: group,
        look: (group) => {
          const now = document.activeElement;
          const legend = now.closest("fieldset")?.querySelector("legend")?.textContent;
          return now.type === "radio" && legend === group;
        },
      };
      await reach(checked, group);
      for (let steps = 0; steps < 12; steps++) {
        if (await page.evaluate(byLabel(name).look, name)) return;
        await page.keyboard.press("ArrowRight");
      }
      assert.fail(`the arrows don't reach ${name}`);
    },
    async select(label, option) {
      hand.taps++;
      await reach(byLabel(label), label);
      await page.keyboard.type(option);
    },
    async write(label, text) {
      await reach(byLabel(label), label);
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.type(text);
    },
  };
  return hand;
}
