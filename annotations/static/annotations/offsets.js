// Offsets in code points, as the server counts, and in UTF-16 units, as the browser counts.
// Pure functions; tests/cases/ranges.json holds the cases that Python and JavaScript share.

const SURROGATES = /[\ud800-\udfff]/;
const EXTENDS = String.raw`[\p{M}\u{1f3fb}-\u{1f3ff}\u200c\u{e0020}-\u{e007f}]`;
const JOINED = String.raw`\u200d\p{Extended_Pictographic}`;
const CLUSTER = new RegExp(
  String.raw`\p{RI}\p{RI}${EXTENDS}*|[^](?:${EXTENDS}|${JOINED}|\u200d)*`,
  "gu",
);

/** Convert an offset in code points to one in UTF-16 units. */
export function toUtf16(text, offset) {
  if (!Number.isInteger(offset) || offset < 0) throw new RangeError(`${offset} is no offset`);
  if (!SURROGATES.test(text)) {
    if (offset > text.length) throw new RangeError(`${offset} lies outside the text`);
    return offset;
  }
  let units = 0;
  for (let points = 0; points < offset; points += 1) {
    if (units >= text.length) throw new RangeError(`${offset} lies outside the text`);
    units += text.codePointAt(units) > 0xffff ? 2 : 1;
  }
  return units;
}

/** Convert an offset in UTF-16 units to one in code points. */
export function fromUtf16(text, offset) {
  if (!Number.isInteger(offset) || offset < 0 || offset > text.length) {
    throw new RangeError(`${offset} lies outside the text`);
  }
  let points = 0;
  let units = 0;
  while (units < offset) {
    units += text.codePointAt(units) > 0xffff ? 2 : 1;
    points += 1;
  }
  if (units !== offset) throw new RangeError(`${offset} lies inside a character`);
  return points;
}

/** Yield the letters of a text as readers see them, each with its index in UTF-16 units. */
export function clusters(text) {
  if (globalThis.Intl?.Segmenter) return new Intl.Segmenter("und").segment(text);
  return roughClusters(text);
}

/** The same for browsers without Intl.Segmenter: marks, joiners and flags stay together. */
export function* roughClusters(text) {
  for (const { index, 0: segment } of text.matchAll(CLUSTER)) yield { index, segment };
}

/** Extend a range in code points outwards so that it cuts no letter as readers see it. */
export function snap(text, start, end) {
  const from = toUtf16(text, start);
  const to = toUtf16(text, end);
  let left = from;
  let right = to;
  for (const { index, segment } of clusters(text)) {
    const after = index + segment.length;
    if (index <= from && from < after) left = index;
    if (index < to && to <= after) right = after;
    if (index >= to) break;
  }
  return [fromUtf16(text, left), fromUtf16(text, right)];
}

/**
 * Turn a stretch that somebody selected into a range: code points, without spaces at its ends and
 * without cutting a letter. Returns null where nothing but space was selected.
 */
export function chosenRange(text, startUnits, endUnits) {
  const words = text.slice(startUnits, endUnits);
  const start = startUnits + (words.length - words.trimStart().length);
  const end = endUnits - (words.length - words.trimEnd().length);
  if (start >= end) return null;
  const [from, to] = snap(text, points(text, start, -1), points(text, end, 1));
  return { start: from, end: to, words: text.slice(toUtf16(text, from), toUtf16(text, to)) };
}

/** Convert units to code points; inside a character they count as its beginning. */
export function floor(text, units) {
  return points(text, units, -1);
}

/** Convert units that may lie inside a character: such an offset moves by the given step. */
function points(text, units, step) {
  const inside = units > 0 && units < text.length && isLow(text, units) && isHigh(text, units - 1);
  return fromUtf16(text, inside ? units + step : units);
}

function isHigh(text, index) {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(text, index) {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
