// Supporting an annotation from its card. Without this module the control is a link to a page with
// a button; with it, readers who are signed in stay in the text. Guests always follow the link,
// since they give an address there.
//
//   <span data-support="uuid"><span data-support-count>…</span>
//     <a data-support-link href="…"><span data-support-label>Support</span>…</a></span>

/** The supports of one signed-in reader, as `mine` tells them. */
export class Supports {
  constructor({ mine, say }) {
    this.csrf = mine.csrf;
    this.labels = mine.labels;
    this.supported = new Set(mine.supports);
    this.own = new Set(mine.own);
    this.say = say;
    this.busy = new Set();
  }

  start(root) {
    root.addEventListener("click", (event) => {
      const link = event.target.closest?.("[data-support-link]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.toggle(link.closest("[data-support]"));
    });
    root.addEventListener("keydown", (event) => {
      if (event.key !== " " || !event.target.matches?.("[data-support-link]")) return;
      event.preventDefault();
      event.target.click();
    });
  }

  /** Let every control below an element say what it does for this reader. */
  mark(root) {
    for (const box of root.querySelectorAll("[data-support]")) this.#show(box);
  }

  async toggle(box) {
    const uuid = box.dataset.support;
    if (this.busy.has(uuid)) return;
    this.busy.add(uuid);
    try {
      await this.#send(box, uuid);
    } catch {
      this.say(this.labels.failed);
    }
    this.busy.delete(uuid);
  }

  async #send(box, uuid) {
    const body = new FormData();
    body.set("act", this.supported.has(uuid) ? "take_back" : "support");
    const response = await fetch(box.querySelector("[data-support-link]").href, {
      method: "POST",
      body,
      headers: { "X-Requested-With": "fetch", "X-CSRFToken": this.csrf },
    });
    const answer = await response.json();
    if (response.ok) this.#changed(uuid, answer);
    this.say(answer.sentence);
  }

  #changed(uuid, { supports, words }) {
    if (supports) this.supported.add(uuid);
    else this.supported.delete(uuid);
    for (const box of document.querySelectorAll(`[data-support="${CSS.escape(uuid)}"]`)) {
      box.querySelector("[data-support-count]").textContent = words;
      this.#show(box);
    }
  }

  #show(box) {
    const link = box.querySelector("[data-support-link]");
    if (!link) return;
    const is = this.supported.has(box.dataset.support);
    link.hidden = this.own.has(box.dataset.support);
    link.setAttribute("role", "button");
    box.classList.toggle("is-supported", is);
    const label = link.querySelector("[data-support-label]");
    const text = is ? this.labels.unsupport : this.labels.support;
    if (label.textContent !== text) label.textContent = text;
  }
}
