// What a form does while somebody writes: the field for a wording appears where it is needed, its
// difference is shown, ticked sentences become the quote, and the text is kept until it is sent.
// Everything works without it, too.

import { spoken } from "./caret.js";
import { draftKey, dropDraft, findDraft, keepDraft, lastingStorage } from "./drafts.js";
import { toUtf16 } from "./offsets.js";
import { difference } from "./wording.js";

const PAUSE = 1200;

/** Enhance one form. `text` is the passage's text, `say` tells screen readers, `onWords` gets
 * the range that is meant when it changes, null for the whole passage. */
export class FormKeeper {
  constructor(form, { text, say, labels, onWords = () => {} }) {
    Object.assign(this, { form, text, say, labels, onWords });
    this.key = draftKey(new URL(form.action, location.href).pathname);
    this.storage = lastingStorage();
    this.base = null;
    this.timer = 0;
  }

  start() {
    this.written = this.#values(); // what stood there before, where words are mended
    this.form.addEventListener("input", (event) => this.#changed(event.target));
    this.form.addEventListener("change", (event) => this.#ticked(event.target));
    if (!this.form.querySelector(".syn-error-summary")) this.#restore();
    this.#changed();
  }

  /** Fill in the words that were chosen in the text. */
  choose({ start, end, words, kind }) {
    this.#untick();
    this.#fill({ start, end, words });
    if (kind) this.#setKind(kind);
    this.#changed();
  }

  focus() {
    const proposed = this.#field("proposed");
    (proposed && !proposed.disabled ? proposed : this.#field("body")).focus();
  }

  sent() {
    dropDraft(this.storage, this.key);
  }

  #changed(target) {
    if (target?.name === "quote") {
      this.#untick();
      this.#set("start", "");
      this.#set("end", "");
      this.onWords(null);
    }
    const proposed = this.#field("proposed");
    if (proposed) this.#showWording(proposed, target === proposed);
    this.#keep();
  }

  #keep() {
    const values = this.#values();
    const isAsBefore = ["motivation", "proposed", "body"].every(
      (name) => (values[name] ?? "") === (this.written[name] ?? ""),
    );
    if ("mends" in this.form.dataset && isAsBefore) dropDraft(this.storage, this.key);
    else keepDraft(this.storage, this.key, values);
  }

  #values() {
    return Object.fromEntries(new FormData(this.form));
  }

  /** Make the words of neighbouring sentences the quote; the server refuses those with a gap. */
  #ticked(target) {
    if (target.name !== "sentences") return this.#changed();
    const ticked = this.#boxes().filter((box) => box.checked);
    const spans = JSON.parse(target.closest("[data-spans]").dataset.spans);
    const indexes = ticked.map((box) => Number(box.value));
    const isOne = indexes.length && indexes.at(-1) - indexes[0] === indexes.length - 1;
    if (isOne) this.#fill(this.#words(spans[indexes[0]][0], spans[indexes.at(-1)][1]));
    else this.#fill({ start: "", end: "", words: "" });
    this.#tellGap(target.closest("[data-spans]"), indexes.length > 0 && !isOne);
    return this.#changed();
  }

  /** Say at once that sentences with others between them are not taken. */
  #tellGap(list, isGap) {
    list.querySelector("[data-gap]")?.remove();
    if (!isGap) return;
    const sentence = document.createElement("p");
    sentence.className = "syn-error";
    sentence.dataset.gap = "";
    sentence.textContent = this.labels.gap;
    list.append(sentence);
    this.say(this.labels.gap);
  }

  #words(start, end) {
    const words = this.text.slice(toUtf16(this.text, start), toUtf16(this.text, end));
    return { start, end, words };
  }

  #fill({ start, end, words }) {
    this.#set("quote", words);
    this.#set("start", start);
    this.#set("end", end);
    this.onWords(words ? { start: Number(start), end: Number(end) } : null);
  }

  #boxes() {
    return [...this.form.querySelectorAll('input[name="sentences"]')];
  }

  #untick() {
    for (const box of this.#boxes()) box.checked = false;
  }

  /** Offer the words that are meant to be changed in place; what was changed already stays. */
  #showWording(proposed, isTyped) {
    const isEdit = this.form.elements.motivation.value === "editing";
    const field = proposed.closest("[data-field]");
    const base = this.#field("quote")?.value.trim() || this.text;
    field.hidden = !isEdit;
    const isUntouched = !proposed.value || proposed.value === this.base;
    if (isEdit && isUntouched && base !== this.base && !isTyped) proposed.value = base;
    if (isEdit) this.base = base;
    proposed.disabled = !isEdit;
    this.#preview(field.querySelector("[data-preview]"), base, isEdit ? proposed.value : "");
    if (isTyped) this.#tellLater(base, proposed);
  }

  #preview(box, before, after) {
    const words = after.trim();
    box.hidden = !words || words === before;
    if (box.hidden) return;
    const names = { equal: "span", delete: "del", insert: "ins" };
    box.replaceChildren(
      ...difference(before, words).map(([operation, text]) => {
        const element = document.createElement(names[operation]);
        if (operation !== "equal") element.append(this.#hint(operation));
        element.append(text);
        return element;
      }),
    );
  }

  #hint(operation) {
    const hint = document.createElement("span");
    hint.className = "syn-hidden";
    hint.textContent = `${this.#nameOf(operation)} `;
    return hint;
  }

  #nameOf(operation) {
    return operation === "insert" ? this.labels.inserted : this.labels.deleted;
  }

  /** Read the difference out when somebody pauses. */
  #tellLater(base, proposed) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const words = proposed.value.trim();
      if (document.activeElement !== proposed || !words || words === base) return;
      const changes = difference(base, words).filter(([operation]) => operation !== "equal");
      const parts = changes.map(([operation, text]) => `${this.#nameOf(operation)} ${text.trim()}`);
      this.say(spoken(parts.join(", "), 240));
    }, PAUSE);
  }

  #restore() {
    const draft = findDraft(this.storage, this.key);
    if (!draft) return;
    for (const name of ["quote", "start", "end", "proposed", "body"]) this.#set(name, draft[name]);
    this.#setKind(draft.motivation);
    this.#forgetOldPlace();
    this.#notice();
    this.say(this.labels.draft);
  }

  /** In a newer version the words may stand elsewhere: then the server looks for them. */
  #forgetOldPlace() {
    const [quote, start, end] = ["quote", "start", "end"].map((name) => this.#field(name)?.value);
    if (!quote || !start) return;
    try {
      if (this.#words(Number(start), Number(end)).words === quote) return;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    this.#set("start", "");
    this.#set("end", "");
  }

  /** Say that a text was kept, and offer to throw it away. */
  #notice() {
    this.notice = document.createElement("div");
    this.notice.className = "syn-message syn-kept";
    const words = document.createElement("p");
    words.textContent = this.labels.draft;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "syn-linkbutton";
    button.textContent = this.labels.discard;
    button.addEventListener("click", () => this.#discard());
    this.notice.append(words, button);
    const title = this.form.querySelector("h2");
    if (title) title.after(this.notice);
    else this.form.prepend(this.notice);
  }

  #discard() {
    this.form.reset();
    for (const name of ["start", "end"]) this.#set(name, "");
    this.base = null;
    this.notice.remove();
    this.sent();
    this.onWords(null);
    this.#changed();
    this.#field("body").focus();
    this.say(this.labels.discarded);
  }

  #setKind(kind) {
    const radio = this.form.querySelector(`input[name="motivation"][value="${CSS.escape(kind)}"]`);
    if (radio) radio.checked = true;
  }

  #set(name, value) {
    const field = this.#field(name);
    if (field) field.value = value;
  }

  #field(name) {
    return this.form.elements.namedItem(name);
  }
}
