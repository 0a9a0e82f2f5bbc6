// Choosing words with the pointer: a small toolbar stands beside the selection, and at the bottom
// of the window for fingers, clear of the system's own menu and handles.
// The ways without a pointer are in the form: keys, sentences, and the field for the exact words.

import { BodyText } from "./highlights.js";
import { chosenRange, floor } from "./offsets.js";
import { filled } from "./wording.js";

const BODY = ".syn-passage__body[data-passage]";
const DELAY = 180;
const DELAY_OF_FINGERS = 350;
const PARTS = 2;
const FIRST_WORDS = 30;

/** Watch the selection; onChoice gets { body, start, end, words, kind }. */
export class SelectionToolbar {
  constructor({ root, labels, announce, onChoice }) {
    Object.assign(this, { root, labels, announce, onChoice });
    this.timer = 0;
    this.isPressed = false;
    this.isPaused = false;
    this.isTouched = matchMedia("(pointer: coarse)").matches;
    this.element = this.#build();
    this.choice = null;
  }

  start() {
    document.addEventListener("pointerdown", (event) => {
      this.isTouched = event.pointerType === "touch";
      // The system takes a long press over, and nobody hears of the finger's end.
      if (!this.element.contains(event.target)) this.isPressed = !this.isTouched;
    });
    for (const name of ["pointerup", "pointercancel"]) {
      document.addEventListener(name, () => {
        this.isPressed = false;
        this.#later();
      });
    }
    document.addEventListener("selectionchange", () => this.#later());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.element.isConnected) this.hide();
    });
  }

  /** Stand back while words are chosen in another way. */
  pause(isPaused) {
    this.isPaused = isPaused;
    if (isPaused) this.hide();
  }

  hide() {
    this.element.remove();
    this.choice = null;
  }

  #later() {
    clearTimeout(this.timer);
    const delay = this.isTouched ? DELAY_OF_FINGERS : DELAY;
    this.timer = setTimeout(() => this.isPressed || this.isPaused || this.#look(), delay);
  }

  #look() {
    if (this.element.contains(document.activeElement)) return;
    const { touched, range } = this.#read();
    this.choice = touched.length === 1 ? choiceIn(touched[0], range) : null;
    const isAcross = touched.length > 1;
    if (!isAcross && !this.choice) return this.hide();
    if (isAcross) this.#offerParts(touched, range);
    this.#show(touched[0], range, isAcross);
  }

  /** Return what is selected now, and the bodies of the passages in which it lies. */
  #read() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return { touched: [], range: null };
    const range = selection.getRangeAt(0);
    const bodies = [...this.root.querySelectorAll(BODY)];
    return { touched: bodies.filter((body) => holdsText(range, body)), range };
  }

  /** Say why a choice across passages makes no annotation, and offer what lies in one of them. */
  #offerParts(touched, range) {
    const length = (body) => within(range, body).toString().trim().length;
    const most = [...touched].sort((one, other) => length(other) - length(one)).slice(0, PARTS);
    this.parts.replaceChildren(
      ...most.map((body) =>
        this.#button(this.#nameOfPart(body), () => this.#narrow(body, within(range, body))),
      ),
    );
  }

  #nameOfPart(body) {
    const number = body.closest(".syn-passage")?.querySelector(".syn-passage__number");
    if (number?.textContent) return filled(this.labels.part, { number: number.textContent });
    const text = body.textContent;
    const end = text.lastIndexOf(" ", FIRST_WORDS);
    const words = text.length <= FIRST_WORDS ? text : `${text.slice(0, Math.max(end, 1))} …`;
    return filled(this.labels.part_named, { words });
  }

  /** Choose the part of the selection that lies in one passage. */
  #narrow(body, part) {
    const hadFocus = this.element.contains(document.activeElement);
    const selection = document.getSelection();
    selection.removeAllRanges();
    selection.addRange(part);
    this.choice = choiceIn(body, part);
    this.#show(body, part, false);
    if (hadFocus) this.buttons.querySelector("button").focus();
  }

  #show(body, range, isAcross) {
    if (isAcross && !this.element.classList.contains("is-hint")) this.announce(this.labels.across);
    this.element.classList.toggle("is-hint", isAcross);
    this.element.classList.toggle("is-docked", this.isTouched);
    this.hint.hidden = !isAcross;
    this.parts.hidden = !isAcross;
    this.buttons.hidden = isAcross;
    const home = body.closest(".syn-passage__words, .syn-single__passage") ?? body;
    if (this.element.previousElementSibling !== home) home.after(this.element);
    if (!this.isTouched) this.#placeBeside(range);
  }

  #placeBeside(range) {
    const frame = (this.element.offsetParent ?? document.body).getBoundingClientRect();
    const box = range.getBoundingClientRect();
    const above = box.top - this.element.offsetHeight - 10;
    const below = Math.min(box.bottom + 10, innerHeight - this.element.offsetHeight - 10);
    const top = above > 4 ? above : below;
    const most = frame.width - this.element.offsetWidth;
    const left = Math.max(0, Math.min(box.left - frame.left, most));
    this.element.style.setProperty("--syn-top", `${top - frame.top}px`);
    this.element.style.setProperty("--syn-left", `${left}px`);
  }

  #build() {
    const element = document.createElement("div");
    element.className = "syn-toolbar";
    this.hint = document.createElement("p");
    this.hint.textContent = this.labels.across;
    this.parts = document.createElement("div");
    this.parts.className = "syn-toolbar__buttons";
    this.buttons = document.createElement("div");
    this.buttons.className = "syn-toolbar__buttons";
    this.buttons.setAttribute("role", "group");
    this.buttons.setAttribute("aria-label", this.labels.toolbar);
    for (const [kind, label] of [
      ["commenting", this.labels.comment],
      ["questioning", this.labels.question],
      ["editing", this.labels.edit],
    ]) {
      this.buttons.append(this.#button(label, () => this.#choose(kind)));
    }
    element.append(this.hint, this.parts, this.buttons);
    return element;
  }

  /** A button that takes nothing away from the selection. */
  #button(label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    for (const name of ["pointerdown", "mousedown"]) {
      button.addEventListener(name, (event) => event.preventDefault());
    }
    button.addEventListener("click", act);
    return button;
  }

  #choose(kind) {
    const { touched, range } = this.#read();
    const choice = (touched.length === 1 && choiceIn(touched[0], range)) || this.choice;
    this.hide();
    document.getSelection().removeAllRanges();
    if (choice) this.onChoice({ ...choice, kind });
  }
}

/** Return the offset of a DOM point in a body's text, in UTF-16 units. */
export function unitsAt(body, node, offset) {
  const range = document.createRange();
  range.selectNodeContents(body);
  range.setEnd(node, offset);
  return range.toString().length;
}

/** Return which character stands at a point of the window, in code points, null for none. */
export function characterAt(body, x, y) {
  const point = pointAt(x, y);
  if (!point || !body.contains(point.node)) return null;
  const text = new BodyText(body);
  const units = unitsAt(body, point.node, point.offset);
  // The caret stands at the nearer side of a character: the point may lie before it.
  for (const start of [units - 1, units]) {
    if (start < 0 || start >= text.text.length) continue;
    const range = document.createRange();
    range.setStart(...text.point(start, false));
    range.setEnd(...text.point(start + 1, true));
    const boxes = [...range.getClientRects()];
    if (boxes.some((box) => box.left <= x && x <= box.right)) return floor(text.text, start);
  }
  return units < text.text.length ? floor(text.text, units) : null;
}

function pointAt(x, y) {
  if (document.caretPositionFromPoint) {
    const position = document.caretPositionFromPoint(x, y);
    return position && { node: position.offsetNode, offset: position.offset };
  }
  const range = document.caretRangeFromPoint?.(x, y);
  return range && { node: range.startContainer, offset: range.startOffset };
}

function holdsText(range, body) {
  return range.intersectsNode(body) && within(range, body).toString().trim() !== "";
}

function within(range, body) {
  const part = document.createRange();
  part.selectNodeContents(body);
  if (body.contains(range.startContainer)) part.setStart(range.startContainer, range.startOffset);
  if (body.contains(range.endContainer)) part.setEnd(range.endContainer, range.endOffset);
  return part;
}

function choiceIn(body, range) {
  const part = within(range, body);
  const start = unitsAt(body, part.startContainer, part.startOffset);
  const end = unitsAt(body, part.endContainer, part.endOffset);
  const chosen = chosenRange(body.textContent, start, end);
  return chosen && { body, ...chosen };
}
