// Painting the words that annotations stand on.
//
// With the CSS Custom Highlight API: one merged Highlight for all, one for the active words; the
// text is not touched. Without it every passage is wrapped in <mark> in one pass.

import { toUtf16 } from "./offsets.js";

const ALL = "syn-annotation";
const ACTIVE = "syn-active";
const hasHighlights = "highlights" in (globalThis.CSS ?? {}) && "Highlight" in globalThis;

/** Ranges by passage: [{ start, end, uuid }], in code points. */
export class Painter {
  constructor(root) {
    this.bodies = new Map();
    for (const body of root.querySelectorAll(".syn-passage__body[data-passage]")) {
      this.bodies.set(Number(body.dataset.passage), body);
    }
    this.ranges = new Map();
  }

  /** Add [passage, start, end, uuid] rows; a uuid that is known already is left out. */
  add(rows) {
    const known = new Set([...this.ranges.values()].flat().map((range) => range.uuid));
    for (const [passage, start, end, uuid] of rows) {
      if ((uuid && known.has(uuid)) || !this.bodies.has(passage)) continue;
      if (!this.ranges.has(passage)) this.ranges.set(passage, []);
      this.ranges.get(passage).push({ start, end, uuid });
    }
  }

  paint() {
    if (!hasHighlights) return this.#wrapAll();
    const highlight = new Highlight();
    for (const [passage, ranges] of this.ranges) {
      const text = new BodyText(this.bodies.get(passage));
      for (const { start, end } of ranges) {
        const range = text.range(start, end);
        if (range) highlight.add(range);
      }
    }
    CSS.highlights.set(ALL, highlight);
  }

  /** Darken the words of one annotation; without a uuid those of none. */
  activate(uuid) {
    if (!hasHighlights) return this.#activateMarks(uuid);
    const found = uuid && this.find(uuid);
    if (found) this.show(found);
    else CSS.highlights.delete(ACTIVE);
  }

  /** Darken a range, such as the words that somebody is just writing about; null for none. */
  show(found) {
    if (!hasHighlights) return;
    if (!found) return CSS.highlights.delete(ACTIVE);
    const { passage, start, end } = found;
    const range = new BodyText(this.bodies.get(passage)).range(start, end);
    const highlight = range ? new Highlight(range) : new Highlight();
    highlight.priority = 1;
    CSS.highlights.set(ACTIVE, highlight);
  }

  find(uuid) {
    for (const [passage, ranges] of this.ranges) {
      const range = ranges.find((each) => each.uuid === uuid);
      if (range) return { passage, ...range };
    }
    return null;
  }

  /** Return the ranges of a passage that hold a character; those of many annotations are one. */
  at(passage, offset) {
    const ranges = this.ranges.get(passage) ?? [];
    return ranges.filter(({ start, end }) => start <= offset && offset < end);
  }

  /** Return where the words of an annotation stand on the page, null where they do not. */
  domRange(uuid) {
    const found = this.find(uuid);
    return found && new BodyText(this.bodies.get(found.passage)).range(found.start, found.end);
  }

  #wrapAll() {
    for (const [passage, ranges] of this.ranges) {
      const body = this.bodies.get(passage);
      for (const mark of body.querySelectorAll("mark[data-painted]"))
        mark.replaceWith(...mark.childNodes);
      body.normalize();
      wrap(body, ranges);
    }
  }

  #activateMarks(uuid) {
    for (const mark of document.querySelectorAll("mark[data-painted]")) {
      mark.classList.toggle("is-active", Boolean(uuid) && mark.dataset.painted.includes(uuid));
    }
  }
}

/** The text nodes of a body and where each of them begins. */
export class BodyText {
  constructor(body) {
    this.nodes = [];
    this.text = "";
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      this.nodes.push([walker.currentNode, this.text.length]);
      this.text += walker.currentNode.data;
    }
  }

  /** Return the DOM range of code points, null where they do not fit the text. */
  range(start, end) {
    try {
      const range = document.createRange();
      range.setStart(...this.point(toUtf16(this.text, start), false));
      range.setEnd(...this.point(toUtf16(this.text, end), true));
      return range;
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  /** Return node and offset of a place in UTF-16 units; an end lies before what follows it. */
  point(units, isEnd) {
    for (let i = this.nodes.length - 1; i >= 0; i -= 1) {
      const [node, begin] = this.nodes[i];
      if (begin < units || (begin === units && (!isEnd || i === 0))) return [node, units - begin];
    }
    throw new RangeError("The passage has no text");
  }
}

function wrap(body, ranges) {
  const { nodes, text } = new BodyText(body);
  const spans = ranges.map((r) => [toUtf16(text, r.start), toUtf16(text, r.end), r.uuid]);
  for (const [node, begin] of nodes) {
    const end = begin + node.data.length;
    const inside = spans.filter(([from, to]) => from < end && to > begin);
    if (!inside.length) continue;
    const borders = inside.flatMap(([from, to]) => [Math.max(from, begin), Math.min(to, end)]);
    const cuts = [...new Set([begin, ...borders, end])].sort((a, b) => a - b);
    const pieces = cuts.slice(1).map((to, i) => {
      const words = text.slice(cuts[i], to);
      const over = inside.filter(([from, until]) => from <= cuts[i] && until >= to);
      if (!over.length) return words;
      const mark = document.createElement("mark");
      mark.dataset.painted = over.map(([, , uuid]) => uuid).join(" ");
      mark.textContent = words;
      return mark;
    });
    node.replaceWith(...pieces);
  }
}
