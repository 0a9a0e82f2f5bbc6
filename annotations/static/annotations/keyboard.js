// Choosing words of a passage with the keyboard. A bar at the bottom takes the keys; caret and
// chosen words are seen in the passage, whose elements are not touched (law 9).
//
//   offerKeyboard({ form, body, root, labels, say, toolbar, onTake })

import { moved, spoken, stopsOf, surroundings } from "./caret.js";
import { BodyText } from "./highlights.js";
import { chosenRange } from "./offsets.js";
import { unitsAt } from "./selection.js";
import { filled } from "./wording.js";

const PAUSE = 250;
const ROOM = 24;

/** Put the button into a form that opens the bar. */
export function offerKeyboard({ form, ...options }) {
  const field = form.querySelector('[data-field="quote"]');
  if (!field || !options.body) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "syn-linkbutton syn-keyboard";
  button.textContent = options.labels.by_keyboard;
  button.addEventListener("click", () =>
    new WordChooser({ ...options, onLeave: () => button.focus() }).start(),
  );
  field.append(button);
}

/** The mode in which keys choose words; it ends by Enter, Escape, or when people turn away. */
class WordChooser {
  constructor({ body, root, labels, say, toolbar, onTake, onLeave }) {
    Object.assign(this, { body, root, labels, say, toolbar, onTake, onLeave });
    this.text = body.textContent;
    this.stops = stopsOf(this.text);
    this.caret = { anchor: 0, focus: 0 };
    this.mark = document.createElement("div");
    this.mark.className = "syn-caret";
    this.bar = this.#build();
    this.timer = 0;
    this.over = new AbortController();
  }

  start() {
    this.toolbar?.pause(true);
    this.body.classList.add("is-chosen-from");
    this.root.append(this.bar);
    document.body.append(this.mark);
    const { signal } = this.over;
    addEventListener("resize", () => this.#draw(), { signal });
    document.addEventListener(
      "pointerdown",
      ({ target }) => this.bar.contains(target) || this.#end(),
      { signal },
    );
    this.#go(this.caret);
    this.pad.focus();
  }

  #end() {
    clearTimeout(this.timer);
    this.over.abort();
    this.body.classList.remove("is-chosen-from");
    this.mark.remove();
    this.bar.remove();
    document.getSelection().removeAllRanges();
    this.toolbar?.pause(false);
  }

  take() {
    const { anchor, focus } = this.caret;
    const chosen = chosenRange(this.text, Math.min(anchor, focus), Math.max(anchor, focus));
    if (!chosen) {
      this.say(this.labels.nothing_chosen);
      return this.pad.focus();
    }
    this.#end();
    this.onTake(chosen);
    this.say(filled(this.labels.words_taken, { words: this.#quoted(chosen.words) }));
  }

  leave() {
    this.#end();
    this.onLeave();
    this.say(this.labels.words_left);
  }

  #pressed(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      return this.leave();
    }
    if (event.target !== this.pad) return;
    if (event.key === "Enter") {
      event.preventDefault();
      return this.take();
    }
    const caret = this.#after(event);
    if (!caret) return;
    event.preventDefault();
    this.#go(caret);
  }

  #after({ key, shiftKey, ctrlKey, altKey, metaKey }) {
    if (metaKey) return null;
    if (key === "ArrowUp" || key === "ArrowDown") return this.#line(key, shiftKey);
    const rtl = getComputedStyle(this.body).direction === "rtl";
    return moved(this.stops, this.caret, { key, shift: shiftKey, ctrl: ctrlKey || altKey, rtl });
  }

  /** Lines are the browser's, so it moves by them; outside the passage stands its begin or end. */
  #line(key, shift) {
    const forwards = key === "ArrowDown";
    const selection = document.getSelection();
    if (!shift) selection.collapse(selection.focusNode, selection.focusOffset);
    selection.modify?.("extend", forwards ? "forward" : "backward", "line");
    const { focusNode, focusOffset } = selection;
    const edge = forwards ? this.text.length : 0;
    const units = this.body.contains(focusNode) ? unitsAt(this.body, focusNode, focusOffset) : edge;
    const stop = this.stops.letters.findLast((each) => each <= units);
    const focus = stop === this.caret.focus ? edge : stop;
    return { anchor: shift ? this.caret.anchor : focus, focus };
  }

  #go(caret) {
    this.caret = caret;
    const body = new BodyText(this.body);
    const { anchor, focus } = caret;
    const from = body.point(anchor, anchor > focus);
    document.getSelection().setBaseAndExtent(...from, ...body.point(focus, focus > anchor));
    this.#draw();
    this.#tell();
  }

  /** Draw the caret over the text, and bring it into sight. */
  #draw() {
    const box = this.#place();
    if (!box) return;
    const bottom = innerHeight - this.bar.offsetHeight - ROOM;
    if (box.top < ROOM) scrollBy(0, box.top - innerHeight / 3);
    else if (box.bottom > bottom) scrollBy(0, box.bottom - bottom + ROOM);
    const { left, top, height } = this.#place();
    this.mark.style.setProperty("--syn-left", `${left + scrollX}px`);
    this.mark.style.setProperty("--syn-top", `${top + scrollY}px`);
    this.mark.style.setProperty("--syn-height", `${height}px`);
  }

  #place() {
    const { focus } = this.caret;
    const body = new BodyText(this.body);
    const next = this.stops.letters.find((stop) => stop > focus);
    const boxes = (from, to) => {
      const range = document.createRange();
      range.setStart(...body.point(from, false));
      range.setEnd(...body.point(to, true));
      return [...range.getClientRects()];
    };
    const rtl = getComputedStyle(this.body).direction === "rtl";
    if (next !== undefined) {
      const box = boxes(focus, next).at(-1);
      return box && { left: rtl ? box.right : box.left, ...heights(box) };
    }
    const box = boxes(this.stops.letters.at(-2) ?? 0, focus).at(-1);
    return box && { left: rtl ? box.left : box.right, ...heights(box) };
  }

  #tell() {
    const { anchor, focus } = this.caret;
    const words = this.text.slice(Math.min(anchor, focus), Math.max(anchor, focus));
    this.words.textContent = words ? this.#quoted(words) : this.labels.nothing_chosen;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.say(this.#sentence(words, focus)), PAUSE);
  }

  #sentence(words, focus) {
    const { labels } = this;
    if (words) return filled(labels.chosen, { words: this.#quoted(words) });
    const near = surroundings(this.text, this.stops, focus);
    if (!near) return labels.at_end;
    const sign = near.sign.trim() ? this.#quoted(near.sign) : labels.space;
    if (!near.word) return filled(labels.before_sign, { sign });
    return filled(labels.before, { sign, word: this.#quoted(near.word) });
  }

  #quoted(words) {
    return filled(this.labels.quoted, { words: spoken(words) });
  }

  #build() {
    const bar = make("div", "syn-chooser");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", this.labels.by_keyboard);
    this.pad = make("div", "syn-chooser__pad");
    this.pad.tabIndex = 0;
    this.pad.setAttribute("role", "application");
    this.pad.setAttribute("aria-label", this.labels.chooser);
    this.pad.setAttribute("aria-describedby", "syn-chooser-keys");
    this.words = make("p", "syn-chooser__words");
    this.words.dir = "auto";
    this.pad.append(this.words);
    const keys = make("p", "syn-chooser__keys");
    keys.id = "syn-chooser-keys";
    keys.textContent = this.labels.keys;
    bar.append(this.pad, keys, this.#buttons());
    bar.addEventListener("keydown", (event) => this.#pressed(event));
    bar.addEventListener("focusout", ({ relatedTarget }) => {
      if (!this.over.signal.aborted && relatedTarget && !bar.contains(relatedTarget)) this.#end();
    });
    return bar;
  }

  #buttons() {
    const buttons = make("div", "syn-chooser__buttons");
    for (const [label, name, act] of [
      [this.labels.take_words, "syn-button", () => this.take()],
      [this.labels.leave, "syn-button syn-button--quiet", () => this.leave()],
    ]) {
      const button = make("button", name);
      button.type = "button";
      button.textContent = label;
      button.addEventListener("pointerdown", (event) => event.preventDefault());
      button.addEventListener("click", act);
      buttons.append(button);
    }
    return buttons;
  }
}

function make(tag, name) {
  const element = document.createElement(tag);
  element.className = name;
  return element;
}

function heights({ top, bottom, height }) {
  return { top, bottom, height };
}
