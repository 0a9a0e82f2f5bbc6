// What a form does while somebody writes: the field for a wording appears where it is needed, its
// difference is shown, and the text is kept until it is sent. Everything works without it, too.

import { dropDraft, findDraft, keepDraft } from "./drafts.js";
import { difference } from "./wording.js";

/** Enhance one form. `text` is the passage's text, `say` tells screen readers. */
export class FormKeeper {
  constructor(form, { text, say, labels }) {
    Object.assign(this, { form, text, say, labels });
    this.key = new URL(form.action, location.href).pathname;
  }

  start() {
    this.form.addEventListener("input", () => this.#changed());
    this.form.addEventListener("change", () => this.#changed());
    if (!this.form.querySelector(".syn-error-summary")) this.#restore();
    this.#changed();
  }

  /** Fill in the words that were chosen in the text. */
  choose({ start, end, words, kind }) {
    this.#set("quote", words);
    this.#set("start", start);
    this.#set("end", end);
    this.#setKind(kind);
    this.#changed();
  }

  focus() {
    const proposed = this.#field("proposed");
    (proposed && !proposed.disabled ? proposed : this.#field("body")).focus();
  }

  sent() {
    dropDraft(sessionStorage, this.key);
  }

  #changed() {
    const proposed = this.#field("proposed");
    if (proposed) this.#showWording(proposed);
    keepDraft(sessionStorage, this.key, Object.fromEntries(new FormData(this.form)));
  }

  #showWording(proposed) {
    const isEdit = this.form.elements.motivation.value === "editing";
    const field = proposed.closest("[data-field]");
    const base = this.#field("quote").value.trim() || this.text;
    field.hidden = !isEdit;
    if (isEdit && proposed.disabled && !proposed.value) proposed.value = base;
    proposed.disabled = !isEdit;
    this.#preview(field.querySelector("[data-preview]"), base, isEdit ? proposed.value : "");
  }

  #preview(box, before, after) {
    const words = after.trim();
    box.hidden = !words || words === before;
    if (box.hidden) return;
    const names = { equal: "span", delete: "del", insert: "ins" };
    box.replaceChildren(
      ...difference(before, words).map(([operation, text]) => {
        const element = document.createElement(names[operation]);
        element.textContent = text;
        return element;
      }),
    );
  }

  #restore() {
    const draft = findDraft(sessionStorage, this.key);
    if (!draft) return;
    for (const name of ["quote", "start", "end", "proposed", "body"]) this.#set(name, draft[name]);
    this.#setKind(draft.motivation);
    this.say(this.labels.draft);
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
