/**
 * The panel "Changes since the newest version" of the page editor. It loads its rows on demand and
 * writes corrections into the field of the form without a label, so that the draft stores them.
 *
 * @example
 * <div data-syn-draft data-url="…"><button data-syn-load></button><div data-syn-rows></div></div>
 * <input type="hidden" name="version_corrections" value="[]">
 */

/**
 * Return the corrections after somebody has chosen an option: what was said before about its
 * paragraph, and about those that the option names, gives way.
 *
 * @param {object[]} current - Corrections so far.
 * @param {string} subject - Key of the new or uid of the old paragraph.
 * @param {object[]} chosen - Corrections that the option means.
 * @returns {object[]} Corrections from now on.
 */
export function corrected(current, subject, chosen) {
  const replaced = new Set([subject, ...chosen.map((item) => item.new)]);
  return [...current.filter((item) => !replaced.has(item.new) && item.old !== subject), ...chosen];
}

/**
 * Return the corrections without one of them.
 *
 * @param {object[]} current - Corrections so far.
 * @param {object} gone - The one that was taken back.
 * @returns {object[]} Corrections from now on.
 */
export function takenBack(current, gone) {
  const same = (item) => ["version", "old", "new", "same"].every((key) => item[key] === gone[key]);
  return current.filter((item) => !same(item));
}

class DraftPanel {
  constructor(element) {
    this.element = element;
    this.rows = element.querySelector("[data-syn-rows]");
    this.status = element.querySelector("[data-syn-status]");
    this.field = element.closest("form").elements.namedItem("version_corrections");
    this.query = "";
    element.addEventListener("click", (event) => this.click(event));
    element.addEventListener("change", (event) => this.change(event));
  }

  click(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-syn-load]")) this.load({ focus: "[data-syn-heading]" });
    if (button.matches("[data-syn-query]")) {
      this.query = button.dataset.synQuery;
      this.load({ focus: "[data-syn-heading]" });
    }
    if (button.matches("[data-syn-take-back]")) {
      this.store(takenBack(this.current(), JSON.parse(button.dataset.synTakeBack)[0]));
      this.load({ focus: "[data-syn-heading]", said: "corrected" });
    }
  }

  change(event) {
    const select = event.target.closest("[data-syn-subject]");
    if (!select) return;
    event.stopPropagation();
    this.store(corrected(this.current(), select.dataset.synSubject, JSON.parse(select.value)));
    this.load({ focus: `#${CSS.escape(select.id)}`, said: "corrected" });
  }

  /** Return the corrections with the keys of the draft as it is shown. */
  current() {
    return JSON.parse(this.rows.querySelector("[data-syn-corrections]").dataset.synCorrections);
  }

  store(corrections) {
    this.field.value = JSON.stringify(corrections);
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  async load({ focus, said = "loaded" }) {
    this.say("loading");
    const body = new FormData();
    body.set("corrections", this.field.value);
    const token = this.element.closest("form").elements.namedItem("csrfmiddlewaretoken").value;
    try {
      const answer = await fetch(`${this.element.dataset.url}?${this.query}`, {
        method: "POST",
        headers: { "X-CSRFToken": token, "X-Requested-With": "XMLHttpRequest" },
        body,
      });
      if (!answer.ok) throw new Error(answer.statusText);
      this.rows.innerHTML = await answer.text();
    } catch {
      this.say("failed");
      return;
    }
    this.say(said);
    const target = this.rows.querySelector(focus) ?? this.rows.querySelector("[data-syn-heading]");
    target?.focus();
  }

  say(name) {
    this.status.textContent = this.status.dataset[name];
  }
}

if (typeof document !== "undefined") {
  for (const element of document.querySelectorAll("[data-syn-draft]")) {
    new DraftPanel(element);
  }
}
