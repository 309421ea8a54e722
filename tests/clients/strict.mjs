// A client that accepts exactly the fields and types in shapes.json, and nothing else.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const table = JSON.parse(await readFile(new URL("shapes.json", import.meta.url), "utf8"));

const isText = (value) => typeof value === "string";
const matches = (form) => (value) => isText(value) && form.test(value);
const isTime = matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$/);
const isDate = matches(/^\d{4}-\d\d-\d\d$/);

const plain = {
  id: matches(/^[a-z0-9]{12}$/),
  text: isText,
  url: (value) => isText(value) && URL.canParse(value),
  time: (value) => isTime(value) && !Number.isNaN(Date.parse(value)),
  date: (value) => isDate(value) && !Number.isNaN(Date.parse(value)),
  position: (value) => Number.isInteger(value) && value > 0,
  bool: (value) => typeof value === "boolean",
  null: (value) => value === null,
};

function fieldsOf(name) {
  const { like, ...shape } = table.shapes[name];
  return like ? { ...fieldsOf(like), ...shape } : shape;
}

function check(value, kind, place) {
  if (Array.isArray(kind)) {
    assert.ok(Array.isArray(value), `${place} is no list: ${JSON.stringify(value)}`);
    value.forEach((item, index) => check(item, kind[0], `${place}[${index}]`));
  } else if (kind in table.shapes) {
    const fields = fieldsOf(kind === "component" && value.group ? "group" : kind);
    assert.deepEqual(Object.keys(value).sort(), Object.keys(fields).sort(), place);
    for (const [name, inner] of Object.entries(fields)) check(value[name], inner, `${place}.${name}`);
  } else if (kind in table.words) {
    assert.ok(table.words[kind].includes(value), `${place} is ${value}`);
  } else {
    assert.ok(kind.split(" or ").some((each) => plain[each](value)), `${place} is ${value}`);
  }
}

const [host] = process.argv.slice(2);
for (const [name, parts] of Object.entries(table.documents)) {
  const response = await fetch(`${host}/api/v2/${name}.json`);
  assert.equal(response.headers.get("content-type"), "application/json");
  const document = await response.json();
  assert.deepEqual(Object.keys(document).sort(), ["page", ...parts].sort(), name);
  for (const part of Object.keys(document)) {
    check(document[part], table.parts[part], `${name}.${part}`);
  }
  const counts = parts.filter((part) => part !== "status").map((part) => `${document[part].length} ${part}`);
  console.log(`${name}: ${counts.join(", ") || document.status.indicator}`);
}
