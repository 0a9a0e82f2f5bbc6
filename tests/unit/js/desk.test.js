import assert from "node:assert/strict";
import { test } from "node:test";

import { nextPlace } from "../../../annotations/static/annotations/desk.js";

test("keys go from row to row and stay within the list", () => {
  assert.equal(nextPlace(0, 1, 3), 1);
  assert.equal(nextPlace(2, 1, 3), 2);
  assert.equal(nextPlace(1, -1, 3), 0);
  assert.equal(nextPlace(0, -1, 3), 0);
});

test("from outside of the rows the first one comes next", () => {
  assert.equal(nextPlace(-1, 1, 3), 0);
  assert.equal(nextPlace(-1, -1, 3), 0);
});
