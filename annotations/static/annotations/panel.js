// The panel of a passage: its annotations and the form, fetched from the passage's own page.

import { FormKeeper } from "./form.js";

const FRAGMENT = ".syn-panel__cards, .syn-error-summary";

/** One panel; it stands in the margin on wide screens and below its passage on narrow ones. */
export class Panel {
  constructor({ labels, say, onChange, onClose, onForm, onWords }) {
    Object.assign(this, { labels, say, onChange, onClose, onForm, onWords });
    this.passage = null;
    this.writing = false;
    this.list = null;
    this.element = this.#build();
    this.content = this.element.querySelector(".syn-panel__content");
    this.keeper = null;
    this.request = null;
  }

  isOpenAt(passage) {
    return this.passage === passage;
  }

  /**
   * Open the panel of a passage.
   *
   * @param {HTMLElement} passage
   * @param {object|null} choice The words that were chosen in it, if any.
   * @param {{at?: number}} where A character: only the annotations on it are shown.
   */
  async open(passage, choice = null, { at } = {}) {
    if (this.passage && this.passage !== passage) this.close({ returnFocus: false });
    this.passage = passage;
    this.writing = choice !== null;
    this.button.setAttribute("aria-expanded", "true");
    this.element.setAttribute("aria-label", this.button.getAttribute("aria-label"));
    this.list = passage.querySelector("[data-cards]") ?? this.list;
    this.list?.remove(); // the panel shows the same cards, and an id stands once in a page
    passage.append(this.element);
    passage.classList.add("has-panel");
    if (!this.keeper) this.content.textContent = this.labels.loading;
    this.onChange();
    const url = at === undefined ? passage.dataset.url : `${passage.dataset.url}?at=${at}`;
    if (!(await this.load(url))) return;
    if (choice && this.keeper) this.take(choice);
    else this.content.querySelector("h2")?.focus();
    this.#keepWordsInSight();
    const title = this.content.querySelector("h2")?.textContent ?? "";
    const what = this.content.querySelector("[data-form]") ? "opened" : "opened_only";
    this.say(`${title}. ${this.labels[what]}`);
  }

  /** Bring the passage back that the focus has scrolled away, if both find room in the window. */
  #keepWordsInSight() {
    const { top } = this.passage.getBoundingClientRect();
    const { bottom } = document.activeElement.getBoundingClientRect();
    if (top < 0 && bottom - top < innerHeight) this.passage.scrollIntoView({ block: "start" });
  }

  close({ returnFocus = true } = {}) {
    if (!this.passage) return;
    const { passage, button } = this;
    this.request?.abort();
    this.passage = null;
    this.keeper = null;
    button.setAttribute("aria-expanded", "false");
    passage.classList.remove("has-panel");
    this.element.remove();
    if (this.list) passage.append(this.list);
    this.list = null;
    this.onClose(passage, this.content);
    this.content.replaceChildren();
    if (!returnFocus) return;
    button.focus();
    this.say(this.labels.closed);
  }

  get button() {
    return this.passage.querySelector(".syn-passage__button");
  }

  /** Fetch a fragment and show it; returns whether that worked. */
  async load(url, options = {}) {
    this.request?.abort();
    this.request = new AbortController();
    try {
      const response = await fetch(url, {
        ...options,
        headers: { "X-Requested-With": "fetch" },
        signal: this.request.signal,
      });
      return this.#show(await response.text(), response);
    } catch (error) {
      if (error.name === "AbortError") return false;
      this.#fail(options.method ? null : url);
      return false;
    }
  }

  #show(html, response) {
    const fragment = new DOMParser().parseFromString(html, "text/html").body;
    if (!fragment.querySelector(FRAGMENT)) throw new Error(`no fragment: ${response.status}`);
    if (response.status === 201) this.keeper?.sent();
    this.say("");
    const isKept = this.#keepForm(fragment, response);
    this.content.replaceChildren(...fragment.childNodes);
    for (const heading of this.content.querySelectorAll("h2")) heading.tabIndex = -1;
    if (!isKept) this.#enhance();
    this.onChange(this.content);
    const target = this.content.querySelector("[data-focus]");
    target?.focus();
    return true;
  }

  /** Leave a form that somebody writes in as it is while other cards are shown beside it. */
  #keepForm(fragment, response) {
    const fresh = fragment.querySelector("[data-form]");
    const form = this.keeper?.form;
    const isForm = fresh && form && response.status === 200 && fresh.action === form.action;
    if (isForm) fresh.replaceWith(form);
    return Boolean(isForm);
  }

  #enhance() {
    const form = this.content.querySelector("[data-form]");
    this.keeper = null;
    if (!form) return;
    if (this.writing) this.#putFirst(form);
    const body = this.passage.querySelector(".syn-passage__body");
    const onWords = (range) => this.onWords(body, range);
    const { say, labels } = this;
    this.keeper = new FormKeeper(form, { text: body.textContent, say, labels, onWords });
    this.keeper.start();
    this.onForm(this.keeper, body);
    form.addEventListener("submit", (event) => this.#submit(event, form));
    form.addEventListener("input", () => this.onChange());
    form.addEventListener("change", () => this.onChange());
  }

  /** Take words that were chosen for the open form, and let somebody write about them. */
  take(chosen) {
    this.keeper.choose(chosen);
    this.#putFirst(this.keeper.form);
    this.keeper.focus();
    this.onChange();
    this.#keepWordsInSight();
  }

  /** Whoever has chosen words wants to write: the form stands beside them, the cards below it. */
  #putFirst(form) {
    this.content.querySelector(".syn-jump")?.remove();
    this.content.prepend(form);
  }

  async #submit(event, form) {
    if (event.submitter?.name === "keep") return; // leads to the log-in and back to a page
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    this.say(this.labels.sending);
    await this.load(form.action, { method: "POST", body: new FormData(form) });
    button.removeAttribute("aria-disabled");
  }

  /** Say that something failed; a form and what stands in it stay as they are. */
  #fail(url) {
    let box = this.content.querySelector(".syn-panel__failure");
    if (!box) {
      box = document.createElement("p");
      box.className = "syn-panel__failure syn-message syn-message--error";
      box.setAttribute("role", "alert");
      if (url) this.content.replaceChildren();
      this.content.prepend(box);
    }
    box.textContent = this.labels.failed;
    if (url) {
      const link = document.createElement("a");
      link.href = url;
      link.textContent = this.labels.comment;
      box.append(" ", link);
    }
    this.onChange();
  }

  #build() {
    const element = document.createElement("section");
    element.className = "syn-panel";
    const close = document.createElement("button");
    close.type = "button";
    close.className = "syn-panel__close";
    close.textContent = this.labels.back;
    close.addEventListener("click", () => this.close());
    const content = document.createElement("div");
    content.className = "syn-panel__content";
    element.append(close, content);
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    element.addEventListener("click", (event) => this.#follow(event));
    return element;
  }

  /** Go where a link of the panel leads; the focus goes along. */
  async #follow(event) {
    const link = event.target.closest(".syn-paging a, [data-again], [data-all], .syn-jump a");
    if (!link) return;
    event.preventDefault();
    if (link.matches('.syn-jump a[href^="#"]')) return this.keeper?.focus();
    if (!(await this.load(link.href))) return;
    if (link.matches("[data-again]")) this.keeper?.focus();
    else this.content.querySelector("h2")?.focus();
  }
}
