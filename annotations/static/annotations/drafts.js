// Texts that somebody has begun to write, kept in this tab until they are sent.

const PREFIX = "synopse-draft:";
const FIELDS = ["motivation", "quote", "start", "end", "proposed", "body"];

/** Keep what stands in a form. Name and address are never kept. */
export function keepDraft(storage, key, values) {
  const draft = Object.fromEntries(FIELDS.map((name) => [name, values[name] ?? ""]));
  if (!draft.body.trim() && !draft.proposed.trim()) return dropDraft(storage, key);
  return attempt(() => storage.setItem(PREFIX + key, JSON.stringify(draft)));
}

/** Return what was kept, null where nothing was. */
export function findDraft(storage, key) {
  return attempt(() => JSON.parse(storage.getItem(PREFIX + key))) ?? null;
}

/** Forget a text, since it was sent or emptied. */
export function dropDraft(storage, key) {
  return attempt(() => storage.removeItem(PREFIX + key));
}

function attempt(action) {
  try {
    return action();
  } catch {
    return undefined; // storage is full or switched off: writing goes on without it
  }
}
