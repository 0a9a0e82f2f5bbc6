import assert from "node:assert/strict";
import test from "node:test";

import { placeCards } from "../../../annotations/static/annotations/placing.js";

const card = (desired, height) => ({ desired, height });

function overlaps(items, tops, gap) {
  return items.some((item, i) => i + 1 < items.length && tops[i] + item.height + gap > tops[i + 1]);
}

test("cards that are far apart stand at the height of their passages", () => {
  assert.deepEqual(placeCards([card(0, 50), card(200, 50)], -1, 10), [0, 200]);
});

test("a card pushes the next one down", () => {
  assert.deepEqual(placeCards([card(0, 100), card(20, 50)], -1, 10), [0, 110]);
});

test("the active card stands at its exact height and pushes those above it up", () => {
  const items = [card(100, 100), card(120, 50), card(130, 50)];
  assert.deepEqual(placeCards(items, 1, 10), [10, 120, 180]);
});

test("no card is pushed above the begin of the text", () => {
  const items = [card(0, 100), card(20, 50)];
  assert.deepEqual(placeCards(items, 1, 10), [0, 110]);
});

test("cards never overlap, whichever is active", () => {
  let seed = 7;
  const random = (most) => {
    seed = (seed * 48271) % 2147483647;
    return seed % most;
  };
  for (let round = 0; round < 300; round += 1) {
    let desired = 0;
    const items = Array.from({ length: 1 + random(12) }, () => {
      desired += random(120);
      return card(desired, 20 + random(200));
    });
    for (let active = -1; active < items.length; active += 1) {
      const tops = placeCards(items, active, 12);
      assert.ok(!overlaps(items, tops, 12), JSON.stringify({ items, active, tops }));
      assert.ok(
        tops.every((top) => top >= 0),
        JSON.stringify({ items, active, tops }),
      );
    }
  }
});

test("no cards need no place", () => {
  assert.deepEqual(placeCards([]), []);
});
