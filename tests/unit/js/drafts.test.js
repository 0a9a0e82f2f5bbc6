import assert from "node:assert/strict";
import test from "node:test";

import { dropDraft, findDraft, keepDraft } from "../../../annotations/static/annotations/drafts.js";

class Storage {
  items = new Map();
  getItem(key) {
    return this.items.get(key) ?? null;
  }
  setItem(key, value) {
    this.items.set(key, value);
  }
  removeItem(key) {
    this.items.delete(key);
  }
}

const full = {
  getItem: () => null,
  removeItem: () => {},
  setItem: () => {
    throw new Error("QuotaExceededError");
  },
};

test("a text that was begun comes back", () => {
  const storage = new Storage();
  keepDraft(storage, "/a/", { body: "Halb fertig", motivation: "questioning" });
  assert.equal(findDraft(storage, "/a/").body, "Halb fertig");
  assert.equal(findDraft(storage, "/a/").motivation, "questioning");
  assert.equal(findDraft(storage, "/b/"), null);
});

test("name and address are never kept", () => {
  const storage = new Storage();
  keepDraft(storage, "/a/", { body: "Text", name: "Marlen", email: "m@example.org" });
  assert.doesNotMatch([...storage.items.values()].join(), /Marlen|example/);
});

test("an emptied text is forgotten", () => {
  const storage = new Storage();
  keepDraft(storage, "/a/", { body: "Text" });
  keepDraft(storage, "/a/", { body: " " });
  assert.equal(storage.items.size, 0);
});

test("a sent text is forgotten", () => {
  const storage = new Storage();
  keepDraft(storage, "/a/", { body: "Text" });
  dropDraft(storage, "/a/");
  assert.equal(findDraft(storage, "/a/"), null);
});

test("writing goes on where storage is full", () => {
  keepDraft(full, "/a/", { body: "Text" });
  assert.equal(findDraft(full, "/a/"), null);
});

test("what somebody else wrote into storage does no harm", () => {
  const storage = new Storage();
  storage.setItem("synopse-draft:/a/", "{broken");
  assert.equal(findDraft(storage, "/a/"), null);
});
