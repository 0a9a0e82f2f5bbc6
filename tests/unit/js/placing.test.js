import assert from "node:assert/strict";
import test from "node:test";

import { placeCards } from "../../../annotations/static/annotations/placing.js";

const card = (desired, height) => ({ desired, height });

function overlaps(items, tops, gap) {
  const order = items.map((_, i) => i).sort((a, b) => tops[a] - tops[b]);
  return order.some((index, i) => {
    const next = order[i + 1];
    return next !== undefined && tops[index] + items[index].height + gap > tops[next];
  });
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

test("no card is pushed above the begin of the text: what finds no room stands below", () => {
  const items = [card(0, 100), card(20, 50), card(40, 30)];
  assert.deepEqual(placeCards(items, 1, 10), [80, 20, 190]);
});

test("the active card keeps its height, however many cards stand before it", () => {
  const items = [card(0, 100), card(10, 300), card(20, 300), card(200, 50), card(260, 50)];
  assert.deepEqual(placeCards(items, 3, 10), [0, 260, 570, 200, 880]);
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
      if (active >= 0) assert.equal(tops[active], items[active].desired);
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
