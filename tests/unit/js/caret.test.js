import assert from "node:assert/strict";
import test from "node:test";

import {
  moved,
  spoken,
  stopsOf,
  surroundings,
} from "../../../annotations/static/annotations/caret.js";

const TEXT = "Die 👩‍💻 plant z. B. Ra\u0308ume.";
const STOPS = stopsOf(TEXT);

function walk(text, presses, caret = { anchor: 0, focus: 0 }) {
  const stops = stopsOf(text);
  return presses.reduce((now, press) => moved(stops, now, press), caret);
}

test("the caret never stands inside a letter", () => {
  let caret = { anchor: 0, focus: 0 };
  const seen = [0];
  while (caret.focus < TEXT.length) {
    caret = moved(STOPS, caret, { key: "ArrowRight" });
    seen.push(caret.focus);
  }
  assert.deepEqual(seen, STOPS.letters);
  assert.ok(!seen.includes(TEXT.indexOf("👩") + 2));
  assert.ok(!seen.includes(TEXT.indexOf("\u0308")));
});

test("every way forwards is a way back", () => {
  for (const [forth, back] of [
    ["ArrowRight", "ArrowLeft"],
    ["End", "Home"],
  ]) {
    assert.deepEqual(walk("Stadt", [{ key: forth }, { key: back }]), { anchor: 0, focus: 0 });
  }
});

test("shift keeps the place where choosing began", () => {
  const right = { key: "ArrowRight", shift: true };
  assert.deepEqual(walk("Stadt", [right, right]), { anchor: 0, focus: 2 });
});

test("Ctrl goes to the beginning of words; choosing, it goes on to their end", () => {
  const on = { key: "ArrowRight", ctrl: true };
  assert.deepEqual(walk("Die Stadt, hier", [on, on]), { anchor: 11, focus: 11 });
  const right = { key: "ArrowRight", ctrl: true, shift: true };
  assert.deepEqual(walk("Die Stadt, hier", [right, right]), { anchor: 0, focus: 9 });
  const left = { key: "ArrowLeft", ctrl: true };
  assert.deepEqual(walk("Die Stadt, hier", [{ key: "End" }, left, left]), { anchor: 4, focus: 4 });
});

test("without shift an arrow leaves what was chosen at its end on that side", () => {
  const chosen = { anchor: 1, focus: 4 };
  assert.equal(walk("Stadt", [{ key: "ArrowLeft" }], chosen).focus, 1);
  assert.equal(walk("Stadt", [{ key: "ArrowRight" }], chosen).focus, 4);
});

test("the caret stays within the passage", () => {
  assert.equal(walk("Ja", [{ key: "ArrowLeft" }]).focus, 0);
  assert.equal(walk("Ja", [{ key: "End" }, { key: "ArrowRight", ctrl: true }]).focus, 2);
  assert.deepEqual(walk("", [{ key: "ArrowRight" }]), { anchor: 0, focus: 0 });
});

test("arrows mean left and right: from right to left they turn round", () => {
  assert.equal(walk("مدينة", [{ key: "ArrowLeft", rtl: true }]).focus, 1);
});

test("other keys lead nowhere", () => {
  assert.equal(moved(STOPS, { anchor: 0, focus: 0 }, { key: "a" }), null);
});

test("what stands at the caret is told by letter and word", () => {
  const stops = stopsOf("Die Stadt");
  assert.deepEqual(surroundings("Die Stadt", stops, 6), { sign: "a", word: "Stadt" });
  assert.deepEqual(surroundings("Die Stadt", stops, 3), { sign: " ", word: "" });
  assert.equal(surroundings("Die Stadt", stops, 9), null);
});

test("long words are read out by their begin and end", () => {
  assert.equal(spoken("Stadt"), "Stadt");
  const long = spoken(`Anfang ${"👩‍💻".repeat(200)} Ende`);
  assert.ok(long.startsWith("Anfang") && long.endsWith("Ende") && long.includes(" … "));
});
