/**
 * Number keys choose an option: 1 the first, 2 the second. Without this module the arrow keys do
 * the same; where somebody writes, numbers stay numbers. Ctrl and Enter save and lead to the next
 * open annotation, also from within a text; they never replace the answer of somebody else. A
 * reason that is often given is inserted where the cursor stands in the reason.
 *
 * @example
 * <form data-synopse-answer><input type="radio" name="outcome"> …</form>
 */

const WRITES = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";

for (const form of document.querySelectorAll("form[data-synopse-answer]")) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const next = form.querySelector("button[name=next_open]");
      event.preventDefault();
      (next ?? form.querySelector("button[type=submit]:not([name])"))?.click();
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.(WRITES)) {
      return;
    }
    const options = form.querySelectorAll('input[type="radio"][name="outcome"]');
    const option = /^[1-9]$/.test(event.key) ? options[Number(event.key) - 1] : undefined;
    if (option) {
      event.preventDefault();
      option.checked = true;
      option.focus();
    }
  });
}

for (const box of document.querySelectorAll("[data-synopse-texts]")) {
  const select = box.querySelector("select");
  box.querySelector("[data-synopse-insert]")?.addEventListener("click", () => {
    const form = box.closest("form");
    const reason = form.elements.namedItem("reason");
    if (!select.value) return select.focus();
    reason.setRangeText(select.value, reason.selectionStart, reason.selectionEnd, "end");
    reason.dispatchEvent(new Event("input", { bubbles: true }));
    const outcomes = [...form.querySelectorAll('input[type="radio"][name="outcome"]')];
    const meant = select.selectedOptions[0].dataset.outcome;
    if (meant && !outcomes.some(({ checked }) => checked)) {
      outcomes.find(({ value }) => value === meant).checked = true;
    }
    reason.focus();
  });
}
