// What pages are judged by: axe, the HTML standard, the size of the screen.

import axe from "axe-core";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

/** What axe finds on a page, one line each. */
export async function violations(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, { rules: { "target-size": { enabled: true } } }),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)}: ${node.failureSummary}`),
  );
}

/** Elements that stick out of the window, but for what scrolls inside or is out of sight. */
export function sticksOut(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const found = [...document.body.querySelectorAll("*")].filter((element) => {
      if (element.closest(".unseen, .skip") || element.parentElement.closest(".scroll")) return false;
      const { left, right } = element.getBoundingClientRect();
      return right > width + 1 || left < -1;
    });
    return found.map((element) => element.outerHTML.slice(0, 120));
  });
}

/** What a thumb would miss, or a phone would zoom in on. */
export function tooSmall(page) {
  return page.evaluate(() => {
    const targets = "main button, main .button, main select, main textarea, main summary, nav a, nav button, .pills span, main input:not([type=hidden], .unseen, [type=radio])";
    const found = [];
    for (const one of document.querySelectorAll(targets)) {
      const box = (one.closest(".switch") ?? one).getBoundingClientRect();
      if (box.height === 0) continue;
      if (box.height < 44) found.push(`${box.height} high: ${one.outerHTML.slice(0, 100)}`);
      const size = parseFloat(getComputedStyle(one).fontSize);
      const isTyped = one.matches("select, textarea, input:not([type=checkbox])");
      if (isTyped && size < 16) found.push(`${size} px: ${one.outerHTML.slice(0, 100)}`);
    }
    return found;
  });
}

/** Judges a document by the HTML standard. */
export const validator = new HtmlValidate(
  new StaticConfigLoader({
    root: true,
    extends: ["html-validate:recommended", "html-validate:document"],
    rules: {
      // A list may have a name; screen readers say it.
      "aria-label-misuse": ["error", { allowAnyNamable: true }],
      // Matters of style, or of search engines: titles are as long as what staff write.
      "attribute-boolean-style": "off",
      // Check boxes of one question share its name.
      "form-dup-name": ["error", { shared: ["radio", "button", "reset", "submit", "checkbox"] }],
      "long-title": "off",
      "no-trailing-whitespace": "off",
      // What comes from this very server needs no checksum.
      "require-sri": ["error", { target: "crossorigin" }],
    },
  }),
);
