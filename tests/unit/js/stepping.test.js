import assert from "node:assert/strict";
import { test } from "node:test";

import {
  currentIndex,
  nextMark,
  nextTarget,
} from "../../../versioning/static/versioning/stepping.js";

function row(links = {}) {
  return {
    querySelector: (name) => (links[name] ? { getAttribute: () => links[name] } : null),
  };
}

test("the change in sight is the last one that begins above the line", () => {
  assert.equal(currentIndex([-300, 40, 700], 96), 1);
  assert.equal(currentIndex([96, 97], 96), 0);
});

test("before the first change none is in sight", () => {
  assert.equal(currentIndex([200, 400], 96), -1);
  assert.equal(currentIndex([], 96), -1);
});

test("after the last line the last change stays in sight", () => {
  assert.equal(currentIndex([-900, -400, -10], 96), 2);
});

test("one step leads to the neighbour", () => {
  const rows = [row(), row(), row()];
  assert.equal(nextTarget(rows, 1, 1).row, rows[2]);
  assert.equal(nextTarget(rows, 1, -1).row, rows[0]);
});

test("from before the first change the way leads to it, and nowhere back", () => {
  const rows = [row(), row()];
  assert.equal(nextTarget(rows, -1, 1).row, rows[0]);
  assert.deepEqual(nextTarget(rows, -1, -1), { row: null, link: null });
});

test("behind the last change of a page its own link leads to the next page", () => {
  const rows = [row({ "[data-syn-next]": "?page=2#c-2" })];
  assert.equal(nextTarget(rows, 0, 1).link.getAttribute("href"), "?page=2#c-2");
});

test("a link within the page is no way to another page", () => {
  const rows = [row({ "[data-syn-next]": "#c-2" })];
  assert.equal(nextTarget(rows, 0, 1).link, null);
});

test("before the first change of a page the way back leads to the page before", () => {
  const rows = [row({ "[data-syn-previous]": "?page=1#c-1" }), row()];
  assert.equal(nextTarget(rows, -1, -1).link.getAttribute("href"), "?page=1#c-1");
});

test("a mark below the screen is the next one, a mark above it the one before", () => {
  const boxes = [-500, -90, 100, 900, 1500].map((top) => ({ top, bottom: top + 20 }));
  const sight = { top: 60, bottom: 800 };
  assert.equal(nextMark(boxes, sight, 1), 3);
  assert.equal(nextMark(boxes, sight, -1), 1);
});

test("a row whose marks are all in sight has no next one", () => {
  assert.equal(nextMark([{ top: 100, bottom: 120 }], { top: 60, bottom: 800 }, 1), -1);
  assert.equal(nextMark([], { top: 60, bottom: 800 }, -1), -1);
});
