// Choosing words with the pointer: a small toolbar stands beside the selection.
// The way without a pointer is the passage's button and the field for the exact words.

import { chosenRange } from "./offsets.js";

const BODY = ".syn-passage__body[data-passage]";
const DELAY = 180;

/** Watch the selection; onChoice gets { body, start, end, words, kind }. */
export class SelectionToolbar {
  constructor({ root, labels, announce, onChoice }) {
    Object.assign(this, { root, labels, announce, onChoice });
    this.timer = 0;
    this.isPressed = false;
    this.element = this.#build();
    this.choice = null;
  }

  start() {
    document.addEventListener("pointerdown", (event) => {
      if (!this.element.contains(event.target)) this.isPressed = true;
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

  hide() {
    this.element.remove();
    this.choice = null;
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.isPressed || this.#look(), DELAY);
  }

  #look() {
    if (this.element.contains(document.activeElement)) return;
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return this.hide();
    const range = selection.getRangeAt(0);
    const touched = [...this.root.querySelectorAll(BODY)].filter((body) => holdsText(range, body));
    if (!touched.length) return this.hide();
    this.choice = touched.length === 1 ? choiceIn(touched[0], range) : null;
    if (touched.length === 1 && !this.choice) return this.hide();
    this.#show(touched[0], range, touched.length > 1);
  }

  #show(body, range, isAcross) {
    this.element.classList.toggle("is-hint", isAcross);
    this.hint.hidden = !isAcross;
    this.buttons.hidden = isAcross;
    if (isAcross) this.announce(this.labels.across);
    const home = body.closest(".syn-passage__words") ?? body.parentElement;
    if (this.element.previousElementSibling !== home) home.after(this.element);
    const frame = (this.element.offsetParent ?? document.body).getBoundingClientRect();
    const box = range.getBoundingClientRect();
    const above = box.top - this.element.offsetHeight - 10;
    const top = above > 4 ? above : box.bottom + 10;
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
    this.buttons = document.createElement("div");
    this.buttons.className = "syn-toolbar__buttons";
    this.buttons.setAttribute("role", "group");
    this.buttons.setAttribute("aria-label", this.labels.toolbar);
    for (const [kind, label] of [
      ["commenting", this.labels.comment],
      ["questioning", this.labels.question],
      ["editing", this.labels.edit],
    ]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("pointerdown", (event) => event.preventDefault());
      button.addEventListener("click", () => this.#choose(kind));
      this.buttons.append(button);
    }
    element.append(this.hint, this.buttons);
    return element;
  }

  #choose(kind) {
    const { choice } = this;
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
