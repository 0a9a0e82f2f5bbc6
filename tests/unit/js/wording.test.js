import assert from "node:assert/strict";
import test from "node:test";

import { difference, filled } from "../../../annotations/static/annotations/wording.js";

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

test("two changes in a sentence leave the words between them", () => {
  assert.deepEqual(difference("Der Bus fährt jede Stunde.", "Die Bahn fährt jede Minute."), [
    ["delete", "Der Bus"],
    ["insert", "Die Bahn"],
    ["equal", " fährt jede "],
    ["delete", "Stunde"],
    ["insert", "Minute"],
    ["equal", "."],
  ]);
});

test("too long wordings are replaced as a whole", () => {
  const words = (word) => Array.from({ length: 600 }, (_, i) => `${word}${i} und`).join(" ");
  const runs = difference(`${words("a")} a`, `${words("b")} b`);
  assert.ok(runs.length <= 4);
  assert.equal(side(runs, "insert"), `${words("a")} a`);
});

test("gaps of a sentence are filled, unknown ones stay", () => {
  assert.equal(filled("Gewählt: %(words)s", { words: "$& Stadt" }), "Gewählt: $& Stadt");
  assert.equal(filled("%(toString)s %(a)s", {}), "%(toString)s %(a)s");
});

for (const [before, after] of [
  ["", ""],
  ["", "neu"],
  ["alt", ""],
  ["ja ja", "ja"],
  ["😀 Wir lachen.", "😀 Wir weinen."],
  ["a b a b", "a b"],
  ["eins zwei drei", "drei zwei eins"],
  ["a  b", " a b "],
]) {
  test(`both wordings come back exactly: ${JSON.stringify([before, after])}`, () => {
    const runs = difference(before, after);
    assert.equal(side(runs, "insert"), before);
    assert.equal(side(runs, "delete"), after);
  });
}
