// The difference that a suggested edit makes, shown while somebody types, and sentences with gaps.
// Pure functions. The server's own comparison decides what is stored and shown to others.

const MOST_CELLS = 250_000;

/** Fill the gaps of a sentence from the server, such as "Chosen: %(words)s". */
export function filled(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (gap, name) =>
    Object.hasOwn(values, name) ? values[name] : gap,
  );
}

/**
 * Compare two wordings word by word. Where too many words differ, they are replaced as a whole.
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
  return joined([
    ...old.slice(0, head).map((token) => ["equal", token]),
    ...between(old.slice(head, old.length - tail), now.slice(head, now.length - tail)),
    ...old.slice(old.length - tail).map((token) => ["equal", token]),
  ]);
}

/** Keep the longest row of words that both have, unless the table for it grows too large. */
function between(old, now) {
  const gone = (tokens) => tokens.map((token) => ["delete", token]);
  const made = (tokens) => tokens.map((token) => ["insert", token]);
  if (old.length * now.length > MOST_CELLS) return [...gone(old), ...made(now)];
  const lengths = table(old, now);
  const runs = [];
  let i = 0;
  let j = 0;
  while (i < old.length && j < now.length) {
    if (old[i] === now[j]) {
      runs.push(["equal", old[i]]);
      i += 1;
      j += 1;
    } else if (lengths[i + 1][j] >= lengths[i][j + 1]) {
      runs.push(["delete", old[i]]);
      i += 1;
    } else {
      runs.push(["insert", now[j]]);
      j += 1;
    }
  }
  return [...runs, ...gone(old.slice(i)), ...made(now.slice(j))];
}

/** How many words two ends have in common, by where they begin; spaces and signs weigh little. */
function table(old, now) {
  const rows = Array.from({ length: old.length + 1 }, () => new Float32Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const weight = /[\p{L}\p{N}]/u.test(old[i]) ? 1 : 0.01;
    for (let j = now.length - 1; j >= 0; j -= 1) {
      rows[i][j] =
        old[i] === now[j] ? rows[i + 1][j + 1] + weight : Math.max(rows[i + 1][j], rows[i][j + 1]);
    }
  }
  return rows;
}

/** Join neighbours: what is deleted first, then what is inserted; a lone space stays no island. */
function joined(runs) {
  const made = [];
  let gap = { delete: "", insert: "" };
  const close = () => {
    for (const name of ["delete", "insert"]) if (gap[name]) made.push([name, gap[name]]);
    gap = { delete: "", insert: "" };
  };
  runs.forEach(([operation, token], i) => {
    const isOpen = gap.delete || gap.insert;
    const next = runs[i + 1]?.[0] ?? "equal";
    if (operation === "equal" && isOpen && /^\s+$/.test(token) && next !== "equal") {
      gap.delete += token;
      gap.insert += token;
    } else if (operation !== "equal") gap[operation] += token;
    else {
      close();
      if (made.at(-1)?.[0] === "equal") made.at(-1)[1] += token;
      else made.push(["equal", token]);
    }
  });
  close();
  return made;
}

function tokens(text) {
  return text.match(/\s+|[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];
}
