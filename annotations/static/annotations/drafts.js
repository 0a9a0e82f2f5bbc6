// Texts that somebody has begun to write, kept in this browser until they are sent, discarded, or
// too old. Name and address are never kept.

const PREFIX = "synopse-draft:";
const FIELDS = ["motivation", "quote", "start", "end", "proposed", "body"];
const DAY = 24 * 60 * 60 * 1000;

/** How long a text is kept, in milliseconds. */
export const KEPT_FOR = 30 * DAY;

/** Return the browser's lasting storage; where it is switched off, nothing that can be used. */
export function lastingStorage() {
  return attempt(() => globalThis.localStorage);
}

/** Return under which key the text of a form is kept: a passage is the same in every version. */
export function draftKey(path) {
  return path
    .replace(/^\/[a-z-]{2,10}\//, "/")
    .replace(/(\/versions\/\d+)\/\d+\/passages\//, "$1/");
}

/** Keep what stands in a form. */
export function keepDraft(storage, key, values, now = Date.now()) {
  const draft = Object.fromEntries(FIELDS.map((name) => [name, values[name] ?? ""]));
  if (!draft.body.trim() && !draft.proposed.trim()) return dropDraft(storage, key);
  return attempt(() => storage.setItem(PREFIX + key, JSON.stringify({ ...draft, at: now })));
}

/** Return what was kept, null where nothing was or where it is too old. */
export function findDraft(storage, key, now = Date.now()) {
  const draft = attempt(() => JSON.parse(storage.getItem(PREFIX + key)));
  return draft && isFresh(draft, now) ? draft : null;
}

/** Forget a text, since it was sent, discarded or emptied. */
export function dropDraft(storage, key) {
  return attempt(() => storage.removeItem(PREFIX + key));
}

/** Forget all texts that are too old or can't be read. */
export function purgeDrafts(storage, now = Date.now()) {
  const names = attempt(() => Object.keys(storage)) ?? [];
  for (const name of names.filter((each) => each.startsWith(PREFIX))) {
    const key = name.slice(PREFIX.length);
    if (!findDraft(storage, key, now)) dropDraft(storage, key);
  }
}

function isFresh({ at }, now) {
  return Number.isFinite(at) && at <= now + DAY && now - at < KEPT_FOR;
}

function attempt(action) {
  try {
    return action();
  } catch {
    return undefined; // storage is full or switched off: writing goes on without it
  }
}
