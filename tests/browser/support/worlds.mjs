// Three worlds: one with nothing in it, a calm one, a stormy one. Their dates count from now, so
// that the days on the pages are full.

import { HOSTILE_POST, WIDE_POST } from "./posts.mjs";
import { startServer } from "./server.mjs";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const ago = (length) => new Date(Date.now() - length).toISOString().slice(0, 16);
/** An instant as the API and front matter take it. */
const instant = (length) => `${ago(length)}:00Z`;
/** An instant as people write it above an entry. */
const written = (length) => `${ago(length).replace("T", " ")} UTC`;
const day = (length) => ago(length).slice(0, 10);

const SITE = `
name = "Prairie Lantern Status"
base_url = "https://status.example.com"
time_zone = "America/Denver"
support = { text = "our 24/7 support department", url = "https://www.example.com/support" }
`;

/** Mail can be sent, but nobody takes it. */
export const MAIL = { text: '\n[delivery]\nfrom = "status@example.com"\n', flags: ["--smtp", "smtp://127.0.0.1:9"] };

/** No components, no posts: the first minute of a new site. */
export function emptyWorld() {
  return startServer({ files: { "site.toml": SITE } });
}

const component = (slug, name, group, description, since = "2009-05-01") => `
[[components]]
slug = "${slug}"
name = "${name}"
group = "${group}"
description = "${description}"
since = ${since}
`;

/** Everything works, some things happened, one is planned. All of it comes from files. */
export function calmWorld() {
  const components = [
    component("selma", "Selma", "Servers", "Shared hosting and mail"),
    component("nelson", "Nelson", "Servers", "Shared hosting and mail"),
    component("ruby", "Ruby", "Servers", "Our newest server", day(30 * DAY)),
    component("mail", "Mail delivery", "Shared services", "Messages to and from other providers"),
    component("panel", "Control panel", "Shared services", "cPanel and webmail"),
  ];
  const files = { "site.toml": SITE + components.join("") };
  files["incidents/nelson-memory.md"] = `---
title: Nelson ran out of memory
author: Tyler Jacobson
date: ${instant(20 * DAY)}
components:
  nelson: { state: major_outage, note: Not answering }
---

Nelson stopped answering. We are restarting him.

## UPDATE ${written(20 * DAY - 11 * MINUTE)}: monitoring

He is back, and we read his logs.

- Nelson: degraded – Back, and watched closely.

## UPDATE ${written(19 * DAY)}: resolved

One customer’s backup took all memory. It has a limit now.

## What we learned

A machine needs a limit for everything that runs on it.
`;
  files["incidents/mail-was-slow.md"] = `---
title: Mail was slow to arrive
date: ${instant(48 * DAY)}
components: { mail: partial_outage }
---

Messages from two providers arrive hours late.

## UPDATE ${written(48 * DAY - 200 * MINUTE)}: resolved

The queue is empty.
`;
  files["incidents/ruby-is-open.md"] = `---
title: Ruby is open
kind: notice
date: ${instant(30 * DAY)}
components: [ruby]
---

Our newest server takes accounts.
`;
  files["incidents/new-disks.md"] = `---
title: New disks for Selma
author: Dana Whitfield
kind: maintenance
date: ${instant(2 * DAY)}
starts: ${instant(-3 * DAY)}
ends: ${instant(-3 * DAY - 120 * MINUTE)}
components: { selma: maintenance }
summary: Sites stay reachable; expect two short interruptions of about a minute.
---

We give Selma new disks.
`;
  return startServer({ files });
}

const GROUPS = [
  ["Servers", ["Selma", "Nelson", "Clark", "Ruby", "Emmett", "Harriet", "Ida", "Otis"]],
  ["Shared services", ["Mail delivery", "Webmail", "Shared SSL certificates", "Control panel"]],
  ["Network", ["Denver", "Salt Lake City", "Name servers", "Backups"]],
];
const LONG_NAME = "The old billing interface, kept for customers from before the merger of 2009";
const LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenverwaltung";

const slugOf = (name) => name.toLowerCase().replaceAll(" ", "-");

/**
 * Twenty components, five open incidents, one that is planned, one retired component, long names,
 * a post that is wider than a phone and one that means harm. All of it comes by the API.
 */
export async function stormyWorld() {
  const server = await startServer({ files: { "site.toml": SITE + MAIL.text }, flags: MAIL.flags });
  await describeComponents(server);
  await tellThePast(server);
  const slugs = await tellTheStorm(server);
  await server.call("POST", "/components/backups/state", {
    state: "operational",
    note: "The last of the seeds.",
  });
  await server.shows("/", "The last of the seeds.");
  const month = (await server.pages()).find((path) => path.startsWith("/history/"));
  return Object.assign(server, slugs, { month });
}

async function describeComponents(server) {
  const put = (slug, name, group, description) =>
    server.call("PUT", `/components/${slug}`, { name, group, description, since: "2012-03-01" });
  for (const [group, names] of GROUPS) {
    for (const name of names) await put(slugOf(name), name, group, "What customers see of it");
  }
  await put("billing", LONG_NAME, "Other things", null);
  await put("verwaltung", LONG_WORD, "Other things", LONG_WORD);
  await put("arabic", "خدمة البريد", "Other things", "بريد");
  await put("plain", "x", "Other things", null);
  await put("gone", "Old panel", "Other things", "Replaced");
  await server.call("DELETE", "/components/gone");
}

async function tellThePast(server) {
  const past = [
    ["Denver", "major_outage", 70, 190, "The network in Denver was interrupted"],
    ["Nelson", "degraded", 41, 600, "Slow databases on Nelson"],
    ["Mail delivery", "partial_outage", 33, 2000, "Mail came late"],
    ["Webmail", "major_outage", 12, 40, "Webmail did not load"],
  ];
  for (const [name, state, days, minutes, title] of past) {
    await server.call("POST", "/incidents", {
      title,
      markdown: `We saw it and are at it.\n\n## UPDATE ${written(days * DAY - minutes * MINUTE)}: resolved\n\nIt works again, and we know why.`,
      published_at: instant(days * DAY),
      components: { [slugOf(name)]: state },
      author: "Tyler Jacobson",
    });
  }
}

async function tellTheStorm(server) {
  const post = async (body) => (await server.call("POST", "/incidents", body)).slug ?? fail(body);
  const update = (slug, body) => server.call("POST", `/incidents/${slug}/updates`, body);
  const fail = (body) => {
    throw new Error(`no slug for ${body.title}`);
  };

  const main = await post({
    title: "Selma, Nelson, blacklists and shared SSL certificates",
    markdown: `It has been quite a week. ${LONG_WORD}.\n\n### Don’t you have a backup?\n\nYes, from Saturday night.`,
    published_at: instant(2 * DAY),
    phase: "investigating",
    components: {
      selma: { state: "major_outage", note: "No access while the accounts are copied." },
      nelson: "degraded",
    },
    author: "Tyler Jacobson",
  });
  await update(main, {
    markdown: "Certificates are being looked at.",
    phase: "identified",
    components: { "shared-ssl-certificates": "partial_outage" },
    at: instant(DAY),
  });
  const second = await update(main, {
    markdown: "Some mail comes back.\n\n- from two providers\n- not from others",
    components: {
      "mail-delivery": { state: "degraded", note: "Two blacklists still list our addresses." },
    },
  });
  await update(main, {
    markdown:
      "Our techs were able to get incoming and outgoing mail up during this migration. See [the control panel](/components/control-panel).",
    phase: "monitoring",
    components: {
      selma: { state: "migrating", note: "Mail is up. Files are being copied to new hardware." },
    },
  });
  const wrong = second.id ?? second.updates.at(-1).id;
  await server.call("PATCH", `/incidents/${main}/updates/${wrong}`, {
    markdown: "Some messages to two large providers come back.",
  });

  await post({
    title: `A long headline that says everything at once, ${LONG_WORD} included, as headlines written at three in the morning do`,
    markdown: "We are looking into it.",
    components: { billing: "major_outage", verwaltung: "partial_outage" },
  });
  const wide = await post({
    title: "The line to Salt Lake City is cut",
    markdown: WIDE_POST,
    components: { "salt-lake-city": "major_outage" },
    update: { markdown: WIDE_POST, phase: "identified" },
  });
  const hostile = await post({
    title: "<script>alert(1)</script> & <b>bold</b>",
    markdown: HOSTILE_POST,
    components: { arabic: { state: "degraded", note: "<img src=x onerror=alert(2)>" } },
    author: "<i>Eve</i>",
  });
  await update(hostile, { markdown: HOSTILE_POST, phase: "identified" });
  const work = await post({
    title: "New disks for Clark",
    kind: "maintenance",
    markdown: "Clark restarts twice.",
    phase: "in_progress",
    starts: instant(60 * MINUTE),
    ends: instant(-60 * MINUTE),
    components: { clark: "maintenance" },
  });
  await update(work, {
    markdown: "We have begun.",
    phase: "in_progress",
    components: { clark: "maintenance" },
  });
  await post({
    title: "New name servers",
    kind: "maintenance",
    markdown: "Nothing should be felt of it.",
    starts: instant(-5 * DAY),
    ends: instant(-6 * DAY),
    components: { "name-servers": null },
  });
  return { main, wide, hostile };
}

/** A page of each kind in the stormy world, and one that isn't there. */
export function kindsOfPages(stormy) {
  return [
    "/",
    `/incidents/${stormy.main}`,
    `/incidents/${stormy.wide}`,
    `/incidents/${stormy.hostile}`,
    "/components/selma",
    "/components/verwaltung",
    "/components/gone",
    "/history",
    stormy.month,
    "/subscribe",
    `/subscribe/incident/${stormy.main}`,
    "/nowhere/at/all",
  ];
}
