// Every page is valid HTML.

import assert from "node:assert/strict";
import { test } from "node:test";

import { validator } from "./support/judges.mjs";
import { shared } from "./support/shared.mjs";
import { calmWorld, emptyWorld, stormyWorld } from "./support/worlds.mjs";

const all = shared({ empty: emptyWorld, calm: calmWorld, stormy: stormyWorld });

for (const world of ["empty", "calm", "stormy"]) {
  test(`every page of the ${world} world is valid HTML`, async () => {
    const wrong = [];
    for (const path of [...(await all[world].pages()), "/nowhere"]) {
      const html = await (await fetch(all[world].url + path)).text();
      const { results } = await validator.validateString(html, path);
      const messages = results.flatMap((one) => one.messages);
      for (const { ruleId, message, line, column } of messages) {
        wrong.push(`${path}:${line}:${column}: ${ruleId}: ${message}`);
      }
    }
    assert.deepEqual(wrong, []);
  });
}
