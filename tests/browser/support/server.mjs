// Starts the real binary on a database and a content folder of its own, and speaks its API.

import { execFile, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const BINARY = resolve(ROOT, process.env.LIGHTSHIP_BINARY ?? "target/debug/lightship");
const START_MS = 30_000;

/** Every server that still runs and its folder, so that none outlives this process. */
const running = new Map();
process.on("exit", () => {
  for (const [child, folder] of running) {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

/**
 * Starts a server. `files` are the texts of its content folder by their path; what isn't there
 * stays empty. `content` is a folder to use instead, and `flags` are further flags.
 */
export async function startServer({ files = {}, content, flags = [] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "lightship-browser-"));
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, "content", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const file = join(folder, "lightship.db");
  const database = `sqlite:${file}`;
  const source = ["--database", database, "--content", content ?? join(folder, "content")];
  const child = spawn(
    BINARY,
    ["serve", "--listen", "127.0.0.1:0", "--log-format", "json", ...source, ...flags],
    { stdio: ["ignore", "ignore", "pipe"], env: surroundings() },
  );
  running.set(child, folder);
  const ended = new Promise((done) => child.once("close", done)).then(() => running.delete(child));
  const log = [];
  const address = await addressOf(child, log).catch(async (error) => {
    child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const made = await promisify(execFile)(
    BINARY,
    ["token", "create", "browser tests", "--scope", "admin", "--display-name", "Dana"],
    { env: { ...surroundings(), LIGHTSHIP_DATABASE: database } },
  );
  return new Server(`http://${address}`, made.stdout.trim(), { log, file }, async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
}

/** What the binary sees of this process's variables: none of its own settings. */
function surroundings() {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("LIGHTSHIP_"));
  return Object.fromEntries(kept);
}

/** The address that the server says it serves on. */
function addressOf(child, log) {
  return new Promise((found, failed) => {
    const late = setTimeout(() => failed(new Error(`no address:\n${log.join("\n")}`)), START_MS);
    const fail = (why) => {
      clearTimeout(late);
      failed(new Error(`${BINARY} ${why}\n${log.join("\n")}`));
    };
    child.once("error", (error) => fail(`can't be started: ${error.message}`));
    child.once("close", (code) => fail(`ended with ${code}`));
    createInterface({ input: child.stderr }).on("line", (line) => {
      log.push(line);
      const address = line.startsWith("{") && JSON.parse(line).fields?.address;
      if (address) {
        clearTimeout(late);
        found(address);
      }
    });
  });
}

class Server {
  constructor(url, token, { log, file }, stop) {
    Object.assign(this, { url, token, log, file, stop });
  }

  /** Calls the admin API; what isn't a success is an error with the answer in it. */
  async call(method, path, body) {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}\n${text}`);
    return text && JSON.parse(text);
  }

  /** Every page, as its sitemap lists them. */
  async pages() {
    const sitemap = await (await fetch(`${this.url}/sitemap.xml`)).text();
    const found = [...sitemap.matchAll(/<loc>https?:\/\/[^/<]+([^<]*)<\/loc>/g)];
    return found.map(([, path]) => path || "/");
  }

  /** Waits until the page at `path` holds `text`: what is written is served a moment later. */
  async shows(path, text) {
    const until = Date.now() + START_MS;
    for (;;) {
      const answer = await fetch(this.url + path);
      const page = await answer.text();
      if (page.includes(text)) return;
      if (Date.now() > until) throw new Error(`${path} doesn't show ${text}:\n${page}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}
