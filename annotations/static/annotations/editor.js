/**
 * The tab "Annotations" of the page editor: a button with a number at each block of the text, the
 * annotations of a block or of all on demand, and answering one beside its words. Nothing in it
 * belongs to the form of the page, so that the editor sees no unsaved change.
 *
 * @example
 * <div data-synopse-editor data-counts="…" data-list="…">
 *   <button data-synopse-load></button><p data-synopse-status></p><div data-synopse-results></div>
 * </div>
 */

const FIELDS = 'input:not([type="hidden"]), textarea';
const BLOCK_ID = 'input[type="hidden"][name$="-id"]';

/** Return the blocks of the text by their ids, as the editor shows them now. */
function blocksOf(root) {
  const found = new Map();
  for (const input of root.querySelectorAll(BLOCK_ID)) {
    const block = input.closest("[data-streamfield-child]");
    if (block && input.value && input.parentElement === block) found.set(input.value, block);
  }
  return found;
}

/** Return the field of a block that holds words of a passage, such as a cell or a measure's goal. */
function fieldOf(block, words) {
  const holds = ({ value }) => value && (value.startsWith(words) || words.startsWith(value));
  return [...block.querySelectorAll(FIELDS)].find(holds);
}

/** Open the tab that holds an element; Wagtail shows it a little later. */
async function showTab(element) {
  const panel = element.closest('[role="tabpanel"]');
  if (!panel?.hidden) return;
  const shown = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (panel.hidden) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(panel, { attributes: true, attributeFilter: ["hidden"] });
  });
  document.querySelector(`[role="tab"][aria-controls="${panel.id}"]`)?.click();
  await shown;
}

class EditorTab {
  constructor(element) {
    this.element = element;
    this.results = element.querySelector("[data-synopse-results]");
    this.status = element.querySelector("[data-synopse-status]");
    this.page = element.closest("form");
    this.block = "";
    element.addEventListener("click", (event) => this.click(event));
  }

  /** Count, and load when the tab is opened for the first time. */
  async start() {
    const once = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      once.disconnect();
      if (!this.asked) this.load({ p: "1" }, { focus: false });
    });
    once.observe(this.element);
    await this.count();
  }

  async count() {
    try {
      const answer = await fetch(this.element.dataset.counts);
      if (answer.ok) this.mark(await answer.json());
    } catch {
      // without numbers the tab still shows everything
    }
  }

  /** Give each block that people talk about a button with their number. */
  mark({ blocks }) {
    for (const old of this.page.querySelectorAll("[data-synopse-count]")) old.remove();
    const shown = blocksOf(this.page);
    for (const [id, { label }] of Object.entries(blocks)) {
      const place = shown.get(id)?.querySelector("[data-panel-controls]");
      if (!place) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button-small button-secondary synopse-editor__count";
      button.dataset.synopseCount = id;
      button.textContent = label;
      button.title = this.element.dataset.ofBlock;
      button.addEventListener("click", () => this.open(id));
      place.prepend(button);
    }
  }

  async open(block) {
    this.block = block;
    this.asked = true;
    await showTab(this.element);
    await this.load({ p: "1" });
  }

  click(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-synopse-load]")) this.open("");
    if (button.matches("[data-synopse-page]")) this.load({ p: button.dataset.synopsePage });
    if (button.matches("[data-synopse-goto]")) this.goTo(button.dataset);
    if (button.matches("[data-synopse-send]")) this.send(button.closest("[data-synopse-entry]"));
  }

  async load(query, { focus = true } = {}) {
    this.asked = true;
    this.say("loading");
    const search = new URLSearchParams({ ...query, block: this.block });
    try {
      const answer = await fetch(`${this.element.dataset.list}?${search}`);
      if (!answer.ok) throw new Error(answer.statusText);
      this.results.innerHTML = await answer.text();
    } catch {
      this.say("failed");
      return;
    }
    this.leadBack();
    this.say("shown");
    if (focus) this.results.querySelector("[data-synopse-heading]")?.focus();
  }

  async send(entry) {
    const body = new FormData();
    for (const field of entry.querySelectorAll("[name]")) body.set(field.name, field.value);
    const token = this.page.elements.namedItem("csrfmiddlewaretoken").value;
    const url = entry.dataset.synopseEntry;
    let answer;
    try {
      answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token } });
      if (!answer.ok && answer.status !== 422) throw new Error(answer.statusText);
    } catch {
      this.say("failed");
      return;
    }
    const holder = document.createElement("div");
    holder.innerHTML = await answer.text();
    const next = holder.firstElementChild;
    entry.replaceWith(next);
    (next.querySelector('[role="alert"]')?.closest("p")?.querySelector("[name]") ?? next).focus();
    if (answer.ok) this.count();
  }

  /** Lead from an annotation to its paragraph in the text, or to its block. */
  async goTo({ synopseGoto: id, synopseWords: words }) {
    const block = blocksOf(this.page).get(id);
    if (!block) {
      this.status.textContent = this.element.dataset.noBlock;
      return;
    }
    await showTab(block);
    const toggle = block.querySelector("[data-panel-toggle][aria-expanded='false']");
    toggle?.click();
    const paragraphs = [...block.querySelectorAll("[data-block]")];
    const paragraph = paragraphs.find(({ textContent }) => textContent.startsWith(words));
    const field = paragraph ? null : fieldOf(block, words);
    const target = field ?? block.querySelector(`[contenteditable="true"], ${FIELDS}`);
    (target ?? block.querySelector("[data-synopse-count]"))?.focus({ preventScroll: true });
    (paragraph ?? field ?? block).scrollIntoView({ behavior: "instant", block: "center" });
  }

  /** Let what leaves the editor for the draft come back to this tab. */
  leadBack() {
    const panel = this.element.closest('[role="tabpanel"]');
    for (const link of panel ? this.results.querySelectorAll("[data-synopse-accept]") : []) {
      link.href += encodeURIComponent(`#${panel.id}`);
    }
  }

  say(name) {
    this.status.textContent = this.element.dataset[name];
  }
}

for (const element of document.querySelectorAll("[data-synopse-editor]")) {
  const tab = new EditorTab(element);
  if (document.readyState === "complete") tab.start();
  else addEventListener("load", () => tab.start());
}
