import assert from "node:assert/strict";
import test from "node:test";

import { difference } from "../../../annotations/static/annotations/wording.js";

const side = (runs, left) =>
  runs
    .filter(([operation]) => operation !== left)
    .map(([, text]) => text)
    .join("");

test("words in common at both ends stay", () => {
  assert.deepEqual(difference("die kluge Stadt", "die gerechte Stadt"), [
    ["equal", "die "],
    ["delete", "kluge"],
    ["insert", "gerechte"],
    ["equal", " Stadt"],
  ]);
});

test("no word is cut", () => {
  assert.deepEqual(difference("Stadt", "Städte"), [
    ["delete", "Stadt"],
    ["insert", "Städte"],
  ]);
});

for (const [before, after] of [
  ["", ""],
  ["", "neu"],
  ["alt", ""],
  ["ja ja", "ja"],
  ["😀 Wir lachen.", "😀 Wir weinen."],
  ["a b a b", "a b"],
]) {
  test(`both wordings come back exactly: ${JSON.stringify([before, after])}`, () => {
    const runs = difference(before, after);
    assert.equal(side(runs, "insert"), before);
    assert.equal(side(runs, "delete"), after);
  });
}
