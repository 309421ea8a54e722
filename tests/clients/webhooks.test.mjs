// Webhooks, received and checked with the `standardwebhooks` packages of npm and PyPI.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";

import { Webhook } from "standardwebhooks";

import { startServer } from "../browser/support/server.mjs";

const SITE = `
name = "Prairie Lantern Status"
base_url = "https://status.example.com"
time_zone = "America/Denver"

[delivery]
delay = "0s"
`;

/** A receiver that keeps what comes. */
async function receive() {
  const received = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, received, url: `http://127.0.0.1:${server.address().port}/hook` };
}

async function until(holds) {
  for (let round = 0; round < 200 && !holds(); round++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(holds(), "it took too long");
}

/** What the package for Python makes of each message. */
function checkedInPython(messages) {
  const lines = messages.map((message) => JSON.stringify(message)).join("\n");
  const script = new URL("webhooks.py", import.meta.url).pathname;
  const output = execFileSync(process.env.CLIENTS_PYTHON, [script], { input: lines });
  return output.toString().trim().split("\n");
}

test("both packages take what is signed, and nothing else", async (t) => {
  const { server, received, url } = await receive();
  const files = { "site.toml": SITE };
  const flags = ["--webhooks-to-private-networks"];
  const lightship = await startServer({ files, flags });
  t.after(() => {
    server.close();
    lightship.stop();
  });
  const made = await lightship.call("POST", "/channels", { kind: "webhook", name: "Pager", url });
  await lightship.call("POST", "/incidents", { title: "Selma is down", markdown: "We look." });
  await until(() => received.length === 1);
  const rotated = await lightship.call("POST", `/channels/${made.id}/secret`, {});
  await lightship.call("POST", `/channels/${made.id}/test`, {});
  await until(() => received.length === 2);

  const secrets = [made.secret, rotated.secret];
  const [posted, tried] = received;
  const types = [[posted, 0], [tried, 0], [tried, 1]].map(
    ([message, which]) => new Webhook(secrets[which]).verify(message.body, message.headers).type,
  );
  assert.deepEqual(types, ["incident.posted", "test", "test"]);
  assert.throws(() => new Webhook(secrets[1]).verify(posted.body, posted.headers));
  assert.throws(() => new Webhook(secrets[0]).verify(`${posted.body} `, posted.headers));

  const asked = [
    { secret: secrets[0], ...posted },
    { secret: secrets[0], ...tried },
    { secret: secrets[1], ...tried },
    { secret: secrets[1], ...posted },
    { secret: secrets[0], headers: posted.headers, body: `${posted.body} ` },
  ];
  const wanted = ["incident.posted", "test", "test", "refused", "refused"];
  assert.deepEqual(checkedInPython(asked), wanted);
});
