// Clients that were written for Statuspage, with our host instead: what each of them makes of a site
// with an open incident, a planned maintenance and a notice.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { startBrowser } from "../browser/support/browser.mjs";
import { startServer } from "../browser/support/server.mjs";

const SITE = `
name = "Prairie Lantern Status"
base_url = "https://status.example.com"
time_zone = "America/Denver"

[[components]]
slug = "selma"
name = "Selma"
group = "Servers"

[[components]]
slug = "nelson"
name = "Nelson"
group = "Servers"
description = "Shared hosting"

[[components]]
slug = "mail"
name = "Mail delivery"
since = 2009-05-01

[[states]]
key = "rescue_mode"
label = "Rescue mode"
reads = "is in rescue mode"
tone = "warn"
statuspage = "major_outage"
`;

const POST = `---
title: Mail was slow
date: 2013-02-26 09:00 UTC
components: [mail]
---

Here is what happened.

UPDATE (2013-02-25 10:00 UTC, monitoring): It is faster.

UPDATE (2013-02-25 12:00 UTC, resolved): It is quick.
`;

const year = new Date().getUTCFullYear() + 1;
let server;

before(async () => {
  const files = { "site.toml": SITE, "incidents/2013-02-26-mail-was-slow.md": POST };
  server = await startServer({ files });
  await server.call("POST", "/incidents", {
    title: "Selma is down",
    markdown: "It stopped *answering*. <!-- ask Dana -->",
    components: { selma: "rescue_mode" },
    update: { markdown: "A disk died.", phase: "identified" },
  });
  await server.call("POST", "/incidents", {
    title: "New disks for Nelson",
    kind: "maintenance",
    markdown: "It restarts twice.",
    starts: `${year}-03-02T05:00:00Z`,
    ends: `${year}-03-02T07:00:00Z`,
    components: { nelson: "maintenance" },
  });
  await server.call("POST", "/incidents", { title: "We are hiring", kind: "notice", markdown: "Come." });
  await server.call("POST", "/incidents", { title: "Zanzibar", markdown: "Not yet.", draft: true });
  await server.shows("/", "We are hiring");
});
after(() => server?.stop());

/** Runs a client with our host as its argument; gives what it printed. */
async function run(program, args, options = {}) {
  const ran = await promisify(execFile)(program, [...args, server.url], options);
  console.log(ran.stdout.trimEnd());
  assert.ok(!/hiring|Zanzibar/.test(ran.stdout), "only what is public, and no notice");
  return ran.stdout;
}

function holds(printed, lines) {
  for (const line of lines) assert.ok(printed.includes(line), `${line} isn't in\n${printed}`);
}

const COUNTS = [
  "summary: 4 components, 1 incidents, 1 scheduled_maintenances",
  "status: critical",
  "components: 4 components",
  "incidents: 2 incidents",
  "incidents/unresolved: 1 incidents",
  "scheduled-maintenances: 1 scheduled_maintenances",
  "scheduled-maintenances/upcoming: 1 scheduled_maintenances",
  "scheduled-maintenances/active: 0 scheduled_maintenances",
];

test("a strict client in Python finds every field, with its type", async () => {
  holds(await run(process.env.CLIENTS_PYTHON, ["strict.py"]), COUNTS);
});

test("a strict client in JavaScript finds every field, with its type", async () => {
  holds(await run(process.execPath, ["strict.mjs"]), COUNTS);
});

test("statuscheck (Python) reads the summary", async () => {
  const printed = await run(process.env.CLIENTS_PYTHON, ["statuscheck_client.py"]);
  holds(printed, [
    "Current Lightship status: Critical incident",
    "- [identified] Selma is down",
    "    - Selma [Major outage]",
    "- [scheduled] New disks for Nelson",
    "    - Nelson [Operational]",
  ]);
});

test("statuspage-prometheus-exporter (Python) makes metrics of it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lightship-exporter-"));
  try {
    const services = {
      lightship: { name: "lightship", type: "status_page", url: `${server.url}/api/v2/summary.json` },
    };
    await writeFile(join(folder, "services.json"), JSON.stringify(services));
    const env = { ...process.env, RUN_MODE: "once", METRICS_TEXTFILE_PATH: join(folder, "out.prom") };
    const module = "from statuspage_prometheus_exporter.status_monitoring import main; main()";
    await promisify(execFile)(process.env.CLIENTS_PYTHON, ["-c", module], { cwd: folder, env });
    const metrics = await readFile(join(folder, "out.prom"), "utf8");
    const own = metrics.split("\n").filter((line) => line.startsWith("statuspage_"));
    console.log(own.filter((line) => !line.includes("timestamp")).join("\n"));
    holds(metrics, [
      'statuspage_service_status{service_name="lightship"} 0.0',
      'statuspage_component_status{component_name="Selma",service_name="lightship"} 0.0',
      'statuspage_component_status{component_name="Mail delivery",service_name="lightship"} 1.0',
      'statuspage_probe_check{service_name="lightship"} 1.0',
    ]);
    assert.match(metrics, /statuspage_incident_info\{[^}]*incident_name="Selma is down"/);
    assert.match(metrics, /statuspage_maintenance_info\{[^}]*maintenance_name="New disks for Nelson"/);
    assert.ok(!/hiring|Zanzibar/.test(metrics));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("modelsdev (Rust) reads components, groups, incidents and maintenances", async () => {
  const printed = await run(process.env.CLIENTS_RUST, []);
  holds(printed, [
    "Prairie Lantern Status is Outage",
    "component Selma (Servers): major_outage",
    "component Nelson (Servers): operational",
    "component Mail delivery (no group): operational",
    "incident Selma is down [identified] Selma: A disk died.",
    `maintenance New disks for Nelson [scheduled] ${year}-03-01T22:00:00.000-07:00`,
  ]);
});

test("Atlassian's own widget shows it on another site", async () => {
  const script = "node_modules/@statuspage/status-widget/dist/index.js";
  const widget = await readFile(new URL(script, import.meta.url), "utf8");
  const html = `<!doctype html><title>A shop</title><statuspage-widget src="${server.url}"></statuspage-widget>
    <script src="/widget.js"></script>`;
  const shop = createServer((request, response) => {
    const isScript = request.url === "/widget.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? widget : html);
  });
  await new Promise((done) => shop.listen(0, "127.0.0.1", done));
  const browser = await startBrowser();
  try {
    const page = await (await browser.newContext()).newPage();
    const trouble = [];
    page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
    page.on("pageerror", (error) => trouble.push(error.message));
    const read = page.waitForResponse(`${server.url}/api/v2/summary.json`);
    await page.goto(`http://127.0.0.1:${shop.address().port}/`);
    assert.equal((await read).status(), 200);
    const shown = page.locator("statuspage-widget");
    const text = shown.getByText("Major Service Outage");
    await text.waitFor({ timeout: 20_000 });
    console.log(`the widget shows: ${await text.innerText()}`);
    // The first is an error in the widget itself, wherever it runs.
    const others = trouble.filter((text) => !/parcelRequire|favicon/.test(text));
    assert.deepEqual(others, []);
  } finally {
    await browser.close();
    shop.close();
  }
});
