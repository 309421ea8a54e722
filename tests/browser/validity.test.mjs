// Every page is valid HTML.

import assert from "node:assert/strict";
import { test } from "node:test";

import { HtmlValidate, StaticConfigLoader } from "html-validate";

import { shared } from "./support/test_world.mjs";
import { calmWorld, emptyWorld, stormyWorld } from "./support/worlds.mjs";

const all = shared({ empty: emptyWorld, calm: calmWorld, stormy: stormyWorld });

const validator = new HtmlValidate(
  new StaticConfigLoader({
    root: true,
    extends: ["html-validate:recommended", "html-validate:document"],
    rules: {
    },
  }),
);

for (const world of ["empty", "calm", "stormy"]) {
  test(`every page of the ${world} world is valid HTML`, async () => {
    for (const path of [...(await all[world].pages()), "/nowhere"]) {
      const html = await (await fetch(all[world].url + path)).text();
      const { results } = await validator.validateString(html, path);
      const said = results.flatMap(({ messages }) =>
        messages.map(({ ruleId, message, line, column }) => `${line}:${column} ${ruleId}: ${message}`),
      );
      assert.deepEqual(said, [], path);
    }
  });
}
