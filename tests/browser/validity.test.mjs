// Every page is valid HTML.

import assert from "node:assert/strict";
import { test } from "node:test";

import { HtmlValidate, StaticConfigLoader } from "html-validate";

import { shared } from "./support/shared.mjs";
import { calmWorld, emptyWorld, stormyWorld } from "./support/worlds.mjs";

const all = shared({ empty: emptyWorld, calm: calmWorld, stormy: stormyWorld });

const validator = new HtmlValidate(
  new StaticConfigLoader({
    root: true,
    extends: ["html-validate:recommended", "html-validate:document"],
    rules: {
      // A list may have a name; screen readers say it.
      "aria-label-misuse": ["error", { allowAnyNamable: true }],
      // Matters of style, or of search engines: titles are as long as what staff write.
      "attribute-boolean-style": "off",
      "long-title": "off",
      "no-trailing-whitespace": "off",
      // What comes from this very server needs no checksum.
      "require-sri": ["error", { target: "crossorigin" }],
    },
  }),
);

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
