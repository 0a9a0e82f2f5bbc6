import assert from "node:assert/strict";
import test from "node:test";

import {
  draftKey,
  dropDraft,
  findDraft,
  KEPT_FOR,
  keepDraft,
  purgeDrafts,
} from "../../../annotations/static/annotations/drafts.js";

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

test("a text is kept for thirty days and no longer", () => {
  const storage = new Storage();
  keepDraft(storage, "/a/", { body: "Text" }, 1_000);
  assert.equal(findDraft(storage, "/a/", 1_000 + KEPT_FOR - 1).body, "Text");
  assert.equal(findDraft(storage, "/a/", 1_000 + KEPT_FOR), null);
});

test("old and broken texts are cleared away, and nothing that is not ours", () => {
  const plain = {
    other: "1",
    "synopse-draft:/b/": "{broken",
    "synopse-draft:/old/": JSON.stringify({ body: "Alt", at: 1_000 }),
    "synopse-draft:/new/": JSON.stringify({ body: "Neu", at: 1_000 + KEPT_FOR }),
    getItem: (key) => plain[key] ?? null,
    removeItem: (key) => delete plain[key],
  };
  purgeDrafts(plain, 1_001 + KEPT_FOR);
  const left = Object.keys(plain).filter((key) => typeof plain[key] === "string");
  assert.deepEqual(left, ["other", "synopse-draft:/new/"]);
});

test("a browser without storage keeps nothing and fails nowhere", () => {
  keepDraft(undefined, "/a/", { body: "Text" });
  assert.equal(findDraft(undefined, "/a/"), null);
  dropDraft(undefined, "/a/");
  purgeDrafts(undefined);
});

test("a passage is the same in every version and under every language of the site", () => {
  const uid = "6b1c6a3e-0f57-4c0e-9c1b-000000000000";
  const keys = [`/de/versions/4/1/passages/${uid}/`, `/en/versions/4/2/passages/${uid}/`];
  assert.equal(draftKey(keys[0]), draftKey(keys[1]));
  assert.notEqual(draftKey(keys[0]), draftKey(`/de/versions/5/1/passages/${uid}/`));
  assert.notEqual(draftKey("/de/annotations/a/reply/"), draftKey("/de/annotations/b/reply/"));
});
