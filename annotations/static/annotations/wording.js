// The difference that a suggested edit makes, shown while somebody types. Pure functions.
// The server's own comparison decides what is stored and shown to others.

/**
 * Compare two wordings: what both begin and end with stays, the rest is deleted and inserted.
 *
 * @returns {[("equal"|"delete"|"insert"), string][]} Runs; without insertions they give the old
 *   wording, without deletions the new one.
 */
export function difference(before, after) {
  const old = tokens(before);
  const now = tokens(after);
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  const most = Math.min(old.length, now.length) - head;
  while (tail < most && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  return [
    ["equal", old.slice(0, head).join("")],
    ["delete", old.slice(head, old.length - tail).join("")],
    ["insert", now.slice(head, now.length - tail).join("")],
    ["equal", old.slice(old.length - tail).join("")],
  ].filter(([, text]) => text);
}

function tokens(text) {
  return text.match(/\s+|[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];
}
