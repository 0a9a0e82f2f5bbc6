import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import {
  chosenRange,
  clusters,
  fromUtf16,
  roughClusters,
  snap,
  toUtf16,
} from "../../../annotations/static/annotations/offsets.js";

const cases = JSON.parse(readFileSync(new URL("../../cases/ranges.json", import.meta.url), "utf8"));

for (const each of cases.ranges) {
  test(`code points and UTF-16 units convert both ways: ${each.name}`, () => {
    assert.equal(toUtf16(each.text, each.start), each.utf16_start);
    assert.equal(toUtf16(each.text, each.end), each.utf16_end);
    assert.equal(fromUtf16(each.text, each.utf16_start), each.start);
    assert.equal(fromUtf16(each.text, each.utf16_end), each.end);
    assert.equal(each.text.slice(each.utf16_start, each.utf16_end), each.exact);
  });
}

for (const each of cases.refused) {
  test(`an offset that fits no character is refused: ${each.name}`, () => {
    assert.throws(() => fromUtf16(each.text, each.utf16), RangeError);
  });
}

for (const each of cases.snapped) {
  test(`a range is extended so that it cuts no letter: ${each.name}`, () => {
    assert.deepEqual(snap(each.text, each.start, each.end), [each.snapped_start, each.snapped_end]);
  });
}

test("an offset behind the end of the text is refused", () => {
  assert.throws(() => toUtf16("Wir", 4), RangeError);
  assert.throws(() => toUtf16("😀", 2), RangeError);
});

test("spaces at the ends of a selection do not belong to the chosen words", () => {
  assert.deepEqual(chosenRange("Die Stadt wächst", 3, 10), { start: 4, end: 9, words: "Stadt" });
});

test("a selection of nothing but space chooses nothing", () => {
  assert.equal(chosenRange("Die  Stadt", 3, 5), null);
});

test("a selection that ends inside an emoji takes the whole emoji", () => {
  assert.deepEqual(chosenRange("Wir 😀 lachen", 4, 5), { start: 4, end: 5, words: "😀" });
});

test("words after an emoji are counted in code points", () => {
  assert.deepEqual(chosenRange("😀 lachen", 3, 9), { start: 2, end: 8, words: "lachen" });
});

for (const text of ["", "Ra\u0308ume", "👩‍💻👍🏽 ok", "🇩🇪🇫🇷", "म\u093f", "é\u200d"]) {
  test(`letters are found without Intl.Segmenter, too: ${JSON.stringify(text)}`, () => {
    const parts = (found) => [...found].map(({ index, segment }) => [index, segment]);
    assert.deepEqual(parts(roughClusters(text)), parts(clusters(text)));
  });
}
