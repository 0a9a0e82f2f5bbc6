import assert from "node:assert/strict";
import { test } from "node:test";

import { corrected, takenBack } from "../../../versioning/static/versioning/changes_panel.js";

const said = (old, key, same = true) => ({ version: 1, old, new: key, same });

test("a choice is added to what was said about other paragraphs", () => {
  assert.deepEqual(corrected([said("a", "x")], "y", [said("b", "y")]), [
    said("a", "x"),
    said("b", "y"),
  ]);
});

test("a choice replaces what was said about its paragraph", () => {
  const before = [said("a", "x"), said("", "y", false)];
  assert.deepEqual(corrected(before, "x", [said("b", "x")]), [
    said("", "y", false),
    said("b", "x"),
  ]);
});

test("leaving it to the comparison takes back all that was said about a paragraph", () => {
  assert.deepEqual(corrected([said("a", "x"), said("b", "x")], "x", []), []);
});

test("a choice about a removed paragraph replaces what was said about both ends", () => {
  const before = [said("a", "x"), said("b", "y")];
  assert.deepEqual(corrected(before, "a", [said("a", "y")]), [said("a", "y")]);
});

test("only the correction that is meant is taken back", () => {
  const before = [said("a", "x"), said("a", "y")];
  assert.deepEqual(takenBack(before, said("a", "x")), [said("a", "y")]);
});
