// Moving a caret through a text, and choosing words with it, as keys ask for. Pure functions.
// Offsets are UTF-16 units here, as the browser counts; they never cut a letter as readers see it.

import { clusters } from "./offsets.js";

const WORDS = /[\p{L}\p{M}\p{N}]+(?:[-'’.,][\p{L}\p{M}\p{N}]+)*/gu;

/** What can be reached in a text: the borders between letters, and begin and end of each word. */
export function stopsOf(text) {
  const letters = [0];
  for (const { index, segment } of clusters(text)) letters.push(index + segment.length);
  const words = [...text.matchAll(WORDS)].map(({ index, 0: word }) => ({
    start: letters.findLast((stop) => stop <= index),
    end: letters.find((stop) => stop >= index + word.length),
  }));
  return { letters, words };
}

/**
 * Return where a key leads, null for keys that lead nowhere.
 *
 * @param {{letters: number[], words: {start: number, end: number}[]}} stops From `stopsOf`.
 * @param {{anchor: number, focus: number}} caret Where choosing began, and where the caret is.
 * @param {{key: string, shift?: boolean, ctrl?: boolean, rtl?: boolean}} press `rtl` turns the
 *   arrows round, since they mean left and right and not back and forth.
 */
export function moved(stops, { anchor, focus }, { key, shift, ctrl, rtl }) {
  const forwards = key === (rtl ? "ArrowLeft" : "ArrowRight");
  const backwards = key === (rtl ? "ArrowRight" : "ArrowLeft");
  if (!forwards && !backwards && key !== "Home" && key !== "End") return null;
  const to = target();
  return { anchor: shift ? anchor : to, focus: to };

  function target() {
    const last = stops.letters.at(-1);
    if (key === "Home") return 0;
    if (key === "End") return last;
    if (!shift && !ctrl && anchor !== focus) {
      return forwards ? Math.max(anchor, focus) : Math.min(anchor, focus);
    }
    if (ctrl && forwards && shift) return stops.words.find(({ end }) => end > focus)?.end ?? last;
    if (ctrl && forwards) return stops.words.find(({ start }) => start > focus)?.start ?? last;
    if (ctrl) return stops.words.findLast(({ start }) => start < focus)?.start ?? 0;
    if (forwards) return stops.letters.find((stop) => stop > focus) ?? last;
    return stops.letters.findLast((stop) => stop < focus) ?? 0;
  }
}

/** Return the letter behind the caret and the word that it stands in or before. */
export function surroundings(text, { letters, words }, focus) {
  const next = letters.find((stop) => stop > focus);
  if (next === undefined) return null;
  const word = words.find(({ start, end }) => start <= focus && focus < end);
  return { sign: text.slice(focus, next), word: word ? text.slice(word.start, word.end) : "" };
}

/** Shorten words that are read out: their begin and their end say which they are. */
export function spoken(words, most = 120) {
  if (words.length <= most) return words;
  const letters = [...clusters(words)].map(({ segment }) => segment);
  const half = Math.floor(most / 2);
  if (letters.length <= most) return words;
  return `${letters.slice(0, half).join("")} … ${letters.slice(-half).join("")}`;
}
